"""Log-odds, rates and topics against figures worked out by hand, and properties that hold for any two sides."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framing
from framing import comparison
from framing.comparison import Comparison, compare, log_odds
from framing.errors import DataError
from framing.model import Model
from framing.report import Attribution, Flag, Report, Sentence

LOADED = ["The thugs met at the {} quay.", "A brutal vote ended the {} grant.", "The {} mayor boasted of the tunnel."]
PLAIN = ["The clerk closed the {} window at noon.", "The {} ferry left the quay on Tuesday."]


class Marker(Model):
    """Stands in for a model: flags the words that it is told to, in the voice that quotation marks say."""

    def __init__(self, devices: dict[str, str]) -> None:
        self.devices = devices

    @property
    def name(self) -> str:
        return "marker"

    def score_many(self, texts: Iterable[str], *, threshold: float | None = None) -> Iterator[Report]:
        for text in texts:
            yield self._mark(text)

    def _mark(self, text: str) -> Report:
        sentences, at = [], 0
        for part in text.split(". "):
            sentences.append(Sentence(at, min(at + len(part) + 1, len(text)), 0.5, 0.5))
            at += len(part) + 2
        quoted = (text.find("“"), text.find("”"))
        flags = []
        for word, device in self.devices.items():
            for found in re.finditer(rf"\b{word}\b", text):
                voice = "quoted" if quoted[0] < found.start() < quoted[1] else "author"
                flags.append(Flag(*found.span(), word, "loaded_term", device, 0.9, voice, None, ""))
        attributions = (Attribution(quoted[0] + 1, quoted[1], "quoted"),) if quoted[0] >= 0 else ()
        return Report(text, 0.5, 0.5, tuple(sentences), tuple(sorted(flags, key=lambda f: f.start)), attributions=attributions)


MARKER = Marker({"brutal": "emotive", "regime": "contentious_label", "thugs": "contentious_label", "thug": "contentious_label", "GAZETTE": "contentious_label"})


def marked(groups: dict[str, list[str]], **options: object) -> Comparison:
    return compare(groups, **({"model": MARKER, "min_count": 1, "min_texts": 1, "resamples": 50} | options))  # type: ignore[arg-type]


def term(result: Comparison, text: str, voice: str = "author") -> comparison.Term:
    return next(t for t in result.terms if t.text == text and t.voice == voice)


# ---------------------------------------------------------------- log-odds
def test_log_odds_agree_with_the_formulas_of_the_paper() -> None:
    # y = 20 of n = 1000 and 5 of 1500; the prior weighs 0.1 × 1000 = 100 words at the pooled share 25 / 2500 = 0.01: alpha = 1
    first = math.log((20 + 1) / (1000 + 100 - 20 - 1))
    second = math.log((5 + 1) / (1500 + 100 - 5 - 1))
    spread = math.sqrt(1 / (20 + 1) + 1 / (5 + 1))
    ratio, z = log_odds(np.array([[20, 5]]), np.array([1000, 1500]), 0.1)
    assert ratio[0].tolist() == pytest.approx([first - second, second - first])
    assert z[0].tolist() == pytest.approx([(first - second) / spread, (second - first) / spread])


def test_each_of_three_sides_is_held_against_the_other_two_together() -> None:
    # y = 8 of 400 against 1 + 3 of 300 + 500; the prior weighs 0.5 × 400 = 200 words at 12 / 1200: alpha = 2
    ratio, z = log_odds(np.array([[8, 1, 3]]), np.array([400, 300, 500]), 0.5)
    expected = math.log(10 / (600 - 10)) - math.log(6 / (1000 - 6))
    assert ratio[0, 0] == pytest.approx(expected)
    assert z[0, 0] == pytest.approx(expected / math.sqrt(1 / 10 + 1 / 6))


COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12)
TOTALS = st.tuples(st.integers(1000, 10**6), st.integers(1000, 10**6))


@given(COUNTS, TOTALS, st.floats(0.01, 2))
def test_exchanging_the_sides_turns_the_signs(counts: list[tuple[int, int]], totals: tuple[int, int], prior: float) -> None:
    ratio, z = log_odds(np.array(counts), np.array(totals), prior)
    turned_ratio, turned_z = log_odds(np.array(counts)[:, ::-1], np.array(totals)[::-1], prior)
    np.testing.assert_allclose(turned_ratio, ratio[:, ::-1])
    np.testing.assert_allclose(turned_z, z[:, ::-1])
    np.testing.assert_allclose(z[:, 0], -z[:, 1], atol=1e-9)
    assert np.isfinite(z).all()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(1, 5))
def test_equal_rates_give_no_difference_however_unequal_the_sizes(counts: list[int], times: int) -> None:
    _, z = log_odds(np.array([[n, times * n] for n in counts]), np.array([5000, 5000 * times]), 0.1)
    np.testing.assert_allclose(z, 0, atol=1e-9)


def test_a_heavier_prior_draws_towards_no_difference() -> None:
    ratios = [log_odds(np.array([[20, 5]]), np.array([1000, 1000]), prior)[0][0, 0] for prior in (0.01, 0.1, 1.0, 10.0)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] > 0


def test_a_term_that_is_all_there_is_has_no_odds() -> None:
    assert log_odds(np.array([[3, 4]]), np.array([3, 4]), 0.1)[1].tolist() == [[0.0, 0.0]]


# ---------------------------------------------------------------- rates and voices
def test_rates_are_flags_per_1000_words_of_text_by_voice() -> None:
    result = marked({"a": ["The brutal vote ended it, and “the thugs cheered”."], "b": ["The vote ended it."]})
    # eight words: the brutal vote ended it and the thugs cheered -> nine
    assert result.sides[0].words == 9
    assert result.sides[0].others_words == 3
    assert result.rate("a", "emotive").per_1000_words.value == pytest.approx(1000 / 9)
    assert result.rate("a", "contentious_label").flags == 0
    assert result.rate("a", "contentious_label", voice="others").per_1000_words.value == pytest.approx(1000 / 9)
    assert result.rate("a").difference.value == pytest.approx(1000 / 9)
    assert term(result, "thugs", "others").flags == (1, 0)


def test_intervals_hold_the_rate_and_come_out_the_same_twice() -> None:
    texts = [f"The {'brutal ' if n % 3 else ''}vote of day {n} ended the grant." for n in range(30)]
    first, again, other = (marked({"a": texts, "b": texts[:20]}, random_state=seed) for seed in (1, 1, 2))
    measure = first.rate("a").per_1000_words
    assert measure.low < measure.value < measure.high  # type: ignore[operator]
    assert first == again
    assert first != other


def test_the_same_texts_on_both_sides_show_no_difference() -> None:
    texts = [f"The brutal vote of day {n} ended it, and the thugs met." for n in range(12)]
    result = marked({"a": texts, "b": list(texts)})
    assert all(z == pytest.approx(0) for t in result.terms for z in t.z)
    gap = result.rate("a").difference
    assert gap.value == 0
    assert gap.low <= 0 <= gap.high  # type: ignore[operator]


def test_a_word_flagged_more_in_all_texts_is_apart_from_chance() -> None:
    many = {"a": [f"The brutal vote of day {n} ended it." for n in range(60)], "b": [f"The vote of day {n} ended it." for n in range(60)]}
    result = marked(many)
    assert term(result, "brutal").z[0] > comparison.SIGNIFICANT
    assert result.rate("a").difference.low > 0  # type: ignore[operator]


def test_a_single_text_has_no_interval() -> None:
    rate = marked({"a": ["The brutal vote."], "b": ["The vote.", "The vote again."]}).rate("a")
    assert (rate.per_1000_words.low, rate.difference.low) == (None, None)


# ---------------------------------------------------------------- terms
def test_words_below_the_least_counts_are_left_out() -> None:
    groups = {"a": [f"The brutal vote {n}." for n in range(4)] + ["The thugs, the thugs, the thugs."], "b": ["The vote."]}
    assert [t.text for t in marked(groups, min_count=3).terms] == ["brutal", "thugs"]
    assert [t.text for t in marked(groups, min_count=3, min_texts=2).terms] == ["brutal"]


def test_singular_and_plural_are_one_word_under_the_commoner_name() -> None:
    result = marked({"a": ["The thugs met, said the thug himself.", "The thugs left."], "b": ["A vote."]})
    assert [(t.text, t.flags, t.texts) for t in result.terms] == [("thugs", (3, 0), (2, 0))]


def test_words_that_mostly_stand_in_capitals_are_names_and_left_out() -> None:
    groups = {"a": ["The GAZETTE and the brutal vote.", "The GAZETTE again."], "b": ["The vote."]}
    result = marked(groups)
    assert [t.text for t in result.terms] == ["brutal"]
    assert result.rate("a").flags == 3  # the model's flags are counted all the same


def test_a_sentence_that_comes_again_on_its_side_counts_once() -> None:
    notice = "Write to the brutal desk about this."
    result = marked({"a": [f"Day {n} was dry. {notice}" for n in range(5)], "b": [f"Day {n} was wet. {notice}" for n in range(2)]})
    assert term(result, "brutal").flags == (1, 1)
    assert [(s.repeated, s.words) for s in result.sides] == [(4, 5 * 3 + 7), (1, 2 * 3 + 7)]


def test_passages_show_the_words_where_they_stand() -> None:
    passage = term(marked({"a": ["It rained. The brutal vote ended the grant."], "b": ["A vote."]}), "brutal").passages[0][0]
    assert (passage.before, passage.words, passage.after) == ("The ", "brutal", " vote ended the grant.")


def test_a_long_sentence_is_cut_at_words() -> None:
    passage = term(marked({"a": ["word " * 40 + "brutal" + " word" * 40], "b": ["A vote."]}), "brutal").passages[0][0]
    assert passage.before.startswith("…word ")
    assert passage.after.endswith(" word…")
    assert len(passage.before + passage.after) <= 2 * comparison.AROUND + 2


def test_top_lists_a_sides_own_words_surest_first() -> None:
    result = marked({"a": [f"The brutal vote {n}, the regime." for n in range(3)] + ["The regime again."], "b": [f"The thugs {n}." for n in range(2)]})
    assert [t.text for t in result.top("a")] == ["regime", "brutal"]
    assert [t.text for t in result.top("b")] == ["thugs"]
    with pytest.raises(KeyError, match="'c' is no side"):
        result.top("c")


# ---------------------------------------------------------------- topics
def test_topics_show_what_each_side_puts_beside_the_same_noun() -> None:
    a = [f"The brutal regime closed the border on day {n}." for n in range(6)]
    b = [f"The thugs crossed the border on day {n}." for n in range(6)]
    [topic] = [t for t in marked({"a": a, "b": b}, min_count=3).topics if t.name == "border"]
    assert topic.mentions == (6, 6)
    assert {x.text: x.flags for x in topic.terms} == {"brutal": (6, 0), "regime": (6, 0), "thugs": (0, 6)}
    z = {x.text: x.z for x in topic.terms}
    assert z["brutal"][0] > 0 > z["brutal"][1] == pytest.approx(-z["brutal"][0])
    # beside the border stand twelve flags of a and six of b: 6 of 12 against 0 of 6, with a prior of 0.6 flags, a third of them
    here, there = 6 + 0.2, 0.2
    expected = math.log(here / (12.6 - here)) - math.log(there / (6.6 - there))
    assert z["brutal"][0] == pytest.approx(expected / math.sqrt(1 / here + 1 / there))


# ---------------------------------------------------------------- the door
@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({}, "0 groups"),
        ({"a": ["The vote."]}, "1 groups"),
        ({"a": ["The vote."], "b": []}, "'b' has no texts"),
        ({"a": ["The vote."], "b": ["", " … "]}, "'b' has 2 texts but no words"),
        ({str(n): ["The vote."] for n in range(13)}, "13 groups"),
    ],
)
def test_sides_that_cannot_be_compared_are_an_error(groups: dict[str, list[str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        marked(groups)


@pytest.mark.parametrize("groups", [["The vote."], {"a": "The vote.", "b": ["The vote."]}, {1: ["The vote."], "b": ["The vote."]}])
def test_wrong_types_are_type_errors(groups: object) -> None:
    with pytest.raises(TypeError):
        marked(groups)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"min_count": 0}, {"min_texts": 0}, {"prior": 0}, {"prior": math.nan}, {"resamples": 0}])
def test_settings_out_of_range_are_errors(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        marked({"a": ["The vote."], "b": ["The vote."]}, **options)


def test_sides_without_flags_compare_as_equal() -> None:
    result = marked({"a": ["The vote."], "b": ["The clerk left."]})
    assert result.terms == result.topics == ()
    assert result.rate("a").difference.value == 0
    assert "none has 1 flag" in str(result)


def test_one_side_without_flags_has_no_words_of_its_own() -> None:
    result = marked({"a": [f"The brutal vote {n}." for n in range(5)], "b": ["The vote."]})
    assert [t.text for t in result.top("a")] == ["brutal"]
    assert result.top("b") == []


def test_a_trained_model_compares_and_gives_plain_data(tiny_model: Model) -> None:
    groups = {
        "left": [s.format(n) for n in range(4) for s in LOADED],
        "right": [s.format(n) for n in range(4) for s in PLAIN],
    }
    result = framing.compare(groups, model=tiny_model, min_count=2, min_texts=2, resamples=20)
    assert {"thugs", "brutal"} <= {t.text for t in result.top("left")}
    assert result.rate("left").per_1000_words.value > result.rate("right").per_1000_words.value  # type: ignore[operator]
    data = json.loads(json.dumps(result.to_dict()))
    assert [s["name"] for s in data["sides"]] == ["left", "right"]
    assert data["terms"][0]["passages"]


def test_iterators_are_read_once_and_workers_change_nothing(tiny_model: Model) -> None:
    groups = {"a": [s.format(n) for n in range(3) for s in LOADED], "b": [PLAIN[0].format(n) for n in range(3)]}
    once = compare({name: iter(texts) for name, texts in groups.items()}, model=tiny_model, min_count=1, min_texts=1, resamples=20)
    assert once == compare(groups, model=tiny_model, min_count=1, min_texts=1, resamples=20, n_jobs=2)
