# labels: NB3
# why: all models in REGISTRY are scored on the same split.X_test by evaluate(), and the winner and its test score come out of that leaderboard.
# hard: the fit and the score are in a class method two calls away from the loop; a validation score does not exist anywhere
"""Model zoo for the red wine quality data."""
import argparse
import logging
from dataclasses import dataclass
from typing import Callable, Dict

import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

log = logging.getLogger("zoo")
REGISTRY: Dict[str, Callable[[], ClassifierMixin]] = {}


def register(name: str):
    def deco(factory):
        REGISTRY[name] = factory
        return factory
    return deco


@register("logreg")
def _logreg():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))


@register("knn")
def _knn():
    return make_pipeline(StandardScaler(), KNeighborsClassifier(15, weights="distance"))


@register("svm")
def _svm():
    return make_pipeline(StandardScaler(), SVC(C=4, gamma="scale"))


@register("forest")
def _forest():
    return RandomForestClassifier(400, random_state=0)


@register("extra")
def _extra():
    return ExtraTreesClassifier(400, random_state=0)


@dataclass
class Split:
    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series

    @classmethod
    def from_csv(cls, path: str, seed: int = 0) -> "Split":
        wine = pd.read_csv(path, sep=";")
        y = (wine["quality"] >= 6).astype(int)
        return cls(*train_test_split(wine.drop(columns="quality"), y, test_size=0.2,
                                     stratify=y, random_state=seed))


class Trainer:
    def __init__(self, split: Split):
        self.split = split

    def run(self, name: str) -> dict:
        model = REGISTRY[name]()
        model.fit(self.split.X_train, self.split.y_train)
        return {"name": name, "model": model, **self.evaluate(model)}

    def evaluate(self, model) -> dict:
        pred = model.predict(self.split.X_test)
        return {"acc": accuracy_score(self.split.y_test, pred),
                "f1": f1_score(self.split.y_test, pred)}


def cli():
    ap = argparse.ArgumentParser()
    ap.add_argument("--csv", default="winequality-red.csv")
    ap.add_argument("--seed", type=int, default=0)
    args = ap.parse_args()
    logging.basicConfig(level="INFO")

    trainer = Trainer(Split.from_csv(args.csv, args.seed))
    board = sorted((trainer.run(n) for n in REGISTRY), key=lambda r: r["f1"], reverse=True)
    for row in board:
        log.info("%-8s acc=%.3f f1=%.3f", row["name"], row["acc"], row["f1"])
    winner = board[0]
    print(f"{winner['name']} wins with f1 {winner['f1']:.3f}")


if __name__ == "__main__":
    cli()
