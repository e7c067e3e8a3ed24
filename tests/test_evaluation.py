"""Figures, baselines and intervals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score

from framing import evaluation
from framing.corpus import Example, LabeledAttribution, LabeledQuote, LabeledSpan, jsonl
from framing.errors import DataError
from framing.evaluation import Evaluation, evaluate, floors_of, missed
from framing.lexicon import Lexicon
from framing.model import Model
from framing.report import Attribution, Flag, Quote, Report

TEXT = "The brutal plan hurt the thugs, and “Low Water” played."


class Oracle:
    """Stands in for a model: gives the reports it was made with, so that every figure can be worked out by hand."""

    name = "oracle"

    def __init__(self, reports: list[Report], lexicon: Lexicon | None = None) -> None:
        self.reports, self.lexicon = reports, lexicon or Lexicon()

    def score_many(self, texts: Iterator[str]) -> Iterator[Report]:
        for text, report in zip(texts, self.reports, strict=True):
            assert text == report.text
            yield report


def flag(words: str, device: str = "emotive", text: str = TEXT) -> Flag:
    start = text.index(words)
    return Flag(start, start + len(words), words, "loaded_term", device, 0.9, "author", None, "")


def span(words: str, device: str | None = "emotive", text: str = TEXT) -> LabeledSpan:
    return LabeledSpan(text.index(words), text.index(words) + len(words), device)


def report(*flags: Flag, text: str = TEXT, score: float = 0.5, **fields: object) -> Report:
    return Report(text=text, score=score, author_score=score, flags=flags, **fields)  # type: ignore[arg-type]


def judged(examples: list[Example], reports: list[Report], **options: object) -> Evaluation:
    return evaluate(Oracle(reports), examples, resamples=50, **options)  # type: ignore[arg-type]


def figures(result: Evaluation, *names: str) -> list[float | None]:
    return [result.metric(name).value for name in names]


# ---------------------------------------------------------------- sentences
def test_sentence_figures_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    truth, chances = rng.integers(0, 2, 60), rng.integers(0, 11, 60) / 10  # with ties
    examples = [Example(f"Row {i}.", label=int(t)) for i, t in enumerate(truth)]
    result = judged(examples, [report(text=e.text, score=float(c)) for e, c in zip(examples, chances, strict=True)])
    hard = chances >= 0.5
    expected = [f1_score(truth, hard, average="macro"), matthews_corrcoef(truth, hard), roc_auc_score(truth, chances)]
    assert figures(result, "sentences.macro_f1", "sentences.mcc", "sentences.auc") == pytest.approx(expected)


def test_calibration_error_is_the_gap_between_chance_and_share() -> None:
    examples = [Example(f"Row {i}.", label=int(i < 2)) for i in range(4)]
    assert figures(judged(examples, [report(text=e.text, score=0.7) for e in examples]), "sentences.calibration_error") == pytest.approx([0.2])


def test_soft_labels_of_at_least_half_count_as_loaded() -> None:
    examples = [Example("One.", label=0.5), Example("Two.", label=0.49)]
    assert figures(judged(examples, [report(text="One.", score=0.9), report(text="Two.", score=0.1)]), "sentences.macro_f1") == [1.0]


def test_one_class_alone_has_no_auc() -> None:
    result = judged([Example("One.", label=1)], [report(text="One.", score=0.9)])
    assert result.metric("sentences.auc").value is None
    assert json.loads(json.dumps(result.to_dict()))["parts"]["sentences"]["metrics"]["auc"]["value"] is None


# ---------------------------------------------------------------- terms and devices
def test_exact_spans_need_both_ends_and_overlapping_ones_a_character() -> None:
    example = Example(TEXT, spans=[span("brutal plan"), span("thugs", "contentious_label")])
    result = judged([example], [report(flag("brutal"), flag("thugs", "metaphor"), flag("hurt"))])
    assert figures(result, "terms.exact_precision", "terms.exact_recall") == pytest.approx([1 / 3, 1 / 2])
    assert figures(result, "terms.overlap_precision", "terms.overlap_recall") == pytest.approx([2 / 3, 1.0])
    assert figures(result, "terms.token_precision", "terms.token_recall") == pytest.approx([2 / 3, 2 / 3])
    assert figures(result, "terms.device_accuracy") == [0.5]


def test_device_figures_count_only_that_device() -> None:
    example = Example(TEXT, spans=[span("brutal"), span("thugs", "contentious_label")])
    result = judged([example], [report(flag("brutal"), flag("thugs"))])
    assert figures(result, "devices.emotive.exact_precision", "devices.emotive.exact_recall") == [0.5, 1.0]
    assert figures(result, "devices.contentious_label.overlap_recall") == [0.0]


def test_spans_without_device_are_no_evidence_about_devices() -> None:
    result = judged([Example(TEXT, spans=[span("brutal", None)])], [report(flag("brutal"))])
    assert result.metric("terms.exact_f1").value == 1.0
    assert result.metric("terms.device_accuracy").value is None
    assert "devices" not in [part.name for part in result.parts]


def test_scare_quotes_are_no_loaded_terms() -> None:
    scare = Flag(37, 46, "Low Water", "scare_quote", "scare_quote", 0.9, "author", None, "")
    result = judged([Example(TEXT, spans=[span("brutal")])], [report(flag("brutal"), scare)])
    assert result.metric("terms.exact_precision").value == 1.0


def test_labelled_empty_spans_count_false_alarms_and_none_does_not() -> None:
    examples = [Example(TEXT, spans=[span("brutal")]), Example(TEXT, spans=[]), Example(TEXT, label=0)]
    result = judged(examples, [report(flag("brutal")), report(flag("brutal")), report(flag("brutal"))])
    assert result.metric("terms.exact_precision").value == 0.5


# ---------------------------------------------------------------- quotes and voices
def test_pairs_of_marks_that_were_not_found_are_wrong() -> None:
    start = TEXT.index("Low")
    examples = [Example(TEXT, quotes=[LabeledQuote(start, start + 9, "title")]) for _ in range(2)]
    result = judged(examples, [report(quotes=(Quote(start, start + 9, "Low Water", "title", 0.8),)), report()])
    assert figures(result, "quotes.title.precision", "quotes.title.recall") == [1.0, 0.5]
    assert figures(result, "quotes.macro_f1") == pytest.approx([2 / 3])


def test_macro_f1_of_quotes_is_the_mean_over_the_labelled_uses() -> None:
    start = TEXT.index("Low")
    examples = [Example(TEXT, quotes=[LabeledQuote(start, start + 9, use)]) for use in ("title", "scare")]
    guess = Quote(start, start + 9, "Low Water", "title", 0.8)
    result = judged(examples, [report(quotes=(guess,)), report(quotes=(guess,))])
    assert figures(result, "quotes.macro_f1", "quotes.scare.f1", "quotes.title.f1") == pytest.approx([1 / 3, 0.0, 2 / 3])


def test_voice_is_judged_word_by_word() -> None:
    text = "Ada said that rain falls, and left."
    example = Example(text, attributions=[LabeledAttribution(text.index("that"), text.index(","), "reported")])
    result = judged([example], [report(text=text, attributions=(Attribution(text.index("rain"), text.index(" left"), "reported"),))])
    assert figures(result, "voices.precision", "voices.recall") == pytest.approx([2 / 3, 2 / 3])


# ---------------------------------------------------------------- baselines and intervals
def test_lexicon_alone_flags_strong_terms_and_takes_all_marks_for_scare_quotes(tiny_lexicon: Lexicon) -> None:
    text = "Brutal flood, “low” tide."
    example = Example(text, label=1, spans=[LabeledSpan(0, 6, "emotive")], quotes=[LabeledQuote(15, 18, "scare")])
    result = evaluate(Oracle([report(text=text)], tiny_lexicon), [example], resamples=10)  # type: ignore[arg-type]
    alone = {part.name: part.baselines["lexicon alone"] for part in result.parts}
    assert alone["terms"]["exact_precision"].value == 1.0  # flood has strength 1
    assert alone["terms"]["device_accuracy"].value == 1.0
    assert alone["quotes"]["scare.f1"].value == 1.0
    assert result.metric("terms.exact_f1").value == 0.0


def test_majority_answers_the_commonest_label() -> None:
    examples = [Example(f"Row {i}.", label=int(i > 0)) for i in range(4)]
    result = judged(examples, [report(text=e.text) for e in examples])
    assert result.parts[0].baselines["majority"]["macro_f1"].value == pytest.approx((6 / 7 + 0) / 2)
    assert result.parts[0].baselines["majority"]["auc"].value == 0.5


def test_interval_holds_the_figure_and_comes_out_the_same_twice() -> None:
    examples = [Example(f"Row {i}.", label=i % 2, group=f"g{i % 12}") for i in range(48)]
    reports = [report(text=e.text, score=0.9 if i % 5 else 0.2) for i, e in enumerate(examples)]
    first, second, other = (judged(examples, reports, random_state=seed) for seed in (3, 3, 4))
    measure = first.metric("sentences.macro_f1")
    assert measure.low <= measure.value <= measure.high  # type: ignore[operator]
    assert first == second != other


def test_rows_of_one_group_are_drawn_together() -> None:
    # right on one group of ten, wrong on the other: by group the figure may be 0 or 1, by row it hardly moves
    examples = [Example(f"Row {i}.", label=i % 2, group="ab"[i // 10]) for i in range(20)]
    reports = [report(text=e.text, score=float(i % 2 if i < 10 else 1 - i % 2)) for i, e in enumerate(examples)]
    measure = judged(examples, reports).metric("sentences.macro_f1")
    assert (measure.low, measure.value, measure.high) == (0.0, 0.5, 1.0)


def test_one_group_gives_no_interval() -> None:
    assert judged([Example("One.", label=1)], [report(text="One.")]).metric("sentences.macro_f1").low is None


# ---------------------------------------------------------------- the whole
def test_a_trained_model_beats_the_majority_on_what_it_learnt(tiny_model: Model, examples: list[Example]) -> None:
    result = evaluate(tiny_model, examples, resamples=20)
    assert [part.name for part in result.parts] == ["sentences", "terms", "devices", "quotes", "voices"]
    for part, name in (("sentences", "macro_f1"), ("terms", "token_f1"), ("quotes", "macro_f1")):
        found = next(p for p in result.parts if p.name == part)
        assert found.metrics[name].value > found.baselines["majority"][name].value  # type: ignore[operator]
    table = str(result)
    assert "lexicon alone" in table
    assert "macro f1" in table


def test_a_text_without_words_can_be_evaluated() -> None:
    result = judged([Example("", label=0, spans=[], quotes=[], attributions=[])], [report(text="", score=0.0)])
    assert result.metric("sentences.macro_f1").value is not None


@pytest.mark.parametrize(
    ("examples", "message"),
    [([], "no examples"), ([Example("Row.")], "label"), ([Example("Row.", spans=[LabeledSpan(2, 9)])], "outside")],
)
def test_nothing_to_compare_with_is_an_error(examples: list[Example], message: str) -> None:
    with pytest.raises(DataError, match=message):
        judged(examples, [report(text="Row.")] * len(examples))


def test_floors_are_read_and_compared() -> None:
    result = judged([Example("One.", label=1), Example("Two.", label=0)], [report(text="One.", score=0.9), report(text="Two.", score=0.1)])
    assert missed(result, floors_of(["sentences.macro_f1=0.9"])) == []
    assert len(missed(result, floors_of(["sentences.macro_f1=1.1"]))) == 1
    with pytest.raises(DataError, match=r"no figure 'sentences\.f9'"):
        missed(result, {"sentences.f9": 0.1})


@pytest.mark.parametrize("setting", ["sentences.macro_f1", "sentences.macro_f1=high", "sentences.calibration_error=0.1"])
def test_a_floor_that_makes_no_sense_is_an_error(setting: str) -> None:
    with pytest.raises(DataError, match="fail-under"):
        floors_of([setting])


def test_script_prints_the_table_and_sets_the_status(tiny_file: str, examples: list[Example], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.jsonl"
    jsonl.write(examples[:12], data)
    assert evaluation.main([str(data), "--model", tiny_file]) == 0
    assert "sentences (12 texts)" in capsys.readouterr().out
    assert evaluation.main([str(data), "--model", tiny_file, "--json", "--fail-under", "sentences.macro_f1=2"]) == 1
    assert json.loads(capsys.readouterr().out)["examples"] == 12
    assert evaluation.main([str(tmp_path / "none.jsonl"), "--model", tiny_file]) == 2
    assert "none.jsonl" in capsys.readouterr().err
