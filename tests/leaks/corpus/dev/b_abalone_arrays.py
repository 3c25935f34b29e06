# labels: none
# why: train_test_split(*arrays) cuts five arrays by the same rows, the imputer-free scaling and the quantile bins come from the training rows, two targets are scored once each
# hard: np.quantile edges and a PCA in the file, fitted on the *_a arrays; two models but for two different targets
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.decomposition import PCA
import numpy as np, pandas as pd

COLS = 'sex length diameter height whole shucked viscera shell rings'.split()
ab = pd.read_csv('abalone.data', names=COLS)
ab = ab.query('0 < height < 0.4')

size = ab[['length', 'diameter', 'height']].to_numpy()
weight = np.log(ab[['whole', 'shucked', 'viscera', 'shell']].to_numpy())
sex = pd.get_dummies(ab['sex']).to_numpy(dtype=float)
age = ab['rings'].to_numpy() + 1.5
infant = (ab['sex'] == 'I').to_numpy()

arrays = size, weight, sex, age, infant
(size_a, size_b, weight_a, weight_b, sex_a, sex_b,
 age_a, age_b, infant_a, infant_b) = train_test_split(*arrays, test_size=1 / 3, random_state=1994)

pc = PCA(2).fit(weight_a)
edges = np.quantile(size_a[:, 0], [.2, .4, .6, .8])


def design(size, weight):
    steps = np.eye(5)[np.digitize(size[:, 0], edges)]
    return np.hstack([size, pc.transform(weight), steps[:, 1:]])


D_a, D_b = design(size_a, weight_a), design(size_b, weight_b)

ols = LinearRegression().fit(np.hstack([D_a, sex_a[:, :2]]), np.log(age_a))
guess = np.exp(ols.predict(np.hstack([D_b, sex_b[:, :2]])))
print('age: mean abs. error %.2f years (median guess: %.2f)'
      % (np.abs(guess - age_b).mean(), np.abs(np.median(age_a) - age_b).mean()))

logit = LogisticRegression(max_iter=3000).fit(D_a, infant_a)
print('infant or not: %.3f right' % (logit.predict(D_b) == infant_b).mean())
