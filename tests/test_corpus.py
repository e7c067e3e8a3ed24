"""Readers and the writer of labelled data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing.cli.console import DATA_FORMATS
from framing.corpus import READERS, Example, LabeledAttribution, LabeledQuote, LabeledSpan, files_of, jsonl, read_examples
from framing.errors import DataError

FULL = Example(
    "Ada wrote that the “reform” was brutal – naïvely 😀.",
    label=1,
    spans=[LabeledSpan(32, 38, "emotive"), LabeledSpan(41, 48)],
    quotes=[LabeledQuote(20, 26, "scare")],
    attributions=[LabeledAttribution(10, 38, "reported", (0, 3)), LabeledAttribution(20, 26, "quoted")],
    group="g",
    id="one",
    weight=0.5,
    topic="water",
    country="Norway",
)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


# ---------------------------------------------------------------- JSON Lines
def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = [FULL, Example("Not labelled."), Example("None here.", label=0, spans=[], quotes=[], attributions=[])]
    assert jsonl.write(rows, tmp_path / "a.jsonl") == 3
    assert read_examples(tmp_path / "a.jsonl") == rows


def test_not_labelled_differs_from_labelled_as_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": "b", "spans": [], "quotes": null}\n')
    assert [(e.spans, e.quotes) for e in read_examples(path)] == [(None, None), ([], None)]


def test_blank_lines_carriage_returns_and_a_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '\ufeff{"text": "a"}\r\n\r\n{"text": "b"}')
    assert [e.text for e in read_examples(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "broken JSON"),
        ("[]", "wanted an object"),
        ("{}", "no text"),
        ('{"text": 3}', "no text"),
        ('{"text": "a", "txet": 1}', "unknown key 'txet'"),
        ('{"text": "a", "label": 2}', "label 2"),
        ('{"text": "a", "label": true}', "label True"),
        ('{"text": "a", "label": "1"}', "label '1'"),
        ('{"text": "a", "country": 7}', "country 7"),
        ('{"text": "a", "weight": -1}', "weight -1"),
        ('{"text": "a", "weight": NaN}', "weight nan"),
        ('{"text": "abc", "spans": [{"start": 0, "end": 4}]}', "outside the text"),
        ('{"text": "abc", "spans": [{"start": -1, "end": 2}]}', "outside the text"),
        ('{"text": "abc", "spans": [{"start": 1, "end": 1}]}', "empty"),
        ('{"text": "abc", "spans": [{"start": 1.5, "end": 2}]}', "whole numbers"),
        ('{"text": "abc", "spans": [{"start": 1}]}', "without 'end'"),
        ('{"text": "abc", "spans": {"start": 1, "end": 2}}', "no list"),
        ('{"text": "abc", "spans": [{"start": 0, "end": 3, "device": "sneer"}]}', "unknown device 'sneer'"),
        ('{"text": "abc", "quotes": [{"start": 0, "end": 3, "use": "irony"}]}', "unknown use 'irony'"),
        ('{"text": "abc", "attributions": [{"start": 0, "end": 3, "mode": "sung"}]}', "unknown mode 'sung'"),
        ('{"text": "abc", "attributions": [{"start": 0, "end": 3, "mode": "quoted", "source": [1]}]}', "source"),
        ('{"text": "abc", "attributions": [{"start": 0, "end": 3, "mode": "quoted", "source": [1, 9]}]}', "outside the text"),
    ],
)
def test_a_broken_line_is_an_error_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "fine"}\n' + line + "\n")
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}:2: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "abc", "spans": [{"start": 0, "end": 3, "device": ["emotive"]}]}',
        '{"text": "abc", "quotes": [{"start": 0, "end": 3, "use": {}}]}',
        '{"text": "abc", "attributions": [{"start": 0, "end": 3, "mode": []}]}',
        '{"text": "abc", "label": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"text": "abc", "label": 1, "group": 7}',
        '{"text": "abc", "label": 1, "id": ["a"]}',
    ],
)
def test_odd_types_are_errors_and_not_crashes(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "a.jsonl", line + "\n")
    with pytest.raises(DataError, match=r"a\.jsonl:1: "):
        read_examples(path)


def test_broken_labels_made_in_code_are_named() -> None:
    with pytest.raises(DataError, match="row 3: span 0–9"):
        Example("abc", spans=[LabeledSpan(0, 9)]).checked("row 3")


# ---------------------------------------------------------------- BABE
def test_a_babe_text_longer_than_csv_reads_by_itself_is_read(tmp_path: Path) -> None:
    import csv

    text = "The thugs voted. " * 10_000
    path = tmp_path / "final_labels_SG1.csv"
    path.write_text(f"text;label_bias;biased_words\n{text};Biased;['thugs']\n", encoding="utf-8")
    before = csv.field_size_limit(131_072)
    try:
        assert [len(e.spans or ()) for e in read_examples(path, format="babe")] == [10_000]
    finally:
        csv.field_size_limit(before)


def test_babe_gives_labels_and_a_span_for_every_occurrence_of_a_biased_word(tmp_path: Path) -> None:
    rows = (
        "text;topic;label_bias;biased_words",
        "\"Brutal rain; the brutal sun.\";sky;Biased;\"['brutal', 'the']\"",
        "Rain fell.;sky;Non-biased;[]",
        "Hail fell.;sky;No agreement;[]",
    )
    first, second = read_examples(write(tmp_path / "final_labels.csv", "\n".join(rows) + "\n"))
    assert (first.label, second.label) == (1, 0)
    assert [first.text[s.start : s.end] for s in first.spans or ()] == ["Brutal", "brutal"]
    assert second.spans == []


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("text,label\nRain,1\n", 1, "no column"),
        ("text;label_bias;biased_words\nRain;Perhaps;[]\n", 2, "Perhaps"),
        ("text;label_bias;biased_words\nRain;Biased;rain\n", 2, "biased_words"),
        ("text;label_bias;biased_words\nRain;Biased;__import__('os')\n", 2, "biased_words"),
    ],
)
def test_a_broken_babe_file_is_an_error_with_its_line(tmp_path: Path, rows: str, line: int, message: str) -> None:
    path = write(tmp_path / "labels.csv", rows)
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


# ---------------------------------------------------------------- AnnoLexical
def test_anno_lexical_gives_labels_and_strips_stray_spaces(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "train.parquet"
    parquet.write_table(pyarrow.table({"text": ["  Rain fell. ", "Brutal rain."], "label": [0, 1], "sentence_id": ["7", "8"]}), path)
    assert [(e.text, e.label, e.id) for e in read_examples(path, weight=0.25)] == [("Rain fell.", 0, "7"), ("Brutal rain.", 1, "8")]
    assert {e.weight for e in read_examples(path, weight=0.25)} == {0.25}


def test_a_parquet_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(DataError, match="AnnoLexical"):
        read_examples(write(tmp_path / "a.parquet", "no parquet"))


# ---------------------------------------------------------------- SemEval-2020 Task 11
def ptc(folder: Path, labels: str, text: str = "Brutal rain.\r\nThe vile sun.\r\n") -> Path:
    write(folder / "articles" / "article12.txt", text)
    write(folder / "train-task2-TC.labels", labels)
    return folder


def test_ptc_spans_hold_across_line_ends_and_overlapping_ones_are_joined(tmp_path: Path) -> None:
    labels = "12\tLoaded_Language\t18\t22\n12\tLoaded_Language\t0\t6\n12\tLoaded_Language\t3\t11\n12\tDoubt\t0\t3\n"
    (example,) = read_examples(ptc(tmp_path, labels))
    assert [example.text[s.start : s.end] for s in example.spans or ()] == ["Brutal rain", "vile"]
    assert (example.group, example.label) == ("12", None)


@pytest.mark.parametrize(("labels", "message"), [("12\tLoaded_Language\n", "labels:1"), ("12\tLoaded_Language\t0\t999\n", "outside the text")])
def test_broken_ptc_labels_are_an_error(tmp_path: Path, labels: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_examples(ptc(tmp_path, labels))


# ---------------------------------------------------------------- finding files
def test_a_folder_gives_its_data_files_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl"):
        write(tmp_path / name, json.dumps({"text": name}) + "\n")
    write(tmp_path / "README.md", "no data")
    assert [e.text for e in read_examples(tmp_path)] == ["a.jsonl", "b.jsonl", "deep/c.jsonl"]


def test_format_overrides_the_name(tmp_path: Path) -> None:
    path = write(tmp_path / "data.txt", '{"text": "a"}\n')
    assert read_examples(path, format="jsonl")[0].text == "a"
    with pytest.raises(DataError, match="cannot tell the format"):
        read_examples(path)
    with pytest.raises(DataError, match="unknown format 'xml'"):
        read_examples(path, format="xml")


def test_an_empty_folder_and_a_missing_path_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing here"):
        files_of(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        files_of(tmp_path / "gone")


def test_weight_multiplies_each_example_s_own(tmp_path: Path) -> None:
    jsonl.write([FULL, Example("Two.")], tmp_path / "a.jsonl")
    assert [e.weight for e in read_examples(tmp_path / "a.jsonl", weight=0.5)] == [0.25, 0.5]


def test_the_command_line_offers_every_format() -> None:
    assert tuple(READERS) == DATA_FORMATS
