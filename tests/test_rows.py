"""Tables in files: rows in order, numbered, each with its text or its problem."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from framing import rows
from framing.errors import DataError
from framing.rows import Row, parts, read, read_part

LONG = "A long vote. " * 40_000  # more than the csv module's default limit


def table(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    return path


def found(path: Path, **columns: Any) -> list[tuple[int, str | None, str | None, str | None]]:
    return [(r.number, r.id, r.text, r.problem) for r in read(path, **columns)]


def parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer

    writer.write_table(pyarrow.table(columns), path, **options)
    return path


# ---------------------------------------------------------------- JSON Lines
def test_lines_are_numbered_as_an_editor_shows_them(tmp_path: Path) -> None:
    path = table(tmp_path / "a.jsonl", '\ufeff{"text": "One.", "id": 7}\r\n\n  \n{"id": "b", "text": "Two\\nlines.", "extra": []}')
    assert found(path, id="id") == [(1, "7", "One.", None), (4, "b", "Two\nlines.", None)]
    assert [r.id for r in read(path)] == [None, None]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"id": 1}', "missing; the row has id"),
        (b"{}", "missing; the row has nothing"),
        (b'{"text": null}', "null"),
        (b'{"text": NaN}', "null"),
        (b'{"text": 12}', "a number (int)"),
        (b'{"text": 1.5}', "a number (float)"),
        (b'{"text": ["A vote."]}', "no text but list"),
        (b'{"text": true}', "no text but bool"),
        (b'["A vote."]', "wanted an object, found list"),
        (b'{"text": "A vote."', "broken JSON"),
        (b'{"text": "caf\xe9"}', "not UTF-8 at byte 14"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"text": ' + b"9" * 5_000 + b"}", ""),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_next_one_is_read(tmp_path: Path, line: bytes, problem: str) -> None:
    path = table(tmp_path / "a.jsonl", line + b'\n{"text": "Two."}\n')
    bad, good = read(path)
    assert bad.text is None
    assert bad.problem
    assert problem in bad.problem
    assert good == Row(2, None, "Two.")


def test_an_endless_line_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LONGEST_LINE", 50)
    path = table(tmp_path / "a.jsonl", '{"text": "One."}\n' + '{"text": "' + "a" * 60)
    lines = read(path)
    assert next(lines).text == "One."
    with pytest.raises(DataError, match="a line of more than 50 bytes"):
        next(lines)


def test_a_row_of_endless_names_has_a_short_message(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path / "a.jsonl", json.dumps({f"{i:05}" * 100: 1 for i in range(1_000)})))
    assert row.problem
    assert len(row.problem) < 700


# ---------------------------------------------------------------- groups
def test_groups_are_text_in_every_form(tmp_path: Path) -> None:
    lines = [{"text": "One.", "side": "left"}, {"text": "Two.", "side": 7}, {"text": "Three.", "side": None}, {"text": "Four."}, {"side": "right"}]
    path = table(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [row.group for row in read(path, group="side")] == ["left", "7", None, None, "right"]
    assert {row.group for row in read(path)} == {None}
    path = table(tmp_path / "a.csv", "side,text\nleft,One.\n7,Two.\n,Three.\nright,\n")
    assert [(row.group, row.text) for row in read(path, group="side")] == [("left", "One."), ("7", "Two."), (None, "Three."), ("right", None)]
    path = parquet(tmp_path / "a.parquet", {"text": ["One.", "Two.", None], "side": [1, None, 3]})
    assert [(row.group, row.text) for row in read(path, group="side", id="side")] == [("1", "One."), (None, "Two."), ("3", None)]


# ---------------------------------------------------------------- gzip
@pytest.mark.parametrize(("name", "data"), [("a.jsonl", '{"text": "One."}\n\n{"text": null}\n'), ("A.CSV", "text\nOne.\n\"\"\n")])
def test_packed_tables_are_the_tables(tmp_path: Path, name: str, data: str) -> None:
    plain = found(table(tmp_path / name, data))
    assert len(plain) == 2
    assert found(table(tmp_path / f"{name}.gz", gzip.compress(data.encode()))) == plain


@pytest.mark.parametrize("data", [b"plain", gzip.compress(b'{"text": "One."}\n' * 99, mtime=0)[:-20], gzip.compress(b"{}\n" * 9, mtime=0)[:20] + b"\xff" * 30])
def test_a_broken_packed_table_is_named(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DataError, match=r"a\.jsonl\.gz: broken gzip"):
        list(read(table(tmp_path / "a.jsonl.gz", data)))


def test_packed_lines_are_not_endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LONGEST_LINE", 1_000)
    with pytest.raises(DataError, match="a line of more than 1,000 bytes"):
        list(read(table(tmp_path / "a.jsonl.gz", gzip.compress(b"a" * 1_000_000))))


# ---------------------------------------------------------------- CSV
def test_records_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", '\ufeffid,text\r\n1,"One, ""said"" two\r\nlines."\r\n2,Plain.\r\n')
    assert found(path, id="id") == [(2, "1", 'One, "said" two\r\nlines.', None), (3, "2", "Plain.", None)]


def test_a_large_field_is_read(tmp_path: Path) -> None:
    """Longer than csv reads by itself, whatever another reader has set before."""
    import csv

    before = csv.field_size_limit(131_072)
    try:
        assert len(LONG) > 131_072
        path = table(tmp_path / "a.CSV", f'text,n\n"{LONG}",1\n')
        assert [r.text for r in read(path)] == [LONG]
    finally:
        csv.field_size_limit(before)


def test_an_open_quotation_mark_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import csv

    before = csv.field_size_limit(1000)
    monkeypatch.setattr(rows, "LONGEST_LINE", 1000)
    try:
        path = table(tmp_path / "a.csv", 'text\nOne.\n"open' + "\nTwo." * 500)
        with pytest.raises(DataError, match=r"a\.csv: row 3: a field of more than 1,000 characters; is a quotation mark left open"):
            list(read(path))
    finally:
        csv.field_size_limit(before)


def test_empty_and_short_csv_rows_have_no_text(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "id,text\n1,\n2\n\n3,Three.\n")
    assert found(path, id="id") == [(2, "1", None, "null"), (3, "2", None, "missing: the row has only 1 field"), (5, "3", "Three.", None)]


def test_csv_that_is_not_utf8_names_the_byte_and_keeps_the_other_rows(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", b'text\nOne.\n"caf\xe9\nline"\nThree.\n')
    assert found(path) == [(2, None, "One.", None), (3, None, None, "not UTF-8 at byte 14"), (4, None, "Three.", None)]


def test_a_header_that_is_not_utf8_names_file_and_byte(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv: not UTF-8 at byte 0"):
        list(read(table(tmp_path / "a.csv", "text\nOne.\n".encode("utf-16"))))


@pytest.mark.parametrize("header", ["", "id,body\n", "text,text\n"])
def test_a_csv_without_the_column_lists_those_it_has(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError, match=r"a\.csv: (no column|2 columns) named 'text'; found .*--text-column"):
        list(read(table(tmp_path / "a.csv", header + "x,y\n")))


# ---------------------------------------------------------------- Parquet
def test_parquet_rows_come_in_order_over_row_groups(tmp_path: Path) -> None:
    texts = [f"Vote {i}." for i in range(700)]
    path = parquet(tmp_path / "a.parquet", {"text": texts, "id": list(range(700)), "other": [1.0] * 700}, row_group_size=300)
    assert found(path, id="id") == [(i + 1, str(i), t, None) for i, t in enumerate(texts)]


def test_parquet_without_a_text_says_so(tmp_path: Path) -> None:
    assert found(parquet(tmp_path / "a.parquet", {"text": ["One.", None]})) == [(1, None, "One.", None), (2, None, None, "null")]
    assert found(parquet(tmp_path / "b.parquet", {"text": [3]})) == [(1, None, None, "a number (int)")]
    assert found(parquet(tmp_path / "c.parquet", {"text": [b"One."]})) == [(1, None, None, "no text but bytes")]


def test_parquet_with_bytes_that_are_no_utf8_keeps_the_other_rows(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    hostile = pyarrow.Array.from_buffers(pyarrow.string(), 3, pyarrow.array([b"One.", b"caf\xe9", b"Three."], pyarrow.binary()).buffers())
    path = parquet(tmp_path / "a.parquet", {"text": hostile})
    assert found(path) == [(1, None, "One.", None), (2, None, None, "not UTF-8 at byte 4 of the text"), (3, None, "Three.", None)]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no table at all", b"PAR1" + b"\xff" * 60 + b"PAR1"])
def test_a_damaged_parquet_file_is_named(tmp_path: Path, data: bytes) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(DataError, match=r"a\.parquet: not a Parquet file, or damaged"):
        list(read(table(tmp_path / "a.parquet", data)))


def test_a_parquet_file_without_the_column_lists_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column named 'text'; found body"):
        list(read(parquet(tmp_path / "a.parquet", {"body": ["x"]})))


# ---------------------------------------------------------------- parts
def joined(path: Path, size: int, **columns: Any) -> tuple[list[Row], Sequence[rows.Part]]:
    cut = parts(path, rows=size, **columns)
    return [row for part in cut for row in read_part(path, part, **columns)], cut


@pytest.mark.parametrize("size", [1, 3, 7, 300, 1000])
def test_parts_of_lines_are_the_file(tmp_path: Path, size: int) -> None:
    lines = ["\ufeff" + json.dumps({"text": "Vote 0."}), "", *(json.dumps({"text": f"Vöte {i}."}) for i in range(20)), "broken", '{"text": null}']
    path = table(tmp_path / "a.jsonl", "\n".join(lines))
    together, cut = joined(path, size)
    assert together == list(read(path))
    assert all(part.rows <= size for part in cut)
    assert sum(part.rows for part in cut) == len(lines)


@pytest.mark.parametrize("size", [1, 4, 10, 11, 1000])
def test_parts_of_parquet_are_the_file(tmp_path: Path, size: int) -> None:
    columns = {"text": [f"Vote {i}." if i % 5 else None for i in range(34)], "id": [f"x{i}" for i in range(34)]}
    path = parquet(tmp_path / "a.parquet", columns, row_group_size=10)
    together, cut = joined(path, size, id="id")
    assert together == list(read(path, id="id"))
    assert all(part.rows <= min(size, 10) for part in cut)


def test_empty_tables_have_no_rows_and_no_parts(tmp_path: Path) -> None:
    for path in (table(tmp_path / "a.jsonl", ""), parquet(tmp_path / "a.parquet", {"text": [""][:0]})):
        assert list(read(path)) == parts(path, rows=5) == []
    assert list(read(table(tmp_path / "a.csv", "text\n"))) == []


def test_what_cannot_be_shared_or_read_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "a.jsonl.gz", "a.parquet.gz"):
        with pytest.raises(DataError, match=f"{name}: cannot be shared"):
            parts(table(tmp_path / name, "text\n"), rows=5)
    with pytest.raises(DataError, match=r"a\.txt: no table"):
        list(read(table(tmp_path / "a.txt", "text\n")))
