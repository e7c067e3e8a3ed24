"""What is known about a pair of quotation marks: small functions in a visible list.

Each takes a ``Place`` (the pair in its document) and yields named features; the quotes head adds their weights up.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

from framing.cues import JUDGES, SAYS, THINKS, cue_bits
from framing.document import Document, QuotePair
from framing.features import Feature, Vocabulary
from framing.tokens import fold

NEAR = 12  # tokens on either side that are looked at for cues
BESIDE, FAR = 3, 60  # tokens beside the marks, and of the sentence, whose vectors are looked at
# How much a vector weighs beside the words: with 3 macro-F1 over five folds of our own pairs (before quotes3) is 0.783, with 1 0.768,
# without vectors 0.739.
RESEMBLANCE = 3.0
NAMING = frozenset("called dubbed titled entitled named nicknamed known term terms word words phrase phrases label labelled labeled listed marked defined definition means meaning meant coined refers referred euphemism buzzword jargon slang category stamped classified designated".split())
WORKS = frozenset(
    """film movie book novel song album show series programme program play opera painting documentary podcast episode memoir essay poem magazine column exhibition game track single
    video hit sitcom drama thriller bestseller host hosts star stars starring act bill law campaign operation project initiative rally tour sign signs banner banners slogan chant chanted chanting chants hashtag
    motto cap hat shirt t-shirt sticker mural headline article ad advert advertisement commercial sketch anthem report plan""".split()
)
SNEERS = frozenset("so-called supposed supposedly self-styled self-proclaimed self-described alleged purported purportedly claim claims claiming guise name pretend pretends pretending posing ostensibly allegedly mere".split())
DETERMINERS = frozenset("the a an their his her its our your this that these those such some any more no my".split())


class Place:
    """A pair of marks in its document, and the words around it."""

    def __init__(self, document: Document, pair: QuotePair) -> None:
        self.document, self.pair = document, pair
        sentence_of = document.sentence_of
        first, last = int(sentence_of[pair.opening]), int(sentence_of[pair.closing])
        self.sentence_start = int(document.sentences[first])
        self.sentence_end = int(document.sentences[last + 1])
        self.sentences_spanned = last - first + 1

    def form(self, i: int) -> str:
        """The token number `i`, or an empty string beyond the sentence."""
        if self.sentence_start <= i < self.sentence_end:
            return self.document.words.forms[self.document.numbers[i]]
        return ""

    @cached_property
    def inside(self) -> list[str]:
        return [self.form(i) for i in range(self.pair.opening + 1, min(self.pair.closing, self.pair.opening + 13))]

    @cached_property
    def before(self) -> list[str]:
        """Folded words before the pair, the nearest first."""
        return [fold(self.form(i)) for i in range(self.pair.opening - 1, max(self.sentence_start, self.pair.opening - 1 - NEAR) - 1, -1)]

    @cached_property
    def after(self) -> list[str]:
        """Folded words after the pair, the nearest first."""
        return [fold(self.form(i)) for i in range(self.pair.closing + 1, min(self.sentence_end, self.pair.closing + 1 + NEAR))]

    @property
    def length(self) -> int:
        return self.pair.closing - self.pair.opening - 1


def neighbours(place: Place) -> Iterator[Feature]:
    """The three words on either side, by place."""
    for side, words in (("b", place.before), ("a", place.after)):
        for k in range(3):
            word = words[k] if k < len(words) else "∅"
            yield f"{side}{k}={word}", 1.0
            if k < 2 and len(word) > 4:
                yield f"{side}{k}e={word[-3:]}", 0.6
    if len(place.before) > 1:
        yield f"b01={place.before[1]} {place.before[0]}", 0.7


def contents(place: Place) -> Iterator[Feature]:
    """The words inside, their endings, the first and the last."""
    words = [fold(w) for w in place.inside]
    scale = 1.0 / max(len(words), 1) ** 0.5
    for word in words:
        yield "i=" + word, scale
        if len(word) > 4:
            yield "ie=" + word[-3:], scale
        front, hyphen, _ = word.partition("-")
        if hyphen and front:  # non-military, pro-life: what is denied or claimed stands before the hyphen
            yield "ip=" + front, 1.0
    if words:
        yield "i0=" + words[0], 0.7
        yield "i-1=" + words[-1], 0.7


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
    opens_sentence = place.pair.opening == place.sentence_start
    yield f"caps={'all' if titled == 1 else 'most' if titled > 0.5 else 'some' if titled > 0 else 'none'}:{min(len(words), 3)}", 1.0
    yield f"first-cap={first}:{opens_sentence}", 1.0
    if all(w.isupper() and len(w) > 1 for w in words):
        yield "all-upper", 1.0


def punctuation(place: Place) -> Iterator[Feature]:
    """The mark itself, and commas and stops on either side of the closing one."""
    mark = place.form(place.pair.opening)
    yield "mark=" + mark, 0.7
    last = place.form(place.pair.closing - 1)
    following = place.form(place.pair.closing + 1)
    inner = last if last in (".", ",", "!", "?", ";", "…", "...") else "w"
    outer = following if following and not following[0].isalnum() else "w" if following else "∅"
    yield f"end={inner}|{outer}", 1.0
    if last in "!?":
        yield "exclaims", 0.7


def cues(place: Place) -> Iterator[Feature]:
    """Verbs of saying near the pair, and words that name, sneer or announce a work."""
    for side, words in (("b", place.before), ("a", place.after)):
        for k, word in enumerate(words):
            bits = cue_bits(word)
            near = "0" if k == 0 else "1" if k <= 2 else "2" if k <= 5 else "3"
            if bits & SAYS:
                yield f"{side}:says:{near}", 1.0
            if bits & JUDGES:
                yield f"{side}:judges:{near}", 1.0
            if bits & THINKS and not bits & SAYS:
                yield f"{side}:thinks:{near}", 0.7
            if word in NAMING:
                yield f"{side}:names:{near}", 1.0
            if word in WORKS:
                yield f"{side}:work:{near}", 1.0
            if word in SNEERS:
                yield f"{side}:sneers:{near}", 1.0
            if word == "according":
                yield f"{side}:according", 1.0
            if word in ("poll", "tweet", "statement", "letter", "email", "interview", "memo", "court", "filing", "ruling", "report"):
                yield f"{side}:document", 0.7


def frame(place: Place) -> Iterator[Feature]:
    """Its place in the phrase and in the sentence."""
    before = place.before[0] if place.before else "∅"
    after = place.after[0] if place.after else "∅"
    determined = before in DETERMINERS or before in ("'s", "’s")
    follows = "noun" if after[:1].isalpha() else "stop" if after in (".", ",", ";", ":", "∅") else "other"
    yield f"det={determined}:{follows}", 1.0
    yield f"det={before if determined else '-'}:{place.length if place.length < 4 else 4}", 0.7
    if place.pair.opening == place.sentence_start and place.pair.closing >= place.sentence_end - 2:
        yield "whole-sentence", 1.0
    elif place.pair.opening == place.sentence_start:
        yield "starts-sentence", 1.0
    said = any(cue_bits(w) & SAYS for w in place.before + place.after)
    judged = any(cue_bits(w) & JUDGES for w in place.before + place.after)
    yield f"cue={said}{judged}:{'long' if place.length > 5 else 'short'}", 1.0
    if not said and not judged:
        yield f"no-cue:{determined}:{place.length if place.length < 4 else 4}", 1.0


PAIR_FEATURES: tuple[Callable[[Place], Iterator[Feature]], ...] = (neighbours, contents, size, capitals, punctuation, cues, frame)


def resemblance(place: Place, vocabulary: Vocabulary) -> Iterator[Feature]:
    """The mean vectors of the words inside, of those beside the marks and of the rest of the sentence."""
    opening, closing = place.pair.opening, place.pair.closing
    parts = {
        "i": range(opening + 1, min(closing, opening + 1 + NEAR)),
        "b": range(opening - BESIDE, opening),
        "a": range(closing + 1, closing + 1 + BESIDE),
        "s": [i for i in range(place.sentence_start, min(place.sentence_end, place.sentence_start + FAR)) if not opening <= i <= closing],
    }
    for part, numbers in parts.items():
        forms = [form for i in numbers if (form := place.form(i))]
        for k, value in enumerate(vocabulary.mean_vector(forms).tolist()):
            yield f"{part}v={k}", RESEMBLANCE * value


def features(document: Document, pair: QuotePair, vocabulary: Vocabulary) -> list[Feature]:
    """All that the quotes head is told about `pair`."""
    place = Place(document, pair)
    named = [feature for function in PAIR_FEATURES for feature in function(place)]
    return named + list(resemblance(place, vocabulary))
