"""One BLAS and OpenMP thread each, so that small fits do not wait for each other."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="session", autouse=True)
def one_thread_each():
    with threadpool_limits(1):
        yield
