"""Chances to flags: thresholds, overlaps, voice, evidence, reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framing import taxonomy
from framing.document import Document
from framing.features import Feature, Vocabulary, describe
from framing.heads import NamedHead, TableHead, sigmoid
from framing.judging import AUTHOR, NEVER, SCARE, TERM_COLUMNS, Judgement, softmax
from framing.lexicon import Match
from framing.pairs import RESEMBLANCE
from framing.pairs import features as pair_features
from framing.report import Flag
from framing.tokens import fold

MOST_REASONS = 8  # pieces of evidence that are named; the rest is one sum, so that the weights still add up
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


def candidates(judgement: Judgement, chances: np.ndarray, threshold: float, taken: np.ndarray) -> list[Candidate]:
    """Runs of tokens at or above `threshold`, grown to the lexicon's phrases, without function words at their ends.

    Tokens in `taken` are part of another flag already.
    """
    document = judgement.document
    hits = (chances >= threshold) & (judgement.token_logits > NEVER)
    if not hits.any():
        return []
    matched: dict[int, Match] = {}
    for match in judgement.matches:
        if hits[match.start : match.end].any():
            hits[match.start : match.end] = True
            for i in range(match.start, match.end):
                matched[i] = match
    hits[np.repeat(document.furniture_sentences, np.diff(document.sentences))] = False
    hits[taken] = False
    out: list[Candidate] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hits.astype(np.int8), [0]])))
    sentence_of = document.sentence_of
    for a, b in edges.reshape(-1, 2).tolist():
        for start, end in _pieces(sentence_of, matched, a, b):
            start, end = _trim(document, start, end, matched)
            if start < end:
                peak = start + int(chances[start:end].argmax())
                out.append(Candidate(start, end, peak, float(chances[peak]), matched.get(peak)))
    return out


def _pieces(sentence_of: np.ndarray, matched: dict[int, Match], a: int, b: int) -> list[tuple[int, int]]:
    """A run is cut where a sentence ends and where a phrase of the lexicon begins or ends."""
    cuts = [a]
    for i in range(a + 1, b):
        if sentence_of[i] != sentence_of[i - 1] or matched.get(i) is not matched.get(i - 1):
            cuts.append(i)
    return list(zip(cuts, [*cuts[1:], b], strict=True))


def _trim(document: Document, start: int, end: int, matched: dict[int, Match]) -> tuple[int, int]:
    forms = document.words.forms
    while start < end and start not in matched and fold(forms[document.numbers[start]]) in EDGES:
        start += 1
    while start < end and end - 1 not in matched and fold(forms[document.numbers[end - 1]]) in EDGES:
        end -= 1
    return start, end


def span_features(document: Document, start: int, end: int, match: Match | None, vocabulary: Vocabulary) -> list[Feature]:
    """What the devices head is told about the tokens `start` to `end`."""
    forms = [document.words.forms[n] for n in document.numbers[start:end].tolist()]
    scale = 1.0 / len(forms)
    lexicon = vocabulary.lexicon
    out: list[Feature] = []
    for form in forms:
        out += [(name, value * scale) for name, value in vocabulary.features(form, "full")]
        found = lexicon.single.get(fold(form))
        if found is not None:
            entry = lexicon.entries[found[0]]
            out.append((f"pos={entry.pos}", scale))
    if match is not None:
        entry = lexicon.entries[match.entry]
        out.append((f"match={entry.device}", 1.0 + 0.3 * entry.strength))
    sentence = int(document.sentence_of[start])
    for side, i in (("before", start - 1), ("after", end)):
        if document.sentences[sentence] <= i < document.sentences[sentence + 1]:
            folded = vocabulary.spelling(document.words.forms[document.numbers[i]])
            out += [(f"{side}={folded}", 0.5), (f"{side}e={folded[-2:]}", 0.3)]
        else:
            out.append((f"{side}=∅", 0.5))
    out += [(f"v={k}", RESEMBLANCE * value) for k, value in enumerate(vocabulary.mean_vector(forms).tolist())]
    out.append((f"words={min(len(forms), 4)}", 0.5))
    last = forms[-1].lower()
    out.append((f"last={last[-2:]}", 0.5))
    return out


def sources_of(judgement: Judgement) -> list[str | None]:
    """The source of each token's voice as the text names it, or None."""
    document = judgement.document
    out: list[str | None] = [None] * len(document)
    for passage in judgement.passages:
        if passage.source is not None:
            name = document.text[document.starts[passage.source[0]] : document.ends[passage.source[1] - 1]]
            for i in range(passage.start, passage.end):
                out[i] = name
    return out


def flags(
    judgement: Judgement,
    *,
    terms: TableHead,
    devices: NamedHead | None,
    quotes: NamedHead,
    vocabulary: Vocabulary,
    calibration: Calibration,
    threshold: float,
    scare_threshold: float,
) -> list[Flag]:
    """The flags of one document, by place."""
    document = judgement.document
    lexicon = vocabulary.lexicon
    chances = token_chances(judgement, calibration)
    scared, taken = _scare_flags(judgement, quotes, vocabulary, scare_threshold)
    found = candidates(judgement, chances, threshold, taken)
    sources = sources_of(judgement) if found else []
    rows = [span_features(document, c.start, c.end, c.match, vocabulary) for c in found]
    logits = devices.logits(rows) if devices is not None else [None] * len(rows)
    out = list(scared)
    for candidate, row in zip(found, logits, strict=True):
        start, end = int(document.starts[candidate.start]), int(document.ends[candidate.end - 1])
        voice = int(judgement.voices[candidate.peak])
        entry = lexicon.entries[candidate.match.entry] if candidate.match else None
        device: taxonomy.Device | None
        if devices is not None and row is not None:
            device = taxonomy.device(devices.classes[int(row.argmax())])
        else:
            device = taxonomy.device(entry.device) if entry else None
        suggestions = entry.suggestions(candidate.match.form) if entry and candidate.match and (device is None or entry.device == device.name) else ()
        text = document.text[start:end]
        out.append(
            Flag(
                start=start,
                end=end,
                text=text,
                kind="loaded_term",
                device=device.name if device else None,
                probability=candidate.probability,
                voice=taxonomy.VOICES[voice],
                source=None if voice == AUTHOR else sources[candidate.peak],
                reason=_reason(text, device, voice, None if voice == AUTHOR else sources[candidate.peak]),
                suggestions=suggestions,
                why=term_evidence(judgement, terms, calibration, candidate.peak),
            )
        )
    return sorted(out, key=lambda f: (f.start, f.end))


def _scare_flags(judgement: Judgement, quotes: NamedHead, vocabulary: Vocabulary, threshold: float) -> tuple[list[Flag], np.ndarray]:
    """The scare quotes, and which tokens they take; of nested ones the outermost."""
    document = judgement.document
    out: list[Flag] = []
    taken = np.zeros(len(document), bool)
    for pair, logits, chances in zip(document.quotes, judgement.quote_logits, softmax(judgement.quote_logits), strict=True):
        furniture = document.furniture_sentences[document.sentence_of[pair.opening]]
        if chances[SCARE] < threshold or chances.argmax() != SCARE or furniture or taken[pair.opening]:
            continue
        taken[pair.opening : pair.closing + 1] = True
        text = document.text[pair.start : pair.end]
        evidence = [(_words_for(name), weight) for name, weight in quotes.evidence(pair_features(document, pair, vocabulary), SCARE)]
        others = np.delete(logits.astype(float), SCARE)
        evidence.append(("the other uses of the marks", -float(np.log(np.exp(others - others.max()).sum()) + others.max())))
        out.append(
            Flag(
                start=pair.start,
                end=pair.end,
                text=text,
                kind="scare_quote",
                device="scare_quote",
                probability=float(chances[SCARE]),
                voice="author",
                source=None,
                reason=f"“{_short(text)}” {taxonomy.SCARE_REASON}.",
                suggestions=(),
                why=_summed(evidence),
            )
        )
    return out, taken


def _reason(text: str, device: taxonomy.Device | None, voice: int, source: str | None) -> str:
    whose = "" if voice == AUTHOR else f", in the words of {_short(source)}" if source else ", in somebody else's words"
    return f"“{_short(text)}” {device.reason if device else 'takes a side'}{whose}."


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57].rstrip() + "…"


def term_evidence(judgement: Judgement, terms: TableHead, calibration: Calibration, i: int) -> tuple[tuple[str, float], ...]:
    """The evidence for token `i`, scaled so that it sums to the flag's logit."""
    document = judgement.document
    sentence = int(document.sentence_of[i])
    first, last = int(document.sentences[sentence]), int(document.sentences[sentence + 1])
    forms = [document.words.forms[document.numbers[i + b.offset]] if first <= i + b.offset < last else None for b in terms.blocks]
    evidence = []
    for place, name, weight in terms.evidence(forms, judgement.term_columns[i]):
        evidence.append((place + (name if name in TERM_COLUMNS or name == "baseline" else describe(name)), weight * calibration.token))
    evidence.append(("baseline", calibration.intercept))
    return _summed(evidence)


def _words_for(name: str) -> str:
    kind, _, value = name.partition("=")
    sides = {"b": "before", "a": "after", "i": "inside", "s": "around"}
    if kind.endswith("v") and value:
        return f"{sides[kind[0]]}: words they resemble"
    if value and kind[:1] in sides and kind not in ("all-upper",):
        return f"{sides[kind[:1]]}: {value}"
    return name


def _summed(evidence: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Like pieces added up, the heaviest first, the light ones as one; the sum stays what it was."""
    total: dict[str, float] = {}
    for name, weight in evidence:
        total[name] = total.get(name, 0.0) + weight
    ranked = sorted(((n, w) for n, w in total.items() if w), key=lambda row: (-abs(row[1]), row[0]))
    head, tail = ranked[:MOST_REASONS], ranked[MOST_REASONS:]
    if tail:
        head.append(("the rest", sum(w for _, w in tail)))
    return tuple(head)
