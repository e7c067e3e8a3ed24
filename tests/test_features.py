"""What a word says on its own: names and numbers are one word each, the rest is spelling."""

from __future__ import annotations

import numpy as np
import pytest

from framing.document import read
from framing.features import LISTED, NAME, NUMERAL, WORD_FEATURES, Vocabulary, describe, plain_words, slot
from framing.lexicon import Entry, Lexicon
from framing.tokens import Words

LEXICON = Lexicon(
    [
        Entry("thug", "contentious_label", "n", 3, (), ""),
        Entry("so-called", "doubt", "a", 3, (), ""),
        Entry("Potemkin village", "metaphor", "n", 2, (), ""),
    ]
)
VOCABULARY = Vocabulary(LEXICON, ["the", "harbour", "anti", "far", "right", "style"])


def counts_of(words: Words, text: str) -> np.ndarray:
    return np.bincount(read(text, words=words).numbers, minlength=len(words))


# ---------------------------------------------------------------- names
@pytest.mark.parametrize("form", ["Oddny", "KRILL", "O’Neill", "Österby", "Žofie"])
def test_capitalised_word_that_is_unknown_in_lower_case_is_a_name(form: str) -> None:
    assert VOCABULARY.is_name(form)
    assert VOCABULARY.spelling(form) == NAME


@pytest.mark.parametrize(("form", "spelled"), [("The", "the"), ("HARBOUR", "harbour"), ("oddny", "oddny"), ("Thugs", "thugs")])
def test_plain_words_and_terms_of_the_lexicon_are_no_names(form: str, spelled: str) -> None:
    assert not VOCABULARY.is_name(form)
    assert VOCABULARY.spelling(form) == spelled


@pytest.mark.parametrize("kind", sorted(WORD_FEATURES))
def test_all_names_have_the_same_features(kind: str) -> None:
    assert VOCABULARY.features("Oddny", kind) == VOCABULARY.features("Quillfeather", kind)


@pytest.mark.parametrize("kind", sorted(WORD_FEATURES))
def test_letters_of_a_name_are_not_looked_at(kind: str) -> None:
    assert not [name for name, _ in VOCABULARY.features("Thuggery", kind) if "thug" in name.lower()]


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize("form", ["7", "1,200.5", "3rd", "1990s", "12-year-old"])
def test_what_begins_with_a_digit_is_a_number(form: str) -> None:
    assert VOCABULARY.spelling(form) == NUMERAL


@pytest.mark.parametrize("kind", sorted(WORD_FEATURES))
def test_all_numbers_have_the_same_features(kind: str) -> None:
    assert VOCABULARY.features("7", kind) == VOCABULARY.features("1,200.5", kind)


# ---------------------------------------------------------------- hyphens
def test_names_in_hyphenated_words_are_signs_and_the_rest_stays() -> None:
    assert VOCABULARY.spelling("anti-Krill") == f"anti-{NAME}"
    assert VOCABULARY.spelling("Krill-style") == f"{NAME}-style"
    assert VOCABULARY.features("anti-Krill", "full") == VOCABULARY.features("anti-Oddny", "full")


def test_parts_of_a_hyphenated_word_are_words() -> None:
    names = {name for name, _ in VOCABULARY.features("far-right", "full")}
    assert {"w=far-right", "p=far", "p=right", "shape=hyphen"} <= names


def test_hyphenated_term_of_the_lexicon_stays_whole() -> None:
    assert VOCABULARY.spelling("So-called") == "so-called"
    assert ("lex=doubt", LISTED) in VOCABULARY.features("So-called", "bag")


def test_term_of_the_lexicon_counts_as_a_part_too() -> None:
    assert ("lexp=3", LISTED) in VOCABULARY.features("thug-style", "bag")
    assert not [name for name, _ in VOCABULARY.features("far-right", "bag") if name.startswith("lex")]


@pytest.mark.parametrize("form", ["-", "--", "a-", "-a", "’s", "“", "\ud800", "\u0301", "", "x" * 500])
@pytest.mark.parametrize("kind", sorted(WORD_FEATURES))
def test_odd_forms_have_features_with_finite_weights(form: str, kind: str) -> None:
    features = VOCABULARY.features(form, kind)
    assert features
    assert all(np.isfinite(value) and 0 <= slot(name, 1 << 10) < 1 << 10 for name, value in features)


def test_features_of_a_huge_word_are_few() -> None:
    assert len(VOCABULARY.features("x" * 100_000, "full")) < 100


# ---------------------------------------------------------------- spelling and words
def test_curly_and_typewriter_apostrophes_are_one_spelling() -> None:
    assert VOCABULARY.features("didn’t", "full") == VOCABULARY.features("didn't", "full")


def test_case_is_a_shape_and_nothing_else() -> None:
    lower, upper = dict(VOCABULARY.features("harbour", "full")), dict(VOCABULARY.features("HARBOUR", "full"))
    assert upper.pop("shape=UPPER") == 1.0
    assert lower == upper


def test_plain_words_are_those_seen_in_lower_case_often_enough() -> None:
    words = Words()
    counts = counts_of(words, "Kelp grows. The kelp and the Weir. Weir and weir-like kelp. An eel.")
    assert plain_words(words, counts) == ["and", "kelp"]
    assert plain_words(words, counts, least=1) == ["and", "eel", "grows", "kelp", "the"]


def test_plain_words_need_to_be_seen_twice_unless_told_otherwise() -> None:
    words = Words()
    counts = counts_of(words, "an eel and an oar")
    assert plain_words(words, counts) == ["an"]
    assert plain_words(words, counts, least=1) == ["an", "and", "eel", "oar"]


# ---------------------------------------------------------------- wording and hashing
@pytest.mark.parametrize(
    ("name", "wording"),
    [
        ("w=quay", "word “quay”"),
        ("p=far", "word “far”"),
        ("c=^qu", "its letters"),
        ("e2=ay", "its letters"),
        ("shape=Title", "its shape"),
        ("lexp=3", "lexicon"),
    ],
)
def test_features_are_worded_for_readers(name: str, wording: str) -> None:
    assert describe(name) == wording


def test_unknown_feature_is_worded_as_it_is() -> None:
    assert describe("phrase strength") == "phrase strength"


@pytest.mark.parametrize(("name", "column"), [("w=quay", 7889), ("w=weir", 45565), ("c=‹é", 58799)])
def test_slot_is_the_same_in_every_process(name: str, column: int) -> None:
    assert slot(name, 1 << 16) == column


def test_word_of_a_phrase_of_the_lexicon_can_still_be_a_name() -> None:
    """"Potemkin village" lists no Potemkin: else the parties and countries in phrases would be words of their own."""
    assert VOCABULARY.is_name("Potemkin")
    assert VOCABULARY.spelling("Potemkin") == VOCABULARY.spelling("Oddny")
