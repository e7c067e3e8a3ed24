"""What a word says on its own: small functions in visible lists.

A feature is a name and a value.  Heads add the features' weights up, at each offset of a window, so that a word's share
can be computed once and kept (see ``heads.py``).  Names are hashed with CRC-32, which is the same in every process; the
dictionary of names therefore need not be stored, and words never seen before have features like any other.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence

from framing.lexicon import Lexicon
from framing.tokens import fold

VERSION = 1  # grows when any feature changes its name or value; a model says which it was trained with

Feature = tuple[str, float]

LETTERS = 0.35  # how much an n-gram of letters weighs beside the word; found on AnnoLexical dev, flat from 0.25 to 0.5
LONGEST = 24  # letters of a word that are looked at


def word(form: str, folded: str) -> Iterator[Feature]:
    """The word itself, whatever its case."""
    yield "w=" + folded, 1.0


def letters(form: str, folded: str) -> Iterator[Feature]:
    """Letter n-grams of length 3 to 5 with the word's ends marked: families of words share them (shame, shameful)."""
    marked = f"^{folded[:LONGEST]}$"
    for size in (3, 4, 5):
        for i in range(len(marked) - size + 1):
            yield "c=" + marked[i : i + size], LETTERS


def endings(form: str, folded: str) -> Iterator[Feature]:
    """The last two and three letters: what kind of word it is (-ly, -ed, -ing, -ist)."""
    yield "e2=" + folded[-2:], 0.5
    yield "e3=" + folded[-3:], 0.5


def shape(form: str, folded: str) -> Iterator[Feature]:
    """Capitals, digits, hyphens, punctuation."""
    if form.isupper() and len(form) > 1:
        yield "shape=UPPER", 1.0
    elif form[:1].isupper():
        yield "shape=Title", 1.0
    elif not any(map(str.isalnum, form)):
        yield "shape=punctuation", 1.0
    elif form[:1].isdigit():
        yield "shape=digit", 1.0
    if "-" in form and len(form) > 1:
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


def lexical(lexicon: Lexicon) -> Callable[[str, str], Iterator[Feature]]:
    """What the lexicon says of a single word: device and strength."""
    entries, single = lexicon.entries, lexicon.single

    def looked_up(form: str, folded: str) -> Iterator[Feature]:
        found = single.get(folded)
        if found is None and "-" in folded:  # anti-X, X-style: what is said of a part holds in part
            for part in folded.split("-"):
                if part in single:
                    yield f"lexp={entries[single[part][0]].strength}", 1.0
        if found is not None:
            entry = entries[found[0]]
            yield f"lex={entry.device}", 1.0
            yield f"lex={entry.strength}", 1.0
            yield f"lex={entry.device}{entry.strength}", 1.0

    return looked_up


def describe(name: str) -> str:
    """A feature's name in words, for `Flag.why`.

    >>> describe("w=regime"), describe("lex=doubt3")
    ('word “regime”', 'lexicon')
    """
    kind, _, value = name.partition("=")
    match kind:
        case "w" | "p":
            return f"word “{value}”"
        case "c" | "e2" | "e3":
            return "its letters"
        case "shape":
            return "its shape"
        case "lex" | "lexp":
            return "lexicon"
        case _:
            return name


def named(form: str, kind: str, extra: Sequence[Callable[[str, str], Iterator[Feature]]] = ()) -> list[Feature]:
    """The features of the token `form` of one `kind` (a key of ``WORD_FEATURES``), then those of `extra`."""
    folded = fold(form)
    return [feature for function in (*WORD_FEATURES[kind], *extra) for feature in function(form, folded)]


def slot(name: str, size: int) -> int:
    """The column that the feature `name` has among `size` (a power of two)."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & (size - 1)
