"""Comments in a text that tell framing to leave words alone.

    <!-- framing: off -->  ...  <!-- framing: on -->        everything between them
    <!-- framing: ignore-next -->                           the next paragraph, or the rest of the sentence it stands in
    <!-- framing: ignore-next loaded_verb -- his words in court -->      one device, with a reason for the next reader

In plain text a line of its own does the same: ``framing: off``.  Finds the comments and says which ranges they speak of;
what is dropped is decided elsewhere.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from framing.errors import DataError
from framing.rendering import Lines
from framing.taxonomy import DEVICE_NAMES

Span = tuple[int, int]

VERBS = ("off", "on", "ignore-next")
# A flag whose device no head names counts as "loaded_term".
NAMES = (*DEVICE_NAMES, "scare_quote", "loaded_term")
EVERYTHING = frozenset(NAMES)

LONGEST = 300  # characters of a comment; so that a thousand openings without an end cost a thousand short looks
# A backslash before a comment makes it text in Markdown.
_COMMENT = re.compile(rf"(?<!\\)<!--\s{{0,20}}framing:(?P<body>(?:(?!--!?>|<!--)[\s\S]){{0,{LONGEST}}}-->)?")
_LINE = re.compile(
    r"^[ \t]{0,40}(?:(?:#|//|%)[ \t]{0,40})?framing:[ \t]{0,40}(?P<body>(?:off|on|ignore-next)(?:[ \t,][^\r\n]{0,300})?)(?=\r|\n|\Z)", re.MULTILINE
)
_NEXT_WORD = re.compile(r"\S")
_BLANK_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[ \t]*(?=\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Directive:
    """One such comment: where it stands, what it says and of which devices."""

    start: int
    end: int
    verb: str
    devices: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class Ignore:
    """A range in which flags of `devices` are dropped; without `end` it reaches to the end of the sentence."""

    start: int
    end: int | None
    devices: frozenset[str]


def find(text: str, name: str, *, is_plain: bool, except_in: Sequence[Span] = ()) -> list[Directive]:
    """The comments of `text` in order; with `is_plain` lines of their own too.

    Those that begin in one of the ranges `except_in` (code: somebody shows how it is written) are text.
    Raises ``DataError`` with the line for a comment that says something else.
    """
    found = [(m, False) for m in _COMMENT.finditer(text)]
    if is_plain:
        found += [(m, True) for m in _LINE.finditer(text)]
    if not found:
        return []
    lines = Lines(text)
    out = []
    shown = iter(sorted(except_in))
    code = next(shown, None)
    for match, is_line in sorted(found, key=lambda pair: pair[0].start()):
        start = match.start()
        while code is not None and code[1] <= start:
            code = next(shown, None)
        if code is not None and code[0] <= start:
            continue
        line = lines.place(start)[0]
        body = match.group("body")
        if body is None:
            raise DataError(f"{name}:{line}: a framing comment that does not end; close it with --> within {LONGEST} characters")
        verb, devices = understand(body if is_line else body[:-3], f"{name}:{line}")
        out.append(Directive(start, match.end(), verb, devices, line))
    return out


def understand(body: str, where: str) -> tuple[str, frozenset[str]]:
    """The verb and the devices of a comment's words after ``framing:``; a reason may follow two hyphens.

    >>> understand("off doubt, weasel -- a satire", "a.md:3")[0]
    'off'
    """
    words = body.partition("--")[0].replace(",", " ").split()
    if not words or words[0] not in VERBS:
        said = words[0] if words else ""
        near = difflib.get_close_matches(said, VERBS, n=1)
        raise DataError(f"{where}: framing comment says {said!r}; " + (f"did you mean {near[0]!r}?" if near else f"wanted one of {', '.join(VERBS)}"))
    for word in words[1:]:
        if word not in EVERYTHING:
            near = difflib.get_close_matches(word.replace("-", "_"), NAMES, n=1)
            hint = (f"did you mean {near[0]!r}?" if near else f"the devices are {', '.join(NAMES)}") + " (a reason goes after --)"
            raise DataError(f"{where}: framing comment names an unknown device {word!r}; {hint}")
    return words[0], frozenset(words[1:]) or EVERYTHING


class Switch:
    """Which devices are off at a place, as comments turn them off and on in reading order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.off: dict[str, tuple[int, int]] = {}  # device -> (where it was turned off, line)
        self.warnings: list[str] = []

    def turn(self, verb: str, devices: Iterable[str], *, at: int, line: int) -> Iterator[Ignore]:
        """The ranges that end with this comment, one per beginning."""
        if verb == "off":
            for device in devices:
                self.off.setdefault(device, (at, line))
            return
        known = [device for device in devices if device in self.off]
        if not known:
            self.warnings.append(f"{self.name}:{line}: framing: on, but nothing is off here")
        yield from self._end(known, at)

    def close(self, end: int) -> Iterator[Ignore]:
        """The ranges that nobody closed; each is warned of."""
        for line in sorted({line for _, line in self.off.values()}):
            self.warnings.append(f"{self.name}:{line}: framing: off is never turned on again; everything after it is ignored")
        yield from self._end(list(self.off), end)

    def _end(self, devices: Iterable[str], end: int) -> Iterator[Ignore]:
        by_start: dict[int, set[str]] = {}
        for device in devices:
            by_start.setdefault(self.off.pop(device)[0], set()).add(device)
        for start in sorted(by_start):
            yield Ignore(start, end, frozenset(by_start[start]))


def ranges(text: str, directives: Sequence[Directive], name: str) -> tuple[tuple[Ignore, ...], tuple[str, ...]]:
    """(ranges, warnings): what the comments of `text` speak of.  `text` holds blanks where comments stand."""
    switch = Switch(name)
    out: list[Ignore] = []
    paragraphs = _Paragraphs(text)
    for found in directives:
        if found.verb == "ignore-next":
            out.append(paragraphs.after(found))
        else:
            out += switch.turn(found.verb, found.devices, at=found.start, line=found.line)
    out += switch.close(len(text))
    return tuple(out), tuple(switch.warnings)


class _Paragraphs:
    """Where the paragraphs of a text are; they are found once, however many comments ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)
        self._spans: list[Span] = []
        start = 0
        for end in [*(m.start() for m in _BLANK_LINE.finditer(text)), len(text)]:
            word = _NEXT_WORD.search(text, start, end)
            if word:
                self._spans.append((word.start(), end))
            start = end
        self._ends = [end for _, end in self._spans]

    def after(self, found: Directive) -> Ignore:
        """The next paragraph for a comment that has its lines to itself, the rest of the sentence for one among words."""
        first, last = self._lines.around(found.start)[0], self._lines.around(found.end)[1]
        if self._text[first : found.start].strip() or self._text[found.end : last].strip():
            return Ignore(found.end, None, found.devices)
        number = bisect_right(self._ends, found.end)
        if number == len(self._spans):
            return Ignore(found.end, len(self._text), found.devices)
        start, end = self._spans[number]
        return Ignore(max(start, found.end), end, found.devices)


def blank(text: str, spans: Iterable[Span]) -> str:
    """`text` with the ranges replaced by as many spaces; line ends stay, so that lines and offsets do.

    >>> blank("a <!--x--> b", [(2, 10)])
    'a          b'
    """
    out, last = [], 0
    for start, end in spans:
        out += [text[last:start], _INK.sub(" ", text[start:end])]
        last = end
    return "".join([*out, text[last:]])


_INK = re.compile(r"[^\r\n]")
