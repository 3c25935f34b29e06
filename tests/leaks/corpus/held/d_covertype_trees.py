# labels: NB3
# why: NB3: the number of trees and then max_depth are taken from the accuracy lists on X_test and the last forest is scored on X_test again.
# hard: the scaling is fitted on the training part, and the train accuracies are kept beside the test ones.
# Homework 4 - random forests on the covertype data
import numpy as np
import pandas as pd
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
from sklearn.datasets import fetch_covtype
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

data = fetch_covtype()
X = pd.DataFrame(data.data)
y = data.target
print(X.shape)
print(np.bincount(y))

# we use a part only, my laptop is slow
X, _, y, _ = train_test_split(X, y, train_size=60000, random_state=4, stratify=y)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=4, stratify=y)

# the first ten columns are numeric, the rest are 0/1
num = list(range(10))
sc = StandardScaler()
X_train = X_train.copy()
X_test = X_test.copy()
X_train[num] = sc.fit_transform(X_train[num])
X_test[num] = sc.transform(X_test[num])

# ---- a) number of trees
ns = [5, 10, 20, 40, 80, 160]
train_acc = []
test_acc = []
for n in ns:
    clf = RandomForestClassifier(n_estimators=n, n_jobs=-1, random_state=4)
    clf.fit(X_train, y_train)
    train_acc.append(accuracy_score(y_train, clf.predict(X_train)))
    test_acc.append(accuracy_score(y_test, clf.predict(X_test)))
    print(n, train_acc[-1], test_acc[-1])

plt.figure()
plt.plot(ns, train_acc, 'o-', label='train')
plt.plot(ns, test_acc, 'o-', label='test')
plt.xlabel('n_estimators')
plt.legend()
plt.savefig('a.png')
best_n = ns[int(np.argmax(test_acc))]

# ---- b) depth
depths = [4, 8, 12, 16, 24, None]
train_acc = []
test_acc = []
for d in depths:
    clf = RandomForestClassifier(n_estimators=best_n, max_depth=d, n_jobs=-1, random_state=4)
    clf.fit(X_train, y_train)
    train_acc.append(clf.score(X_train, y_train))
    test_acc.append(clf.score(X_test, y_test))
    print(d, train_acc[-1], test_acc[-1])

plt.figure()
plt.plot(range(len(depths)), train_acc, 'o-', label='train')
plt.plot(range(len(depths)), test_acc, 'o-', label='test')
plt.xticks(range(len(depths)), [str(d) for d in depths])
plt.xlabel('max_depth')
plt.legend()
plt.savefig('b.png')
best_d = depths[int(np.argmax(test_acc))]

# ---- c) final
clf = RandomForestClassifier(n_estimators=best_n, max_depth=best_d, n_jobs=-1, random_state=4)
clf.fit(X_train, y_train)
pred = clf.predict(X_test)
print('best', best_n, best_d)
print(classification_report(y_test, pred))
print(confusion_matrix(y_test, pred))
