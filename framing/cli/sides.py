"""Where the sides of a comparison come from: folders, files, or the rows of tables."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from framing.cli.inputs import find_texts, read_text, shown
from framing.errors import DataError

TABLES = (".jsonl", ".csv", ".jsonl.gz", ".csv.gz")
MOST_NAMES = 12  # groups named in an error


def is_table(name: str) -> bool:
    return name.lower().endswith(TABLES)


def texts_of(name: str, problems: list[str], *, column: str, limit: int | None) -> Iterator[str]:
    """The texts of one side: a table's rows, a folder's files, or one file; what cannot be read goes to `problems`."""
    found = (row[column] for row in rows(name, problems, (column,))) if is_table(name) and Path(name).is_file() else _files(name, problems)
    yield from islice(found, limit)


def _files(name: str, problems: list[str]) -> Iterator[str]:
    files, missing = find_texts([name])
    problems += missing
    for file in files:
        try:
            text = read_text(file)
        except (DataError, OSError) as error:
            problems.append(f"{shown(file)}: {error.strerror}" if isinstance(error, OSError) else str(error))
            continue
        yield text


def grouped(name: str, problems: list[str], *, column: str, by: str, wanted: Sequence[str], limit: int | None) -> dict[str, list[str]]:
    """The texts of a table by the value of the column `by`: the groups that are `wanted`, in that order, or all in sorted order.

    Raises ``DataError`` for a wanted group that no row has, naming those there are.
    """
    groups: dict[str, list[str]] = {}
    unnamed = 0
    for row in rows(name, problems, (column, by)):
        group = row[by].strip()
        if not group:
            unnamed += 1
            continue
        texts = groups.setdefault(group, [])
        if (not wanted or group in wanted) and (limit is None or len(texts) < limit):
            texts.append(row[column])
    if unnamed:
        problems.append(f"{name}: {unnamed:,} rows without a group under {by!r} were left out")
    for group in wanted:
        if group not in groups:
            raise DataError(f"{name}: no row has {group!r} under {by!r}; there are {_listed(groups)}")
    return {group: groups[group] for group in dict.fromkeys(wanted or sorted(groups))}


def _listed(groups: Iterable[str]) -> str:
    names = sorted(groups)
    return ", ".join(map(repr, names[:MOST_NAMES])) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "") if names else "none"


def rows(name: str, problems: list[str], columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each row's `columns` as strings; rows that lack one or are broken go to `problems`, with their line."""
    reader = _csv_rows if name.lower().removesuffix(".gz").endswith(".csv") else _json_rows
    try:
        with gzip.open(name, "rb") if name.lower().endswith(".gz") else open(name, "rb") as file:
            for line, row in reader(name, file, problems, columns):
                wrong = next((c for c in columns if not isinstance(row.get(c), (str, int)) or isinstance(row.get(c), bool)), None)
                if wrong is None:
                    yield {c: str(row[c]) for c in columns}
                else:
                    what = (
                        f"{type(row[wrong]).__name__} under {wrong!r}"
                        if wrong in row
                        else f"no {wrong!r}; the row has {', '.join(map(str, list(row)[:MOST_NAMES]))}"
                    )
                    problems.append(f"{name}:{line}: {what}")
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataError(f"{name}: broken gzip: {error}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except csv.Error as error:
        raise DataError(f"{name}: broken CSV: {error}") from None


def _json_rows(name: str, file: Any, problems: list[str], columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(file, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            row = json.loads(line) if line.strip() else None
        except UnicodeDecodeError as error:
            problems.append(f"{name}:{number}: not UTF-8 at byte {error.start} of the line; save the file as UTF-8")
            continue
        except (ValueError, RecursionError) as error:
            problems.append(f"{name}:{number}: broken JSON: {error}")
            continue
        if isinstance(row, dict):
            yield number, row
        elif line.strip():
            problems.append(f"{name}:{number}: wanted an object, found {type(row).__name__}")


def _csv_rows(name: str, file: Any, problems: list[str], columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an article is longer than the 131,072 characters that a field has by default
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        for column in columns:
            if column not in (reader.fieldnames or ()):
                raise DataError(f"{name}: no column {column!r}; the columns are {', '.join(reader.fieldnames or ()) or 'none'}")
        for row in reader:
            yield reader.line_num, row
