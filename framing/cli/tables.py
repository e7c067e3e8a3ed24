"""Texts in tables: which files are tables, their rows, and what becomes of a row that has no text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from framing import rows
from framing.cli.writers import whole_file
from framing.errors import DataError
from framing.rendering import plural

ON_ERROR = ("stop", "skip")
MOST_NAMED = 5  # rows that a message names; the errors file has all


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps its texts and, if somewhere, their names."""

    text: str = "text"
    id: str | None = None


class RejectedError(DataError):
    """A row without a text, where such rows stop the run."""


class Rejects:
    """Rows without a text: all are written to `file` as they come, and counted; the first ones are named."""

    def __init__(self, path: str, column: str, file: TextIO) -> None:
        self._path, self._column, self._file = path, column, file
        self._named: list[str] = []
        self.count = 0

    def add(self, path: str, row: rows.Row) -> None:
        entry = {"path": path, "row": row.number, "id": row.id, "column": self._column, "problem": row.problem}
        self._file.write(json.dumps(entry) + "\n")
        self.count += 1
        if len(self._named) < MOST_NAMED:
            self._named.append(named(path, row, self._column))

    def __str__(self) -> str:
        more = f"; and {self.count - len(self._named):,} more" if self.count > len(self._named) else ""
        return f"{plural(self.count, 'row')} left out, listed in {self._path}: {'; '.join(self._named)}{more}"


def named(path: str, row: rows.Row, column: str) -> str:
    """What is wrong with a row that has no text, and where it stands."""
    return f"{path}: row {row.number}, column {column!r}: {row.problem}"


def is_table(name: str) -> bool:
    return rows.form_of(name) is not None


def rows_of(path: str, columns: Columns, rejects: Rejects | None) -> Iterator[tuple[str, str]]:
    """(name, text) of each row: its id, or ``path:row``.  Rows without a text go to `rejects` or raise ``RejectedError``."""
    for row in rows.read(path, text=columns.text, id=columns.id):
        if row.text is not None:
            yield row.id or f"{path}:{row.number}", row.text
        elif rejects is None:
            raise RejectedError(f"{named(path, row, columns.text)}; --on-error skip goes on without such rows")
        else:
            rejects.add(path, row)


def check_rows(files: Sequence[str], columns: Columns) -> None:
    """Raise ``DataError`` if a row of a table has no text.

    All are read through before the first is scored: reading takes a small part of the time that scoring does, and whoever
    has ten million rows wants to hear of the last one now, not in an hour.
    """
    shown: list[str] = []
    count = 0
    for name in files:
        if not is_table(name) or not Path(name).is_file():  # a pipe can be read only once
            continue
        for row in rows.read(name, text=columns.text, id=columns.id):
            if row.text is None:
                count += 1
                if len(shown) < MOST_NAMED:
                    shown.append(named(name, row, columns.text))
    if count:
        more = f"; and {count - len(shown):,} more" if count > len(shown) else ""
        raise DataError(f"{'; '.join(shown)}{more}; wanted text; --on-error skip goes on without such rows")


@contextmanager
def rejected(on_error: str, path: str, columns: Columns, files: Sequence[str]) -> Iterator[Rejects | None]:
    """Where rows without a text go: a file with one JSON object per row, empty when there are none; None if they stop the run."""
    if on_error == "stop" or not any(map(is_table, files)):
        yield None
        return
    with whole_file(path) as file:
        yield Rejects(path, columns.text, file)
