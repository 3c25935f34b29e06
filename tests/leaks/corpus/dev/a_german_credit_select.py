# labels: NB1
# why: NB1: SelectKBest(chi2) sees the target of every row in X, y, and the fifteen kept columns are the ones split into Xtr/Xte and scored.
# hard: everything else (dummies, constant bins) is stateless and the split looks tidy.
import pandas as pd
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn import metrics

df = pd.read_csv("german_credit_data.csv", index_col=0)
print(df.isnull().sum())

df["Saving accounts"] = df["Saving accounts"].fillna("no_inf")
df["Checking account"] = df["Checking account"].fillna("no_inf")
df["Age_cat"] = pd.cut(df["Age"], (18, 25, 35, 60, 120), labels=["Student", "Young", "Adult", "Senior"])
df["Risk"] = df["Risk"].map({"good": 0, "bad": 1})

cats = ["Sex", "Housing", "Saving accounts", "Checking account", "Purpose", "Age_cat", "Job"]
df = pd.get_dummies(df, columns=cats, drop_first=True)

y = df["Risk"]
X = df.drop(columns="Risk")

kbest = SelectKBest(chi2, k=15)
kbest.fit(X, y)
keep = X.columns[kbest.get_support()]
print("kept:", list(keep))
X = X[keep]

Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=.25, random_state=42)
rf = RandomForestClassifier(n_estimators=300, max_depth=8, class_weight="balanced", random_state=2)
rf.fit(Xtr, ytr)
p = rf.predict(Xte)
print(metrics.classification_report(yte, p))
print("fbeta", metrics.fbeta_score(yte, p, beta=2))
