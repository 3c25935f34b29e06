"""What an object can be in a pipeline, judged by what it offers."""

from __future__ import annotations

from typing import Any


def is_estimator(value: Any) -> bool:
    """Tell whether `value` is an estimator object, not a class."""
    fits = hasattr(value, "fit") or hasattr(value, "fit_transform")
    return fits and hasattr(value, "get_params") and not isinstance(value, type)


def is_transformer(value: Any) -> bool:
    """Tell whether rows can go through `value` to another step."""
    return isinstance(value, str) or hasattr(value, "transform")


def is_sampler(value: Any) -> bool:
    """Tell whether `value` resamples rows while fitting, as imbalanced-learn's samplers do."""
    return hasattr(value, "fit_resample")


def takes_text(value: Any) -> bool:
    """Tell whether `value` reads one column of text, as ``CountVectorizer`` does."""
    tags = _tags(value)
    return tags is not None and tags.input_tags.string and not tags.input_tags.two_d_array


def takes_target(value: Any) -> bool:
    """Tell whether `value` is made for the target, as ``LabelEncoder`` is."""
    tags = _tags(value)
    if tags is None or tags.input_tags.two_d_array:
        return False
    return bool(tags.target_tags.one_d_labels or tags.target_tags.two_d_labels)


def _tags(value: Any) -> Any:
    try:
        return value.__sklearn_tags__()
    except AttributeError:  # no scikit-learn estimator, or one made for an older scikit-learn
        return None
