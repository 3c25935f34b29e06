"""More or fewer columns made of several: polynomials, bins, principal components."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbpipe.bundle.plan.arrays import Array, NotCoveredError, Part

if TYPE_CHECKING:
    from nbpipe.bundle.plan.compiling import Block, Compiler


class Polynomial:
    """Terms, each an earlier one times a column; the first is 1, and `kept` are given out."""

    def __init__(self, part: Part) -> None:
        factor = part.indices("factor", part.width, None)
        count = len(factor) + 1
        parent = part.indices("parent", count, count - 1)
        part.need((parent < np.arange(1, count)).all(), "parent")
        self.kept = part.indices("kept", count, None).tolist()
        self.width = len(self.kept)
        part.need(self.width, "kept")
        self.terms = list(zip(parent.tolist(), factor.tolist(), strict=True))

    def __call__(self, X: Array) -> Array:
        terms = [np.ones(len(X))]
        for parent, factor in self.terms:
            terms.append(terms[parent] * X[:, factor])
        return np.stack([terms[each] for each in self.kept], axis=1)


def compile_polynomial(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile PolynomialFeatures: x0*x1*x2 is x1*x2 times x0, as it multiplies them itself."""
    block = compiler.numbers(block)
    wanted = [
        tuple(np.repeat(np.arange(block.width), powers).tolist()) for powers in estimator.powers_
    ]
    needed = {term[start:] for term in wanted for start in range(len(term) + 1)}
    terms = sorted(needed | {()}, key=lambda term: (len(term), term))
    place = {term: number for number, term in enumerate(terms)}
    return compiler.add(
        "polynomial",
        [block],
        parent=np.array([place[term[1:]] for term in terms[1:]], dtype=np.int64),
        factor=np.array([term[0] for term in terms[1:]], dtype=np.int64),
        kept=np.array([place[term] for term in wanted], dtype=np.int64),
    )


class Bins:
    """The bin of each value; with `hot`, one column for each bin."""

    def __init__(self, part: Part) -> None:
        counts = part.get("counts", "iu", part.width)
        edges = part.get("edges", "f", None)
        part.need((counts >= 0).all() and counts.sum() == len(edges), "counts")
        self.edges = np.split(edges, np.cumsum(counts)[:-1])
        self.hot = bool(part.number("hot", 1))
        self.starts = np.cumsum([0, *(counts + 1)])
        self.width = int(self.starts[-1]) if self.hot else part.width

    def __call__(self, X: Array) -> Array:
        codes = np.empty_like(X)
        for column, edges in enumerate(self.edges):
            codes[:, column] = np.searchsorted(edges, X[:, column], side="right")
        if not self.hot:
            return codes
        hot = np.zeros((len(X), self.width), X.dtype)
        hot[np.arange(len(X))[:, None], codes.astype(np.intp) + self.starts[:-1]] = 1
        return hot


def compile_bins(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a KBinsDiscretizer."""
    block = compiler.numbers(block)
    if estimator.dtype is not None:
        raise NotCoveredError("KBinsDiscretizer has a dtype of its own")
    inner = [np.asarray(edges, dtype=float)[1:-1] for edges in estimator.bin_edges_]
    counts = np.array([len(edges) for edges in inner])
    hot = estimator.encode != "ordinal"
    made = compiler.add("bins", [block], edges=np.concatenate(inner), counts=counts, hot=int(hot))
    return replace(made, sparse=estimator.encode == "onehot")


class Project:
    """Principal components."""

    def __init__(self, part: Part) -> None:
        components = part.get("components", "f", None, part.width)
        self.axes = components.T
        self.width = len(components)
        self.offset = part.get("mean", "f", part.width).reshape(1, -1) @ self.axes
        self.scale = part.get("scale", "f", self.width) if "scale" in part else None

    def __call__(self, X: Array) -> Array:
        projected = X @ self.axes
        projected -= self.offset
        if self.scale is not None:
            projected /= self.scale
        return projected


def compile_pca(compiler: Compiler, estimator: Any, block: Block) -> Block:
    """Compile a PCA."""
    block = compiler.numbers(block)
    arrays = {"components": np.ascontiguousarray(estimator.components_), "mean": estimator.mean_}
    if estimator.whiten:
        scale = np.sqrt(estimator.explained_variance_)
        arrays["scale"] = np.maximum(scale, np.finfo(scale.dtype).eps)
    return replace(compiler.add("project", [block], **arrays), sparse=False)


STEPS = {"polynomial": Polynomial, "bins": Bins, "project": Project}
COVERS = {
    "PolynomialFeatures": compile_polynomial,
    "KBinsDiscretizer": compile_bins,
    "PCA": compile_pca,
}
