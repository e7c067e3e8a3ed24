"""Reliability, precision and recall by threshold, confusion, learning curves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve

from framing import curves
from framing.corpus import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.curves import THRESHOLDS, Flagged, flagged_at, learning_curve, share, trace
from framing.errors import DataError, FramingError
from framing.measuring import Mark
from framing.model import Model
from framing.report import Attribution, Flag, Quote, Report


class Oracle:
    """Stands in for a model: gives known reports, with the flags that reach the threshold."""

    name = "oracle"
    thresholds = {"terms": 0.5, "scare": 0.5}  # noqa: RUF012

    def __init__(self, reports: list[Report]) -> None:
        self.reports = {r.text: r for r in reports}

    def score_many(self, texts: Iterable[str]) -> Iterator[Report]:
        return (self.reports[text] for text in texts)

    def flagged_at(self, texts: Iterable[str], cuts: Sequence[tuple[float, float]]) -> Iterator[tuple[Flagged, ...]]:
        for text in texts:
            flags = self.reports[text].flags
            yield tuple(
                Flagged(
                    tuple(Mark(f.start, f.end, None) for f in flags if f.kind == "loaded_term" and f.probability >= least),
                    frozenset((f.start, f.end) for f in flags if f.kind == "scare_quote" and f.probability >= scare),
                )
                for least, scare in cuts
            )


def traced(examples: list[Example], reports: list[Report]) -> curves.Curves:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "flagged_at", Oracle.flagged_at)
        return trace(Oracle(reports), examples)  # type: ignore[arg-type]


def flag(start: int, end: int, probability: float, kind: str = "loaded_term") -> Flag:
    return Flag(start, end, "x" * (end - start), kind, "emotive", probability, "author", None, "")


def test_sentence_curve_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    truth, chances = rng.integers(0, 2, 80), rng.integers(0, 21, 80) / 20  # with ties
    examples = [Example(f"Row {i}.", label=int(t)) for i, t in enumerate(truth)]
    found = traced(examples, [Report(e.text, float(c), float(c)) for e, c in zip(examples, chances, strict=True)])
    [curve] = found.precision_recall
    precision, recall, thresholds = precision_recall_curve(truth, chances)
    ours = sorted((p.threshold, p.precision, p.recall) for p in curve.points)
    assert np.array(ours) == pytest.approx(np.array(sorted(zip(thresholds, precision, recall))))
    chosen = next(p for p in curve.points if p.threshold == 0.5)
    assert curve.chosen == chosen


def test_reliability_counts_rows_and_shares_by_bin() -> None:
    examples = [Example(f"Row {i}.", label=int(i < 3)) for i in range(5)]
    chances = [0.72, 0.78, 0.04, 0.06, 1.0]
    found = traced(examples, [Report(e.text, c, c) for e, c in zip(examples, chances, strict=True)])
    assert [(b.low, b.rows, round(b.chance, 3), b.loaded.value) for b in found.reliability] == [(0.0, 2, 0.05, 0.5), (0.7, 2, 0.75, 1.0), (0.9, 1, 1.0, 0.0)]


def test_shares_have_wilsons_interval() -> None:
    # 0.5 of 4: middle (0.5 + z²/8) / (1 + z²/4) = 0.5, half z √(0.25/4 + z²/64) / (1 + z²/4) with z² = 3.8415
    half = 3.841459**0.5 * (0.0625 + 3.841459 / 64) ** 0.5 / (1 + 3.841459 / 4)
    assert (share(2, 4).low, share(2, 4).high) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-5)
    assert share(0, 3).low == pytest.approx(0)
    assert share(3, 3).high == pytest.approx(1)


def test_higher_thresholds_leave_fewer_and_surer_terms() -> None:
    text = "A brutal vote, a shameful levy, a dry day."
    example = Example(text, spans=[LabeledSpan(2, 8, "emotive"), LabeledSpan(17, 25, "emotive")])
    [curve] = traced([example], [Report(text, 0.5, 0.5, flags=(flag(2, 8, 0.92), flag(17, 25, 0.55), flag(34, 37, 0.25)))]).precision_recall
    by_threshold = {p.threshold: (p.precision, p.recall) for p in curve.points}
    assert by_threshold[0.2] == pytest.approx((2 / 3, 1.0))
    assert by_threshold[0.5] == (1.0, 1.0)
    assert by_threshold[0.6] == (1.0, 0.5)
    assert 0.95 not in by_threshold  # nothing is flagged there, so there is no precision
    assert (curve.head, curve.chosen.precision, curve.chosen.recall) == ("terms", 1.0, 1.0)


def test_scare_quotes_voices_and_confusion() -> None:
    text = "The “reform” failed, she said."
    example = Example(text, quotes=[LabeledQuote(5, 11, "scare")], attributions=[LabeledAttribution(0, 19, "reported")])
    reports = [
        Report(
            text,
            0.5,
            0.5,
            flags=(flag(5, 11, 0.8, "scare_quote"),),
            quotes=(Quote(5, 11, "reform", "title", 0.6),),
            attributions=(Attribution(13, 19, "reported"),),
        )
    ]
    found = traced([example], reports)
    scare, voices = found.precision_recall
    assert [(p.threshold, p.precision, p.recall) for p in scare.points][-1] == (0.8, 1.0, 1.0)
    assert voices.points == ()
    assert (voices.chosen.precision, voices.chosen.recall) == pytest.approx((1.0, 1 / 3))
    assert found.confusion == ((0, 0, 1, 0, 0), (0,) * 5, (0,) * 5, (0,) * 5)


def test_parts_without_labels_are_empty() -> None:
    assert traced([Example("Row.", quotes=[])], [Report("Row.", 0.5, 0.5)]) == curves.Curves((), (), ())


def test_a_trained_model_is_traced(tiny_model: Model, examples: list[Example]) -> None:
    found = trace(tiny_model, examples)
    assert [c.head for c in found.precision_recall] == ["sentences", "terms", "scare quotes"]
    assert sum(b.rows for b in found.reliability) == len(examples)
    assert sum(map(sum, found.confusion)) == sum(len(e.quotes or ()) for e in examples)


def test_one_judgement_gives_what_reports_flag_at_every_threshold(tiny_model: Model, examples: list[Example]) -> None:
    nested = "The town's “so-called “reform” of the thugs” failed, and their “shameful” thugs, brutal and shameful, met."
    texts = [e.text for e in examples] + [nested, ""]
    cuts = [(0.38, 0.6), *((t, t) for t in THRESHOLDS)]
    found = list(flagged_at(tiny_model, texts, cuts))
    assert any(len({at.terms for at in row}) > 2 for row in found)
    for k, threshold in enumerate(THRESHOLDS, start=1):
        for row, report in zip(found, tiny_model.score_many(texts, threshold=threshold), strict=True):
            assert [m[:2] for m in row[k].terms] == [(f.start, f.end) for f in report.flags if f.kind == "loaded_term"]
            assert row[k].scares == {(f.start, f.end) for f in report.flags if f.kind == "scare_quote"}


def test_tracing_judges_each_text_twice_however_many_thresholds_there_are(
    tiny_model: Model, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = Model.judge
    monkeypatch.setattr(Model, "judge", lambda self, texts: judged.extend(texts := list(texts)) or judge(self, texts))
    trace(tiny_model, examples)
    assert sorted(judged) == sorted(2 * [e.text for e in examples])


def test_learning_begins_at_the_base_and_grows_from_both_beginnings(tiny_model: Model, examples: list[Example]) -> None:
    steps = learning_curve(examples, base=tiny_model, parts=(0.5, 1.0), resamples=10)
    assert [step.base for step in steps] == [tiny_model.name] * 3 + ["nothing"] * 2
    numbers = [step.examples for step in steps]
    assert numbers[0] == 0 < numbers[1] < numbers[2]
    assert numbers[1:3] == numbers[3:]
    assert all("sentences.macro_f1" in step.metrics for step in steps)


def test_parts_that_teach_nothing_are_left_out_with_a_warning(tiny_model: Model, examples: list[Example], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Model:
        raise FramingError("too little")

    monkeypatch.setattr(curves, "train", refuse)
    with pytest.warns(UserWarning, match="too little"):
        steps = learning_curve(examples, base=tiny_model, parts=(1.0,), resamples=10)
    assert [step.examples for step in steps] == [0]


def test_too_few_groups_are_an_error(tiny_model: Model, examples: list[Example]) -> None:
    with pytest.raises(DataError, match="at least 8"):
        learning_curve(examples[:4], base=tiny_model)
