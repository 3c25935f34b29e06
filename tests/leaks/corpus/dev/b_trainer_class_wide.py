# labels: NB1
# why: prepare() fits self.scaler and self.pca on all rows of self.X, split() cuts self.X afterwards and evaluate() scores the test rows
# hard: fit and split are in different methods and the order is only visible in run()
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler


class GlassExperiment(object):
    """One experiment on the UCI glass data."""

    names = ['Id', 'RI', 'Na', 'Mg', 'Al', 'Si', 'K', 'Ca', 'Ba', 'Fe', 'Type']

    def __init__(self, path, n_components=6, k=3):
        self.path = path
        self.n_components = n_components
        self.k = k
        self.scaler = None
        self.pca = None

    def load(self):
        df = pd.read_csv(self.path, header=None, names=self.names)
        self.X = df.drop(['Id', 'Type'], axis=1).values
        self.y = df['Type'].values

    def split(self, test_size=0.3):
        (self.X_train, self.X_test,
         self.y_train, self.y_test) = train_test_split(self.X, self.y, test_size=test_size,
                                                       random_state=11, stratify=self.y)

    def prepare(self):
        self.scaler = StandardScaler()
        self.X = self.scaler.fit_transform(self.X)
        self.pca = PCA(n_components=self.n_components)
        self.X = self.pca.fit_transform(self.X)
        print('explained', np.round(self.pca.explained_variance_ratio_, 3))

    def fit(self):
        self.model = KNeighborsClassifier(n_neighbors=self.k)
        self.model.fit(self.X_train, self.y_train)

    def evaluate(self):
        pred = self.model.predict(self.X_test)
        print(confusion_matrix(self.y_test, pred))
        return accuracy_score(self.y_test, pred)

    def run(self):
        self.load()
        self.prepare()
        self.split()
        self.fit()
        return self.evaluate()


if __name__ == '__main__':
    exp = GlassExperiment('glass.data')
    print('accuracy %.3f' % exp.run())
