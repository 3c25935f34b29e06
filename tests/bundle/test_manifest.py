"""A manifest that somebody wrote by hand: its digest fits, and what it says does not."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

import nbpipe
from nbpipe.errors import ManifestError, ProbeMismatchError


@pytest.fixture
def forge(exported, tmp_path):
    """Return what changes a copy's manifest, and seals it again."""
    folder = tmp_path / "late" / exported.version
    shutil.copytree(exported.path, folder)

    def change(*place, **facts):
        content = json.loads((folder / "manifest.json").read_text())
        del content["digest"]
        inner = content
        for key in place:
            inner = inner[key]
        inner.update(facts)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        content["digest"] = hashlib.sha256(canonical.encode()).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(content))
        return folder

    return change


FEATURE = ("schema", "features", 2)  # distance, a whole number
ESCAPE = "\x1b[31m\x07"


@pytest.mark.parametrize(
    ("place", "facts"),
    [
        *(((), {"name": each}) for each in ["", "..", "../x", ESCAPE, "\x9b", "\u202e", "\ud800"]),
        *(((), {"created": each}) for each in ["", ESCAPE, "yesterday"]),
        (("environment",), {"platform": ESCAPE}),
        (("environment", "packages"), {"numpy": "1." + "9" * 5000}),
        *((("files", "probe.json"), {"size": each}) for each in [-1, 2**63, 10**400]),
        *((FEATURE, {"dtype": each}) for each in ["evil", "float64", "str", "V8", "m8[ns]"]),
        *((FEATURE, {"type": "number", "dtype": each}) for each in ["period[D]", "category"]),
        *((FEATURE, {"type": each}) for each in ["text", "boolean", "category", "datetime"]),
        *((FEATURE, {"minimum": each}) for each in [None, "a", True, -(10**400), 1e999]),
        (("schema",), {"ignored": ["distance"]}),
        (("schema",), {"ignored": ["a", "a"]}),
    ],
)
def test_what_no_export_writes_is_refused_though_the_digest_fits(forge, place, facts):
    folder = forge(*place, **facts)
    with pytest.raises(ManifestError) as caught:
        nbpipe.load(folder)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()
    assert len(nbpipe.models(folder.parent).damaged) == 1


def test_what_it_may_say_reaches_no_terminal_and_no_page_as_it_is(forge):
    told = f"{ESCAPE}<script>"
    report = {"main_metric": told, "metrics": {told: {"test_mean": 1}}, "verdict": {"status": told}}
    folder = forge(report=report)
    forge("schema", ignored=[told])
    model, listed = nbpipe.load(folder), nbpipe.models(folder.parent)
    for shown in (model, listed, model.schema, model.bundle):
        assert all(line.isprintable() for line in repr(shown).split("\n"))
    assert "<script>" not in model._repr_html_() + listed._repr_html_()


@pytest.mark.parametrize("score", [10**400, "nan", "inf", [1], None])
def test_a_score_that_is_no_number_is_none(forge, score):
    folder = forge(report={"main_metric": "f1", "metrics": {"f1": {"test_mean": score}}})
    listed = nbpipe.models(folder.parent)
    assert listed[0].score is None
    json.dumps(listed.to_dict(), allow_nan=False)


@pytest.mark.parametrize("rows", [[], [{"distance": 1}], [{}] * 1001])
def test_a_probe_that_proves_nothing_is_refused(forge, rows):
    folder = forge()
    probe = {"rows": rows, "predict": [0] * len(rows), "predict_proba": None}
    content = json.dumps(probe).encode()
    (folder / "probe.json").write_bytes(content)
    record = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    forge("files", **{"probe.json": record})
    with pytest.raises(ProbeMismatchError, match=r"probe\.json"):
        nbpipe.load(folder)
