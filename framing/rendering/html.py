"""Reports as a page of its own, or one report as a fragment for a notebook.

The text with its flags marked, and below it an entry for each flag that says what the mark means, so that nothing hangs on
colour, on hovering or on a script.  The page's one script filters, shows an entry beside its mark and sorts the index; the page's
policy names it by its digest and allows no other, no network and no form.  Everything that comes from a text is escaped.

A page grows with its texts, by a fixed part for each character, sentence and flag, and stops at a size that browsers still
open; it says what was left out.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from framing.counting import count_words
from framing.rendering import Lines, counts, device_of, one_line, plural, spoken, voice_of
from framing.rendering.markup import FORBIDDEN
from framing.taxonomy import DEVICES, QUOTE_USES, SCARE_REASON, VOICES

if TYPE_CHECKING:
    from framing.report import Flag, Report

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")

MOST_EVIDENCE = 4  # pieces of `why` that an entry names
PART = 4000  # characters of text, at least, that a browser lays out together; cut at blank lines

# Hues far enough apart to be told from each other; the number at each mark and the underline say the same without colour.
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
    return book.head(title) + "".join(sections) + book.tail()


def fragment(report: Report) -> str:
    """The report as one ``<section>`` with its style, for a notebook's output: no script, and no style for anything around it."""
    shown = _Shown(report, fragment_room(), 0)
    counted = _counts(report)
    entries = f"<details>\n<summary>What is marked, and why</summary>\n{shown.entries()}</details>\n" if shown.flags else ""
    return f'<style>\n{_style()}</style>\n<section class="framing cell">\n{_facts(report)}\n{counted}{shown.notes()}{shown.text()}\n{entries}</section>'


@dataclass(slots=True)
class Book:
    """A page in the making: sections come first, then the head, which has to know them all; the reports themselves are not kept.

    The head goes before the sections in the page, the tail after them.
    """

    room: Room = field(default_factory=page_room)
    rows: list[str] = field(default_factory=list)
    texts: int = 0
    unshown: int = 0
    devices: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)

    def section(self, report: Report, heading: str) -> str:
        """The report as an ``<article>``; empty where the page is full, when only the index names it."""
        number, name = self.texts, _safe(one_line(heading)) or "untitled"
        self.texts += 1
        is_full = self.room.characters <= 0 or self.room.texts <= 0
        if self.room.texts > 0:
            self.rows.append(_row(report, name, None if is_full else number))
            self.room.texts -= 1
        if is_full:
            self.unshown += 1
            return ""
        shown = _Shown(report, self.room, number)
        for flag in shown.flags:
            self.devices[device_of(flag)] += 1
            self.voices[flag.voice] += 1
        entries = f"<h3>What is marked, and why</h3>\n{shown.entries()}" if shown.flags else '<p class="note">Nothing is flagged.</p>\n'
        return f"""<article id="t{number}" aria-labelledby="h{number}">
<h2 id="h{number}">{name}</h2>
{_facts(report)}
{_counts(report)}{shown.notes()}{shown.text()}
{entries}<p class="facts back"><a href="#top">To the top</a></p>
</article>
"""

    def head(self, title: str) -> str:
        """Everything before the sections."""
        script = _asset("page.js")
        digest = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        name = _safe(one_line(title))
        return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{name}</title>
<style>
{_style()}{_asset("page.css")}</style>
</head>
<body class="framing page{" single" if self.texts == 1 else ""}" id="top">
<a class="skip" href="#texts">To the text</a>
<header class="top">
<h1>{name}</h1>
{self._index()}</header>
{self._key()}<main id="texts">
"""

    def tail(self) -> str:
        """Everything after the sections, the script last."""
        return f"</main>\n<script>{_asset('page.js')}</script>\n</body>\n</html>\n"

    def _index(self) -> str:
        if self.texts < 2:
            return ""
        names = ("text", "score", "author score", "sentences", "flags", "in others’ words", "flags per 1,000 words")
        heads = "".join(f'<th scope="col">{name}</th>' for name in names)
        left = [f"{plural(self.unshown, 'text')} not shown"] if self.unshown else []
        if len(self.rows) < self.texts:
            left.append(f"{plural(self.texts - len(self.rows), 'text')} not even in the table")
        note = f'<p class="note">The page is full: {", ".join(left)}. <code>--format jsonl</code> holds everything.</p>\n' if left else ""
        caption = "Scores are the mean chance that a reader calls a sentence loaded; the author score leaves out quoted and reported words."
        return (
            f'{note}<div class="scroll"><table class="index">\n<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
            + "\n".join(self.rows)
            + "\n</tbody>\n</table></div>\n"
        )

    def _key(self) -> str:
        """What the marks mean, which is also where they are chosen."""
        if not self.devices:
            return ""
        found = sorted(self.devices.items(), key=lambda item: (-item[1], item[0]))
        devices = "".join(_choice("device", name, spoken(name), number, _mark_class(name), DEFINITIONS.get(name, "")) for name, number in found)
        voices = "".join(_choice("voice", name, VOICE_NAMES.get(name, name), self.voices[name], name, "") for name in VOICES if self.voices[name])
        return f"""<aside class="key" aria-label="What the marks mean, and which are shown">
<details id="fold" open>
<summary>What the marks mean</summary>
<form id="filters" autocomplete="off">
<fieldset><legend>Devices</legend><ul>{devices}</ul></fieldset>
<fieldset><legend>Voices</legend><ul>{voices}</ul></fieldset>
<fieldset class="control"><legend>Least chance</legend>
<label><input type="range" id="least" min="0" max="100" step="1" value="0" aria-label="percent">
<output id="floor" for="least">0.00</output></label></fieldset>
<p class="control"><label><input type="checkbox" id="bars" checked> a bar at each sentence: its score</label></p>
<p class="control"><button type="reset">Show all</button> <span id="status" role="status"></span></p>
</form>
</details>
</aside>
"""


def _choice(group: str, value: str, words: str, number: int, mark: str, definition: str) -> str:
    about = f"<p>{_safe(definition)}</p>" if definition else ""
    box = f'<input type="checkbox" name="{group}" value="{_safe(value)}" checked>'
    return f'<li><label>{box}<mark class="{_safe(mark)}">{_safe(words)}</mark> <span class="soft">{number:,}</span></label>{about}</li>'


def _row(report: Report, name: str, number: int | None) -> str:
    others = sum(f.voice != "author" for f in report.flags)
    link = name if number is None else f'<a href="#t{number}">{name}</a>'
    scores = (f"{report.score:.2f}", f"{report.author_score:.2f}")
    numbers = (f"{len(report.sentences):,}", f"{len(report.flags):,}", f"{others:,}", f"{_rate(report):,.1f}")
    return f"<tr><td>{link}</td>{''.join(f'<td>{cell}</td>' for cell in scores + numbers)}</tr>"


def _rate(report: Report) -> float:
    return 1000 * len(report.flags) / max(1, count_words(report.text, report.ignored))


def _facts(report: Report) -> str:
    others = sum(f.voice != "author" for f in report.flags)
    facts = [
        (f"{report.score:.2f}", "score", "the mean chance that a reader calls a sentence loaded"),
        (f"{report.author_score:.2f}", "author score", "the same without the evidence of quoted and reported words"),
        (f"{len(report.flags):,}", "flag" if len(report.flags) == 1 else "flags", ""),
        (f"{others:,}", "in others’ words", ""),
        (f"{_rate(report):.1f}", "per 1,000 words", ""),
        (f"{len(report.sentences):,}", "sentence" if len(report.sentences) == 1 else "sentences", ""),
        (_safe(one_line(report.model)), "model", ""),
    ]
    if report.ignored:
        facts.insert(-1, (f"{len(report.ignored):,}", ("range" if len(report.ignored) == 1 else "ranges") + " of page furniture left out", ""))
    return '<dl class="facts">' + "".join(f"<div{_tip(tip)}><dt>{name}</dt><dd>{value}</dd></div>" for value, name, tip in facts if value) + "</dl>"


def _tip(text: str) -> str:
    return f' title="{text}"' if text else ""


def _counts(report: Report) -> str:
    found = counts(report)
    if not found:
        return ""
    tips = {name: _safe(DEFINITIONS.get(name, name)) for name in found}
    items = "".join(
        f'<li><mark class="{_safe(_mark_class(name))}" title="{tips[name]}">{_safe(spoken(name))}</mark> {number:,}</li>' for name, number in found.items()
    )
    return f'<ul class="counts" aria-label="flags by device">{items}</ul>\n'


class _Shown:
    """As much of one report as there is room for."""

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

    def notes(self) -> str:
        """What was left out, if anything was."""
        report = self.report
        left = []
        if self.length < len(report.text):
            left.append(f"the first {self.length:,} of {plural(len(report.text), 'character')} are shown")
        if len(self.flags) < len(report.flags):
            left.append(f"the first {len(self.flags):,} of {plural(len(report.flags), 'flag')} are marked")
        if len(self.sentences) < len(report.sentences):
            left.append(f"the first {len(self.sentences):,} of {plural(len(report.sentences), 'sentence')} have a bar")
        if not left:
            return ""
        return f'<p class="note">This text is too long for a page: {"; ".join(left)}. <code>--format jsonl</code> holds everything.</p>\n'

    def text(self) -> str:
        """The text cut at every border of a flag, a sentence or of furniture; each piece wrapped by what covers it."""
        text, flags = self.report.text, self.flags
        parts = set(_part_starts(text, self.length))
        bars = {s.start: _bar(s.score) for s in self.sentences}
        cuts = {0, self.length} | parts | set(bars)
        cuts.update(x for f in flags for x in (f.start, f.end))
        cuts.update(x for span in self.report.ignored for x in span)
        begins: dict[int, list[int]] = {}
        for number, flag in enumerate(flags):
            begins.setdefault(flag.start, []).append(number)
        greys, grey = sorted(self.report.ignored), 0
        open_flags: list[int] = []
        out = ['<div class="text" dir="auto"><div class="part">']
        for a, b in pairwise(sorted(x for x in cuts if 0 <= x <= self.length)):
            open_flags = [n for n in open_flags if flags[n].end > a] + begins.get(a, [])
            piece = _safe(text[a:b])
            for number in sorted(open_flags, key=lambda n: flags[n].end - flags[n].start):
                piece = self._mark(piece, number, is_first=flags[number].start == a, is_last=flags[number].end == b)
            while grey < len(greys) and greys[grey][1] <= a:
                grey += 1
            if grey < len(greys) and greys[grey][0] <= a:
                piece = f'<span class="ignored" title="page furniture, left out">{piece}</span>'
            out += ('</div><div class="part">' if a in parts else "", bars.get(a, ""), piece)
        return "".join(out) + "</div></div>"

    def _mark(self, piece: str, number: int, *, is_first: bool, is_last: bool) -> str:
        flag = self.flags[number]
        name = f' id="{self.prefix}m{number + 1}" tabindex="0"' if is_first else ""
        shown = f' data-n="{number + 1}"' if is_last else ""
        tip = f"{spoken(device_of(flag))}, chance {flag.probability:.2f}, {voice_of(flag.voice, flag.source)}"
        described = f' aria-describedby="{self.prefix}e{number + 1}"'
        return f'<mark class="{_safe(_mark_class(device_of(flag)))} {_safe(flag.voice)}"{name}{described}{shown} title="{_safe(tip)}">{piece}</mark>'

    def entries(self) -> str:
        """A list of what each mark says."""
        lines = Lines(self.report.text)
        items = "\n".join(_entry(flag, number, self.prefix, lines.place(flag.start)) for number, flag in enumerate(self.flags, start=1))
        return f"<ol>\n{items}\n</ol>\n"


def _part_starts(text: str, length: int) -> list[int]:
    """Where the parts of a long text begin, the first left out."""
    starts = [0]
    for found in _BLANK_LINE.finditer(text, 0, length):
        if found.end() - starts[-1] >= PART and found.end() < length:
            starts.append(found.end())
    return starts[1:]


def _bar(score: float) -> str:
    return f'<i class="s{round(10 * score)}" role="img" title="sentence score {score:.2f}"></i>'


def _mark_class(device: str) -> str:
    """The device as the name of a class, which holds no space."""
    return "-".join(device.split())


def _entry(flag: Flag, number: int, prefix: str, place: Sequence[int]) -> str:
    device, voice = _safe(device_of(flag)), _safe(flag.voice)
    rows = [
        f'<mark class="{_safe(_mark_class(device_of(flag)))} {voice}">{_safe(one_line(flag.text))}</mark> '
        f"<b>{_safe(spoken(device_of(flag)))}</b>, chance {flag.probability:.2f}, {_safe(voice_of(flag.voice, flag.source))} "
        f'<a class="soft" href="#{prefix}m{number}">line {place[0]}, column {place[1]}</a>',
        _safe(one_line(flag.reason)),
    ]
    if flag.suggestions:
        rows.append("Instead: " + ", ".join(f"<em>{_safe(one_line(s))}</em>" for s in flag.suggestions))
    if flag.why:
        evidence = "; ".join(f"{_safe(one_line(name))} {weight:+.2f}" for name, weight in flag.why[:MOST_EVIDENCE])
        rows.append(f'<span class="soft">Evidence: {evidence}</span>')
    chance = int(100 * flag.probability)  # rounded down, so that a flag is never shown above its chance
    return f'<li id="{prefix}e{number}" data-d="{device}" data-v="{voice}" data-p="{chance}">' + "<br>".join(rows) + "</li>"


def _safe(text: str) -> str:
    """`text` escaped for content and attributes; characters that HTML forbids become ``�``."""
    return escape(FORBIDDEN.sub("\ufffd", text), quote=True)


@lru_cache
def _style() -> str:
    return _asset("report.css") + "\n".join(f".framing .{name}{{--hue:{hue}}}" for name, hue in HUES.items()) + "\n"


@lru_cache
def _asset(name: str) -> str:
    """A file that goes into the page as it is."""
    return files("framing.rendering").joinpath("assets").joinpath(name).read_text(encoding="utf-8")
