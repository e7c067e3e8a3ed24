"""Words counted: what every rate per 1,000 words is made with, in reports, pages, tables, columns and comparisons.

Counted by a pattern and not taken from a document, which reports do not carry and which would have to be read twice.  What is
left out of the scores, such as page furniture, is left out here too.  Nothing is divided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# A word begins with a letter and goes on through hyphens, apostrophes and dots inside it.
_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f\u00ad]*(?:[-'’.][^\W_][\w\u0300-\u036f\u00ad]*)*")


def count_words(text: str, ignored: Iterable[tuple[int, int]] = ()) -> int:
    """How many words `text` has outside the ranges `ignored`: what begins with a letter, joined by hyphens, apostrophes and dots.

    >>> count_words("The regime’s co-op, founded in 1998, left the U.N."), count_words("A vote. Share this", [(8, 18)])
    (8, 2)
    """
    return sum(len(_WORD.findall(text, start, end)) for start, end in _kept(text, ignored))


def word_starts(text: str, ignored: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Where the words that `count_words` counts begin, in order.

    >>> word_starts("A vote. Share this vote.", [(8, 18)])
    [0, 2, 19]
    """
    return [match.start() for start, end in _kept(text, ignored) for match in _WORD.finditer(text, start, end)]


def _kept(text: str, ignored: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges of `text` between those of `ignored`, which may touch or overlap."""
    begin = 0
    for start, end in sorted(ignored):
        yield begin, max(begin, start)
        begin = max(begin, end)
    yield begin, len(text)
