# labels: NB1
# why: the 50 genes with the smallest t-test p-values are chosen with the classes of all 62 samples (top), the leave-one-out loop afterwards uses only these genes
# hard: no selector class: scipy ttest_ind, argsort and a fancy index; centring inside the loop is right
import numpy as np
from scipy.stats import ttest_ind

expr = np.loadtxt('I2000.txt').T                      # 62 tissues x 2000 genes (Alon et al. 1999)
tissue = np.loadtxt('tissues.txt')
cls = (tissue < 0).astype(int)                        # negative = tumour
expr = np.log2(expr)
print(expr.shape, cls.sum(), 'tumours')

_, p = ttest_ind(expr[cls == 1], expr[cls == 0], axis=0, equal_var=False)
top = np.argsort(p)[:50]
print('largest p kept: %.2e' % p[top[-1]])
E = expr[:, top]

hits = 0
for i in range(len(E)):
    rest = np.arange(len(E)) != i
    mu, sd = E[rest].mean(0), E[rest].std(0)
    A, a = (E[rest] - mu) / sd, (E[i] - mu) / sd
    # nearest centroid with shrinkage, by hand
    c = [A[cls[rest] == k].mean(0) for k in (0, 1)]
    c = [np.sign(v) * np.maximum(np.abs(v) - .1, 0) for v in c]
    guess = int(np.sum((a - c[1]) ** 2) < np.sum((a - c[0]) ** 2))
    hits += guess == cls[i]

print('leave-one-out accuracy %d / %d = %.3f' % (hits, len(E), hits / len(E)))
