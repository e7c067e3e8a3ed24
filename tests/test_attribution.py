"""Who says what.  The sentences, all invented, are in ``cases/attribution.json`` by kind of claim."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from framing.attribution import DEEPEST, Passage, attribute
from framing.cues import JUDGES, SAYS, THINKS, cue_bits
from framing.document import Document, read

CASES = json.loads((Path(__file__).parent / "cases" / "attribution.json").read_text(encoding="utf-8"))
EACH = [pytest.param(case, id=f"{claim}: {case['text'][:40]}") for claim, cases in CASES.items() for case in cases]


def passages_of(text: str) -> tuple[Document, list[Passage]]:
    document = read(text)
    return document, attribute(document, [True] * len(document.quotes))


def words(document: Document, start: int, end: int) -> str:
    return document.text[document.starts[start] : document.ends[end - 1]]


@pytest.mark.parametrize("case", EACH)
def test_words_are_given_to_their_source(case: dict[str, Any]) -> None:
    document, passages = passages_of(case["text"])
    found = {
        "reported": [words(document, p.start, p.end) for p in passages if p.mode == "reported" and p.is_speech],
        "stance": [words(document, p.start, p.end) for p in passages if p.mode == "reported" and not p.is_speech],
        "quoted": [words(document, p.start, p.end) for p in passages if p.mode == "quoted"],
    }
    for kind, contents in found.items():
        assert contents == case.get(kind, []), kind
    if "sources" in case:
        assert [p.source and words(document, *p.source) for p in passages] == case["sources"]


def test_passages_are_ordered_and_lie_inside_the_text() -> None:
    text = " ".join(case["text"] for cases in CASES.values() for case in cases)
    document, passages = passages_of(text)
    assert passages
    assert all((a.start, a.end) <= (b.start, b.end) for a, b in pairwise(passages))
    for p in passages:
        assert 0 <= p.start < p.end <= len(document)
        assert p.source is None or 0 <= p.source[0] < p.source[1] <= len(document)


def test_a_quotation_that_was_judged_none_is_no_passage() -> None:
    document = read("Their “evidence” was burnt.")
    assert attribute(document, [False]) == []


def test_a_source_is_not_carried_into_the_next_paragraph() -> None:
    document, passages = passages_of("“It is a disgrace,” Lund said.\n\n“Pull it down.”")
    assert [p.source and words(document, *p.source) for p in passages] == ["Lund", None]


def test_the_turns_of_a_transcript_are_given_to_their_labels() -> None:
    document, passages = passages_of("A talk by the sea.\n\nLUND: The boats left.  They sank.\n\nBERG: When?\n\nLUND: At noon.")
    assert [(words(document, *p.source), words(document, p.start, p.end)) for p in passages if p.source] == [
        ("LUND", "The boats left.  They sank."),
        ("LUND", "At noon."),
    ]


def test_empty_text_has_no_passages() -> None:
    assert passages_of("")[1] == []


def test_furniture_speaks_for_nobody() -> None:
    document = read("The mayor said the bridge was closed.")
    document.furniture_sentences[:] = True
    assert attribute(document, []) == []


@pytest.mark.parametrize("unit", ["Lee said ", "he says, who claims that according to Lee, ", ", saying, ", "the mayor, Lee, said that he, "])
def test_a_sentence_of_cues_is_not_nested_without_end(unit: str) -> None:
    document, passages = passages_of("A " + unit * 2000)
    assert sum(p.end - p.start for p in passages) <= (DEEPEST + 1) * len(document)


def test_cue_bits_folds_and_tells_the_kinds_apart() -> None:
    assert cue_bits("Said") & SAYS
    assert cue_bits("believes") & THINKS
    assert cue_bits("criticised") & JUDGES
    assert not cue_bits("table")
