"""A report as a page of its own, or as a fragment for a notebook.

The text with its flags marked, and below it an entry for each flag that says what the mark means, so that nothing hangs on
colour, on hovering or on a script.  Nothing is loaded from anywhere; everything that comes from the text is escaped.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from framing.rendering import Lines, counts, device_of, one_line, plural, spoken, voice_of
from framing.taxonomy import DEVICES, SCARE_REASON

if TYPE_CHECKING:
    from framing.report import Flag, Report

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

MOST_EVIDENCE = 4  # pieces of `why` that an entry names

# Hues far enough apart to be told from each other; every mark has an underline of its own style as well.
HUES = {
    "contentious_label": 5,
    "doubt": 285,
    "loaded_verb": 220,
    "emotive": 340,
    "editorializing": 185,
    "puffery": 135,
    "euphemism": 75,
    "weasel": 250,
    "metaphor": 25,
    "scare_quote": 50,
    "loaded_term": 160,  # where the device is not known
}
DEFINITIONS = {d.name: d.definition for d in DEVICES} | {"scare_quote": SCARE_REASON, "loaded_term": "takes a side"}

STYLE = (
    """
.framing{--paper:#fff;--ink:#1d1d1f;--soft:#5c5c66;--line:#d9d9de;--tint:88%;--deep:33%;--strength:70%;color:var(--ink);background:var(--paper);
font:1rem/1.65 Georgia,'Times New Roman',serif;max-width:46rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
.framing h1,.framing h2{font-size:1.25rem;line-height:1.3;margin:.2rem 0 .6rem}
.framing h2{font-size:1rem}
.framing .facts,.framing .legend,.framing ol{font-family:system-ui,sans-serif;font-size:.86rem;line-height:1.5}
.framing .facts b{font-size:1.15rem}
.framing .legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem .9rem}
.framing .text{white-space:pre-wrap;border-top:1px solid var(--line);border-bottom:1px solid var(--line);padding:.9rem 0;margin:.9rem 0}
.framing mark{color:inherit;background:hsl(var(--hue) var(--strength) var(--tint));
border-bottom:2px solid hsl(var(--hue) var(--strength) var(--deep));border-radius:2px;padding:0 .08em}
.framing mark[data-n]::after{content:attr(data-n);font:.62em system-ui,sans-serif;vertical-align:super;color:var(--soft);margin-left:.1em}
.framing mark.quoted,.framing mark.reported{background:hsl(var(--hue) var(--strength) var(--tint)/.4);border-bottom-width:1px}
.framing mark.reported{border-bottom-style:dotted}
.framing mark.scare_quote{border-bottom-style:dashed;background:hsl(var(--hue) var(--strength) var(--tint)/.65)}
.framing .ignored{color:var(--soft);opacity:.65}
.framing li{margin-bottom:.7rem}
.framing .soft{color:var(--soft)}
.framing a{color:inherit}
@media (prefers-color-scheme:dark){.framing{--paper:#17181b;--ink:#e8e8ea;--soft:#a2a2ad;--line:#3a3b41;--tint:24%;--deep:65%;--strength:55%}}
""".strip()
    + "\n"
    + "\n".join(f".framing .{name}{{--hue:{hue}}}" for name, hue in HUES.items())
)


def page(report: Report, *, title: str) -> str:
    """A whole page, self-contained: no scripts, no network, light or dark as the reader's system is."""
    return pages([(title, report)], title=title)


def pages(reports: Iterable[tuple[str, Report]], *, title: str) -> str:
    """One page with several reports below each other, each under its own heading."""
    sections = "\n".join(_section(report, heading, number) for number, (heading, report) in enumerate(reports))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{_safe(title)}</title>
<style>
body{{margin:0}}@media (prefers-color-scheme:dark){{body{{background:#17181b}}}}
{STYLE}
</style>
</head>
<body>
{sections}
</body>
</html>
"""


def fragment(report: Report) -> str:
    """The report as one ``<section>`` with its style, for a notebook's output."""
    return f"<style>\n{STYLE}\n</style>\n{_section(report, None, 0)}"


def _section(report: Report, heading: str | None, number: int) -> str:
    # Several reports may share a document, so that ids carry a mark of the text.
    prefix = f"f{zlib.crc32(report.text.encode('utf-8', 'surrogatepass')):08x}-{number}-"
    title = f"<h1>{_safe(one_line(heading))}</h1>\n" if heading is not None else ""
    return f"""<section class="framing">
{title}{_facts(report)}
{_legend(report)}<div class="text" dir="auto">{_marked(report, prefix)}</div>
{_entries(report, prefix)}</section>"""


def _facts(report: Report) -> str:
    others = sum(f.voice != "author" for f in report.flags)
    parts = [
        f"<b>{report.score:.2f}</b> score",
        f"<b>{report.author_score:.2f}</b> author score",
        plural(len(report.flags), "flag") + (f", {others} in others’ words" if others else ""),
        plural(len(report.sentences), "sentence"),
        plural(len(report.ignored), "range") + " of page furniture left out" if report.ignored else "",
        _safe(report.model),
    ]
    note = "The score is the mean chance that a reader calls a sentence loaded; the author score leaves out quoted and reported words."
    return f'<p class="facts" title="{_safe(note)}">{" · ".join(p for p in parts if p)}</p>'


def _legend(report: Report) -> str:
    found = counts(report)
    if not found:
        return ""
    tips = {name: _safe(DEFINITIONS.get(name, name)) for name in found}
    items = "".join(f'<li><mark class="{_safe(name)}" title="{tips[name]}">{_safe(spoken(name))}</mark> {number}</li>' for name, number in found.items())
    return f'<ul class="legend" aria-label="flags by device">{items}</ul>\n'


def _marked(report: Report, prefix: str) -> str:
    """The text cut at every border of a flag or of furniture; each piece wrapped by what covers it."""
    length = len(report.text)
    borders = {0, length}
    borders.update(x for f in report.flags for x in (f.start, f.end))
    borders.update(x for span in report.ignored for x in span)
    cuts = sorted(x for x in borders if 0 <= x <= length)
    begins: dict[int, list[int]] = {}
    for number, flag in enumerate(report.flags):
        begins.setdefault(flag.start, []).append(number)
    greys = sorted(report.ignored)
    grey = 0
    open_flags: list[int] = []
    out = []
    for a, b in pairwise(cuts):
        open_flags = [n for n in open_flags if report.flags[n].end > a] + begins.get(a, [])
        piece = _safe(report.text[a:b])
        for number in sorted(open_flags, key=lambda n: report.flags[n].end - report.flags[n].start):
            piece = _mark(piece, report.flags[number], number, prefix, is_first=report.flags[number].start == a, is_last=report.flags[number].end == b)
        while grey < len(greys) and greys[grey][1] <= a:
            grey += 1
        if grey < len(greys) and greys[grey][0] <= a:
            piece = f'<span class="ignored" title="page furniture, left out">{piece}</span>'
        out.append(piece)
    return "".join(out)


def _mark(piece: str, flag: Flag, number: int, prefix: str, *, is_first: bool, is_last: bool) -> str:
    name = f' id="{prefix}m{number + 1}" tabindex="0"' if is_first else ""
    shown = f' data-n="{number + 1}"' if is_last else ""
    tip = f"{spoken(device_of(flag))}, chance {flag.probability:.2f}, {voice_of(flag.voice, flag.source)}. {one_line(flag.reason)}"
    described = f' aria-describedby="{prefix}e{number + 1}"'
    return f'<mark class="{_safe(device_of(flag))} {_safe(flag.voice)}"{name}{described}{shown} title="{_safe(tip)}">{piece}</mark>'


def _entries(report: Report, prefix: str) -> str:
    if not report.flags:
        return '<p class="facts">Nothing is flagged.</p>\n'
    lines = Lines(report.text)
    items = "\n".join(_entry(flag, number, prefix, lines.place(flag.start)) for number, flag in enumerate(report.flags))
    return f"<h2>What is marked, and why</h2>\n<ol>\n{items}\n</ol>\n"


def _entry(flag: Flag, number: int, prefix: str, place: Sequence[int]) -> str:
    rows = [
        f'<mark class="{_safe(device_of(flag))} {_safe(flag.voice)}">{_safe(one_line(flag.text))}</mark> '
        f"<b>{_safe(spoken(device_of(flag)))}</b>, chance {flag.probability:.2f}, {_safe(voice_of(flag.voice, flag.source))} "
        f'<a class="soft" href="#{prefix}m{number + 1}">line {place[0]}, column {place[1]}</a>',
        _safe(one_line(flag.reason)),
    ]
    if flag.suggestions:
        rows.append("Instead: " + ", ".join(f"<i>{_safe(one_line(s))}</i>" for s in flag.suggestions))
    if flag.why:
        evidence = "; ".join(f"{_safe(one_line(name))} {weight:+.2f}" for name, weight in flag.why[:MOST_EVIDENCE])
        rows.append(f'<span class="soft">Evidence: {evidence}</span>')
    return f'<li id="{prefix}e{number + 1}">' + "<br>".join(rows) + "</li>"


def _safe(text: str) -> str:
    """`text` escaped for content and attributes; characters that HTML forbids become ``�``."""
    return escape(_FORBIDDEN.sub("\ufffd", text), quote=True)
