"""Chances to flags: thresholds, overlaps, voice, evidence, reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from framing import taxonomy
from framing.attribution import Passage
from framing.document import Document
from framing.features import NAME, Feature, Vocabulary
from framing.heads import Items, NamedHead, Part, TableHead, items, sigmoid
from framing.judging import AUTHOR, NEVER, SCARE, Batch, Judgement, softmax
from framing.lexicon import Lexicon, Match
from framing.pairs import PART_NAMES
from framing.pairs import features as pair_features
from framing.report import Flag

MOST_REASONS = 8  # pieces of evidence that are named; the rest is one sum, so that the weights still add up
SPAN_PARTS = (Part("", "span"),)  # what the devices head is given of the flagged words
POSSESSIVES = {
    **dict.fromkeys(("he", "him", "himself"), "his"),
    **dict.fromkeys(("she", "her", "herself"), "her"),
    **dict.fromkeys(("they", "them", "themselves"), "their"),
}
# Whoever they stand for, it is not told here.  As they are written: US is a country, IT a trade, WHO an organisation.
NAMELESS = frozenset(form for word in "i me we us you it who whom which that this these those one".split() for form in (word, word.capitalize()))
EDGES = frozenset("a an the of to in on at and or by for with is was are were be been as that this it its his her their".split())


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a token's logit to the flag's: ``token * z + intercept``."""

    token: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of tokens that may be flagged: token numbers, half-open, the one with the most evidence, the chance."""

    start: int
    end: int
    peak: int
    probability: float
    match: Match | None


def token_chances(judgement: Judgement, calibration: Calibration) -> np.ndarray:
    """Each token's calibrated chance of being loaded, shape (tokens,)."""
    tokens = judgement.token_logits.astype(np.float64)
    return sigmoid(calibration.token * tokens + calibration.intercept)


def candidates(judgement: Judgement, chances: np.ndarray, threshold: float, taken: np.ndarray, lexicon: Lexicon) -> list[Candidate]:
    """Runs of tokens at or above `threshold`, grown to the lexicon's phrases, without function words at their ends.

    Tokens in `taken` are part of another flag already.
    """
    document = judgement.document
    hits = (chances >= threshold) & (judgement.token_logits > NEVER)
    if not hits.any():
        return []
    matched: dict[int, Match] = {}
    for match in judgement.phrases:
        if not hits[match.start : match.end].any():
            continue
        hits[match.start : match.end] = is_flagged = not _within_name(judgement, match)
        if is_flagged:
            for i in range(match.start, match.end):
                matched[i] = match
    hits[np.repeat(document.furniture_sentences, np.diff(document.sentences))] = False
    hits[taken] = False
    for i in np.flatnonzero(hits).tolist():
        if i not in matched and (term := lexicon.term_at(document.words, document.numbers, i)):
            matched[i] = term
    out: list[Candidate] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hits.astype(np.int8), [0]])))
    sentence_of = document.sentence_of
    for a, b in edges.reshape(-1, 2).tolist():
        for start, end in _pieces(sentence_of, matched, a, b):
            start, end = _trim(document, start, end, matched)
            if start < end:
                peak = start + int(chances[start:end].argmax()) if end - start > 1 else start
                out.append(Candidate(start, end, peak, float(chances[peak]), matched.get(peak)))
    return out


def _within_name(judgement: Judgement, match: Match) -> bool:
    """Is the phrase a part of a longer name: the Economic Freedom Fighters?  Capitals that no headline asks for go on beside it."""
    first, name = judgement.first, judgement.document.words.number(NAME)
    around = slice(max(match.start - 1, 0), match.end + 1)
    capitals = (judgement.seen[around] == name) | (judgement.batch.capital[first : first + len(judgement.document)][around] == 2)
    own = slice(match.start - around.start, match.end - around.start)
    return bool(capitals[own].all() and capitals.sum() > match.end - match.start)


def _pieces(sentence_of: np.ndarray, matched: dict[int, Match], a: int, b: int) -> list[tuple[int, int]]:
    """A run is cut where a sentence ends and where a phrase of the lexicon begins or ends."""
    cuts = [a]
    for i in range(a + 1, b):
        if sentence_of[i] != sentence_of[i - 1] or matched.get(i) is not matched.get(i - 1):
            cuts.append(i)
    return list(zip(cuts, [*cuts[1:], b], strict=True))


def _trim(document: Document, start: int, end: int, matched: dict[int, Match]) -> tuple[int, int]:
    folded, numbers = document.words.folded, document.numbers
    while start < end and start not in matched and folded[numbers[start]] in EDGES:
        start += 1
    while start < end and end - 1 not in matched and folded[numbers[end - 1]] in EDGES:
        end -= 1
    return start, end


def span_items(batch: Batch, spans: Sequence[tuple[int, int, Match | None]], vocabulary: Vocabulary) -> Items:
    """Spans (first token of the batch, end, the lexicon's term in it) for the devices head; their words are its one part."""
    starts, ends = (np.array([span[k] for span in spans], np.int64) for k in (0, 1))
    sides = []
    for name, at in (("before", starts - 1), ("after", ends)):
        inside = (at >= 0) & (at < len(batch.numbers))
        inside[inside] = batch.inside[at[inside]] == batch.inside[starts[inside]]
        sides.append((name, np.where(inside, batch.seen[np.where(inside, at, 0)], -1).tolist()))
    last = batch.numbers[ends - 1].tolist()
    forms, folded = batch.words.forms, batch.words.folded

    def named(k: int) -> Iterator[Feature]:
        start, end, match = spans[k]
        yield f"words={min(end - start, 4)}", 0.5
        yield f"last={folded[last[k]][-2:]}", 0.5
        if match is not None:
            entry = vocabulary.lexicon.entries[match.entry]
            yield f"match={entry.device}", 1.0 + 0.3 * entry.strength
        for name, numbers in sides:
            if numbers[k] < 0:
                yield f"{name}=∅", 0.5
            else:
                spelled = vocabulary.spelling(forms[numbers[k]])
                yield f"{name}={spelled}", 0.5
                yield f"{name}e={spelled[-2:]}", 0.3

    return items(map(named, range(len(spans))), batch.words, batch.seen, np.stack([starts, ends], axis=1)[:, None])


def source_of(judgement: Judgement) -> np.ndarray:
    """The number of the passage that names the source of each token's voice, -1 where none does; shape (tokens,)."""
    out = np.full(len(judgement.document), -1, np.int64)
    for k, passage in enumerate(judgement.passages):
        if passage.source is not None:
            out[passage.start : passage.end] = k
    return out


@dataclass(frozen=True, slots=True)
class Deciding:
    """What turns chances into flags: the heads that explain them, and where to cut."""

    terms: TableHead
    devices: NamedHead | None
    quotes: NamedHead
    vocabulary: Vocabulary
    calibration: Calibration
    threshold: float
    scare_threshold: float


def decide(judgements: Sequence[Judgement], how: Deciding) -> list[list[Flag]]:
    """The flags of each document, by place; the judgements are of one batch."""
    out: list[list[Flag]] = []
    found: list[list[Candidate]] = []
    for judgement in judgements:
        scared, taken = _scare_flags(judgement, how)
        out.append(scared)
        found.append(candidates(judgement, token_chances(judgement, how.calibration), how.threshold, taken, how.vocabulary.lexicon))
    devices = iter(_devices(judgements, found, how))
    for judgement, runs, flags in zip(judgements, found, out, strict=True):
        if runs:
            flags += _term_flags(judgement, runs, [next(devices) for _ in runs], how)
            flags.sort(key=lambda f: (f.start, f.end))
    return out


def _devices(judgements: Sequence[Judgement], found: Sequence[Sequence[Candidate]], how: Deciding) -> list[taxonomy.Device | None]:
    """The device of each candidate, one after the other."""
    if how.devices is None:
        entries = how.vocabulary.lexicon.entries
        return [taxonomy.device(entries[c.match.entry].device) if c.match else None for runs in found for c in runs]
    if not any(found):
        return []
    spans = [(judgement.first + c.start, judgement.first + c.end, c.match) for judgement, runs in zip(judgements, found, strict=True) for c in runs]
    known = [taxonomy.device(name) for name in how.devices.classes]
    return [known[k] for k in how.devices.logits(span_items(judgements[0].batch, spans, how.vocabulary)).argmax(axis=1).tolist()]


def _term_flags(judgement: Judgement, runs: Sequence[Candidate], devices: Sequence[taxonomy.Device | None], how: Deciding) -> Iterator[Flag]:
    document, entries = judgement.document, how.vocabulary.lexicon.entries
    starts, ends = document.starts[[run.start for run in runs]].tolist(), document.ends[[run.end - 1 for run in runs]].tolist()
    peaks = [run.peak for run in runs]
    voices, sources = judgement.voices[peaks].tolist(), source_of(judgement)[peaks].tolist()
    evidence = term_evidence(judgement, how.terms, how.calibration, peaks)
    for run, device, start, end, voice, number, why in zip(runs, devices, starts, ends, voices, sources, evidence, strict=True):
        entry = entries[run.match.entry] if run.match else None
        source = None if voice == AUTHOR or number < 0 else _name_of(document, judgement.passages[number])
        text = document.text[start:end]
        yield Flag(
            start=start,
            end=end,
            text=text,
            kind="loaded_term",
            device=device.name if device else None,
            probability=run.probability,
            voice=taxonomy.VOICES[voice],
            source=source,
            reason=_reason(text, device, voice, source),
            suggestions=entry.suggestions(run.match.form) if entry and run.match and (device is None or entry.device == device.name) else (),
            why=why,
        )


def _name_of(document: Document, passage: Passage) -> str | None:
    if passage.source is None:
        return None
    return document.text[document.starts[passage.source[0]] : document.ends[passage.source[1] - 1]]


def _scare_flags(judgement: Judgement, how: Deciding) -> tuple[list[Flag], np.ndarray]:
    """The scare quotes, and which tokens they take; of nested ones the outermost."""
    document = judgement.document
    out: list[Flag] = []
    taken = np.zeros(len(document), bool)
    chances = softmax(judgement.quote_logits)
    likely = np.flatnonzero((chances[:, SCARE] >= how.scare_threshold) & (chances.argmax(axis=1) == SCARE)).tolist() if len(chances) else []
    for k in likely:
        pair = document.quotes[k]
        if document.furniture_sentences[document.sentence_of[pair.opening]] or taken[pair.opening]:
            continue
        taken[pair.opening : pair.closing + 1] = True
        text = document.text[pair.start : pair.end]
        named = how.quotes.evidence(pair_features(judgement.quote_places[k]), judgement.quote_shares[k], SCARE)
        evidence = [(_words_for(name), weight) for name, weight in named]
        others = np.delete(judgement.quote_logits[k].astype(float), SCARE)
        evidence.append(("the other uses of the marks", -float(np.log(np.exp(others - others.max()).sum()) + others.max())))
        out.append(
            Flag(
                start=pair.start,
                end=pair.end,
                text=text,
                kind="scare_quote",
                device="scare_quote",
                probability=float(chances[k, SCARE]),
                voice="author",
                source=None,
                reason=f"“{_short(text)}” {taxonomy.SCARE_REASON}.",
                suggestions=(),
                why=_summed(evidence),
            )
        )
    return out, taken


def _reason(text: str, device: taxonomy.Device | None, voice: int, source: str | None) -> str:
    whose = "" if voice == AUTHOR else f", {_in_whose_words(source)}"
    return f"“{_short(text)}” {device.reason if device else 'takes a side'}{whose}."


def _in_whose_words(source: str | None) -> str:
    """A source is named as the text has it; a pronoun names nobody, and is shown as its possessive where that fits."""
    if source is None or source in NAMELESS:
        return "in somebody else's words"
    possessive = POSSESSIVES.get(source.lower())
    return f"in {possessive} words" if possessive else f"in the words of {_short(taxonomy.within_sentence(source))}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57].rstrip() + "…"


def term_evidence(judgement: Judgement, terms: TableHead, calibration: Calibration, tokens: Sequence[int]) -> list[tuple[tuple[str, float], ...]]:
    """The evidence for each of `tokens`, scaled so that it sums to the flag's logit."""
    document, at = judgement.document, np.array(tokens, np.int64)
    sentence = np.searchsorted(document.sentences, at, "right")
    first, last = document.sentences[sentence - 1], document.sentences[sentence]
    seen = [(at + b.offset, (at + b.offset >= first) & (at + b.offset < last)) for b in terms.blocks]
    windows = np.stack([np.where(inside, judgement.seen[np.where(inside, place, 0)], -1) for place, inside in seen], axis=1)
    out = []
    for found in terms.evidence(document.words, windows, judgement.term_columns[at]):
        evidence = [(name, weight * calibration.token) for name, weight in found]
        evidence.append(("baseline", calibration.intercept))
        out.append(_summed(evidence))
    return out


def _words_for(name: str) -> str:
    kind, _, value = name.partition("=")
    return PART_NAMES.get(name) or (f"before: {value}" if kind == "b01" else name)


def _summed(evidence: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Like pieces added up, the heaviest first, the light ones as one; the sum stays what it was."""
    total: dict[str, float] = {}
    for name, weight in evidence:
        total[name] = total.get(name, 0.0) + weight
    ranked = sorted(zip(map(abs, total.values()), total.items(), strict=True), reverse=True)
    named = [piece for heavy, piece in ranked[:MOST_REASONS] if heavy]
    rest = [weight for heavy, (_, weight) in ranked[MOST_REASONS:] if heavy]
    return (*named, ("the rest", sum(rest))) if rest else tuple(named)
