# labels: NB2
# why: NB2: evaluer() predicts the rows in Xn that model was fitted on; no other score exists in the file.
# hard: the function's parameter names are X_test, y_test though the caller passes the training rows; the scaler on all rows has no held-out rows to leak from.
"""Devoir 2: classification du verre (glass identification)."""
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler


def lire(fichier):
    noms = ["Id", "RI", "Na", "Mg", "Al", "Si", "K", "Ca", "Ba", "Fe", "Type"]
    d = pd.read_csv(fichier, names=noms)
    return d.drop("Id", axis=1)


def evaluer(modele, X_test, y_test):
    prevu = modele.predict(X_test)
    bons = (prevu == y_test).sum()
    return bons / float(len(y_test))


verre = lire("glass.data")
print(verre["Type"].value_counts())

y = verre["Type"].values
X = verre.drop("Type", axis=1).values
Xn = MinMaxScaler().fit_transform(X)

model = KNeighborsClassifier(n_neighbors=3)
model.fit(Xn, y)

print("Taux de reussite : {:.1%}".format(evaluer(model, Xn, y)))
