"""What framing looks for: the nine devices and the four uses of quotation marks.

The devices follow Wikipedia's manual of style ("words to watch") and the loaded-language family of SemEval-2020 Task 11
(Da San Martino et al., 2020).  ``training_data/GUIDELINES.md`` holds the hard cases.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A framing device: its name, what it is, an example of it, the same words where they are none, and how a flag words it."""

    name: str
    definition: str
    is_one: str
    is_not_one: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuoteUse:
    """A use of quotation marks: its name, how to tell it, and an example."""

    name: str
    definition: str
    example: str


DEVICES = (
    Device(
        "contentious_label",
        "a name for people, groups or places that already takes a side",
        "the regime that runs the port",
        "a new exercise regime",
        "names somebody or something in a way that already takes a side",
    ),
    Device(
        "doubt",
        "marks a claim or a thing as suspect",
        "the supposed experts",
        "the bridge is supposed to open in May",
        "casts doubt on what it names without saying why",
    ),
    Device(
        "loaded_verb",
        "reports speech or action with a verdict inside",
        "the minister admitted the delay",
        "the minister was admitted to hospital",
        "reports what was said or done with a verdict inside the verb",
    ),
    Device(
        "emotive",
        "evaluation or feeling in the writer's own words",
        "a sick joke of a vote",
        "a sick child",
        "states a feeling or a verdict where a fact would do",
    ),
    Device(
        "editorializing",
        "the writer nods, sighs or instructs",
        "of course, nobody asked",
        "the ship had a change of course",
        "is a comment on the news, not the news",
    ),
    Device(
        "puffery",
        "praise without evidence",
        "the legendary founder",
        "a legendary sea creature",
        "praises without giving the evidence",
    ),
    Device(
        "euphemism",
        "softens what happened",
        "the mill let go of forty people",
        "she let go of the rope",
        "softens what happened",
    ),
    Device(
        "weasel",
        "a source that cannot be asked",
        "critics say",
        "critics Brahe and Lind say",
        "leans on a source that nobody can ask",
    ),
    Device(
        "metaphor",
        "disaster, war, disease or animals for people and policy",
        "a flood of migrants",
        "a flood of meltwater",
        "paints people or policy as disaster, war, disease or animals",
    ),
)
DEVICE_NAMES = tuple(d.name for d in DEVICES)

QUOTE_USES = (
    QuoteUse("scare", "the writer's distance or irony: so-called could stand in place of the marks", "their “evidence” fits on a napkin"),
    QuoteUse("quotation", "what somebody said or wrote on some occasion, in whole or in part", "she called the plan “absurd”"),
    QuoteUse("title", "a proper name or display text: work, law, campaign, nickname, slogan, sign", "the novel “Middlemarch”"),
    QuoteUse("mention", "the word as a word or a term, with no stance taken", "known as “grounding”"),
)
QUOTE_USE_NAMES = tuple(u.name for u in QUOTE_USES)

SCARE_REASON = "sets the words at a distance with quotation marks that quote nobody"

VOICES = ("author", "quoted", "reported")
ATTRIBUTION_MODES = ("quoted", "reported")
FLAG_KINDS = ("loaded_term", "scare_quote")


def device(name: str) -> Device:
    """The device called `name`; ``KeyError`` if there is none."""
    for found in DEVICES:
        if found.name == name:
            return found
    raise KeyError(f"{name!r} is no device; the devices are {', '.join(DEVICE_NAMES)}")


# No names, whatever they begin.
_STARTS = frozenset("A An The This That His Her Its Their Our My He She It They We One Some Many Several Both Most".split())


def within_sentence(source: str) -> str:
    """A source as it is written in the middle of a sentence.

    >>> within_sentence("Its chief executive"), within_sentence("Ana Ruiz")
    ('its chief executive', 'Ana Ruiz')
    """
    first = source.split(" ", 1)[0]
    return first.lower() + source[len(first) :] if first in _STARTS else source
