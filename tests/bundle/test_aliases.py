"""An alias stands for one version; moving it is atomic, undone by rollback, and never forgotten."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

import nbpipe
from nbpipe.bundle.store.aliases import History, Move, amend, from_json, read
from nbpipe.bundle.store.versions import find
from nbpipe.errors import BundleError, BundleNotFoundError, IntegrityError, UsageError

VERSIONS = ("1.0", "1.1", "1.2")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder, X = tmp_path_factory.mktemp("original") / "late", pd.DataFrame({"a": [0.0, 1.0, 2.0]})
    for version in VERSIONS:
        nbpipe.export(LinearRegression().fit(X, X["a"]), folder, X=X, version=version)
    return folder


@pytest.fixture
def late(original, tmp_path):
    """Return a model's folder with versions 1.0, 1.1 and 1.2, and no aliases."""
    return shutil.copytree(original, tmp_path / "models" / "late")


def test_an_alias_loads_what_was_promoted(late):
    done = nbpipe.promote(late, "1.1", "production", reason="passed\nthe canary")
    assert (done.alias, done.version, done.previous, done.action) == (
        "production",
        "1.1",
        None,
        "promote",
    )
    assert done.reason == "passed the canary"
    assert "@" in done.by
    assert done.nbpipe == nbpipe.__version__
    assert done.time.endswith("+00:00")
    assert nbpipe.load(f"{late}@production").version == "1.1"
    assert nbpipe.load(late).version == "1.2"
    assert nbpipe.promote(late, "latest", "production").previous == "1.1"
    assert nbpipe.load(f"{late}@production").version == "1.2"


def test_after_the_at_a_version_or_latest_may_stand_too(late):
    assert nbpipe.load(f"{late}@1.0").version == "1.0"
    assert nbpipe.load(f"{late}@latest").version == "1.2"


def test_rollbacks_go_back_one_promotion_each_and_never_forward(late):
    for version in VERSIONS:
        nbpipe.promote(late, version, "production")
    again = nbpipe.promote(late, "1.2", "production")  # nothing to roll back through
    assert not again.changed
    assert len(nbpipe.history(late)) == len(VERSIONS)
    assert nbpipe.rollback(late, "production").version == "1.1"
    assert nbpipe.rollback(late, "production", reason="worse").version == "1.0"
    with pytest.raises(UsageError, match=r"stood for nothing before 1\.0; promote another"):
        nbpipe.rollback(late, "production")
    nbpipe.promote(late, "1.2", "production")
    assert nbpipe.rollback(late, "production").version == "1.0"  # not the 1.1 that was left


def test_the_history_tells_every_move(late):
    nbpipe.promote(late, "1.0", "production", reason="first")
    nbpipe.promote(late, "1.1", "staging")
    nbpipe.promote(late, "1.1", "production")
    nbpipe.rollback(late, "production", reason="too slow")
    told = nbpipe.history(late)
    assert [(m.alias, m.previous, m.version, m.action, m.reason) for m in told] == [
        ("production", None, "1.0", "promote", "first"),
        ("staging", None, "1.1", "promote", None),
        ("production", "1.0", "1.1", "promote", None),
        ("production", "1.1", "1.0", "rollback", "too slow"),
    ]
    assert told.current() == told.to_dict()["aliases"] == {"production": "1.0", "staging": "1.1"}
    assert json.loads(json.dumps(told.to_dict()))["history"][3]["reason"] == "too slow"
    assert repr(told).splitlines()[-1].endswith("too slow")
    assert "<td" in told._repr_html_()
    assert nbpipe.history(late / "1.0").current() == told.current()


def test_a_listing_shows_the_aliases_of_each_version(late):
    for alias in ("production", "staging"):
        nbpipe.promote(late, "1.1", alias)
    found = nbpipe.models(late.parent)
    assert [each.aliases for each in found] == [(), ("production", "staging"), ()]
    assert found.to_dict()["models"][1]["aliases"] == ["production", "staging"]
    assert "1.1      production, staging" in repr(found)
    assert not found.damaged
    assert not nbpipe.models(late).damaged


@pytest.mark.parametrize(
    "alias",
    ["", "1.0", "v2", "latest", "Latest", "a b", "a/b", "..", "ä", "x" * 65, "a@b", 3, None],
)
def test_what_is_no_alias_is_refused_and_changes_nothing(late, alias):
    with pytest.raises(UsageError, match="is no alias; write one like 'production'"):
        nbpipe.promote(late, "1.0", alias)
    assert not (late / "aliases.json").exists()


def test_a_damaged_version_is_never_promoted_nor_rolled_back_to(late):
    nbpipe.promote(late, "1.0", "production")
    nbpipe.promote(late, "1.1", "production")
    for version in ("1.0", "1.2"):
        with (late / version / "model.joblib").open("ab") as file:
            file.write(b"x")
    before = (late / "aliases.json").read_bytes()
    with pytest.raises(IntegrityError):
        nbpipe.promote(late, "1.2", "production")
    with pytest.raises(IntegrityError):
        nbpipe.rollback(late, "production")
    assert (late / "aliases.json").read_bytes() == before


def test_mistakes_are_told(late):
    nbpipe.promote(late, "1.0", "production")
    with pytest.raises(BundleNotFoundError, match=r"no alias 'prodution'\. Did you mean 'product"):
        nbpipe.load(f"{late}@prodution")
    with pytest.raises(BundleNotFoundError, match=r"no alias 'x'\. It has production\."):
        nbpipe.rollback(late, "x")
    with pytest.raises(BundleNotFoundError, match=r"no version 9; it has 1\.0"):
        nbpipe.promote(late, "9", "production")
    with pytest.raises(BundleNotFoundError, match=r"does not exist\. Did you mean 'late'"):
        nbpipe.load(f"{late.parent}/lat@production")
    with pytest.raises(BundleNotFoundError, match=r"does not exist\. Did you mean 'late'"):
        nbpipe.history(late.parent / "lat")
    for look in (nbpipe.history, lambda models: nbpipe.rollback(models, "production")):
        with pytest.raises(BundleNotFoundError, match=r"is a folder of models; .*late\.$"):
            look(late.parent)
    with pytest.raises(UsageError, match="say it twice"):
        nbpipe.load(f"{late}@production", "1.0")
    with pytest.raises(UsageError, match="is half an alias"):
        nbpipe.load(f"{late}@")
    with pytest.raises(UsageError, match="reason is text"):
        nbpipe.promote(late, "1.0", "production", reason=3)


def test_an_alias_of_a_deleted_version_says_so(late):
    nbpipe.promote(late, "1.0", "production")
    nbpipe.promote(late, "1.1", "production")
    shutil.rmtree(late / "1.1")
    told = r"late@production stands for version 1\.1, which was deleted; there is 1\.0, 1\.2\."
    with pytest.raises(BundleNotFoundError, match=told):
        nbpipe.load(f"{late}@production")
    (damaged,) = nbpipe.models(late).damaged
    assert "which was deleted" in str(damaged)
    shutil.rmtree(late / "1.0")
    with pytest.raises(BundleNotFoundError, match=r"cannot go back to 1\.0: .* Promote another"):
        nbpipe.rollback(late, "production")


def test_every_flipped_byte_of_the_file_is_refused_while_versions_load_by_number(late):
    nbpipe.promote(late, "1.0", "production")
    path = late / "aliases.json"
    whole = path.read_bytes()
    known = read(late)
    for i in range(len(whole)):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        with suppress(BundleError):
            assert list(read(late)) == list(known)  # white space may change
    path.write_bytes(whole[:-40])
    with pytest.raises(BundleError, match=r"is damaged or not of .* still load by number"):
        nbpipe.promote(late, "1.1", "production")
    assert nbpipe.load(late, "1.0").version == "1.0"
    found = nbpipe.models(late)
    assert len(found) == 3
    assert "aliases.json is damaged" in str(found.damaged[0])


def test_a_pipe_or_a_link_in_its_place_is_refused_without_waiting(late, tmp_path):
    os.mkfifo(late / "aliases.json")
    with pytest.raises(BundleError, match="plain files"):
        nbpipe.history(late)
    (late / "aliases.json").unlink()
    (late / "aliases.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="plain files"):
        nbpipe.load(f"{late}@production")


def test_a_folder_whose_name_has_an_at_is_itself(late):
    odd = late.rename(late.with_name("late@home"))
    assert nbpipe.load(odd, "1.0").version == "1.0"
    nbpipe.promote(odd, "1.1", "production")
    assert nbpipe.load(f"{odd}@production").version == "1.1"


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([*VERSIONS, None])), max_size=12
    )
)
def test_any_history_is_read_back_and_its_aliases_follow_from_it(steps):
    """The model is a stack for each alias; None is a rollback, where there is one to make."""
    stacks, moves = {"a": [], "b": []}, []
    for alias, version in steps:
        stack = stacks[alias]
        previous = stack[-1] if stack else None
        if version is None:
            if len(stack) < 2:
                continue
            stack.pop()
        elif version != previous:
            stack.append(version)
        action = "rollback" if version is None else "promote"
        moves.append(Move(alias, stack[-1], previous, action, "2026-01-01", "me@here", "0.1.0"))
    known = from_json(History(moves).to_json().encode(), "here")
    assert list(known) == moves
    assert known.standing() == {alias: stack for alias, stack in stacks.items() if stack}


PROMOTER = """
import sys, nbpipe, nbpipe.bundle.store.promote
print("ready", flush=True)
sys.stdin.readline()
for i in range(int(sys.argv[2])):
    nbpipe.promote(sys.argv[1], ("1.0", "1.1")[i % 2], sys.argv[3])
"""
READER = """
import sys
from nbpipe.bundle.store.aliases import read
from nbpipe.bundle.store.versions import find
from pathlib import Path
print("ready", flush=True)
seen, last = [], 0
while last < int(sys.argv[2]):
    now = len(read(Path(sys.argv[1])))
    assert now >= last
    last = now
    seen.append(find(f"{sys.argv[1]}@production").version)
print(len(seen), *sorted(set(seen)))
"""
KILLED = """
import os, sys, nbpipe, nbpipe.bundle.store.promote
for line in sys.stdin:
    child = os.fork()
    while child == 0:
        nbpipe.promote(sys.argv[1], "1.1", "production")
        nbpipe.promote(sys.argv[1], "1.0", "production")
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def start(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_readers_see_whole_states_alone_while_an_alias_moves_200_times(late):
    nbpipe.promote(late, "1.1", "production")
    both = [start(READER, late, 201), start(PROMOTER, late, 200, "production")]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in reversed(both):
        output, error = process.communicate("\n", timeout=100)
        assert process.returncode == 0, error
        if output:
            reads, *versions = output.split()
            assert int(reads) > 20
            assert versions == ["1.0", "1.1"]


def test_of_two_promoters_at_once_none_is_lost(late):
    both = [start(PROMOTER, late, 40, alias) for alias in ("blue", "green")]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        _, error = process.communicate(timeout=100)
        assert process.returncode == 0, error
    told = nbpipe.history(late)
    assert sorted(move.alias for move in told) == ["blue"] * 40 + ["green"] * 40
    assert told.current() == {"blue": "1.1", "green": "1.1"}


def test_a_promoter_killed_at_any_moment_leaves_a_state_and_the_next_one_sweeps(late):
    nbpipe.promote(late, "1.0", "production")
    moments, last, halves = random.Random(0), 1, 0
    process = start(KILLED, late)
    for i in range(30):
        process.stdin.write("\n")
        process.stdin.flush()
        child = int(process.stdout.readline())
        deadline = time.monotonic() + 5
        while i % 3 and not list(late.glob(".partial-*")) and time.monotonic() < deadline:
            time.sleep(0)
        time.sleep(0 if i % 3 else moments.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        assert process.stdout.readline() == "dead\n"
        halves += bool(list(late.glob(".partial-*")))
        now = len(nbpipe.history(late))
        assert now >= last
        last = now
        assert find(f"{late}@production").version in VERSIONS
        assert not nbpipe.models(late).damaged
    process.communicate()
    assert halves  # else none was killed while it wrote
    nbpipe.promote(late, "1.2", "production")
    assert len(nbpipe.history(late)) == last + 1
    assert sorted(each.name for each in late.iterdir()) == [*VERSIONS, "aliases.json"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="changes its user")
def test_a_folder_that_may_not_be_written_is_told_and_still_read(late):
    nbpipe.promote(late, "1.0", "production")
    for folder in (late.parents[1], late.parents[2]):
        folder.chmod(0o755)
    code = (
        "import os, sys, nbpipe, nbpipe.bundle.store.promote\n"
        "os.chdir(sys.argv[1])\nos.setuid(65534)\n"
        "try: nbpipe.promote('late', '1.1', 'production')\n"
        "except nbpipe.errors.BundleError as error: print(error)\n"
        "print(nbpipe.history('late').current())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, late.parent], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "'late' cannot be written: Permission denied. No alias was moved.",
        "{'production': '1.0'}",
    ]


def test_a_failure_while_writing_leaves_the_old_state(late, monkeypatch):
    nbpipe.promote(late, "1.0", "production")
    (move,) = nbpipe.history(late)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(BundleError, match=r"cannot be written: No space left\. No alias was moved"):
        amend(late, lambda _: move)
    assert list(nbpipe.history(late)) == [move]
    assert not list(late.glob(".partial-*"))
