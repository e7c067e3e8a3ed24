"""A tiny model, trained in a second on sentences invented for these tests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from framing.corpus import Example, LabeledQuote, LabeledSpan
from framing.lexicon import Entry, Lexicon
from framing.model import Model
from framing.training import train

os.environ.pop("COLUMNS", None)  # what is printed is wrapped to it; pytest-xdist sets it for its workers, a shell may

# Loaded words stand as {device:words}; pairs of marks as <use:words>.  Each loaded sentence is followed by its neutral twin.
TWINS = (
    ("The {contentious_label:thugs} at the ferry office closed the quay.", "The staff at the ferry office closed the quay."),
    ("Harbour {contentious_label:cronies} picked the pilot in secret.", "The harbour board picked the pilot in a closed session."),
    ("A {emotive:shameful} vote ended the lighthouse grant.", "A vote of nine to four ended the lighthouse grant."),
    ("The {emotive:brutal} cut leaves the orchard unpaid.", "The cut leaves the orchard without its yearly payment."),
    ("Mayor Oddny Krill {loaded_verb:boasted} of the tunnel.", "Mayor Oddny Krill spoke about the tunnel."),
    ("The baker {loaded_verb:whined} about the bread levy.", "The baker wrote to the council about the bread levy."),
    ("{editorializing:Needless to say}, the bridge opened late.", "The bridge opened eleven days late."),
    ("The clerks {editorializing:conveniently} lost the ledger.", "The clerks could not find the ledger on Tuesday."),
    ("Its {puffery:visionary} owner rebuilt the cannery.", "Its owner rebuilt the cannery in two years."),
    ("A {puffery:legendary} choir sang at the granary.", "A choir of forty sang at the granary."),
    ("{weasel:Critics say} the well is too shallow.", "Two engineers told the panel that the well is too shallow."),
    ("{weasel:Some observers} doubt the kelp survey.", "Professor Ilse Tamm doubts the kelp survey."),
    ("A {metaphor:flood} of scooters drowned the old town.", "In May 600 scooters were registered in the old town."),
    ("The {metaphor:cancer} of debt reached the library.", "The debt of the library rose by a tenth."),
    ("The {doubt:so-called} experts drew the map.", "Three surveyors drew the map."),
    ("An {doubt:alleged} plan for the marsh was shown.", "The county showed its plan for the marsh."),
    ("The mill {euphemism:let go} sixty weavers.", "The mill dismissed sixty weavers."),
    ("The convoy caused {euphemism:collateral damage} in Lower Venn.", "The convoy killed two farmers in Lower Venn."),
    ("The {contentious_label:thugs} and their {emotive:shameful} deal with the dairy.", "The dairy signed a contract with the union."),
    ("A {emotive:brutal}, {emotive:shameful} rent rise hit the weavers.", "The rent of the weavers rose by a fifth."),
    ("The <scare:reform> emptied three village schools.", "The reform closed three village schools."),
    ("Their <scare:evidence> fits on a napkin.", "Their report has four pages."),
    ("The <scare:voluntary> levy is taken from every wage.", "The levy is taken from every wage."),
    ("The <scare:experts> had never seen a weir.", "The authors had not worked on a weir before."),
)
MARKED = (
    "She called the weir <quotation:a long mistake>, in a letter of 3 May.",
    "The warden said <quotation:the gate stays shut> on Monday.",
    "The miller told the panel that it was <quotation:too little>.",
    "He wrote that the road was <quotation:a disgrace> to the valley.",
    "The novel <title:Salt and Tallow> won the prize.",
    "The film <title:Nine Ferries> opens on Friday.",
    "Her song <title:Low Water> was played at noon.",
    "The play <title:A Cold Kiln> closes in June.",
    "The word <mention:weir> comes from an old verb.",
    "The step is known as <mention:grounding> in the trade.",
    "Pilots use the term <mention:slack> for still water.",
    "The form lists it as <mention:other> in column four.",
)
_MARKUP = re.compile(r"\{(\w+):([^}]*)\}|<(\w+):([^>]*)>")


def example(marked: str, *, label: int, group: str, name: str, topic: str = "harbour") -> Example:
    """The example that the markup above stands for."""
    text, spans, quotes, last = "", [], [], 0
    for found in _MARKUP.finditer(marked):
        text += marked[last : found.start()]
        last = found.end()
        device, words, use, quoted = found.groups()
        if device:
            spans.append(LabeledSpan(len(text), len(text) + len(words), device))
            text += words
        else:
            quotes.append(LabeledQuote(len(text) + 1, len(text) + 1 + len(quoted), use))
            text += f"“{quoted}”"
    return Example(text + marked[last:], label=label, spans=spans, quotes=quotes, attributions=[], group=group, id=name, topic=topic)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """60 labelled sentences: twins with spans and scare quotes, neutral ones with the other uses of marks."""
    out = []
    for number, (loaded, neutral) in enumerate(TWINS):
        out.append(example(loaded, label=1, group=f"twin-{number}", name=f"twin-{number}a"))
        out.append(example(neutral, label=0, group=f"twin-{number}", name=f"twin-{number}b"))
    out += [example(text, label=0, group=f"marks-{number}", name=f"marks-{number}") for number, text in enumerate(MARKED)]
    return out


@pytest.fixture(scope="session")
def tiny_lexicon() -> Lexicon:
    """A few terms with neutral wordings."""
    return Lexicon(
        [
            Entry("thug", "contentious_label", "n", 3, ("man",), ""),
            Entry("shameful", "emotive", "a", 3, ("criticised",), ""),
            Entry("brutal", "emotive", "a", 2, ("violent", "severe"), ""),
            Entry("boast", "loaded_verb", "v", 2, ("say",), ""),
            Entry("critics say", "weasel", "x", 2, (), ""),
            Entry("flood", "metaphor", "n", 1, ("rise",), ""),
        ]
    )


@pytest.fixture(scope="session")
def tiny_model(examples: list[Example], tiny_lexicon: Lexicon) -> Model:
    """A model of all heads that has learnt its few sentences by heart."""
    return train(examples, base=None, lexicon=tiny_lexicon, name="tiny")


@pytest.fixture(scope="session")
def tiny_file(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tiny model's file."""
    path = tmp_path_factory.mktemp("models") / "tiny.joblib"
    tiny_model.save(path)
    return str(path)


@pytest.fixture
def shell() -> Iterator[Any]:
    """An IPython shell as a notebook has one, without a history on disk."""
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    yield InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    InteractiveShell.clear_instance()
