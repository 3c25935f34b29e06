# labels: none
# why: one logistic regression beside a dummy baseline; the scaler is fitted on the training part and the test part is only transformed.
# hard: two estimators are scored on the test rows, but one is DummyClassifier; a train score stands beside the test score.
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

d = pd.read_excel("default of credit card clients.xls", skiprows=1)
d.columns = [c.lower().replace(" ", "_") for c in d.columns]
d.loc[~d.education.isin([1, 2, 3]), "education"] = 4
d.loc[d.marriage == 0, "marriage"] = 3
d = pd.get_dummies(d, columns=["sex", "education", "marriage"])
target = "default_payment_next_month"
num = ["limit_bal", "age"] + [f"bill_amt{i}" for i in range(1, 7)] + [f"pay_amt{i}" for i in range(1, 7)]

train, test = train_test_split(d, test_size=0.3, random_state=7, stratify=d[target])
train, test = train.copy(), test.copy()
sc = StandardScaler()
train[num] = sc.fit_transform(train[num])
test[num] = sc.transform(test[num])

feats = [c for c in d.columns if c not in ("id", target)]


def report(name, model, part):
    p = model.predict(part[feats])
    t = part[target]
    print(f"{name:12s} acc {accuracy_score(t, p):.3f} prec {precision_score(t, p, zero_division=0):.3f} "
          f"rec {recall_score(t, p):.3f} f1 {f1_score(t, p):.3f}")


dummy = DummyClassifier(strategy="most_frequent").fit(train[feats], train[target])
lr = LogisticRegression(max_iter=2000, class_weight="balanced").fit(train[feats], train[target])
report("dummy test", dummy, test)
report("LR train", lr, train)
report("LR test", lr, test)
