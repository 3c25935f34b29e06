# labels: NB1
# why: SelectKBest(f_classif) chooses 15 bands with the labels of all 208 rows, then cross_val_score runs over X_best
# hard: the scaler is inside the pipeline, only the selection is outside
import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

url = 'https://archive.ics.uci.edu/ml/machine-learning-databases/undocumented/connectionist-bench/sonar/sonar.all-data'
sonar = pd.read_csv(url, header=None)
X = sonar.iloc[:, :60].values
y = (sonar[60] == 'M').astype(int).values

kbest = SelectKBest(f_classif, k=15)
X_best = kbest.fit_transform(X, y)
print('bands kept:', np.flatnonzero(kbest.get_support()) + 1)

cv = RepeatedStratifiedKFold(n_splits=10, n_repeats=5, random_state=7)
pipe = make_pipeline(StandardScaler(), SVC(C=10, gamma=0.05))
acc = cross_val_score(pipe, X_best, y, cv=cv, n_jobs=-1)
print('SVC on 15 bands: %.3f +/- %.3f' % (acc.mean(), acc.std()))
