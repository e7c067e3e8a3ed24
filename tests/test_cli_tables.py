"""Tables on the command line: names, columns, rows without a text, files that appear whole."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from framing.cli import main

THUGS, CLEAN = "The thugs met.", "The clerk closed the window at noon."


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["score", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one_error(result: Result) -> str:
    assert result.exit_code == 2, result.output
    [line] = result.stderr.splitlines()
    return line


def lines(name: str, *rows: Any) -> str:
    Path(name).write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return name


def names(result: Result) -> list[str]:
    return [json.loads(line)["path"] for line in result.stdout.splitlines()]


# ---------------------------------------------------------------- rows that are fine
def test_rows_are_named_by_file_and_row_or_by_their_id() -> None:
    path = lines("a.jsonl", {"text": THUGS, "id": "first"}, "", {"text": CLEAN, "id": None})
    assert names(run(path, "--format", "jsonl")) == ["a.jsonl:1", "a.jsonl:3"]
    assert names(run(path, "--format", "jsonl", "--id-column", "id")) == ["first", "a.jsonl:3"]
    assert run(path, "--format", "compact").stdout.startswith("a.jsonl:1:1:5: contentious_label: ")


def test_csv_and_parquet_and_texts_can_be_mixed() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    Path("a.csv").write_text(f"n,body\n1,{THUGS}\n", encoding="utf-8")
    parquet.write_table(pyarrow.table({"body": [CLEAN]}), "b.parquet")
    Path("c.txt").write_text(THUGS, encoding="utf-8")
    result = run("a.csv", "b.parquet", "c.txt", "--text-column", "body", "--format", "jsonl")
    assert names(result) == ["a.csv:2", "b.parquet:1", "c.txt"]
    assert result.exit_code == 1
    assert run("b.parquet", "--text-column", "body").exit_code == 0


def test_packed_tables_are_scored() -> None:
    Path("a.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": THUGS}).encode()))
    Path("b.csv.gz").write_bytes(gzip.compress(f"text\n{CLEAN}\n".encode()))
    result = run("a.jsonl.gz", "b.csv.gz", "--format", "jsonl")
    assert (names(result), result.exit_code) == (["a.jsonl.gz:1", "b.csv.gz:2"], 1)
    Path("c.jsonl.gz").write_bytes(b"plain")
    assert one_error(run("c.jsonl.gz")).startswith("error: c.jsonl.gz: broken gzip")


def test_workers_keep_rows_and_names_together() -> None:
    path = lines("a.jsonl", *({"text": f"The thugs closed quay {i}." if i % 3 else None, "id": f"x{i}"} for i in range(50)))
    alone, shared = (run(path, "--id-column", "id", "--format", "jsonl", "--on-error", "skip", "--jobs", jobs) for jobs in (1, 2))
    assert names(shared) == names(alone) == [f"x{i}" for i in range(50) if i % 3]
    assert [json.loads(row)["text"] for row in shared.stdout.splitlines()] == [f"The thugs closed quay {i}." for i in range(50) if i % 3]


# ---------------------------------------------------------------- rows that are not
BAD = ({"text": THUGS}, {"text": None, "id": "b"}, {"text": 5}, {"id": 1}, "broken", {"text": CLEAN})


def test_a_row_without_text_stops_before_anything_is_written() -> None:
    path = lines("a.jsonl", *BAD)
    Path("out.jsonl").write_text("of the last run")
    for output in (("-o", "out.jsonl"), ()):
        result = run(path, "--format", "jsonl", *output)
        message = one_error(result)
        assert result.stdout == ""
        assert message.startswith("error: a.jsonl: row 2, column 'text': null; a.jsonl: row 3, column 'text': a number (int); a.jsonl: row 4")
        assert "--on-error skip" in message
    assert Path("out.jsonl").read_text() == "of the last run"
    assert sorted(p.name for p in Path().iterdir()) == ["a.jsonl", "out.jsonl"]


def test_skipped_rows_are_listed_counted_and_named() -> None:
    path = lines("a.jsonl", *BAD)
    result = run(path, "--format", "jsonl", "-o", "out.jsonl", "--on-error", "skip", "--id-column", "id")
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.startswith("warning: 4 rows left out, listed in out.jsonl.errors.jsonl: a.jsonl: row 2, column 'text': null; ")
    assert [json.loads(row)["path"] for row in Path("out.jsonl").read_text(encoding="utf-8").splitlines()] == ["a.jsonl:1", "a.jsonl:6"]
    listed = [json.loads(row) for row in Path("out.jsonl.errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["row"] for row in listed] == [2, 3, 4, 5]
    assert listed[0] == {"path": "a.jsonl", "row": 2, "id": "b", "column": "text", "problem": "null"}


def test_the_errors_file_can_be_named_and_is_empty_when_all_is_well() -> None:
    path = lines("a.jsonl", {"text": CLEAN})
    assert run(path, "--on-error", "skip", "--errors", "bad.jsonl").exit_code == 0
    assert Path("bad.jsonl").read_bytes() == b""
    assert run(path, "--on-error", "skip").exit_code == 0
    assert Path("framing.errors.jsonl").exists()


def test_many_bad_rows_are_counted_and_the_first_ones_named() -> None:
    path = lines("a.jsonl", *[{"text": None}] * 1200)
    assert "row 5, column 'text': null; and 1,195 more; wanted text" in one_error(run(path))
    assert "1,200 rows left out" in run(path, "--on-error", "skip").stderr


@pytest.mark.parametrize("on_error", ["stop", "skip"])
def test_a_table_without_the_column_is_an_error_either_way(on_error: str) -> None:
    Path("a.csv").write_text("id,body\n1,x\n", encoding="utf-8")
    assert "a.csv: no column named 'text'; found id, body; name another with --text-column" in one_error(run("a.csv", "--on-error", on_error))


def test_a_run_that_fails_leaves_the_last_output(monkeypatch: pytest.MonkeyPatch) -> None:
    path = lines("a.jsonl", *[{"text": THUGS}] * 3)
    Path("out.html").write_text("of the last run")
    monkeypatch.setattr("framing.rendering.html.Book", lambda *_, **__: 1 / 0)
    result = CliRunner().invoke(main, ["score", path, "--format", "html", "-o", "out.html"])
    assert isinstance(result.exception, ZeroDivisionError)
    assert Path("out.html").read_text() == "of the last run"
    assert sorted(p.name for p in Path().iterdir()) == ["a.jsonl", "out.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_as_it_is() -> None:
    lines("a.jsonl", {"text": THUGS})
    os.mkfifo("pipe")
    reader = subprocess.Popen([sys.executable, "-c", "print(len(open('pipe').read().splitlines()))"], stdout=subprocess.PIPE, text=True)
    assert run("a.jsonl", "--format", "jsonl", "-o", "pipe").exit_code == 1
    assert reader.communicate(timeout=60)[0].strip() == "1"


# ---------------------------------------------------------------- options of the other engine
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--scheduler", "tcp://x:1"), "--scheduler has no meaning with --engine local"),
        (("--partition-rows", "5"), "--partition-rows has no meaning with --engine local"),
        (("--engine", "dask", "--format", "json", "-o", "out"), "--format has no meaning with --engine dask"),
        (("--engine", "dask", "--quoted", "skip", "-o", "out"), "--quoted has no meaning with --engine dask"),
        (("--engine", "dask", "--scheduler", "tcp://x:1", "--jobs", "2", "-o", "out"), "--jobs has no meaning with --engine dask"),
        (("--engine", "dask"), "--engine dask writes a folder: pass -o FOLDER"),
    ],
)
def test_options_without_a_meaning_are_refused(arguments: tuple[str, ...], part: str) -> None:
    assert part in one_error(run(lines("a.jsonl", {"text": THUGS}), *arguments))
