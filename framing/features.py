"""What a word says on its own: small functions in visible lists.

A feature is a name and a value.  Heads add the features' weights up, at each offset of a window, so that a word's share
can be computed once and kept (see ``heads.py``).  Names are hashed with CRC-32, which is the same in every process; the
dictionary of names therefore need not be stored, and words never seen before have features like any other.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from framing.lexicon import Lexicon
from framing.tokens import Words, fold
from framing.vectors import WordVectors

VERSION = 2  # grows when any feature changes its name or value; a model says which it was trained with

Feature = tuple[str, float]

NAME, NUMERAL = "‹name›", "‹number›"  # how the heads see all names, and all numbers
LETTERS = 0.35  # how much an n-gram of letters weighs beside the word; a judgement, other values were not measured
LISTED = 1.5  # how much an entry of the lexicon weighs beside the word; of 1, 1.5 and 2 it had the best flags in whole articles
LONGEST = 24  # letters of a word that are looked at


def word(form: str, folded: str) -> Iterator[Feature]:
    """The word itself, whatever its case."""
    yield "w=" + folded, 1.0


def letters(form: str, folded: str) -> Iterator[Feature]:
    """Letter n-grams of length 3 to 5 with the word's ends marked: families of words share them (shame, shameful)."""
    if "‹" in folded:
        return
    marked = f"^{folded[:LONGEST]}$"
    for size in (3, 4, 5):
        for i in range(len(marked) - size + 1):
            yield "c=" + marked[i : i + size], LETTERS


def endings(form: str, folded: str) -> Iterator[Feature]:
    """The last two and three letters: what kind of word it is (-ly, -ed, -ing, -ist)."""
    if not folded.endswith("›"):
        yield "e2=" + folded[-2:], 0.5
        yield "e3=" + folded[-3:], 0.5


def shape(form: str, folded: str) -> Iterator[Feature]:
    """Capitals, digits, hyphens, punctuation.  A name is a name, in whatever letters."""
    if folded == NAME:
        return
    if form.isupper() and len(form) > 1:
        yield "shape=UPPER", 1.0
    elif form[:1].isupper():
        yield "shape=Title", 1.0
    elif not any(map(str.isalnum, form)):
        yield "shape=punctuation", 1.0
    elif form[:1].isdigit():
        yield "shape=digit", 1.0
    if "-" in folded[1:-1]:
        yield "shape=hyphen", 0.5


def parts(form: str, folded: str) -> Iterator[Feature]:
    """The parts of a hyphenated word, as words: far-right, anti-science."""
    if "-" in folded[1:-1]:
        for part in folded.split("-"):
            if part:
                yield "p=" + part, 0.7
                yield "w=" + part, 0.3


WORD_FEATURES: dict[str, tuple[Callable[[str, str], Iterator[Feature]], ...]] = {
    # The word that is judged: all there is to know.
    "full": (word, letters, endings, shape, parts),
    # Its neighbours: the word, its ending and shape; letters would drown them.
    "light": (word, endings, shape),
    # A sentence as a bag of words: case says little there.
    "bag": (word, letters, parts),
}


class Vocabulary:
    """What a model knows of words beyond their letters: the lexicon, which words occur in lower case, their vectors.

    A capitalised word that is no plain word is a name, and all names are one word to the heads: who or what is named
    must not move a flag.  So are all numbers.
    """

    def __init__(self, lexicon: Lexicon, plain: Iterable[str] = (), vectors: WordVectors | None = None) -> None:
        self.lexicon, self.plain = lexicon, frozenset(plain)
        self.vectors = vectors or WordVectors()

    def is_name(self, form: str) -> bool:
        """Is `form` a capitalised word that is not known in lower case?  Terms of the lexicon are no names."""
        if not form[:1].isupper():
            return False
        folded = fold(form)
        return folded not in self.plain and folded not in self.lexicon.single

    def spelling(self, form: str) -> str:
        """`form` as the heads see it: folded; names and numbers, also as parts (anti-X), as a sign."""
        if form[:1].isdigit():
            return NUMERAL
        if "-" in form[1:-1] and fold(form) not in self.lexicon.single:
            parts = [NAME if self.is_name(part) else fold(part) for part in form.split("-")]
            return NAME if all(part == NAME for part in parts) else "-".join(parts)
        return NAME if self.is_name(form) else fold(form)

    def features(self, form: str, kind: str) -> list[Feature]:
        """The features of the token `form` of one `kind`, a key of ``WORD_FEATURES``."""
        spelled = self.spelling(form)
        return [f for function in WORD_FEATURES[kind] for f in function(form, spelled)] + list(self.listed(spelled))

    def mean_vector(self, forms: Sequence[str]) -> np.ndarray:
        """The mean of the vectors of `forms`, words without one left out; zero when none has one; shape (dimensions,)."""
        found = self.vectors.of([self.spelling(form) for form in forms])
        return found.sum(axis=0) / max(int(found.any(axis=1).sum()), 1)

    def listed(self, spelled: str) -> Iterator[Feature]:
        """What the lexicon says of a single word: device and strength."""
        entries, single = self.lexicon.entries, self.lexicon.single
        found = single.get(spelled)
        if found is not None:
            entry = entries[found[0]]
            yield f"lex={entry.device}", LISTED
            yield f"lex={entry.strength}", LISTED
            yield f"lex={entry.device}{entry.strength}", LISTED
        elif "-" in spelled:  # anti-X, X-style: what is said of a part holds in part
            for part in spelled.split("-"):
                if part in single:
                    yield f"lexp={entries[single[part][0]].strength}", LISTED


LEAST_LOWER = 0.2  # of a word's occurrences; "russian" and "trump" are met in lower case too, but rarely


def plain_words(words: Words, counts: np.ndarray, *, least: int = 2) -> list[str]:
    """The words that are no names: seen in lower case at least `least` times, and not nearly always with a capital; sorted.

    `counts`: occurrences by word number.
    """
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for i in np.flatnonzero(counts).tolist():
        form = words.forms[i]
        if "-" not in form:
            (lower if form[:1].islower() else capital)[fold(form)] += int(counts[i])
    return sorted(word for word, n in lower.items() if n >= least and n >= LEAST_LOWER * (n + capital[word]))


def describe(name: str) -> str:
    """A feature's name in words, for `Flag.why`.

    >>> describe("w=regime"), describe("lex=doubt3")
    ('word “regime”', 'lexicon')
    """
    kind, _, value = name.partition("=")
    match kind:
        case "w" | "p":
            return f"word “{value}”"
        case "v":
            return "words it resembles"
        case "c" | "e2" | "e3":
            return "its letters"
        case "shape":
            return "its shape"
        case "lex" | "lexp":
            return "lexicon"
        case _:
            return name


def slot(name: str, size: int) -> int:
    """The column that the feature `name` has among `size` (a power of two)."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & (size - 1)
