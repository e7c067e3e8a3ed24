"""Chances to flags: which run of words is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from framing.document import read
from framing.features import Vocabulary, hash_of
from framing.flagging import Calibration, _reason, candidates, source_of, span_items, token_chances
from framing.judging import Judgement, judge, side_by_side
from framing.lexicon import Entry, Lexicon
from framing.model import Model
from framing.report import Report
from framing.taxonomy import DEVICES, Device

LEXICON = Lexicon(
    [
        Entry("critics say", "weasel", "x", 2, (), ""),
        Entry("war on", "metaphor", "x", 2, (), ""),
        Entry("of course", "editorializing", "x", 2, (), ""),
        Entry("thug", "contentious_label", "n", 3, ("man",), ""),
    ]
)


def runs(model: Model, text: str, hot: Sequence[str], threshold: float = 0.5, others: Sequence[str] = ()) -> list[str]:
    """The runs of words that become flags when the words `hot` have a chance of 0.9 and all others none; `others` are another flag's."""
    judgement = judged(model, text)
    document = judgement.document
    chances = np.array([0.9 if token in hot else 0.0 for token in document.tokens])
    taken = np.array([token in others for token in document.tokens])
    return [text[document.starts[c.start] : document.ends[c.end - 1]] for c in candidates(judgement, chances, threshold, taken, LEXICON)]


def judged(model: Model, text: str) -> Judgement:
    heads, vocabulary = model.heads, Vocabulary(LEXICON, model.vocabulary.plain)
    (found,) = judge([read(text)], terms=heads["terms"], quotes=heads["quotes"], sentences=heads["sentences"], vocabulary=vocabulary)
    return found


# ---------------------------------------------------------------- runs
def test_nothing_hot_is_no_run(tiny_model: Model) -> None:
    assert runs(tiny_model, "The boat left the quay.", []) == []


def test_chance_at_the_threshold_is_enough(tiny_model: Model) -> None:
    assert runs(tiny_model, "The boat left.", ["boat"], threshold=0.9) == ["boat"]
    assert runs(tiny_model, "The boat left.", ["boat"], threshold=0.91) == []


def test_neighbours_are_one_run(tiny_model: Model) -> None:
    assert runs(tiny_model, "The boat left the old quay today.", ["old", "quay", "boat"]) == ["boat", "old quay"]


@pytest.mark.parametrize("hot", ["Critics", "say"])
def test_phrase_of_the_lexicon_is_flagged_whole(tiny_model: Model, hot: str) -> None:
    assert runs(tiny_model, "Critics say the boat is late.", [hot]) == ["Critics say"]


def test_phrase_of_the_lexicon_needs_a_hot_word(tiny_model: Model) -> None:
    assert runs(tiny_model, "Critics say the boat is late.", ["boat"]) == ["boat"]


def test_phrase_is_kept_apart_from_its_neighbours(tiny_model: Model) -> None:
    assert runs(tiny_model, "Late critics say thugs sailed.", ["Late", "say", "thugs", "sailed"]) == ["Late", "critics say", "thugs", "sailed"]


def test_function_words_at_the_ends_are_trimmed(tiny_model: Model) -> None:
    assert runs(tiny_model, "It was the late and slow boat of their quay.", ["the", "late", "and", "slow", "of", "their"]) == ["late and slow"]


def test_function_words_alone_are_no_run(tiny_model: Model) -> None:
    assert runs(tiny_model, "It was the boat of their quay.", ["was", "the", "of", "their"]) == []


def test_function_words_of_a_phrase_stay(tiny_model: Model) -> None:
    assert runs(tiny_model, "The war on eels is over, of course.", ["war", "course"]) == ["war on", "of course"]


@pytest.mark.parametrize("text", ["Boats sail late\n\nThugs wait", "Boats sail late\r\n\r\nThugs wait"])
def test_run_is_cut_where_the_sentence_ends(tiny_model: Model, text: str) -> None:
    assert runs(tiny_model, text, ["late", "Thugs", "wait"]) == ["late", "Thugs", "wait"]
    assert runs(tiny_model, text, ["sail", "late", "Boats"]) == ["Boats sail late"]


def test_furniture_is_no_run(tiny_model: Model) -> None:
    text = "The boat left.\n\nShare this:\n\nLeave a Reply"
    assert runs(tiny_model, text, ["Share", "this", "Leave", "Reply", "boat"]) == ["boat"]


def test_words_of_another_flag_are_left_out(tiny_model: Model) -> None:
    assert runs(tiny_model, "The old slow late boat left.", ["old", "slow", "late"], others=["slow"]) == ["old", "late"]
    assert runs(tiny_model, "The old boat left.", ["old"], others=["old"]) == []


def test_phrase_of_the_lexicon_does_not_reach_into_another_flag(tiny_model: Model) -> None:
    assert runs(tiny_model, "Critics say the boat is late.", ["Critics"], others=["say"]) == ["Critics"]


def test_run_has_the_chance_and_the_place_of_its_strongest_word(tiny_model: Model) -> None:
    judgement = judged(tiny_model, "The old slow boat left.")
    (found,) = candidates(judgement, np.array([0.0, 0.6, 0.8, 0.7, 0.0, 0.0]), 0.5, np.zeros(6, bool), LEXICON)
    assert (found.start, found.end, found.peak, found.probability, found.match) == (1, 4, 2, 0.8, None)


def test_candidates_leave_the_chances_as_they_are(tiny_model: Model) -> None:
    judgement = judged(tiny_model, "Critics say the boat is late.")
    chances = np.array([0.9, 0, 0, 0, 0, 0, 0])
    taken = np.zeros(7, bool)
    candidates(judgement, chances, 0.5, taken, LEXICON)
    assert chances.tolist() == [0.9, 0, 0, 0, 0, 0, 0]
    assert not taken.any()


# ---------------------------------------------------------------- chances, sources, features
def test_calibration_weighs_the_tokens(tiny_model: Model) -> None:
    judgement = judged(tiny_model, "The boat left. Thugs!")
    z = 2.0 * judgement.token_logits - 1.0
    assert np.allclose(token_chances(judgement, Calibration(2.0, -1.0)), 1 / (1 + np.exp(-z)), atol=1e-6)


def test_source_is_known_for_the_words_given_to_it_only(tiny_model: Model) -> None:
    judgement = judged(tiny_model, "The warden said that the boat was late.")
    sources = dict(zip(judgement.document.tokens, source_of(judgement).tolist(), strict=True))
    passage = judgement.passages[sources["boat"]]
    assert passage.source is not None
    assert judgement.document.tokens[slice(*passage.source)] == ["The", "warden"]
    assert sources["boat"] == sources["late"] >= 0 > sources["warden"]


def test_features_of_a_span_do_not_look_beyond_its_sentence() -> None:
    document = read("The boat left.\n\nThugs wait\n\nBoats sail")
    asked = span_items(side_by_side([document], LEXICON), [(4, 6, None), (1, 2, None)], Vocabulary(LEXICON, ["the"]))
    alone, inside = (set(asked.hashes[a:b].tolist()) for a, b in pairwise(asked.bounds.tolist()))
    beyond = {hash_of("before=∅"), hash_of("after=∅")}
    assert beyond <= alone
    assert not beyond & inside
    assert {hash_of("before=the"), hash_of("after=left")} <= inside


# ---------------------------------------------------------------- flags
def flagged(report: Report, text: str) -> str:
    (found,) = [f for f in report.flags if f.text == text]
    return found.reason


def test_reason_names_the_words_and_the_source(tiny_model: Model) -> None:
    own = tiny_model.score("The thugs at the ferry office closed the quay.")
    told = tiny_model.score("The warden said that the thugs would leave on Monday.", threshold=0.1)
    assert "in the words of" not in flagged(own, "thugs")
    assert flagged(told, "thugs").endswith(", in the words of the warden.")


@pytest.mark.parametrize(
    ("source", "whose"),
    [
        ("He", "in his words"),
        ("she", "in her words"),
        ("They", "in their words"),
        ("It", "in somebody else's words"),
        ("The Warden", "in the words of the Warden"),
        ("US", "in the words of US"),
    ],
)
def test_a_pronoun_is_shown_as_whose_words_and_a_name_as_within_a_sentence(tiny_model: Model, source: str, whose: str) -> None:
    report = tiny_model.score(f"{source} said that the thugs would leave on Monday.", threshold=0.1)
    (flag,) = [f for f in report.flags if f.text == "thugs"]
    assert flag.source == source
    assert flag.reason.endswith(f", {whose}.")


@pytest.mark.parametrize("device", DEVICES, ids=lambda d: d.name)
def test_no_reason_gives_the_writer_words_that_it_gives_to_somebody_else(device: Device) -> None:
    reason = _reason("x", device, 2, "The warden")
    assert reason.endswith(", in the words of the warden.")
    assert "writer" not in reason


@pytest.mark.parametrize(
    ("source", "whose"),
    [
        ("him", "in his words"),
        ("herself", "in her words"),
        ("THEM", "in their words"),
        ("I", "in somebody else's words"),
        ("whom", "in somebody else's words"),
        (None, "in somebody else's words"),
        ("WHO", "in the words of WHO"),
    ],
)
def test_every_form_of_a_pronoun_is_one(source: str | None, whose: str) -> None:
    assert _reason("thugs", None, 2, source).endswith(f", {whose}.")


def test_long_flags_are_shortened_in_the_reason_only(tiny_model: Model) -> None:
    words = "so very slow and " * 8 + "late"
    report = tiny_model.score(f"Their “{words}” boats left.", threshold=0.0)
    for flag in report.flags:
        assert flag.text == report.text[flag.start : flag.end]
        assert len(flag.reason) < 200
