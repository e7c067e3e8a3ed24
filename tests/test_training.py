"""Training: what is learnt, what is kept from the base, and what is refused.

All but one of these tests train with short tables (few hashed columns), so that each training takes a fraction of a second.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framing import training
from framing.corpus import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.errors import DataError, ModelError
from framing.features import Vocabulary
from framing.heads import Block
from framing.lexicon import Lexicon
from framing.model import HEADS, Model
from framing.training import Corpus, Settings, Trainer, best_cut, digest, token_labels, train
from framing.vectors import WordVectors


@pytest.fixture(scope="module", autouse=True)
def _short_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "TERM_BLOCKS", tuple(Block(b.offset, b.kind, 10) for b in training.TERM_BLOCKS))
        patch.setattr(training, "BAG_BITS", 10)
        patch.setattr(training, "PAIR_BITS", 10)
        patch.setattr(training, "NAMED_BITS", 10)
        yield


@pytest.fixture(scope="module")
def small(examples: list[Example], tiny_lexicon: Lexicon, _short_tables: None) -> Model:
    """The tiny model with short tables."""
    return train(examples, base=None, lexicon=tiny_lexicon, name="small")


def only(examples: list[Example], *fields: str) -> list[Example]:
    """The examples with no labels but `fields`."""
    return [Example(e.text, group=e.group, id=e.id, **{f: getattr(e, f) for f in fields}) for e in examples]


def weights(model: Model, name: str) -> list[np.ndarray]:
    head = model.heads[name]
    return [np.asarray(head.coef), np.asarray(head.intercept)]


def same(one: Model, other: Model, name: str) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(weights(one, name), weights(other, name), strict=True))


def saved(model: Model, path: Path) -> bytes:
    model.save(path)
    return path.read_bytes()


# ---------------------------------------------------------------- determinism
def test_same_data_and_seed_give_the_same_bytes(small: Model, examples: list[Example], tiny_lexicon: Lexicon, tmp_path: Path) -> None:
    again = train(list(examples), base=None, lexicon=tiny_lexicon, name="small")
    equal = saved(again, tmp_path / "a") == saved(small, tmp_path / "b")
    assert equal


def test_same_data_base_and_seed_give_the_same_bytes(small: Model, examples: list[Example], tmp_path: Path) -> None:
    one, two = (train(examples[:30], base=small, random_state=3) for _ in range(2))
    equal = saved(one, tmp_path / "a") == saved(two, tmp_path / "b")
    assert equal


def test_training_leaves_the_base_as_it_was(small: Model, examples: list[Example], tmp_path: Path) -> None:
    before = saved(small, tmp_path / "a")
    train(examples[:20], base=small)
    equal = saved(small, tmp_path / "b") == before
    assert equal


def test_manifest_says_what_was_learnt_from(small: Model, examples: list[Example]) -> None:
    model = train(examples[:20], base=small, name="mine", random_state=5, sources=[{"name": "own"}])
    assert model.name.startswith("mine ")
    assert (model.manifest["examples"], model.manifest["base"], model.manifest["random_state"]) == (20, small.name, 5)
    assert model.manifest["sources"] == [{"name": "own"}]
    assert model.manifest["digest"] == digest(examples[:20]) != digest(examples[1:21])


# ---------------------------------------------------------------- heads without labels come from the base
@pytest.mark.parametrize(
    ("fields", "learnt"),
    [
        (("label",), {"sentences"}),
        (("spans",), {"terms", "devices"}),
        (("quotes",), {"quotes"}),
        (("label", "quotes"), {"sentences", "quotes"}),
        (("label", "spans"), {"sentences", "terms", "devices"}),
        (("spans", "quotes"), {"terms", "devices", "quotes"}),
        (("label", "spans", "quotes"), set(HEADS)),
        (("attributions",), set()),
        ((), set()),
    ],
    ids=lambda v: "+".join(sorted(v)) or "nothing",
)
def test_heads_without_labels_are_the_bases(small: Model, examples: list[Example], fields: tuple[str, ...], learnt: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = train(only(examples, *fields), base=small)
    assert {name for name in HEADS if not same(model, small, name)} == learnt
    assert model.off == ()
    assert model.score("The thugs left.").text == "The thugs left."


def test_quotes_alone_on_a_full_model_keep_its_other_heads(tiny_model: Model, examples: list[Example]) -> None:
    model = train(only(examples, "quotes"), base=tiny_model)
    assert [same(model, tiny_model, name) for name in ("terms", "devices", "sentences")] == [True] * 3
    assert (model.calibration, model.thresholds) == (tiny_model.calibration, tiny_model.thresholds)


def test_spans_without_devices_leave_the_devices_head_alone(small: Model, examples: list[Example]) -> None:
    rows = [replace(e, spans=[replace(s, device=None) for s in e.spans or ()]) for e in only(examples, "spans")]
    model = train(rows, base=small)
    assert same(model, small, "devices")
    assert not same(model, small, "terms")


def test_base_may_be_a_file(tiny_file: str, tiny_model: Model) -> None:
    model = train([Example("The boat left.", attributions=[LabeledAttribution(0, 8, "reported")])], base=tiny_file)
    assert all(same(model, tiny_model, name) for name in HEADS)


def test_lexicon_and_plain_words_come_from_the_base(small: Model, examples: list[Example]) -> None:
    model = train(only(examples[:10], "label"), base=small)
    assert model.lexicon.entries == small.lexicon.entries
    assert model.vocabulary.plain == small.vocabulary.plain


# ---------------------------------------------------------------- without a base
@pytest.mark.parametrize(
    ("fields", "off"),
    [(("label",), "terms, devices, quotes"), (("spans",), "quotes, sentences"), (("quotes",), "terms, devices, sentences")],
)
def test_heads_without_labels_and_base_stay_off_and_say_so(examples: list[Example], fields: tuple[str, ...], off: str) -> None:
    with pytest.warns(UserWarning, match=f"for: {off}; these heads stay off"):
        model = train(only(examples, *fields), base=None)
    assert ", ".join(model.off) == off
    with pytest.raises(ModelError, match=r"has no .* head; train it with labels"):
        model.score("The thugs left.")


def test_model_with_heads_off_is_saved_and_read_back(examples: list[Example], tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="stay off"):
        model = train(only(examples, "quotes"), base=None)
    model.save(tmp_path / "m.joblib")
    assert training.load_model(tmp_path / "m.joblib").off == model.off


# ---------------------------------------------------------------- what is learnt
KELP_LOADED = ("The kelpish clerks closed the quay.", "A kelpish vote ended the grant.", "Its kelpish owner sold the cannery.", "The kelpish levy stays.")
KELP_NEUTRAL = ("The staff closed the quay.", "A vote ended the grant.", "Its owner sold the cannery.", "The levy stays.")


def kelp(loaded: float) -> list[Example]:
    rows = [Example(t, label=loaded, group=f"g{i}") for i, t in enumerate(KELP_LOADED * 3)]
    return rows + [Example(t, label=1 - loaded, group=f"g{i}") for i, t in enumerate(KELP_NEUTRAL * 3)]


def test_labels_shift_scores_in_their_direction(small: Model) -> None:
    text = "The kelpish ferry opened on Friday."
    up, down = train(kelp(1), base=small), train(kelp(0), base=small)
    assert down.score(text).score < small.score(text).score < up.score(text).score


def test_soft_labels_shift_scores_less_than_hard_ones(small: Model) -> None:
    text = "The kelpish ferry opened on Friday."
    hard, soft, opposite = (train(kelp(c), base=small).score(text).score for c in (1.0, 0.7, 0.3))
    assert opposite < soft < hard


def spans(chance: float) -> list[Example]:
    rows = [Example(t, spans=[LabeledSpan(t.index("kelpish"), t.index("kelpish") + 7, chance=chance)], group=f"g{i}") for i, t in enumerate(KELP_LOADED * 3)]
    return rows + [Example(t, spans=[], group=f"g{i}") for i, t in enumerate(KELP_NEUTRAL * 3)]


def logit_of(model: Model, text: str, word: str) -> float:
    (found,) = model.judge([text])
    return float(found.token_logits[found.document.tokens.index(word)])


def test_spans_shift_their_words_and_sure_ones_more(small: Model) -> None:
    text = "The kelpish ferry opened on Friday."
    before, unsure, sure = (logit_of(m, text, "kelpish") for m in (small, train(spans(0.6), base=small), train(spans(1.0), base=small)))
    assert before < unsure < sure


def test_quotes_shift_their_use(small: Model) -> None:
    def rows(use: str, other: str) -> list[Example]:
        return [Example(f"The “kelp” {noun} left.", quotes=[LabeledQuote(5, 9, use if noun == "boat" else other)], group=noun) for noun in ("boat", "van")] * 6

    def chance(model: Model) -> float:
        (quote,) = model.score("The “kelp” boat left.").quotes
        return quote.probability if quote.use == "title" else 0.0

    assert chance(train(rows("title", "mention"), base=small)) > chance(train(rows("mention", "title"), base=small))


def test_examples_of_no_weight_teach_nothing(small: Model, examples: list[Example]) -> None:
    rows = only(examples, "quotes")
    with_idle = train([*rows, *(replace(e, weight=0, quotes=[replace(q, use="title") for q in e.quotes or ()], id=f"idle-{e.id}") for e in rows)], base=small)
    assert np.allclose(weights(with_idle, "quotes")[0], weights(train(rows, base=small), "quotes")[0], atol=2e-2)
    heavy = train([*rows, *(replace(e, quotes=[replace(q, use="title") for q in e.quotes or ()]) for e in rows)], base=small)
    assert not np.allclose(weights(heavy, "quotes")[0], weights(train(rows, base=small), "quotes")[0], atol=2e-2)


def test_examples_without_any_weight_are_refused(small: Model, examples: list[Example]) -> None:
    with pytest.raises(DataError):
        train([replace(e, weight=0) for e in only(examples, "quotes")], base=small)


def test_empty_texts_are_passed_over(small: Model, examples: list[Example]) -> None:
    rows = only(examples[:20], "label")
    model = train([*rows, Example("", label=1), Example(" \n", label=0), Example("", spans=[], quotes=[])], base=small)
    assert same(model, train(rows, base=small), "sentences")


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("example", "message"),
    [
        (Example("abc", label=3, id="row-7"), "row-7: label 3"),
        (Example("abc", spans=[LabeledSpan(2, 9)]), "example 1: span 2–9 lies outside"),
        (Example("abc", spans=[LabeledSpan(0, 2, "sarcasm")], id="x"), "x: unknown device 'sarcasm'"),
        (Example("abc", spans=[LabeledSpan(0, 2, chance=0)], id="x"), "x: chance 0"),
        (Example("abc", quotes=[LabeledQuote(0, 2, "joke")], id="x"), "x: unknown use 'joke'"),
        (Example("abc", weight=-1, id="x"), "x: weight -1"),
        (Example(b"abc", id="x"), "x: text is bytes"),  # type: ignore[arg-type]
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_broken_example_is_named(small: Model, example: Example, message: str) -> None:
    with pytest.raises(DataError, match=message):
        train([Example("The boat left.", label=1), example], base=small)


def test_what_is_no_example_is_refused(small: Model) -> None:
    with pytest.raises((TypeError, AttributeError)):
        train(["The boat left."], base=small)  # type: ignore[list-item]


def test_nothing_to_learn_from_is_refused(small: Model) -> None:
    with pytest.raises(DataError, match="no examples"):
        train([], base=small)
    with pytest.raises(DataError, match="empty"):
        train([Example("", label=1), Example("\n", label=0)], base=small)


@pytest.mark.parametrize("label", [0, 1])
def test_equal_labels_are_refused(small: Model, examples: list[Example], label: int) -> None:
    with pytest.raises(DataError, match="same"):
        train([replace(e, label=label) for e in only(examples, "label")], base=small)


def test_spans_that_are_all_empty_are_refused(small: Model, examples: list[Example]) -> None:
    with pytest.raises(DataError, match="all labels are the same"):
        train([replace(e, spans=[]) for e in only(examples, "spans")], base=small)


@pytest.mark.parametrize("base", ["nowhere.joblib", Path("nowhere.joblib")])
def test_missing_base_is_named(base: Any, examples: list[Example]) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        train(examples, base=base)


# ---------------------------------------------------------------- splits
def test_groups_are_never_split(examples: list[Example], tiny_lexicon: Lexicon) -> None:
    trainer = Trainer(Corpus(examples, Vocabulary(tiny_lexicon)), None, Settings(), 0)
    sides: dict[str | None, set[bool]] = {}
    for example, held in zip(trainer.corpus.examples, trainer.held.tolist(), strict=True):
        sides.setdefault(example.group, set()).add(held)
    assert all(len(side) == 1 for side in sides.values())
    assert {True, False} == set().union(*sides.values())


def test_split_does_not_hang_on_order(examples: list[Example], tiny_lexicon: Lexicon) -> None:
    def held(rows: list[Example]) -> set[str | None]:
        trainer = Trainer(Corpus(rows, Vocabulary(tiny_lexicon)), None, Settings(), 0)
        return {e.id for e, h in zip(trainer.corpus.examples, trainer.held.tolist(), strict=True) if h}

    assert held(examples) == held(examples[::-1])


@pytest.mark.parametrize("groups", [("g6", "g6"), ("g6", "g0")], ids=["all held out", "all loaded spans held out"])
def test_few_groups_can_be_learnt_from(small: Model, groups: tuple[str, str]) -> None:
    rows = [Example("The thugs left.", spans=[LabeledSpan(4, 9)], group=groups[0]), Example("The staff left.", spans=[], group=groups[1])]
    assert Trainer(Corpus(rows, small.vocabulary), small, Settings(), 0).held.tolist()[0]
    train(rows, base=small)


def test_only_examples_of_the_greatest_weight_say_how_the_heads_join(
    examples: list[Example], tiny_lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = [replace(e, id=f"{e.id}-machine", weight=0.25) for e in examples]
    seen: list[np.ndarray] = []
    join = Trainer.join

    def watched(self: Trainer, bag: Any, rows: np.ndarray, *rest: Any) -> Any:
        seen.append(self.corpus.weights[rows])
        return join(self, bag, rows, *rest)

    monkeypatch.setattr(Trainer, "join", watched)
    train(examples + machine, base=None, lexicon=tiny_lexicon)
    assert [np.unique(weights).tolist() for weights in seen] == [[1.0]]


# ---------------------------------------------------------------- vectors
def test_transfer_moves_scores_towards_half_and_none_across_it(examples: list[Example], tiny_lexicon: Lexicon) -> None:
    sure, doubtful = (train(examples, base=None, lexicon=tiny_lexicon, settings=Settings(transfer=factor)) for factor in (1.0, 0.5))
    for example in examples:
        a, b = sure.score(example.text).score, doubtful.score(example.text).score
        assert abs(b - 0.5) <= abs(a - 0.5)
        assert (a >= 0.5) == (b >= 0.5)


def test_vectors_come_from_the_base_or_replace_its(small: Model, examples: list[Example], tiny_lexicon: Lexicon) -> None:
    vectors = WordVectors(["thugs", "boat"], np.array([[64], [-64]]))
    base = train(examples, base=None, lexicon=tiny_lexicon, vectors=vectors)
    assert base.vocabulary.vectors is vectors
    assert train(examples, base=base).vocabulary.vectors.forms == vectors.forms
    assert train(examples, base=small, vectors=vectors).vocabulary.vectors.forms == vectors.forms
    assert len(train(examples, base=small).vocabulary.vectors) == 0
    bare = train(examples, base=base, lexicon=Lexicon(), vectors=WordVectors())
    assert (len(bare.lexicon), len(bare.vocabulary.vectors)) == (0, 0)


def test_word_that_no_example_holds_is_judged_by_the_words_it_resembles(examples: list[Example], tiny_lexicon: Lexicon) -> None:
    loaded = {e.text[s.start : s.end].lower() for e in examples for s in e.spans or () if " " not in e.text[s.start : s.end]}
    plain = {word for e in examples if not e.spans for word in e.text.lower().rstrip(".").split()} - loaded
    forms = [*sorted(loaded), "zorbish", *sorted(plain), "grelm"]
    table = np.array([[64]] * (len(loaded) + 1) + [[-64]] * (len(plain) + 1))
    model = train(examples, base=None, lexicon=tiny_lexicon, vectors=WordVectors(forms, table))
    (one,), (other,) = (model.judge([f"A {word} boat left."]) for word in ("zorbish", "grelm"))
    assert one.token_logits[1] > other.token_logits[1] + 1


# ---------------------------------------------------------------- labels of tokens, the cut
def test_tokens_that_a_span_touches_have_its_chance() -> None:
    example = Example("Old thugs and thieves left.", spans=[LabeledSpan(4, 21, chance=0.5), LabeledSpan(5, 7, chance=0.8)])
    assert token_labels(training.read(example.text), example).tolist() == pytest.approx([0, 0.8, 0.5, 0.5, 0, 0])


def test_span_of_nothing_but_space_touches_nothing() -> None:
    example = Example("Old  boats", spans=[LabeledSpan(3, 5)])
    assert token_labels(training.read(example.text), example).tolist() == [0, 0]


def test_best_cut_parts_the_labels() -> None:
    labels, chances = np.array([0, 0, 1, 1, 0]), np.array([0.1, 0.3, 0.62, 0.8, 0.5])
    cut = best_cut(labels, chances, np.ones(5))
    assert 0.5 < cut <= 0.62
    assert best_cut(labels, chances, np.array([1, 1, 0, 1, 1.0])) > 0.5


def test_threshold_that_was_asked_for_is_kept(examples: list[Example], tiny_lexicon: Lexicon) -> None:
    free, asked = (train(examples, base=None, lexicon=tiny_lexicon, settings=Settings(threshold=cut)) for cut in (None, 0.27))
    assert free.thresholds["terms"] != 0.27
    assert asked.thresholds == free.thresholds | {"terms": 0.27}
    assert asked.calibration == free.calibration


def test_best_cut_of_small_beta_would_rather_miss_one_than_raise_a_false_alarm() -> None:
    labels, chances = np.array([1, 1, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.6, 0.5, 0.3, 0.2])
    assert best_cut(labels, chances, np.ones(6), 0.5) > 0.6 > 0.5 >= best_cut(labels, chances, np.ones(6))
