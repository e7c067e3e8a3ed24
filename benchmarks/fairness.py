"""Whether it matters who is named, and what the news is about.

    python benchmarks/fairness.py names [NAMES.json]                             # exchanged names: flags that stay, movement of scores, by kind of name
    python benchmarks/fairness.py topics [LABELLED ...] [--without NAME ...]   # false alarms in neutral sentences, by topic
    # both take --model MODEL and --json

NAMES is a list of objects with ``text``, ``swap`` (pairs of names, replaced all at once) and ``kind``; ``tests/cases/names.json``
by default.  LABELLED is labelled data with topics; of it the neutral sentences are read: label 0 and no span.  By default that is
``training_data``, on which the shipped model was trained: its false alarms there are fewer than in news that it never saw, and only
their spread over the topics is worth reading.  ``--without adverbs plainuse senses`` leaves out the files whose neutral sentences use
loaded words on purpose, in their plain sense: there a topic stands for the words that were chosen, not for itself.

Words are counted at white space.  A topic with fewer than 500 words is pooled with the others like it.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2

import framing
from framing.corpus import Example, files_of, read_examples
from framing.curves import share
from framing.errors import DataError
from framing.model import Model
from framing.report import Report
from framing.resampling import Measure
from measuring import ROOT, plain
from speed import one_line

NAMES = ROOT / "tests" / "cases" / "names.json"
LEAST_WORDS = 500  # of a topic of its own: in fewer, one flag more or less moves the rate by 2 in 1,000 words
LOADED = 0.5  # sentences with this score or more are called loaded
WORST_RATIO = 1.5  # of a topic's rate to the mean: the project's own target
NAMES_HEADER = ("kind of name", "sentences", "flags", "stay", "share", "95 % interval", "mean move", "worst move")
TOPICS_HEADER = ("topic", "words", "flags", "per 1,000", "95 % interval", "to mean", "sentences", ">= 0.5", "share", "95 % interval", "to mean")

Edit = tuple[int, int, str]  # half-open range of the text, and what takes its place


# ------------------------------------------------------------ names
@dataclass(frozen=True, slots=True)
class Row:
    """A sentence, and the pairs of names to exchange in it."""

    kind: str
    text: str
    swap: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """What an exchange did.  `flags`: places flagged before or after; `moved`: those that were not flagged alike on both sides."""

    kind: str
    text: str
    other: str
    flags: int
    moved: tuple[str, ...]
    score: float  # after less before


@dataclass(frozen=True, slots=True)
class Steadiness:
    """One line of the table of names: the share of flags that stay, and how far scores move; no share where nothing is flagged."""

    kind: str
    sentences: int
    flags: int
    stay: int
    share: Measure | None
    mean_move: float
    worst_move: float


def read(path: Path) -> list[Row]:
    """The rows of `path`.  Raises ``DataError`` that names the row."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path}: {error}; wanted a JSON list in UTF-8") from None
    if not isinstance(found, list) or not found:
        raise DataError(f"{path}: no rows; wanted a JSON list of objects with kind, text and swap")
    return [_row(row, f"{path}, row {number}") for number, row in enumerate(found, 1)]


def _row(row: Any, where: str) -> Row:
    try:
        found = Row(row["kind"], row["text"], tuple((name, other) for name, other in row["swap"]))
    except (TypeError, KeyError, ValueError):
        raise DataError(f"{where}: wanted an object with kind, text and swap, a list of pairs of names") from None
    if not all(isinstance(part, str) and part for part in (found.kind, found.text, *(name for pair in found.swap for name in pair))):
        raise DataError(f"{where}: kind, text and each name must be strings that are not empty")
    missing = [name for name, _ in found.swap if not _pattern([name]).search(found.text)]
    if missing or not found.swap:
        raise DataError(f"{where}: {missing[0]!r} does not stand in the text" if missing else f"{where}: no names to exchange")
    return found


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Whole names, the longest first, so that one may be part of another."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in sorted(names, key=len, reverse=True))})(?!\w)")


def edits(row: Row) -> list[Edit]:
    """Where names stand in the text, in order, and what takes their place; at once, so that A for B and B for A may stand in one row."""
    to = dict(row.swap)
    return [(*found.span(), to[found.group()]) for found in _pattern(to).finditer(row.text)]


def exchanged(text: str, changes: Sequence[Edit]) -> str:
    """`text` after `changes`."""
    parts, last = [], 0
    for start, end, name in changes:
        parts += [text[last:start], name]
        last = end
    return "".join([*parts, text[last:]])


def carried(start: int, end: int, changes: Sequence[Edit]) -> tuple[int, int]:
    """Where the range stands after `changes`; one that cuts into a name grows to hold the whole name."""
    for first, last, _ in changes:
        if start < last and first < end:
            start, end = min(start, first), max(end, last)
    before = [(last, len(name) - (last - first)) for first, last, name in changes]
    return start + sum(by for last, by in before if last <= start), end + sum(by for last, by in before if last <= end)


def movement(row: Row, before: Report, after: Report) -> Movement:
    """What exchanging the names of `row` did; a flag stays when its place and its device do."""
    changes = edits(row)
    new_names = [carried(start, end, changes) for start, end, _ in changes]
    staying = [(start, end, after.text[start:end]) for start, end in new_names]  # so that flags on a part of a name have one place before and after
    old = {carried(f.start, f.end, changes): f.device for f in before.flags if f.kind == "loaded_term"}
    new = {carried(f.start, f.end, staying): f.device for f in after.flags if f.kind == "loaded_term"}
    moved = []
    for start, end in sorted(old.keys() | new.keys()):
        was, is_now = (flags.get((start, end), "no flag") for flags in (old, new))
        if was != is_now:
            moved.append(f"“{after.text[start:end]}”: {was} -> {is_now}")
    return Movement(row.kind, row.text, after.text, len(old.keys() | new.keys()), tuple(moved), after.score - before.score)


def movements(model: Model, rows: Sequence[Row]) -> list[Movement]:
    """What exchanging names does, row by row."""
    before = model.score_many(row.text for row in rows)
    after = model.score_many(exchanged(row.text, edits(row)) for row in rows)
    return [movement(row, a, b) for row, a, b in zip(rows, before, after, strict=True)]


def steadiness(kind: str, found: Sequence[Movement]) -> Steadiness:
    """The line of the table for `found`."""
    flags = sum(m.flags for m in found)
    stay = flags - sum(len(m.moved) for m in found)
    moves = np.abs([m.score for m in found])
    return Steadiness(kind, len(found), flags, stay, share(stay, flags) if flags else None, float(moves.mean()), float(moves.max()))


def by_kind(found: Sequence[Movement]) -> list[Steadiness]:
    """A line for each kind of name, the commonest first, and one for all."""
    kinds = defaultdict(list)
    for one in found:
        kinds[one.kind].append(one)
    return [*(steadiness(kind, kinds[kind]) for kind in sorted(kinds, key=lambda k: (-len(kinds[k]), k))), steadiness("all", found)]


def names_cells(line: Steadiness) -> tuple[str, ...]:
    measured = ("", "") if line.share is None else (f"{line.share.value:.3f}", f"{line.share.low:.3f}-{line.share.high:.3f}")
    return (line.kind, str(line.sentences), str(line.flags), str(line.stay), *measured, f"{line.mean_move:.4f}", f"{line.worst_move:.4f}")


# ------------------------------------------------------------ topics
@dataclass(frozen=True, slots=True)
class Alarms:
    """False alarms in the neutral sentences of one topic."""

    topic: str
    words: int
    flags: int  # of terms, in the writer's voice
    per_1000_words: Measure  # Poisson interval
    sentences: int
    loaded: int  # sentences with a score of 0.5 or more
    share: Measure  # Wilson interval


def poisson(events: int, exposure: float) -> Measure:
    """Events per unit of `exposure`, with the exact 95 % interval of a Poisson count (Garwood 1936).

    >>> [round(x, 2) for x in (poisson(0, 1).high, poisson(10, 1).low, poisson(10, 1).high)]
    [3.69, 4.8, 18.39]
    """
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return Measure(events / exposure, float(low) / exposure, float(chi2.ppf(0.975, 2 * events + 2)) / 2 / exposure)


def neutral(examples: Iterable[Example]) -> list[Example]:
    """Those that are labelled as neutral, as a whole and word by word, and have a topic."""
    return [e for e in examples if e.label == 0 and e.spans is not None and not e.spans and e.topic]


def alarms(topic: str, reports: Iterable[Report]) -> Alarms:
    """The line of the table for `reports`."""
    words = flags = sentences = loaded = 0
    for report in reports:
        words += len(report.text.split())
        flags += sum(flag.kind == "loaded_term" and flag.voice == "author" for flag in report.flags)
        sentences += len(report.sentences)
        loaded += sum(sentence.score >= LOADED for sentence in report.sentences)
    return Alarms(topic, words, flags, poisson(flags, words / 1000), sentences, loaded, share(loaded, sentences))


def by_topic(topics: Iterable[str], reports: Iterable[Report]) -> list[Alarms]:
    """A line for each topic of at least ``LEAST_WORDS``, the longest first; one for the others together; and one for all."""
    found: Mapping[str, list[Report]] = defaultdict(list)
    for topic, report in zip(topics, reports, strict=True):
        if report.sentences:
            found[topic].append(report)
    if not found:
        raise DataError("no neutral sentence with a topic; wanted labelled data whose rows have label, spans and topic")
    words = {topic: sum(len(report.text.split()) for report in those) for topic, those in found.items()}
    large = sorted((topic for topic in found if words[topic] >= LEAST_WORDS), key=lambda topic: (-words[topic], topic))
    small = [topic for topic in found if words[topic] < LEAST_WORDS]
    lines = [alarms(topic, found[topic]) for topic in large]
    if small:
        lines.append(alarms(f"small topics: {len(small)}", (report for topic in small for report in found[topic])))
    return [*lines, alarms("all", (report for those in found.values() for report in those))]


def ratio(part: Measure, whole: Measure) -> float:
    """How many times the mean; not a number where the mean is nought."""
    return part.value / whole.value if whole.value else float("nan")


def topic_cells(line: Alarms, whole: Alarms) -> tuple[str, ...]:
    rate, part = line.per_1000_words, line.share
    return (
        *(line.topic, str(line.words), str(line.flags), f"{rate.value:.2f}", f"{rate.low:.2f}-{rate.high:.2f}", f"{ratio(rate, whole.per_1000_words):.2f}"),
        *(str(line.sentences), str(line.loaded), f"{part.value:.3f}", f"{part.low:.3f}-{part.high:.3f}", f"{ratio(part, whole.share):.2f}"),
    )


def verdict(lines: Sequence[Alarms]) -> list[str]:
    """Which topics lie above ``WORST_RATIO`` times the mean, and which of them with their whole interval."""
    *topics, whole = lines
    out = []
    for what, of in (("flags per 1,000 words", lambda line: line.per_1000_words), ("share of sentences >= 0.5", lambda line: line.share)):
        bound = WORST_RATIO * of(whole).value
        above = [line for line in topics if of(line).value > bound]
        named = ", ".join(line.topic + (" (its whole interval)" if of(line).low > bound else "") for line in above)
        out.append(f"{what}: {len(above)} of {len(topics)} above {WORST_RATIO} times the mean ({bound:.3g})" + (f": {named}" if named else ""))
    return out


# ------------------------------------------------------------ the command
def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("names").add_argument("names", type=Path, nargs="?", default=NAMES, metavar="NAMES.json")
    verbs.add_parser("topics").add_argument("labelled", type=Path, nargs="*", default=[ROOT / "training_data"], metavar="LABELLED")
    verbs.choices["topics"].add_argument("--without", nargs="+", default=[], metavar="NAME", help="files to leave out, by name without ending")
    for verb in verbs.choices.values():
        verb.add_argument("--model", help="a model file; the shipped one by default")
        verb.add_argument("--json", action="store_true", help="every number, and every sentence in which a flag moved")
    args = parser.parse_args(argv)
    with one_line():
        model = framing.load(args.model)
        print(*(_names if args.verb == "names" else _topics)(model, args), sep="\n")


def _names(model: Model, args: argparse.Namespace) -> list[str]:
    found = movements(model, read(args.names))
    lines, moved = by_kind(found), [one for one in found if one.moved]
    if args.json:
        return [json.dumps({"kinds": list(map(asdict, lines)), "moved": list(map(asdict, moved))}, ensure_ascii=False, indent=1)]
    listed = [f"{one.kind}: {'; '.join(one.moved)}\n  {one.text}\n  {one.other}" for one in moved]
    return [*plain(NAMES_HEADER, map(names_cells, lines)), "", f"{len(moved)} sentences in which a flag moved", *listed]


def _topics(model: Model, args: argparse.Namespace) -> list[str]:
    files = [file for path in args.labelled for file, _ in files_of(path, None)]
    unknown = set(args.without) - {file.stem for file in files}
    if unknown:
        raise DataError(f"--without {min(unknown)}: there is no such file; wanted some of {', '.join(sorted({file.stem for file in files}))}")
    examples = neutral(example for file in files if file.stem not in args.without for example in read_examples(file))
    lines = by_topic((str(e.topic) for e in examples), model.score_many(e.text for e in examples))
    if args.json:
        return [json.dumps(list(map(asdict, lines)), ensure_ascii=False, indent=1)]
    return [*plain(TOPICS_HEADER, (topic_cells(line, lines[-1]) for line in lines)), "", *verdict(lines)]


if __name__ == "__main__":
    main()
