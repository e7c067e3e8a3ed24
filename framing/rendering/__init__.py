"""Reports as text: terminal, one line per flag, JSON, SARIF, workflow commands, CSV, a page.

One module per form, each with a function that takes a report and gives a string; nothing here prints or opens files.
What they share is here: which flags are shown, and where an offset stands in lines and columns.  Reports are handed in,
never imported: ``report.py`` itself renders pages through this package.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from framing.taxonomy import within_sentence

if TYPE_CHECKING:
    from framing.report import Flag, Report

QUOTED = ("include", "skip", "only")

# What an editor counts as a line end; Unicode's rarer ones would shift every line number after them.
_LINE_END = re.compile("\r\n|\r|\n")
# Control characters, direction overrides and lone surrogates: a hostile text could repaint a terminal, reorder a line
# (CVE-2021-42574) or fail to encode.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")

LONGEST_SOURCE = 120  # characters of a source's name; it is said again at each of its flags
SURE = 0.75  # the chance from which a flag in the writer's own voice is a warning; below, and in others' words, it is a note


def choose(report: Report, *, quoted: str = "include") -> Report:
    """The report with the flags that are wanted.

    `quoted`: ``include`` keeps all, ``skip`` keeps the writer's own, ``only`` keeps those in quoted and reported words.
    Raises ``ValueError`` for another word.
    """
    if quoted not in QUOTED:
        raise ValueError(f"quoted={quoted!r}; wanted one of {', '.join(QUOTED)}")
    if quoted == "include":
        return report
    return replace(report, flags=tuple(f for f in report.flags if (f.voice == "author") == (quoted == "skip")))


class Lines:
    """Where offsets of a text stand: lines and columns, both from 1, columns in code points."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = [(m.start(), m.end()) for m in _LINE_END.finditer(text)]
        self._starts = [0, *(end for _, end in ends)]
        self._stops = [*(start for start, _ in ends), len(text)]

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column) of the code point at `offset`.

        >>> Lines("one\\r\\ntwo").place(5)
        (2, 1)
        """
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def around(self, offset: int) -> tuple[int, int]:
        """The range of the line in which `offset` stands, without its line end."""
        line = bisect_right(self._starts, offset) - 1
        return self._starts[line], self._stops[line]


def one_line(text: str) -> str:
    """`text` on one line, safe to show: white space made single, control characters shown as ``�``.

    >>> one_line("a\\n b\\x1b[2J")
    'a b�[2J'
    """
    return shielded(" ".join(text.split()))


def shielded(text: str) -> str:
    """`text` with every control character, direction override and lone surrogate as ``�``; as long as before.

    >>> shielded("a  b\x1b[2J")
    'a  b�[2J'
    """
    return _UNSAFE.sub("\ufffd", text)


def is_warning(flag: Flag) -> bool:
    """True for what an editor should look at first: the writer's own words, flagged with a chance of ``SURE`` or more."""
    return flag.voice == "author" and flag.probability >= SURE


def device_of(flag: Flag) -> str:
    """The flag's device, or its kind where a model without a devices head knows none."""
    return flag.device or flag.kind


def counts(report: Report) -> dict[str, int]:
    """How many flags of each device, the commonest first, then by name."""
    total: dict[str, int] = {}
    for flag in report.flags:
        total[device_of(flag)] = total.get(device_of(flag), 0) + 1
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def plural(number: int, noun: str) -> str:
    """The number and the noun in its number.

    >>> plural(1, "flag"), plural(1200, "flag")
    ('1 flag', '1,200 flags')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def spoken(device: str) -> str:
    """The device's name in plain words: ``loaded_verb`` is *loaded verb*."""
    return device.replace("_", " ")


def voice_of(voice: str, source: str | None) -> str:
    """Whose voice a flag is in, in plain words."""
    if voice == "author":
        return "the writer's voice"
    source = source and within_sentence(source)
    if source and len(source) > LONGEST_SOURCE:
        source = source[:LONGEST_SOURCE] + "…"
    return f"{voice}: {one_line(source)}" if source else f"{voice}, source not named"
