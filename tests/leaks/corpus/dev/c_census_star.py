# labels: NB1
# why: Experiment.__post_init__ calls _scale() and the hours quantile clip on the whole self.X when the object is made; split() afterwards cuts rows out of the scaled frame and run() scores on them.
# hard: star imports, the fit is in a private method that getattr(pp, ...) resolves by the config string, the split is a different method
import sklearn.preprocessing as pp
from dataclasses import *
from pandas import *
from sklearn.linear_model import *
from sklearn.metrics import *
from sklearn.model_selection import *


@dataclass
class Config:
    path: str = "adult.csv"
    scaler: str = "MinMaxScaler"
    clip: float = 0.995
    test_size: float = 0.3
    seed: int = 1994
    numeric: list = field(default_factory=lambda: ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"])


@dataclass
class Experiment:
    cfg: Config
    X: DataFrame = None
    y: Series = None

    def __post_init__(self):
        raw = read_csv(self.cfg.path, skipinitialspace=True, na_values="?").dropna()
        self.y = (raw.pop("income").str.strip(".") == ">50K").astype(int)
        self.X = raw.drop(columns=["fnlwgt", "education"])
        self._clip()
        self._scale()
        self._encode()

    def _clip(self):
        hi = self.X["hours_per_week"].quantile(self.cfg.clip)
        self.X["hours_per_week"] = self.X["hours_per_week"].clip(upper=hi)

    def _scale(self):
        scaler = getattr(pp, self.cfg.scaler)()
        self.X[self.cfg.numeric] = scaler.fit_transform(self.X[self.cfg.numeric])

    def _encode(self):
        self.X = get_dummies(self.X)

    def split(self):
        return train_test_split(self.X, self.y, test_size=self.cfg.test_size, stratify=self.y, random_state=self.cfg.seed)

    def run(self):
        X_train, X_test, y_train, y_test = self.split()
        clf = LogisticRegressionCV(Cs=8, cv=3, max_iter=2000, scoring="roc_auc").fit(X_train, y_train)
        proba = clf.predict_proba(X_test)[:, 1]
        return {
            "C": float(clf.C_[0]),
            "auc": roc_auc_score(y_test, proba),
            "acc": accuracy_score(y_test, proba > 0.5),
            "logloss": log_loss(y_test, proba),
        }


if __name__ == "__main__":
    cfg = Config()
    print(asdict(cfg))
    for k, v in Experiment(cfg).run().items():
        print(f"{k:>8} {v:.4f}")
