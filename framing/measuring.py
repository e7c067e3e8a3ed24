"""What is counted to see how good a judge is: the right and wrong answers of one text, and the figures that sums of them give.

Stands below ``evaluation.py``, which says who is judged on what.  Each text gives a row of counts; a figure is computed
from sums of rows, so that resamples need no second look at the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from framing.corpus import Example
from framing.document import Document
from framing.lexicon import Lexicon
from framing.report import Report
from framing.resampling import Counts
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD

BINS = 15  # equal-width bins of the calibration error, as in Guo et al. (2017)
LEAST_STRENGTH = 2  # of lexicon entries that the baseline flags: loaded about half the time or more


# ---------------------------------------------------------------- what is predicted
class Mark(NamedTuple):
    """Words and the device that somebody, or something, sees in them."""

    start: int
    end: int
    device: str | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """One judge's answer for one text.  `chance` that a reader calls it loaded; `uses` by the range inside the marks;
    `attributed`: ranges in somebody else's voice."""

    chance: float
    marks: Sequence[Mark]
    uses: Mapping[tuple[int, int], str]
    attributed: Sequence[tuple[int, int]]


def of_report(report: Report) -> Prediction:
    """The model's answer, as its report gives it."""
    return Prediction(
        chance=report.score,
        marks=[Mark(f.start, f.end, f.device) for f in report.flags if f.kind == "loaded_term"],
        uses={(q.start, q.end): q.use for q in report.quotes},
        attributed=[(a.start, a.end) for a in report.attributions],
    )


def of_lexicon(document: Document, lexicon: Lexicon) -> Prediction:
    """The lexicon alone: every strong term is loaded with its entry's device, every pair of marks a scare quote, and
    what stands in marks is somebody else's."""
    marks = [
        Mark(int(document.starts[m.start]), int(document.ends[m.end - 1]), lexicon.entries[m.entry].device)
        for m in lexicon.match(document.words, document.numbers)
        if lexicon.entries[m.entry].strength >= LEAST_STRENGTH
    ]
    inside = [(p.start, p.end) for p in document.quotes]
    return Prediction(float(bool(marks)), marks, dict.fromkeys(inside, "scare"), inside)


def of_majority(document: Document, base_rate: float, use: str | None) -> Prediction:
    """The commonest answer throughout: nothing flagged, nothing attributed, one use for all marks."""
    return Prediction(base_rate, [], {(p.start, p.end): use for p in document.quotes} if use else {}, [])


# ---------------------------------------------------------------- counts of one example
def sentence_counts(example: Example, got: Prediction) -> np.ndarray:
    """tp, fp, fn, tn, then per bin: rows, sum of chances, sum of labels."""
    truth, hit = float(example.label or 0.0) >= 0.5, got.chance >= 0.5
    out = np.zeros(4 + 3 * BINS)
    out[0 if truth and hit else 1 if hit else 2 if truth else 3] = 1
    bin_number = min(int(got.chance * BINS), BINS - 1)
    out[4 + bin_number], out[4 + BINS + bin_number], out[4 + 2 * BINS + bin_number] = 1, got.chance, truth
    return out


def overlaps(spans: Sequence[Mark], others: Sequence[Mark]) -> int:
    """How many of `spans` share a character with one of `others`."""
    return sum(any(s.start < o.end and o.start < s.end for o in others) for s in spans)


def _span_counts(gold: Sequence[Mark], found: Sequence[Mark]) -> list[int]:
    """exact hits, flags, gold spans, flags that overlap, gold spans that are overlapped."""
    exact = len({m[:2] for m in gold} & {m[:2] for m in found})
    return [exact, len(found), len(gold), overlaps(found, gold), overlaps(gold, found)]


def term_counts(example: Example, got: Prediction, document: Document) -> np.ndarray:
    """Span counts, then tp, fp, fn of word tokens, then pairs that overlap and those with the right device."""
    gold = [Mark(s.start, s.end, s.device) for s in example.spans or ()]
    truth, hit = _covered(document, [m[:2] for m in gold]), _covered(document, [m[:2] for m in got.marks])
    right = pairs = 0
    for mark in gold:
        shared = [(min(m.end, mark.end) - max(m.start, mark.start), m.device) for m in got.marks]
        best = max((s for s in shared if s[0] > 0), default=None, key=lambda s: s[0])
        if mark.device is not None and best is not None:
            pairs += 1
            right += best[1] == mark.device
    return np.array([*_span_counts(gold, got.marks), *_token_counts(truth, hit), right, pairs], float)


def device_counts(example: Example, got: Prediction) -> np.ndarray:
    """Span counts for each device, one after the other."""
    out: list[int] = []
    for device in DEVICE_NAMES:
        gold = [Mark(s.start, s.end, s.device) for s in example.spans or () if s.device == device]
        out += _span_counts(gold, [m for m in got.marks if m.device == device])
    return np.array(out, float)


def quote_counts(example: Example, got: Prediction) -> np.ndarray:
    """Rows: the true use; columns: the use found, the last for pairs that were not found.  Flattened."""
    out = np.zeros((len(QUOTE_USE_NAMES), len(QUOTE_USE_NAMES) + 1))
    for quote in example.quotes or ():
        use = got.uses.get((quote.start, quote.end))
        out[QUOTE_USE_NAMES.index(quote.use), QUOTE_USE_NAMES.index(use) if use else -1] += 1
    return out.ravel()


def voice_counts(example: Example, got: Prediction, document: Document) -> np.ndarray:
    """tp, fp, fn of word tokens in somebody else's voice."""
    return np.array(_token_counts(_covered(document, [(a.start, a.end) for a in example.attributions or ()]), _covered(document, got.attributed)), float)


def _covered(document: Document, spans: Iterable[tuple[int, int]]) -> np.ndarray:
    """Which word tokens a span touches; shape (word tokens,)."""
    out = np.zeros(len(document), bool)
    for start, end in spans:
        out[np.searchsorted(document.ends, start, "right") : np.searchsorted(document.starts, end, "left")] = True
    return out[document.words.word_kind.view[document.numbers] == WORD] if len(document) else out


def _token_counts(truth: np.ndarray, hit: np.ndarray) -> list[int]:
    return [int((truth & hit).sum()), int((~truth & hit).sum()), int((truth & ~hit).sum())]


# ---------------------------------------------------------------- figures from sums of counts; one row per resample
def _ratio(above: np.ndarray, below: np.ndarray, empty: float = 0.0) -> np.ndarray:
    out = np.full(np.shape(above), empty)
    np.divide(above, below, out=out, where=below > 0)
    return out


def _prf(prefix: str, hits: np.ndarray, predicted: np.ndarray, found: np.ndarray, gold: np.ndarray) -> dict[str, np.ndarray]:
    """Precision `hits` of `predicted`, recall `found` of `gold`, and F1; 0 where there is nothing to divide by."""
    p, r = _ratio(hits, predicted), _ratio(found, gold)
    return {f"{prefix}precision": p, f"{prefix}recall": r, f"{prefix}f1": _ratio(2 * p * r, p + r)}


def sentence_figures(c: Counts) -> dict[str, np.ndarray]:
    """Macro-F1, Matthews correlation and calibration error."""
    tp, fp, fn, tn = c[:, :4].T
    below = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    number, chance, label = (c[:, 4 + k * BINS : 4 + (k + 1) * BINS] for k in range(3))
    return {
        "macro_f1": (_ratio(2 * tp, 2 * tp + fp + fn) + _ratio(2 * tn, 2 * tn + fp + fn)) / 2,
        "mcc": _ratio(tp * tn - fp * fn, below),
        "calibration_error": _ratio(np.abs(chance - label).sum(axis=1), number.sum(axis=1)),
    }


def term_figures(c: Counts) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of spans, exact and overlapping, and of word tokens; the share of right devices."""
    exact, flags, gold, hits, found, tp, fp, fn, right, pairs = c.T
    return (
        _prf("exact_", exact, flags, exact, gold)
        | _prf("overlap_", hits, flags, found, gold)
        | _prf("token_", tp, tp + fp, tp, tp + fn)
        | {"device_accuracy": _ratio(right, pairs, np.nan)}
    )


def device_figures(c: Counts) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of each device that is labelled."""
    out: dict[str, np.ndarray] = {}
    for k, device in enumerate(DEVICE_NAMES):
        exact, flags, gold, hits, found = c[:, 5 * k : 5 * k + 5].T
        if gold.any():
            out |= {f"{device}.{name}": v for name, v in (_prf("exact_", exact, flags, exact, gold) | _prf("overlap_", hits, flags, found, gold)).items()}
    return out


def quote_figures(c: Counts) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of each labelled use, and the mean F1."""
    uses = len(QUOTE_USE_NAMES)
    table = c.reshape(len(c), uses, uses + 1)
    out: dict[str, np.ndarray] = {}
    for k, use in enumerate(QUOTE_USE_NAMES):
        hits, predicted, gold = table[:, k, k], table[:, :, k].sum(axis=1), table[:, k].sum(axis=1)
        if gold.any():  # a use that nobody labelled is no part of the mean
            out |= _prf(f"{use}.", hits, predicted, hits, gold)
    mean = np.mean([v for name, v in out.items() if name.endswith(".f1")], axis=0) if out else np.full(len(c), np.nan)
    return {"macro_f1": mean} | out


def voice_figures(c: Counts) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of word tokens."""
    tp, fp, fn = c.T
    return _prf("", tp, tp + fp, tp, tp + fn)
