"""The image's definition, followed line by line in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from servers import ROW, exchange, export, flights, request, serving
from sklearn.neighbors import KNeighborsClassifier

import nbpipe
from nbpipe.cli.main import main

ROOT = Path(__file__).parents[2]


def definition(folder, *arguments):
    """Write a Dockerfile, and return its lines by instruction."""
    assert main(["serve", *arguments, "--write-dockerfile", str(folder / "Dockerfile")]) == 0
    lines = (folder / "Dockerfile").read_text().splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def test_it_copies_one_version_and_runs_it_without_rights(tmp_path):
    export(tmp_path / "models" / "late")
    lines = definition(tmp_path, str(tmp_path / "models" / "late"), "--policy", "unseen=error")
    said = dict(lines)
    assert json.loads(said["COPY"]) == ["models/late/1.0.0", "/models/late/1.0.0"]
    assert said["USER"] == "10001:10001"
    assert 'image.title="late" org.opencontainers.image.version="1.0.0"' in said["LABEL"]
    assert json.loads(said["CMD"]) == [
        *("nbpipe", "serve", "/models/late/1.0.0", "--host", "0.0.0.0"),
        *("--policy", "unseen=error"),
    ]
    check = json.loads(said["HEALTHCHECK"].partition("CMD ")[2])
    with serving(tmp_path / "models" / "late") as server:
        check = [sys.executable, *check[1:-1], check[-1].replace(":8000/", f":{server.port}/")]
        assert subprocess.run(check, check=False).returncode == 0
    assert subprocess.run(check, capture_output=True, check=False).returncode == 1
    installs = [text for name, text in lines if name == "RUN"]
    assert not re.search("pandas|joblib|scipy|scikit-learn=", " ".join(installs))


def test_a_model_outside_of_the_folder_is_refused(tmp_path, capsys):
    export(tmp_path / "models" / "late")
    (tmp_path / "else").mkdir()
    target = str(tmp_path / "else" / "Dockerfile")
    assert main(["serve", str(tmp_path / "models/late"), "--write-dockerfile", target]) == 2
    assert "is outside of" in capsys.readouterr().err
    assert not (tmp_path / "else" / "Dockerfile").exists()


def test_an_image_that_opens_no_pickle_says_so(tmp_path):
    said = dict(definition(tmp_path, str(export(tmp_path / "models" / "late").path), "--no-pickle"))
    assert json.loads(said["CMD"])[-1] == "--no-pickle"


def test_only_a_definition_that_nbpipe_wrote_is_replaced(tmp_path, capsys):
    model = str(export(tmp_path / "models" / "late").path)
    assert definition(tmp_path, model) == definition(tmp_path, model)
    own = tmp_path / "Own"
    own.write_text("FROM scratch\n")
    assert main(["serve", model, "--write-dockerfile", str(own)]) == 2
    assert "nbpipe did not write it" in capsys.readouterr().err
    assert own.read_text() == "FROM scratch\n"


def test_without_the_extra_it_names_the_extra(tmp_path, capsys, monkeypatch):
    model = str(export(tmp_path / "models" / "late").path)
    monkeypatch.setattr("nbpipe.serving.dockerfile._PLAN_NEEDS", ("numpy", "no-such-package"))
    assert main(["serve", model, "--write-dockerfile", str(tmp_path / "Dockerfile")]) == 2
    assert "'nbpipe-sklearn[serve]'" in capsys.readouterr().err
    assert not (tmp_path / "Dockerfile").exists()


def test_a_wheel_beside_it_is_taken_where_no_index_has_it(tmp_path):
    model = str(export(tmp_path / "models" / "late").path)
    before = definition(tmp_path, model)
    text = (tmp_path / "Dockerfile").read_text()
    (tmp_path / "Dockerfile").write_text(re.sub("^# (?=COPY|ENV)", "", text, flags=re.MULTILINE))
    lines = (tmp_path / "Dockerfile").read_text().splitlines()
    copied = lines.index("COPY nbpipe_sklearn-*.whl /wheels/")
    found = lines.index("ENV PIP_FIND_LINKS=/wheels")
    assert copied < found < min(at for at, line in enumerate(lines) if line.startswith("RUN"))
    assert definition(tmp_path, model) == before  # it is still nbpipe's own, and written anew


@pytest.mark.parametrize("name", ['x"y', "a$b", "a[b"])
def test_a_name_that_a_dockerfile_would_read_otherwise_is_refused(tmp_path, capsys, name):
    export(tmp_path / name)
    target = str(tmp_path / "Dockerfile")
    assert main(["serve", str(tmp_path / name), "--write-dockerfile", target]) == 2
    assert "give a meaning" in capsys.readouterr().err


def test_a_model_without_plan_gets_what_its_requirements_list(tmp_path):
    X, y = flights()
    X = X[["distance"]]
    made = nbpipe.export(KNeighborsClassifier().fit(X, y), tmp_path / "near", X=X, y=y)
    lines = definition(tmp_path, str(made.path))
    assert ("COPY", '["near/1.0.0/requirements.txt", "/requirements.txt"]') in lines
    [install] = [text for name, text in lines if name == "RUN"]
    assert install.startswith("pip install -r /requirements.txt 'nbpipe-sklearn[serve]==")


@pytest.mark.environments
def test_what_it_installs_serves_without_scikit_learn_and_pandas(tmp_path):
    bundle = export(tmp_path / "models" / "late")
    lines = definition(tmp_path, str(bundle.path))
    wheels = tmp_path / "wheels"
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", wheels, ROOT]
    subprocess.run(build, check=True)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "image"], check=True)
    inside = tmp_path / "image" / "bin"
    for name, text in lines:
        if name == "RUN":
            done = subprocess.run(
                [inside / "python", "-m", *shlex.split(text)],
                env={**os.environ, "PIP_FIND_LINKS": str(wheels)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode and not os.environ.get("CI"):
                pytest.skip(f"cannot install: {done.stderr[-300:]}")
            assert not done.returncode, done.stderr
    command = [inside / "python", "-I", inside / "nbpipe"]  # -I: nothing of this checkout
    names = ["sklearn", "pandas", "joblib", "scipy", "tqdm"]
    code = f"import importlib.util as u; print([n for n in {names} if u.find_spec(n)])"
    assert subprocess.check_output([*command[:2], "-c", code], text=True) == "[]\n"
    model = nbpipe.load(bundle.path)
    with serving(bundle.path, command=command) as image, serving(bundle.path) as here:
        [(status, _, body)] = exchange(image.port, request(ROW))
        assert status == 200
        assert (
            list(json.loads(body)["probabilities"].values()) == model.predict_proba(ROW)[0].tolist()
        )
        for odd in (
            {**ROW, "distance": "9", "temp": True},
            {**ROW, "carrier": None},
            {**ROW, "carrier": "ZZ", "temp": 900},
            {"carrier": "AA", "orign": "JFK"},
            [ROW, {**ROW, "distance": 1.5}],
            [],
        ):
            [there] = exchange(image.port, request(odd))
            [same] = exchange(here.port, request(odd))
            assert (there[0], there[2]) == (same[0], same[2])
