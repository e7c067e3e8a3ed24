"""``framing check-data``: everything that is wrong with labelled data, at once, and what the data holds.

Errors make a row useless or teach something false (offsets that cut a word, a label nobody knows, the same text twice).
Warnings are what a careful corpus avoids and a user's own may not (a loaded row without a neutral twin, texts of two groups
that share much of their wording, so that a split by group would leak).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framing.corpus import LINEWISE, READERS, Example, files_of
from framing.document import read
from framing.errors import DataError
from framing.rendering import one_line
from framing.tokens import WORD, Words, fold

GRAM = 5  # words; shorter runs are shared by chance
NEAR = 0.3  # Jaccard of the sets of word 5-grams from which two texts count as near-duplicates
# A 5-gram in more texts than this is a formula ("the Supreme Court ruled on"), and looking up all pairs of them would be
# quadratic; texts that share nothing rarer are not compared.
COMMONEST = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is amiss: ``file:line``, what, and whether it is an ``error`` or a ``warning``."""

    where: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return one_line(f"{self.where}: {self.severity}: {self.message}")


@dataclass(frozen=True, slots=True)
class Findings:
    """All problems in reading order, and tables of what the data holds; ``str()`` gives both as text.

    `tables`: title -> name -> column -> count.
    """

    examples: int
    groups: int
    problems: tuple[Problem, ...]
    tables: dict[str, dict[str, dict[str, int]]]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make rows useless."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The other problems."""
        return tuple(p for p in self.problems if p.severity == "warning")

    def to_dict(self) -> dict[str, Any]:
        """Plain data: counts, problems, tables."""
        problems = [{"where": p.where, "message": p.message, "severity": p.severity} for p in self.problems]
        return {"examples": self.examples, "groups": self.groups, "problems": problems, "tables": self.tables}

    def __str__(self) -> str:
        lines = [str(p) for p in self.problems]
        for title, table in self.tables.items():
            if table:
                lines += ["", *_table(title, table)]
        lines += ["", f"{self.examples:,} examples in {self.groups:,} groups: {len(self.errors):,} errors, {len(self.warnings):,} warnings"]
        return "\n".join(lines).lstrip("\n")


def _table(title: str, table: dict[str, dict[str, int]]) -> Iterator[str]:
    columns = list(dict.fromkeys(c for row in table.values() for c in row))
    rows = [[title, *columns]] + [[one_line(name), *(f"{row.get(c, 0):,}" for c in columns)] for name, row in table.items()]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        yield "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])


class _Row:
    """An example that could be read, with its place and its words."""

    __slots__ = ("example", "grams", "group", "where")

    def __init__(self, where: str, example: Example, grams: np.ndarray) -> None:
        self.where, self.example, self.grams = where, example, grams
        # a row without group is a group of its own, and its place is the only name sure to be its own
        self.group = str(example.group) if example.group is not None else where


def check(paths: Iterable[str | Path], *, format: str | None = None) -> Findings:
    """Every problem in the files and folders `paths`, and counts of what they hold.

    Formats whose reader can go on after a broken row are checked row by row; of another format's file the first broken place is
    reported, since its reader stops there.  Raises ``DataError`` when a path does not exist or holds no data.
    """
    problems: list[Problem] = []
    rows: list[_Row] = []
    words = Words()
    for path in paths:
        for file, name in files_of(Path(path), format):
            for where, example, found in _read(file, name):
                problems += [Problem(where, message) for message in found]
                if example is None or not isinstance(example.text, str):
                    continue
                if not found:
                    problems += [Problem(where, message) for message in _label_problems(example, words)]
                    rows.append(_Row(where, example, _grams(example.text, words)))
    order = {row.where: i for i, row in enumerate(rows)}
    between = [*_duplicate_ids(rows), *_duplicates(rows), *_near_duplicates(rows), *_without_twin(rows)]
    problems += sorted(between, key=lambda p: order[p.where])
    return Findings(len(rows), len({row.group for row in rows}), tuple(problems), _tables(rows))


def _read(file: Path, format: str) -> Iterator[tuple[str, Example | None, list[str]]]:
    try:
        if format in LINEWISE:
            yield from LINEWISE[format](file)
            return
        for number, example in enumerate(READERS[format](file), start=1):
            yield f"{file}: row {example.id or number}", example, example.problems()
    except DataError as error:
        where, _, message = str(error).partition(": ")
        yield where, None, [message or where]


# ---------------------------------------------------------------- one row
def _label_problems(example: Example, words: Words) -> Iterator[str]:
    """What only the text can show: edges of spans, quotes that are no pair of marks, labels that contradict each other."""
    text = example.text
    if not text.strip():
        yield "empty text"
        return
    document = read(text, words=words)
    for span in sorted(example.spans or (), key=lambda s: (s.start, s.end)):
        yield from _edge_problems(text, "span", span.start, span.end)
    for attribution in example.attributions or ():
        yield from _edge_problems(text, "attribution", attribution.start, attribution.end)
        if attribution.source is not None:
            yield from _edge_problems(text, "source", *attribution.source)
    pairs = {(p.start, p.end) for p in document.quotes}
    for quote in example.quotes or ():
        if (quote.start, quote.end) not in pairs:
            yield f"quote {quote.start}–{quote.end} {_shown(text, quote.start, quote.end)} is not what stands inside a pair of marks that framing.read finds"
    for what, labels in (("span", example.spans), ("quote", example.quotes)):
        ranges = Counter((s.start, s.end) for s in labels or ())
        yield from (f"{what} {a}–{b} {_shown(text, a, b)} is listed {n} times" for (a, b), n in ranges.items() if n > 1)


def _edge_problems(text: str, what: str, start: int, end: int) -> Iterator[str]:
    name = f"{what} {start}–{end} {_shown(text, start, end)}"
    if text[start].isspace() or text[end - 1].isspace():
        yield f"{name} begins or ends with white space"
    if _cuts(text, start):
        yield f"{name} begins inside a word"
    if _cuts(text, end):
        yield f"{name} ends inside a word"


def _cuts(text: str, at: int) -> bool:
    """Is there a letter or digit on both sides?  A hyphen or an apostrophe parts: *regime*’s, *far-right*-led."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _shown(text: str, start: int, end: int) -> str:
    words = text[start:end]
    return repr(words if len(words) <= 40 else words[:37] + "…")


# ---------------------------------------------------------------- between rows
def _grams(text: str, words: Words) -> np.ndarray:
    """Hashes of the runs of ``GRAM`` words, each once; an array, since sets of a million rows would take gigabytes."""
    numbers = words.cut(text)[0]
    forms = [fold(words.forms[n]) for n in numbers[words.word_kind.view[numbers] == WORD].tolist()]
    return np.unique(np.array([hash(tuple(forms[i : i + GRAM])) for i in range(len(forms) - GRAM + 1)], np.int64))


def _duplicate_ids(rows: Sequence[_Row]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for row in rows:
        if row.example.id is not None:
            earlier = first.setdefault(str(row.example.id), row.where)
            if earlier != row.where:
                yield Problem(row.where, f"id {row.example.id!r} is already at {earlier}")


def _duplicates(rows: Sequence[_Row]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for row in rows:
        earlier = first.setdefault(" ".join(row.example.text.split()), row.where)
        if earlier != row.where:
            yield Problem(row.where, f"the same text as {earlier}")


def _near_duplicates(rows: Sequence[_Row]) -> Iterator[Problem]:
    """For each row the most similar earlier one of another group, if it is similar enough.

    Candidates come from an index of the 5-grams that more than one row has, so that only rows that share one are compared.
    """
    if not rows:
        return
    grams, counts = np.unique(np.concatenate([row.grams for row in rows]), return_counts=True)
    index: dict[int, list[int]] = {gram: [] for gram in grams[counts > 1].tolist()}
    del grams, counts
    for i, row in enumerate(rows):
        near: set[int] = set()
        own = set(row.grams.tolist())
        for gram in own & index.keys():
            found = index[gram]
            if len(found) < COMMONEST:
                near.update(found)
                found.append(i)
        best: tuple[float, int] | None = None
        for j in sorted(near):
            other = rows[j]
            if other.group == row.group or other.example.text == row.example.text:
                continue
            shared = len(own.intersection(other.grams.tolist()))
            similarity = shared / (len(row.grams) + len(other.grams) - shared)
            if similarity >= NEAR and (best is None or similarity > best[0]):
                best = similarity, j
        if best is not None:
            yield Problem(row.where, f"near-duplicate of {rows[best[1]].where} in another group ({best[0]:.0%} of their word {GRAM}-grams)", "warning")


def _without_twin(rows: Sequence[_Row]) -> Iterator[Problem]:
    neutral = {row.group for row in rows if row.example.label is not None and row.example.label < 0.5}
    told: set[str] = set()
    for row in rows:
        if row.example.label is not None and row.example.label >= 0.5 and row.group not in neutral and row.group not in told:
            told.add(row.group)
            name = f"group {row.example.group!r}" if row.example.group is not None else "a row without group"
            yield Problem(row.where, f"{name} is loaded and has no neutral twin", "warning")


# ---------------------------------------------------------------- what there is
def _tables(rows: Sequence[_Row]) -> dict[str, dict[str, dict[str, int]]]:
    """Counts by the label of the row they are in, so that what stands on either side of a twin can be seen."""
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    devices: dict[str, Counter[str]] = defaultdict(Counter)
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    modes: dict[str, Counter[str]] = defaultdict(Counter)
    sides: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        example, side = row.example, _side(row.example)
        topics[str(example.topic) if example.topic is not None else "(none)"][side] += 1
        sides[row.group].append(side)
        for span in example.spans or ():
            devices[span.device or "(none)"][side] += 1
        for quote in example.quotes or ():
            uses[quote.use][side] += 1
        for attribution in example.attributions or ():
            modes[attribution.mode][side] += 1
    patterns = Counter(" + ".join(sorted(found)) for found in sides.values())
    twins = {pattern: Counter({"groups": number}) for pattern, number in sorted(patterns.items(), key=lambda item: (-item[1], item[0]))[:20]}
    tables = {"topic": topics, "device": devices, "quote use": uses, "attribution mode": modes}
    return {title: _with_totals(table) for title, table in tables.items()} | {"labels in a group": {k: dict(v) for k, v in twins.items()}}


def _side(example: Example) -> str:
    return "unlabelled" if example.label is None else "loaded" if example.label >= 0.5 else "neutral"


def _with_totals(table: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    if not table:
        return {}
    columns = [c for c in ("loaded", "neutral", "unlabelled") if any(row[c] for row in table.values())]
    ranked = sorted(table.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    out = {name: {c: row[c] for c in columns} | {"all": sum(row.values())} for name, row in ranked}
    out["all"] = {c: sum(row[c] for row in table.values()) for c in columns} | {"all": sum(sum(row.values()) for row in table.values())}
    return out
