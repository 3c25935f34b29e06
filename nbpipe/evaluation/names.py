"""What people call metrics, and what scikit-learn calls them."""

from __future__ import annotations

from sklearn.metrics import get_scorer_names

from nbpipe.errors import did_you_mean

ALIASES = {
    "acc": "accuracy",
    "ap": "average_precision",
    "auc": "roc_auc",
    "auroc": "roc_auc",
    "brier": "neg_brier_score",
    "log_loss": "neg_log_loss",
    "logloss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mape": "neg_mean_absolute_percentage_error",
    "mcc": "matthews_corrcoef",
    "mse": "neg_mean_squared_error",
    "msle": "neg_mean_squared_log_error",
    "pr_auc": "average_precision",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
    "sensitivity": "recall",
}


def suggest_metric(name: str) -> str:
    """Return ``" Did you mean 'x'?"`` for a metric known by another name, or a near one.

    Besides `ALIASES`: a function's name (``f1_score``) or an error without its sign
    (``mean_squared_error``), with any spelling of spaces, hyphens and capitals.
    """
    known = set(get_scorer_names())
    plain = name.lower().replace("-", "_").replace(" ", "_")
    for each in (plain, ALIASES.get(plain), plain.removesuffix("_score"), f"neg_{plain}"):
        if each in known:
            return f" Did you mean {each!r}?"
    return did_you_mean(plain, known)
