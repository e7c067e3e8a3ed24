"""A comparison as one tidy table: a row for each figure of each side."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from framing.rendering import one_line
from framing.rendering.csv import guarded

if TYPE_CHECKING:
    from framing.comparison import Comparison

COLUMNS = (
    *("table", "side", "voice", "device", "topic", "term", "kind", "flags", "texts", "mentions"),
    *("per_1000_words", "low", "high", "difference", "difference_low", "difference_high", "log_odds", "z"),
)


def render(comparison: Comparison) -> str:
    """CSV with a header.  ``table`` says what a row is: ``side``, ``rate``, ``term`` or ``topic`` (a term beside a topic).

    Words and names that a spreadsheet would take for a formula get an apostrophe before them, as in the table of flags.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    words = {side.name: side.words for side in comparison.sides}
    for side in comparison.sides:
        writer.writerow({"table": "side", "side": _cell(side.name), "texts": side.texts})
    for rate in comparison.rates:
        own, gap = rate.per_1000_words, rate.difference
        row = {"table": "rate", "side": _cell(rate.side), "voice": rate.voice, "device": rate.device, "flags": rate.flags}
        row |= {"per_1000_words": own.value, "low": own.low, "high": own.high}
        writer.writerow(row | {"difference": gap.value, "difference_low": gap.low, "difference_high": gap.high})
    for term in comparison.terms:
        for place, name in enumerate(words):
            row = {"table": "term", "side": _cell(name), "voice": term.voice, "device": term.device, "term": _cell(term.text), "kind": term.kind}
            row |= {"flags": term.flags[place], "texts": term.texts[place], "per_1000_words": 1000 * term.flags[place] / words[name]}
            writer.writerow(row | {"log_odds": term.log_odds[place], "z": term.z[place]})
    for topic in comparison.topics:
        for beside in topic.terms:
            for place, name in enumerate(words):
                row = {"table": "topic", "side": _cell(name), "voice": "author", "topic": _cell(topic.name), "term": _cell(beside.text)}
                writer.writerow(row | {"flags": beside.flags[place], "mentions": topic.mentions[place], "z": beside.z[place]})
    return out.getvalue()


def _cell(text: str) -> str:
    """`text` on one line, and no formula."""
    return guarded(one_line(text))
