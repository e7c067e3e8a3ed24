"""Text into words, and the ends of sentences; the only door to nltk.

A text is cut once, by ``RegexpTokenizer``, into *pieces*: a token with the white space before it.  The pieces join to the
text again, so offsets are sums of lengths and need no second pass.  Each distinct piece is looked up once and from then
on is a number; everything after that is arithmetic on arrays.

Sentence ends are Punkt's (Kiss and Strunk, 2006) with a hand-kept list of abbreviations, hence without data files.  Where
Punkt needs no thought (a full stop after a word that is no abbreviation, initial or number) its rule is applied to whole
arrays; in the rest ``PunktSentenceTokenizer`` itself is asked, once per pair of neighbours.
"""

import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain

import numpy as np
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from nltk.tokenize.regexp import RegexpTokenizer

# One word: letters, digits, combining accents, joined by hyphens and apostrophes.  A final 's is a token of its own, so that
# "the regime's" flags "regime".  Dotted abbreviations (U.S., a.m.) and numbers (1,200.5) stay whole.  What is left is one
# punctuation mark, but for runs of dots, dashes and the typewriter's `` and ''.
# White space is what str.strip takes off: nltk compiles with the regex module, whose \s lacks the separators U+001C to U+001F.
SPACES = r"[\s\x1c-\x1f]"
# The first line says nothing that the others do not: most words are plain letters, and matching them early saves a quarter of the time.
PIECES = (
    r" ?[A-Za-z]{2,}(?![\w'’\-\u0300-\u036f\u00ad])"
    rf"|{SPACES}*(?:"
    r"(?:[^\W\d_]\.){2,}"
    r"|\d+(?:[.,:]\d+)+"
    r"|\w[\w\u0300-\u036f\u00ad]*(?:(?:-|['’](?![sS]\b))\w[\w\u0300-\u036f\u00ad]*)*"
    r"|['’][sS]\b"
    r"|\.{2,}|-{2,}|``|''"
    r"|[^\s\x1c-\x1f])"
    rf"|{SPACES}+"
)

# Collected by hand; lower case, without the last dot.
# Most stand for a title, a place or a month and are capitalised: "Ill." is a state, "ill." ends a sentence.
ABBREVIATIONS = frozenset(
    """adm al apr assn asst atty aug ave bldg blvd brig bros c ca capt cf cmdr co col comm comdr cong corp cpl d.c dec del dem dept det
    dir dist dr e.g ed esq est et etc ex ext feb fig fl fr ft gen gov govs hon i.e inc insp jan jr jul jun lt ltd maj mar messrs mfg
    mgr mr mrs ms msgr mt mx no nov oct op p.m a.m p pfc ph.d pl pp pres prof prop pt pte pvt q.v rd re rep reps ret rev rt sec sen
    sens sep sept sgt sp spc sq sr st ste supt surg tel tenn treas univ u.k u.n u.s u.s.a v va vol vols vs wm a.k.a approx
    ariz ark calif colo conn fla ga ill ind kan ky mass md mich minn miss mo mont neb nev n.c n.d n.h n.j n.m n.y okla ore pa r.i s.c
    s.d tex vt w.va wash wis wyo""".split()
)
LOWER_CASE_ABBREVIATIONS = frozenset("approx al a.m p.m e.g i.e etc vs v viz cf ca est p pp vol vols a.k.a q.v".split())
# Capitalised words that begin sentences far more often than they follow an abbreviation inside one.
STARTERS = frozenset(
    """the a an he she it they we you i this that these those but and in on at for as if when while after before its his her their our my there
    what who why how not no""".split()
)

WORD, NUMBER, PUNCTUATION, SPACE = range(4)
PORTION = 1 << 18  # characters that are cut by one call of nltk
LONGEST_KEPT = 48  # characters; longer pieces are rare, and hostile ones could be huge, so they are not kept


def fold(form: str) -> str:
    """How words are compared: lower case, typewriter apostrophes."""
    return form.lower().replace("’", "'")


def key_of(form: str) -> int:
    """A hash of the folded form, in 32 bits, the same in every process."""
    return zlib.crc32(fold(form).encode("utf-8", "surrogatepass"))


class Index(dict[str, int]):
    """Piece -> number; a piece met for the first time is numbered and described by its `Words`."""

    def __init__(self, words: "Words") -> None:
        super().__init__()
        self._words = words

    def __missing__(self, piece: str) -> int:
        return self._words.add(piece)


class Column:
    """A numpy array that grows: values are appended to a list, which `view` moves into the array when it is next looked at."""

    def __init__(self, dtype: str) -> None:
        self._data = np.zeros(4096, dtype)
        self._size = 0
        self._fresh: list[int] = []
        self._lock = threading.Lock()
        self.append = self._fresh.append

    def __len__(self) -> int:
        with self._lock:  # in the middle of a move values would be counted twice
            return self._size + len(self._fresh)

    def extend(self, values: Iterable[int]) -> None:
        self._fresh.extend(values)

    @property
    def view(self) -> np.ndarray:
        """The values so far, shape (values,)."""
        if self._fresh:
            with self._lock:
                count = len(self._fresh)  # another thread may append meanwhile
                size = self._size + count
                if size > len(self._data):
                    self._data = np.concatenate([self._data[: self._size], np.zeros(size, self._data.dtype)])
                self._data[self._size : size] = self._fresh[:count]
                self._size = size
                del self._fresh[:count]
        return self._data[: self._size]


class Words:
    """Every distinct piece and every distinct token seen so far, as numbers, with what their letters say.

    A token's number indexes `forms`; tables of per-word rows elsewhere are parallel to it.  Grows with the vocabulary;
    whoever owns it replaces it by a fresh one when it has grown too large (``Model`` does).
    """

    def __init__(self) -> None:
        self.index = Index(self)
        self.forms: list[str] = []
        self.folded: list[str] = []
        self.word_kind = Column("int8")
        self.is_lower = Column("bool")
        self.keys = Column("uint32")
        self._numbers: dict[str, int] = {}
        self._length, self._lead, self._newlines, self._number = Column("int32"), Column("int32"), Column("int8"), Column("int32")
        self._facts: dict[Callable[[str], int], Column] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self.forms)

    def add(self, piece: str) -> int:
        """The number of `piece`, which is described if it is new."""
        with self._lock:
            known = dict.get(self.index, piece)
            if known is not None:
                return known
            form = piece.lstrip()
            lead = len(piece) - len(form)
            piece_number = len(self._length)
            self._length.append(len(piece))
            self._lead.append(lead)
            self._newlines.append(min(2, len(NEWLINES.findall(piece, 0, lead))))
            self._number.append(self.number(form))
            if len(piece) <= LONGEST_KEPT:
                dict.__setitem__(self.index, piece, piece_number)
            return piece_number

    def facts(self, describe: Callable[[str], int], dtype: str = "uint8") -> np.ndarray:
        """``describe(form)`` of every token, as numbers of type `dtype` parallel to ``forms``; each form is described once."""
        with self._lock:
            column = self._facts.get(describe)
            if column is None:
                column = self._facts[describe] = Column(dtype)
            column.extend(map(describe, self.forms[len(column) :]))
            return column.view

    def number(self, form: str) -> int:
        """The number of the token `form`."""
        with self._lock:
            found = self._numbers.get(form)
            if found is None:
                found = len(self.forms)
                if len(form) <= LONGEST_KEPT:
                    self._numbers[form] = found
                self.forms.append(form if len(form) <= LONGEST_KEPT else form[:LONGEST_KEPT])
                self.folded.append(fold(self.forms[-1]))
                self.word_kind.append(_kind(form))
                self.is_lower.append(form[:1].islower())
                self.keys.append(key_of(form))
            return found

    def cut(self, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Numbers, starts and ends of the tokens of `text`, and how many line ends precede each (0, 1, 2 for more)."""
        pieces = list(chain.from_iterable(map(_tokenizer().tokenize, _portions(text))))
        index = np.fromiter(map(self.index.__getitem__, pieces), dtype=np.int64, count=len(pieces))
        ends = np.cumsum(self._length.view[index], dtype=np.int64)
        starts = ends - self._length.view[index] + self._lead.view[index]
        numbers = self._number.view[index]
        solid = starts < ends
        if not solid.all():  # white space at the end of the text, or of a portion, is no token
            numbers, starts, ends, index = numbers[solid], starts[solid], ends[solid], index[solid]
        return numbers, starts, ends, self._newlines.view[index]


NEWLINES = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029\x85]")


def _kind(form: str) -> int:
    if not form:
        return SPACE
    if any(map(str.isalpha, form)):
        return WORD
    return NUMBER if form[0].isdigit() else PUNCTUATION


def _portions(text: str) -> Iterator[str]:
    """`text` in parts of at most ``PORTION`` characters, cut before white space where there is any.

    nltk from 3.10 on stops a match after some seconds by the clock: however slow the machine, a part takes far less.
    """
    start = 0
    while len(text) - start > PORTION:
        last = max(text.rfind(" ", start, start + PORTION), text.rfind("\n", start, start + PORTION))
        while last > start and text[last - 1].isspace():
            last -= 1
        end = last if last > start else start + PORTION
        yield text[start:end]
        start = end
    yield text[start:]


@cache
def _tokenizer() -> RegexpTokenizer:
    return RegexpTokenizer(PIECES)


@cache
def _punkt() -> PunktSentenceTokenizer:
    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATIONS)
    parameters.sent_starters = set(STARTERS)
    return PunktSentenceTokenizer(parameters)


@lru_cache(maxsize=1 << 16)
def ends_sentence(before: str, after: str) -> bool:
    """Does the full stop between the words `before` and `after` end a sentence?  Punkt's answer.

    >>> ends_sentence("Mr", "Smith"), ends_sentence("left", "Smith")
    (False, True)
    """
    stop = "" if before.endswith(".") else "."
    return bool(_punkt().text_contains_sentbreak(f"{before}{stop} {after} "))


@lru_cache(maxsize=1 << 16)
def is_doubtful(form: str) -> bool:
    """Does Punkt have to think about a full stop after `form`: an abbreviation, an initial, a number, a dotted word?"""
    if len(form) == 1 or "." in form or form[0].isdigit():
        return True
    return form.lower() in ABBREVIATIONS if form[0].isupper() else form in LOWER_CASE_ABBREVIATIONS
