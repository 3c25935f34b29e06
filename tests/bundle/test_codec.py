"""Dataclasses to JSON and back, with every type checked."""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - decode() reads the annotations
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpipe.bundle.codec import DecodeError, decode, dump, encode
from nbpipe.bundle.manifest import Data, Environment, Manifest, Target, from_json, is_name
from nbpipe.bundle.rows.schema import Feature, Schema
from nbpipe.bundle.trust.integrity import FileRecord
from nbpipe.errors import ExportError

DATA = Path(__file__).parent / "data"

SCALARS = st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
CATEGORIES = st.none() | st.lists(SCALARS | st.booleans(), max_size=3).map(tuple)


def features(types, dtypes, ends):
    """Draw columns whose facts fit together: both ends or none."""
    return st.builds(
        lambda range_, **facts: Feature(**facts, minimum=range_[0], maximum=range_[1]),
        name=st.text(),
        type=st.sampled_from(types),
        dtype=dtypes,
        nullable=st.booleans(),
        categories=CATEGORIES,
        range_=st.just((None, None)) | st.tuples(ends, ends),
    )


FEATURES = (
    features(["integer", "number"], st.sampled_from(["int64", "UInt8", ">i4"]), NUMBERS)
    | features(["number"], st.sampled_from(["float32", "Float64", "object"]), NUMBERS)
    | features(["boolean", "text", "category"], st.text(), st.none())
    | features(["datetime"], st.text(), st.text())
)
WORDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.!+-]*", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(rc1|\.post1|\+local)?", fullmatch=True)
MANIFESTS = st.builds(
    Manifest,
    name=st.text(min_size=1).filter(is_name),
    version=VERSIONS,
    created=st.datetimes().map(datetime.isoformat),
    environment=st.builds(
        Environment,
        python=VERSIONS,
        nbpipe=VERSIONS,
        platform=WORDS,
        packages=st.builds(
            lambda others: others | {"scikit-learn": "1.9.1"},
            st.dictionaries(WORDS, VERSIONS, max_size=3),
        ),
        needs=st.lists(st.text(), max_size=3).map(tuple),
    ),
    schema=st.builds(
        Schema,
        features=st.lists(FEATURES, max_size=3, unique_by=lambda each: each.name).map(tuple),
        ignored=st.just(()),
    ),
    target=st.builds(Target, classes=st.none() | st.lists(SCALARS, max_size=3).map(tuple)),
    data=st.builds(Data),
    report=st.none() | st.dictionaries(st.text(), SCALARS, max_size=3),
    files=st.dictionaries(
        st.sampled_from(["a", "b.json"]), st.builds(FileRecord, size=st.integers(0, 2**63 - 1))
    ),
)


@given(MANIFESTS)
def test_any_manifest_reads_back_equal_with_the_types_of_its_values(manifest):
    back = from_json(manifest.to_json())
    assert back == manifest
    assert repr(back) == repr(manifest)  # 1 is not True, and not 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One field of each kind."""

    a: int
    b: float | None
    c: tuple[str, ...]
    d: Mapping[str, int]
    e: Literal["x", "y"] = "x"


GOOD = {"a": 1, "b": 2, "c": ["t"], "d": {"k": 1}}


def test_defaults_are_left_out_and_come_back():
    sample = decode(Sample, GOOD, "sample")
    assert sample == Sample(1, 2.0, ("t",), {"k": 1})
    assert encode(sample) == GOOD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"a": True}, "sample.a should be int, not True"),
        ({"a": 1.0}, "sample.a should be int"),
        ({"b": "2"}, "sample.b should be float"),
        ({"c": "t"}, r"sample.c should be tuple"),
        ({"c": [1]}, r"sample.c\[0\] should be str"),
        ({"d": {"k": None}}, "sample.d.k should be int"),
        ({"e": "z"}, "sample.e should be"),
        ({"e": []}, "sample.e should be"),
        ({"f": 1}, "sample has unknown f"),
    ],
)
def test_a_wrong_type_is_told_with_its_place(change, told):
    with pytest.raises(DecodeError, match=told):
        decode(Sample, GOOD | change, "sample")


def test_a_missing_field_is_told():
    with pytest.raises(DecodeError, match="sample has missing b, d"):
        decode(Sample, {"a": 1, "c": []}, "sample")


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "3", '{"format": "1"}', '{"format": 0}', "NaN", "{}"),
        *("[" * 10_000, "[" * 150 + "]" * 150, '{"format": ' + "9" * 5000 + "}", '"\\ud800"'),
        '{"format": 1, "format": 1}',
    ],
)
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(DecodeError):
        from_json(text)


@given(MANIFESTS, st.data())
def test_a_field_of_another_kind_is_refused_even_with_a_valid_digest(manifest, data):
    from nbpipe.bundle.manifest import _digest

    content = json.loads(manifest.to_json())
    field = data.draw(st.sampled_from(sorted(set(content) - {"format", "digest", "report"})))
    del content["digest"]
    content[field] = data.draw(st.sampled_from([3.5, True, [1], {"x": 1}]))
    with pytest.raises(DecodeError):
        from_json(json.dumps(content | {"digest": _digest(content)}))


def sealed(content):
    """Return a manifest's text with the digest that fits, as an attacker would make it."""
    from nbpipe.bundle.manifest import _digest

    return json.dumps(content | {"digest": _digest(content)})


@pytest.fixture
def content():
    """Return the content of a valid manifest."""
    plain = json.loads((DATA / "format_1" / "1.0.0" / "manifest.json").read_text())
    del plain["digest"]
    return plain


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "/x", "a/b", "a\\b", "c:x", "x\0", "x\n", "\ud800", "é", " x"),
        *("-x", ".x", "x" * 101, "manifest.json", "MANIFEST.JSON", "model.sig", "Probe.json"),
    ],
)
def test_a_file_of_another_place_or_that_stands_for_another_file_is_refused(content, name):
    from_json(sealed(content))
    content["files"][name] = content["files"]["probe.json"]
    with pytest.raises(DecodeError, match="it lists"):
        from_json(sealed(content))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1.0; rm -rf ~"),
        ("version", "1.0\n"),
        ("name", "late\x1b[2J"),
        ("python", "3.11 -c x"),
        ("packages", {"scikit-learn": "1.9.1", "x; rm -rf ~ ": "1.0"}),
        ("packages", {"scikit-learn": "1.9.1 && x"}),
        ("packages", {"scikit-learn": "banana"}),
    ],
)
def test_what_would_stand_in_a_command_to_copy_is_only_a_name_or_a_version(content, field, value):
    place = content if field in content else content["environment"]
    place[field] = value
    with pytest.raises(DecodeError, match="is not"):
        from_json(sealed(content))


def test_numbers_that_no_float_holds_are_refused(content):
    number = next(each for each in content["schema"]["features"] if each["type"] == "number")
    number["maximum"] = 10**400
    with pytest.raises(DecodeError, match="should be"):
        decode(float, 10**400, "maximum")
    with suppress(DecodeError):
        from_json(sealed(content))


def test_what_is_nested_too_deeply_is_neither_written_nor_read(content):
    report: dict[str, object] = {}
    for _ in range(150):
        report = {"x": report}
    with pytest.raises(ExportError, match="nested"):
        dump(report)
    text = json.dumps(content | {"report": report, "digest": "0"})
    with pytest.raises(DecodeError, match="nested"):
        from_json(text)
