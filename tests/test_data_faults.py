"""Broken data: each command works or gives one line that names file and place, and what it would have written stays as it was."""

from __future__ import annotations

import functools
import json
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fuzz import corpora

from framing.cli import main
from framing.corpus import READERS, Example, jsonl, read_examples
from framing.errors import DataError

HEAD = "text;label_bias;biased_words\n"
PTC = "task2-x.labels"


def line(**values: Any) -> bytes:
    return (json.dumps(values) + "\n").encode()


ROW = line(text="A vile vote.", label=1)
# name -> (file name, content, where the error points, what it says)
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "UTF-16": ("a.jsonl", ROW.decode().encode("utf-16"), ":1: not UTF-8"),
    "UTF-16 without a mark": ("a.jsonl", ROW.decode().encode("utf-16-le"), ":1: broken JSON"),
    "Latin-1": ("a.jsonl", ROW + b'{"text": "caf\xe9"}\n', ":2: not UTF-8 at byte 13"),
    "binary": ("a.jsonl", bytes(range(256)), ":1: "),
    "NULs": ("a.jsonl", b"\0" * 100, ":1: broken JSON"),
    "cut in the middle": ("a.jsonl", ROW + ROW[:-9], ":2: broken JSON"),
    "NaN label": ("a.jsonl", b'{"text": "a", "label": NaN}\n', ":1: label nan"),
    "infinite weight": ("a.jsonl", b'{"text": "a", "label": 1, "weight": Infinity}\n', ":1: weight inf"),
    "NaN weight": ("a.jsonl", b'{"text": "a", "label": 1, "weight": NaN}\n', ":1: weight nan"),
    "NaN chance": ("a.jsonl", b'{"text": "a", "spans": [{"start": 0, "end": 1, "chance": NaN}]}\n', ":1: chance nan"),
    "NaN offset": ("a.jsonl", b'{"text": "a", "spans": [{"start": NaN, "end": 1}]}\n', ":1: span nan"),
    "float offset": ("a.jsonl", line(text="abc", spans=[{"start": 0.0, "end": 1.5}]), ":1: span 0.0"),
    "offset beyond the text": ("a.jsonl", line(text="abc", spans=[{"start": 0, "end": 4}]), ":1: span 0–4 lies outside"),
    "byte offsets": ("a.jsonl", line(text="é", spans=[{"start": 0, "end": 2}]), ":1: span 0–2 lies outside"),
    "nested too deep": ("a.jsonl", b"[" * 100_000, ":1: broken JSON"),
    "a number of ten thousand digits": ("a.jsonl", b'{"text": "a", "label": ' + b"9" * 10_000 + b"}\n", ":1: broken JSON"),
    "text twice": ("a.jsonl", b'{"text": "a", "text": 3}\n', ":1: not an example: no text"),
    "no rows": ("a.jsonl", b"\n\n", ""),
    "empty": ("a.jsonl", b"", ""),
    "BABE without a column": ("a.csv", b"text;label_bias\na;Biased\n", ":1: no column biased_words"),
    "BABE empty": ("a.csv", b"", ":1: no column"),
    "BABE in Latin-1": ("a.csv", HEAD.encode() + "café;Biased;[]\n".encode("latin-1"), ":2: not UTF-8"),
    "BABE in UTF-16": ("a.csv", (HEAD + "a;Biased;[]\n").encode("utf-16"), ":1: not UTF-8"),
    "BABE with a short row": ("a.csv", (HEAD + "a;Biased\n").encode(), ":2: biased_words"),
    "BABE with only a text": ("a.csv", (HEAD + "a\n").encode(), ":2: label_bias None"),
    "BABE with code for words": ("a.csv", (HEAD + "a;Biased;__import__('os').mkdir('made')\n").encode(), ":2: biased_words"),
    "BABE with a number for words": ("a.csv", (HEAD + "a;Biased;3\n").encode(), ":2: biased_words"),
    "BABE with an unclosed quote": ("a.csv", (HEAD + '"' + "a;Biased;[]\n").encode(), ":1: broken CSV"),
    "BABE with NULs": ("a.csv", (HEAD + "a\0b;Biased\0;[]\n").encode(), ":2: "),
    "BABE with brackets": ("a.csv", (HEAD + "a;Biased;" + "[" * 5000 + "\n").encode(), ":2: biased_words"),
    "Parquet that is none": ("a.parquet", b"PAR1 no", ": not a Parquet file"),
    "unknown kind of file": ("a.xlsx", b"PK", ": cannot tell the format"),
}
# what is odd and yet fine
FINE: dict[str, bytes] = {
    "byte order mark": b"\xef\xbb\xbf" + ROW,
    "CRLF": ROW.replace(b"\n", b"\r\n"),
    "no last line end": ROW[:-1],
    "blank lines": b"\n \n" + ROW + b"\n\n",
    "U+2028 in a text": '{"text": "A\u2028vile vote.", "label": 1}\n'.encode(),
    "span in the middle of a character": line(text="cafe\u0301 a\u0301", spans=[{"start": 3, "end": 4}], label=1),
    "spans that overlap": line(text="A vile vote.", label=1, spans=[{"start": 2, "end": 6}, {"start": 4, "end": 11}]),
    "the same id twice": line(text="One vile vote.", label=1, id="x") + line(text="Another vile vote.", label=1, id="x"),
    "lone surrogate": b'{"text": "A vile \\ud800 vote.", "label": 1}\n',
    "huge text": line(text="A vile vote. " * 20_000, label=1),
    "a weight of zero": line(text="A vile vote.", label=1, weight=0),
}


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def one_error(result: Result) -> str:
    assert result.exit_code == 2, result.output
    lines = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.mark.parametrize("name", list(BROKEN))
def test_broken_files_are_one_error_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    file, content, part = BROKEN[name]
    (tmp_path / file).write_bytes(content)
    out = tmp_path / "m.joblib"
    out.write_bytes(b"old")
    for arguments in (("train", file, "-o", out), ("evaluate", file)):
        assert f"{file}{part}" in one_error(run(*arguments)) if part else one_error(run(*arguments))
    assert out.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([file, "m.joblib"])
    checked = run("check-data", file)
    assert checked.exit_code in ((1, 2) if part else (0, 1, 2))
    assert not part or file in checked.output


@pytest.mark.parametrize("name", list(FINE))
def test_odd_files_can_be_read_by_every_command(tmp_path: Path, examples: list[Example], name: str) -> None:
    jsonl.write(examples, tmp_path / "good.jsonl")
    (tmp_path / "odd.jsonl").write_bytes(FINE[name])
    assert run("train", "good.jsonl", "odd.jsonl", "-o", "m.joblib", "--base", "none").exit_code == 0
    assert run("evaluate", "good.jsonl", "odd.jsonl", "--model", "m.joblib").exit_code == 0
    assert run("check-data", "odd.jsonl").exit_code in (0, 1)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("count", [1, 5])
def test_few_rows_of_one_class_are_an_error_or_a_model(tmp_path: Path, label: int, count: int) -> None:
    jsonl.write([Example(f"A vile vote of {n}.", label=label) for n in range(count)], tmp_path / "few.jsonl")
    (tmp_path / "m.joblib").write_bytes(b"old")
    one_error(run("train", "few.jsonl", "-o", "m.joblib"))
    assert (tmp_path / "m.joblib").read_bytes() == b"old"
    assert run("evaluate", "few.jsonl").exit_code in (0, 2)


def test_five_rows_of_both_classes_are_a_model(tmp_path: Path) -> None:
    jsonl.write([Example(f"A {'vile' if n % 2 else 'long'} vote of {n}.", label=n % 2) for n in range(5)], tmp_path / "few.jsonl")
    assert run("train", "few.jsonl", "-o", "m.joblib").exit_code == 0
    assert run("info", "m.joblib").exit_code == 0
    assert run("evaluate", "few.jsonl").exit_code == 0


@pytest.mark.parametrize(
    ("labels", "part"),
    [
        (b"1\tLoaded_Language\t0\t99\n", "lies outside"),
        (b"1\tLoaded_Language\tx\t3\n", ":1: wanted article"),
        (b"1 Loaded_Language 0 3\n", ":1: wanted article"),
        (b"caf\xe9\tLoaded_Language\t0\t3\n", ":1: not UTF-8"),
    ],
)
def test_broken_folders_of_articles_are_one_error(tmp_path: Path, labels: bytes, part: str) -> None:
    folder = tmp_path / "ptc"
    folder.mkdir()
    (folder / "article1.txt").write_bytes(b"A vile vote.")
    (folder / PTC).write_bytes(labels)
    assert part in one_error(run("train", "ptc", "-o", "m.joblib"))
    (folder / PTC).write_bytes(b"1\tLoaded_Language\t0\t3\n")
    (folder / "article1.txt").write_bytes(b"A caf\xe9.")
    assert "article1.txt:1: not UTF-8" in one_error(run("train", "ptc", "-o", "m.joblib"))
    assert not (tmp_path / "m.joblib").exists()


def test_written_labels_with_a_lone_surrogate_are_read_back(tmp_path: Path) -> None:
    rows = [Example("A \ud800 vote “\udfff”.", label=1)]
    jsonl.write(rows, tmp_path / "a.jsonl")
    assert list(jsonl.read(tmp_path / "a.jsonl")) == rows


def test_failing_write_leaves_the_old_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"old")

    def rows() -> Any:
        yield Example("A vote.")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        jsonl.write(rows(), path)
    assert path.read_bytes() == b"old"


# ---------------------------------------------------------------- every reader, every command
FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "CRLF": lambda content: content.replace(b"\n", b"\r\n"),
    "UTF-16": lambda content: content.decode("utf-8", "replace").encode("utf-16"),
    "another encoding": lambda content: content.replace(b"vile", b"v\xefle").replace(b"brutal", b"br\xfctal"),
    "cut": lambda content: content[: len(content) * 2 // 3],
    "twice": lambda content: content + content,
    "empty": lambda content: b"",
    "NULs": lambda content: b"\0" * 500,
    "binary": lambda content: bytes(range(256)) * 4,
    "nested too deep": lambda content: b"[" * 100_000,
    "quotation marks": lambda content: b'"' * 10_000,
    "NaN": lambda content: content.replace(b"1", b"NaN"),
    "no digits but others": lambda content: content.replace(b"2", "٢".encode()),
    "one huge line": lambda content: b"a" * 3_000_000,
}


@pytest.mark.filterwarnings("ignore::framing.errors.DataWarning")
@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("form", list(READERS))
def test_every_reader_and_command_works_or_gives_one_error(tmp_path: Path, form: str, fault: str) -> None:
    (tmp_path / "in").mkdir()
    files = _valid().get(form)
    if files is None:
        pytest.skip(f"{form} needs an extra that is not here")
    for changed in files:
        path = corpora.lay({**files, changed: FAULTS[fault](files[changed])}, tmp_path / "in")
        for command in (("convert", path, "--from", form, "-o", "out.jsonl"), ("convert", path, "--from", form, "-o", "out.json"), ("check-data", path)):
            out = Path(str(command[-1])) if command[0] == "convert" else tmp_path / "none"
            if command[0] == "convert":
                out.write_bytes(b"old")
            result = run(*command, *(["--format", form] if command[0] == "check-data" else []))
            if result.exit_code == 2:
                assert "/in" in one_error(result)
            if command[0] == "convert":
                assert (result.exit_code == 0) == (out.read_bytes() != b"old")
                out.unlink()
        with suppress(DataError):
            assert all(not example.problems() for example in read_examples(path, format=form))
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


@functools.cache
def _valid() -> dict[str, dict[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return corpora.valid(Path(folder))


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"text": ["a"], "label": [None], "sentence_id": ["1"]}, "row 0: label None; wanted 0 or 1"),
        ({"text": ["a"], "label": [float("nan")], "sentence_id": ["1"]}, "row 0: label nan; wanted 0 or 1"),
        ({"text": ["a", "b"], "label": ["1", "x"], "sentence_id": ["1", "2"]}, "row 0: label '1'; wanted 0 or 1"),
        ({"text": [None], "label": [1], "sentence_id": ["1"]}, "row 0 has no text"),
        ({"text": [3], "label": [1], "sentence_id": ["1"]}, "row 0 has no text"),
        ({"text": ["a"], "label": [1]}, "columns text, label, sentence_id"),
    ],
)
def test_odd_parquet_is_one_error(tmp_path: Path, columns: dict[str, list[object]], part: str) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(corpora.parquet(tmp_path, columns))
    error = one_error(run("train", "a.parquet", "-o", "m.joblib"))
    assert "a.parquet: " in error
    assert part in error


def test_babe_whose_text_stands_behind_the_end_of_a_row_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("label_bias;biased_words;text\nBiased;[]\n", encoding="utf-8")
    assert "a.csv:2: no text" in one_error(run("train", "a.csv", "-o", "m.joblib"))
