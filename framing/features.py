"""What a word says on its own: small functions in visible lists.

A feature is a name and a value.  Heads add the features' weights up, at each offset of a window, so that a word's share
can be computed once and kept (see ``heads.py``).  Names and n-grams of letters are hashed, the same way in every process;
the dictionary of names therefore need not be stored, and words never seen before have features like any other.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from framing.lexicon import Lexicon
from framing.tokens import Words, fold, key_of
from framing.vectors import WordVectors

VERSION = 4  # grows when any feature changes its name or value; a model says which it was trained with

Feature = tuple[str, float]

NAME, NUMERAL = "‹name›", "‹number›"  # how the heads see all names, and all numbers
LENGTHS = (3, 4, 5)  # of n-grams of letters
LETTERS = 0.35  # how much an n-gram of letters weighs beside the word; a judgement, other values were not measured
LISTED = 1.5  # how much an entry of the lexicon weighs beside the word; of 1, 1.5 and 2 it had the best flags in whole articles
LONGEST = 24  # letters of a word that are looked at


def word(form: str, folded: str) -> Sequence[Feature]:
    """The word itself, whatever its case."""
    return (("w=" + folded, 1.0),)


def endings(form: str, folded: str) -> Sequence[Feature]:
    """The last two and three letters: what kind of word it is (-ly, -ed, -ing, -ist)."""
    if folded.endswith("›"):
        return ()
    return ("e2=" + folded[-2:], 0.5), ("e3=" + folded[-3:], 0.5)


def shape(form: str, folded: str) -> Sequence[Feature]:
    """Capitals, digits, hyphens, punctuation.  A name is a name, in whatever letters."""
    if folded == NAME:
        return ()
    hyphen = (("shape=hyphen", 0.5),) if "-" in folded[1:-1] else ()
    if form.isalpha() and form.islower():
        return hyphen
    if form.isupper() and len(form) > 1:
        seen = "UPPER"
    elif form[:1].isupper():
        seen = "Title"
    elif not any(map(str.isalnum, form)):
        seen = "punctuation"
    elif form[:1].isdigit():
        seen = "digit"
    else:
        return hyphen
    return ("shape=" + seen, 1.0), *hyphen


def parts(form: str, folded: str) -> Sequence[Feature]:
    """The parts of a hyphenated word, as words: far-right, anti-science."""
    if "-" not in folded[1:-1]:
        return ()
    return [feature for part in folded.split("-") if part for feature in (("p=" + part, 0.7), ("w=" + part, 0.3))]


def listed(spelled: str, lexicon: Lexicon) -> Sequence[Feature]:
    """What the lexicon says of a single word: device and strength."""
    found = lexicon.single.get(spelled)
    if found is not None:
        entry = lexicon.entries[found[0]]
        return (f"lex={entry.device}", LISTED), (f"lex={entry.strength}", LISTED), (f"lex={entry.device}{entry.strength}", LISTED)
    if "-" not in spelled:
        return ()
    # anti-X, X-style: what is said of a part holds in part
    return [(f"lexp={lexicon.entries[lexicon.single[part][0]].strength}", LISTED) for part in spelled.split("-") if part in lexicon.single]


def part_of_speech(spelled: str, lexicon: Lexicon) -> Sequence[Feature]:
    """Verb, noun, adjective or other, where the lexicon lists the word."""
    found = lexicon.single.get(spelled)
    return ((f"pos={lexicon.entries[found[0]].pos}", 1.0),) if found else ()


@dataclass(frozen=True)
class Kind:
    """What is told of a word: functions of its form, the n-grams of its letters, what the lexicon says of it, its vector.

    `vector`: how much the vector weighs beside the word; `vector_of_terms`: do the lexicon's terms have one, too?
    """

    functions: tuple[Callable[[str, str], Sequence[Feature]], ...]
    letters: bool = False
    lexicon: bool = True
    part_of_speech: bool = False
    vector: float = 0.0
    vector_of_terms: bool = True


# How much a vector weighs in the devices and quotes heads: with 3 macro-F1 over five folds of our own pairs of marks (before
# quotes3) was 0.783, with 1 0.768, without vectors 0.739.
RESEMBLANCE = 3.0
KINDS = {
    # The word that is judged: all there is to know.  A listed word is judged by that: with a vector too, "alleged" was seldom a doubt.
    "full": Kind((word, endings, shape, parts), letters=True, vector=1.0, vector_of_terms=False),
    # Its neighbours: the word, its ending and shape; letters would drown them.
    "light": Kind((word, endings, shape)),
    # A sentence as a bag of words: case says little there.
    "bag": Kind((word, parts), letters=True, vector=1.0),
    # A flagged word, of which the device is asked.
    "span": Kind((word, endings, shape, parts), letters=True, part_of_speech=True, vector=RESEMBLANCE),
    # The words around quotation marks, one by one, ...
    "beside": Kind((word, endings), lexicon=False),
    # ... and what they are like.
    "company": Kind((), lexicon=False, vector=RESEMBLANCE),
}


class Vocabulary:
    """What a model knows of words beyond their letters: the lexicon, which words occur in lower case, their vectors.

    A capitalised word that is no plain word is a name, and all names are one word to the heads: who or what is named
    must not move a flag.  So are all numbers.
    """

    def __init__(self, lexicon: Lexicon, plain: Iterable[str] = (), vectors: WordVectors | None = None) -> None:
        self.lexicon, self.plain = lexicon, frozenset(plain)
        self.vectors = vectors or WordVectors()
        self.spelling = lru_cache(maxsize=1 << 15)(self._spell)

    def is_name(self, form: str) -> bool:
        """Is `form` a capitalised word that is not known in lower case?  Terms of the lexicon are no names."""
        if not form[:1].isupper():
            return False
        folded = fold(form)
        return folded not in self.plain and folded not in self.lexicon.single

    def _spell(self, form: str) -> str:
        """`form` as the heads see it: folded; names and numbers, also as parts (anti-X), as a sign."""
        if form[:1].isdigit():
            return NUMERAL
        if "-" in form[1:-1] and fold(form) not in self.lexicon.single:
            parts = [NAME if self.is_name(part) else fold(part) for part in form.split("-")]
            return NAME if all(part == NAME for part in parts) else "-".join(parts)
        return NAME if self.is_name(form) else fold(form)

    def key(self, form: str) -> int:
        """32 bits of a word, whatever its case; names and numbers are one word each."""
        spelled = self.spelling(form)
        return 1 if spelled == NAME else 2 if spelled == NUMERAL else key_of(form)

    def features(self, form: str, kind: str) -> list[Feature]:
        """The features of the token `form` of one `kind`, a key of ``KINDS``; its letters and its vector left out."""
        spelled, told = self.spelling(form), KINDS[kind]
        out = [feature for function in told.functions for feature in function(form, spelled)]
        if told.lexicon:
            out += listed(spelled, self.lexicon)
        if told.part_of_speech:
            out += part_of_speech(spelled, self.lexicon)
        return out

    def vectors_of(self, forms: Sequence[str], kind: str) -> np.ndarray:
        """The vectors of `forms` as one `kind` of features has them, zero where there is none; shape (forms, dimensions)."""
        told = KINDS[kind]
        if not told.vector:
            return np.zeros((len(forms), 0), np.float32)
        spelled = [self.spelling(form) for form in forms]
        if not told.vector_of_terms:
            spelled = ["" if word in self.lexicon.single else word for word in spelled]
        return self.vectors.of(spelled) * np.float32(told.vector)


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
        case "letters" | "e2" | "e3":
            return "its letters"
        case "shape":
            return "its shape"
        case "lex" | "lexp":
            return "lexicon"
        case _:
            return name


def ngrams(spelled: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each length of n-gram: hashes of those in all the words, in order, and where each word's begin, (words + 1,).

    The words' ends are marked, so that families share them (shame, shameful).  Names and numbers have none.  All words are
    hashed at once, since their letters were most of the time that a new word took.
    """
    marked = ["" if "‹" in word else f"^{word[:LONGEST]}$" for word in spelled]
    codes = np.frombuffer("".join(marked).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(word) for word in marked], np.int64)
    starts = np.cumsum(lengths) - lengths
    for size in LENGTHS:
        counts = np.maximum(lengths - size + 1, 0)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        first = np.repeat(starts - bounds[:-1], counts) + np.arange(bounds[-1])
        hashed = np.full(len(first), size, np.uint32)
        for k in range(size):
            hashed = (hashed ^ codes[first + k]) * np.uint32(0x01000193)  # FNV-1a over code points
        hashed ^= hashed >> np.uint32(15)  # its low bits alone know little of the first letters
        yield hashed, bounds


@lru_cache(maxsize=1 << 16)
def hash_of(name: str) -> int:
    """32 bits of the feature `name`, the same in every process."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass"))


def slot(name: str, size: int) -> int:
    """The column that the feature `name` has among `size` (a power of two)."""
    return hash_of(name) & (size - 1)
