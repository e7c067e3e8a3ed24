"""What is known about a pair of quotation marks: small functions in a visible list.

Each takes a ``Place`` (the pair in its document) and yields named features; the quotes head adds their weights up, and to
them what it knows of the words inside the marks, before, after, and in the rest of the sentence (``PARTS``, ``ranges``).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from framing.cues import ACCORDING, JUDGES, SAYS, THINKS, traits
from framing.features import Feature
from framing.heads import Part
from framing.tokens import Words, fold

NEAR = 12  # tokens on either side that are looked at for cues
BESIDE, FAR = 3, 60  # tokens beside the marks, and of the sentence, whose vectors are looked at
# The words that the head is told of: those inside as words and by what they are like, each of the three on either side, the first
# and the last inside, and what the ones beside and in the rest of the sentence, which stands on both sides, are like.
PARTS = (
    Part("in", "full", power=0.5), Part("i", "company"), Part("i0", "beside"), Part("i-1", "beside"),
    Part("b0", "beside"), Part("b1", "beside"), Part("b2", "beside"), Part("a0", "beside"), Part("a1", "beside"), Part("a2", "beside"),
    Part("b", "company"), Part("a", "company"), Part("s", "company"), Part("s", "company"),
)  # fmt: skip
# How a flag's evidence calls them.
PART_NAMES = {
    "in": "the words inside", "i": "what the words inside resemble", "i0": "the first word inside", "i-1": "the last word inside",
    "b0": "the word before", "b1": "the second word before", "b2": "the third word before",
    "a0": "the word after", "a1": "the second word after", "a2": "the third word after",
    "b": "what the words before resemble", "a": "what the words after resemble", "s": "what the rest of the sentence resembles",
}  # fmt: skip
NAMING = frozenset("called dubbed titled entitled named nicknamed known term terms word words phrase phrases label labelled labeled listed marked defined definition means meaning meant coined refers referred euphemism buzzword jargon slang category stamped classified designated".split())
WORKS = frozenset(
    """film movie book novel song album show series programme program play opera painting documentary podcast episode memoir essay poem magazine column exhibition game track single
    video hit sitcom drama thriller bestseller host hosts star stars starring act bill law campaign operation project initiative rally tour sign signs banner banners slogan chant chanted chanting chants hashtag
    motto cap hat shirt t-shirt sticker mural headline article ad advert advertisement commercial sketch anthem report plan""".split()
)
SNEERS = frozenset("so-called supposed supposedly self-styled self-proclaimed self-described alleged purported purportedly claim claims claiming guise name pretend pretends pretending posing ostensibly allegedly mere".split())
DOUBTS = frozenset(
    """version versions account accounts assertion questioned disputed doubted denied denies contested rejected question questions dispute disputes
    doubt doubts insist insists insisted euphemism""".split()
)
DOCUMENTS = frozenset("poll tweet statement letter email interview memo court filing ruling report".split())
DETERMINERS = frozenset("the a an their his her its our your this that these those such some any more no my".split())


NAMES, WORK, SNEER, PAPER, DOUBT = 1, 2, 4, 8, 16
HEARD = SAYS | THINKS | JUDGES | ACCORDING


def _bits(form: str) -> int:
    """Which of the lists above hold `form`, as bits."""
    word = fold(form)
    return NAMES * (word in NAMING) | WORK * (word in WORKS) | SNEER * (word in SNEERS) | PAPER * (word in DOCUMENTS) | DOUBT * (word in DOUBTS)


class Page:
    """The tokens around pairs of marks as plain lists, which are quicker to look into than arrays, a few at a time.

    `bounds`: where sentences begin, and the count of tokens.
    """

    def __init__(self, words: Words, numbers: np.ndarray, bounds: np.ndarray) -> None:
        self.forms, self.folded = words.forms, words.folded
        self.numbers, self.bounds = numbers.tolist(), bounds.tolist()
        cues, bits = words.facts(traits, "int32")[numbers] & HEARD, words.facts(_bits)[numbers]
        notable = np.flatnonzero(cues | bits)
        self.notable, self.cues, self.bits = notable.tolist(), cues[notable].tolist(), bits[notable].tolist()


class Place:
    """A pair of marks, the tokens number `opening` and `closing` of `page`, and the words around it.

    ``inside``: the words in the marks; ``before``, ``second_before`` and ``after``: the folded words beside them, or ∅ beyond the
    sentence; ``cues_before`` and ``cues_after``: (how far, cue bits, bits) of words near by that are cues or in the lists above.
    """

    def __init__(self, page: Page, opening: int, closing: int) -> None:
        self.page, self.opening, self.closing = page, opening, closing
        first, last = bisect_right(page.bounds, opening), bisect_right(page.bounds, closing)
        self.sentence_start, self.sentence_end = page.bounds[first - 1], page.bounds[last]
        self.sentences_spanned = last - first + 1
        numbers, folded = page.numbers, page.folded
        left, right = max(self.sentence_start, opening - NEAR), min(self.sentence_end, closing + 1 + NEAR)
        self.before = folded[numbers[opening - 1]] if opening > self.sentence_start else "∅"
        self.second_before = folded[numbers[opening - 2]] if opening > self.sentence_start + 1 else "∅"
        self.after = folded[numbers[closing + 1]] if closing + 1 < self.sentence_end else "∅"
        self.inside = [page.forms[n] for n in numbers[opening + 1 : min(closing, opening + 1 + NEAR)]]
        self.cues_before = [(opening - 1 - i, cue, bits) for i, cue, bits in self._notable(left, opening)]
        self.cues_after = [(i - closing - 1, cue, bits) for i, cue, bits in self._notable(closing + 1, right)]

    def _notable(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        page = self.page
        a, b = bisect_left(page.notable, start), bisect_left(page.notable, end)
        return zip(page.notable[a:b], page.cues[a:b], page.bits[a:b], strict=True)

    def form(self, i: int) -> str:
        """The token number `i`, or an empty string beyond the sentence."""
        return self.page.forms[self.page.numbers[i]] if self.sentence_start <= i < self.sentence_end else ""

    @property
    def length(self) -> int:
        return self.closing - self.opening - 1


def phrase(place: Place) -> Iterator[Feature]:
    """The two words before, as one."""
    if place.second_before != "∅":
        yield f"b01={place.second_before} {place.before}", 0.7


def hyphens(place: Place) -> Iterator[Feature]:
    """What stands before a hyphen inside: non-military, pro-life; what is denied or claimed."""
    for form in place.inside:
        front, hyphen, _ = form.partition("-")
        if hyphen and front:
            yield "ip=" + fold(front), 1.0


def size(place: Place) -> Iterator[Feature]:
    """How many words, how many sentences."""
    n = place.length
    yield f"n={min(n, 6) if n < 10 else 10 if n < 20 else 20}", 1.0
    if n <= 4:
        yield "short", 1.0
    if place.sentences_spanned > 1:
        yield "sentences>1", 1.0


def capitals(place: Place) -> Iterator[Feature]:
    """Title case, a capital first letter, all in lower case."""
    words = [w for w in place.inside if w[:1].isalpha()]
    if not words:
        return
    titled = sum(w[:1].isupper() for w in words) / len(words)
    first = words[0][:1].isupper()
    opens_sentence = place.opening == place.sentence_start
    yield f"caps={'all' if titled == 1 else 'most' if titled > 0.5 else 'some' if titled > 0 else 'none'}:{min(len(words), 3)}", 1.0
    yield f"first-cap={first}:{opens_sentence}", 1.0
    if all(w.isupper() and len(w) > 1 for w in words):
        yield "all-upper", 1.0


def punctuation(place: Place) -> Iterator[Feature]:
    """The mark itself, and commas and stops on either side of the closing one."""
    mark = place.form(place.opening)
    yield "mark=" + mark, 0.7
    last = place.form(place.closing - 1)
    following = place.form(place.closing + 1)
    inner = last if last in (".", ",", "!", "?", ";", "…", "...") else "w"
    outer = following if following and not following[0].isalnum() else "w" if following else "∅"
    yield f"end={inner}|{outer}", 1.0
    if last in "!?":
        yield "exclaims", 0.7


def cues(place: Place) -> Iterator[Feature]:
    """Verbs of saying near the pair, and words that name, sneer, doubt or announce a work."""
    for side, found in (("b", place.cues_before), ("a", place.cues_after)):
        for k, cue, bits in found:
            near = "0" if k == 0 else "1" if k <= 2 else "2" if k <= 5 else "3"
            if cue & SAYS:
                yield f"{side}:says:{near}", 1.0
            if cue & JUDGES:
                yield f"{side}:judges:{near}", 1.0
            if cue & THINKS and not cue & SAYS:
                yield f"{side}:thinks:{near}", 0.7
            if bits & NAMES:
                yield f"{side}:names:{near}", 1.0
            if bits & WORK:
                yield f"{side}:work:{near}", 1.0
            if bits & SNEER:
                yield f"{side}:sneers:{near}", 1.0
            if bits & DOUBT:
                yield f"{side}:doubts:{'near' if k < 6 else 'far'}", 1.0
            if cue & ACCORDING:
                yield f"{side}:according", 1.0
            if bits & PAPER:
                yield f"{side}:document", 0.7


def frame(place: Place) -> Iterator[Feature]:
    """Its place in the phrase and in the sentence."""
    before, after = place.before, place.after
    determined = before in DETERMINERS or before in ("'s", "’s")
    follows = "noun" if after[:1].isalpha() else "stop" if after in (".", ",", ";", ":", "∅") else "other"
    yield f"det={determined}:{follows}", 1.0
    yield f"det={before if determined else '-'}:{place.length if place.length < 4 else 4}", 0.7
    if place.opening == place.sentence_start and place.closing >= place.sentence_end - 2:
        yield "whole-sentence", 1.0
    elif place.opening == place.sentence_start:
        yield "starts-sentence", 1.0
    heard = [cue for _, cue, _ in place.cues_before + place.cues_after]
    said, judged = any(cue & SAYS for cue in heard), any(cue & JUDGES for cue in heard)
    yield f"cue={said}{judged}:{'long' if place.length > 5 else 'short'}", 1.0
    if not said and not judged:
        yield f"no-cue:{determined}:{place.length if place.length < 4 else 4}", 1.0


PAIR_FEATURES: tuple[Callable[[Place], Iterator[Feature]], ...] = (phrase, hyphens, size, capitals, punctuation, cues, frame)


def features(place: Place) -> Iterator[Feature]:
    """All named features of `place`."""
    for function in PAIR_FEATURES:
        yield from function(place)


def ranges(places: Sequence[Place]) -> np.ndarray:
    """Where the words of ``PARTS`` stand, as ranges of token numbers, shape (places, parts, 2); one that is beyond the sentence is empty."""
    rows = [(place.opening, place.closing, place.sentence_start, place.sentence_end) for place in places]
    opening, closing, first, end = np.array(rows, np.int64).reshape(-1, 4).T
    far = np.minimum(end, first + FAR)
    inside = (opening + 1, np.minimum(closing, opening + 1 + NEAR))
    found = [
        inside,
        inside,
        (opening + 1, opening + 2),
        (closing - 1, closing),
        *((np.maximum(first, opening - k), np.maximum(first, opening - k + 1)) for k in (1, 2, 3)),
        *((np.minimum(end, closing + k), np.minimum(end, closing + k + 1)) for k in (1, 2, 3)),
        (np.maximum(first, opening - BESIDE), opening),
        (closing + 1, np.minimum(end, closing + 1 + BESIDE)),
        (first, np.minimum(opening, far)),
        (closing + 1, np.maximum(closing + 1, far)),
    ]
    return np.stack([np.stack(part, axis=1) for part in found], axis=1)
