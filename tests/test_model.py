"""One text in, one report out: offsets, flags, evidence, voices, scores, and the model's file."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing import features
from framing.errors import ModelError
from framing.flagging import Calibration
from framing.heads import NamedHead
from framing.model import Model, load_model
from framing.pairs import PARTS
from framing.report import Report
from framing.taxonomy import DEVICE_NAMES, FLAG_KINDS, QUOTE_USE_NAMES, VOICES

TEXTS = (
    "The thugs at the ferry office closed the quay.",
    "Their “evidence” fits on a napkin. The “reform” emptied three village schools.",
    "😀😀 The thugs 😀 closed the “voluntary” quay 😀. A shameful vote\r\nended the lighthouse grant.\r\n\r\nThe brutal cut 𝔸𝔹 stays.",
    "‘Critics say’ the well’s “too shallow”; the thugs’ shameful deal isn’t over.",
    "The warden said “the thugs stay shut” on Monday.\n\nAccording to Oddny Krill, the vote was shameful.",
    "Brutal cut\n\nThe brutal cut leaves the orchard unpaid.\n\nLeave a Reply\n\nSubscribe to our shameful newsletter",
    "\ufeff\u00a0The\u00a0thugs\u2028left\u2029the brutal\u0301 quay\x85naïve thugs",
)
WORDS = [
    *["The", "the", "thugs", "Thugs", "shameful", "brutal", "“evidence”", "“the", "thugs", "‘reform’", "”"],
    *["said", "that", "Critics", "say", "critics", "😀", "quay", "quay.", "!", "’", '"', "-", "Krill", "12", "𝔸’s"],
]
LINES = st.lists(
    st.lists(
        st.sampled_from(WORDS),
        min_size=1,
        max_size=12,
    ).map(" ".join)
    | st.sampled_from(["Leave a Reply", "Share this:", "Subscribe", "Advertisement"]),
    max_size=5,
)
JOINTS = st.sampled_from(["\n\n", "\r\n\r\n", "\r\n", " ", "\n"])


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def words_of(report: Report, kind: str = "loaded_term") -> list[str]:
    return [f.text for f in report.flags if f.kind == kind]


def hold(report: Report) -> None:
    """What is true of every report."""
    text = report.text
    for part in (*report.flags, *report.quotes):
        assert text[part.start : part.end] == part.text
    for part in (*report.sentences, *report.flags, *report.quotes, *report.attributions):
        assert 0 <= part.start < part.end <= len(text)
    for flag in report.flags:
        assert flag.text == flag.text.strip()
        assert flag.kind in FLAG_KINDS
        assert flag.voice in VOICES
        assert flag.device == "scare_quote" if flag.kind == "scare_quote" else flag.device in DEVICE_NAMES
        assert 0.0 <= flag.probability <= 1.0
        assert flag.reason.endswith(".")
        assert sum(weight for _, weight in flag.why) == pytest.approx(logit(flag.probability), abs=1e-3)
        assert flag.source is None or (flag.voice != "author" and flag.source in text)
    assert [(f.start, f.end) for f in report.flags] == sorted((f.start, f.end) for f in report.flags)
    for scare in (f for f in report.flags if f.kind == "scare_quote"):
        assert not [f.text for f in report.flags if f is not scare and f.kind == "loaded_term" and f.start < scare.end and scare.start < f.end]
    for start, end in report.ignored:
        assert text[start:end].strip()
    assert all(0.0 <= s.score <= 1.0 and 0.0 <= s.author_score <= 1.0 for s in report.sentences)
    assert [(s.start, s.end) for s in report.sentences] == sorted((s.start, s.end) for s in report.sentences)
    expected = np.mean([s.score for s in report.sentences]) if report.sentences else 0.0
    assert report.score == pytest.approx(float(expected), abs=1e-6)


# ---------------------------------------------------------------- every report
@pytest.mark.parametrize("threshold", [None, 0.05, 0.9])
@pytest.mark.parametrize("text", TEXTS)
def test_flags_stand_where_they_say(tiny_model: Model, text: str, threshold: float | None) -> None:
    hold(tiny_model.score(text, threshold=threshold))


@settings(deadline=None, max_examples=80)
@given(LINES, JOINTS)
def test_any_page_gives_a_sound_report(tiny_model: Model, lines: list[str], joint: str) -> None:
    hold(tiny_model.score(joint.join(lines), threshold=0.1))


@pytest.mark.parametrize("before", ["😀", "𝔸𝔹 ", "“", "e\u0301 ", "\ufeff", "\r\n", "\u200b "])
def test_what_stands_before_moves_offsets_by_code_points(tiny_model: Model, before: str) -> None:
    text = before + "\n\nThe thugs at the ferry office closed the quay."
    flags = tiny_model.score(text).flags
    assert [text[f.start : f.end] for f in flags] == ["thugs"]
    assert flags[0].start == text.index("thugs")


def test_the_same_text_with_any_line_ends_has_the_same_flags(tiny_model: Model) -> None:
    text = "The thugs closed the quay.\n\nA shameful vote ended the grant."
    expected = words_of(tiny_model.score(text))
    assert expected
    for ends in ("\r\n", "\r"):
        assert words_of(tiny_model.score(text.replace("\n", ends))) == expected


def test_curly_and_straight_marks_are_both_scare_quotes(tiny_model: Model) -> None:
    for text in ("The “reform” emptied three village schools.", 'The "reform" emptied three village schools.'):
        report = tiny_model.score(text, threshold=0.3)
        assert [q.text for q in report.quotes] == ["reform"]
        hold(report)


# ---------------------------------------------------------------- scare quotes and furniture
def with_use(model: Model, use: str) -> Model:
    """The model, but sure that every pair of marks has one use."""
    intercept = np.where(np.array(QUOTE_USE_NAMES) == use, 4.0, 0.0)
    head = NamedHead(QUOTE_USE_NAMES, np.zeros((16, len(QUOTE_USE_NAMES))), intercept, model.vocabulary, PARTS)
    return Model({**model.heads, "quotes": head}, model.vocabulary, model.calibration, model.thresholds, model.manifest)


def test_loaded_word_in_scare_quotes_is_flagged_once(tiny_model: Model) -> None:
    report = with_use(tiny_model, "scare").score("The “shameful” cut leaves the thugs unpaid.", threshold=0.2)
    assert (report.flags[0].text, report.flags[0].kind) == ("shameful", "scare_quote")
    assert "shameful" not in words_of(report)
    hold(report)


def test_other_uses_of_marks_are_no_flags(tiny_model: Model) -> None:
    for use in ("quotation", "title", "mention"):
        report = with_use(tiny_model, use).score("The “reform” emptied three village schools.")
        assert words_of(report, "scare_quote") == []
        assert [(q.text, q.use) for q in report.quotes] == [("reform", use)]


def test_scare_quotes_are_the_authors(tiny_model: Model) -> None:
    flag = with_use(tiny_model, "scare").score("The “reform” emptied three village schools.").flags[0]
    assert (flag.kind, flag.device, flag.voice, flag.source, flag.suggestions) == ("scare_quote", "scare_quote", "author", None, ())


def test_scare_quotes_never_overlap(tiny_model: Model) -> None:
    report = with_use(tiny_model, "scare").score("The “shameful ‘reform’ of grants” emptied three schools.")
    assert all(a.end <= b.start for a, b in zip(report.flags[:-1], report.flags[1:], strict=True))


def test_loaded_term_never_overlaps_a_scare_quote_at_any_threshold(tiny_model: Model) -> None:
    hold(with_use(tiny_model, "scare").score("Their “evidence” fits on a napkin.", threshold=0.0))


def test_page_furniture_has_no_flags_and_no_weight(tiny_model: Model) -> None:
    body = "The thugs at the ferry office closed the quay."
    report = tiny_model.score(f"{body}\n\nShare this:\n\nSubscribe to our shameful, brutal newsletter", threshold=0.05)
    assert [report.text[a:b] for a, b in report.ignored] == [report.text[len(body) + 2 :]]
    assert words_of(report) == words_of(tiny_model.score(body, threshold=0.05))
    assert "thugs" in words_of(report)
    assert words_of(tiny_model.score(report.text, threshold=0.2)) == words_of(tiny_model.score(body, threshold=0.2)) == ["thugs"]
    assert report.score == pytest.approx(tiny_model.score(body).score, abs=1e-6)


def test_page_of_nothing_but_furniture_scores_nothing(tiny_model: Model) -> None:
    report = tiny_model.score("Share this:\n\nLeave a Reply")
    assert (report.score, report.author_score, report.sentences, report.flags) == (0.0, 0.0, (), ())
    assert report.ignored


def test_scare_quotes_in_furniture_are_no_flags(tiny_model: Model) -> None:
    report = with_use(tiny_model, "scare").score("The quay closed.\n\nSubscribe to our “shameful” newsletter")
    assert report.ignored
    assert report.flags == ()


def test_furniture_between_wrapped_lines_has_no_flags(tiny_model: Model) -> None:
    report = tiny_model.score("They wrote\nmore on shameful thugs\nand left the quay.", threshold=0.05)
    (ignored,) = report.ignored
    assert not [f.text for f in report.flags if f.start < ignored[1] and ignored[0] < f.end]


def test_words_outside_furniture_are_judged(tiny_model: Model) -> None:
    report = tiny_model.score("Share this:\nas the brutal thugs left the\nquay in the morning.", threshold=0.01)
    assert report.ignored == ((0, 11),)
    assert report.sentences


# ---------------------------------------------------------------- voices
def test_loaded_term_in_the_writers_own_words_is_the_authors(tiny_model: Model) -> None:
    (flag,) = tiny_model.score("The thugs at the ferry office closed the quay.").flags
    assert (flag.text, flag.device, flag.voice, flag.source) == ("thugs", "contentious_label", "author", None)


def test_loaded_term_inside_a_quotation_is_quoted_with_its_source(tiny_model: Model) -> None:
    report = with_use(tiny_model, "quotation").score("The warden said “the thugs stay shut” on Monday.", threshold=0.02)
    (flag,) = [f for f in report.flags if f.text == "thugs"]
    assert (flag.voice, flag.source) == ("quoted", "The warden")
    assert "the warden" in flag.reason


def test_loaded_term_in_indirect_speech_is_reported_with_its_source(tiny_model: Model) -> None:
    report = tiny_model.score("The warden said that the thugs would leave on Monday.", threshold=0.1)
    (flag,) = [f for f in report.flags if f.text == "thugs"]
    assert (flag.voice, flag.source) == ("reported", "The warden")


def test_one_sentence_may_hold_several_voices(tiny_model: Model) -> None:
    report = with_use(tiny_model, "quotation").score("The thugs met the warden, who said that the vote was shameful.", threshold=0.02)
    assert {f.text: f.voice for f in report.flags if f.text in ("thugs", "shameful")} == {"thugs": "author", "shameful": "reported"}


def test_attributions_name_range_source_and_cue(tiny_model: Model) -> None:
    text = "The warden said that the thugs would leave on Monday."
    (found,) = tiny_model.score(text).attributions
    assert found.mode == "reported"
    assert found.source is not None
    assert found.cue is not None
    assert (text[slice(*found.source)], text[slice(*found.cue)]) == ("The warden", "said")
    assert "the thugs would leave" in text[found.start : found.end]


def test_author_score_leaves_reported_words_out(tiny_model: Model) -> None:
    own = tiny_model.score("The thugs at the ferry office closed the shameful quay.")
    assert own.author_score == pytest.approx(own.score, abs=1e-6)
    told = with_use(tiny_model, "quotation").score("The warden said: “The thugs and their shameful, brutal deal.”")
    assert told.author_score != pytest.approx(told.score, abs=1e-3)


# ---------------------------------------------------------------- scores
def test_score_of_one_sentence_is_the_sentences(tiny_model: Model) -> None:
    report = tiny_model.score("A shameful vote ended the lighthouse grant.")
    (sentence,) = report.sentences
    assert (report.score, report.author_score) == (sentence.score, sentence.author_score)


def test_score_is_the_mean_over_sentences(tiny_model: Model) -> None:
    report = tiny_model.score("A shameful vote ended the lighthouse grant. The cut leaves the orchard without its yearly payment. Thugs!")
    assert len(report.sentences) == 3
    assert report.score == pytest.approx(sum(s.score for s in report.sentences) / 3, abs=1e-6)
    assert report.author_score == pytest.approx(sum(s.author_score for s in report.sentences) / 3, abs=1e-6)


def test_sentence_scores_do_not_depend_on_other_paragraphs(tiny_model: Model) -> None:
    first, second = "A shameful vote ended the lighthouse grant.", "The staff at the ferry office closed the quay."
    together = tiny_model.score(f"{first}\n\n{second}")
    assert [s.score for s in together.sentences] == pytest.approx([tiny_model.score(t).score for t in (first, second)], abs=1e-5)


def test_sentence_scores_more_beside_a_loaded_one_than_beside_its_neutral_twin(tiny_model: Model) -> None:
    beside = [
        tiny_model.score(f"{before} The staff at the ferry office closed the quay.").sentences[1].score
        for before in ("A brutal, shameful vote ended the lighthouse grant.", "A vote of nine to four ended the lighthouse grant.")
    ]
    assert beside[0] > beside[1]


def test_loaded_sentence_scores_more_than_its_neutral_twin(tiny_model: Model) -> None:
    assert tiny_model.score("A shameful vote ended the lighthouse grant.").score > tiny_model.score("A vote of nine to four ended the lighthouse grant.").score


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\r\n", "\u00a0\u2003"])
def test_empty_text_scores_nothing_and_has_no_flags(tiny_model: Model, text: str) -> None:
    report = tiny_model.score(text, threshold=0.0)
    assert report == Report(text, 0.0, 0.0, model=tiny_model.name)


def test_lower_threshold_never_loses_a_term(tiny_model: Model) -> None:
    text = " ".join(TEXTS)
    hits = [{i for f in tiny_model.score(text, threshold=t).flags if f.kind == "loaded_term" for i in range(f.start, f.end)} for t in (0.9, 0.5, 0.2)]
    assert hits[0] <= hits[1] <= hits[2]
    assert hits[2]


# ---------------------------------------------------------------- evidence
def test_evidence_is_short_and_the_heaviest_first(tiny_model: Model) -> None:
    flags = [f for text in TEXTS for f in tiny_model.score(text, threshold=0.1).flags]
    assert {f.kind for f in flags} == set(FLAG_KINDS)
    for flag in flags:
        named = [abs(weight) for name, weight in flag.why if name != "the rest"]
        assert 1 < len(named) <= 8
        assert named == sorted(named, reverse=True)
        assert len({name for name, _ in flag.why}) == len(flag.why)


@pytest.mark.parametrize("intercept", [12.0, 20.0])
def test_evidence_still_sums_to_the_logit_when_a_chance_is_almost_one(tiny_model: Model, intercept: float) -> None:
    sure = Model(tiny_model.heads, tiny_model.vocabulary, Calibration(1.0, intercept), tiny_model.thresholds, tiny_model.manifest)
    (flag, *_) = [f for f in sure.score("The thugs closed the quay.").flags if "thugs" in f.text]
    assert flag.probability < 1.0
    assert sum(weight for _, weight in flag.why) == pytest.approx(logit(flag.probability), abs=1e-3)


def test_explain_gives_the_evidence_of_a_flag(tiny_model: Model) -> None:
    text = "The thugs closed the quay. The “reform” emptied three village schools."
    flags = tiny_model.score(text, threshold=0.3).flags
    assert {f.kind for f in flags} == set(FLAG_KINDS)
    for flag in flags:
        assert tiny_model.explain(text, flag) == flag.why


def test_explain_knows_flags_of_several_words(tiny_model: Model) -> None:
    text = "The convoy caused collateral damage in Lower Venn."
    (flag,) = [f for f in tiny_model.score(text).flags if f.text == "collateral damage"]
    assert tiny_model.explain(text, flag) == flag.why


@pytest.mark.parametrize(("words", "strongest"), [("The thugs at the ferry office closed the quay.", "thugs"), ("thugs at the", "thugs"), ("hug", "thugs")])
def test_explain_takes_any_words_and_tells_of_the_strongest(tiny_model: Model, words: str, strongest: str) -> None:
    text = "The thugs at the ferry office closed the quay."
    (flag,) = tiny_model.score(text).flags
    assert flag.text == strongest
    start = text.index(words)
    assert tiny_model.explain(text, replace(flag, start=start, end=start + len(words), text=words)) == flag.why


def test_explain_knows_words_that_are_no_flag(tiny_model: Model) -> None:
    text = "The thugs at the ferry office closed the quay."
    (flag,) = tiny_model.score(text).flags
    why = tiny_model.explain(text, replace(flag, start=17, end=29, text="ferry office"))
    assert sum(weight for _, weight in why) < logit(tiny_model.thresholds["terms"]) < sum(weight for _, weight in flag.why)


@pytest.mark.parametrize(("start", "end"), [(5, 10), (3, 8), (4, 10), (9, 4), (-6, -1), (46, 51), (460, 465)])
def test_explain_of_words_that_do_not_stand_there_is_an_error(tiny_model: Model, start: int, end: int) -> None:
    text = "The thugs at the ferry office closed the quay."
    (flag,) = tiny_model.score(text).flags
    with pytest.raises(ValueError, match=f"no 'thugs' at {start} "):
        tiny_model.explain(text, replace(flag, start=start, end=end))


@pytest.mark.parametrize(("start", "end"), [(3, 4), (9, 10), (46, 46), (0, 0)])
def test_explain_of_no_words_is_an_error(tiny_model: Model, start: int, end: int) -> None:
    text = "The thugs at the ferry office closed the quay."
    (flag,) = tiny_model.score(text).flags
    with pytest.raises(ValueError, match=f"at {start} "):
        tiny_model.explain(text, replace(flag, start=start, end=end, text=text[start:end]))


def test_explain_of_what_is_no_scare_quote_is_an_error(tiny_model: Model) -> None:
    text = "The thugs closed the quay. The “reform” emptied three village schools."
    (scare,) = [f for f in tiny_model.score(text, threshold=0.3).flags if f.kind == "scare_quote"]
    with pytest.raises(ValueError, match="no 'thugs' at 4 "):
        tiny_model.explain(text, replace(scare, start=4, end=9, text="thugs"))


# ---------------------------------------------------------------- wordings
def test_suggestions_come_in_the_form_of_the_flagged_word(tiny_model: Model) -> None:
    (flag,) = tiny_model.score("The thugs at the ferry office closed the quay.").flags
    assert flag.suggestions == ("men",)
    assert "“thugs”" in flag.reason


# ---------------------------------------------------------------- what comes in at the door
@pytest.mark.parametrize("wrong", [b"The thugs left.", None, 3, ["The thugs left."]])
def test_only_str_is_scored(tiny_model: Model, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"framing scores str, not {type(wrong).__name__}"):
        tiny_model.score(wrong)
    with pytest.raises(TypeError, match=f"framing scores str, not {type(wrong).__name__}"):
        list(tiny_model.score_many(["The thugs left.", wrong]))


@pytest.mark.parametrize("wrong", ["The thugs left.", b"The thugs left."])
def test_one_text_is_not_many(tiny_model: Model, wrong: Any) -> None:
    with pytest.raises(TypeError, match="call score"):
        list(tiny_model.score_many(wrong))


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), float("inf")])
def test_threshold_beyond_zero_and_one_is_refused(tiny_model: Model, threshold: float) -> None:
    with pytest.raises(ValueError, match=r"wanted a chance in \[0, 1\]"):
        tiny_model.score("The thugs left.", threshold=threshold)


@pytest.mark.parametrize("threshold", [0.0, 1.0, 0, 1])
def test_threshold_of_zero_and_one_is_taken(tiny_model: Model, threshold: float) -> None:
    flags = tiny_model.score("The thugs left.", threshold=threshold).flags
    assert bool(flags) is (threshold == 0)


def test_lacking_heads_are_named(tiny_model: Model) -> None:
    heads = {name: head for name, head in tiny_model.heads.items() if name not in ("quotes", "sentences")}
    partial = Model(heads, tiny_model.vocabulary, tiny_model.calibration, tiny_model.thresholds, tiny_model.manifest)
    assert partial.off == ("quotes", "sentences")
    with pytest.raises(ModelError, match="quotes, sentences"):
        partial.score("The thugs left.")


def test_lacking_devices_head_is_not_silent(tiny_model: Model) -> None:
    text = "The thugs and their “evidence” left a shameful deal."
    heads = {name: head for name, head in tiny_model.heads.items() if name != "devices"}
    partial = Model(heads, tiny_model.vocabulary, tiny_model.calibration, tiny_model.thresholds, tiny_model.manifest)
    assert partial.off == ("devices",)
    whole, found = tiny_model.score(text, threshold=0.1), partial.score(text, threshold=0.1)
    assert {f.kind for f in whole.flags} == set(FLAG_KINDS)
    assert [(f.start, f.end, f.kind, f.probability, f.why) for f in found.flags] == [(f.start, f.end, f.kind, f.probability, f.why) for f in whole.flags]


def test_without_a_devices_head_the_lexicon_names_the_device(tiny_model: Model) -> None:
    heads = {name: head for name, head in tiny_model.heads.items() if name != "devices"}
    partial = Model(heads, tiny_model.vocabulary, tiny_model.calibration, tiny_model.thresholds, tiny_model.manifest)
    text = "The thugs left their “evidence” there. Its visionary owner rebuilt the cannery."
    flags = {f.text: f for f in with_use(partial, "scare").score(text, threshold=0.2).flags}
    assert (flags["thugs"].device, flags["thugs"].suggestions) == ("contentious_label", ("men",))
    assert (flags["visionary"].device, flags["visionary"].suggestions) == (None, ())
    assert flags["evidence"].device == "scare_quote"
    assert flags["visionary"].reason == "“visionary” takes a side."


# ---------------------------------------------------------------- to a file and back
def test_saved_model_gives_the_same_reports(tiny_model: Model, tiny_file: str) -> None:
    loaded = load_model(tiny_file)
    for text in TEXTS:
        assert loaded.score(text, threshold=0.1) == tiny_model.score(text, threshold=0.1)
    assert (loaded.name, loaded.off, loaded.calibration, loaded.thresholds) == (tiny_model.name, (), tiny_model.calibration, tiny_model.thresholds)


def test_saved_again_it_has_the_same_bytes(tiny_file: str, tmp_path: Path) -> None:
    loaded = load_model(tiny_file)
    loaded.score(TEXTS[0])
    loaded.save(tmp_path / "again.joblib")
    same = (tmp_path / "again.joblib").read_bytes() == Path(tiny_file).read_bytes()  # apart, or a failure prints megabytes
    assert same


def test_saved_twice_it_has_the_same_bytes(tiny_model: Model, tiny_file: str, tmp_path: Path) -> None:
    tiny_model.score(TEXTS[0])
    tiny_model.save(tmp_path / "again.joblib")
    same = (tmp_path / "again.joblib").read_bytes() == Path(tiny_file).read_bytes()
    assert same


def test_payload_holds_plain_data_only(tiny_model: Model) -> None:
    def leaves(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from leaves(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from leaves(inner)
        else:
            yield value

    for leaf in leaves(tiny_model.to_payload()):
        assert type(leaf) in (str, int, float, bool, type(None), np.ndarray)
        assert not isinstance(leaf, np.ndarray) or leaf.dtype.kind in "fi"


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "deepcopy", "pickle"])
def test_copies_answer_alike_and_stand_alone(tiny_model: Model, way: Callable[[Model], Model]) -> None:
    text = "The thugs met. Their “evidence” fits on a napkin, and critics say so."
    before = tiny_model.score(text, threshold=0.1)
    other = way(tiny_model)
    assert other.score(text, threshold=0.1) == before
    other.thresholds["terms"] = 1.0
    other.manifest["name"] = "other"
    del other.heads["devices"]
    assert not [f for f in other.score(text).flags if f.kind == "loaded_term"]
    assert tiny_model.score(text, threshold=0.1) == before
    assert tiny_model.name != other.name
    if way is not copy.copy:  # which shares its arrays, as shallow copies do
        other.heads["terms"].coef[:] = 0.0
        assert not np.shares_memory(other.heads["terms"].coef, tiny_model.heads["terms"].coef)


@pytest.mark.parametrize("version", [None, 0, features.VERSION + 1, "1"])
def test_another_features_version_is_named(tiny_model: Model, version: object) -> None:
    with pytest.raises(ModelError, match=rf"here: features version {version!r}, this framing reads 2 to {features.VERSION}; retrain"):
        Model.from_payload({**tiny_model.to_payload(), "features": version}, where="here")


@pytest.mark.parametrize("part", ["lexicon", "plain", "calibration", "thresholds", "manifest", "heads", "features"])
def test_missing_part_is_a_model_error(tiny_model: Model, part: str) -> None:
    payload = tiny_model.to_payload()
    del payload[part]
    with pytest.raises(ModelError, match=r"here: .*retrain"):
        Model.from_payload(payload, where="here")


@pytest.mark.parametrize(
    "broken",
    [
        {"heads": []},
        {"heads": {"terms": {}}},
        {"heads": {"terms": {"type": "forest"}}},
        {"lexicon": [["a"]]},
        {"plain": 3},
        {"manifest": None},
        {"calibration": 1.0},
    ],
    ids=str,
)
def test_broken_part_is_a_model_error(tiny_model: Model, broken: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="missing or broken"):
        Model.from_payload({**tiny_model.to_payload(), **broken})


@pytest.mark.parametrize("broken", [{"thresholds": {}}, {"calibration": []}, {"calibration": ["a", "b", "c"]}], ids=str)
def test_empty_part_is_a_model_error(tiny_model: Model, broken: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        Model.from_payload({**tiny_model.to_payload(), **broken})


@pytest.mark.parametrize("name", ["terms", "sentences"])
def test_weights_of_the_wrong_size_are_a_model_error(tiny_model: Model, name: str) -> None:
    payload = tiny_model.to_payload()
    payload["heads"] = {**payload["heads"], name: {**payload["heads"][name], "coef": payload["heads"][name]["coef"][:100]}}
    with pytest.raises(ModelError):
        Model.from_payload(payload)


def test_heads_offer_fitted_estimators(tiny_model: Model) -> None:
    for name in ("terms", "devices", "quotes", "sentences"):
        estimator = tiny_model.heads[name].estimator
        assert estimator.coef_.shape[1] == estimator.n_features_in_
        assert estimator.predict(np.zeros((1, estimator.n_features_in_)))[0] in estimator.classes_
