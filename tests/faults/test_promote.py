"""A promotion that dies leaves the alias where it was or where it goes, and the trail whole."""

from __future__ import annotations

import pytest
from faults.prepared import kill_often, prepared
from faults.seen import whole

import nbpipe
from nbpipe.bundle.store.versions import find

pytestmark = pytest.mark.slow


@pytest.fixture
def late(tmp_path):
    """Return a model of two versions, the first of which is in production."""
    folder = tmp_path / "late"
    folder.mkdir()
    with prepared("export", folder) as export:
        export.go()
        export.go()
    nbpipe.promote(folder, "1.0.0", "production", reason="first")
    return folder


def test_a_promotion_killed_at_any_moment_is_done_or_not_done(late):
    with (
        prepared("promote", late, "1.1.0", "production") as up,
        prepared("promote", late, "1.0.0", "production") as down,
    ):
        trail = list(nbpipe.history(late))

        def check(other):
            found = list(nbpipe.history(late))
            assert found[: len(trail)] == trail
            assert len(found) <= len(trail) + 3
            assert find(f"{late}@production").version == found[-1].version
            assert len(whole(late)) == 2
            nbpipe.promote(late, other, "production")  # where it moved: there is a way again
            trail[:] = nbpipe.history(late)

        assert kill_often(up, 40, lambda: check("1.0.0")) == 40
        check("1.1.0")
        assert kill_often(down, 40, lambda: check("1.1.0"), seed=1) == 40
    assert trail[0].reason == "first"
    assert sorted(each.name for each in late.iterdir()) == ["1.0.0", "1.1.0", "aliases.json"]
