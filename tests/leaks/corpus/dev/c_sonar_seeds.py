# labels: NB3
# why: thirty seeds of the MLP are scored on X_test, and the seed with the best test accuracy is kept and reported.
# hard: one kind of model with one set of hyper-parameters; only random_state varies
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sonar = pd.read_csv("https://archive.ics.uci.edu/ml/machine-learning-databases/undocumented/connectionist-bench/sonar/sonar.all-data", header=None)
X = sonar.drop(columns=60)
y = sonar[60]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)

best_seed, best_acc, best_net = None, -np.inf, None
for seed in range(30):
    net = make_pipeline(StandardScaler(), MLPClassifier((24,), alpha=0.01, max_iter=1500, random_state=seed))
    net.fit(X_train, y_train)
    acc = accuracy_score(y_test, net.predict(X_test))
    if acc > best_acc:
        best_seed, best_acc, best_net = seed, acc, net

print(f"seed {best_seed}: accuracy {best_acc:.3f}")
print(classification_report(y_test, best_net.predict(X_test)))
