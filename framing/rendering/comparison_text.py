"""A comparison as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from framing.rendering import one_line, plural, spoken

if TYPE_CHECKING:
    from framing.comparison import Comparison, Passage, Term, Topic
    from framing.resampling import Measure

TERMS = 12  # shown for each side
EXAMPLES = 3  # terms of each side that are shown where they stand
TOPICS = 12
BESIDE = 4  # terms shown beside a topic for each side
LONGEST_NAME = 24  # characters of a side's name
VOICES = {"author": "the writers' own", "others": "quoted and reported"}
NOTE = (
    "z compares how often a side has the word flagged with the other sides; beyond 1.96 either way chance alone takes one word in twenty.\n"
    "z takes each use for itself: look at the number of texts before you trust it."
)


def render(comparison: Comparison, *, terms: int = TERMS) -> str:
    """Rates by device, `terms` words of each side, and what stands beside the topics they share; no line end after it."""
    blocks = [_head(comparison)]
    blocks += [_rates(comparison, voice) for voice in VOICES]
    blocks += [_terms(comparison, voice, terms) for voice in VOICES]
    if comparison.topics:
        blocks.append(_topics(comparison))
    return "\n\n".join(blocks)


def side_name(name: str) -> str:
    """A side's name, short and safe to show."""
    name = one_line(name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def figure(measure: Measure, *, sign: bool = False) -> str:
    """A rate with its interval."""
    form = "+.2f" if sign else ".2f"
    if measure.value is None:
        return "-"
    return f"{measure.value:{form}}" + ("" if measure.low is None else f" [{measure.low:{form}}, {measure.high:{form}}]")


def is_apart(measure: Measure) -> bool:
    """Does the interval of a difference leave out 0?"""
    return measure.low is not None and measure.high is not None and (measure.low > 0 or measure.high < 0)


def leaning(topic: Topic, place: int) -> list[str]:
    """The terms beside a topic that lean to the side at `place`, each with its flags on every side."""
    chosen = sorted((b for b in topic.terms if b.z[place] > 0), key=lambda b: (-b.z[place], b.text))
    return [f"{one_line(b.text)} {'–'.join(map(str, b.flags))}" for b in chosen[:BESIDE]]


def _head(comparison: Comparison) -> str:
    rows = [["", "texts", "words", "in others' mouths", "flags left out as repeated"]]
    for side in comparison.sides:
        share = f"{100 * side.others_words / side.words:.0f} %"
        rows.append([side_name(side.name), f"{side.texts:,}", f"{side.words:,}", share, plural(side.repeated, "sentence")])
    return f"{one_line(comparison.model)}\n" + _table(rows)


def _rates(comparison: Comparison, voice: str) -> str:
    names = [side.name for side in comparison.sides]
    two = len(names) == 2
    rows = [["", *map(side_name, names), *(["difference"] if two else [])]]
    starred = False
    for device in dict.fromkeys(rate.device for rate in comparison.rates if rate.voice == voice):
        rates = [comparison.rate(name, device, voice=voice) for name in names]
        marks = [is_apart(rate.difference) for rate in rates]
        starred |= any(marks)
        cells = [figure(rate.per_1000_words) + ("" if two or not mark else " *") for rate, mark in zip(rates, marks, strict=True)]
        rows.append([spoken(device), *cells, *([figure(rates[0].difference, sign=True) + (" *" if marks[0] else "")] if two else [])])
    note = f"\n* the interval of the difference {'' if two else 'from the other sides '}leaves out 0" if starred else ""
    return f"Flags per 1,000 words of text, {VOICES[voice]}, with 95 % intervals\n{_table(rows)}{note}"


def _terms(comparison: Comparison, voice: str, limit: int) -> str:
    title = f"Words, {VOICES[voice]}: flags (texts) on each side"
    names = [side.name for side in comparison.sides]
    blocks: list[str] = []
    for place, name in enumerate(names):
        found = comparison.top(name, voice=voice, limit=limit)
        if not found:
            continue
        rows = [[f"more on {side_name(name)}", "device", *map(side_name, names), "log-odds", "z"]]
        for term in found:
            counts = [f"{n:,} ({texts:,})" for n, texts in zip(term.flags, term.texts, strict=True)]
            rows.append([shown(term), spoken(term.device), *counts, f"{term.log_odds[place]:+.2f}", f"{term.z[place]:+.2f}"])
        lines = [_table(rows)]
        lines += [f"    {sentence(passage)}" for term in found[:EXAMPLES] for passage in term.passages[place][:1]]
        blocks.append("\n".join(lines))
    if not blocks:
        least, texts = int(comparison.settings["min_count"]), int(comparison.settings["min_texts"])
        return f"{title}\n  none has {plural(least, 'flag')} and stands in {plural(texts, 'text')} of a side; ask for less with --min-count and --min-texts"
    return f"{title}\n" + "\n\n".join(blocks) + (f"\n{NOTE}" if voice == "author" else "")


def _topics(comparison: Comparison) -> str:
    names = [side.name for side in comparison.sides]
    rows = [["", "", "mentions", "flags per 100", "flagged words beside it: flags " + "–".join(map(side_name, names))]]
    for topic in comparison.topics[:TOPICS]:
        for place, name in enumerate(names):
            beside = ", ".join(leaning(topic, place)) or "-"
            rows.append(["" if place else one_line(topic.name), side_name(name), f"{topic.mentions[place]:,}", per_100(topic, place), beside])
    return f"Beside the same nouns, {VOICES['author']}\n{_table(rows)}"


def per_100(topic: Topic, place: int) -> str:
    """Flags near the topic for each 100 mentions of it."""
    return f"{100 * topic.flags[place] / topic.mentions[place]:.1f}"


def shown(term: Term) -> str:
    """A term as it is printed; scare quotes keep their marks."""
    return f"“{one_line(term.text)}”" if term.kind == "scare_quote" else one_line(term.text)


def sentence(passage: Passage) -> str:
    """A passage on one line, its words in brackets."""
    before, words, after = (" ".join(part.split()) for part in (passage.before, passage.words, passage.after))
    left = " " if before and passage.before[-1:].isspace() else ""
    right = " " if after and passage.after[:1].isspace() else ""
    return one_line(f"{before}{left}[[{words}]]{right}{after}")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
