"""What a word can do around a cue: verbs of saying, thinking, judging, and the small words that bound a clause.

Word lists as bits.  Each distinct word is looked up once (``Words.facts``); ``attribution.py`` and ``pairs.py`` ask for bits only.
The cue verbs are those that PDTB-style attribution corpora find most often (Pareti 2012; Newell et al. 2018, PolNeAR).
"""

from collections.abc import Sequence
from functools import lru_cache

from framing.document import TERMINALS
from framing.lexicon import conjugate
from framing.quotes import MARKS
from framing.tokens import fold

# Verbs whose clause is what somebody says or writes.
SAYING = """
    acknowledge add admit advise affirm agree allege announce answer argue assert assure attest aver boast brag caution charge cite claim clarify comment
    complain concede conclude confess confirm contend counter declare deny disclose emphasize emphasise estimate exclaim explain express forecast grumble
    hint imply indicate inform insinuate insist instruct interject joke lament maintain mention muse note object observe opine pledge plead point posit
    predict proclaim promise propose protest quip reaffirm reason rebut recall recite reckon recommend recount reiterate rejoin relate remark remind
    repeat reply report respond retort reveal say stipulate stress suggest swear tell testify theorize theorise tweet urge vow warn whisper write shout
    scream mutter murmur fume gush crow scoff sneer sniff snap bark thunder rail rant whine post signal show find read conjecture surmise hypothesize
    preach tout trumpet bemoan decry ask wonder quote demand request call beg chant notify specify speculate enthuse deadpan
""".split()
# Verbs of thought, wish and plan.
THINKING = """
    anticipate assume believe conclude consider decide doubt dream expect fear feel figure guess hope imagine intend know plan prefer presume realize
    realise regret remember suppose suspect think understand want wish worry seek refuse vow threaten seem appear decline learn see offer deem perceive
    convince envision
""".split()
# Verbs that report a judgement of somebody, whose content is their object.
JUDGING = """
    accuse applaud assail attack blame blast castigate celebrate challenge commend compare condemn congratulate credit criticize criticise decry defend
    denounce describe deride dismiss disparage disavow downplay endorse fault hail laud lambast lambaste label mock oppose outline portray praise question
    rebuke reject ridicule rip slam support thank welcome discuss address advocate approve back dispute disagree echo embrace highlight cast characterize
    characterise refer renounce scold shame tout repudiate bash champion condone chide extol decry vouch trash
""".split()
# Nouns that take a clause: the claim that …, his belief that …
NOUNS = frozenset(
    """
    accusation accusations acknowledgment admission allegation allegations announcement argument arguments assertion assertions assumption assumptions
    assurance assurances belief beliefs claim claims conclusion concern concerns confidence contention conviction criticism declaration denial doubt
    doubts evidence estimate expectation expectations fear fears feeling hope hopes idea impression indication insistence notion opinion perception pledge
    prediction predictions promise promises proposal proposition rumor rumors rumour rumours sense signal speculation statement statements suggestion
    suggestions suspicion suspicions theory theories thought threat view views warning warnings word worry worries complaint complaints reports report
    remark
""".split()
)
# Adjectives that take a clause: confident that …, worried about …
ADJECTIVES = frozenset("""
    confident sure certain worried afraid skeptical sceptical convinced aware hopeful optimistic concerned adamant doubtful fearful glad sorry proud angry
""".split())
PRONOUNS = frozenset("he she they i we it who you".split())

SAYS, THINKS, JUDGES, ACCORDING, COMMA, PRONOUN, NOUN, ADJECTIVE = (1 << k for k in range(8))
CUES = SAYS | THINKS | JUDGES | ACCORDING | NOUN | ADJECTIVE
VERBS = SAYS | THINKS | JUDGES


def _forms(verbs: Sequence[str]) -> frozenset[str]:
    return frozenset(form for verb in verbs for form in conjugate(verb).values())


_SAYING, _THINKING, _JUDGING = _forms(SAYING) | {"stated", "stating"}, _forms(THINKING), _forms(JUDGING)


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
        | NOUN * (folded in NOUNS)
        | ADJECTIVE * (folded in ADJECTIVES)
    )


# ---------------------------------------------------------------- the words around a cue, as further bits
DETERMINER, PREPOSITION, AUXILIARY, ADVERB, JOINS, OPENS, RELATIVE, TIME = (1 << k for k in range(8, 16))
CAPITAL, STOP, MARK, DASH, COLON, TO, THAT, PLAIN = (1 << k for k in range(16, 24))
PAST, ING, BE, PLURAL, ASIDE = (1 << k for k in range(24, 29))
# What is asked of a cue or a source alone, kept apart: Python's whole numbers are fastest below 30 bits.
HEARS, OBJECT, INTENDS, NOUNLIKE, VOUCHED, ALLEGES, SELF, OWNER = (1 << k for k in range(8))

_DETERMINERS = frozenset("""
    the a an this these those his her its their our my your some any no every each both many most several few another such more whose all two three four
    five one
""".split())
_QUANTIFIERS = frozenset("some many most both few several those all two three four five others".split())  # some say, many believe
_PREPOSITIONS = frozenset(
    """
    of in on at by for with from about against over under during through between among within without near toward towards into onto via per amid behind
    across around upon despite like outside inside
""".split()
)
_BE = frozenset("is are was were be been being am 's 're 'm isn't aren't wasn't weren't he's she's it's they're we're i'm".split())
_AUXILIARIES = _BE - {"'s"} | frozenset(
    """
    has have had having do does did will would can could may might must shall should didn't doesn't don't hasn't haven't hadn't won't wouldn't can't
    couldn't shouldn't cannot 'd 'll 've i've we've they've
""".split()
)
_ADVERBS = frozenset(
    """
    also later not never then still just even often always once now first ever again soon recently repeatedly reportedly instead however meanwhile further
    already perhaps thus therefore indeed rather too simply only long ago previously yet so n't both either neither largely far back famously flatly
""".split()
)
_JOINS = frozenset("and but or nor yet &".split())
_OPENS = frozenset("""that whether if how why what when where because while after although though as since before until unless than whatever""".split())
_RELATIVES = frozenset("who which whom".split())
_TIMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight january february march april june july august september
    october november december morning afternoon evening night week month year earlier early late last next ago
""".split()
)
_NOT_ADVERBS = frozenset(
    """
    family ally reply supply rally italy july assembly monopoly daily weekly monthly early likely bully only kelly reilly molly sally billy
""".split()
)
_HEARS = _forms("tell ask inform advise assure remind warn urge notify instruct beg convince call".split())
# Verbs that take a plain object at least as often as a clause: what follows is their object unless a clause is marked.
_OBJECT = _JUDGING | _forms(
    """
    cite mention show find reveal report read quote demand request call express announce confirm deny propose recommend point sign tout decry lament
    bemoan preach signal consider see know feel understand want seek offer prefer expect plan perceive deem remember repeat post recall chant sing write
    disclose describe explain fear oppose outline estimate charge counsel trumpet relate forecast recite counter regret doubt wish figure dream appear
    convince tweet
""".split()
)
_INTENDS = _forms("""
    want plan seek refuse decline hope intend expect vow threaten promise pledge offer prefer wish agree decide seem appear propose swear consider urge
    ask
""".split()) | {"eager"}
_NOUNLIKE = frozenset(
    form
    for base in """
    claim report state show plan demand request call comment estimate forecast joke promise protest remark reply signal tweet post question address attack
    blame challenge charge counter credit doubt dream fault fear feel figure find hope hint label lament note object offer order pledge point quip quote
    rebuke reason regret support suspect thank view vow wish wonder worry read express lecture cast back answer decline aim slam rip fault bash champion
    advocate chant threat guess echo cite boast stress need alert exclaim praise caution
""".split()
    for form in (base, base + "s")
)


def roles(form: str) -> int:
    """Function words and times, as the second byte of bits."""
    folded = fold(form)
    adverb = folded in _ADVERBS or (len(folded) > 4 and folded.endswith("ly") and form[:1].islower() and folded not in _NOT_ADVERBS)
    return (
        DETERMINER * (folded in _DETERMINERS)
        | PREPOSITION * (folded in _PREPOSITIONS)
        | AUXILIARY * (folded in _AUXILIARIES)
        | ADVERB * adverb
        | JOINS * (folded in _JOINS)
        | OPENS * (folded in _OPENS)
        | RELATIVE * (folded in _RELATIVES)
        | TIME * (folded in _TIMES)
    ) >> 8


_SMALL = _DETERMINERS | _PREPOSITIONS | _AUXILIARIES | _JOINS | _OPENS | _RELATIVES | PRONOUNS | {"to", "not", "off", "out", "up"}


def shapes(form: str) -> int:
    """Capitals, punctuation, *to* and *that*, as the third byte."""
    folded = fold(form)
    return (
        CAPITAL * form[:1].isupper()
        | STOP * (form in TERMINALS)
        | MARK * (form in MARKS)
        | DASH * (form in ("—", "–", "--"))
        | COLON * (form in (":", ";"))
        | TO * (folded == "to")
        | THAT * (folded == "that")
        | PLAIN * (form[:1].islower() and folded not in _SMALL)
    ) >> 16


_ASIDES = frozenset("needless suffice fair safe".split())  # needless to say, suffice it to say, it is fair to say: the writer says it
_PAST = frozenset("said told found thought known seen sought written cast".split())


def frames(form: str) -> int:
    """Participles, forms of *be*, plurals, as the fourth byte."""
    folded = fold(form)
    cue = folded in _SAYING or folded in _THINKING or folded in _JUDGING
    plural = folded.endswith("s") and not folded.endswith(("ss", "'s")) and folded not in _DETERMINERS
    return (
        PAST * (cue and (folded.endswith("ed") or folded in _PAST))
        | ING * (len(folded) > 4 and folded.endswith("ing") and (cue or form[:1].islower()))
        | BE * (folded in _BE)
        | PLURAL * (plural or folded in _QUANTIFIERS)
        | ASIDE * (folded in _ASIDES)
    ) >> 24


# Verbs of evidence and of inner states that the writer vouches for: what follows them is told in the writer's own voice.
_VOUCHED = _forms(
    """
    show reveal signal seem appear find see learn know realize realise remember understand imagine decide consider indicate regret feel call
""".split()
)
# Verdicts whose object is what somebody alleges: accused the army of torture.
_ALLEGING = _forms("accuse allege charge blame".split())


def traits(form: str) -> int:
    """All four bytes of bits: ``cue_bits``, ``roles``, ``shapes``, ``frames``."""
    return cue_bits(form) | roles(form) << 8 | shapes(form) << 16 | frames(form) << 24


def cue_kinds(form: str) -> int:
    """What is asked of a cue or a source alone."""
    folded = fold(form)
    return (
        HEARS * (folded in _HEARS)
        | OBJECT * (folded in _OBJECT)
        | INTENDS * (folded in _INTENDS)
        | NOUNLIKE * (folded in _NOUNLIKE)
        | VOUCHED * (folded in _VOUCHED)
        | ALLEGES * (folded in _ALLEGING)
        | SELF * (folded in ("i", "we"))
        | OWNER * (folded in ("his", "her", "their", "its", "'s"))
    )
