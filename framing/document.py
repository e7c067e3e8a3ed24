"""``read``: a text becomes a ``Document`` of sentences, tokens and quotation marks, with exact offsets.

Everything here is about where things are, nothing about what they mean.  Arrays are parallel to the tokens.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from framing import furniture, quotes
from framing.tokens import Words, ends_sentence, is_doubtful

Span = tuple[int, int]

TERMINALS = frozenset([".", "!", "?", "…", "...", "....", "?!", "!!", "。", "！", "？"])
CLOSING = frozenset([*quotes.MARKS, ")", "]", "}"])
WRAP_WIDTH = 100  # characters; a block whose lines are all shorter may have been wrapped by hand
LONGEST_SENTENCE = 2_000  # tokens; a hostile text without full stops is cut here, so that nothing is quadratic in it


@dataclass(frozen=True, slots=True)
class QuotePair:
    """A pair of marks: token numbers of the two marks, and the range of the text inside them."""

    opening: int
    closing: int
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A text that has been read.

    ``numbers``, ``starts``, ``ends`` have shape (tokens,): the word's number in ``words``, and its range.
    ``sentences`` has shape (sentences + 1,): the token number at which each sentence begins, and the token count.
    ``ignored`` are ranges of page furniture; ``furniture_sentences`` says which sentences lie in them.
    """

    text: str
    words: Words
    numbers: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    paragraphs: np.ndarray
    sentences: np.ndarray
    quotes: tuple[QuotePair, ...]
    ignored: tuple[Span, ...]
    furniture_sentences: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def tokens(self) -> list[str]:
        """The tokens as they stand in the text."""
        return [self.text[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]

    @cached_property
    def sentence_of(self) -> np.ndarray:
        """The sentence number of each token, shape (tokens,)."""
        return np.repeat(np.arange(len(self.sentences) - 1), np.diff(self.sentences))

    def sentence_span(self, number: int) -> Span:
        """Where sentence `number` stands in the text."""
        return int(self.starts[self.sentences[number]]), int(self.ends[self.sentences[number + 1] - 1])


def read(text: str, *, words: Words | None = None) -> Document:
    """Sentences, tokens and quotation marks of `text`.

    Raises ``TypeError`` when `text` is not a string.  Linear in the length of the text.

    >>> document = read("Mr. Lee left.  “Why?” she asked.")
    >>> [document.text[slice(*document.sentence_span(i))] for i in range(len(document.sentences) - 1)]
    ['Mr. Lee left.', '“Why?” she asked.']
    """
    if not isinstance(text, str):
        raise TypeError(f"framing reads str, not {type(text).__name__}; decode bytes first, e.g. data.decode('utf-8')")
    words = Words() if words is None else words
    numbers, starts, ends, newlines = words.cut(text)
    facts = words.facts(_describe)[numbers] if len(numbers) else np.zeros(0, np.uint8)
    ignored, in_furniture = _furniture(text, numbers, starts, ends, newlines, facts)
    breaks = _breaks(words, numbers, starts, ends, newlines)
    breaks[1:] |= in_furniture[1:] != in_furniture[:-1]  # no sentence runs into the page around it
    paragraphs = np.cumsum(breaks)
    sentences = _sentences(words, numbers, starts, ends, breaks, facts)
    return Document(
        text=text,
        words=words,
        numbers=numbers,
        starts=starts,
        ends=ends,
        paragraphs=paragraphs,
        sentences=sentences,
        quotes=_quotes(words, numbers, starts, ends, paragraphs, facts),
        ignored=ignored,
        furniture_sentences=in_furniture[sentences[:-1]] if len(numbers) else np.zeros(0, bool),
    )


# ---------------------------------------------------------------- what a token's form says, as bits
TERMINAL, CLOSES, MARK, LOWER, FURNITURE = 1, 2, 4, 8, 16


def _describe(form: str) -> int:
    return (
        TERMINAL * (form in TERMINALS or set(form) == {"."})
        | CLOSES * (form in CLOSING)
        | MARK * (form in quotes.MARKS)
        | LOWER * form[:1].islower()
        | FURNITURE * (form.lower().replace("’", "'") in furniture.FIRST_WORDS or form[:1].isdigit())
    )


def _breaks(words: Words, numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray, newlines: np.ndarray) -> np.ndarray:
    """Whether a paragraph or a headline ends before each token, shape (tokens,).

    A blank line always breaks.  A single line end breaks too, unless the block it stands in was wrapped by hand: no line
    longer than ``WRAP_WIDTH`` and some line that goes on in lower case.
    """
    breaks = newlines >= 2
    if not (newlines == 1).any():
        return breaks
    first = np.unique(np.concatenate([[0], np.flatnonzero(newlines)]))  # first token of each line
    last = np.append(first[1:], len(numbers)) - 1
    width = ends[last] - starts[first]
    lower = words.is_lower.view[numbers[first]] & (newlines[first] == 1)
    block = np.cumsum(breaks)[first]
    widest, continued = np.zeros(block[-1] + 1, np.int64), np.zeros(block[-1] + 1, bool)
    np.maximum.at(widest, block, width)
    np.logical_or.at(continued, block, lower)
    wrapped = (widest <= WRAP_WIDTH) & continued
    breaks[first[(newlines[first] == 1) & ~wrapped[block]]] = True
    return breaks


def _sentences(words: Words, numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray, breaks: np.ndarray, facts: np.ndarray) -> np.ndarray:
    """The token number at which each sentence begins, with the token count as the last entry."""
    n = len(numbers)
    if not n:
        return np.zeros(1, np.int64)
    begins = breaks.copy()
    begins[0] = True
    spaced = np.ones(n + 1, bool)
    spaced[1:n] = starts[1:] > ends[:-1]
    forms = words.forms
    dotted = words.facts(_is_dotted)[numbers].astype(bool)
    seen = 0  # a run of stops and closing marks is looked at once
    for i in np.flatnonzero(((facts & TERMINAL) != 0) | dotted).tolist():
        if i < seen:
            continue
        j = i + 1
        while j < n and not spaced[j] and facts[j] & (CLOSES | TERMINAL):
            j += 1
        seen = j
        if j >= n or begins[j] or not spaced[j]:
            continue
        opener = j
        while opener + 1 < min(n, j + 4) and facts[opener] & MARK and not spaced[opener + 1]:
            opener += 1
        if facts[opener] & LOWER:
            continue
        before, form = forms[numbers[i - 1]] if i else "", forms[numbers[i]]
        if dotted[i]:
            if j > i + 1 or ends_sentence(form, forms[numbers[opener]]):
                begins[j] = True
        elif form != "." or j > i + 1 or spaced[i] or not before or not is_doubtful(before) or ends_sentence(before, forms[numbers[opener]]):
            begins[j] = True
    bounds = np.append(np.flatnonzero(begins), n)
    if (np.diff(bounds) > LONGEST_SENTENCE).any():
        bounds = np.unique(np.concatenate([np.arange(a, b, LONGEST_SENTENCE) for a, b in pairwise(bounds)] + [[n]]))
    return bounds


def _is_dotted(form: str) -> int:
    return int(len(form) > 3 and form.endswith(".") and form[0].isalpha())


def _quotes(words: Words, numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray, paragraphs: np.ndarray, facts: np.ndarray) -> tuple[QuotePair, ...]:
    candidates = np.flatnonzero(facts & MARK).tolist()
    if not candidates:
        return ()
    forms = _Forms(words.forms, numbers)
    spaced = _Spaced(starts, ends)
    pairs = quotes.pair(forms, spaced, paragraphs, candidates)
    return tuple(QuotePair(a, b, int(starts[a + 1]), int(ends[b - 1])) for a, b in pairs if a + 1 < b)


class _Forms:
    """The forms of a document's tokens, looked up when asked for."""

    def __init__(self, forms: list[str], numbers: np.ndarray) -> None:
        self._forms, self._numbers = forms, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, i: int) -> str:
        return self._forms[self._numbers[i]]


class _Spaced:
    """Whether white space stands before a token."""

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self._starts, self._ends = starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, i: int) -> bool:
        return bool(i == 0 or self._starts[i] > self._ends[i - 1])


def _furniture(
    text: str, numbers: np.ndarray, starts: np.ndarray, ends: np.ndarray, newlines: np.ndarray, facts: np.ndarray
) -> tuple[tuple[Span, ...], np.ndarray]:
    """Ranges of page furniture, neighbours joined, and for each token whether it lies in one."""
    inside = np.zeros(len(numbers), bool)
    if not len(numbers):
        return (), inside
    first = np.unique(np.concatenate([[0], np.flatnonzero(newlines)]))
    last = np.append(first[1:], len(numbers)) - 1
    found: list[list[int]] = []
    suspects = np.flatnonzero((facts[first] & FURNITURE) != 0)
    previous = -2
    for line in suspects.tolist():
        a, b = int(first[line]), int(last[line])
        start, end = int(starts[a]), int(ends[b])
        if furniture.is_furniture(text[start:end]):
            inside[a : b + 1] = True
            if found and line == previous + 1:
                found[-1][1] = end
            else:
                found.append([start, end])
            previous = line
    if len(found) and inside.all() and len(first) == 1:  # a text of one line is somebody's sentence, not a page
        return (), np.zeros(len(numbers), bool)
    return tuple((a, b) for a, b in found), inside
