"""What flagged words stand beside: the nouns and names that a text is about, counted side by side.

Used by ``comparison.py``.  There is no tagger behind it: a noun is a word that often closes a phrase after *the* or *a*
in the very texts that are compared, a name is the last word of a run of capitals inside a sentence.  It refuses to guess
what a pronoun stands for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from framing.document import Document
from framing.tokens import PUNCTUATION, WORD, fold

WINDOW = 8  # tokens on either side of the flagged words, within the sentence: about one clause
MOST_PAIRS = 2_000_000  # kept pairs of a noun and a flagged term; those met once go first, so that memory stays bounded
LEAST_NOUN_SHARE = 0.25  # of a word's uses that close a phrase; verbs and adjectives of news stay below 0.1, most nouns above 0.3
COMPANION_SHARE = 0.5  # of a name's mentions that follow the same capitalised word: then both are the name

_DETERMINERS = frozenset("the a an this that these those his her its their our my your no some any every each".split())
FUNCTION_WORDS = _DETERMINERS | frozenset(
    """of in on at to for from by with as into about over under after before between through against during without within among and or but nor
    if when while because although though than so is are was were be been being has have had do does did will would can could should may might must
    who whom whose which what where why how there here it he she they we i you him them us me not also just only even still then more most less
    all both such other another same own very too now never ever again up down out off back away whether since until upon toward towards along around
    across behind beyond despite per via like amid says said say told tell called call made make much many few see got get go went
    himself herself itself themselves myself yourself ourselves 's""".split()
)
# Nouns and capitals that are in every text and about none of them: time, measure, the news itself, forms of address.
_EMPTY = frozenset(
    """time times year years month months week weeks day days hour hours minute minutes night morning evening afternoon weekend today yesterday tomorrow
    decade decades century moment moments while past future end start beginning rest part parts kind kinds sort type form number numbers lot lots bit
    way ways thing things fact facts point points case cases place places side sides one ones two three four five six seven eight nine ten
    first second third last next percent million billion trillion dozen hundred thousand thousands majority minority amount level rate
    someone somebody anyone anybody everyone everybody nothing something anything everything none person people man men woman women others
    article story stories report reports news statement interview question questions answer word words example result reason idea issue issues problem
    problems matter course line comment comments post tweet video photo image newsletter reporter correspondent editor editors spokesman
    spokeswoman spokesperson
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec mr mrs ms dr sen rep gov st jr sr prof gen col lt rev
    reuters ap afp cnn msnbc nbc abc cbs npr bbc fox politico twitter facebook youtube instagram getty images pm am est edt gmt""".split()
)

_CONTENT, _DETERMINER, _CLOSER, _CAPITAL = 1, 2, 4, 8


def _describe(form: str) -> int:
    folded = fold(form)
    letters = form.isalpha() or (len(form) > 3 and form.replace("-", "").isalpha())
    empty = folded in FUNCTION_WORDS or folded in _EMPTY
    content = letters and len(form) > 2 and not empty
    return (
        _CONTENT * content
        | _DETERMINER * (folded in _DETERMINERS)
        | _CLOSER * (folded in FUNCTION_WORDS or not form[:1].isalnum())
        | _CAPITAL * (form[:1].isupper() and letters and folded not in FUNCTION_WORDS)
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A noun that every side has near flags: its mentions and texts per side, and per term how often it is near, per side."""

    name: str
    mentions: tuple[int, ...]
    near: tuple[int, ...]
    terms: dict[str, tuple[int, ...]]


class Surroundings:
    """Counts of nouns and names, and of the flagged terms near them, side by side."""

    def __init__(self, sides: int) -> None:
        self._sides = sides
        self._mentions: list[Counter[str]] = [Counter() for _ in range(sides)]
        self._texts: list[Counter[str]] = [Counter() for _ in range(sides)]
        self._near: list[Counter[str]] = [Counter() for _ in range(sides)]
        self._pairs: list[Counter[tuple[str, str]]] = [Counter() for _ in range(sides)]
        self._closing: Counter[str] = Counter()  # uses of a lower-case word that close a phrase
        self._companions: Counter[tuple[str, str]] = Counter()  # (capitalised word, the capitalised one before it)

    def add(self, side: int, document: Document, flagged: Iterable[tuple[int, int, str]]) -> None:
        """Count one text of `side`; `flagged`: (start, end, term) in characters."""
        if not len(document):
            return
        candidates = self._candidates(document)
        forms, numbers = document.words.forms, document.numbers
        found, counts = np.unique(numbers[candidates], return_counts=True)
        names = [forms[n] for n in found.tolist()]
        self._mentions[side].update(dict(zip(names, counts.tolist(), strict=True)))
        self._texts[side].update(names)
        sentence_of, starts, ends = document.sentence_of, document.starts, document.ends
        for start, end, term in flagged:
            first, last = int(np.searchsorted(ends, start, "right")), int(np.searchsorted(starts, end, "left"))
            if first >= last:
                continue
            sentence = int(sentence_of[first])
            low = max(first - WINDOW, int(document.sentences[sentence]))
            high = min(last + WINDOW, int(document.sentences[sentence + 1]))
            window = np.r_[low:first, last:high]
            inside = set(fold(term).split())  # no word stands beside itself
            beside = {forms[n] for n in numbers[window[candidates[window]]].tolist()} - inside
            self._near[side].update(beside)
            self._pairs[side].update((word, term) for word in beside)
        if len(self._pairs[side]) > MOST_PAIRS:
            self._pairs[side] = Counter({pair: n for pair, n in self._pairs[side].items() if n > 1})

    def _candidates(self, document: Document) -> np.ndarray:
        """Which tokens can be a topic's mention, shape (tokens,): plain words, and names at the end of their run."""
        facts = document.words.facts(_describe)[document.numbers]
        kinds = document.words.word_kind.view[document.numbers]
        lower = document.words.is_lower.view[document.numbers]
        is_start = np.zeros(len(document), bool)
        is_start[document.sentences[:-1]] = True
        is_start[1:] |= is_start[:-1] & (kinds[:-1] == PUNCTUATION)  # after an opening mark the first word still comes
        kept = ~document.furniture_sentences[document.sentence_of] & (kinds == WORD)
        content = (facts & _CONTENT > 0) & kept
        capital = (facts & _CAPITAL > 0) & kept & ~is_start
        plain = content & lower
        runs_on = np.append(capital[1:], False)
        name = content & capital & ~runs_on
        self._learn(document, facts, plain, name, capital)
        out: np.ndarray = plain | name
        return out

    def _learn(self, document: Document, facts: np.ndarray, plain: np.ndarray, name: np.ndarray, capital: np.ndarray) -> None:
        forms, numbers = document.words.forms, document.numbers
        determiner = facts & _DETERMINER > 0
        one_before = np.concatenate([[False], determiner[:-1]])
        two_before = np.concatenate([[False, False], determiner[:-2]])[: len(facts)] & np.concatenate([[False], plain[:-1]])
        closes = plain & (one_before | two_before) & np.append(facts[1:] & _CLOSER > 0, True)
        found, counts = np.unique(numbers[closes], return_counts=True)
        self._closing.update(dict(zip((forms[n] for n in found.tolist()), counts.tolist(), strict=True)))
        after = np.flatnonzero(name[1:] & capital[:-1]) + 1
        self._companions.update((forms[a], forms[b]) for a, b in zip(numbers[after].tolist(), numbers[after - 1].tolist(), strict=True))

    # ------------------------------------------------------------ what was found
    def shared(self, *, min_count: int, min_texts: int) -> list[Found]:
        """The nouns and names that each side has in `min_texts` texts and near `min_count` flags; singular and plural are one."""
        heads = self._heads()
        texts = [self._merged(counter, heads) for counter in self._texts]
        near = [self._merged(counter, heads) for counter in self._near]
        mentions = [self._merged(counter, heads) for counter in self._mentions]
        names = sorted(n for n in near[0] if all(near[s][n] >= min_count and texts[s][n] >= min_texts for s in range(self._sides)))
        chosen = set(names)
        terms: dict[str, dict[str, list[int]]] = {name: {} for name in names}
        for side, pairs in enumerate(self._pairs):
            for (word, term), number in pairs.items():
                name = heads.get(word, word)
                if name in chosen:
                    terms[name].setdefault(term, [0] * self._sides)[side] += number
        labels = self._labels(chosen)
        return [
            Found(
                labels[name],
                tuple(mentions[s][name] for s in range(self._sides)),
                tuple(near[s][name] for s in range(self._sides)),
                {term: tuple(counts) for term, counts in sorted(terms[name].items())},
            )
            for name in names
        ]

    def _heads(self) -> dict[str, str]:
        """Each usable word's head: itself, or its singular where the texts have that too.  Words that are no nouns are missing."""
        total: Counter[str] = Counter()
        for counter in self._mentions:
            total.update(counter)

        def is_noun(word: str) -> bool:
            return not word[:1].islower() or self._closing[word] >= LEAST_NOUN_SHARE * total[word]

        nouns = {word for word in total if is_noun(word)}
        return {word: next((s for s in singulars(word) if s in nouns), word) for word in nouns}

    @staticmethod
    def _merged(counter: Counter[str], heads: dict[str, str]) -> Counter[str]:
        out: Counter[str] = Counter()
        for word, number in counter.items():
            if word in heads:
                out[heads[word]] += number
        return out

    def _labels(self, names: Collection[str]) -> dict[str, str]:
        """The names with the capitalised word that mostly stands before each: *House* is *White House*."""
        best: dict[str, tuple[int, str]] = {}
        for (name, before), number in self._companions.items():
            if name in names and before.lower() not in _EMPTY:
                best[name] = min(best.get(name, (0, "")), (-number, before))
        out = {}
        for name in names:
            number, before = best.get(name, (0, ""))
            total = sum(counter[name] for counter in self._mentions)
            out[name] = f"{before} {name}" if before and -number >= COMPANION_SHARE * total else name
        return out


def singulars(word: str) -> tuple[str, ...]:
    """What a plural in -s may be the plural of, the likeliest first.

    >>> singulars("taxes"), singulars("parties"), singulars("press")
    (('taxe', 'tax'), ('party', 'partie'), ())
    """
    if word.endswith("ies") and len(word) > 4:
        return (word[:-3] + "y", word[:-1])
    if word.endswith("ss") or not word.endswith("s") or len(word) < 4:
        return ()
    return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)
