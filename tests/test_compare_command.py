"""``framing compare``: sides from folders, files and tables; formats; one-line errors."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from framing.cli import main

LOADED = [f"The thugs met on day {n}. A shameful, brutal vote ended week {n}." for n in range(4)]
CLEAN = [f"The clerk closed the window on day {n}." for n in range(4)]
FEW = ("--resamples", 20, "--min-count", 2, "--min-texts", 1)


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["compare", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def as_json(*arguments: object) -> dict[str, list[dict[str, object]]]:
    result = run(*arguments, *FEW, "--format", "json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, texts in (("herald", LOADED), ("courier", CLEAN)):
        (tmp_path / name).mkdir()
        for number, text in enumerate(texts):
            (tmp_path / name / f"{number}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "herald", tmp_path / "courier"


ROWS = (
    [{"body": text, "outlet": "herald"} for text in LOADED]
    + [{"body": text, "outlet": "courier"} for text in CLEAN]
    + [{"body": "The vote.", "outlet": "post"}]
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


COLUMNS = ("--text-column", "body", "--group-column", "outlet")


def test_folders_are_sides_named_after_themselves(folders: tuple[Path, Path]) -> None:
    data = as_json(*folders)
    assert [(s["name"], s["texts"]) for s in data["sides"]] == [("herald", 4), ("courier", 4)]
    assert {"thugs", "brutal", "shameful"} <= {t["text"] for t in data["terms"]}


def test_a_column_groups_a_table_and_all_forms_of_it_give_the_same(table: Path, tmp_path: Path) -> None:
    plain = as_json(table, *COLUMNS)
    assert [s["name"] for s in plain["sides"]] == ["courier", "herald", "post"]
    packed = tmp_path / "articles.jsonl.gz"
    packed.write_bytes(gzip.compress(table.read_bytes()))
    as_csv = tmp_path / "articles.csv"
    with open(as_csv, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["outlet", "body"])
        writer.writeheader()
        writer.writerows(ROWS)
    assert as_json(packed, *COLUMNS) == plain
    assert as_json(as_csv, *COLUMNS) == plain
    (tmp_path / "articles.csv.gz").write_bytes(gzip.compress(as_csv.read_bytes()))
    assert as_json(tmp_path / "articles.csv.gz", *COLUMNS) == plain


def parquet(path: Path, rows: list[dict[str, object]]) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer

    writer.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


def test_parquet_is_grouped_like_any_table(table: Path, tmp_path: Path) -> None:
    path = parquet(tmp_path / "articles.parquet", [{"n": 1.5, **row} for row in ROWS])
    assert as_json(path, *COLUMNS) == as_json(table, *COLUMNS)
    one, other = (parquet(tmp_path / f"{n}.parquet", [{"text": t} for t in texts]) for n, texts in (("one", LOADED), ("other", CLEAN)))
    assert [(s["name"], s["texts"]) for s in as_json(one, other)["sides"]] == [("one.parquet", 4), ("other.parquet", 4)]


def test_rows_of_parquet_without_text_or_group_are_named(tmp_path: Path) -> None:
    rows = [{"body": t, "outlet": n} for n, texts in ((1, LOADED), (2, CLEAN)) for t in texts]
    result = run(parquet(tmp_path / "a.parquet", [*rows, {"body": None, "outlet": 1}, {"body": "x", "outlet": None}]), *COLUMNS, *FEW, "--format", "json")
    assert result.exit_code == 2
    assert [s["name"] for s in json.loads(result.stdout)["sides"]] == ["1", "2"]
    assert "a.parquet: row 9, column 'body': null" in result.stderr
    assert "1 row without a group under 'outlet' left out" in result.stderr


def test_bad_rows_of_groups_that_nobody_asked_for_are_no_complaint(table: Path) -> None:
    with open(table, "ab") as file:
        file.write(b'{"body": null, "outlet": "post"}\n')
    assert run(table, *COLUMNS, *FEW, "--group", "herald", "--group", "courier").exit_code == 0
    assert run(table, *COLUMNS, *FEW, "--group", "herald", "--group", "post").exit_code == 2


def test_groups_are_chosen_ordered_and_limited(table: Path) -> None:
    data = as_json(table, *COLUMNS, "--group", "herald", "--group", "courier", "--limit", 2)
    assert [(s["name"], s["texts"]) for s in data["sides"]] == [("herald", 2), ("courier", 2)]


def test_files_of_one_text_and_tables_can_be_sides(table: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(LOADED[0], encoding="utf-8")
    data = as_json(tmp_path / "one.txt", table, "--text-column", "body")
    assert [(s["name"], s["texts"]) for s in data["sides"]] == [("one.txt", 1), ("articles.jsonl", 9)]


def test_folders_of_one_name_are_told_apart_by_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("x/texts", "y/texts"):
        Path(place).mkdir(parents=True)
        Path(place, "1.txt").write_text(LOADED[0], encoding="utf-8")
    assert [s["name"] for s in as_json("x/texts/", "y/texts/")["sides"]] == [str(Path("x/texts")), str(Path("y/texts"))]


def test_formats_are_written(folders: tuple[Path, Path], tmp_path: Path) -> None:
    text = run(*folders, *FEW)
    assert text.exit_code == 0
    assert "more on herald" in text.stdout
    rows = list(csv.DictReader(io.StringIO(run(*folders, *FEW, "--format", "csv").stdout)))
    assert {row["table"] for row in rows} >= {"side", "rate", "term"}
    page = tmp_path / "page.html"
    assert run(*folders, *FEW, "--format", "html", "-o", page).stdout == ""
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_broken_rows_are_named_and_the_others_compared(table: Path) -> None:
    with open(table, "ab") as file:
        file.write(b'{"body": 3.5, "outlet": "herald"}\n{"outlet": "herald"}\n[1]\n{broken\n{"body": "caf\xe9"}\n{"body": "x", "outlet": " "}\n')
    result = run(table, *COLUMNS, *FEW, "--format", "json")
    assert result.exit_code == 2
    assert len(json.loads(result.stdout)["sides"]) == 3
    for part in (
        ": row 10, column 'body': a number (float)",
        ": row 11, column 'body': missing; the row has outlet",
        ": row 12, column 'body': wanted an object, found list",
        ": row 13, column 'body': broken JSON",
        ": row 14, column 'body': not UTF-8 at byte 14 of the line",
        "1 row without a group under 'outlet' left out",
    ):
        assert part in result.stderr


def test_complaints_are_not_endless(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("{}\n" * 500, encoding="utf-8")
    result = run(path, *COLUMNS)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) < 30
    assert "480 more like these" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("A",), "one side"),
        (("herald", "gone"), "gone: no such file or folder"),
        (("herald", "herald"), "same input twice"),
        (("herald", "empty"), "'empty' has no texts"),
        (("articles.jsonl", "--group-column", "nope"), "row 1, column 'text': missing; the row has body, outlet"),
        (("articles.jsonl", "--text-column", "body", "--group-column", "nope"), "no row has a group under 'nope'; name another column with --group-column"),
        (("articles.jsonl", *COLUMNS, "--group", "herald", "--group", "Post"), "no row has 'Post'"),
        (("herald", "--group-column", "outlet"), "one table"),
        (("herald", "courier", "--group", "x"), "--group-column"),
        (("herald", "courier", "--jobs", "0"), "--jobs 0"),
        (("herald", "courier", "-o", "gone/page.html"), "no folder gone"),
        (("bad.csv", *COLUMNS), "no column named 'body'; found a, b; name another with --text-column"),
        (("bad.csv", "--text-column", "a", "--group-column", "c"), "no column named 'c'; found a, b; name another with --group-column"),
        (("bad.jsonl.gz", *COLUMNS), "broken gzip"),
    ],
)
def test_errors_are_short_and_have_status_2(
    arguments: tuple[str, ...], part: str, folders: tuple[Path, Path], table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    Path("bad.jsonl.gz").write_bytes(b"plain")
    result = run(*arguments)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""
    assert all(line.startswith("error: ") for line in result.stderr.splitlines())


def test_long_fields_of_csv_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f'text,side\n"{"The thugs met. " * 10_000}",a\nThe clerk left.,b\n', encoding="utf-8")
    assert [s["texts"] for s in as_json(path, "--group-column", "side")["sides"]] == [1, 1]
