"""The seed lexicon: terms that are often loaded, with device, strength and neutral wordings.

Read from tab-separated files (``seeds/*.tsv``) when a model is trained, kept in the model from then on.  Inflected forms
are made by rule.  The lexicon proposes and words suggestions; whether a term is loaded where it stands is the
classifier's to judge.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from framing.errors import DataError
from framing.taxonomy import DEVICE_NAMES
from framing.tokens import Words, fold, key_of

COLUMNS = ("term", "device", "pos", "strength", "neutral", "note")
PARTS_OF_SPEECH = ("v", "n", "a", "r", "x")
LONGEST_TERM = 8  # words

# Forms that no rule gives: base -> (third person, past, past participle, -ing); "" where the rule holds.
IRREGULAR_VERBS = {
    base: tuple(forms.split("/"))
    for base, forms in (
        row.split(" ", 1)
        for row in """be is/was/been/being
arise /arose/arisen/|bear /bore/borne/|beat /beat/beaten/beating|become /became/become/|begin /began/begun/beginning|bend /bent/bent/|beset /beset/beset/|bet /bet/bet/|bind /bound/bound/
bite /bit/bitten/|bleed /bled/bled/|blow /blew/blown/|break /broke/broken/|breed /bred/bred/|bring /brought/brought/|build /built/built/|burst /burst/burst/|buy /bought/bought/
cast /cast/cast/|catch /caught/caught/|choose /chose/chosen/|cling /clung/clung/|come /came/come/|creep /crept/crept/|cut /cut/cut/|deal /dealt/dealt/|dig /dug/dug/|do does/did/done/|draw /drew/drawn/
drink /drank/drunk/|drive /drove/driven/|eat /ate/eaten/|fall /fell/fallen/|feed /fed/fed/|feel /felt/felt/|fight /fought/fought/|find /found/found/|flee /fled/fled/|fling /flung/flung/|fly /flew/flown/
forbid /forbade/forbidden/|forget /forgot/forgotten/|forsake /forsook/forsaken/|freeze /froze/frozen/|get /got/got/|give /gave/given/|go goes/went/gone/|grind /ground/ground/|grow /grew/grown/|hang /hung/hung/
have has/had/had/|hear /heard/heard/|hide /hid/hidden/|hit /hit/hit/|hold /held/held/|hurt /hurt/hurt/|keep /kept/kept/|kneel /knelt/knelt/|know /knew/known/|lay /laid/laid/|lead /led/led/|leave /left/left/
let /let/let/|lie /lied/lied/lying|lose /lost/lost/|make /made/made/|mean /meant/meant/|meet /met/met/|mislead /misled/misled/|overrun /overran/overrun/|overthrow /overthrew/overthrown/|pay /paid/paid/
put /put/put/|read /read/read/|rend /rent/rent/|rid /rid/rid/|ride /rode/ridden/|ring /rang/rung/|rise /rose/risen/|run /ran/run/|say /said/said/|see /saw/seen/|seek /sought/sought/|sell /sold/sold/
send /sent/sent/|set /set/set/|shake /shook/shaken/|shed /shed/shed/|shoot /shot/shot/|shove /shoved/shoved/|show /showed/shown/|shrink /shrank/shrunk/|shut /shut/shut/|sing /sang/sung/|sink /sank/sunk/
sit /sat/sat/|slay /slew/slain/|sleep /slept/slept/|slide /slid/slid/|sling /slung/slung/|slink /slunk/slunk/|slit /slit/slit/|speak /spoke/spoken/|spend /spent/spent/|spin /spun/spun/|spit /spat/spat/
split /split/split/|spread /spread/spread/|spring /sprang/sprung/|stand /stood/stood/|steal /stole/stolen/|stick /stuck/stuck/|sting /stung/stung/|stink /stank/stunk/|stoop /stooped/stooped/|stride /strode/stridden/
strike /struck/struck/|string /strung/strung/|strive /strove/striven/|swim /swam/swum/|swear /swore/sworn/|sweep /swept/swept/|swing /swung/swung/|take /took/taken/|teach /taught/taught/|tear /tore/torn/|tell /told/told/
think /thought/thought/|throw /threw/thrown/|thrust /thrust/thrust/|tread /trod/trodden/|undercut /undercut/undercut/|undergo undergoes/underwent/undergone/|undermine /undermined/undermined/|upset /upset/upset/
wear /wore/worn/|weave /wove/woven/|weep /wept/wept/|win /won/won/|wind /wound/wound/|withdraw /withdrew/withdrawn/|wreak /wreaked/wreaked/|wring /wrung/wrung/|write /wrote/written/""".replace(
            "\n", "|"
        ).split("|")
    )
}
IRREGULAR_NOUNS = {"man": "men", "woman": "women", "child": "children", "person": "people", "wolf": "wolves", "thief": "thieves", "knife": "knives", "wife": "wives", "life": "lives", "half": "halves", "mouse": "mice", "louse": "lice", "foot": "feet", "tooth": "teeth", "goose": "geese", "crisis": "crises", "thesis": "theses", "elf": "elves", "calf": "calves", "loaf": "loaves"}
UNCOUNTED = frozenset("sheep swine news politics economics series species propaganda nonsense police people cattle vermin riffraff".split())
# A final consonant after one stressed vowel doubles (slam, slammed); in these longer verbs too.
DOUBLING = frozenset("admit commit compel concur confer control defer demur deter dispel expel incur infer occur omit permit prefer propel rebel rebut recur refer regret repel submit transfer kidnap hobnob backpedal abet attrit backstab emit humblebrag kneecap sandbag handicap outwit".split())
PREFIXES = ("over", "under", "re", "mis", "out", "with", "fore", "up", "mud", "un")  # before an irregular verb: overtake, withhold
VERB_FORMS = ("base", "third", "past", "participle", "ing")


def conjugate(verb: str) -> dict[str, str]:
    """The five forms of an English verb, by form name.

    >>> conjugate("slam")["past"], conjugate("lie")["ing"], conjugate("cave")["ing"]
    ('slammed', 'lying', 'caving')
    """
    front, hyphen, last = verb.rpartition("-")
    if hyphen and last:  # flip-flop, force-feed: the last part is the verb
        return {name: front + "-" + form for name, form in conjugate(last).items()}
    for prefix in PREFIXES:
        if verb.startswith(prefix) and verb[len(prefix) :] in IRREGULAR_VERBS and verb not in IRREGULAR_VERBS:
            return {name: prefix + form for name, form in conjugate(verb[len(prefix) :]).items()}
    third, past, participle, ing = ([*IRREGULAR_VERBS.get(verb, ()), "", "", "", ""])[:4]
    if re.search(r"(?:s|x|z|ch|sh)$", verb):
        regular = verb + "es"
    elif re.search(r"[^aeiou]y$", verb):
        regular = verb[:-1] + "ies"
    else:
        regular = verb + ("es" if verb.endswith("o") and not verb.endswith(("oo", "eo", "io")) else "s")
    stem = verb
    if re.fullmatch(r"(?:[^aeiou]|qu)*[aeiou][bdfgklmnprtvz]", verb) or verb in DOUBLING:
        stem = verb + verb[-1]
    if verb.endswith("c"):
        stem = verb + "k"
    if verb.endswith("e"):
        ed = verb + "d"
    elif re.search(r"[^aeiou]y$", verb):
        ed = verb[:-1] + "ied"
    else:
        ed = stem + "ed"
    if verb.endswith("ie"):
        gerund = verb[:-2] + "ying"
    elif verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        gerund = verb[:-1] + "ing"
    else:
        gerund = stem + "ing"
    return dict(zip(VERB_FORMS, (verb, third or regular, past or ed, participle or past or ed, ing or gerund), strict=True))


def pluralize(noun: str) -> str:
    """The plural of an English noun.

    >>> pluralize("thug"), pluralize("lackey"), pluralize("crony"), pluralize("henchman")
    ('thugs', 'lackeys', 'cronies', 'henchmen')
    """
    for singular, plural in IRREGULAR_NOUNS.items():
        if noun == singular or (len(singular) >= 3 and noun.endswith(singular) and singular in ("man", "woman", "child", "wolf", "wife", "life", "foot")):
            return noun[: -len(singular)] + plural
    if noun.lower() in UNCOUNTED:
        return noun
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


class Entry(NamedTuple):
    """One row of the lexicon.  `strength`: 3 loaded nearly always, 2 about half the time, 1 now and then."""

    term: str
    device: str
    pos: str
    strength: int
    neutral: tuple[str, ...]
    note: str

    def forms(self) -> Iterator[tuple[str, str]]:
        """(form name, words) of every inflected form; the same words may come twice (slit, slit)."""
        head, space, tail = self.term.partition(" ")
        if self.pos == "v":
            for name, form in conjugate(head).items():
                yield name, form + space + tail
            if head[-1] == "l" and head[-2:-1] in tuple("aeiou"):  # British spelling: levelled, fuelling
                yield "past", head + "led" + space + tail
                yield "ing", head + "ling" + space + tail
        elif self.pos == "n":
            first, space, last = self.term.rpartition(" ")
            yield "base", self.term
            yield "plural", first + space + pluralize(last)
        else:
            yield "base", self.term

    def suggestions(self, form: str) -> tuple[str, ...]:
        """The neutral wordings, in the grammatical form that `form` names."""
        return tuple(_inflect(wording, self.pos, form) for wording in self.neutral)


@lru_cache(maxsize=1 << 13)
def _inflect(wording: str, pos: str, form: str) -> str:
    if pos == "v" and form != "base":
        head, space, tail = wording.partition(" ")
        return conjugate(head)[form] + space + tail
    if pos == "n" and form == "plural":
        first, space, last = wording.rpartition(" ")
        return first + space + (last if last.endswith("s") and not last.endswith("ss") else pluralize(last))
    return wording


class Match(NamedTuple):
    """A term met in a document: token numbers (half-open), the entry's number and the form's name."""

    start: int
    end: int
    entry: int
    form: str


OPENING_BITS = 20  # of the table that says where a phrase may begin; much larger than the lexicon, so that few places are looked at in vain


def _openings(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """For each pair of keys a number of ``OPENING_BITS`` bits; shape (pairs,)."""
    mixed = first * np.uint32(2654435761) + second
    return (mixed ^ (mixed >> np.uint32(16))) & np.uint32((1 << OPENING_BITS) - 1)


class Lexicon:
    """The entries, and where they occur in a document.

    A phrase is looked for only where its first two words occur, so that matching is linear in the text.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)
        self.single: dict[str, tuple[int, str]] = {}
        self.opening: dict[tuple[str, str], list[tuple[list[str], int, str]]] = {}
        self._opens = np.zeros(1 << OPENING_BITS, bool)
        seen: set[tuple[str, ...]] = set()
        for number, entry in enumerate(self.entries):
            for name, form in entry.forms():
                parts = tuple(split_term(form))
                if not parts or parts in seen:
                    continue
                seen.add(parts)
                if len(parts) == 1:
                    self.single[parts[0]] = (number, name)
                else:
                    self.opening.setdefault((parts[0], parts[1]), []).append((list(parts), number, name))
        for found in self.opening.values():
            found.sort(key=lambda row: (-len(row[0]), row[0]))
        first, second = ([key_of(pair[k]) for pair in self.opening] for k in (0, 1))
        self._opens[_openings(np.array(first, np.uint32), np.array(second, np.uint32))] = True

    def __len__(self) -> int:
        return len(self.entries)

    def is_term(self, form: str) -> int:
        return int(fold(form) in self.single)

    def phrases(self, words: Words, numbers: np.ndarray) -> list[Match]:
        """Every term of several words in the tokens `numbers`, in order; of terms that overlap the longest, then the first."""
        keys = words.keys.view[numbers]
        likely = np.flatnonzero(self._opens[_openings(keys[:-1], keys[1:])]).tolist()
        if not likely:
            return []
        folded, tokens = words.folded, numbers.tolist()
        found: list[Match] = []
        for i in likely:
            for parts, entry, name in self.opening.get((folded[tokens[i]], folded[tokens[i + 1]]), ()):
                if [folded[n] for n in tokens[i : i + len(parts)]] == parts:
                    found.append(Match(i, i + len(parts), entry, name))
                    break
        found.sort(key=lambda m: (m.start - m.end, m.start))
        taken: set[int] = set()
        kept = []
        for match in found:
            if taken.isdisjoint(range(match.start, match.end)):
                taken.update(range(match.start, match.end))
                kept.append(match)
        return sorted(kept)

    def term_at(self, words: Words, numbers: np.ndarray, i: int) -> Match | None:
        """The term that the token `i` is by itself."""
        found = self.single.get(words.folded[numbers[i]])
        return Match(i, i + 1, *found) if found else None

    def match(self, words: Words, numbers: np.ndarray) -> list[Match]:
        """Every term in the tokens `numbers`, in order: the phrases, and the single words outside them."""
        found = self.phrases(words, numbers)
        alone = words.facts(self.is_term)[numbers].astype(bool)
        for match in found:
            alone[match.start : match.end] = False
        singles = (self.term_at(words, numbers, i) for i in np.flatnonzero(alone).tolist())
        return sorted(found + [match for match in singles if match])

    # ------------------------------------------------------------ plain data for the model file
    def to_payload(self) -> list[list[str]]:
        return [[e.term, e.device, e.pos, str(e.strength), "|".join(e.neutral), e.note] for e in self.entries]

    @classmethod
    def from_payload(cls, rows: Sequence[Sequence[str]]) -> "Lexicon":
        return cls(Entry(term, device, pos, int(strength), tuple(n for n in neutral.split("|") if n), note) for term, device, pos, strength, neutral, note in rows)


_TERM_PARTS = re.compile(r"\w[\w.]*(?:['-]\w+)*|['’]s\b|[^\w\s]")


def split_term(term: str) -> list[str]:
    """A term's words as the tokenizer would cut them, folded.

    >>> split_term("the people's champion")
    ['the', 'people', "'s", 'champion']
    """
    parts: list[str] = []
    for part in _TERM_PARTS.findall(fold(term)):
        if part.endswith("'s") and len(part) > 2:
            parts += [part[:-2], "'s"]
        else:
            parts.append(part)
    return parts


def read_lexicon(folder: str | Path) -> Lexicon:
    """The lexicon in the ``*.tsv`` files of `folder`.

    Raises ``DataError`` with file and line for an unknown device, a wrong number of columns, a term given twice.
    """
    entries: list[Entry] = []
    seen: dict[str, str] = {}
    files = sorted(Path(folder).glob("*.tsv"))
    if not files:
        raise DataError(f"{folder}: no *.tsv files here; a lexicon is a folder of tab-separated files with the columns {', '.join(COLUMNS)}")
    for path in files:
        with open(path, encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
                where = f"{path}:{line}"
                if line == 1:
                    if tuple(row) != COLUMNS:
                        raise DataError(f"{where}: columns {row}; wanted {list(COLUMNS)}")
                    continue
                entry = _entry(row, where)
                if entry.term.casefold() in seen:
                    raise DataError(f"{where}: {entry.term!r} is already at {seen[entry.term.casefold()]}; keep one")
                seen[entry.term.casefold()] = where
                entries.append(entry)
    return Lexicon(entries)


def _entry(row: Sequence[str], where: str) -> Entry:
    if len(row) != len(COLUMNS):
        raise DataError(f"{where}: {len(row)} columns; wanted {len(COLUMNS)}: {', '.join(COLUMNS)}")
    term, device, pos, strength, neutral, note = (cell.strip() for cell in row)
    if not term or len(term.split()) > LONGEST_TERM:
        raise DataError(f"{where}: {term!r} is no term; wanted 1 to {LONGEST_TERM} words")
    if device not in DEVICE_NAMES:
        raise DataError(f"{where}: unknown device {device!r}; the devices are {', '.join(DEVICE_NAMES)}")
    if pos not in PARTS_OF_SPEECH:
        raise DataError(f"{where}: unknown part of speech {pos!r}; wanted one of {', '.join(PARTS_OF_SPEECH)}")
    if strength not in ("1", "2", "3"):
        raise DataError(f"{where}: strength {strength!r}; wanted 1, 2 or 3")
    return Entry(term, device, pos, int(strength), tuple(n.strip() for n in neutral.split("|") if n.strip()), note)
