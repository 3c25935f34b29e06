# labels: none
# why: self.scaler and self.imputer are fitted in fit() on the training frame only; evaluate() only transforms
# hard: _prepare is called for both parts, a flag decides between fit_transform and transform
import logging
from dataclasses import dataclass, field

import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

logger = logging.getLogger(__name__)


@dataclass
class Config:
    csv: str = 'data/automobile_prices.csv'
    target: str = 'price'
    drop: tuple = ('make', 'fuel-system', 'symboling')
    test_size: float = 0.25
    params: dict = field(default_factory=lambda: dict(n_estimators=400, max_depth=4, learning_rate=0.05))


class Trainer:
    def __init__(self, cfg: Config):
        self.cfg = cfg
        self.imputer = SimpleImputer(strategy='median')
        self.scaler = StandardScaler()
        self.model = GradientBoostingRegressor(**cfg.params, random_state=0)

    def _prepare(self, df, fit=False):
        X = df.drop(columns=[self.cfg.target])
        if fit:
            X = self.imputer.fit_transform(X)
            return self.scaler.fit_transform(X)
        return self.scaler.transform(self.imputer.transform(X))

    def fit(self, df):
        X = self._prepare(df, fit=True)
        self.model.fit(X, df[self.cfg.target])
        return self

    def predict(self, df):
        return self.model.predict(self._prepare(df))

    def evaluate(self, df):
        p = self.predict(df)
        y = df[self.cfg.target]
        return {'mae': mean_absolute_error(y, p), 'r2': r2_score(y, p)}

    def save(self, path):
        joblib.dump({'imputer': self.imputer, 'scaler': self.scaler, 'model': self.model}, path)


def run():
    cfg = Config()
    df = pd.read_csv(cfg.csv, na_values='?').drop(columns=list(cfg.drop))
    df = pd.get_dummies(df.dropna(subset=[cfg.target]), dtype=float)
    train_df, test_df = train_test_split(df, test_size=cfg.test_size, random_state=1)
    trainer = Trainer(cfg).fit(train_df)
    logger.info('train %s', trainer.evaluate(train_df))
    logger.info('test  %s', trainer.evaluate(test_df))
    trainer.save('models/autos.joblib')


if __name__ == '__main__':
    logging.basicConfig(level=logging.INFO)
    run()
