# labels: NB3
# why: every (C, gamma) job is scored on the global X_te inside fit_one(), max() takes the best of them, and that same number is printed as the result.
# hard: the loop is asyncio.gather over a product of settings run in threads; no for-loop stands around the score
"""Parallel sweep over an SVM for the digits data."""
import asyncio
import itertools
import time
from dataclasses import dataclass

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split as tts
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_digits(return_X_y=True)
X_tr, X_te, y_tr, y_te = tts(X, y, test_size=1 / 3, stratify=y, random_state=31)


@dataclass(order=True)
class Outcome:
    score: float
    C: float
    gamma: float
    seconds: float = 0.0


def fit_one(C: float, gamma: float) -> Outcome:
    t0 = time.perf_counter()
    clf = make_pipeline(StandardScaler(), SVC(C=C, gamma=gamma)).fit(X_tr, y_tr)
    return Outcome(clf.score(X_te, y_te), C, gamma, time.perf_counter() - t0)


async def sweep(Cs, gammas, limit: int = 4):
    gate = asyncio.Semaphore(limit)

    async def job(C, g):
        async with gate:
            try:
                return await asyncio.to_thread(fit_one, C, g)
            except ValueError as exc:
                print(f"{C=} {g=} failed: {exc}")
                return None

    done = await asyncio.gather(*(job(C, g) for C, g in itertools.product(Cs, gammas)))
    return [d for d in done if d is not None]


async def main():
    outcomes = await sweep([0.1, 1, 10, 100], [1e-4, 1e-3, 1e-2, 1e-1])
    for o in sorted(outcomes, reverse=True)[:5]:
        print(f"{o.score:.4f}  C={o.C:<6g} gamma={o.gamma:<6g} {o.seconds:.2f}s")
    print(f"accuracy of the chosen SVM: {max(outcomes).score:.2%}")


if __name__ == "__main__":
    asyncio.run(main())
