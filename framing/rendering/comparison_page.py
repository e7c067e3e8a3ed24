"""A comparison as a page of its own: rates with intervals and words by z as drawings, and the tables behind them.

The drawings are SVG inside the page; sides differ in shape as well as in colour, so that they can be told apart without it.
Here is where things stand in them; the templates in ``assets`` say how all this looks, and escape everything that comes from the
texts.  No scripts, nothing loaded from anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from framing.rendering import plural
from framing.rendering.comparison_text import NOTE, TOPICS, VOICES, figure, is_apart, shown, side_name
from framing.rendering.templates import fill

if TYPE_CHECKING:
    from framing.comparison import Comparison, Term

LISTED = 40  # words of a side in the tables
LABELLED = 11  # words of a side that are named in the drawing
WIDTH = 760  # of a drawing, in its own units
LETTER = 7.8  # the same units; of wide fonts: with 6.4 labels ran into each other where system-ui is DejaVu Sans
SIGNIFICANT = 1.96


def render(comparison: Comparison) -> str:
    """A whole page."""
    title = "framing: " + " and ".join(side_name(side.name) for side in comparison.sides)
    return fill("comparison_page.html", title=title, **_content(comparison))


def fragment(comparison: Comparison) -> str:
    """The same with its style, for a notebook's output."""
    return fill("comparison_fragment.html", **_content(comparison))


class Voice(NamedTuple):
    """What is shown of one voice: its rates by device, and the words of each side."""

    name: str
    rates_drawing: RatesDrawing
    rates: list[tuple[str, list[str]]]
    has_terms: bool
    words_drawing: WordsDrawing | None
    top: list[tuple[Term, ...]]


class Mark(NamedTuple):
    """The shape of a side at its place: circle, square, diamond, triangle; later sides hollow."""

    x: float
    y: float
    colour: str
    fill: str
    corners: str


class RatesDrawing(NamedTuple):
    """Devices below each other, for each side a mark with its interval."""

    width: int
    height: float
    left: int
    top: int
    legend: list[tuple[Mark, str]]
    ticks: list[tuple[float, str]]
    rows: list[tuple[float, str, list[tuple[Mark, float | None, float | None]]]]


class WordsDrawing(NamedTuple):
    """Words of two sides: how often they are flagged, to the right; how surely they belong to the upper side, upward."""

    width: int
    height: float
    left: int
    least: int
    most: int
    lines: list[tuple[float, str]]
    points: list[tuple[Term, Mark, float]]
    labels: list[tuple[float, float, str]]


def _content(comparison: Comparison) -> dict[str, Any]:
    names = [side_name(side.name) for side in comparison.sides]
    return {
        "comparison": comparison,
        "names": names,
        "sides_flags": [f"{name}: flags (texts)" for name in names],
        "voices": [_voice(comparison, voice) for voice in VOICES],
        "note": NOTE,
        "topics": comparison.topics[: 3 * TOPICS],
        "total": plural(len(comparison.topics), "noun"),
    }


def _voice(comparison: Comparison, voice: str) -> Voice:
    terms = [term for term in comparison.terms if term.voice == voice]
    return Voice(
        VOICES[voice],
        _rates_drawing(comparison, voice),
        _rates(comparison, voice),
        bool(terms),
        _words_drawing(comparison, voice, terms) if terms and len(comparison.sides) == 2 else None,
        [tuple(comparison.top(side.name, voice=voice, limit=LISTED)) for side in comparison.sides],
    )


def _mark(place: int, x: float, y: float) -> Mark:
    colour = f"var(--s{place % 6})"
    corners = {1: ((-4, -4), (4, -4), (4, 4), (-4, 4)), 2: ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)), 3: ((0, -5), (5, 4), (-5, 4))}.get(place % 4, ())
    return Mark(x, y, colour, colour if place < 6 else "none", " ".join(f"{x + a:.2f},{y + b:.2f}" for a, b in corners))


# ---------------------------------------------------------------- rates
def _rates_drawing(comparison: Comparison, voice: str) -> RatesDrawing:
    names = [side.name for side in comparison.sides]
    devices = [d for d in dict.fromkeys(rate.device for rate in comparison.rates if rate.voice == voice) if d != "all"]
    step = 12 * len(names) + 12
    left, top, height = 150, 26, step * len(devices) + 60
    rates = {(r.side, r.device): r.per_1000_words for r in comparison.rates if r.voice == voice}
    most = max([m.high or m.value or 0.0 for (_, device), m in rates.items() if device != "all"] + [0.1]) * 1.03

    def x(value: float | None) -> float:
        return left + (WIDTH - left - 20) * (value or 0.0) / most

    rows = []
    for row, device in enumerate(devices):
        middle = top + step * row + step / 2
        marks: list[tuple[Mark, float | None, float | None]] = []
        for place, name in enumerate(names):
            y, rate = middle + 12 * (place - (len(names) - 1) / 2), rates[name, device]
            ends = (None, None) if rate.low is None or rate.high is None else (x(rate.low), x(rate.high))
            marks.append((_mark(place, x(rate.value), y), *ends))
        rows.append((middle, device, marks))
    width = (WIDTH - left) / len(names)
    legend = [(_mark(place, left + width * place + 6, 10), side_name(name)) for place, name in enumerate(names)]
    return RatesDrawing(WIDTH, height, left, top, legend, [(x(tick), f"{tick:g}") for tick in _ticks(most)], rows)


def _ticks(most: float) -> list[float]:
    """Round values from 0 up to `most`, four to nine of them."""
    step = 10.0 ** math.floor(math.log10(most))
    step = next(s for s in (step, step / 2, step / 5) if most / s >= 4 or s == step / 5)
    return [round(step * k, 10) for k in range(int(most / step) + 1)]


def _rates(comparison: Comparison, voice: str) -> list[tuple[str, list[str]]]:
    """A row of figures for each device; for two sides with the difference, for more with a star at what is apart."""
    names = [side.name for side in comparison.sides]
    two = len(names) == 2
    rows = []
    for device in dict.fromkeys(rate.device for rate in comparison.rates if rate.voice == voice):
        rates = [comparison.rate(name, device, voice=voice) for name in names]
        stars = [" *" if is_apart(rate.difference) else "" for rate in rates]
        figures = [figure(rate.per_1000_words) + ("" if two else star) for rate, star in zip(rates, stars, strict=True)]
        rows.append((device, [*figures, figure(rates[0].difference, sign=True) + stars[0]] if two else figures))
    return rows


# ---------------------------------------------------------------- words
def _words_drawing(comparison: Comparison, voice: str, terms: Sequence[Term]) -> WordsDrawing:
    height, left, top, bottom = 560, 60, 30, 520
    most, reach = max(sum(t.flags) for t in terms), max(max(abs(t.z[0]) for t in terms), SIGNIFICANT) * 1.08
    least = min(sum(t.flags) for t in terms)
    span = math.log(most / least) or 1.0

    def x(term: Term) -> float:
        return left + 20 + (WIDTH - left - 170) * math.log(sum(term.flags) / least) / span

    def y(z: float) -> float:
        return top + (bottom - top) * (reach - z) / (2 * reach)

    named = {t for side in comparison.sides for t in comparison.top(side.name, voice=voice, limit=LABELLED)}
    taken: list[tuple[float, float, float]] = []
    points: list[tuple[Term, Mark, float]] = []
    labels: list[tuple[float, float, str]] = []  # drawn last, over every mark
    for term in sorted(terms, key=lambda t: (-abs(t.z[0]), t.text, t.kind)):
        mark = _mark(0 if term.z[0] > 0 else 1, x(term), y(term.z[0]))
        points.append((term, mark, 1.0 if abs(term.z[0]) >= SIGNIFICANT else 0.45))
        if term in named:
            line = _free_line(taken, mark.x + 9, mark.y + 4, LETTER * min(len(shown(term)), 26))
            if line is not None:
                labels.append((mark.x + 9, line, shown(term)[:26]))
    lines = [(y(0.0), "z = 0"), *((y(z), f"{z:+.2f}") for z in (SIGNIFICANT, -SIGNIFICANT))]
    return WordsDrawing(WIDTH, height, left, least, most, lines, points, labels)


def _free_line(taken: list[tuple[float, float, float]], x: float, y: float, width: float) -> float | None:
    """Where a label of `width` fits near (x, y) without hiding another, or None; takes the place."""
    for shift in (0, -6, 6, -12, 12):
        if all(abs(y + shift - other_y) >= 12 or x + width < other_x or other_x + other_width < x for other_x, other_y, other_width in taken):
            taken.append((x, y + shift, width))
            return y + shift
    return None
