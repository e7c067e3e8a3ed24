"""Rows of tables in files: JSON Lines, CSV and Parquet become (place, id, text), one row at a time.

The first step for corpora that lie in tables.  Nothing is scored here and no row is dropped: a row that has no text says
what is wrong with it, and whoever reads decides.  What cannot be read as a table at all is a ``DataError``.  Memory is
bounded by the longest row.

Rows count from 1: lines of a JSON Lines file, records of a CSV file with the header as the first (as a spreadsheet shows
them), rows of a Parquet file.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from framing.errors import ConfigError, DataError

SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
LONGEST_LINE = 1 << 28  # bytes; a longer one is no article but a lost line end or quotation mark, and would fill the memory
BATCH = 256  # rows of Parquet that are decoded at once


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, its id as text where one is asked for and given, and its text or the problem with it."""

    number: int
    id: str | None
    text: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive rows of one file, so that workers can share it.

    `rows` is how many rows it has at most, `first` the number of its first row.  `place` says where that is: a byte offset in
    JSON Lines; in Parquet the number of a row group, with `skip` rows of it before the part.
    """

    first: int
    rows: int
    place: int
    skip: int = 0


def form_of(path: str | Path) -> str | None:
    """``jsonl``, ``csv`` or ``parquet`` by the file's suffix; None for what is no table.

    >>> form_of("news.NDJSON"), form_of("news.txt")
    ('jsonl', None)
    """
    return SUFFIXES.get(Path(path).suffix.lower())


def read(path: str | Path, *, text: str = "text", id: str | None = None) -> Iterator[Row]:
    """The rows of the table in `path`, in order.

    `text` and `id` name columns.  Raises ``DataError`` for a file that is no table of its kind or lacks a column, and
    ``ConfigError`` when Parquet is met without pyarrow.
    """
    form = form_of(path)
    if form is None:
        raise DataError(f"{path}: no table; wanted a file named {', '.join('*' + s for s in SUFFIXES)}")
    if form == "parquet":
        yield from _read_parquet(Path(path), text, id)
        return
    with open(path, "rb") as file:
        yield from _read_jsonl(file, str(path), text, id) if form == "jsonl" else _read_csv(file, str(path), text, id)


def problem_of(value: object) -> str | None:
    """What is wrong with `value` as a text, or None.

    >>> problem_of("A vote."), problem_of(None), problem_of(float("nan")), problem_of(3)
    (None, 'null', 'null', 'a number (int)')
    """
    if isinstance(value, str):
        return None
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType"):
        return "null"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"a number ({type(value).__name__})"
    return f"no text but {type(value).__name__}"


def _row(number: int, value: Any, id: Any) -> Row:
    problem = problem_of(value)
    return Row(number, None if problem_of(id) == "null" else str(id), None if problem else value, problem)


# ---------------------------------------------------------------- JSON Lines
def _read_jsonl(file: BinaryIO, path: str, text: str, id: str | None, *, first: int = 1) -> Iterator[Row]:
    for number, raw in enumerate(_lines(file, path), start=first):
        if raw.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _json_row(raw, number, text, id)


def _json_row(raw: bytes, number: int, text: str, id: str | None) -> Row:
    try:
        row = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Row(number, None, None, f"not UTF-8 at byte {error.start + 1} of the line")
    except (ValueError, RecursionError) as error:  # broken syntax, or a number of thousands of digits
        return Row(number, None, None, f"broken JSON: {error}")
    if not isinstance(row, dict):
        return Row(number, None, None, f"wanted an object, found {type(row).__name__}")
    found = _row(number, row.get(text), None if id is None else row.get(id))
    return found if text in row else Row(number, found.id, None, "missing")


def _lines(file: BinaryIO, path: str) -> Iterator[bytes]:
    """Lines of `file`, none of which may fill the memory."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            raise DataError(f"{path}: a line of more than {LONGEST_LINE:,} bytes; wanted one row per line")
        yield line


# ---------------------------------------------------------------- CSV
class _Decoded:
    """Lines of a CSV file as text, with the place of the first byte since the last look that is not UTF-8.

    Bad bytes come through as lone surrogates, so that a record keeps its fields and the next one its place.
    """

    def __init__(self, file: BinaryIO, path: str) -> None:
        self._lines = _lines(file, path)
        self._before = 0
        self.bad_byte: int | None = None

    def __iter__(self) -> Iterator[str]:
        for raw in self._lines:
            try:
                line = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                if self.bad_byte is None:
                    self.bad_byte = self._before + error.start
                line = raw.decode("utf-8", "surrogateescape")
            yield line if self._before else line.removeprefix("\ufeff")
            self._before += len(raw)


def _read_csv(file: BinaryIO, path: str, text: str, id: str | None) -> Iterator[Row]:
    if csv.field_size_limit() < LONGEST_LINE:  # a setting of the whole process; its default of 128 kB is less than a long article
        csv.field_size_limit(LONGEST_LINE)
    lines = _Decoded(file, path)
    records = csv.reader(lines)
    try:
        header = next(records, [])
    except csv.Error as error:
        raise DataError(f"{path}: no CSV file: {error}") from error
    if lines.bad_byte is not None:
        raise DataError(f"{path}: not UTF-8 at byte {lines.bad_byte}; save the file as UTF-8")
    columns = [_column(path, header, name) for name in ([text] if id is None else [text, id])]
    number = 1
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise DataError(f"{path}: row {number}: a field of more than {LONGEST_LINE:,} characters; is a quotation mark left open?") from error
            lines.bad_byte = None
            yield Row(number, None, None, f"broken CSV: {error}")
            continue
        bad_byte, lines.bad_byte = lines.bad_byte, None
        if not record:  # a blank line
            continue
        yield _csv_row(record, number, columns, bad_byte)


def _csv_row(record: Sequence[str], number: int, columns: Sequence[int], bad_byte: int | None) -> Row:
    """CSV has no other way to write a null than an empty field, so that is what an empty one is."""
    value, *ids = (record[k] if k < len(record) else "" for k in columns)
    name = ids[0] if ids and ids[0] else None
    if bad_byte is not None:
        return Row(number, None, None, f"not UTF-8 at byte {bad_byte}")
    if columns[0] >= len(record):
        return Row(number, name, None, f"missing: the row has only {len(record)} field" + "s" * (len(record) > 1))
    return Row(number, name, value or None, None if value else "null")


def _column(path: str, header: Sequence[str], name: str) -> int:
    if header.count(name) != 1:
        found = "no column" if name not in header else f"{header.count(name)} columns"
        shown = ", ".join(header[:20]) + (" …" if len(header) > 20 else "")
        raise DataError(f"{path}: {found} named {name!r}; found {shown or 'no header'}; name another with --text-column or --id-column")
    return header.index(name)


# ---------------------------------------------------------------- Parquet
@contextmanager
def _parquet(path: Path, text: str, id: str | None) -> Iterator[Any]:
    """The open file, its columns checked; what pyarrow raises while it is read becomes a ``DataError``."""
    try:
        import pyarrow.parquet as parquet
        from pyarrow import ArrowException
    except ImportError as error:
        raise ConfigError(f"{path}: reading Parquet needs pyarrow; pip install 'framing[parquet]'") from error
    try:
        with parquet.ParquetFile(path, buffer_size=1 << 20) as file:  # without a buffer, a column of a whole row group is read at once
            for name in (text,) if id is None else (text, id):
                _column(str(path), file.schema_arrow.names, name)
            yield file
    except FileNotFoundError:
        raise
    except (ArrowException, OSError) as error:
        raise DataError(f"{path}: not a Parquet file, or damaged: {error}") from error


def _read_parquet(path: Path, text: str, id: str | None) -> Iterator[Row]:
    with _parquet(path, text, id) as file:
        yield from _parquet_rows(file, range(file.metadata.num_row_groups), 1, text, id)


def _parquet_rows(file: Any, groups: Sequence[int], first: int, text: str, id: str | None) -> Iterator[Row]:
    number = first
    for batch in file.iter_batches(BATCH, row_groups=list(groups), columns=[text] if id is None or id == text else [text, id]):
        values, ids = _values(batch.column(text)), [None] * len(batch) if id is None else _values(batch.column(id))
        for value, name in zip(values, ids, strict=True):
            name = None if isinstance(name, _Broken) else name
            yield Row(number, None, None, value.problem) if isinstance(value, _Broken) else _row(number, value, name)
            number += 1


@dataclass(frozen=True, slots=True)
class _Broken:
    problem: str


def _values(column: Any) -> list[Any]:
    """The values of an Arrow array; text that is not UTF-8, which other writers may have let through, one by one."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_value(scalar) for scalar in column]


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Broken(f"not UTF-8 at byte {error.start + 1} of the text")


# ---------------------------------------------------------------- parts
def parts(path: str | Path, *, rows: int, text: str = "text", id: str | None = None) -> list[Part]:
    """The file cut into parts of at most `rows` rows, in order; no text is decoded for it.

    JSON Lines and Parquet only: a record of a CSV file cannot be found without reading all before it.
    """
    form = form_of(path)
    if form == "parquet":
        with _parquet(Path(path), text, id) as file:
            return list(_parts_of_parquet(file.metadata, rows))
    if form == "jsonl":
        with open(path, "rb") as lines:
            return list(_parts_of_lines(lines, str(path), rows))
    raise DataError(f"{path}: cannot be shared between workers; wanted *.parquet, *.jsonl or *.ndjson")


def _parts_of_parquet(metadata: Any, rows: int) -> Iterator[Part]:
    first = 1
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        for skip in range(0, size, rows):
            yield Part(first + skip, min(rows, size - skip), group, skip)
        first += size


def _parts_of_lines(file: BinaryIO, path: str, rows: int) -> Iterator[Part]:
    place = size = count = 0
    first = number = 1
    for line in _lines(file, path):
        size += len(line)
        number += 1
        count += 1
        if count == rows:
            yield Part(first, count, place)
            place, first, count = size, number, 0
    if count:
        yield Part(first, count, place)


def read_part(path: str | Path, part: Part, *, text: str = "text", id: str | None = None) -> Iterator[Row]:
    """The rows of one of `parts`, numbered as in the whole file."""
    if form_of(path) == "parquet":
        with _parquet(Path(path), text, id) as file:
            yield from islice(_parquet_rows(file, [part.place], part.first - part.skip, text, id), part.skip, part.skip + part.rows)
        return
    with open(path, "rb") as file:
        file.seek(part.place)
        for row in _read_jsonl(file, str(path), text, id, first=part.first):
            if row.number >= part.first + part.rows:
                return
            yield row
