"""Which quotation marks belong together.

Takes the tokens of a text and gives back pairs of token numbers.  Knows “ ” " ‘ ’ ' « » „ “ and `` '', nesting, and
quotations that run over paragraphs with the mark repeated at each one's start.  A mark left open stays alone and hides
nothing; apostrophes, elisions (’n’, ’90s) and inches (5'11") are no marks.  It does not say what a pair is *for*; that is
judged later.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

MARKS = frozenset(["“", "”", '"', "‘", "’", "'", "«", "»", "„", "‚", "``", "''", "‹", "›", "＂", "‟", "‛"])

# Which marks may close what another one opened.
CLOSERS = {
    "“": "”\"“", '"': '"”', "``": ("''", '"', "”"), "„": "“”\"", "«": "»", "‹": "›", "‘": "’'", "'": "'’", "‚": "‘’", "''": ("''",), "＂": "＂",
    "‟": "”", "‛": "’",
}  # fmt: skip
ONLY_OPEN = frozenset(["„", "``", "‚", "‟", "‛"])
APOSTROPHES = frozenset("’'")
# Words that lose their first letters in speech and in headlines; the mark before them is an apostrophe.
ELISIONS = frozenset("n em til tis twas cause bout round cos tude nuff ere gainst neath cept".split())


_Item = TypeVar("_Item", covariant=True)


class Row(Protocol[_Item]):
    """What is asked of the tokens: a length and the item at a place; lists have it, and views that look up late."""

    def __len__(self) -> int: ...
    def __getitem__(self, i: int, /) -> _Item: ...


class Mark(NamedTuple):
    """One candidate: its token number, its form, and what stands around it (white space, start and end count as open)."""

    token: int
    form: str
    opens: bool
    closes: bool
    paragraph: int
    first: bool  # the first token of its paragraph


def pair(forms: Row[str], spaced: Row[bool], paragraphs: Row[int], candidates: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of token numbers (opening mark, closing mark), in order of the opening mark.

    `forms`: the tokens; `spaced`: whether white space precedes each; `paragraphs`: the paragraph number of each;
    `candidates`: the numbers of the tokens that are in ``MARKS``.
    """
    marks = [_mark(forms, spaced, paragraphs, i) for i in candidates]
    marks = [m for m in marks if m.opens or m.closes]
    pairs: list[tuple[int, int]] = []
    open_marks: list[Mark] = []
    carried: dict[str, Mark] = {}  # marks left open by the paragraph before, by form
    paragraph = -1
    for k, mark in enumerate(marks):
        if mark.paragraph != paragraph:
            follows = mark.paragraph == paragraph + 1
            carried = {m.form: carried.get(m.form, m) if m.first else m for m in open_marks} if follows else {}
            open_marks, paragraph = [], mark.paragraph
        opener = _match(open_marks, mark) if mark.closes else None
        if opener is not None and _is_possessive(forms, spaced, mark) and _closes_later(marks, k, opener, forms, spaced):
            continue
        if opener is not None:
            start = carried.pop(opener.form, opener) if opener.first else opener
            del open_marks[open_marks.index(opener) :]
            pairs.append((start.token, mark.token))
        elif mark.opens:
            # The same mark again before the first was closed: the first was left open.
            open_marks = [m for m in open_marks if m.form != mark.form or m.form == "“" != mark.form]
            open_marks.append(mark)
    return sorted(pairs)


def _mark(forms: Row[str], spaced: Row[bool], paragraphs: Row[int], i: int) -> Mark:
    form = forms[i]
    last = len(forms) - 1
    before = forms[i - 1] if i and not spaced[i] else ""
    after = forms[i + 1] if i < last and not spaced[i + 1] else ""
    first = i == 0 or paragraphs[i - 1] != paragraphs[i]
    opens = bool(after) and (not before or not before[-1].isalnum()) and (before[-1:] not in tuple(".,!?;") or not before)
    closes = bool(before) and not (after and after[0].isalnum() and before[-1] not in ".,!?")
    if form == "“":
        closes = closes and not opens
    elif form == "”":
        opens = False
        closes = closes or bool(before) or (i > 0 and not first)
    elif form in "«»‹›":  # French sets them apart with spaces
        opens, closes = form in "«‹", form in "»›"
    elif form == "‘" or form in ONLY_OPEN:
        opens, closes = bool(after), form == "‘" and closes and not opens
    elif form in APOSTROPHES:
        opens = opens and form == "'" and not _is_elision(after)
        if before in MARKS and before not in APOSTROPHES and closes and not opens:
            closes = True
    elif form == '"' and before and before[-1].isdigit() and i >= 2 and _is_measure(forms, spaced, i):
        opens = closes = False
    elif form in ('"', "＂") and not opens and not closes:
        # Alone between spaces, or glued on both sides: take what fits.
        opens = closes = bool(before) == bool(after)
    return Mark(i, form, opens, closes, int(paragraphs[i]), first)


def _is_elision(after: str) -> bool:
    return after.lower() in ELISIONS or (after[:1].isdigit() and after.lower().endswith("s")) or (after[:2].isdigit() and len(after) == 2)


def _is_measure(forms: Row[str], spaced: Row[bool], i: int) -> bool:
    """5'11": feet, inches.  The tokenizer keeps 5'11 in one piece, 5’ 11 in two or three."""
    token = forms[i - 1]
    return "'" in token or "’" in token or (not spaced[i - 1] and forms[i - 2] in ("'", "’", "′"))


def _is_possessive(forms: Row[str], spaced: Row[bool], mark: Mark) -> bool:
    """the workers’ union: after an s, before a word in lower case."""
    i = mark.token
    if mark.form not in APOSTROPHES or forms[i - 1][-1:] not in ("s", "S", "x", "z"):
        return False
    return i + 1 < len(forms) and spaced[i + 1] and forms[i + 1][:1].islower()


def _closes_later(marks: Sequence[Mark], k: int, opener: Mark, forms: Row[str], spaced: Row[bool]) -> bool:
    """Is there a better mark for `opener` before the paragraph ends or another quotation opens?"""
    for later in marks[k + 1 : k + 8]:
        if later.paragraph != opener.paragraph or (later.opens and not later.closes):
            return False
        if later.closes and later.form in CLOSERS[opener.form] and not _is_possessive(forms, spaced, later):
            return True
    return False


def _match(open_marks: Sequence[Mark], mark: Mark) -> Mark | None:
    for opener in reversed(open_marks):
        if mark.form in CLOSERS[opener.form]:
            return opener
    return None
