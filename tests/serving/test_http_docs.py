"""The examples of docs/serving.md, as they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from servers import exchange, export, request, serving

TEXT = (Path(__file__).parents[2] / "docs" / "serving.md").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("docs")
    export(root / "models" / "late")
    return root


def test_each_exchange_gives_what_the_page_says(folder):
    examples = re.findall(r"```json\nPOST /predict\n(.*?)\n\n(\d+)\n(.*?)```", TEXT, re.DOTALL)
    assert [status for _, status, _ in examples] == ["200", "422"]
    with serving(folder / "models" / "late") as server:
        for sent, status, told in examples:
            [(got, _, body)] = exchange(server.port, request(sent.encode()))
            assert got == int(status)
            said, expected = json.loads(body), json.loads(told)
            if status == "200":  # how sure a model is, is its own
                assert said.pop("probabilities").keys() == expected.pop("probabilities").keys()
                assert expected["warnings"][0].pop("expected").startswith("one of 9E, AA")
                assert said["warnings"][0].pop("expected").startswith("one of 9E, AA")
            assert said == expected


def test_the_application_is_made_as_the_page_says(folder, monkeypatch):
    [code] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(folder)
    scope = {}
    exec(code, scope)
    assert scope["app"].title == "late"
    assert "/predict" in scope["app"].openapi()["paths"]
