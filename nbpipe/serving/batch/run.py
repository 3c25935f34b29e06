"""The run over all rows: read, sift, predict, write, note how far it got."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from nbpipe.bundle.rows.sift import sift
from nbpipe.errors import DataError, OutputError, SchemaError
from nbpipe.serving.batch.chunk import Place
from nbpipe.serving.batch.rejects import refusal, reject
from nbpipe.serving.batch.unfinished import Unfinished, telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbpipe.bundle.model import Answer, Model
    from nbpipe.bundle.rows.problems import Finding
    from nbpipe.bundle.rows.sift import Sifted
    from nbpipe.serving.batch.chunk import Chunk, Input
    from nbpipe.serving.batch.unfinished import Part, Stream

    _Answered = tuple[Chunk, Sifted, Answer | None]


@dataclass(frozen=True, slots=True)
class Predicted:
    """What came of the rows of a file.

    Attributes
    ----------
    rows, rejected : int
        How many there were, and how many of them did not fit.
    seconds : float
        What the run took; if it was resumed, since then.
    warnings : tuple of str
        What the policy warns of, summed up over all rows.
    """

    rows: int
    rejected: int
    seconds: float
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        rate, rows = self.rows / max(self.seconds, 1e-9), "row" if self.rows == 1 else "rows"
        return (
            f"{self.rows:,} {rows}: {self.rows - self.rejected:,} predicted, {self.rejected:,} "
            f"rejected, in {self.seconds:.1f} s ({rate:,.0f} rows/s)"
        )


class Run:
    """One run, or the rest of one.

    Parameters
    ----------
    parts : sequence
        The output, and where bad rows go if they do not stop the run.
    identity : Mapping or None
        What the output is made from; see `Unfinished`.
    aside : sequence of str
        Columns of the rejects.
    most : float
        How many rows may be rejected.
    """

    def __init__(
        self,
        model: Model,
        reader: Input,
        parts: Sequence[Part | Stream],
        identity: Mapping[str, Any] | None,
        aside: Sequence[str],
        *,
        most: float,
        proba: bool,
    ) -> None:
        self._model, self._reader, self._proba = model, reader, proba
        self._output, *self._rejects = parts
        self._work = Unfinished(parts, identity)
        self._aside, self._most = aside, most
        self._rows = self._rejected = 0
        self._warned: dict[str, tuple[int, str]] = {}  # by column and kind, count and example

    def go(self, *, resume: bool, overwrite: bool, progress: bool | None) -> Predicted:
        """Do all rows, and put output and rejects in their places."""
        started = time.monotonic()
        with telling(str(self._output.place)):
            noted = self._work.begin(resume=resume, overwrite=overwrite)
        try:
            with telling(str(self._output.place)):
                self._rest(noted, progress)
                self._work.finish()
        except (OutputError, KeyboardInterrupt) as error:
            if not self._work.resumable:
                self._work.discard()
            elif isinstance(error, OutputError):
                raise OutputError(f"{error} What is done is kept; --resume goes on.") from error
            raise
        except BaseException:
            self._work.discard()
            raise
        finally:
            self._work.close()
        seconds = time.monotonic() - started
        warnings = tuple(
            f"{text}, in {count:,} row{'s' * (count > 1)}" for count, text in self._warned.values()
        )
        return Predicted(self._rows, self._rejected, seconds, warnings)

    def _rest(self, noted: Mapping[str, Any] | None, progress: bool | None) -> None:
        """Do the rows that are not done yet."""
        place = None
        if noted is not None:
            self._rows, self._rejected = noted["rows"], noted["rejected"]
            self._warned = {key: tuple(each) for key, each in noted["warned"].items()}
            place = Place(**noted["place"]) if noted["place"] else None
        if noted is None or not noted["finished"]:
            bar = tqdm(
                desc="predict",
                total=self._reader.total,
                unit=self._reader.unit,
                unit_scale=True,
                leave=False,
                disable=None if progress is None else not progress,
            )
            with bar:
                steps = self._answered(place)
                # Ctrl-C would not reach a thread that waits for a pipe, which has no size
                for step in _ahead(steps) if self._reader.total is not None else steps:
                    self._write(*step)
                    bar.set_postfix_str(f"{self._rows:,} rows", refresh=False)
                    bar.update(self._reader.done() - bar.n)
            self._note(None, finished=True)

    def _answered(self, place: Place | None) -> Iterator[_Answered]:
        """Predict for the good rows of each chunk."""
        for chunk in self._reader.chunks(place):
            sifted = sift(chunk.rows, self._model.schema, self._model.policy)
            answer = None
            if sifted.checked is not None:
                answer = self._model.answer_checked(sifted.checked, proba=self._proba)
            yield chunk, sifted, answer

    def _write(self, chunk: Chunk, sifted: Sifted, answer: Answer | None) -> None:
        bad = {int(chunk.numbers[i]): told for i, told in sifted.reasons.items()}
        bad = dict(sorted((bad | {each: [told] for each, told in chunk.faults.items()}).items()))
        self._rows += len(chunk.numbers) + len(chunk.faults)
        if bad:
            if not self._rejects:
                raise refusal(chunk, bad)
            self._rejects[0].write(reject(chunk, bad, self._aside))
            self._rejected += len(bad)
            self._check()
        for finding in sifted.warned:
            self._warn(finding)
        if answer is not None:
            if answer.labels.ndim > 1:
                raise DataError("The model predicts several numbers a row; a file takes one.")
            kept = [[values[i] for i in sifted.good] for values in chunk.kept.values()]
            columns = [chunk.numbers[sifted.good].tolist(), *kept, answer.labels.tolist()]
            if answer.probabilities is not None:
                columns += answer.probabilities.T.tolist()
            self._output.write(columns)
        self._note(chunk.following)

    def _warn(self, finding: Finding) -> None:
        key = f"{finding.column} {finding.kind}"
        assert finding.rows is not None
        first = replace(finding, rows=finding.rows[:1]).problems()[0]
        count, text = self._warned.get(key, (0, str(replace(first, row=None))))
        self._warned[key] = count + finding.count, text

    def _check(self) -> None:
        if self._rejected > self._most:
            self._work.discard(kept=1)
            raise SchemaError(
                f"{self._rejected:,} of {self._rows:,} rows were rejected, more than the "
                f"{self._most} that --max-rejects allows. There is no output; the rejects tell why."
            )

    def _note(self, place: Place | None, *, finished: bool = False) -> None:
        self._work.note(
            place=place and asdict(place),
            rows=self._rows,
            rejected=self._rejected,
            warned=self._warned,
            finished=finished,
        )


def _ahead(steps: Iterator[_Answered]) -> Iterator[_Answered]:
    """Take each step in a thread while the one before is written: numpy needs no interpreter."""
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(next, steps, None)
        while (step := taken.result()) is not None:
            taken = pool.submit(next, steps, None)
            yield step
