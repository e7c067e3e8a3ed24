"""A report for a person at a terminal: each flag with its place, its line, its device, its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framing.rendering import Lines, choose, counts, device_of, one_line, plural, spoken, voice_of

if TYPE_CHECKING:
    from framing.report import Flag, Report

AROUND = 42  # characters of the line shown on either side of the words; with indent and words that fits 100 columns
LONGEST = 120  # characters of the words themselves

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
# Underlined too, so that nothing depends on seeing colours.
COLOURS = {
    "contentious_label": "\x1b[4;31m",
    "doubt": "\x1b[4;35m",
    "loaded_verb": "\x1b[4;34m",
    "emotive": "\x1b[4;91m",
    "editorializing": "\x1b[4;36m",
    "puffery": "\x1b[4;32m",
    "euphemism": "\x1b[4;33m",
    "weasel": "\x1b[4;94m",
    "metaphor": "\x1b[4;95m",
    "scare_quote": "\x1b[4;93m",
}


def render(report: Report, *, path: str | None = None, color: bool = False, quoted: str = "include") -> str:
    """The flags in reading order, then a line that sums them up; no line end after it.

    `color`: with ANSI colours; without, the words stand between brackets ``[[ ]]``.  `quoted` as in
    ``framing.rendering.choose``.  Control characters of the text are not passed on to the terminal.
    """
    report = choose(report, quoted=quoted)
    lines = Lines(report.text)
    blocks = [_flag(report.text, flag, lines, path, color) for flag in report.flags]
    return "\n\n".join([*blocks, _summary(report, path, color)])


def _flag(text: str, flag: Flag, lines: Lines, path: str | None, color: bool) -> str:
    line, column = lines.place(flag.start)
    place = f"{one_line(path)}:{line}:{column}" if path else f"{line}:{column}"
    rows = [
        f"{_paint(place, BOLD, color)}  {spoken(device_of(flag))}, chance {flag.probability:.2f}, {voice_of(flag.voice, flag.source)}",
        "    " + _excerpt(text, flag, lines, color),
        "    " + _paint(one_line(flag.reason), DIM, color),
    ]
    if flag.suggestions:
        rows.append("    " + _paint("instead: " + one_line(", ".join(flag.suggestions)), DIM, color))
    return "\n".join(rows)


def _excerpt(text: str, flag: Flag, lines: Lines, color: bool) -> str:
    """The words in their line, cut at spaces to ``AROUND`` characters on either side."""
    left, right = lines.around(flag.start)[0], lines.around(flag.end)[1]
    before, after = text[max(left, flag.start - AROUND) : flag.start], text[flag.end : min(right, flag.end + AROUND)]
    if flag.start - AROUND > left:
        before = "…" + before.partition(" ")[2]
    if flag.end + AROUND < right:
        after = after.rpartition(" ")[0] + "…"
    words = one_line(text[flag.start : flag.end])
    if len(words) > LONGEST:
        words = words[: LONGEST // 2] + " … " + words[-LONGEST // 2 :]
    marked = COLOURS.get(device_of(flag), BOLD) + words + RESET if color else f"[[{words}]]"
    return _keep_edge(before, "end") + marked + _keep_edge(after, "start")


def _keep_edge(text: str, side: str) -> str:
    """`text` on one line, with a space where white space parted it from the words."""
    clean = one_line(text)
    if side == "end":
        return clean + " " if text[-1:].isspace() and clean else clean
    return " " + clean if text[:1].isspace() and clean else clean


def _summary(report: Report, path: str | None, color: bool) -> str:
    found = ", ".join(f"{number} {spoken(device)}" for device, number in counts(report).items())
    others = sum(f.voice != "author" for f in report.flags)
    parts = [
        plural(len(report.flags), "flag") + (f" ({found})" if found else ""),
        f"{others} in others' words" if others else "",
        plural(len(report.sentences), "sentence"),
        f"score {report.score:.2f}, author score {report.author_score:.2f}",
        plural(len(report.ignored), "range") + " of page furniture left out" if report.ignored else "",
    ]
    return _paint((f"{one_line(path)}: " if path else "") + "; ".join(p for p in parts if p), BOLD, color)


def _paint(text: str, code: str, color: bool) -> str:
    return f"{code}{text}{RESET}" if color else text
