"""Reading: tokens, sentences, marks and furniture stand where the text says."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.document import LONGEST_SENTENCE, read
from framing.tokens import Words

CASES = Path(__file__).parent / "cases"
QUOTES = [(kind, text, expected) for kind, rows in json.loads((CASES / "quotes.json").read_text(encoding="utf-8")).items() for text, expected in rows]
SENTENCES = json.loads((CASES / "sentences.json").read_text(encoding="utf-8"))
FURNITURE = json.loads((CASES / "furniture.json").read_text(encoding="utf-8"))


def sentences(text: str) -> list[str]:
    document = read(text)
    return [text[slice(*document.sentence_span(i))] for i in range(len(document.sentences) - 1)]


@pytest.mark.parametrize(("kind", "text", "expected"), QUOTES, ids=[f"{k}: {t[:30]!r}" for k, t, _ in QUOTES])
def test_marks_are_paired(kind: str, text: str, expected: list[str]) -> None:
    assert [text[q.start : q.end] for q in read(text).quotes] == expected


@pytest.mark.parametrize(("kind", "parts"), [(k, p) for k, rows in SENTENCES.items() for p in rows], ids=lambda v: str(v)[:40])
def test_sentences_end_where_they_end(kind: str, parts: list[str]) -> None:
    text, expected = parts[0], parts[1:]
    assert sentences(text) == (expected or [text])


@pytest.mark.parametrize("line", FURNITURE["furniture"])
def test_page_furniture_is_ignored(line: str) -> None:
    text = f"The council met on Tuesday.\n\n{line}"
    document = read(text)
    assert [text[a:b] for a, b in document.ignored] == [line.strip()]


@pytest.mark.parametrize("line", FURNITURE["prose"])
def test_prose_is_no_furniture(line: str) -> None:
    assert read(f"The council met on Tuesday.\n\n{line}").ignored == ()


def test_furniture_lines_in_a_row_are_one_range() -> None:
    text = "News.\n\nLeave a Reply\n\nYour email address will not be published. Required fields are marked *"
    assert [text[a:b] for a, b in read(text).ignored] == [text[7:]]


def test_a_text_of_one_line_is_never_furniture() -> None:
    assert read("Advertisement").ignored == ()


@given(st.text(alphabet=st.sampled_from("ab .,!?\n\r\t“”\"‘’'«»`-—5é\u0301\u200b\U0001f600"), max_size=80))
def test_tokens_slice_back_to_the_text(text: str) -> None:
    document = read(text)
    rebuilt = []
    position = 0
    for a, b in zip(document.starts, document.ends, strict=True):
        assert text[position:a].strip() == ""
        assert text[a:b] == text[a:b].strip()
        rebuilt.append(text[a:b])
        position = b
    assert "".join(rebuilt) == "".join(text.split())
    assert document.sentences[-1] == len(document)
    assert (np.diff(document.sentences) > 0).all()
    for q in document.quotes:
        assert 0 < q.start < q.end < len(text)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    document = read(text)
    assert len(document.tokens) == len(document)


def test_reading_again_with_the_same_words_changes_nothing() -> None:
    words = Words()
    text = "The “regime” fell.\n\nMr. Lee said so."
    first, second = read(text, words=words), read(text, words=words)
    assert first.numbers.tolist() == second.numbers.tolist()
    assert first.sentences.tolist() == second.sentences.tolist()


def test_a_text_without_full_stops_is_cut() -> None:
    document = read("word " * 5000)
    assert np.diff(document.sentences).max() <= LONGEST_SENTENCE


def test_empty_text_has_no_sentences() -> None:
    for text in ("", " \n\n "):
        document = read(text)
        assert len(document) == 0
        assert len(document.sentences) == 1


@pytest.mark.parametrize("wrong", [b"bytes", None, 3])
def test_only_str_is_read(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"framing reads str"):
        read(wrong)  # type: ignore[arg-type]
