"""How good a model is on labelled examples, head by head and device by device; also the script ``python -m framing.evaluation``.

Each example gives counts (how many flags, how many of them right, ...), the counts of a group are added up, and every
figure is computed from sums of counts.  A bootstrap by group is then one matrix product: how often each group was drawn,
times the groups' counts.  Beside the model stand baselines that need no learning.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.corpus import READERS, Example, read_examples
from framing.document import Document, read
from framing.errors import DataError, FramingError
from framing.lexicon import Lexicon
from framing.model import Model
from framing.report import Report
from framing.scoring import load
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD, Words

BINS = 15  # equal-width bins of the calibration error, as in Guo et al. (2017)
RESAMPLES = 500  # the ends of a 95 % interval then rest on 12 draws each; twice as many move them by less than 0.005
LEAST_STRENGTH = 2  # of lexicon entries that the baseline flags: loaded about half the time or more
LOWER_IS_BETTER = frozenset({"calibration_error"})

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


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one head: the model's and, under their names, the baselines'.

    `rows`: how many labelled things were judged; `unit`: what they are; `groups`: how many groups were resampled.
    """

    name: str
    rows: int
    unit: str
    groups: int
    metrics: Mapping[str, Measure]
    baselines: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.  ``str()`` gives a table, `to_dict` plain data, `metric` one figure by its name."""

    model: str
    examples: int
    groups: int
    parts: tuple[Part, ...]

    def names(self) -> list[str]:
        """Every figure's name, ``part.metric``."""
        return [f"{part.name}.{name}" for part in self.parts for name in part.metrics]

    def metric(self, name: str) -> Measure:
        """The model's figure called ``part.metric``, such as ``sentences.macro_f1``; ``KeyError`` if there is none."""
        for part in self.parts:
            if name.startswith(part.name + ".") and name[len(part.name) + 1 :] in part.metrics:
                return part.metrics[name[len(part.name) + 1 :]]
        parts = ", ".join(part.name for part in self.parts)
        raise KeyError(f"there is no figure {name!r}; a name is PART.METRIC, the parts here are {parts}, and --json lists all")

    def to_dict(self) -> dict[str, Any]:
        """Dicts, strings and numbers; a figure is ``{"value", "low", "high"}``."""

        def plain(metrics: Mapping[str, Measure]) -> dict[str, Any]:
            return {name: {"value": m.value, "low": m.low, "high": m.high} for name, m in metrics.items()}

        return {
            "model": self.model,
            "examples": self.examples,
            "groups": self.groups,
            "parts": {
                part.name: {
                    "rows": part.rows,
                    "unit": part.unit,
                    "groups": part.groups,
                    "metrics": plain(part.metrics),
                    "baselines": {name: plain(metrics) for name, metrics in part.baselines.items()},
                }
                for part in self.parts
            },
        }

    def __str__(self) -> str:
        lines = [f"{self.model}: {self.examples:,} examples in {self.groups:,} groups; 95 % intervals by group"]
        for part in self.parts:
            lines += ["", f"{part.name} ({part.rows:,} {part.unit})"]
            rows = [["", "model", *part.baselines]]
            for name, measure in part.metrics.items():
                rows.append([name.replace("_", " "), str(measure), *(_brief(metrics.get(name)) for metrics in part.baselines.values())])
            widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
            lines += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(lines)


def _brief(measure: Measure | None) -> str:
    return "-" if measure is None or measure.value is None else f"{measure.value:.3f}"


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


def _of_report(report: Report) -> Prediction:
    return Prediction(
        chance=report.score,
        marks=[Mark(f.start, f.end, f.device) for f in report.flags if f.kind == "loaded_term"],
        uses={(q.start, q.end): q.use for q in report.quotes},
        attributed=[(a.start, a.end) for a in report.attributions],
    )


def _of_lexicon(document: Document, lexicon: Lexicon) -> Prediction:
    """The lexicon alone: every strong term is loaded with its entry's device, every pair of marks a scare quote, and
    what stands in marks is somebody else's."""
    marks = [
        Mark(int(document.starts[m.start]), int(document.ends[m.end - 1]), lexicon.entries[m.entry].device)
        for m in lexicon.match(document.words, document.numbers)
        if lexicon.entries[m.entry].strength >= LEAST_STRENGTH
    ]
    inside = [(p.start, p.end) for p in document.quotes]
    return Prediction(float(bool(marks)), marks, dict.fromkeys(inside, "scare"), inside)


def _of_majority(document: Document, base_rate: float, use: str | None) -> Prediction:
    """The commonest answer throughout: nothing flagged, nothing attributed, one use for all marks."""
    return Prediction(base_rate, [], {(p.start, p.end): use for p in document.quotes} if use else {}, [])


# ---------------------------------------------------------------- counts of one example
def _sentence_counts(example: Example, got: Prediction) -> np.ndarray:
    """tp, fp, fn, tn, then per bin: rows, sum of chances, sum of labels."""
    truth, hit = float(example.label or 0.0) >= 0.5, got.chance >= 0.5
    out = np.zeros(4 + 3 * BINS)
    out[0 if truth and hit else 1 if hit else 2 if truth else 3] = 1
    bin_number = min(int(got.chance * BINS), BINS - 1)
    out[4 + bin_number], out[4 + BINS + bin_number], out[4 + 2 * BINS + bin_number] = 1, got.chance, truth
    return out


def _overlaps(spans: Sequence[Mark], others: Sequence[Mark]) -> int:
    """How many of `spans` share a character with one of `others`."""
    return sum(any(s.start < o.end and o.start < s.end for o in others) for s in spans)


def _span_counts(gold: Sequence[Mark], found: Sequence[Mark]) -> list[int]:
    """exact hits, flags, gold spans, flags that overlap, gold spans that are overlapped."""
    exact = len({m[:2] for m in gold} & {m[:2] for m in found})
    return [exact, len(found), len(gold), _overlaps(found, gold), _overlaps(gold, found)]


def _term_counts(example: Example, got: Prediction, document: Document) -> np.ndarray:
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


def _device_counts(example: Example, got: Prediction) -> np.ndarray:
    """Span counts for each device, one after the other."""
    out: list[int] = []
    for device in DEVICE_NAMES:
        gold = [Mark(s.start, s.end, s.device) for s in example.spans or () if s.device == device]
        out += _span_counts(gold, [m for m in got.marks if m.device == device])
    return np.array(out, float)


def _quote_counts(example: Example, got: Prediction) -> np.ndarray:
    """Rows: the true use; columns: the use found, the last for pairs that were not found.  Flattened."""
    out = np.zeros((len(QUOTE_USE_NAMES), len(QUOTE_USE_NAMES) + 1))
    for quote in example.quotes or ():
        use = got.uses.get((quote.start, quote.end))
        out[QUOTE_USE_NAMES.index(quote.use), QUOTE_USE_NAMES.index(use) if use else -1] += 1
    return out.ravel()


def _voice_counts(example: Example, got: Prediction, document: Document) -> np.ndarray:
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


def _sentence_figures(c: Counts) -> dict[str, np.ndarray]:
    tp, fp, fn, tn = c[:, :4].T
    below = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    number, chance, label = (c[:, 4 + k * BINS : 4 + (k + 1) * BINS] for k in range(3))
    return {
        "macro_f1": (_ratio(2 * tp, 2 * tp + fp + fn) + _ratio(2 * tn, 2 * tn + fp + fn)) / 2,
        "mcc": _ratio(tp * tn - fp * fn, below),
        "calibration_error": _ratio(np.abs(chance - label).sum(axis=1), number.sum(axis=1)),
    }


def _term_figures(c: Counts) -> dict[str, np.ndarray]:
    exact, flags, gold, hits, found, tp, fp, fn, right, pairs = c.T
    return (
        _prf("exact_", exact, flags, exact, gold)
        | _prf("overlap_", hits, flags, found, gold)
        | _prf("token_", tp, tp + fp, tp, tp + fn)
        | {"device_accuracy": _ratio(right, pairs, np.nan)}
    )


def _device_figures(c: Counts) -> dict[str, np.ndarray]:
    out: dict[str, np.ndarray] = {}
    for k, device in enumerate(DEVICE_NAMES):
        exact, flags, gold, hits, found = c[:, 5 * k : 5 * k + 5].T
        if gold.any():
            out |= {f"{device}.{name}": v for name, v in (_prf("exact_", exact, flags, exact, gold) | _prf("overlap_", hits, flags, found, gold)).items()}
    return out


def _quote_figures(c: Counts) -> dict[str, np.ndarray]:
    uses = len(QUOTE_USE_NAMES)
    table = c.reshape(len(c), uses, uses + 1)
    out: dict[str, np.ndarray] = {}
    for k, use in enumerate(QUOTE_USE_NAMES):
        hits, predicted, gold = table[:, k, k], table[:, :, k].sum(axis=1), table[:, k].sum(axis=1)
        if gold.any():  # a use that nobody labelled is no part of the mean
            out |= _prf(f"{use}.", hits, predicted, hits, gold)
    mean = np.mean([v for name, v in out.items() if name.endswith(".f1")], axis=0) if out else np.full(len(c), np.nan)
    return {"macro_f1": mean} | out


def _voice_figures(c: Counts) -> dict[str, np.ndarray]:
    tp, fp, fn = c.T
    return _prf("", tp, tp + fp, tp, tp + fn)


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


# ---------------------------------------------------------------- bringing it together
class _Bootstrap:
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


def evaluate(model: Model, examples: Iterable[Example], *, random_state: int = 0, resamples: int = RESAMPLES, progress: bool = False) -> Evaluation:
    """How well `model` does on `examples`, head by head, beside baselines.

    Each part uses the examples that carry its labels: ``sentences`` (label; a chance of at least 0.5 counts as loaded),
    ``terms`` and ``devices`` (spans), ``quotes``, ``voices`` (attributions).  A part that no example is labelled for is
    left out.  Intervals resample whole groups, seeded with `random_state`; an example without a group is one of its own.
    The baselines are the model's lexicon used alone and the examples' own commonest answer.
    Raises ``DataError`` for no examples, a broken one, or none with labels.
    """
    examples = [e.checked(f"example {e.id or i}") for i, e in enumerate(examples)]
    if not examples:
        raise DataError("no examples; evaluation needs at least one labelled text")
    reports: Iterable[Report] = model.score_many(e.text for e in examples)
    if progress:
        from tqdm import tqdm

        reports = tqdm(reports, total=len(examples), unit=" texts", desc="judging")
    judged = [_of_report(r) for r in reports]
    words = Words()
    documents = [read(e.text, words=words) for e in examples]
    labels = [float(e.label) >= 0.5 for e in examples if e.label is not None]
    uses = [q.use for e in examples for q in e.quotes or ()]
    rate, use = (float(np.mean(labels)) if labels else 0.0), max(QUOTE_USE_NAMES, key=uses.count) if uses else None
    judges = {
        "model": judged,
        "lexicon alone": [_of_lexicon(d, model.lexicon) for d in documents],
        "majority": [_of_majority(d, rate, use) for d in documents],
    }
    groups = [str(e.group or e.id or f"#{i}") for i, e in enumerate(examples)]
    comparison = _Comparison(examples, documents, judges, groups, resamples, random_state)
    parts = [part for part in comparison.parts() if part is not None]
    if not parts:
        raise DataError("none of the examples has a label, spans, quotes or attributions; there is nothing to compare with")
    return Evaluation(model.name, len(examples), len(set(groups)), tuple(parts))


class _Comparison:
    """All judges on all parts."""

    def __init__(
        self,
        examples: Sequence[Example],
        documents: Sequence[Document],
        judges: Mapping[str, Sequence[Prediction]],
        groups: Sequence[str],
        resamples: int,
        random_state: int,
    ) -> None:
        self.examples, self.documents, self.judges, self.groups = examples, documents, judges, groups
        self.resamples, self.random_state = resamples, random_state

    def parts(self) -> list[Part | None]:
        examples, documents = self.examples, self.documents
        labelled = [i for i, e in enumerate(examples) if e.label is not None]
        spans = [i for i, e in enumerate(examples) if e.spans is not None]
        # a span without its device says that something is there, not what: such an example cannot judge devices
        devices = [i for i in spans if all(s.device for s in examples[i].spans or ())]
        if not any(examples[i].spans for i in devices):
            devices = []
        quotes = [i for i, e in enumerate(examples) if e.quotes]
        voices = [i for i, e in enumerate(examples) if e.attributions is not None]
        return [
            self._part("sentences", "texts", labelled, lambda i, p: _sentence_counts(examples[i], p), _sentence_figures, lambda i: 1),
            self._part("terms", "spans", spans, lambda i, p: _term_counts(examples[i], p, documents[i]), _term_figures, lambda i: len(examples[i].spans or ())),
            self._part("devices", "spans", devices, lambda i, p: _device_counts(examples[i], p), _device_figures, lambda i: len(examples[i].spans or ())),
            self._part("quotes", "pairs of marks", quotes, lambda i, p: _quote_counts(examples[i], p), _quote_figures, lambda i: len(examples[i].quotes or ())),
            self._part(
                "voices",
                "attributions",
                voices,
                lambda i, p: _voice_counts(examples[i], p, documents[i]),
                _voice_figures,
                lambda i: len(examples[i].attributions or ()),
            ),
        ]

    def _part(
        self,
        name: str,
        unit: str,
        rows: Sequence[int],
        count: Callable[[int, Prediction], np.ndarray],
        figures: Callable[[Counts], dict[str, np.ndarray]],
        size: Callable[[int], int],
    ) -> Part | None:
        if not rows:
            return None
        bootstrap = _Bootstrap([self.groups[i] for i in rows], self.resamples, self.random_state)
        found: dict[str, dict[str, Measure]] = {}
        for judge, predictions in self.judges.items():
            measures = bootstrap.measures(np.array([count(i, predictions[i]) for i in rows]), figures)
            if name == "sentences":
                truth = np.array([float(self.examples[i].label or 0.0) >= 0.5 for i in rows])
                measures["auc"] = bootstrap.auc(np.array([predictions[i].chance for i in rows]), truth)
                if judge != "model":  # 0 or 1 throughout, or the base rate: no claim to be a chance
                    del measures["calibration_error"]
            found[judge] = measures
        metrics = found.pop("model")
        # the lexicon says nothing of voices; what stands in marks is the plain guess there
        baselines = {("marks alone" if name == "voices" and judge == "lexicon alone" else judge): measures for judge, measures in found.items()}
        return Part(name, sum(map(size, rows)), unit, bootstrap.count, metrics, baselines)


# ---------------------------------------------------------------- shared by the script and the command
def floors_of(settings: Iterable[str]) -> dict[str, float]:
    """``METRIC=VALUE`` settings as a dict.  Raises ``DataError`` for anything else."""
    floors: dict[str, float] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            floors[name.strip()] = float(value)
        except ValueError:
            raise DataError(f"--fail-under {setting}: wanted METRIC=VALUE, such as sentences.macro_f1=0.72") from None
        if name.rpartition(".")[2] in LOWER_IS_BETTER:
            raise DataError(f"--fail-under {setting}: {name} is better when lower, so that a floor makes no sense")
    return floors


def missed(evaluation: Evaluation, floors: Mapping[str, float]) -> list[str]:
    """A message for each figure that is below its floor or unknown; ``DataError`` for a name that is no figure."""
    out = []
    for name, floor in floors.items():
        try:
            value = evaluation.metric(name).value
        except KeyError as error:
            raise DataError(f"--fail-under: {error.args[0]}") from None
        if value is None or not value >= floor:
            out.append(f"{name} is {'unknown' if value is None else format(value, '.4f')}, wanted at least {floor:g}")
    return out


def evaluate_files(
    data: Sequence[str | Path], *, model: str | Path | None = None, format: str | None = None, random_state: int = 0, progress: bool = False
) -> Evaluation:
    """`evaluate` of a model file (the shipped one by default) on all examples in the files and folders `data`."""
    examples = [example for path in data for example in read_examples(path, format=format)]
    return evaluate(load(model), examples, random_state=random_state, progress=progress)


def main(arguments: Sequence[str] | None = None) -> int:
    """The script: like ``framing evaluate``, without needing click.  Gives the exit status."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m framing.evaluation", description="Evaluate a model on labelled data.")
    parser.add_argument("data", nargs="+", metavar="DATA", help="files or folders of labelled data")
    parser.add_argument("--model", metavar="PATH", help="a model file; the shipped one by default")
    parser.add_argument("--format", choices=tuple(READERS), help="the data's format; by default found from the names")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--fail-under", action="append", default=[], metavar="METRIC=VALUE", help="exit 1 when the figure is lower; may be repeated")
    options = parser.parse_args(arguments)
    try:
        floors = floors_of(options.fail_under)
        evaluation = evaluate_files(options.data, model=options.model, format=options.format, random_state=options.seed, progress=sys.stderr.isatty())
        below = missed(evaluation, floors)
    except (FramingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(evaluation.to_dict(), indent=2) if options.json else str(evaluation))
    for message in below:
        print(message, file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
