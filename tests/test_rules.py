"""A house's own rules over finished reports."""

from __future__ import annotations

from itertools import pairwise
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.config import STATED, Allowed, Config, OwnTerm
from framing.model import Model
from framing.report import Attribution, Flag, Report
from framing.rules import Rules


def own(term: str, device: str = "euphemism", **fields: object) -> OwnTerm:
    values: dict[str, object] = {"instead": (), "reason": "", "probability": STATED, "forms": "any", "place": str(Path("x") / "framing.toml") + ":7"}
    return OwnTerm(term, device, **(values | fields))  # type: ignore[arg-type]


def allowed(term: str, device: str | None = None) -> Allowed:
    return Allowed(term, "", device, "framing.toml:3")


def rules(*, least: float | None = None, scare: float = 0.5, **fields: object) -> Rules:
    return Rules(Config(**fields), terms=0.5, scare=scare, least=least)  # type: ignore[arg-type]


def flag(text: str, words: str, probability: float = 0.8, *, device: str | None = "emotive", kind: str = "loaded_term", voice: str = "author") -> Flag:
    start = text.index(words)
    why = (("baseline", log(probability / (1 - probability))),)
    return Flag(start, start + len(words), words, kind, device, probability, voice, None, "a reason", (), why)


def report(text: str, *flags: Flag, **fields: object) -> Report:
    return Report(text, 0.5, 0.4, flags=flags, **fields)  # type: ignore[arg-type]


def words(found: Report) -> list[str]:
    return [f.text for f in found.flags]


# ---------------------------------------------------------------- devices and thresholds
def test_a_device_that_is_off_has_no_flags() -> None:
    text = "A vile thug."
    given = report(text, flag(text, "vile"), flag(text, "thug", device="contentious_label"))
    assert words(rules(off=frozenset({"emotive"})).apply(given)[0]) == ["thug"]


def test_a_device_has_its_own_threshold() -> None:
    text = "A vile thug."
    given = report(text, flag(text, "vile", 0.7), flag(text, "thug", 0.7, device="contentious_label"))
    assert words(rules(thresholds={"emotive": 0.75}).apply(given)[0]) == ["thug"]
    assert words(rules(thresholds={"emotive": 0.7}).apply(given)[0]) == ["vile", "thug"]


def test_a_device_with_a_lower_threshold_asks_for_a_second_report() -> None:
    assert rules(thresholds={"emotive": 0.3, "doubt": 0.4}).second == 0.3
    assert rules(thresholds={"emotive": 0.6}).second is None
    assert rules(thresholds={"emotive": 0.6}, min_probability=0.7).second == 0.6
    assert rules(thresholds={"scare_quote": 0.4}, scare=0.3).second is None
    assert rules(thresholds={"emotive": 0.3}, off=frozenset({"emotive"})).second is None


def test_of_the_second_report_only_that_device_is_taken_and_only_where_nothing_stands() -> None:
    text = "A vile sad thug met a sad clerk."
    first = report(text, flag(text, "vile", 0.9))
    second = report(text, flag(text, "vile sad", 0.9), flag(text, "thug", 0.4, device="doubt"), flag(text, "clerk", 0.4), flag(text, "met", 0.32))
    found, _ = rules(thresholds={"emotive": 0.35}).apply(first, second)
    assert words(found) == ["vile", "clerk"]


def test_an_option_takes_the_place_of_all_thresholds_of_the_file() -> None:
    text = "A vile thug."
    given = rules(thresholds={"emotive": 0.75}, min_probability=0.9, least=0.2)
    assert (given.least, given.second) == (0.2, None)
    assert words(given.apply(report(text, flag(text, "vile", 0.3)))[0]) == ["vile"]


# ---------------------------------------------------------------- allowed terms
@pytest.mark.parametrize("term", ["thug", "Thugs", "the thugs", "thugs met"])
def test_an_allowed_term_in_any_form_is_not_flagged_and_counted(term: str) -> None:
    text = "So the thugs met."
    assert rules(allow=(allowed(term),)).apply(report(text, flag(text, "thugs"))) == (report(text), 1)


def test_a_flag_that_reaches_beyond_the_allowed_term_stays() -> None:
    text = "The brutal thugs met."
    given = report(text, flag(text, "brutal thugs"))
    assert rules(allow=(allowed("thug"),)).apply(given) == (given, 0)


def test_a_term_can_be_allowed_as_one_device() -> None:
    text = "The thugs met."
    given = report(text, flag(text, "thugs", device="emotive"))
    assert rules(allow=(allowed("thug", "doubt"),)).apply(given)[1] == 0
    assert rules(allow=(allowed("thug", "doubt"), allowed("thug", "emotive"))).apply(given)[1] == 1


# ---------------------------------------------------------------- own terms
def test_an_own_term_is_flagged_in_its_forms_with_wordings_in_the_same_form() -> None:
    text = "They axe jobs. Axed jobs, axing, two axes; relaxed."
    found, _ = rules(terms=(own("axe", instead=("cut",)),)).apply(report(text))
    assert [(f.text, f.suggestions) for f in found.flags] == [("axe", ("cut",)), ("Axed", ("cut",)), ("axing", ("cutting",)), ("axes", ("cuts",))]
    assert {(f.device, f.kind, f.voice, f.probability) for f in found.flags} == {("euphemism", "loaded_term", "author", STATED)}


@pytest.mark.parametrize(
    ("forms", "expected"), [("noun", ["axe", "axes"]), ("verb", ["axe", "axed", "axes"]), ("fixed", ["axe"]), ("any", ["axe", "axed", "axes"])]
)
def test_forms_say_which_are_meant(forms: str, expected: list[str]) -> None:
    assert words(rules(terms=(own("axe", forms=forms),)).apply(report("The axe axed axes."))[0]) == expected


def test_reason_and_evidence_name_the_file_and_the_line_and_no_folder() -> None:
    found, _ = rules(terms=(own("axe", reason="see the guide."),)).apply(report("An axe fell."))
    assert found.flags[0].reason == "“axe” is your own term (framing.toml:7): see the guide."
    assert found.flags[0].why == (("own term: axe (framing.toml:7)", log(STATED / (1 - STATED))),)
    assert rules(terms=(own("axe"),)).apply(report("An axe fell."))[0].flags[0].reason == "“axe” is your own term (framing.toml:7): it softens what happened."


@pytest.mark.parametrize(("chance", "expected"), [(0.97, 0.97), (0.6, STATED)])
def test_the_models_chance_holds_where_it_is_higher_and_the_evidence_sums_to_it(chance: float, expected: float) -> None:
    text = "An axe fell."
    found, _ = rules(terms=(own("axe"),)).apply(report(text, flag(text, "axe", chance)))
    (only,) = found.flags
    assert (only.probability, only.device) == (expected, "euphemism")
    assert sum(weight for _, weight in only.why) == pytest.approx(log(expected / (1 - expected)))
    assert only.why[0][0].startswith("own term: axe")


def test_a_wider_flag_lends_its_range_and_the_wording_fits_it() -> None:
    text = "The vile axes fell."
    found, _ = rules(terms=(own("axe", instead=("cut",)),)).apply(report(text, flag(text, "vile axes")))
    assert [(f.text, f.suggestions) for f in found.flags] == [("vile axes", ("vile cuts",))]


def test_a_flag_that_touches_two_own_terms_gives_way_to_both() -> None:
    text = "The axe and saw fell."
    found, _ = rules(terms=(own("axe"), own("saw", "emotive"))).apply(report(text, flag(text, "axe and saw", 0.95)))
    assert [(f.text, f.device, f.probability) for f in found.flags] == [("axe", "euphemism", 0.95), ("saw", "emotive", 0.95)]


def test_a_scare_quote_around_an_own_term_stays() -> None:
    text = "The “axe” fell."
    scare = flag(text, "axe", device="scare_quote", kind="scare_quote")
    found, _ = rules(terms=(own("axe"),)).apply(report(text, scare))
    assert [f.kind for f in found.flags] == ["loaded_term", "scare_quote"]
    assert scare in found.flags


def test_an_own_term_is_in_the_voice_of_the_innermost_attribution() -> None:
    text = "The clerk said that an axe fell and the mayor called it “an axe of ours”. An axe."
    outer = Attribution(text.index("that"), text.index(". An"), "reported", source=(0, 9))
    inner = Attribution(text.index("“") + 1, text.index("”"), "quoted", source=(text.index("the mayor"), text.index("the mayor") + 9))
    found, _ = rules(terms=(own("axe"),)).apply(report(text, attributions=(outer, inner)))
    assert [(f.voice, f.source) for f in found.flags] == [("reported", "The clerk"), ("quoted", "the mayor"), ("author", None)]


def test_own_terms_in_page_furniture_and_in_allowed_phrases_are_left_alone() -> None:
    text = "An axe fell.\n\nShare the axe\n\nThe battle axe fell."
    start = text.index("Share")
    found, _ = rules(terms=(own("axe"),), allow=(allowed("battle axe"),)).apply(report(text, ignored=((start, start + 13),)))
    assert [f.start for f in found.flags] == [3]


def test_own_terms_obey_the_thresholds() -> None:
    given = report("An axe fell.")
    assert words(rules(terms=(own("axe", probability=0.6),), least=0.7).apply(given)[0]) == []
    assert words(rules(terms=(own("axe", probability=0.6),), thresholds={"euphemism": 0.7}).apply(given)[0]) == []
    assert words(rules(terms=(own("axe", probability=0.6),), least=0.6).apply(given)[0]) == ["axe"]


def test_phrases_are_matched_longest_first() -> None:
    found, _ = rules(terms=(own("axe"), own("the axe of war", "metaphor"))).apply(report("The axe of war is an axe."))
    assert [(f.text, f.device) for f in found.flags] == [("The axe of war", "metaphor"), ("axe", "euphemism")]


def test_an_own_term_flags_what_a_model_does_not(tiny_model: Model) -> None:
    text = "The clerk closed the window at noon."
    assert tiny_model.score(text).flags == ()
    found, _ = rules(terms=(own("window", reason="ours"),)).apply(tiny_model.score(text))
    assert words(found) == ["window"]
    assert found.sentences == tiny_model.score(text).sentences


PARTS = st.lists(st.sampled_from(["vile", "axe", "axes", "sad", "thug", "saw", "clerk", "."]), min_size=1, max_size=14)


@given(PARTS, st.data())
def test_reports_stay_consistent(parts: list[str], data: st.DataObject) -> None:
    """Sorted, sliced from the text, and of one kind no two overlap."""
    text = " ".join(parts)
    starts = [sum(len(p) + 1 for p in parts[:i]) for i in range(len(parts))]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(parts)), max_size=6)))
    flags = []
    for a, b in zip(cuts[::2], cuts[1::2], strict=False):
        start, end = starts[a], starts[b - 1] + len(parts[b - 1])
        flags.append(Flag(start, end, text[start:end], "loaded_term", "emotive", 0.6, "author", None, "r"))
    house = rules(terms=(own("axe"), own("sad axe", "emotive"), own("saw", "doubt")), allow=(allowed("thug"),))
    found = house.apply(report(text, *flags))[0].flags
    assert [(f.start, f.end) for f in found] == sorted((f.start, f.end) for f in found)
    assert all(text[f.start : f.end] == f.text for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for number, part in enumerate(parts):
        if part in ("axe", "axes", "saw"):
            assert any(f.start <= starts[number] < f.end and "own term" in f.reason for f in found)
