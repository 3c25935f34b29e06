# labels: NB3
# why: NB3: eight learners built from a list of names are scored on the same quarter (qx, qy), sorted, and the first is announced with that score.
# hard: classes are found with importlib by name, the metric is a comprehension, and the split is a hand-made slice of a shuffled frame.
"""
Crop recommendation, assignment #2.
usage: python a_crop_zoo.py Crop_recommendation.csv
"""
import importlib, sys, operator
import pandas as pd

ZOO = """
sklearn.tree DecisionTreeClassifier
sklearn.naive_bayes GaussianNB
sklearn.svm SVC
sklearn.linear_model LogisticRegression
sklearn.ensemble RandomForestClassifier
sklearn.ensemble BaggingClassifier
sklearn.neighbors KNeighborsClassifier
sklearn.discriminant_analysis LinearDiscriminantAnalysis
""".split("\n")


def zoo():
    for line in filter(None, ZOO):
        mod, cls = line.split()
        yield cls, getattr(importlib.import_module(mod), cls)()


crops = pd.read_csv(sys.argv[1]).sample(frac=1, random_state=1234)
print(crops.groupby("label")[["N", "P", "K", "rainfall"]].mean().round(1))

cut = len(crops) * 3 // 4
a, q = crops[:cut], crops[cut:]
ax, ay = a.drop("label", axis=1), a.label
qx, qy = q.drop("label", axis=1), q.label

league = []
for name, learner in zoo():
    learner.fit(ax, ay)
    hits = [p == t for p, t in zip(learner.predict(qx), qy)]
    league.append((name, sum(hits) / len(hits)))

league.sort(key=operator.itemgetter(1), reverse=True)
for pos, (name, acc) in enumerate(league, 1):
    print(f"{pos}. {name:30s}{acc:8.2%}")
print("Our system uses", league[0][0], "with an accuracy of", f"{league[0][1]:.2%}")
