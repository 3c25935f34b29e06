"""The OpenAPI document of one model: what it takes and gives, with real rows as examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.rows.policy import action
from nbpipe.bundle.rows.schema import logical_kind
from nbpipe.bundle.trust import integrity, probe
from nbpipe.errors import BundleError
from nbpipe.serving import metrics, problems
from nbpipe.serving.answers import class_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbpipe.bundle.model import Model
    from nbpipe.bundle.rows.policy import Policy
    from nbpipe.bundle.rows.schema import Feature

_EXAMPLES = 3
_DAY = r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
_TIME = r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_KINDS: Mapping[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
    "datetime": {"type": "string", "pattern": f"^{_DAY}{_TIME}$"},
    "zoned": {"type": "string", "pattern": f"^{_DAY}{_TIME}(Z|[+-]0\\d:00)$"},
}
_OBJECT = {"type": "object"}
_TEXT = {"type": "string"}
_REFUSED = {
    400: "The body is not JSON.",
    408: "The body did not arrive in time.",
    413: "Too many bytes or rows.",
    415: "The body is not `application/json` in UTF-8.",
    422: "The rows do not fit the model; every problem is listed.",
    500: "The server failed.",
    503: "There was no time to predict.",
}


def document(model: Model, max_rows: int) -> dict[str, Any]:
    """Return the whole document."""
    rows = _examples(model)
    answers = {"application/json": {"schema": {"oneOf": [_ref("Answer"), _ref("Answers")]}}}
    body = {
        "oneOf": [
            _ref("Record"),
            {"type": "array", "items": _ref("Record"), "minItems": 1, "maxItems": max_rows},
        ]
    }
    values = {"one record": rows[0], "several records": rows} if rows else {}
    examples = {name: {"value": value} for name, value in values.items()}
    predict = {
        "operationId": "predict",
        "summary": "Predict for one record, or for each of a list",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "examples": examples}},
        },
        "responses": {
            "200": {"description": "One answer, or one for each record.", "content": answers},
            **{str(status): _problem(told) for status, told in _REFUSED.items()},
        },
    }
    one = {"prediction": {}, "probabilities": _probabilities(model)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": model.name,
            "version": model.version,
            "description": f"Predicts {model.manifest.target.name or 'the target'}.",
        },
        "paths": {
            "/predict": {"post": predict},
            "/model": _get("model", "The model's manifest", _OBJECT),
            "/health": _get("health", "The server is alive", _OBJECT),
            "/ready": _get("ready", "The model that predicts, and a newer one refused", _OBJECT),
            "/metrics": _get("metrics", "Counts for Prometheus", _TEXT, metrics.MEDIA_TYPE),
        },
        "components": {
            "schemas": {
                "Record": _record(model),
                "Answer": _closed(**one, **_shared(model)),
                "Answers": _closed(
                    predictions={"type": "array", "items": _closed(**one)}, **_shared(model)
                ),
                "Problem": _PROBLEM,
            }
        },
    }


def _examples(model: Model) -> list[Any]:
    """Return a few rows of the probe; none where the model's folder is gone from below it."""
    listed = {probe.FILE: model.manifest.files[probe.FILE]}
    try:
        content = integrity.check(model.bundle.path, listed, {probe.FILE})[probe.FILE]
    except BundleError:
        return []
    return list(probe.parse(content).rows[:_EXAMPLES])


def _record(model: Model) -> dict[str, Any]:
    names = model.schema.names
    fields = {each.name: _field(each, model.policy) for each in model.schema.features}
    fields.update({name: {"description": "Not read."} for name in model.schema.ignored})
    return {
        "type": "object",
        "properties": fields,
        "required": list(names),
        "additionalProperties": False,
    }


def _field(feature: Feature, policy: Policy) -> dict[str, Any]:
    """Say what is accepted, and in words what training saw."""
    kind = logical_kind(feature)
    field = dict(_KINDS[kind])
    if feature.type == "integer":
        field |= _limits(feature.dtype.lower())
    if seen := feature.seen():
        field["description"] = f"Seen in training: {seen}"
    bounded = kind in {"number", "integer"} and feature.minimum is not None
    if bounded and action(policy, feature.name, "range") == "error":
        field |= {"minimum": feature.minimum, "maximum": feature.maximum}
    unseen = {feature.unseen, action(policy, feature.name, "unseen")}
    if feature.categories is not None and "error" in unseen:
        field["enum"] = list(feature.categories)
    if feature.nullable or action(policy, feature.name, "missing") != "error":
        field["type"] = [field["type"], "null"]
        if "enum" in field:
            field["enum"].append(None)
    return field


def _limits(dtype: str) -> dict[str, int]:
    """Return the bounds of whole numbers, of which the upper is checked as the nearest float."""
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if float(high) > high:
        high = (int(np.nextafter(float(high), 0)) + int(float(high))) // 2 - 1
    return {"minimum": low, "maximum": high}


def _probabilities(model: Model) -> dict[str, Any]:
    names = [class_name(label) for label in model.manifest.target.classes or ()]
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "type": ["object", "null"],
        "description": "By class; null where the model gives none.",
        "properties": dict.fromkeys(names, share),
        "additionalProperties": False,
    }


def _shared(model: Model) -> dict[str, Any]:
    name = {"type": "string", "examples": [model.name]}
    version = {"type": "string", "examples": [model.version]}
    return {
        "model": _closed(name=name, version=version),
        "warnings": {"type": "array", "items": _ISSUE},
    }


def _closed(**members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


_ISSUE = _closed(
    pointer={"type": "string", "description": "Of the value in the request (RFC 6901)."},
    row={"type": ["integer", "null"], "description": "From 0; null is every row."},
    column=_TEXT,
    value={},
    kind=_TEXT,
    expected=_TEXT,
)
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {"type": "array", "items": _ISSUE, "maxItems": problems.LISTED},
    },
    "required": ["type", "title", "status", "detail"],
}


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {problems.MEDIA_TYPE: {"schema": _ref("Problem")}}}


def _get(name: str, summary: str, schema: Any, kind: str = "application/json") -> dict[str, Any]:
    told = {"description": summary, "content": {kind.partition(";")[0]: {"schema": schema}}}
    return {"get": {"operationId": name, "summary": summary, "responses": {"200": told}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
