"""A comparison as a page of its own: rates with intervals and words by z as drawings, and the tables behind them.

The drawings are SVG inside the page; sides differ in shape as well as in colour, so that they can be told apart without it.
Everything that comes from the texts is escaped by ``markup.py``.  No scripts, nothing loaded from anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from framing.rendering import one_line, plural, spoken
from framing.rendering.comparison_text import NOTE, TOPICS, VOICES, figure, is_apart, leaning, per_100, shown, side_name
from framing.rendering.markup import Content, Markup, document, element

if TYPE_CHECKING:
    from framing.comparison import Comparison, Passage, Term

LISTED = 40  # words of a side in the tables
LABELLED = 11  # words of a side that are named in the drawing
WIDTH = 760  # of a drawing, in its own units
LETTER = 7.8  # the same units; of wide fonts: with 6.4 labels ran into each other where system-ui is DejaVu Sans
SIGNIFICANT = 1.96

STYLE = """
.compare{--paper:#fff;--ink:#1d1d1f;--soft:#5c5c66;--line:#d9d9de;color:var(--ink);background:var(--paper);
--s0:#0072b2;--s1:#c04d00;--s2:#007a5a;--s3:#a8437f;--s4:#8a6d00;--s5:#3a7ca5;
font:1rem/1.5 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
.compare h1{font-size:1.3rem}.compare h2{font-size:1.08rem;margin:1.8rem 0 .4rem}.compare h3{font-size:1rem;margin:1rem 0 .3rem}
.compare p.soft,.compare .soft{color:var(--soft);font-size:.86rem}
.compare .wide{overflow-x:auto}
.compare table{border-collapse:collapse;font-size:.86rem;margin:.4rem 0}
.compare th,.compare td{text-align:left;padding:.2rem .7rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.compare td.n,.compare th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.compare svg{display:block;width:100%;height:auto;margin:.6rem 0}
.compare svg text{fill:var(--ink);font:12px system-ui,sans-serif}
.compare svg .soft{fill:var(--soft)}.compare svg .name{paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.compare svg .axis{stroke:var(--line)}.compare svg .zero{stroke:var(--soft)}
.compare mark{background:none;color:inherit;font-weight:700;text-decoration:underline}
.compare summary{cursor:pointer;font-size:.9rem}
.compare blockquote{margin:.2rem 0 .2rem 1rem;font:.95rem/1.45 Georgia,serif}
@media (prefers-color-scheme:dark){.compare{--paper:#17181b;--ink:#e8e8ea;--soft:#a2a2ad;--line:#3a3b41;
--s0:#5bb8f0;--s1:#f0954f;--s2:#4dc9a4;--s3:#e08fc0;--s4:#d9bd4a;--s5:#8fc4e0}}
@media print{.compare details:not([open])>*{display:block}}
""".strip()


def render(comparison: Comparison) -> str:
    """A whole page."""
    title = "framing: " + " and ".join(side_name(side.name) for side in comparison.sides)
    page = "body{margin:0}@media (prefers-color-scheme:dark){body{background:#17181b}}\n"
    return document(title, page + STYLE, _section(comparison))


def fragment(comparison: Comparison) -> str:
    """The same with its style, for a notebook's output."""
    return element("style", Markup(STYLE)) + _section(comparison)


def _section(comparison: Comparison) -> Markup:
    names = [side_name(side.name) for side in comparison.sides]
    content: list[Content] = [element("h1", "Loaded words compared: ", ", ".join(names)), _sides(comparison)]
    for voice, spoken_of in VOICES.items():
        content += [element("h2", f"Flags per 1,000 words of text, {spoken_of}"), _rate_drawing(comparison, voice), _rate_table(comparison, voice)]
    for voice, spoken_of in VOICES.items():
        content.append(element("h2", f"Words, {spoken_of}"))
        if not any(term.voice == voice for term in comparison.terms):
            content.append(element("p", "No word is used often enough to be compared.", class_="soft"))
            continue
        if len(names) == 2:
            content.append(_word_drawing(comparison, voice))
        content += [_word_table(comparison, voice, place) for place in range(len(names))]
    content.append(element("p", NOTE, class_="soft"))
    if comparison.topics:
        content += [element("h2", "Beside the same nouns, the writers' own"), _topic_table(comparison)]
    return element("section", content, class_="compare")


def _table(head: Sequence[Content], rows: Sequence[Sequence[Content]], *, words: int) -> Markup:
    """A table whose first `words` columns are text and the others numbers."""

    def cell(name: str, content: Content, place: int) -> Markup:
        return element(name, content, class_="n" if place >= words else None)

    top = element("tr", [element("th", content, class_="n" if place >= words else None, scope="col") for place, content in enumerate(head)])
    body = [element("tr", [cell("td", content, place) for place, content in enumerate(row)]) for row in rows]
    return element("div", element("table", element("thead", top), element("tbody", body)), class_="wide")


def _sides(comparison: Comparison) -> Markup:
    rows: list[list[Content]] = [
        [side_name(s.name), f"{s.texts:,}", f"{s.words:,}", f"{100 * s.others_words / s.words:.0f} %", s.repeated] for s in comparison.sides
    ]
    table = _table(["", "texts", "words", "in others’ mouths", "repeated sentences left out"], rows, words=1)
    return element("div", table, element("p", one_line(comparison.model), "; intervals: 95 %, by resampling texts", class_="soft"))


# ---------------------------------------------------------------- rates
def _rate_drawing(comparison: Comparison, voice: str) -> Markup:
    """Devices below each other, for each side a mark with its interval."""
    names = [side.name for side in comparison.sides]
    devices = [d for d in dict.fromkeys(rate.device for rate in comparison.rates if rate.voice == voice) if d != "all"]
    step = 12 * len(names) + 12
    left, top, height = 150, 26, step * len(devices) + 60
    rates = {(r.side, r.device): r.per_1000_words for r in comparison.rates if r.voice == voice}
    most = max([m.high or m.value or 0.0 for (_, device), m in rates.items() if device != "all"] + [0.1]) * 1.03

    def x(value: float) -> float:
        return left + (WIDTH - left - 20) * value / most

    parts: list[Content] = [element("title", f"Flags per 1,000 words by device, {VOICES[voice]}; the table below has the figures")]
    parts += _legend(names, left)
    for tick in _ticks(most):
        parts += [
            element("line", x1=x(tick), x2=x(tick), y1=top, y2=height - 34, class_="axis"),
            element("text", f"{tick:g}", x=x(tick), y=height - 18, text_anchor="middle"),
        ]
    for row, device in enumerate(devices):
        middle = top + step * row + step / 2
        parts.append(element("text", spoken(device), x=left - 10, y=middle + 4, text_anchor="end"))
        for place, name in enumerate(names):
            y, measure = middle + 12 * (place - (len(names) - 1) / 2), rates[name, device]
            if measure.low is not None and measure.high is not None:
                parts.append(element("line", x1=x(measure.low), x2=x(measure.high), y1=y, y2=y, stroke=_colour(place), stroke_width=2))
            parts.append(_mark(place, x(measure.value or 0.0), y))
    parts.append(element("text", "flags per 1,000 words", x=(left + WIDTH - 20) / 2, y=height - 4, text_anchor="middle", class_="soft"))
    return element("svg", parts, viewBox=f"0 0 {WIDTH} {height}", role="img")


def _ticks(most: float) -> list[float]:
    """Round values from 0 up to `most`, four to nine of them."""
    step = 10.0 ** math.floor(math.log10(most))
    step = next(s for s in (step, step / 2, step / 5) if most / s >= 4 or s == step / 5)
    return [round(step * k, 10) for k in range(int(most / step) + 1)]


def _legend(names: Sequence[str], left: float) -> list[Content]:
    width = (WIDTH - left) / len(names)
    out: list[Content] = []
    for place, name in enumerate(names):
        out += [_mark(place, left + width * place + 6, 10), element("text", side_name(name), x=left + width * place + 16, y=14)]
    return out


def _colour(place: int) -> str:
    return f"var(--s{place % 6})"


def _mark(place: int, x: float, y: float) -> Markup:
    """The shape of a side: circle, square, diamond, triangle; later sides hollow."""
    fill = _colour(place) if place < 6 else "none"
    paint: dict[str, str | int | float | bool | None] = {"fill": fill, "stroke": _colour(place), "stroke_width": 1.5}
    corners = {1: ((-4, -4), (4, -4), (4, 4), (-4, 4)), 2: ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)), 3: ((0, -5), (5, 4), (-5, 4))}.get(place % 4)
    if corners is None:
        return element("circle", cx=x, cy=y, r=4.5, **paint)
    return element("polygon", points=" ".join(f"{x + a:.2f},{y + b:.2f}" for a, b in corners), **paint)


def _rate_table(comparison: Comparison, voice: str) -> Markup:
    names = [side.name for side in comparison.sides]
    two = len(names) == 2
    rows: list[list[Content]] = []
    for device in dict.fromkeys(rate.device for rate in comparison.rates if rate.voice == voice):
        rates = [comparison.rate(name, device, voice=voice) for name in names]
        row: list[Content] = [spoken(device), *(figure(r.per_1000_words) + ("" if two or not is_apart(r.difference) else " *") for r in rates)]
        rows.append([*row, figure(rates[0].difference, sign=True) + (" *" if is_apart(rates[0].difference) else "")] if two else row)
    note = element("p", f"* the interval of the difference {'' if two else 'from the other sides '}leaves out 0", class_="soft")
    head = ["", *map(side_name, names), *(["difference"] if two else [])]
    return element("details", element("summary", "The figures"), _table(head, rows, words=1), note)


# ---------------------------------------------------------------- words
def _word_drawing(comparison: Comparison, voice: str) -> Markup:
    """Words of two sides: how often they are flagged, to the right; how surely they belong to the upper side, upward."""
    terms = [term for term in comparison.terms if term.voice == voice]
    height, left, top, bottom = 560, 60, 30, 520
    most, reach = max(sum(t.flags) for t in terms), max(max(abs(t.z[0]) for t in terms), SIGNIFICANT) * 1.08
    least = min(sum(t.flags) for t in terms)
    span = math.log(most / least) or 1.0

    def x(term: Term) -> float:
        return left + 20 + (WIDTH - left - 170) * math.log(sum(term.flags) / least) / span

    def y(z: float) -> float:
        return top + (bottom - top) * (reach - z) / (2 * reach)

    upper, lower = (side_name(side.name) for side in comparison.sides)
    parts: list[Content] = [element("title", f"Words by how often they are flagged and by z, {VOICES[voice]}; the tables below have the figures")]
    for z in (0.0, SIGNIFICANT, -SIGNIFICANT):
        parts += [
            element("line", x1=left, x2=WIDTH, y1=y(z), y2=y(z), class_="axis" if z else "zero", stroke_dasharray="4 3" if z else None),
            element("text", f"{z:+.2f}" if z else "z = 0", x=left - 8, y=y(z) + 4, text_anchor="end", class_="soft"),
        ]
    parts += [
        element("text", f"▲ more on {upper}", x=left, y=16, fill=_colour(0)),
        element("text", f"▼ more on {lower}", x=left, y=height - 22, fill=_colour(1)),
        element(
            "text", f"flags on both sides: {least:,} at the left, {most:,} at the right (log scale)", x=WIDTH, y=height - 6, text_anchor="end", class_="soft"
        ),
    ]
    names = {t for side in comparison.sides for t in comparison.top(side.name, voice=voice, limit=LABELLED)}
    taken: list[tuple[float, float, float]] = []
    labels: list[Content] = []  # drawn last, over every mark
    for term in sorted(terms, key=lambda t: (-abs(t.z[0]), t.text, t.kind)):
        place, at = (0 if term.z[0] > 0 else 1), (x(term), y(term.z[0]))
        tip = element("title", f"{shown(term)}: {' – '.join(map(str, term.flags))}, z {term.z[0]:+.2f}")
        faint = 1.0 if abs(term.z[0]) >= SIGNIFICANT else 0.45
        parts.append(element("g", tip, _mark(place, *at), opacity=faint))
        if term in names:
            line = _free_line(taken, at[0] + 9, at[1] + 4, LETTER * min(len(shown(term)), 26))
            if line is not None:
                labels.append(element("text", shown(term)[:26], x=at[0] + 9, y=line, class_="name"))
    return element("svg", parts, labels, viewBox=f"0 0 {WIDTH} {height}", role="img")


def _free_line(taken: list[tuple[float, float, float]], x: float, y: float, width: float) -> float | None:
    """Where a label of `width` fits near (x, y) without hiding another, or None; takes the place."""
    for shift in (0, -6, 6, -12, 12):
        if all(abs(y + shift - other_y) >= 12 or x + width < other_x or other_x + other_width < x for other_x, other_y, other_width in taken):
            taken.append((x, y + shift, width))
            return y + shift
    return None


def _word_table(comparison: Comparison, voice: str, place: int) -> Markup:
    names = [side_name(side.name) for side in comparison.sides]
    found = comparison.top(comparison.sides[place].name, voice=voice, limit=LISTED)
    if not found:
        return element("h3", f"More on {names[place]}: none")
    rows: list[list[Content]] = []
    for term in found:
        counts = [f"{n:,} ({texts:,})" for n, texts in zip(term.flags, term.texts, strict=True)]
        rows.append([_word(term, place), spoken(term.device), *counts, f"{term.log_odds[place]:+.2f}", f"{term.z[place]:+.2f}"])
    table = _table(["word", "device", *(f"{name}: flags (texts)" for name in names), "log-odds", "z"], rows, words=2)
    return element("div", element("h3", f"More on {names[place]}"), table)


def _word(term: Term, place: int) -> Content:
    if not term.passages or not term.passages[place]:
        return shown(term)
    return element("details", element("summary", shown(term)), [element("blockquote", _marked(p)) for p in term.passages[place]])


def _marked(passage: Passage) -> list[Content]:
    return [passage.before, element("mark", passage.words), passage.after]


def _topic_table(comparison: Comparison) -> Markup:
    names = [side_name(side.name) for side in comparison.sides]
    rows: list[list[Content]] = []
    for topic in comparison.topics[: 3 * TOPICS]:
        for place, name in enumerate(names):
            beside = ", ".join(leaning(topic, place)) or "-"
            rows.append(["" if place else one_line(topic.name), name, beside, f"{topic.mentions[place]:,}", per_100(topic, place)])
    order = "–".join(names)
    note = plural(len(comparison.topics), "noun") + f" that all sides use near flags; after each word its flags, {order}"
    return element("div", element("p", note, class_="soft"), _table(["", "", "leans to this side", "mentions", "flags per 100"], rows, words=3))
