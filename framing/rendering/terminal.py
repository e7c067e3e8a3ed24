"""A report for a person at a terminal: the flagged sentences by device, with reasons and wordings, and a line that sums up.

Nothing hangs on colour: the writer's words stand in ``[[ ]]`` and other people's in ``{{ }}``, or where there are colours in
bold and underlined against underlined alone; what is in others' words comes after the writer's own, behind a bar, and each flag
says whose voice it is in.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from framing.counting import count_words
from framing.rendering import Lines, choose, counts, device_of, one_line, plural, spoken, voice_of

if TYPE_CHECKING:
    from framing.report import Flag, Report

WIDTH = 100  # columns, where nobody says how wide the terminal is
NARROWEST = 40  # below that a wrapped sentence is harder to read than a long line
LONGEST = 420  # characters of a sentence that is shown whole; of a longer one what is around the words
AROUND = 160  # characters on either side
LONGEST_WORDS = 120  # characters of the flagged words themselves

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
COLOURS = {
    "contentious_label": "31",
    "doubt": "35",
    "loaded_verb": "34",
    "emotive": "91",
    "editorializing": "36",
    "puffery": "32",
    "euphemism": "33",
    "weasel": "94",
    "metaphor": "95",
    "scare_quote": "93",
}
BRACKETS = {True: ("[[", "]]"), False: ("{{", "}}")}  # by whether it is the writer's voice
_ZERO_WIDTH = ("Mn", "Me", "Cf")
_SPACE = re.compile(r"(\s+)")

Piece = tuple[str, str]  # text and the codes it is painted with


def render(report: Report, *, path: str | None = None, color: bool = False, quoted: str = "include", width: int = WIDTH) -> str:
    """The flags by device, the commonest device first, then a line that sums them up; no line end after it.

    `color`: with ANSI codes; without, brackets mark the words.  `quoted` as in ``framing.rendering.choose``.  `width`:
    columns to wrap at.  Control characters of the text are not passed on to the terminal.
    """
    report = choose(report, quoted=quoted)
    page = _Page(report, path, color, max(width, NARROWEST))
    groups = [page.group(device) for device in counts(report)]
    return "\n\n".join([*groups, "\n".join(page.summary())])


class _Page:
    """One report on its way to the terminal."""

    def __init__(self, report: Report, path: str | None, color: bool, width: int) -> None:
        self.report, self.path, self.color, self.width = report, path, color, width
        self.lines = Lines(report.text)
        self._starts = [s.start for s in report.sentences]
        self._by_device: dict[str, list[Flag]] = {}
        for flag in report.flags:
            self._by_device.setdefault(device_of(flag), []).append(flag)

    def group(self, device: str) -> str:
        """The device's name, its flags in the writer's words, and those in others'."""
        flags = self._by_device[device]
        rows = [self._paint(f"{spoken(device).upper()} ({len(flags)})", BOLD)]
        for is_author in (True, False):
            chosen = [f for f in flags if (f.voice == "author") == is_author]
            if chosen and not is_author:
                rows += ["", "  in others' words"]
            for block in self._blocks(chosen):
                rows += ["", *self._block(block, "  " if is_author else "  │ ")]
        return "\n".join(rows)

    def _blocks(self, flags: Sequence[Flag]) -> Iterator[list[Flag]]:
        """Flags that are shown in one sentence together."""
        block: list[Flag] = []
        for flag in flags:
            if block and (self._sentence(flag) != self._sentence(block[0]) or flag.end - block[0].start > LONGEST):
                yield block
                block = []
            block.append(flag)
        if block:
            yield block

    def _sentence(self, flag: Flag) -> tuple[int, int]:
        """The range of the sentence around the flag, or of its line where no sentence is known."""
        number = bisect_right(self._starts, flag.start) - 1
        if number >= 0 and self.report.sentences[number].end >= flag.end:
            sentence = self.report.sentences[number]
            return sentence.start, sentence.end
        return self.lines.around(flag.start)[0], max(flag.end, self.lines.around(flag.end)[1])

    def _block(self, flags: Sequence[Flag], lead: str) -> Iterator[str]:
        yield from _wrap(self._marked(flags), self.width, lead)
        for flag in flags:
            line, column = self.lines.place(flag.start)
            place = f"{one_line(self.path)}:{line}:{column}" if self.path else f"{line}:{column}"
            facts = f": chance {flag.probability:.2f}, {voice_of(flag.voice, flag.source)}"
            yield from _wrap([(place, self._code(BOLD)), (facts, "")], self.width, lead + "  ")
            yield from _wrap([(flag.reason, self._code(DIM))], self.width, lead + "  ")
            if flag.suggestions:
                yield from _wrap([("instead: " + ", ".join(flag.suggestions), self._code(DIM))], self.width, lead + "  ")

    def _marked(self, flags: Sequence[Flag]) -> Iterator[Piece]:
        """The sentence in pieces, the words of the flags marked."""
        text = self.report.text
        start, end = self._sentence(flags[0])
        cut = ""
        if end - start > LONGEST:
            first, last = flags[0].start, flags[-1].end
            if first - AROUND > start:
                start = text.find(" ", first - AROUND, first) + 1 or first - AROUND
                yield "…", ""
            if last + AROUND < end:
                space = text.rfind(" ", last, last + AROUND)
                end, cut = space if space >= 0 else last + AROUND, "…"
        for flag in flags:
            yield text[start : flag.start], ""
            words = one_line(text[flag.start : flag.end])
            if len(words) > LONGEST_WORDS:
                words = words[: LONGEST_WORDS // 2] + " … " + words[-LONGEST_WORDS // 2 :]
            is_author = flag.voice == "author"
            opening, closing = ("", "") if self.color else BRACKETS[is_author]
            yield opening + words + closing, self._code(f"\x1b[1;4;{COLOURS.get(device_of(flag), '39')}m" if is_author else "\x1b[4m")
            start = flag.end
        yield text[start:end] + cut, ""

    def summary(self) -> list[str]:
        """Score, flags and rates, in one line where it fits."""
        report = self.report
        words = count_words(report.text, report.ignored)
        own = sum(f.voice == "author" for f in report.flags)
        others = len(report.flags) - own
        flags = plural(len(report.flags), "flag")
        if report.flags and words:
            per = 1000 / words
            flags += f", {len(report.flags) * per:.1f} per 1,000 words (author {own * per:.1f}, quoted {others * per:.1f})"
        parts = [
            f"score {report.score:.2f} (author {report.author_score:.2f})",
            flags,
            plural(len(report.ignored), "range") + " not scored" if report.ignored else "",
        ]
        line = (f"{one_line(self.path)}: " if self.path else "") + "; ".join(p for p in parts if p)
        return _wrap([(line, self._code(BOLD))], self.width, "")

    def _code(self, code: str) -> str:
        return code if self.color else ""

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self.color else text


def _wrap(pieces: Iterable[Piece], width: int, lead: str) -> list[str]:
    """The pieces on lines of at most `width` columns that begin with `lead`; a longer word has a line of its own."""
    lines: list[str] = []
    line: list[Piece] = []
    used, room = 0, width - len(lead)
    for word in _cut(pieces):
        size = sum(columns(text) for text, _ in word)
        if line and used + 1 + size > room:
            lines.append(lead + _painted(line))
            line, used = [], 0
        if line:
            # What is marked as one is underlined as one, spaces and all.
            line.append((" ", line[-1][1] if line[-1][1] == word[0][1] else ""))
            used += 1
        line += word
        used += size
    if line:
        lines.append(lead + _painted(line))
    return lines


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes: two for a wide character such as an emoji, none for an accent of its own.

    >>> columns("naïve"), columns("nai\u0308ve"), columns("😀"), columns("都庁")
    (5, 5, 2, 4)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.category(c) in _ZERO_WIDTH else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _cut(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The words of the pieces, a word that several of them share in as many parts."""
    word: list[Piece] = []
    for text, code in pieces:
        for part in _SPACE.split(text):
            if not part:
                continue
            if part.isspace():
                if word:
                    yield word
                word = []
            else:
                word.append((one_line(part), code))
    if word:
        yield word


def _painted(line: Sequence[Piece]) -> str:
    out = []
    begun = ""
    for text, code in line:
        if code != begun:
            out.append((RESET if begun else "") + code)
            begun = code
        out.append(text)
    return "".join(out) + (RESET if begun else "")
