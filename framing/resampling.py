"""How far a figure can be trusted: bootstrap draws, and the figure with its interval.

Stands below everything that measures.  It knows rows of counts and nothing of what was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Counts = np.ndarray  # float, one row per group or per resample


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and its 95 % bootstrap interval; None where the examples do not allow it."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        return f"{self.value:.3f}" + ("" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]")


class Bootstrap:
    """Draws of groups with replacement, the same for every judge, so that their figures can be compared."""

    def __init__(self, groups: Sequence[str], resamples: int, random_state: int) -> None:
        names, self.group = np.unique(np.array(groups), return_inverse=True)
        self.count = len(names)
        rng = np.random.default_rng(random_state)
        self.times = rng.multinomial(self.count, np.full(self.count, 1 / self.count), size=resamples).astype(float)

    def measures(self, rows: np.ndarray, figures: Callable[[Counts], dict[str, np.ndarray]]) -> dict[str, Measure]:
        """The figures of all `rows` of counts, with intervals."""
        sums = np.zeros((self.count, rows.shape[1]))
        np.add.at(sums, self.group, rows)
        value = figures(sums.sum(axis=0, keepdims=True))
        drawn = figures(self.times @ sums)
        return {name: self._measure(float(v[0]), drawn.get(name)) for name, v in value.items()}

    def auc(self, chances: np.ndarray, truth: np.ndarray) -> Measure:
        """The area under the ROC curve of `chances`, with its interval."""
        order = np.argsort(chances, kind="stable")
        chances, truth, group = chances[order], truth[order], self.group[order]
        drawn = np.array([_auc(chances, truth, times[group]) for times in self.times])
        return self._measure(_auc(chances, truth, np.ones(len(chances))), drawn)

    def _measure(self, value: float, drawn: np.ndarray | None) -> Measure:
        if np.isnan(value):
            return Measure(None)
        known = drawn[~np.isnan(drawn)] if drawn is not None else np.zeros(0)
        if self.count < 2 or not len(known):  # one group says nothing about the spread
            return Measure(value)
        low, high = np.percentile(known, [2.5, 97.5])
        return Measure(value, float(low), float(high))


def resampled_sums(rows: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """The column sums of `rows` drawn with replacement, shape (resamples, columns).

    One draw after the other, so that memory grows with the rows and not with rows times draws.
    """
    chances = np.full(len(rows), 1 / len(rows))
    return np.array([rng.multinomial(len(rows), chances) @ rows for _ in range(resamples)]).reshape(resamples, rows.shape[1])


def _auc(chances: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """The area under the ROC curve of weighted rows, ties counted half; NaN when one class is missing.

    By ranks rather than by curve, so that 500 resamples of 40,000 rows take seconds.  `chances` must be sorted.
    """
    last = np.flatnonzero(np.append(np.diff(chances) > 0, True))
    positive, negative = np.cumsum(weights * truth)[last], np.cumsum(weights * ~truth)[last]
    if not positive[-1] or not negative[-1]:
        return float("nan")
    below = np.concatenate([[0.0], negative[:-1]])
    return float((np.diff(positive, prepend=0.0) * (below + negative) / 2).sum() / (positive[-1] * negative[-1]))
