"""The per-word tables and scikit-learn's estimators give the same answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from framing.document import read
from framing.features import Feature, Vocabulary
from framing.heads import BagHead, Block, NamedHead, Part, Rows, TableHead, fit, items, sigmoid, spread, sums
from framing.lexicon import Entry, Lexicon
from framing.tokens import Words
from framing.vectors import WordVectors

VECTORS = WordVectors(["thugs", "said", "council"], np.array([[127, -50], [0, 90], [-127, 3]]))
VOCABULARY = Vocabulary(Lexicon([Entry("thug", "contentious_label", "n", 3, (), "")]), ["the", "a", "reform", "said", "council"], VECTORS)
BLOCKS = (Block(0, "full", 10), Block(-1, "light", 8), Block(1, "light", 8), Block(2, "light", 8))
TEXTS = st.lists(st.sampled_from("The council said thugs Zorba anti-Zorba reform 12 “ ” . , naïve O’Neill ’s a".split()), min_size=1, max_size=30).map(" ".join)


def table_head(columns: int = 2) -> TableHead:
    rng = np.random.default_rng(0)
    size = sum(1 << b.bits for b in BLOCKS) + 2 * (1 << 7) + columns
    return TableHead(BLOCKS, 7, [f"c{i}" for i in range(columns)], VOCABULARY, rng.normal(size=size), -0.3)


def bag_head() -> BagHead:
    rng = np.random.default_rng(1)
    return BagHead(10, 9, 0.4, ["c0"], VOCABULARY, rng.normal(size=(1 << 10) + (1 << 9) + 1), 0.2)


@settings(deadline=None)
@given(TEXTS)
def test_table_and_estimator_agree_on_tokens(text: str) -> None:
    head = table_head()
    document = read(text)
    columns = np.random.default_rng(2).normal(size=(len(document), 2)).astype(np.float32)
    rows = np.arange(len(document))
    fast = head.logits(document.words, document.numbers, document.sentence_of, columns)
    exact = head.estimator.decision_function(head.explicit(document.words, document.numbers, document.sentence_of, columns, rows))
    assert np.allclose(fast, exact, atol=1e-4)
    assert np.allclose(sigmoid(fast), sigmoid(exact), atol=1e-6 + 1e-5)


@settings(deadline=None)
@given(TEXTS)
def test_table_and_estimator_agree_on_sentences(text: str) -> None:
    head = bag_head()
    document = read(text)
    columns = np.ones((len(document.sentences) - 1, 1), np.float32)
    shares = head.shares(document.words, document.numbers, document.sentence_of)
    fast = head.logits(sums(shares, document.sentences), np.diff(document.sentences), columns)
    exact = head.estimator.decision_function(head.explicit(document.words, document.numbers, document.sentences, columns))
    assert np.allclose(fast, exact, atol=1e-4)


def named_head(parts: tuple[Part, ...] = (Part("i", "company"), Part("", "span"), Part("i", "company"))) -> NamedHead:
    rng = np.random.default_rng(3)
    return NamedHead(["a", "b", "c"], rng.normal(size=(256, 3)), rng.normal(size=3), VOCABULARY, parts)


ROWS: list[list[Feature]] = [[("x=1", 1.0), ("y=2", 0.5)], [], [("x=1", 1.0), ("x=1", 1.0)]]


@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), min_size=9, max_size=9))
def test_named_head_and_estimator_agree(text: str, ranges: list[tuple[int, int]]) -> None:
    head, document = named_head(), read(text)
    where = np.array([(a, a + length) for a, length in ranges]).clip(0, len(document)).reshape(3, 3, 2)
    asked = items(ROWS, document.words, document.numbers, where)
    assert np.allclose(head.logits(asked), head.estimator.decision_function(head.explicit(asked)), atol=1e-4)


def test_named_head_without_parts_adds_names_up() -> None:
    head, document = named_head(()), read("")
    asked = items(ROWS, document.words, document.numbers, np.zeros((3, 0, 2), np.int64))
    assert np.allclose(head.logits(asked), head.estimator.decision_function(head.explicit(asked)), atol=1e-5)
    assert np.allclose(head.logits(asked)[1], head.intercept)


def test_evidence_of_a_named_head_sums_to_the_logit() -> None:
    head, document = named_head(), read("The council said thugs lied.")
    asked = items(ROWS[:1], document.words, document.numbers, np.array([[[0, 3], [3, 4], [5, 6]]]))
    for column in range(3):
        evidence = head.evidence(ROWS[0], head.shares(asked)[0], column)
        assert sum(weight for _, weight in evidence) == pytest.approx(float(head.logits(asked)[0, column]), abs=1e-5)


def test_sums_of_empty_groups_are_zero() -> None:
    assert sums(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2, 3, 3])).tolist() == [0.0, 3.0, 3.0, 0.0]


def test_backward_ranges_hold_nothing() -> None:
    numbers, bounds = spread(np.array([[[4, 2], [1, 3]]]))
    assert (numbers.tolist(), bounds.tolist()) == ([1, 2], [0, 2])


def test_evidence_sums_to_the_logit() -> None:
    head = table_head()
    document = read("The council said thugs lied.")
    columns = np.full((len(document), 2), 0.5, np.float32)
    logits = head.logits(document.words, document.numbers, document.sentence_of, columns)
    places = np.arange(len(document))[:, None] + [b.offset for b in BLOCKS]
    windows = np.where((places >= 0) & (places < len(document)), document.numbers[places.clip(0, len(document) - 1)], -1)
    evidence = head.evidence(document.words, windows, columns)
    assert [sum(weight for _, weight in pieces) for pieces in evidence] == pytest.approx(logits.tolist(), abs=1e-4)
    assert any("thugs lied" in what for what, _ in evidence[3])


def test_windows_do_not_reach_over_sentence_ends() -> None:
    head = table_head()
    document = read("One thug. The reform.")
    alone = read("The reform.", words=document.words)
    none = np.zeros((len(document), 2), np.float32)
    together = head.logits(document.words, document.numbers, document.sentence_of, none)
    apart = head.logits(alone.words, alone.numbers, alone.sentence_of, none[: len(alone)])
    assert np.allclose(together[-len(alone) :], apart, atol=1e-6)


def test_rows_are_the_same_whatever_was_met_before() -> None:
    head = table_head()
    words = Words()
    first = read("thugs reform council", words=words)
    empty = np.zeros((3, 2), np.float32)
    before = head.logits(words, first.numbers, first.sentence_of, empty)
    other = read(" ".join(f"word{i}" for i in range(3000)), words=words)
    head.logits(words, other.numbers, other.sentence_of, np.zeros((len(other), 2), np.float32))
    assert np.array_equal(before, head.logits(words, first.numbers, first.sentence_of, empty))


def test_a_fresh_vocabulary_starts_fresh_rows() -> None:
    rows = Rows(table_head().encoders["full"], np.ones((1 << 10, 1)))
    one, two = Words(), Words()
    a, b = read("thugs", words=one), read("council", words=two)
    assert rows.of(one, a.numbers)[a.numbers[0], 0] != rows.of(two, b.numbers)[b.numbers[0], 0]


def test_names_and_numbers_are_one_word_each() -> None:
    assert VOCABULARY.features("Zorba", "full") == VOCABULARY.features("Quimby", "full")
    assert VOCABULARY.features("anti-Zorba", "full") == VOCABULARY.features("anti-Quimby", "full")
    assert VOCABULARY.features("12", "full") == VOCABULARY.features("1,300", "full")
    assert VOCABULARY.features("Thugs", "light") != VOCABULARY.features("Zorba", "light")
    assert VOCABULARY.features("Reform", "bag") == VOCABULARY.features("reform", "bag")


def test_the_words_of_a_rare_class_get_their_weights() -> None:
    rng = np.random.default_rng(7)
    rare = 40  # words of the rare class, each met a few times, of 3,000
    x = csr_matrix((np.ones(60_000, np.float32), (np.arange(60_000), rng.integers(0, 3_000, 60_000))), shape=(60_000, 3_000))
    labels = (np.asarray(x[:, :rare].sum(axis=1)).ravel() > 0).astype(np.int64)
    assert 0.005 < labels.mean() < 0.03
    found = fit(x, labels, np.ones(len(labels)), C=0.5, random_state=0).coef_[0, :rare]
    best = LogisticRegression(C=0.5, tol=1e-8, max_iter=5_000).fit(x, labels).coef_[0, :rare]
    assert np.abs(found - best).max() < 0.1 * best.min()
