# labels: NB1
# why: retrain() normalises `frame` with its own min and max over all rows and drops columns by correlation with quality on all rows before the random mask split that scores the model.
# hard: a web service with the training inside a request handler, in try/except, with the split written as a numpy mask
import logging
import os
import pickle

import numpy as np
import pandas as pd
from flask import Flask, jsonify, request
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

app = Flask(__name__)
STATE = {"model": None, "bounds": None, "columns": None}
log = logging.getLogger(__name__)


def fetch() -> pd.DataFrame:
    white = pd.read_csv(os.environ.get("WINE_CSV", "winequality-white.csv"), sep=";")
    white.columns = white.columns.str.replace(" ", "_")
    return white


@app.route("/retrain", methods=["POST"])
def retrain():
    seed = int(request.args.get("seed", 0))
    try:
        frame = fetch()
        target = frame.pop("quality")
        weight = frame.corrwith(target).abs()
        columns = weight[weight > 0.05].index.tolist()
        frame = frame[columns]

        lo, hi = frame.min(), frame.max()
        frame = (frame - lo) / (hi - lo)

        rng = np.random.RandomState(seed)
        mask = rng.rand(len(frame)) < 0.8
        model = GradientBoostingRegressor(n_estimators=300, max_depth=4, random_state=seed)
        model.fit(frame[mask], target[mask])
        mae = mean_absolute_error(target[~mask], model.predict(frame[~mask]))
    except (OSError, KeyError, ValueError) as exc:
        log.exception("retrain failed")
        return jsonify(error=str(exc)), 500
    STATE.update(model=model, bounds=(lo, hi), columns=columns)
    with open("model.pkl", "wb") as fh:
        pickle.dump(STATE, fh)
    return jsonify(mae=round(float(mae), 3), rows=int(mask.sum()))


@app.route("/predict", methods=["POST"])
def predict():
    if STATE["model"] is None:
        return jsonify(error="no model yet"), 409
    lo, hi = STATE["bounds"]
    row = pd.DataFrame([request.get_json()])[STATE["columns"]]
    return jsonify(quality=float(STATE["model"].predict((row - lo) / (hi - lo))[0]))


if __name__ == "__main__":
    app.run(port=8080)
