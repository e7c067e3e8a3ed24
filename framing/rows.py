"""Rows of tables in files: JSON Lines, CSV and Parquet become (place, id, text, group), one row at a time.

The first step for corpora that lie in tables.  Nothing is scored here and no row is dropped: a row that has no text says
what is wrong with it, and whoever reads decides.  What cannot be read as a table at all is a ``DataError``.  Memory is
bounded by the longest row.

Rows count from 1: lines of a JSON Lines file, records of a CSV file with the header as the first (as a spreadsheet shows
them), rows of a Parquet file.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from framing.errors import ConfigError, DataError

SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
PACKED = ".gz"  # after the suffix of JSON Lines or CSV; Parquet is packed inside
PATTERNS = "*.jsonl, *.ndjson, *.csv, each also with .gz, *.parquet"
LONGEST_LINE = 1 << 28  # bytes; a longer one is no article but a lost line end or quotation mark, and would fill the memory
BATCH = 256  # rows of Parquet that are decoded at once
MOST_NAMES = 12  # columns that a message names


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, its text or the problem with it; its id and group as text where they are asked for and given."""

    number: int
    id: str | None
    text: str | None
    problem: str | None = None
    group: str | None = None


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


@dataclass(frozen=True, slots=True)
class _Names:
    """The columns that are asked for."""

    text: str
    id: str | None = None
    group: str | None = None

    def asked(self) -> dict[str, str]:
        """What each is for -> its name, without those that nobody wants."""
        return {use: name for use, name in (("text", self.text), ("id", self.id), ("group", self.group)) if name is not None}


def form_of(path: str | Path) -> str | None:
    """``jsonl``, ``csv`` or ``parquet`` by the file's suffix, packed or not; None for what is no table.

    >>> form_of("news.NDJSON"), form_of("news.csv.gz"), form_of("news.txt"), form_of("news.parquet.gz")
    ('jsonl', 'csv', None, None)
    """
    suffix = Path(str(path).lower().removesuffix(PACKED)).suffix
    return None if is_packed(path) and suffix == ".parquet" else SUFFIXES.get(suffix)


def is_packed(path: str | Path) -> bool:
    """True for a file that gzip has packed, by its name."""
    return str(path).lower().endswith(PACKED)


def is_shareable(path: str | Path) -> bool:
    """True where `parts` can cut: in CSV and in what is packed a row cannot be found without reading all before it."""
    return form_of(path) in ("parquet", "jsonl") and not is_packed(path)


def read(path: str | Path, *, text: str = "text", id: str | None = None, group: str | None = None) -> Iterator[Row]:
    """The rows of the table in `path`, in order.

    `text`, `id` and `group` name columns.  Raises ``DataError`` for a file that is no table of its kind or lacks a column, and
    ``ConfigError`` when Parquet is met without pyarrow.
    """
    form, names = form_of(path), _Names(text, id, group)
    if form is None:
        raise DataError(f"{path}: no table; wanted a file named {PATTERNS}")
    if form == "parquet":
        yield from _read_parquet(Path(path), names)
        return
    try:
        with cast("IO[bytes]", gzip.open(path, "rb")) if is_packed(path) else open(path, "rb") as file:
            yield from _read_jsonl(file, str(path), names) if form == "jsonl" else _read_csv(file, str(path), names)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: broken gzip: {error}") from error


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


def _row(number: int, value: Any, id: Any, group: Any) -> Row:
    problem = problem_of(value)
    return Row(number, _label(id), None if problem else value, problem, _label(group))


def _label(value: Any) -> str | None:
    """An id or a group as text; None for a null."""
    return None if problem_of(value) == "null" else str(value)


def _listed(names: Sequence[Any]) -> str:
    """Names of columns as a message has them, no more than a line holds."""
    shown = [str(name)[:40] for name in names[:MOST_NAMES]]
    return ", ".join([*shown, "…"] if len(names) > MOST_NAMES else shown)


# ---------------------------------------------------------------- JSON Lines
def _read_jsonl(file: IO[bytes], path: str, names: _Names, *, first: int = 1) -> Iterator[Row]:
    for number, raw in enumerate(_lines(file, path), start=first):
        if raw.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _json_row(raw, number, names)


def _json_row(raw: bytes, number: int, names: _Names) -> Row:
    try:
        row = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Row(number, None, None, f"not UTF-8 at byte {error.start + 1} of the line")
    except (ValueError, RecursionError) as error:  # broken syntax, or a number of thousands of digits
        return Row(number, None, None, f"broken JSON: {error}")
    if not isinstance(row, dict):
        return Row(number, None, None, f"wanted an object, found {type(row).__name__}")
    found = _row(number, row.get(names.text), row.get(names.id), row.get(names.group))
    return found if names.text in row else replace(found, problem=f"missing; the row has {_listed(list(row)) or 'nothing'}")


def _lines(file: IO[bytes], path: str) -> Iterator[bytes]:
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

    def __init__(self, file: IO[bytes], path: str) -> None:
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


def allow_long_fields() -> None:
    """Let ``csv`` read fields as long as a line may be: its default of 128 kB, a setting of the whole process, is less than a long article."""
    if csv.field_size_limit() < LONGEST_LINE:
        csv.field_size_limit(LONGEST_LINE)


def _read_csv(file: IO[bytes], path: str, names: _Names) -> Iterator[Row]:
    allow_long_fields()
    lines = _Decoded(file, path)
    records = csv.reader(lines)
    header, broken = [], None
    try:
        header = next(records, [])
    except csv.Error as error:
        broken = error
    if lines.bad_byte is not None:  # the reason of the other, too: Python 3.10's csv takes no NUL, and UTF-16 is full of them
        raise DataError(f"{path}: not UTF-8 at byte {lines.bad_byte}; save the file as UTF-8")
    if broken is not None:
        raise DataError(f"{path}: no CSV file: {broken}") from broken
    columns = {use: _column(path, header, use, name) for use, name in names.asked().items()}
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


def _csv_row(record: Sequence[str], number: int, columns: Mapping[str, int], bad_byte: int | None) -> Row:
    """CSV has no other way to write a null than an empty field, so that is what an empty one is."""
    if bad_byte is not None:
        return Row(number, None, None, f"not UTF-8 at byte {bad_byte}")
    values = {use: record[k] or None for use, k in columns.items() if k < len(record)}
    found = _row(number, values.get("text"), values.get("id"), values.get("group"))
    if "text" in values:
        return found
    return replace(found, problem=f"missing: the row has only {len(record)} field" + "s" * (len(record) > 1))


def _column(path: str, header: Sequence[str], use: str, name: str) -> int:
    if header.count(name) != 1:
        found = "no column" if name not in header else f"{header.count(name)} columns"
        raise DataError(f"{path}: {found} named {name!r}; found {_listed(header) or 'no header'}; name another with --{use}-column")
    return header.index(name)


# ---------------------------------------------------------------- Parquet
@contextmanager
def _parquet(path: Path, names: _Names) -> Iterator[Any]:
    """The open file, its columns checked; what pyarrow raises while it is read becomes a ``DataError``."""
    try:
        import pyarrow.parquet as parquet
        from pyarrow import ArrowException
    except ImportError as error:
        raise ConfigError(f"{path}: reading Parquet needs pyarrow; pip install 'framing[parquet]'") from error
    try:
        with parquet.ParquetFile(path, buffer_size=1 << 20) as file:  # without a buffer, a column of a whole row group is read at once
            for use, name in names.asked().items():
                _column(str(path), file.schema_arrow.names, use, name)
            yield file
    except FileNotFoundError:
        raise
    except (ArrowException, OSError) as error:
        raise DataError(f"{path}: not a Parquet file, or damaged: {error}") from error


def _read_parquet(path: Path, names: _Names) -> Iterator[Row]:
    with _parquet(path, names) as file:
        yield from _parquet_rows(file, range(file.metadata.num_row_groups), 1, names)


def _parquet_rows(file: Any, groups: Sequence[int], first: int, names: _Names) -> Iterator[Row]:
    number = first
    for batch in file.iter_batches(BATCH, row_groups=list(groups), columns=list(dict.fromkeys(names.asked().values()))):
        found = [[None] * len(batch) if name is None else _values(batch.column(name)) for name in (names.text, names.id, names.group)]
        for value, *labels in zip(*found, strict=True):
            id, group = (None if isinstance(label, _Broken) else label for label in labels)
            yield Row(number, None, None, value.problem) if isinstance(value, _Broken) else _row(number, value, id, group)
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

    JSON Lines and Parquet only (`is_shareable`).
    """
    if not is_shareable(path):
        raise DataError(f"{path}: cannot be shared between workers; wanted *.parquet, *.jsonl or *.ndjson")
    if form_of(path) == "parquet":
        with _parquet(Path(path), _Names(text, id)) as file:
            return list(_parts_of_parquet(file.metadata, rows))
    with open(path, "rb") as lines:
        return list(_parts_of_lines(lines, str(path), rows))


def _parts_of_parquet(metadata: Any, rows: int) -> Iterator[Part]:
    first = 1
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        for skip in range(0, size, rows):
            yield Part(first + skip, min(rows, size - skip), group, skip)
        first += size


def _parts_of_lines(file: IO[bytes], path: str, rows: int) -> Iterator[Part]:
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
    names = _Names(text, id)
    if form_of(path) == "parquet":
        with _parquet(Path(path), names) as file:
            yield from islice(_parquet_rows(file, [part.place], part.first - part.skip, names), part.skip, part.skip + part.rows)
        return
    with open(path, "rb") as file:
        file.seek(part.place)
        for row in _read_jsonl(file, str(path), names, first=part.first):
            if row.number >= part.first + part.rows:
                return
            yield row
