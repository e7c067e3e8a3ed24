"""What a model's figures hang on: chances against shares, thresholds against precision and recall, labels against skill.

Stands above ``evaluation.py`` and ``training.py``: texts are judged once and cut at one threshold after another, models are
trained on growing parts of the data.  It draws nothing; ``plots.py`` does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from framing.corpus import Example
from framing.document import read
from framing.errors import DataError, FramingError
from framing.evaluation import evaluate
from framing.flagging import Deciding, candidates, decide, token_chances
from framing.judging import Judgement
from framing.lexicon import Lexicon
from framing.measuring import Mark, of_report, overlaps, quote_counts, voice_counts, voice_figures
from framing.model import BATCH, Model
from framing.resampling import Measure
from framing.scoring import load
from framing.taxonomy import QUOTE_USE_NAMES
from framing.training import train

BINS = 10  # of chances; fewer than the calibration error has, so that small data leave few bins with one row
THRESHOLDS = (0.05, *(round(0.1 * k, 1) for k in range(1, 10)), 0.95)
NO_TERMS = 2.0  # a threshold that no chance reaches
MOST_POINTS = 200  # of a curve; more would lie on each other
PARTS = (0.125, 0.25, 0.5, 1.0)  # of the training groups
HELD_OUT = 0.25  # of all groups, to measure on
LEARNT = ("sentences.macro_f1", "terms.overlap_f1", "terms.device_accuracy", "quotes.macro_f1")


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose chance falls between `low` and `high`: how many, their mean chance, and the share that is loaded."""

    low: float
    high: float
    rows: int
    chance: float
    loaded: Measure


@dataclass(frozen=True, slots=True)
class Point:
    """Precision and recall where everything of at least `threshold` counts."""

    threshold: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall of one head; `chosen` is where the model cuts.  A head without chances has no points."""

    head: str
    points: tuple[Point, ...]
    chosen: Point


@dataclass(frozen=True, slots=True)
class Curves:
    """What `trace` found; parts that the examples have no labels for are empty.

    `confusion`: a row for each true use of quotation marks, in the taxonomy's order; a column for each use found, the last
    for pairs of marks that were not found.
    """

    reliability: tuple[Bin, ...]
    precision_recall: tuple[Curve, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Figures on the held-out groups of a model that learnt from `examples` texts, beginning from `base`."""

    base: str
    examples: int
    metrics: Mapping[str, Measure]


def trace(model: Model, examples: Iterable[Example]) -> Curves:
    """Reliability, precision and recall by threshold, and the confusion of quote uses of `model` on `examples`.

    Each text is judged twice: once for its report, once for all thresholds.  Raises ``DataError`` for a broken example.
    """
    examples = [e.checked(f"example {e.id or i}") for i, e in enumerate(examples)]
    reports = list(model.score_many(e.text for e in examples))
    labelled = [(r.score, float(e.label) >= 0.5) for e, r in zip(examples, reports, strict=True) if e.label is not None]
    chances, truth = np.array([c for c, _ in labelled]), np.array([t for _, t in labelled], bool)
    curves = [_sentence_curve(chances, truth)] if truth.any() else []
    curves += _threshold_curves(model, examples)
    voiced = [i for i, e in enumerate(examples) if e.attributions is not None]
    if any(examples[i].attributions for i in voiced):
        rows = [voice_counts(examples[i], of_report(reports[i]), read(examples[i].text)) for i in voiced]
        curves.append(Curve("voices", (), _voice_point(voice_figures(np.sum(rows, axis=0, keepdims=True)))))
    confusion: tuple[tuple[int, ...], ...] = ()
    if any(e.quotes for e in examples):
        total = np.sum([quote_counts(e, of_report(r)) for e, r in zip(examples, reports, strict=True)], axis=0)
        confusion = tuple(tuple(row) for row in total.astype(int).reshape(len(QUOTE_USE_NAMES), -1).tolist())
    return Curves(_reliability(chances, truth), tuple(curves), confusion)


def _reliability(chances: np.ndarray, truth: np.ndarray) -> tuple[Bin, ...]:
    which = np.minimum((chances * BINS).astype(int), BINS - 1)
    out = []
    for k in range(BINS):
        rows = which == k
        if rows.any():
            out.append(Bin(k / BINS, (k + 1) / BINS, int(rows.sum()), float(chances[rows].mean()), share(int(truth[rows].sum()), int(rows.sum()))))
    return tuple(out)


def share(hits: int, rows: int) -> Measure:
    """The share with Wilson's 95 % interval, which stays inside [0, 1] and is wide where rows are few.

    >>> share(8, 10).low.__round__(3), share(8, 10).high.__round__(3)
    (0.49, 0.943)
    """
    z, p = 1.959964, hits / rows
    middle, half = p + z * z / (2 * rows), z * np.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows))
    below = 1 + z * z / rows
    return Measure(p, max(0.0, float((middle - half) / below)), min(1.0, float((middle + half) / below)))


def _sentence_curve(chances: np.ndarray, truth: np.ndarray) -> Curve:
    """Every chance that occurs is a threshold, thinned out where there are many."""
    order = np.argsort(-chances, kind="stable")
    chances, truth = chances[order], truth[order]
    last = np.flatnonzero(np.append(np.diff(chances) < 0, True))  # rows of one chance fall together
    hits = np.cumsum(truth)[last]
    if len(last) > MOST_POINTS:
        thin = np.unique(np.linspace(0, len(last) - 1, MOST_POINTS).round().astype(int))
        last, hits = last[thin], hits[thin]
    points = tuple(Point(float(chances[k]), float(n / truth.sum()), float(n / (k + 1))) for k, n in zip(last.tolist(), hits.tolist(), strict=True))
    flagged = chances >= 0.5
    right = int((truth & flagged).sum())
    return Curve("sentences", points, Point(0.5, right / int(truth.sum()), right / max(int(flagged.sum()), 1)))


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a model flags in a text from one threshold on: loaded terms, and the ranges inside scare quotes."""

    terms: tuple[Mark, ...]
    scares: frozenset[tuple[int, int]]


def flagged_at(model: Model, texts: Iterable[str], cuts: Sequence[tuple[float, float]]) -> Iterator[tuple[Flagged, ...]]:
    """For each of `texts` what is flagged at each of `cuts`, pairs of a threshold for terms and one for scare quotes.

    The same ranges as those of reports at these thresholds, but each text is judged once for all of them, and neither
    devices nor evidence are looked for.
    """
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= BATCH:
            yield from _flagged(model, batch, cuts)
            batch, size = [], 0
    if batch:
        yield from _flagged(model, batch, cuts)


def _flagged(model: Model, texts: Sequence[str], cuts: Sequence[tuple[float, float]]) -> Iterator[tuple[Flagged, ...]]:
    judgements = model.judge(texts)
    scared: list[list[frozenset[tuple[int, int]]]] = []
    for _, scare in cuts:
        how = Deciding(model.heads["terms"], None, model.heads["quotes"], model.vocabulary, model.calibration, threshold=NO_TERMS, scare_threshold=scare)
        scared.append([frozenset((f.start, f.end) for f in flags) for flags in decide(judgements, how)])
    for number, judgement in enumerate(judgements):
        chances = token_chances(judgement, model.calibration)
        ranges = [found[number] for found in scared]
        yield tuple(Flagged(_terms(judgement, chances, least, inside, model.lexicon), inside) for (least, _), inside in zip(cuts, ranges, strict=True))


def _terms(judgement: Judgement, chances: np.ndarray, least: float, scares: frozenset[tuple[int, int]], lexicon: Lexicon) -> tuple[Mark, ...]:
    """The loaded terms outside the scare quotes; which device each is makes no difference here."""
    document = judgement.document
    taken = np.zeros(len(document), bool)
    for pair in document.quotes:
        if (pair.start, pair.end) in scares:
            taken[pair.opening : pair.closing + 1] = True
    runs = candidates(judgement, chances, least, taken, lexicon)
    return tuple(Mark(int(document.starts[run.start]), int(document.ends[run.end - 1]), None) for run in runs)


def _threshold_curves(model: Model, examples: Sequence[Example]) -> list[Curve]:
    """Flags of loaded terms, overlapping ones counted right, and of scare quotes, at one threshold after another."""
    spans = [i for i, e in enumerate(examples) if e.spans is not None]
    quotes = [i for i, e in enumerate(examples) if e.quotes is not None]
    heads = [("terms", spans)] if any(examples[i].spans for i in spans) else []
    if any(q.use == "scare" for i in quotes for q in examples[i].quotes or ()):
        heads.append(("scare quotes", quotes))
    if not heads:
        return []
    own = {"terms": model.thresholds["terms"], "scare quotes": model.thresholds["scare"]}
    cuts = [(own["terms"], own["scare quotes"]), *((t, t) for t in THRESHOLDS)]
    used = sorted({i for _, rows in heads for i in rows})
    totals = {head: np.zeros((len(cuts), 4)) for head, _ in heads}
    members = {head: set(rows) for head, rows in heads}
    for i, found in zip(used, flagged_at(model, (examples[i].text for i in used), cuts), strict=True):
        for head, total in totals.items():
            if i in members[head]:
                total += [_COUNTS[head](examples[i], at) for at in found]
    curves = []
    for head, total in totals.items():
        chosen, *points = (_ratios(cut, row) for cut, row in zip((own[head], *THRESHOLDS), total.tolist(), strict=True))
        curves.append(Curve(head, tuple(p for p in points if p is not None), chosen or Point(own[head], 0.0, 0.0)))
    return curves


def _term_counts(example: Example, found: Flagged) -> tuple[int, int, int, int]:
    """Flags that overlap a labelled span, all flags, labelled spans that are overlapped, all labelled spans."""
    gold = [Mark(s.start, s.end, None) for s in example.spans or ()]
    return overlaps(found.terms, gold), len(found.terms), overlaps(gold, found.terms), len(gold)


def _scare_counts(example: Example, found: Flagged) -> tuple[int, int, int, int]:
    """The same of scare quotes, of which only the very range is right."""
    gold = {(q.start, q.end) for q in example.quotes or () if q.use == "scare"}
    right = len(gold & found.scares)
    return right, len(found.scares), right, len(gold)


_COUNTS: dict[str, Callable[[Example, Flagged], tuple[int, int, int, int]]] = {"terms": _term_counts, "scare quotes": _scare_counts}


def _ratios(threshold: float, counts: Sequence[float]) -> Point | None:
    """Recall and precision; None where nothing is flagged, since there is no precision."""
    right, flags, found, gold = counts
    return Point(threshold, found / gold, right / flags) if flags else None


def _voice_point(figures: Mapping[str, np.ndarray]) -> Point:
    return Point(float("nan"), float(figures["recall"][0]), float(figures["precision"][0]))


# ---------------------------------------------------------------- learning
def learning_curve(
    examples: Iterable[Example],
    *,
    base: Model | str | Path | None = None,
    parts: Sequence[float] = PARTS,
    random_state: int = 0,
    resamples: int = 200,
    progress: bool = False,
) -> tuple[Step, ...]:
    """How figures on held-out groups grow with the data, beginning from `base` (the shipped model by default) and from nothing.

    A quarter of the groups is held out; the others are taken in `parts`, each part holding the one before.  The first step
    is `base` as it is, which has learnt from none of them.  A part from which nothing can be learnt is left out, with a
    warning.  If `base` was trained on these very examples its curve says nothing.
    Raises ``DataError`` for fewer than eight groups.
    """
    examples = [e.checked(f"example {e.id or i}") for i, e in enumerate(examples)]
    start = base if isinstance(base, Model) else load(base)
    groups = [str(e.group or e.id or f"#{i}") for i, e in enumerate(examples)]
    names = np.unique(groups)
    if len(names) < 8:
        raise DataError(f"{len(names)} groups; a learning curve needs at least 8, some to learn from and some to measure on")
    order = np.random.default_rng(random_state).permutation(names).tolist()
    held_out = set(order[: round(HELD_OUT * len(order))])
    rest = [name for name in order if name not in held_out]
    test = [e for e, group in zip(examples, groups, strict=True) if group in held_out]
    steps = [Step(start.name, 0, _learnt(start, test, random_state, resamples))]
    plan = [(begin, part) for begin in (start, None) for part in parts]
    if progress:
        from tqdm import tqdm

        plan = tqdm(plan, desc="learning", unit=" models")
    for begin, part in plan:
        taken = set(rest[: max(1, round(part * len(rest)))])
        lessons = [e for e, group in zip(examples, groups, strict=True) if group in taken]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # heads that stay off show as figures that are missing
                model = train(lessons, base=begin, random_state=random_state)
            steps.append(Step(begin.name if begin else "nothing", len(lessons), _learnt(model, test, random_state, resamples)))
        except FramingError as error:
            warnings.warn(f"nothing learnt from {len(lessons)} examples, beginning from {begin.name if begin else 'nothing'}: {error}", stacklevel=2)
    return tuple(steps)


def _learnt(model: Model, test: Sequence[Example], random_state: int, resamples: int) -> dict[str, Measure]:
    result = evaluate(model, test, random_state=random_state, resamples=resamples)
    known = set(result.names())
    return {name: result.metric(name) for name in LEARNT if name in known and result.metric(name).value is not None}
