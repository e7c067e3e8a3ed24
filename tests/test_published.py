"""Readers of published corpora, on small invented files in their formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framing.checking import check
from framing.corpus import Example, detect, files_of, read_examples
from framing.errors import DataError, DataWarning


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def words(example: Example) -> list[str]:
    return [example.text[s.start : s.end] for s in example.spans or ()]


# ---------------------------------------------------------------- BASIL
def mark(words: str, start: int, end: int, bias: str = "Lexical") -> dict[str, Any]:
    return {"txt": words, "start": start, "end": end, "bias": bias, "polarity": "negative", "target": "the weir", "quote": "no"}


def article(*sentences: tuple[str, list[Any]]) -> dict[str, Any]:
    body = [{"sentence-index": i, "sentence": text, "annotations": found} for i, (text, found) in enumerate(sentences)]
    return {"uuid": "a-1", "title": "Weir", "source": "nyt", "main-event": "the weir", "body": body}


def basil(tmp_path: Path, *sentences: tuple[str, list[Any]]) -> Path:
    return write(tmp_path / "articles" / "0_nyt.json", json.dumps(article(*sentences)))


def test_basil_gives_a_row_per_sentence_with_lexical_spans(tmp_path: Path) -> None:
    path = basil(
        tmp_path,
        ("The vile weir and its thugs.", [mark("vile", 4, 8), mark("vile weir", 4, 13), mark("thugs", 22, 27)]),
        ("It cost two lives.", [mark("It cost two lives.", 0, 18, "Informational")]),
        ("It rained.", []),
    )
    assert detect(path) == "basil"
    first, second, third = read_examples(path)
    assert (words(first), first.label, first.group, first.topic) == (["vile weir", "thugs"], 1, "a-1", "the weir")
    assert (second.label, second.spans) == (None, [])
    assert (third.label, third.spans) == (0, [])
    assert len({first.id, second.id, third.id}) == 3


def test_basil_s_own_words_decide_where_offsets_are_off(tmp_path: Path) -> None:
    path = basil(tmp_path, ("The vile weir.", [mark("vile", 4, 7)]), ("The vile weir.", [mark("vile", 7, 11)]))
    assert [words(e) for e in read_examples(path)] == [["vile"], ["vile"]]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([mark("calm", 4, 8)], "txt 'calm' does not stand at 4–8"),
        ([mark("e", 0, 1)], "does not stand at 0–1"),
        ([mark("vile", 4, 8, "Moral")], "bias 'Moral'"),
        ([{"bias": "Lexical", "start": 4, "end": 99}], "outside the text"),
        ([{"bias": "Lexical", "start": "4", "end": 8, "txt": "vile"}], "start '4'"),
        ([3], "annotation 3"),
    ],
)
def test_a_broken_annotation_of_basil_is_an_error_with_its_sentence(tmp_path: Path, found: list[Any], message: str) -> None:
    path = basil(tmp_path, ("Fine.", []), ("The vile weir.", found))
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}: sentence 1: ")
    assert message in str(error.value)


@pytest.mark.parametrize("content", ["[]", "3", '{"body": {}}'])
def test_json_that_is_no_article_of_basil_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="wanted an article of BASIL"):
        read_examples(write(tmp_path / "a.json", content), format="basil")


# ---------------------------------------------------------------- WIKIBIAS
def test_wikibias_gives_a_group_per_pair(tmp_path: Path) -> None:
    line = "The vile old weir was shut .\tThe weir was shut .\tO B-framing I-framing O B-epistemological O O\n"
    for content in ("source\ttarget\ttags\n" + line, line):
        loaded, neutral = read_examples(write(tmp_path / "train.tsv", content), format="wikibias")
        assert (loaded.label, words(loaded)) == (1, ["vile old", "was"])
        assert (neutral.text, neutral.label, neutral.spans) == ("The weir was shut .", 0, [])
        assert loaded.group == neutral.group is not None


def test_wikibias_s_tags_may_be_numbers_after_an_id(tmp_path: Path) -> None:
    loaded, neutral = read_examples(write(tmp_path / "train.tsv", "77\tA vile old weir\tA weir\t0 1 1 0\n"), format="wikibias")
    assert (words(loaded), loaded.group, loaded.id, neutral.id) == (["vile old"], "77", "77-source", "77-target")


def test_wikibias_s_touching_spans_of_two_types_stay_two(tmp_path: Path) -> None:
    loaded, _ = read_examples(write(tmp_path / "train.tsv", "a b c\tc\tB-x B-x I-y\n"), format="wikibias")
    assert words(loaded) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("line", "message"), [("a b\tb\tO", "1 tags for 2 tokens"), ("a b\tb\tO X", "tag 'X'"), ("a b\tb", "2 columns"), ("a b\tb\tO O\tx\ty", "5 columns")]
)
def test_a_broken_pair_of_wikibias_is_an_error_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path / "train.tsv", "source\ttarget\ttags\na\tb\tO\n" + line + "\n")
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}:3: ")
    assert message.replace("5 columns", "5 columns; wanted 3") in str(error.value)


# ---------------------------------------------------------------- CheckThat!
def test_checkthat_gives_subjective_as_1_and_keeps_quotation_marks(tmp_path: Path) -> None:
    content = 'sentence_id\tsentence\tlabel\tsolved_conflict\nx1\t"Vile, he says.\tSUBJ\tTrue\r\nx2\tIt rained.\tOBJ\tFalse\n'
    path = write(tmp_path / "train_en.tsv", content)
    assert detect(path) == "checkthat"
    assert read_examples(path) == [Example('"Vile, he says.', label=1, id="x1"), Example("It rained.", label=0, id="x2")]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("sentence_id\tsentence\tlabel\na\tb\tSUBJ\na\tb\tMAYBE\n", 3, "label 'MAYBE'"),
        ("sentence_id\tsentence\tlabel\na\tb\n", 2, "2 columns"),
        ("sentence_id\tsentence\na\tb\n", 1, "no column label"),
        ("sentence_id\tsentence\tlabel\na\tcaf\udce9\tOBJ\n", 2, "not UTF-8 at byte 5"),
    ],
)
def test_a_broken_line_of_checkthat_is_an_error_with_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    path = write(tmp_path / "a.tsv", content.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError) as error:
        read_examples(path, format="checkthat")
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


def test_tables_of_another_kind_are_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot tell the format; pass --format"):
        detect(write(tmp_path / "a.tsv", "text\tlabel\na\t1\n"))


# ---------------------------------------------------------------- SemEval-2023 Task 3
TEXT = "Brutal rain.\r\nThe vile sun, the 😀 shameful moon, a dreadful sky.\r\n"


def spans_of(*found: str, inclusive: bool = False) -> str:
    lines = [f"12\tLoaded_Language\t{TEXT.index(w)}\t{TEXT.index(w) + len(w) - inclusive}" for w in found]
    return "\n".join([*lines, "12\tDoubt\t0\t6"]) + "\n"


def semeval(tmp_path: Path, labels: str, text: str = TEXT) -> Path:
    write(tmp_path / "train-articles-subtask-3" / "article12.txt", text)
    write(tmp_path / "train-labels-subtask-3-spans" / "article12-labels-subtask-3.txt", labels)
    return tmp_path


def test_semeval_2023_gives_spans_across_lines_and_joins_those_that_overlap(tmp_path: Path) -> None:
    path = semeval(tmp_path, spans_of("rain.\r\nThe", "The vile", "shameful"))
    assert files_of(path) == [(path, "semeval-2023")]
    (found,) = read_examples(path)
    assert words(found) == ["rain.\r\nThe vile", "shameful"]
    assert (found.group, found.id, found.label) == ("12", "12", None)


def test_semeval_2023_takes_an_empty_file_of_labels_for_an_article_without_spans(tmp_path: Path) -> None:
    (found,) = read_examples(semeval(tmp_path, ""))
    assert found.spans == []


def test_semeval_2023_leaves_articles_without_labels_out_and_counts_them(tmp_path: Path) -> None:
    path = semeval(tmp_path, spans_of("vile"))
    write(tmp_path / "train-articles-subtask-3" / "article13.txt", "No labels.")
    with pytest.warns(DataWarning, match="1 × article without labels left out"):
        assert len(read_examples(path)) == 1


def test_semeval_2023_s_labels_of_paragraphs_are_left_out_and_counted(tmp_path: Path) -> None:
    path = semeval(tmp_path, spans_of("vile"))
    write(tmp_path / "train-labels-subtask-3.txt", "12\t1\tLoaded_Language,Doubt\n")
    with pytest.warns(DataWarning, match="1 × file of labels without spans left out"):
        assert [words(e) for e in read_examples(path)] == [["vile"]]


MANY = ("Brutal", "vile", "shameful", "dreadful", "sky", "moon")


def test_inclusive_ends_are_seen_by_the_words_they_cut(tmp_path: Path) -> None:
    labels = spans_of(*MANY, inclusive=True).replace("Doubt\t0\t6", "Doubt\t0\t5")
    with pytest.warns(DataWarning, match="inclusive ends"):
        (found,) = read_examples(semeval(tmp_path, labels))
    assert sorted(words(found)) == sorted(MANY)


def test_half_open_ends_are_left_as_they_are(tmp_path: Path) -> None:
    (found,) = read_examples(semeval(tmp_path, spans_of(*MANY)))
    assert sorted(words(found)) == sorted(MANY)


@pytest.mark.parametrize(
    ("labels", "place", "message"),
    [
        ("12\tLoaded_Language\t0\n", "article12-labels-subtask-3.txt:1", "separated by tabs"),
        ("12\tLoaded_Language\t0\t6\n12\tDoubt\tx\t9\n", "article12-labels-subtask-3.txt:2", "separated by tabs"),
        ("12\tLoaded_Language\t0\t999\n", "article12-labels-subtask-3.txt:1", "outside the text"),
        ("12\tLoaded_Language\t6\t6\n", "article12-labels-subtask-3.txt:1", "empty"),
        ("99\tLoaded_Language\t0\t6\n", "article12-labels-subtask-3.txt:1", "labels for article 99, whose text is not here"),
    ],
)
def test_broken_labels_of_semeval_2023_are_an_error_with_their_place(tmp_path: Path, labels: str, place: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        read_examples(semeval(tmp_path, labels))
    assert f"{place}: " in str(error.value)
    assert message in str(error.value)


def test_a_folder_without_articles_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="SemEval-2023 Task 3 as published"):
        read_examples(tmp_path, format="semeval-2023")


# ---------------------------------------------------------------- check-data reads them row by row
def test_all_broken_rows_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    files = {
        "checkthat": write(tmp_path / "c.tsv", "sentence_id\tsentence\tlabel\na\tRain.\tX\nb\tSun.\tOBJ\nc\tMoon.\tY\n"),
        "wikibias": write(tmp_path / "w.tsv", "source\ttarget\ttags\na\tb\tX\na c\tb d\tO O\na\tb\tY\n"),
        "basil": basil(tmp_path, ("One.", [3]), ("Two.", []), ("Three.", [4])),
        "doccano": write(tmp_path / "d.jsonl", '{"text": "a", "label": [[0, 1, "X"]]}\n{"text": "b", "label": []}\n{\n'),
    }
    for name, path in files.items():
        findings = check([path], format=name)
        assert len(findings.errors) == 2, name
        assert findings.examples in (1, 2), name


def test_a_file_that_cannot_be_read_at_all_is_one_problem(tmp_path: Path) -> None:
    findings = check([write(tmp_path / "a.json", "{")], format="label-studio")
    assert len(findings.errors) == 1
    assert "broken JSON" in findings.errors[0].message
