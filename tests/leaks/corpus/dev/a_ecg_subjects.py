# labels: none
# why: the folds are cut by subject with GroupKFold and the oversampling, imputing and scaling happen inside imblearn's pipeline for each fold.
# hard: SMOTE and an imputer stand in the file before any fold is made, and several beats of one subject exist.
"""Term paper, exercise 3: beats of 40 persons, healthy or arrhythmic."""
from collections import Counter

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.preprocessing import PowerTransformer
from sklearn.svm import LinearSVC

beats = pd.read_parquet("beats.parquet")
who = beats.pop("subject")
label = beats.pop("annotation").ne("N").astype(int)
print(Counter(label), "beats,", who.nunique(), "persons")

# widths in ms, heights in mV; 0 means that the wave was not found
waves = beats.filter(regex="^(P|Q|R|S|T)_").replace(0, np.nan)
ratios = pd.DataFrame({"QT_RR": beats["QT"] / beats["RR"], "PR_RR": beats["PR"] / beats["RR"]})
X = pd.concat([waves, ratios], axis=1)

steps = make_pipeline(
    SimpleImputer(strategy="mean", add_indicator=True),
    PowerTransformer(),
    SMOTE(k_neighbors=3, random_state=11),
    LinearSVC(C=.1, dual=False),
)
for scoring in ("f1", "recall", "precision"):
    s = cross_val_score(steps, X, label, groups=who, cv=GroupKFold(8), scoring=scoring)
    print(f"{scoring:10s} {s.mean():.3f}  (min {s.min():.3f}, max {s.max():.3f})")
