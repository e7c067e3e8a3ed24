"""Reports as a page of its own, or as a fragment for a notebook: one report with its text, or several as a table.

The text with its flags marked, and below it an entry for each flag that says what the mark means, so that nothing hangs on
colour, on hovering or on a script.  The page's one script filters, shows an entry beside its mark and sorts the index; the page's
policy names it by its digest and allows no other, no network and no form.  The templates in ``assets`` say how all this looks, and
escape everything that comes from a text; here is what goes into them.

A page grows with its texts, by a fixed part for each character, sentence and flag, and stops at a size that browsers still
open; it says what was left out.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from framing.counting import count_words
from framing.rendering import Lines, counts, device_of, one_line, plural
from framing.rendering.templates import asset, fill, template, trusted
from framing.taxonomy import DEVICES, QUOTE_USES, SCARE_REASON, VOICES

if TYPE_CHECKING:
    from framing.report import Flag, Report

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")

MOST_EVIDENCE = 4  # pieces of `why` that an entry names
PART = 4000  # characters of text, at least, that a browser lays out together; cut at blank lines
LISTED = 200  # reports in a notebook's table
BEGINNING = 60  # characters of a text that stand for its name there

DEFINITIONS = {d.name: f"{d.definition}; “{d.is_one}”, but not “{d.is_not_one}”" for d in DEVICES} | {
    "scare_quote": f"{SCARE_REASON}; {QUOTE_USES[0].example}",
    "loaded_term": "takes a side",
}
VOICE_NAMES = {"author": "the writer’s own words", "quoted": "inside somebody’s quotation marks", "reported": "somebody’s words in indirect speech"}


@dataclass(slots=True)
class Room:
    """How much more fits: texts, characters of them, flags marked, sentences with a bar."""

    texts: int
    characters: int
    flags: int
    sentences: int


def page_room() -> Room:
    """What a page holds: a text of 5 MB whole, and as many flags and bars as leave it usable (some 40 MB at the very most)."""
    return Room(texts=20_000, characters=6_000_000, flags=20_000, sentences=60_000)


def fragment_room() -> Room:
    """What a notebook's output holds, so that the notebook can still be saved and opened."""
    return Room(texts=1, characters=100_000, flags=500, sentences=1_000)


def page(report: Report, *, title: str) -> str:
    """A whole page for one report, self-contained: no network, light or dark as the reader's system is."""
    return pages([(title, report)], title=title)


def pages(reports: Iterable[tuple[str, Report]], *, title: str) -> str:
    """One page with several reports below each other, each under its own heading, and an index before them."""
    book = Book()
    sections = [book.section(report, heading) for heading, report in reports]
    return "".join(book.page(title, sections))


def fragment(report: Report) -> str:
    """The report as one ``<section>`` with its style, for a notebook's output: no script, and no style for anything around it."""
    return fill("fragment.html", shown=Shown(report, fragment_room(), 0), figures=_figures(report), found=counts(report), definitions=DEFINITIONS)


def table(reports: Sequence[Report]) -> str:
    """The reports as a table with its style, for a notebook's output; each is named by how its text begins."""
    rows = []
    for report in reports[:LISTED]:
        begins = one_line(report.text[: 2 * BEGINNING])
        rows.append(Row(begins if len(begins) <= BEGINNING else begins[: BEGINNING - 1] + "…", None, _figures(report)))
    return fill("table.html", rows=rows, unlisted=len(reports) - len(rows))


class Figures(NamedTuple):
    """The numbers of a report; `rate`: flags per 1,000 words."""

    score: float
    author_score: float
    sentences: int
    flags: int
    others: int
    rate: float


def _figures(report: Report) -> Figures:
    flags, others = len(report.flags), sum(f.voice != "author" for f in report.flags)
    rate = 1000 * flags / max(1, count_words(report.text, report.ignored))
    return Figures(report.score, report.author_score, len(report.sentences), flags, others, rate)


class Row(NamedTuple):
    """A text in the index; `number` leads to its section, None where there is none."""

    name: str
    number: int | None
    figures: Figures


@dataclass(slots=True)
class Book:
    """A page in the making: sections come first, then the page around them, whose head has to know them all; reports are not kept."""

    room: Room = field(default_factory=page_room)
    rows: list[Row] = field(default_factory=list)
    texts: int = 0
    unshown: int = 0
    devices: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)

    def section(self, report: Report, heading: str) -> str:
        """The report as an ``<article>``; empty where the page is full, when only the index names it."""
        number, name, figures = self.texts, one_line(heading) or "untitled", _figures(report)
        self.texts += 1
        is_full = self.room.characters <= 0 or self.room.texts <= 0
        if self.room.texts > 0:
            self.rows.append(Row(name, None if is_full else number, figures))
            self.room.texts -= 1
        if is_full:
            self.unshown += 1
            return ""
        shown = Shown(report, self.room, number)
        for flag in shown.flags:
            self.devices[device_of(flag)] += 1
            self.voices[flag.voice] += 1
        return fill("section.html", number=number, name=name, shown=shown, figures=figures, found=counts(report), definitions=DEFINITIONS)

    def page(self, title: str, sections: Iterable[str]) -> Iterator[str]:
        """The page around its `sections`, which are what `section` gave, whole or in pieces; it comes in pieces itself."""
        left = [f"{plural(self.unshown, 'text')} not shown"] if self.unshown else []
        if len(self.rows) < self.texts:
            left.append(f"{plural(self.texts - len(self.rows), 'text')} not even in the table")
        return template("page.html").generate(
            title=one_line(title),
            digest=b64encode(sha256(asset("page.js").encode()).digest()).decode(),
            texts=self.texts,
            rows=self.rows,
            left=left,
            devices=sorted(self.devices.items(), key=lambda item: (-item[1], item[0])),
            voices=[(name, VOICE_NAMES.get(name, name), self.voices[name]) for name in VOICES if self.voices[name]],
            definitions=DEFINITIONS,
            sections=map(trusted, sections),
        )


class Marked(NamedTuple):
    """A flag that covers a piece, and its number in the report."""

    number: int
    flag: Flag


class Piece(NamedTuple):
    """A stretch of text that nothing begins or ends in.

    `score` is that of the sentence that begins here; `marks` cover the piece, the longest flag first.
    """

    start: int
    end: int
    text: str
    begins_part: bool
    score: float | None
    is_ignored: bool
    marks: list[Marked]


class Shown:
    """As much of one report as there is room for; `left` says what is left out, if anything is."""

    most_evidence = MOST_EVIDENCE

    def __init__(self, report: Report, room: Room, number: int) -> None:
        self.report = report
        self.length = min(len(report.text), max(0, room.characters))
        inside = [f for f in report.flags if f.end <= self.length]
        self.flags = inside[: max(0, room.flags)]
        starts = [s for s in report.sentences if s.start < self.length]
        self.sentences = starts[: max(0, room.sentences)]
        room.characters -= self.length
        room.flags -= len(self.flags)
        room.sentences -= len(self.sentences)
        # Several reports may share a document, so that ids carry a mark of the text.
        self.prefix = f"f{zlib.crc32(report.text.encode('utf-8', 'surrogatepass')):08x}-{number}-"

    @property
    def left(self) -> list[str]:
        """What was left out, if anything was."""
        report, left = self.report, []
        if self.length < len(report.text):
            left.append(f"the first {self.length:,} of {plural(len(report.text), 'character')} are shown")
        if len(self.flags) < len(report.flags):
            left.append(f"the first {len(self.flags):,} of {plural(len(report.flags), 'flag')} are marked")
        if len(self.sentences) < len(report.sentences):
            left.append(f"the first {len(self.sentences):,} of {plural(len(report.sentences), 'sentence')} have a bar")
        return left

    def pieces(self) -> Iterator[Piece]:
        """The text cut at every border of a part, a flag, a sentence or of furniture."""
        text, flags = self.report.text, self.flags
        parts = set(_part_starts(text, self.length))
        scores = {s.start: s.score for s in self.sentences}
        cuts = {0, self.length} | parts | set(scores)
        cuts.update(x for f in flags for x in (f.start, f.end))
        cuts.update(x for span in self.report.ignored for x in span)
        begins: dict[int, list[Marked]] = {}
        for number, flag in enumerate(flags, start=1):
            begins.setdefault(flag.start, []).append(Marked(number, flag))
        greys, grey = sorted(self.report.ignored), 0
        marks: list[Marked] = []
        for a, b in pairwise(sorted(x for x in cuts if 0 <= x <= self.length)):
            marks = [m for m in marks if m.flag.end > a] + begins.get(a, [])
            while grey < len(greys) and greys[grey][1] <= a:
                grey += 1
            is_ignored = grey < len(greys) and greys[grey][0] <= a
            yield Piece(a, b, text[a:b], a in parts, scores.get(a), is_ignored, sorted(marks, key=lambda m: m.flag.start - m.flag.end))

    def places(self) -> Iterator[tuple[Flag, tuple[int, int]]]:
        """Each flag, with the line and the column where it begins."""
        lines = Lines(self.report.text)
        return ((flag, lines.place(flag.start)) for flag in self.flags)


def _part_starts(text: str, length: int) -> list[int]:
    """Where the parts of a long text begin, the first left out."""
    starts = [0]
    for found in _BLANK_LINE.finditer(text, 0, length):
        if found.end() - starts[-1] >= PART and found.end() < length:
            starts.append(found.end())
    return starts[1:]
