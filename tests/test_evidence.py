"""Evidence in plain words: nothing that a page shows is a feature's bare name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import framing
from framing import flagging, judging, pairs
from framing.features import Feature
from framing.rendering import html
from framing.rendering.evidence import worded

# Invented so that every function of ``pairs.py`` has something to say.
TEXTS = (
    "The “non-military” operation ended. Their “evidence” fits on a napkin. His so-called “expert opinion” was late.",
    "She said, “We will not go. The quay is closed!” The board praised the “very long and rather costly plan of the harbour”.",
    "He believes the “plan” failed. According to a poll the “Great Harbour Plan” is known as “GHP”. “WE WON” said the banner.",
    "“The vote is over.” They claimed the “honest” count was right, but a clerk doubted the “Honest count”, which she called “fair”.",
    "“Fair” is a word. Critics, and many others on the far side of the long quay, doubt the “Big dull plan”?",
    "“" + "The boats went out and came back again before noon, " * 5 + "” he said.",
    "The film “Low Tide” was “good” and ‘bad’. It is a \"deal\" — “deal?”, “no!” (“so...”) they wrote in a letter.",
)
BARE = re.compile(r"[=|∅]|\b(True|False)\b|\w:\w")


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The names of all features of the pairs in ``TEXTS``."""
    found: set[str] = set()

    def features(place: pairs.Place) -> Iterator[Feature]:
        for name, value in pairs.features(place):
            found.add(name)
            yield name, value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "features", features)
        model = framing.load()
        for text in TEXTS:
            model.score(text)
    return found


def family(name: str) -> str:
    """A feature's name as far as its first value."""
    side = re.match(r"[ab]:(\w+)", name)
    return "cue " + side[1] if side else re.split(r"[=:]", name)[0]


def test_every_family_of_the_quotes_head_is_met_here_and_has_a_wording(names: set[str]) -> None:
    source = Path(pairs.__file__).read_text(encoding="utf-8")
    yielded = [*re.findall(r'yield f?"(?:\{side\}:)?([\w>-]+)', source), "ip"]
    met = {family(name).removeprefix("cue ") for name in names}
    assert set(yielded) - met == set()
    assert len(names) > 100
    for name in names:
        said = worded(flagging._words_for(name))
        assert said != name
        assert not BARE.search(re.sub("“.*?”|the mark .", "", said)), (name, said)


def test_neighbours_and_phrases_of_the_terms_head_are_worded() -> None:
    assert worded("-2 word “that”") == "2 words before: word “that”"
    assert worded("+2 its letters") == "2 words on: its letters"
    assert worded("phrase=loaded_verb") == "a listed phrase (loaded verb)"


def test_names_of_parts_and_of_other_heads_stay(names: set[str]) -> None:
    for name in (*pairs.PART_NAMES.values(), "lexicon", "baseline", "its letters", "previous word “in”", "the words “to slam”", "the rest"):
        assert worded(name) == name


@pytest.mark.parametrize("name", ["caps=odd:9", "n=", "det=", "b:shouts:1", "cue=Maybe:long", "", "=", "end=", "mark"])
def test_a_name_that_is_not_known_stays_as_it_is(name: str) -> None:
    assert worded(name) == name


def test_a_page_says_why_in_words(tmp_path: Path) -> None:
    report = framing.score("Their “evidence” is two pages long.")
    assert [flag.kind for flag in report.flags] == ["scare_quote"]
    evidence = re.findall(r"Evidence: (.*?)</span>", html.page(report, title="t"))
    assert evidence
    assert not BARE.search(re.sub("“.*?”", "", evidence[0]))
