"""The service holds what its own OpenAPI document says, under whatever schemathesis thinks of."""

from __future__ import annotations

import subprocess
import sys

import pytest
from servers import export, serving


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["unseen=warn,range=warn", "unseen=error,range=error"])
def test_schemathesis_finds_nothing(tmp_path, policy):
    bundle = export(tmp_path / "late")
    with serving(bundle.path, "--policy", policy) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"),
                *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
                *("--max-examples", "60", "--seed", "1", "--workers", "1"),
                *("--generation-database", ":memory:", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Traceback" not in "".join(server.log)
