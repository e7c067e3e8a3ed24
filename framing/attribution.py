"""Who says what: quoted passages and indirect speech, with their sources.

A rule over speech cues and clause ends.  A cue is a verb of saying or thinking, or *according to*; its content is what
follows it to the sentence's end (*the minister said that …*) or what stands before it (*…, the minister said*).  Passages
in marks that were judged quotations are somebody's words in any case; the nearest cue names whose.
The cue verbs are those that PDTB-style attribution corpora find most often (Pareti 2012; Newell et al. 2018, PolNeAR).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from framing.document import Document
from framing.lexicon import conjugate
from framing.tokens import fold

# Verbs whose clause is what somebody says or writes.
SAYING = """acknowledge add admit advise affirm agree allege announce answer argue assert assure attest aver boast caution charge cite claim comment complain concede
conclude confess confirm contend counter declare deny disclose emphasize emphasise estimate exclaim explain express forecast grumble hint imply indicate inform insinuate
insist instruct interject joke lament maintain mention muse note object observe opine pledge plead point posit predict proclaim promise propose protest quip reaffirm reason
rebut recall recite reckon recommend recount reiterate rejoin relate remark remind repeat reply report respond retort reveal say state stipulate stress suggest swear
tell testify theorize tweet urge venture vow warn whisper write shout scream mutter murmur fume gush crow scoff sneer sniff snap bark thunder rail rant whine post
sign-off signal show find posted read conjecture surmise hypothesize counsel preach tout trumpet bemoan decry ask wonder quote demand request call""".split()
# Verbs of thought, wish and plan.
THINKING = """anticipate assume believe conclude consider decide doubt dream expect fear feel figure guess hope imagine intend know plan prefer presume realize realise regret
remember suppose suspect think understand want wish worry seek refuse vow threaten seem""".split()
# Verbs that report a judgement of somebody, whose content is their object.
JUDGING = """accuse applaud assail attack blame blast call castigate celebrate challenge commend compare condemn congratulate credit criticize criticise decry defend denounce describe
deride dismiss disparage disavow downplay endorse fault hail laud lambast lambaste label mock oppose outline portray praise question rebuke reject ridicule rip slam
support thank welcome discuss address advocate approve back dispute disagree echo embrace highlight cast characterize characterise refer renounce scold shame tout""".split()
PRONOUNS = frozenset("he she they i we it who you".split())

SAYS, THINKS, JUDGES, ACCORDING, COMMA, PRONOUN = (1 << k for k in range(6))


def _forms(verbs: Sequence[str]) -> frozenset[str]:
    return frozenset(form for verb in verbs for form in conjugate(verb).values())


_SAYING, _THINKING, _JUDGING = _forms(SAYING), _forms(THINKING), _forms(JUDGING)


@lru_cache(maxsize=1 << 15)
def cue_bits(form: str) -> int:
    """What the word `form` can introduce, as bits."""
    folded = fold(form)
    return (
        SAYS * (folded in _SAYING)
        | THINKS * (folded in _THINKING)
        | JUDGES * (folded in _JUDGING)
        | ACCORDING * (folded == "according")
        | COMMA * (form in (",", "—", "–", "--", ";", ":"))
        | PRONOUN * (folded in PRONOUNS)
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """Words given to somebody: token numbers, half-open; `source` and `cue` are token ranges or None."""

    start: int
    end: int
    mode: str
    source: tuple[int, int] | None = None
    cue: tuple[int, int] | None = None


def attribute(document: Document, is_quotation: Sequence[bool]) -> list[Passage]:
    """The passages of `document` that are given to somebody, in order.

    `is_quotation` says of each of ``document.quotes`` whether it was judged a quotation.
    """
    passages: list[Passage] = []
    inside = np.zeros(len(document), bool)
    for pair, yes in zip(document.quotes, is_quotation, strict=True):
        if yes:
            inside[pair.opening : pair.closing + 1] = True
            passages.append(Passage(pair.opening + 1, pair.closing, "quoted"))
    bits = document.words.facts(cue_bits)[document.numbers]
    cues = np.flatnonzero((bits & (SAYS | THINKS | JUDGES | ACCORDING)) != 0)
    bounds = document.sentences
    for number in np.unique(document.sentence_of[cues]).tolist() if len(cues) else []:
        start, end = int(bounds[number]), int(bounds[number + 1])
        mine = cues[(cues >= start) & (cues < end)]
        for cue in mine.tolist():
            if inside[cue]:
                continue
            passage = _indirect(document, bits, inside, start, end, cue)
            if passage:
                passages.append(passage)
                break
    return sorted(passages, key=lambda p: (p.start, p.end))


def _indirect(document: Document, bits: np.ndarray, inside: np.ndarray, start: int, end: int, cue: int) -> Passage | None:
    commas = [i for i in range(start, end) if bits[i] & COMMA and not inside[i]]
    before = [i for i in commas if i < cue]
    after = [i for i in commas if i > cue]
    if bits[cue] & ACCORDING:
        if cue == start and after:
            return Passage(after[0] + 1, end, "reported", (cue + 2, after[0]), (cue, cue + 2))
        if before:
            return Passage(start, before[-1], "reported", (cue + 2, after[0] if after else end - 1), (cue, cue + 2))
        return Passage(start, cue, "reported", (cue + 2, end - 1), (cue, cue + 2)) if cue > start + 2 else None
    if cue == start:
        return None
    trailing = end - cue <= 4 or (after and after[0] - cue <= 3)
    if before and cue - before[-1] <= 6 and trailing and before[-1] > start + 1:
        return Passage(start, before[-1], "reported", (before[-1] + 1, cue), (cue, cue + 1))
    source = (before[-1] + 1 if before and cue - before[-1] <= 8 and cue - before[-1] > 1 else start, cue)
    if cue + 1 < end - 1:
        return Passage(cue + 1, end, "reported", source, (cue, cue + 1))
    return None
