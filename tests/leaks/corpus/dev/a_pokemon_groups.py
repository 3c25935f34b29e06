# labels: none
# why: hierarchical clustering and silhouette only; nobody is judged on held-out rows.
# hard: robust scaling and PCA on all rows and a loop over settings that keeps the best silhouette; `test` is the name of a loop variable.
import itertools as it
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import RobustScaler

STATS = ["HP", "Attack", "Defense", "Sp. Atk", "Sp. Def", "Speed"]

dex = pd.read_csv("Pokemon.csv", index_col="#")
dex["Type 2"] = dex["Type 2"].fillna(dex["Type 1"])
print(dex.groupby("Generation")[STATS].median())
print(dex.nlargest(10, "Total")[["Name", "Total", "Legendary"]])

Z = RobustScaler().fit_transform(dex[STATS])
P = PCA(n_components=3).fit_transform(Z)

best = (-1, None, None)
for method, test in it.product(["ward", "average", "complete"], range(2, 9)):
    lab = fcluster(linkage(P, method), test, criterion="maxclust")
    s = silhouette_score(P, lab)
    if s > best[0]:
        best = (s, method, test)
        dex["grp"] = lab
print("best: %.3f with %s, %d groups" % best)

print(pd.crosstab(dex.grp, dex.Legendary))
for g, part in dex.groupby("grp"):
    print(g, len(part), ", ".join(part.Name.sample(5, random_state=g)))
