"""A text in pieces for the formats that want tokens; every edge of a label is an edge of a piece, so that no label is lost.

These tokens are for the tools alone; the model's own are made in ``tokens.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PIECE = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")


def cut(text: str, edges: Iterable[int]) -> list[tuple[int, int]]:
    """The ranges of words and marks, cut where a label begins or ends.

    >>> cut("The far-right’s plan.", [4, 7])
    [(0, 3), (4, 7), (7, 15), (16, 20), (20, 21)]
    """
    return split([found.span() for found in _PIECE.finditer(text)], edges)


def split(ranges: Iterable[tuple[int, int]], edges: Iterable[int]) -> list[tuple[int, int]]:
    """The ranges, in order, each cut at the `edges` inside it."""
    return list(_split(ranges, sorted(set(edges))))


def _split(ranges: Iterable[tuple[int, int]], edges: list[int]) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in ranges:
        while at < len(edges) and edges[at] <= start:
            at += 1
        while at < len(edges) and edges[at] < end:
            yield start, edges[at]
            start = edges[at]
            at += 1
        yield start, end
