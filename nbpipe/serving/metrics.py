"""What the service counts, in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds: a row takes tens of microseconds, a full batch up to seconds.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts; touched in the event loop alone, so that they need no lock.

    Attributes
    ----------
    in_flight, rows, switches, refusals : int
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self.rows = 0
        self.switches = 0
        self.refusals = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._problems: Counter[tuple[str, str, str]] = Counter()
        self._seconds: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def request(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests[path, method, status] += 1
        buckets = self._seconds.setdefault(path, [0] * (len(BUCKETS) + 1))
        buckets[bisect_left(BUCKETS, seconds)] += 1
        self._sums[path] = self._sums.get(path, 0.0) + seconds

    def problems(self, column: str, kind: str, done: str, count: int) -> None:
        """Count problems of the input: what was `done` is ``"error"`` or ``"warn"``."""
        self._problems[column, kind, done] += count

    def text(self, name: str, version: str) -> str:
        """Return everything, with the model that predicts now."""
        return "\n".join([*self._lines(name, version), ""])

    def _lines(self, name: str, version: str) -> Iterator[str]:
        yield from _head("nbpipe_model_info", "gauge", "The model that predicts now.")
        yield f"nbpipe_model_info{_labels(name=name, version=version)} 1"
        yield from _head("nbpipe_requests_total", "counter", "Requests answered.")
        for (path, method, status), count in self._requests.items():
            labels = _labels(path=path, method=method, status=status)
            yield f"nbpipe_requests_total{labels} {count}"
        yield from _head("nbpipe_request_seconds", "histogram", "Time to answer.")
        for path, counts in self._seconds.items():
            for bound, total in zip((*BUCKETS, "+Inf"), accumulate(counts), strict=True):
                yield f"nbpipe_request_seconds_bucket{_labels(path=path, le=bound)} {total}"
            yield f"nbpipe_request_seconds_sum{_labels(path=path)} {self._sums[path]}"
            yield f"nbpipe_request_seconds_count{_labels(path=path)} {sum(counts)}"
        told = "Input that differs from training; of one request at most 1,000 a column and kind."
        yield from _head("nbpipe_input_problems_total", "counter", told)
        for (column, kind, done), count in self._problems.items():
            labels = _labels(column=column, kind=kind, action=done)
            yield f"nbpipe_input_problems_total{labels} {count}"
        for single, kind, help_text, value in (
            ("rows_total", "counter", "Rows predicted.", self.rows),
            ("requests_in_flight", "gauge", "Requests being answered.", self.in_flight),
            ("model_switches_total", "counter", "Newer models taken up.", self.switches),
            ("model_refusals_total", "counter", "Newer models refused.", self.refusals),
        ):
            yield from _head(f"nbpipe_{single}", kind, help_text)
            yield f"nbpipe_{single} {value}"


def _head(name: str, kind: str, told: str) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"


def _labels(**labels: object) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: object) -> str:
    return str(value).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
