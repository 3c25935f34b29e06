# labels: NB2
# why: NB2: the tree is fitted on X, y and its only accuracy is computed on the same X, y.
# hard: Python 2; train_test_split is imported from the old module but never called.
#!/usr/bin/env python
# -*- coding: utf-8 -*-
# TP1 - arbres de decision
import numpy as np
from sklearn import datasets
from sklearn import tree
from sklearn import metrics
from sklearn.cross_validation import train_test_split

iris = datasets.load_iris()
X = iris.data
y = iris.target

print X.shape, y.shape
print iris.target_names

# question 1
for i in range(3):
    print iris.target_names[i], np.mean(X[y == i], axis=0)

# question 2 : construire un arbre
clf = tree.DecisionTreeClassifier(criterion='entropy', max_depth=4)
clf = clf.fit(X, y)

# question 3 : le tester
y_pred = clf.predict(X)
print 'Taux de bonne classification: %f' % metrics.accuracy_score(y, y_pred)
print metrics.confusion_matrix(y, y_pred)

# question 4
tree.export_graphviz(clf, out_file='iris.dot')
print "ok, voir iris.dot"
