"""Who says what: quoted passages and indirect speech, with their sources.

Stands after the quotes head, which says which pairs of marks are quotations, and before flags get a voice.  It refuses to
parse: a cue (a verb of saying, thinking, judging or planning, *according to*, *the claim that*) is looked at together with
the few words around it, and one small function per pattern says which words it gives to whom.

Each rule was kept because it raised token F1 on PolNeAR's development part.  All that a rule asks of a word is a bit that
``Words.facts`` computes once per distinct word, so that the cost is a few list look-ups per cue.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from framing.cues import (
    ACCORDING,
    ADJECTIVE,
    ADVERB,
    ALLEGES,
    ASIDE,
    AUXILIARY,
    BE,
    CAPITAL,
    COLON,
    COMMA,
    CUES,
    DASH,
    DETERMINER,
    HEARS,
    ING,
    INTENDS,
    JOINS,
    MARK,
    NOUN,
    NOUNLIKE,
    OBJECT,
    OPENS,
    OWNER,
    PAST,
    PLAIN,
    PLURAL,
    PREPOSITION,
    PRONOUN,
    RELATIVE,
    SAYS,
    SELF,
    STOP,
    THAT,
    THINKS,
    TIME,
    TO,
    VERBS,
    VOUCHED,
    cue_kinds,
    traits,
)
from framing.document import Document
from framing.tokens import fold

BREAKS = COMMA | COLON | STOP | MARK
NOT_IN_NAME = BREAKS | OPENS | RELATIVE | AUXILIARY | PRONOUN | TO
# Sets of bits that are asked for together; as constants, since they would be joined anew at each look.
PASSED_OVER = AUXILIARY | ADVERB | TO
ENDS_HEARER = BREAKS | OPENS | DETERMINER | PRONOUN | TO
ENDS_CLAUSE = BREAKS | OPENS | RELATIVE
FOLLOWS_TRAILING = COMMA | STOP | MARK | TIME | PREPOSITION
STARTS_NAME = CAPITAL | DETERMINER | PRONOUN | PLAIN
STARTS_NO_NAME = OPENS | PREPOSITION | ADVERB | TO | TIME
BEFORE_VERB = PRONOUN | AUXILIARY | TO | RELATIVE | COMMA | JOINS
AFTER_VERB = THAT | TO | DETERMINER | PRONOUN | CAPITAL | MARK
STARTS_CLAUSE = OPENS | PRONOUN | MARK
WHEN = ADVERB | TIME
NO_NAME_START = JOINS | ADVERB | TIME | PREPOSITION
SUBORDINATES = OPENS | RELATIVE
ENDS_INVERTED = COMMA | STOP | RELATIVE | TIME | PREPOSITION | DASH
COMMA_OR_MARK = COMMA | MARK
VOICED = SAYS | THINKS
TAKES_TO = INTENDS | HEARS
BEFORE_NOUN = DETERMINER | PREPOSITION
ENDS_NAME = NOT_IN_NAME | TIME
PARTICIPLE = PAST | ING
PAUSE = COMMA | COLON
PAUSE_OR_STOP = COMMA | COLON | STOP
ANNOUNCES = THAT | COLON
FINITE = AUXILIARY | PRONOUN
LONGEST_SOURCE = 24  # tokens; PolNeAR's sources are shorter in 98 of 100
MOST_ASIDES = 16  # commas that are looked at for *, who …*; so that a sentence of commas and cues stays linear
DEEPEST = 3  # passages inside one another; a deeper one is not told apart, which keeps hostile input linear
LONGEST_LABEL = 5  # tokens before the colon of a headline or a transcript's turn
# Labels that head an article and name nobody.
_RUBRICS = frozenset("""
    opinion analysis exclusive breaking video watch live update updated editorial review photos report poll read column comment commentary op-ed letter
    letters fact wow look
""".split())
HEADLINE = 30  # tokens; longer sentences are no headlines


@dataclass(frozen=True, slots=True)
class Passage:
    """Words given to somebody: token numbers, half-open; `source` and `cue` are token ranges or None.

    `is_speech` is False where the words are only the object of a verdict or an intention (*criticised the plan*, *wants to
    leave*): somebody's stance, but in words that the writer chose.
    """

    start: int
    end: int
    mode: str
    source: tuple[int, int] | None = None
    cue: tuple[int, int] | None = None
    is_speech: bool = True


@dataclass(slots=True)
class _Draft:
    """A passage that a later cue of the same sentence may still cut short."""

    start: int
    end: int
    source: tuple[int, int] | None
    cue: tuple[int, int]
    is_speech: bool


@dataclass(slots=True)
class _Sentence:
    """One sentence with what has been found in it.

    `bits`, `kinds` and `quoted` are the whole document's, one entry per token; `breaks` are its commas, dashes and colons
    outside quotations.
    `end` leaves the final stop out.  `voices` are cues and their sources in order, for the quotations; `open` the
    passages that have not ended before the cue in hand.
    """

    bits: list[int]
    kinds: bytes
    quoted: bytearray
    breaks: list[int]
    start: int
    end: int
    drafts: list[_Draft]
    voices: list[tuple[int, tuple[int, int] | None]]
    open: list[_Draft]

    def at(self, i: int) -> int:
        """The bits of token `i`, or those of a stop beyond the sentence."""
        return self.bits[i] if self.start <= i < self.end else STOP

    def break_after(self, i: int) -> int:
        """The first comma, dash or colon outside quotations at `i` or later, or the sentence's end."""
        k = bisect_left(self.breaks, i)
        return min(self.breaks[k], self.end) if k < len(self.breaks) else self.end

    def break_before(self, i: int) -> int:
        """The last comma, dash or colon outside quotations before `i`, or the token before the sentence."""
        k = bisect_left(self.breaks, i) - 1
        return self.breaks[k] if k >= 0 and self.breaks[k] >= self.start else self.start - 1

    def is_deep(self, i: int) -> bool:
        """Do ``DEEPEST`` passages hold token `i` already?"""
        if self.open:
            self.open = [draft for draft in self.open if draft.end > i]
        return len(self.open) >= DEEPEST

    def give(self, start: int, end: int, source: tuple[int, int] | None, cue: tuple[int, int], is_speech: bool) -> None:
        """Note that the words from `start` to `end` are given to `source`, unless there are none outside quotations."""
        while start < end and self.bits[start] & PAUSE and not self.quoted[start]:
            start += 1
        while end > start and self.bits[end - 1] & PAUSE and not self.quoted[end - 1]:
            end -= 1
        if self.quoted.find(0, start, end) >= 0:
            draft = _Draft(start, end, source, cue, is_speech)
            self.drafts.append(draft)
            if end > cue[1]:
                self.open.append(draft)


def attribute(document: Document, is_quotation: Sequence[bool]) -> list[Passage]:
    """The passages of `document` that are given to somebody, in order.

    `is_quotation` says of each of ``document.quotes`` whether it was judged a quotation.  Linear in the document: each cue
    looks at a bounded number of words, and at most ``DEEPEST`` passages lie inside one another.
    """
    words, numbers = document.words, document.numbers
    combined = words.facts(traits, "int32")[numbers]
    if not (combined & (CUES | COMMA)).any() and not any(is_quotation):
        return []
    quoted = bytearray(len(numbers))
    for pair, yes in zip(document.quotes, is_quotation, strict=True):
        if yes:
            quoted[pair.opening : pair.closing + 1] = b"\1" * (pair.closing + 1 - pair.opening)
    kinds = words.facts(cue_kinds)[numbers].tobytes()
    outside = np.frombuffer(quoted, np.uint8) == 0
    breaks = np.flatnonzero(((combined & PAUSE) != 0) & outside).tolist()
    bits = combined.tolist()
    bounds = document.sentences.tolist()
    sentences: dict[int, _Sentence] = {}
    cues, homes = _candidates(document, combined, outside)
    for i, number in zip(cues, homes, strict=True):
        sentence = sentences.get(number)
        if sentence is None:
            end = bounds[number + 1]
            while bits[end - 1] & STOP and end - 1 > bounds[number]:
                end -= 1
            sentence = sentences[number] = _Sentence(bits, kinds, quoted, breaks, bounds[number], end, [], [], [])
        _weigh(sentence, i)
    passages = [
        Passage(d.start, d.end, "reported", d.source, d.cue, d.is_speech) for s in sentences.values() for d in s.drafts if d.end > d.start
    ]
    passages.extend(_quotations(document, is_quotation, bits, bounds, sentences))
    passages.extend(_turns(document, bits, breaks, bounds))
    passages.sort(key=attrgetter("start", "end"))
    return passages


# ---------------------------------------------------------------- is this word a cue here?
def _candidates(document: Document, combined: np.ndarray, outside: np.ndarray) -> tuple[list[int], list[int]]:
    """Tokens that may be cues, outside quotations and furniture, and their sentences.

    A noun or an adjective must stand before *that*.  A capitalised word counts at the sentence's start (*According to*, *Asked
    about*) and in headlines in title case, which have no longer word in lower case: elsewhere *States* is a country.
    """
    before_that = np.append((combined[1:] & THAT) != 0, False)
    cues = np.flatnonzero(outside & (((combined & (VERBS | ACCORDING)) != 0) | (((combined & (NOUN | ADJECTIVE)) != 0) & before_that)))
    if not len(cues):
        return [], []
    bounds = document.sentences
    homes = np.searchsorted(bounds, cues, "right") - 1
    headline = ~np.logical_or.reduceat((combined & PLAIN) != 0, bounds[:-1]) & (np.diff(bounds) <= HEADLINE)
    kept = ((combined[cues] & CAPITAL) == 0) | (bounds[homes] == cues) | headline[homes]
    kept &= ~document.furniture_sentences[homes]
    return cues[kept].tolist(), homes[kept].tolist()


def _is_verb(s: _Sentence, i: int) -> bool:
    """Not *the demands*, *this announcement*, *the alleged coalition*: the word before tells."""
    b = s.bits[i]
    p = i - 1
    while p >= s.start and s.bits[p] & ADVERB and not s.bits[p] & DETERMINER:
        p -= 1
    before = s.at(p)
    if before & TO and s.at(p - 2 if s.at(p - 1) & PRONOUN else p - 1) & ASIDE:
        return False
    if before & BEFORE_NOUN and not before & FINITE:
        if b & ING and before & PREPOSITION:
            return True
        return bool(before & DETERMINER and before & PLURAL) and not b & ING
    if b & CAPITAL and i == s.start:
        return bool(b & PARTICIPLE)
    if s.kinds[i] & NOUNLIKE:
        follows = s.at(i + 1)
        if follows & THAT and s.at(i + 2) & AUXILIARY:  # claims that would matter
            return False
        if before & BEFORE_VERB or (before & PLURAL and not before & CAPITAL) or (before & MARK and _opens_described_name(s, i)):
            return True
        if b & PLURAL or before & PLURAL:
            return bool((before & CAPITAL and b & PLURAL) or follows & AFTER_VERB)
        return False
    return True


def _opens_described_name(s: _Sentence, i: int) -> bool:
    """*…,” notes maritime affairs analyst Odd Krill*: after speech that ends in a comma or stop, lower-case words, then a name, then a pause.

    All three are asked for, since *“Low Water,” notes and maps, …* is a list, and in *…,” claims lawyer Odd Krill made* a verb follows.
    """
    if not s.quoted[i - 1] or not s.at(i - 2) & PAUSE_OR_STOP:
        return False
    k, ceiling = i + 1, min(s.end, i + 1 + LONGEST_SOURCE)
    while k < ceiling and s.bits[k] & PLAIN and not s.bits[k] & WHEN:
        k += 1
    first = k
    while k < ceiling and s.bits[k] & CAPITAL:
        k += 1
    return i + 1 < first < k and bool(s.at(k) & ENDS_INVERTED)


def _weigh(s: _Sentence, i: int) -> None:
    """Give words to somebody on the evidence of the cue `i`."""
    b = s.bits[i]
    if s.is_deep(i):
        return
    if b & ACCORDING:
        _according(s, i)
    elif b & VERBS and _is_verb(s, i):
        _verb(s, i)
    elif b & NOUN:
        _noun(s, i)
    elif b & ADJECTIVE and s.at(i + 1) & THAT:
        _adjective(s, i)


# ---------------------------------------------------------------- sources
def _name_before(s: _Sentence, last: int) -> tuple[int, int] | None:
    """The noun phrase that ends at token `last`: back to its determiner, or over capitals and modifiers to a boundary."""
    bits = s.bits
    if last < s.start or s.quoted[last]:
        return None
    if bits[last] & PRONOUN:
        return (last, last + 1)
    k, floor = last, max(s.start, last - LONGEST_SOURCE)
    while k >= floor:
        b = bits[k]
        if b & NOT_IN_NAME or s.quoted[k] or (b & VERBS and b & PARTICIPLE and not b & CAPITAL and not s.kinds[k] & NOUNLIKE):
            break
        if b & DETERMINER and not (k - 1 >= s.start + 1 and bits[k - 1] & (PREPOSITION | JOINS)):
            k -= 1
            break
        k -= 1
    k += 1
    while k <= last and bits[k] & NO_NAME_START and not (bits[k] & DETERMINER and k < last):
        if bits[k] & PREPOSITION:  # In Ohio Maria Ruiz said: the phrase goes as far as names do not tell it apart
            k += 1
            while k <= last and not bits[k] & (DETERMINER | CAPITAL):
                k += 1
            break
        k += 1
    return (k, last + 1) if k <= last else None


def _name_after(s: _Sentence, first: int) -> tuple[int, int] | None:
    """The noun phrase that begins at token `first`: *said Maria Ruiz, the mayor*."""
    bits, k = s.bits, first
    if k >= s.end:
        return None
    if bits[k] & PRONOUN:
        return (k, k + 1)
    ceiling = min(s.end, first + LONGEST_SOURCE)
    while k < ceiling and not bits[k] & ENDS_NAME and not s.quoted[k]:
        k += 1
    while k > first and bits[k - 1] & (PREPOSITION | JOINS | ADVERB):
        k -= 1
    return (first, k) if k > first else None


def _opening_name(s: _Sentence, before: int) -> tuple[int, int] | None:
    """Who the sentence is about, for a verb that shares its subject: the last source named, or the opening noun phrase."""
    if s.voices:
        return s.voices[-1][1]
    bits, k = s.bits, s.start
    while k < before and bits[k] & (JOINS | ADVERB | TIME):
        k += 1
    if k < before and bits[k] & (PREPOSITION | OPENS):
        k = s.break_after(k) + 1
    if k >= before:
        return None
    if bits[k] & PRONOUN:
        return (k, k + 1)
    first = k
    if bits[k] & DETERMINER:
        k += 1
        while k < before and bits[k] & PLAIN and not bits[k] & VERBS and k - first < 4:
            k += 1
        return (first, k) if bits[k] & AUXILIARY or k - first == 2 else (first, min(k, first + 2))
    while k < min(before, first + LONGEST_SOURCE) and bits[k] & CAPITAL:
        k += 1
    return (first, k) if k > first else None


def _subject(s: _Sentence, i: int) -> tuple[tuple[int, int] | None, int, bool]:
    """(source, where its clause begins, is it a relative clause) for the verb `i` whose subject stands before it.

    Auxiliaries, adverbs, negation and a verb that governs this one (*refused to say*, *went on to argue*) are passed over.
    """
    bits, k, floor = s.bits, i - 1, max(s.start, i - LONGEST_SOURCE)
    while k >= floor and bits[k] & PASSED_OVER and not bits[k] & PRONOUN:
        if bits[k] & TO:
            k -= 1
            if k > s.start and not bits[k]:  # a particle: went on to say
                k -= 1
            if k > s.start and bits[k] & PLAIN and not bits[k] & ADVERB:
                k -= 1
            continue
        k -= 1
    if k < s.start:
        return None, i, False
    if bits[k] & RELATIVE or (bits[k] & THAT and k > s.start and not bits[k - 1] & VERBS):
        last = k - 1 if not s.at(k - 1) & COMMA else k - 2
        return _name_before(s, last), k, True
    if bits[k] & JOINS:
        return _opening_name(s, k), k, False
    if bits[k] & COMMA and not s.quoted[k]:
        return _name_before_apposition(s, k), k, False
    found = _name_before(s, k)
    return found, found[0] if found else k, False


def _name_before_apposition(s: _Sentence, comma: int) -> tuple[int, int] | None:
    """*Lee, the former mayor, said*; *Lee, who resigned, said*: what stands before the comma before."""
    opening = s.break_before(comma)
    for _ in range(2):
        before = s.break_before(opening)
        if before <= s.start or not s.at(before + 1) & (DETERMINER | RELATIVE):
            break
        opening = before
    return _name_before(s, opening - 1) if opening > s.start else None


# ---------------------------------------------------------------- patterns
def _according(s: _Sentence, i: int) -> None:
    """*According to X, …*, *…, according to X*, *…, according to X, …*."""
    if not s.at(i + 1) & TO:
        return
    source = _name_after(s, i + 2)
    cue = (i, i + 2)
    s.voices.append((i, source))
    after = s.break_after(i + 2)
    if i <= s.start + 1 or (s.at(i - 1) & (COMMA | JOINS) and s.break_before(i - 1) < s.start and i - s.start < 3):
        s.give(after + 1, s.end, source, cue, True)
        return
    if s.at(i - 1) & COMMA and s.at(i - 2) & (OPENS | JOINS):  # because, according to X, …
        s.give(after + 1, s.end, source, cue, True)
        return
    _give_before(s, i, source, cue)
    if s.at(i - 1) & COMMA and s.at(after + 1) and not s.at(after + 1) & (RELATIVE | JOINS | DETERMINER):
        s.give(after + 1, s.end, source, cue, True)


def _skip_circumstances(s: _Sentence, i: int) -> int:
    """Where the content may begin after the verb `i`: past particles, adverbs, times and, for *told*, the hearer."""
    bits, k = s.bits, i + 1
    if k < s.end and not bits[k] and k + 1 < s.end:
        k += 1
    while k < s.end and bits[k] & WHEN:
        k += 1
    if s.kinds[i] & HEARS:
        first = k
        if k < s.end and bits[k] & DETERMINER:
            k += 1
        while k < s.end and k - first < 10 and not bits[k] & ENDS_HEARER:
            k += 1
    return k


def _occasion_end(s: _Sentence, k: int) -> int:
    """*in a statement that …*, *on Monday: “…*: where the content begins after such a phrase at `k`, or `k`."""
    comma = s.end
    for j in range(k + 1, min(s.end, k + 14)):
        b = s.bits[j]
        if b & ANNOUNCES or s.quoted[j]:
            return j
        if b & COMMA and comma == s.end:
            comma = j
    return comma


def _verb(s: _Sentence, i: int) -> None:
    """A verb of saying, thinking, judging or planning: its content follows it, or stands before *…, X said*."""
    b, cue = s.bits[i], (i, i + 1)
    if _is_inverted(s, i):
        source = _name_after(s, i + 1)
        s.voices.append((i, source))
        _give_before(s, i, source, cue)
        return
    source, clause, relative = _who(s, i)
    s.voices.append((i, source))
    k = _skip_circumstances(s, i)
    if _is_passive(s, i) and not s.at(k) & (TO | OPENS):
        return
    if _trails(s, i, k, clause) and not relative:
        _give_before(s, clause - 1, source, cue)
        _give_rest(s, k, source, cue)
        return
    follows = s.at(k)
    if follows & PREPOSITION and b & SAYS and not s.kinds[i] & OBJECT:
        k = _occasion_end(s, k)
    elif follows & COMMA and k < s.end:
        k += 1
    if k < s.end:
        _give_after(s, i, k, source, cue, relative or _is_subordinate(s, clause))


def _is_passive(s: _Sentence, i: int) -> bool:
    """*was told*, *is widely expected*."""
    before = s.at(i - 1)
    return bool(s.bits[i] & PAST and (before & BE or (before & ADVERB and s.at(i - 2) & BE)))


def _who(s: _Sentence, i: int) -> tuple[tuple[int, int] | None, int, bool]:
    """(source, where the clause of the verb `i` begins, is it a relative clause); ends what the clause interrupts."""
    b, before = s.bits[i], s.at(i - 1)
    if b & ING and not before & (AUXILIARY | ADVERB):
        if before & COMMA:
            _cut(s, i - 1)
        return _opening_name(s, i), i, False
    if _is_passive(s, i):
        return None, s.start, False
    source, clause, relative = _subject(s, i)
    _cut_at_clause(s, clause)
    return source, clause, relative


def _is_subordinate(s: _Sentence, clause: int) -> bool:
    """*When she said …, he left*: a clause that opens the sentence ends at the comma."""
    return bool(clause - 1 <= s.start + 1 and s.at(clause - 1) & OPENS and not s.at(clause - 1) & THAT)


def _trails(s: _Sentence, i: int, k: int, clause: int) -> bool:
    """*…, X said.*, *…,” she told the paper on Monday*: the content stands before, and no clause follows at `k`."""
    b, separator, follows = s.bits[i], s.at(clause - 1), s.at(k)
    if clause <= s.start + 1 or not b & SAYS or b & ING or not separator & COMMA_OR_MARK or separator & COLON:
        return False
    if not follows & FOLLOWS_TRAILING or follows & COLON or (k < s.end and s.quoted[k]):
        return False
    if separator & MARK or s.quoted[clause - 2]:
        return True
    if follows & COMMA:
        return not (s.at(k + 1) & THAT or (k + 1 < s.end and s.quoted[k + 1]))
    if follows & PREPOSITION:
        j = _occasion_end(s, k)
        return not (j < s.end and (s.quoted[j] or s.at(j) & ANNOUNCES or (s.at(j) & COMMA and j + 1 < s.end and s.quoted[j + 1])))
    return True


def _is_inverted(s: _Sentence, i: int) -> bool:
    """*…,” said Maria Ruiz*: a verb of saying right after a closing mark or a comma, and a name that ends the clause after it.

    After a comma the name must be followed by no verb: *Lee, the mayor, said the city was calm* is the usual order.
    """
    b, before, follows = s.bits[i], s.at(i - 1), s.at(i + 1)
    if not b & SAYS or b & ING or i - 1 <= s.start or not before & COMMA_OR_MARK or before & (COLON | DASH):
        return False
    if not follows & STARTS_NAME or follows & STARTS_NO_NAME:
        return False
    if before & MARK:
        return bool(s.quoted[i - 1])
    if s.quoted[i - 2] and not s.at(i - 2) & MARK:
        return True
    if s.kinds[i] & HEARS:
        return False
    name = _name_after(s, i + 1)
    if name is None or (follows & PLAIN and name[1] - name[0] > 3 and not s.bits[name[1] - 1] & CAPITAL):
        return False
    return bool(s.at(name[1]) & ENDS_INVERTED) and not s.at(name[1]) & (MARK | COLON)


def _give_before(s: _Sentence, end: int, source: tuple[int, int] | None, cue: tuple[int, int]) -> None:
    begin = s.start
    if len(s.voices) > 1:
        begin = max(begin, s.voices[-2][0] + 1)
    while begin < end and s.at(begin) & JOINS:
        begin += 1
    s.give(begin, end, source, cue, True)


def _give_rest(s: _Sentence, k: int, source: tuple[int, int] | None, cue: tuple[int, int]) -> None:
    """*The plan, he said on Monday, has failed*: the sentence goes on in the same voice, but not with *…, who was ill*.

    After a closing mark *and* and *but* lead back to the writer; *…,” he told her, an old friend* describes the hearer.
    """
    after = s.break_after(k)
    first = s.at(after + 1)
    if after + 2 >= s.end or s.quoted[after + 1] or first & (RELATIVE | OPENS | ING):
        return
    if (first & JOINS and s.at(cue[0] - 1) & MARK) or (first & DETERMINER and s.kinds[cue[0]] & HEARS):
        return
    s.give(after + 1, s.end, source, cue, True)


def _cut(s: _Sentence, end: int) -> None:
    """The passages that are open at `end` end there."""
    for draft in s.open:
        if draft.start < end < draft.end:
            draft.end = end


def _cut_at_clause(s: _Sentence, clause: int) -> None:
    """*…, but she said*: a clause with its own subject that is coordinated by a comma ends what was open."""
    if s.at(clause - 1) & JOINS and s.at(clause - 2) & COMMA:
        _cut(s, clause - 2)
    elif s.at(clause) & JOINS:
        _cut(s, clause)


def _give_after(s: _Sentence, i: int, k: int, source: tuple[int, int] | None, cue: tuple[int, int], ends_early: bool) -> None:
    """What follows the verb `i` from `k` on: an intention, an object, or a clause to the sentence's end."""
    b, follows = s.bits[i], s.at(k)
    kind = s.kinds[i]
    own = source is not None and bool(s.kinds[source[0]] & SELF) and source[1] - source[0] == 1
    if follows & TO:
        if kind & TAKES_TO:
            s.give(k, s.break_after(k), source, cue, False)
    elif kind & OBJECT and not follows & STARTS_CLAUSE and not (b & VOICED and _has_verb(s, k)):
        s.give(k, _object_end(s, k), source, cue, bool(kind & ALLEGES) and not own)
    else:
        s.give(k, s.break_after(k) if ends_early else _clause_end(s, k), source, cue, bool(b & VOICED) and not kind & VOUCHED and not own)


def _has_verb(s: _Sentence, k: int) -> bool:
    """Is what begins at `k` a clause without *that*: does an auxiliary come before the next break?"""
    for j in range(k, min(s.end, k + 10)):
        if s.bits[j] & ENDS_CLAUSE:
            return False
        if s.bits[j] & AUXILIARY:
            return True
    return False


def _clause_end(s: _Sentence, k: int) -> int:
    """Where a clause of speech that begins at `k` ends: the sentence's end, or *, who …*, *, which …*, an aside of the writer's.

    Ending it at *, but*, *, while* or a dash as well cost more recall on PolNeAR than it gained.
    """
    n, last, bits = bisect_left(s.breaks, k), s.end - 1, s.bits
    for comma in s.breaks[n : n + MOST_ASIDES]:
        if comma >= last:
            break
        if bits[comma + 1] & RELATIVE:
            return comma
    return s.end


def _object_end(s: _Sentence, k: int) -> int:
    """The object of a verdict ends at a comma or where a new clause opens."""
    end = s.break_after(k)
    for j in range(k + 1, min(end, k + 40)):
        if s.bits[j] & SUBORDINATES and not s.bits[j] & THAT:
            return j
    return end


def _noun(s: _Sentence, i: int) -> None:
    """*the claim that …*, *his belief that …*, *the army’s allegation that …*; not *a report that would …*."""
    if not s.at(i + 1) & THAT or s.at(i + 2) & AUXILIARY:
        return
    source = None
    if i > s.start and s.kinds[i - 1] & OWNER:
        source = (i - 1, i) if s.at(i - 1) & DETERMINER else _name_before(s, i - 2)
    s.give(i + 1, s.break_after(i + 1), source, (i, i + 1), True)


def _adjective(s: _Sentence, i: int) -> None:
    """*is confident that …*, *worried that …*."""
    source, _, _ = _subject(s, i)
    s.give(i + 1, _clause_end(s, i + 1), source, (i, i + 1), True)


# ---------------------------------------------------------------- quotations
def _quotations(
    document: Document, is_quotation: Sequence[bool], bits: list[int], bounds: list[int], sentences: dict[int, _Sentence]
) -> Iterator[Passage]:
    """The passages in marks, each with the source of the nearest cue, or of the quotation before it in its paragraph."""
    if not any(is_quotation):
        return
    paragraphs = document.paragraphs[[pair.opening for pair in document.quotes]].tolist()
    carried: tuple[int, tuple[int, int] | None] | None = None
    paragraph = -1
    for pair, yes, own in zip(document.quotes, is_quotation, paragraphs, strict=True):
        if not yes:
            continue
        first, last = bisect_right(bounds, pair.opening) - 1, bisect_right(bounds, pair.closing) - 1
        if own != paragraph:
            paragraph, carried = own, None
        voice = _voice_of(sentences, pair.opening, pair.closing, first, last)
        if voice is None and first - 1 in sentences and sentences[first - 1].voices and bits[bounds[first] - 1] & COLON:
            voice = sentences[first - 1].voices[-1]
        voice = voice or carried
        carried = voice
        yield Passage(pair.opening + 1, pair.closing, "quoted", voice[1] if voice else None, (voice[0], voice[0] + 1) if voice else None)


def _voice_of(sentences: dict[int, _Sentence], opening: int, closing: int, first: int, last: int) -> tuple[int, tuple[int, int] | None] | None:
    """The cue that speaks for a quotation: one that follows it closely, else the nearest before, else any after."""
    after = None
    if last in sentences:
        k = bisect_left(sentences[last].voices, (closing,))
        if k < len(sentences[last].voices):
            after = sentences[last].voices[k]
            if after[1] and min(after[1][0], after[0]) - closing <= 2:
                return after
    if first in sentences:
        k = bisect_left(sentences[first].voices, (opening,)) - 1
        if k >= 0:
            return sentences[first].voices[k]
    return after


def _turns(document: Document, bits: list[int], breaks: list[int], bounds: list[int]) -> Iterator[Passage]:
    """*Lee: We will win* as a headline, and the turns of a transcript: a name and a colon at a paragraph's start.

    A label that comes once may be *Update:* or *Related:*, so in the body it must come twice; a turn lasts to its paragraph's end.
    """
    paragraphs = document.paragraphs
    found: list[tuple[int, int]] = []
    for colon in breaks:
        if bits[colon] & COLON and colon and bits[colon - 1] & CAPITAL:
            start = bounds[bisect_right(bounds, colon) - 1]
            opens = start == 0 or paragraphs[start] != paragraphs[start - 1]
            if 0 < colon - start <= LONGEST_LABEL and opens and all(b & CAPITAL for b in bits[start:colon]):
                found.append((start, colon))
    labels = [tuple(document.numbers[a:b].tolist()) for a, b in found]
    seen = Counter(labels)
    for (start, colon), label in zip(found, labels, strict=True):
        headline = start == 0 and fold(document.words.forms[label[0]]) not in _RUBRICS
        if seen[label] > 1 or headline:
            end = int(np.searchsorted(paragraphs, paragraphs[start], "right"))
            if colon + 1 < end:
                yield Passage(colon + 1, end, "reported", (start, colon), (colon, colon + 1))
