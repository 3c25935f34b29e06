# labels: NB1
# why: NB1: the 50 genes with the largest t statistic are chosen with the classes of all 72 patients, then leave-one-out scores the nearest mean on those columns.
# hard: plain numpy and scipy, leave-one-out written as a while loop, the class means inside the loop are computed correctly without the left-out patient.
# BIOINF 320 homework: ALL vs AML (Golub et al.)
import numpy as np
from scipy import stats

expr = np.loadtxt("golub_expression.txt")          # 72 x 7129
cls = np.loadtxt("golub_classes.txt", dtype=int)   # 0 = ALL, 1 = AML
expr = np.log2(np.clip(expr, 100, 16000))

t, p = stats.ttest_ind(expr[cls == 0], expr[cls == 1], axis=0, equal_var=False)
print("genes with p < 0.001:", (p < 0.001).sum())

top = np.argsort(-np.abs(t))[:50]
small = expr[:, top]

right = 0
i = 0
while i < len(cls):
    others = np.arange(len(cls)) != i
    m0 = small[others & (cls == 0)].mean(axis=0)
    m1 = small[others & (cls == 1)].mean(axis=0)
    d0 = np.linalg.norm(small[i] - m0)
    d1 = np.linalg.norm(small[i] - m1)
    guess = 0 if d0 < d1 else 1
    right += guess == cls[i]
    i += 1

print("leave-one-out accuracy: %d of %d (%.1f%%)" % (right, len(cls), 100.0 * right / len(cls)))
