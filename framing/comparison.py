"""``compare``: which loaded words and devices each side uses, how often, and beside which nouns.

Reports come in, side by side; what goes out is a frozen `Comparison` that renders itself.  Nothing is judged here: what is
flagged is the model's word.  Words are compared by log-odds with an informative Dirichlet prior (Monroe, Colaresi and
Quinn, "Fightin' Words", Political Analysis 2008), rates by a bootstrap over texts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from framing.counting import word_starts
from framing.document import read
from framing.errors import DataError
from framing.model import Model
from framing.report import Flag, Report
from framing.resampling import Measure, resampled_sums
from framing.scoring import load, score_many
from framing.taxonomy import DEVICE_NAMES
from framing.tokens import Words, fold
from framing.topics import FUNCTION_WORDS, Surroundings, singulars

MIN_COUNT = 5  # flags of a term in all sides together; below that z cannot reach 1.96 anyhow
MIN_TEXTS = 3  # texts of one side that use a term: one writer's pet word is no side's
PRIOR = 0.1  # of the smaller side's words: enough to calm words of one or two uses, little enough to leave the rest alone
RESAMPLES = 1000
SIGNIFICANT = 1.96  # |z| that chance alone passes for one term in twenty
PASSAGES = 2  # example passages kept per term and side
AROUND = 60  # characters of a sentence kept on either side of the words
LONGEST_TERM = 60  # characters; a longer flag is a passage in quotation marks, not a word that could come again
LEAST_REPEATED = 5  # words of a sentence that, met again on the same side, is furniture or a copy
LARGEST_VOCABULARY = 400_000  # distinct tokens after which the shared word table is made anew
LEAST_BESIDE = 3  # flags of a term near a topic: two are an accident
RANKED = 6  # terms whose z place a topic among the others
MOST_SIDES = 12

VOICES = ("author", "others")
DEVICES = ("all", *DEVICE_NAMES, "scare_quote", "unknown")  # unknown: flags of a model without a devices head


@dataclass(frozen=True, slots=True)
class Side:
    """One group of texts.  `words` leaves page furniture out; `others_words` of them are quoted or reported."""

    name: str
    texts: int
    words: int
    others_words: int
    repeated: int  # sentences with flags left out because the side had them before


@dataclass(frozen=True, slots=True)
class Rate:
    """Flags of one device in one voice per 1,000 words of a side's text; `difference` is to the other sides together."""

    side: str
    voice: str
    device: str
    flags: int
    per_1000_words: Measure
    difference: Measure


@dataclass(frozen=True, slots=True)
class Passage:
    """A term where it stands: what comes before in the sentence, the words, what comes after."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Term:
    """A flagged word or phrase; tuples are parallel to the comparison's sides.

    `log_odds` and `z`: this side against the others together, above 0 where this side uses it more.
    """

    text: str
    kind: str
    device: str
    voice: str
    flags: tuple[int, ...]
    texts: tuple[int, ...]
    log_odds: tuple[float, ...]
    z: tuple[float, ...]
    passages: tuple[tuple[Passage, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """A flagged term near a topic: how often on each side, and z against the other sides among all flags near it."""

    text: str
    flags: tuple[int, ...]
    z: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A noun or name that all sides use near flags in the writer's voice, and what each side puts beside it."""

    name: str
    mentions: tuple[int, ...]
    flags: tuple[int, ...]
    terms: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` found.  ``str()`` gives tables for a terminal, `to_dict` plain data, `to_html` a page with plots."""

    sides: tuple[Side, ...]
    rates: tuple[Rate, ...]
    terms: tuple[Term, ...]
    topics: tuple[Topic, ...]
    model: str
    settings: Mapping[str, float] = field(default_factory=dict)

    def top(self, side: str, *, voice: str = "author", limit: int = 10) -> list[Term]:
        """The terms that `side` uses more than the others do, the surest first.  ``KeyError`` if there is no such side."""
        names = [s.name for s in self.sides]
        if side not in names:
            raise KeyError(f"{side!r} is no side; the sides are {', '.join(names)}")
        place = names.index(side)
        chosen = [t for t in self.terms if t.voice == voice and t.z[place] > 0]
        return sorted(chosen, key=lambda t: (-t.z[place], t.text, t.kind))[:limit]

    def rate(self, side: str, device: str = "all", *, voice: str = "author") -> Rate:
        """One rate; ``KeyError`` if there is none."""
        for rate in self.rates:
            if (rate.side, rate.device, rate.voice) == (side, device, voice):
                return rate
        raise KeyError(f"no rate of {device!r} for {side!r} in the voice {voice!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers."""
        return asdict(self)

    def to_html(self) -> str:
        """A page of its own with tables and plots; no scripts, no network."""
        from framing.rendering import comparison_page

        return comparison_page.render(self)

    def _repr_html_(self) -> str:
        from framing.rendering import comparison_page

        return comparison_page.fragment(self)

    def __str__(self) -> str:
        from framing.rendering import comparison_text

        return comparison_text.render(self)


def compare(
    groups: Mapping[str, Iterable[str]],
    *,
    model: Model | str | Path | None = None,
    threshold: float | None = None,
    min_count: int = MIN_COUNT,
    min_texts: int = MIN_TEXTS,
    prior: float = PRIOR,
    resamples: int = RESAMPLES,
    random_state: int = 0,
    n_jobs: int = 1,
    progress: bool = False,
) -> Comparison:
    """How the texts of two or more `groups` differ in what is flagged; each group is one side.

    Rates are flags per 1,000 words of a side's text, the writer's own apart from those in quoted and reported words, with
    95 % intervals from `resamples` draws of whole texts.  A term is compared when it has `min_count` flags in all and
    stands in `min_texts` texts of some side.  `prior`: the weight of the prior, as a share of the smaller side's words;
    its shape is the words of all sides together.  Sentences that come again on the same side are counted once.
    `model`, `threshold` and `n_jobs` as in ``score_many``.  Texts are read once, as they are needed.
    Raises ``DataError`` for fewer than two groups and for a group without words.

    >>> import framing
    >>> result = framing.compare({"a": ["The brutal regime fell."], "b": ["The government fell."]})
    >>> [side.words for side in result.sides]
    [4, 3]
    """
    _check(groups, min_count=min_count, min_texts=min_texts, prior=prior, resamples=resamples)
    judge = model if isinstance(model, Model) else load(model)
    tally = _Tally(len(groups))
    for place, texts in enumerate(groups.values()):
        for report in score_many(texts, model=judge, threshold=threshold, n_jobs=n_jobs, progress=progress):
            tally.add(place, report)
    sides = tuple(_side(name, tally.rows[place], tally.repeated[place]) for place, name in enumerate(groups))
    for side in sides:
        if not side.words:
            raise DataError(f"group {side.name!r} has {'no texts' if not side.texts else f'{side.texts} texts but no words'}; each side needs text")
    words, names = tally.words()
    settings: dict[str, float] = {"min_count": min_count, "min_texts": min_texts, "prior": prior, "resamples": resamples, "random_state": random_state}
    return Comparison(
        sides=sides,
        rates=tuple(_rates(sides, tally, resamples, random_state)),
        terms=tuple(_terms(words, np.array([side.words for side in sides]), settings)),
        topics=tuple(_topics(tally.surroundings, names, settings)),
        model=judge.name,
        settings=settings if threshold is None else settings | {"threshold": threshold},
    )


def _check(groups: Mapping[str, Iterable[str]], *, min_count: int, min_texts: int, prior: float, resamples: int) -> None:
    if not isinstance(groups, Mapping):
        raise TypeError(f"compare takes a dict of groups, name to texts, not {type(groups).__name__}")
    for name, texts in groups.items():
        if not isinstance(name, str) or isinstance(texts, (str, bytes)):
            raise TypeError(f"group {name!r}: wanted a name (str) and an iterable of texts; for one text pass [text]")
    if not 2 <= len(groups) <= MOST_SIDES:
        raise DataError(f"{len(groups)} groups; a comparison needs from 2 to {MOST_SIDES}")
    if min_count < 1 or min_texts < 1 or resamples < 1:
        raise ValueError("min_count, min_texts and resamples; wanted at least 1")
    if not 0 < prior < float("inf"):
        raise ValueError(f"prior {prior}; wanted a share above 0, such as {PRIOR}")


# ---------------------------------------------------------------- counting
@dataclass(slots=True)
class _Uses:
    """A term's uses so far; lists are parallel to the sides."""

    flags: list[int]
    where: list[set[int]]  # the numbers of the texts
    devices: Counter[str]
    passages: list[list[tuple[float, int, Passage]]]  # (-chance, text, passage), the surest first, one per text
    in_capitals: int = 0

    @classmethod
    def none(cls, sides: int) -> _Uses:
        """No uses yet."""
        return cls([0] * sides, [set() for _ in range(sides)], Counter(), [[] for _ in range(sides)])

    def count(self, side: int, text: int, flag: Flag, device: str, report: Report) -> None:
        """One more use."""
        self.flags[side] += 1
        self.devices[device] += 1
        self.in_capitals += flag.text.isupper()
        if text not in self.where[side]:
            self.where[side].add(text)
            kept = self.passages[side]
            if len(kept) < PASSAGES or -flag.probability < kept[-1][0]:
                self.passages[side] = _surest([*kept, (-flag.probability, text, _passage(report, flag))])

    def absorb(self, other: _Uses) -> None:
        """Take over the uses of the same word in another number."""
        self.flags = [a + b for a, b in zip(self.flags, other.flags, strict=True)]
        self.where = [a | b for a, b in zip(self.where, other.where, strict=True)]
        self.devices += other.devices
        self.passages = [_surest([*a, *b]) for a, b in zip(self.passages, other.passages, strict=True)]


def _surest(passages: list[tuple[float, int, Passage]]) -> list[tuple[float, int, Passage]]:
    return sorted(passages, key=lambda p: (p[:2], p[2].before))[:PASSAGES]


class _Tally:
    """Everything counted: per text a row of numbers, per term its uses, and what stands beside the flags."""

    def __init__(self, sides: int) -> None:
        self.sides = sides
        self.rows: list[list[np.ndarray]] = [[] for _ in range(sides)]  # words, others' words, then flags by voice and device
        self.terms: dict[tuple[str, str, str], _Uses] = {}  # by (voice, kind, text)
        self.surroundings = Surroundings(sides)
        self.repeated = [0] * sides
        self._seen: list[set[bytes]] = [set() for _ in range(sides)]
        self._words = Words()

    def add(self, side: int, report: Report) -> None:
        """Count one text."""
        if len(self._words) > LARGEST_VOCABULARY:
            self._words = Words()
        document = read(report.text, words=self._words)
        starts = np.array(word_starts(report.text, report.ignored), np.int64)
        is_counted = np.ones(len(starts), bool)
        kept: list[Flag] = []
        for number, flags in self._by_sentence(report):
            sentence = report.sentences[number]
            first, last = np.searchsorted(starts, (sentence.start, sentence.end))
            if self._is_repeated(side, report.text[sentence.start : sentence.end], int(last - first)):
                is_counted[first:last] = False
            else:
                kept += flags
        row = np.zeros(2 + len(VOICES) * len(DEVICES))
        row[0], row[1] = is_counted.sum(), (is_counted & _others(starts, report)).sum()
        for flag in kept:
            voice, device = _voice(flag), _device(flag)
            at = 2 + VOICES.index(voice) * len(DEVICES)
            row[at] += 1
            row[at + DEVICES.index(device)] += 1
            self._use(side, flag, voice, device, report)
        self.rows[side].append(row)
        own = [(f.start, f.end, _shown(f.kind, _folded(f.text))) for f in kept if f.voice == "author" and len(f.text) <= LONGEST_TERM]
        self.surroundings.add(side, document, own)

    def _by_sentence(self, report: Report) -> Iterator[tuple[int, list[Flag]]]:
        starts = [s.start for s in report.sentences]
        found: dict[int, list[Flag]] = {}
        for flag in report.flags:
            found.setdefault(max(bisect_right(starts, flag.start) - 1, 0), []).append(flag)
        yield from found.items()

    def _is_repeated(self, side: int, sentence: str, words: int) -> bool:
        if words < LEAST_REPEATED:
            return False
        key = blake2b(" ".join(fold(sentence).split()).encode("utf-8", "surrogatepass"), digest_size=12).digest()
        if key in self._seen[side]:
            self.repeated[side] += 1
            return True
        self._seen[side].add(key)
        return False

    def _use(self, side: int, flag: Flag, voice: str, device: str, report: Report) -> None:
        if len(flag.text) > LONGEST_TERM:
            return
        uses = self.terms.setdefault((voice, flag.kind, _folded(flag.text)), _Uses.none(self.sides))
        uses.count(side, len(self.rows[side]), flag, device, report)

    def words(self) -> tuple[dict[tuple[str, str, str], _Uses], dict[str, str]]:
        """(uses by voice, kind and word; the name of each term as topics know it), singular and plural made one.

        Both go by the commoner of the two.  What is no word is left out of either.
        """
        total: Counter[tuple[str, str]] = Counter()
        capitals: Counter[tuple[str, str]] = Counter()
        for (_, kind, text), uses in self.terms.items():
            total[kind, text] += sum(uses.flags)
            capitals[kind, text] += uses.in_capitals
        for key in [k for k, n in total.items() if not _is_word(k[1], n, capitals[k])]:
            del total[key]
        heads = {key: next(((key[0], s) for s in _singular_phrases(key) if (key[0], s) in total), key) for key in total}
        name: dict[tuple[str, str], str] = {}
        for key in sorted(total, key=lambda k: (-total[k], k)):
            name.setdefault(heads[key], key[1])
        merged: dict[tuple[str, str, str], _Uses] = {}
        for (voice, kind, text), uses in sorted(self.terms.items(), key=lambda item: item[0]):
            if (kind, text) in total:
                merged.setdefault((voice, kind, name[heads[kind, text]]), _Uses.none(self.sides)).absorb(uses)
        return merged, {_shown(*key): _shown(key[0], name[heads[key]]) for key in total}


def _is_word(text: str, uses: int, in_capitals: int) -> bool:
    """Is this a word to compare?  Not if it mostly stands in capitals (an outlet's name, SEE ALSO) or only joins others."""
    return 2 * in_capitals <= uses and not FUNCTION_WORDS.issuperset(text.split())


def _singular_phrases(key: tuple[str, str]) -> list[str]:
    kind, text = key
    if kind == "scare_quote":  # the very words are the point
        return []
    start, _, last = text.rpartition(" ")
    return [f"{start} {s}".strip() for s in singulars(last)]


def _others(starts: np.ndarray, report: Report) -> np.ndarray:
    """Which of the words that begin at `starts` are quoted or reported, shape (words,)."""
    out = np.zeros(len(starts), bool)
    for passage in report.attributions:
        first, last = np.searchsorted(starts, (passage.start, passage.end))
        out[first:last] = True
    return out


def _voice(flag: Flag) -> str:
    return "author" if flag.voice == "author" else "others"


def _device(flag: Flag) -> str:
    if flag.kind == "scare_quote":
        return "scare_quote"
    return flag.device if flag.device in DEVICE_NAMES else "unknown"


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


def _shown(kind: str, text: str) -> str:
    """A term as topics name it: scare quotes keep their marks."""
    return f"“{text}”" if kind == "scare_quote" else text


def _passage(report: Report, flag: Flag) -> Passage:
    """The flag in its sentence, cut at words."""
    place = max(bisect_right([s.start for s in report.sentences], flag.start) - 1, 0)
    start, end = (report.sentences[place].start, report.sentences[place].end) if report.sentences else (flag.start, flag.end)
    before, after = report.text[min(start, flag.start) : flag.start], report.text[flag.end : max(end, flag.end)]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + "…"
    return Passage(before, flag.text, after)


# ---------------------------------------------------------------- the figures
def _side(name: str, rows: list[np.ndarray], repeated: int) -> Side:
    total = np.sum(rows, axis=0) if rows else np.zeros(2)
    return Side(name, len(rows), int(total[0]), int(total[1]), repeated)


def log_odds(counts: np.ndarray, totals: np.ndarray, prior: float) -> tuple[np.ndarray, np.ndarray]:
    """(log-odds ratios, z) of each term on each side against the other sides together, both of shape (terms, sides).

    `counts`: uses of each term on each side; `totals`, shape (sides,): what they are uses of.  The prior holds each term in
    the share that it has on all sides together, with a weight of `prior` times the smaller of the two totals.  A term that
    makes up all there is has no odds to compare: 0.  After Monroe et al. (2008).

    >>> ratio, z = log_odds(np.array([[20.0, 5.0]]), np.array([1000.0, 1000.0]), 0.1)
    >>> ratio.round(3).tolist(), z.round(3).tolist()
    ([[1.238, -1.238]], [[2.72, -2.72]])
    """
    counts, totals = np.asarray(counts, float), np.asarray(totals, float)
    other, other_total = counts.sum(axis=1, keepdims=True) - counts, totals.sum() - totals
    size = prior * np.minimum(totals, other_total)  # of the prior, one for each contrast
    share = counts.sum(axis=1, keepdims=True) / max(totals.sum(), 1.0)
    here, there = counts + share * size, other + share * size
    not_here, not_there = totals + size - here, other_total + size - there
    known = (here > 0) & (there > 0) & (not_here > 0) & (not_there > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(known, np.log(here / not_here) - np.log(there / not_there), 0.0)
        z = np.where(known, ratio / np.sqrt(1 / here + 1 / there), 0.0)
    return ratio, z


def _rates(sides: tuple[Side, ...], tally: _Tally, resamples: int, random_state: int) -> Iterator[Rate]:
    sums = [np.sum(rows, axis=0) for rows in tally.rows]
    # a seed for each side, so that one side's draws do not hang on the size of another
    drawn = [resampled_sums(np.array(rows), resamples, np.random.default_rng([random_state, place])) for place, rows in enumerate(tally.rows)]
    can_spread = [len(rows) > 1 for rows in tally.rows]
    for voice_number, voice in enumerate(VOICES):
        for device_number, device in enumerate(DEVICES):
            at = 2 + voice_number * len(DEVICES) + device_number
            if (device == "unknown" or (voice, device) == ("others", "scare_quote")) and not any(total[at] for total in sums):
                continue  # a model with all heads knows each device, and scare quotes are the writer's by nature
            for place, side in enumerate(sides):
                rest = [k for k in range(len(sides)) if k != place]
                others, others_drawn = np.sum([sums[k] for k in rest], axis=0), np.sum([drawn[k] for k in rest], axis=0)
                own, own_drawn = _per_1000(sums[place], at), _per_1000(drawn[place], at)
                gap, gap_drawn = own - _per_1000(others, at), own_drawn - _per_1000(others_drawn, at)
                yield Rate(
                    side=side.name,
                    voice=voice,
                    device=device,
                    flags=int(sums[place][at]),
                    per_1000_words=_measure(own, own_drawn, can_spread[place]),
                    difference=_measure(gap, gap_drawn, all(can_spread)),
                )


def _per_1000(sums: np.ndarray, at: int) -> np.ndarray:
    return 1000 * sums[..., at] / np.maximum(sums[..., 0], 1)


def _measure(value: np.ndarray, drawn: np.ndarray, can_spread: bool) -> Measure:
    if not can_spread:
        return Measure(float(value))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(float(value), float(low), float(high))


def _terms(words: Mapping[tuple[str, str, str], _Uses], totals: np.ndarray, settings: Mapping[str, float]) -> list[Term]:
    enough = [k for k, u in words.items() if sum(u.flags) >= settings["min_count"] and max(map(len, u.where)) >= settings["min_texts"]]
    if not enough:
        return []
    ratio, z = log_odds(np.array([words[key].flags for key in enough]), totals, settings["prior"])
    found = []
    for (voice, kind, text), ratios, scores in zip(enough, ratio.tolist(), z.tolist(), strict=True):
        uses = words[voice, kind, text]
        device = min(uses.devices, key=lambda name: (-uses.devices[name], name))
        passages = tuple(tuple(passage for _, _, passage in kept) for kept in uses.passages)
        found.append(Term(text, kind, device, voice, tuple(uses.flags), tuple(map(len, uses.where)), tuple(ratios), tuple(scores), passages))
    return sorted(found, key=lambda t: (VOICES.index(t.voice), -max(map(abs, t.z)), t.text, t.kind))


def _topics(surroundings: Surroundings, names: Mapping[str, str], settings: Mapping[str, float]) -> list[Topic]:
    """Topics, those first beside which the sides' words differ most surely."""
    found: list[tuple[float, Topic]] = []
    for topic in surroundings.shared(min_count=int(settings["min_count"]), min_texts=int(settings["min_texts"])):
        beside: dict[str, np.ndarray] = {}
        for term, number in topic.terms.items():
            if term in names:
                beside[names[term]] = beside.get(names[term], np.zeros(len(number), int)) + number
        terms = [name for name, counts in sorted(beside.items()) if counts.sum() >= LEAST_BESIDE]
        if not terms:
            continue
        counts = np.array([beside[name] for name in terms])
        _, z = log_odds(counts, np.sum(list(beside.values()), axis=0), settings["prior"])
        order = sorted(range(len(terms)), key=lambda k: (-np.abs(z[k]).max(), terms[k]))
        rows = tuple(Beside(terms[k], tuple(counts[k].tolist()), tuple(z[k].tolist())) for k in order)
        weight = float(np.sort(np.abs(z).max(axis=1))[::-1][:RANKED].sum())
        found.append((weight, Topic(topic.name, topic.mentions, topic.near, rows)))
    return [topic for _, topic in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]
