"""What a word says on its own: names and numbers are one word each, the rest is spelling."""

from __future__ import annotations

import numpy as np
import pytest

from framing.document import read
from framing.features import KINDS, LENGTHS, LISTED, NAME, NUMERAL, Vocabulary, describe, ngrams, plain_words, slot
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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_all_names_have_the_same_features(kind: str) -> None:
    assert VOCABULARY.features("Oddny", kind) == VOCABULARY.features("Quillfeather", kind)


# ---------------------------------------------------------------- letters
def grams(*spelled: str) -> list[set[int]]:
    """The n-grams of each word, of all lengths, as hashes."""
    out: list[set[int]] = [set() for _ in spelled]
    for hashed, bounds in ngrams(spelled):
        for k, found in enumerate(out):
            found |= set(hashed[bounds[k] : bounds[k + 1]].tolist())
    return out


def test_letters_of_names_and_numbers_are_not_looked_at() -> None:
    assert grams(NAME, NUMERAL, f"anti-{NAME}") == [set(), set(), set()]


def test_families_of_words_share_letters() -> None:
    shame, shameful, kelp = grams("shame", "shameful", "kelp")
    assert len(shame & shameful) > 5
    assert not shame & kelp


def test_letters_do_not_depend_on_the_words_beside() -> None:
    assert grams("kelp", "weir", "é", "") == [*grams("kelp"), *grams("weir"), *grams("é"), *grams("")]


def test_letters_of_a_word_are_counted() -> None:
    (found,) = grams("kelp")  # ^kelp$ has six signs
    assert len(found) == sum(6 - n + 1 for n in LENGTHS)


def test_letters_are_hashed_alike_in_every_process() -> None:
    first, *_ = ngrams(["kelp"])
    assert first[0].tolist() == [4092388553, 2954008310, 3908508019, 2184064823]


@pytest.mark.parametrize("form", ["\ud800", "\u0301", "", "x" * 100_000])
def test_odd_words_have_few_letters(form: str) -> None:
    assert len(grams(form)[0]) < 100


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize("form", ["7", "1,200.5", "3rd", "1990s", "12-year-old"])
def test_what_begins_with_a_digit_is_a_number(form: str) -> None:
    assert VOCABULARY.spelling(form) == NUMERAL


@pytest.mark.parametrize("kind", sorted(KINDS))
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
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_odd_forms_have_features_with_finite_weights(form: str, kind: str) -> None:
    features = VOCABULARY.features(form, kind)
    assert bool(features) == (kind != "company")
    assert np.isfinite(VOCABULARY.vectors_of([form], kind)).all()
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
        ("letters=", "its letters"),
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
