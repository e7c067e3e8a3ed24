"""Where the texts to score come from: files, folders, the standard input; tables are read next door."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.cli.tables import Columns, RejectedError, Rejects, is_table, rows_of
from framing.errors import DataError

if TYPE_CHECKING:
    from framing.model import Model
    from framing.report import Report

TEXT_SUFFIXES = (".txt", ".md")


def find_texts(inputs: Iterable[str]) -> tuple[list[str], list[str]]:
    """(files to read, problems): folders are searched, in sorted order; what does not exist is a problem."""
    files: list[str] = []
    problems: list[str] = []
    for name in inputs:
        path = Path(name)
        if name == "-" or path.is_file():
            files.append(name)
        elif path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in TEXT_SUFFIXES and p.is_file())
            files += map(str, found)
            if not found:
                problems.append(f"{name}: no {' or '.join('*' + s for s in TEXT_SUFFIXES)} files in this folder")
        elif path.exists():  # a pipe: <(command)
            files.append(name)
        else:
            problems.append(f"{name}: no such file or folder")
    return files, problems


def read_text(name: str) -> str:
    """The text of a file, line ends untouched, so that offsets are those of the file; a byte order mark is dropped."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(f"{shown(name)}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def shown(name: str) -> str:
    return "<stdin>" if name == "-" else name


def reports(
    files: Sequence[str], problems: list[str], *, columns: Columns, rejects: Rejects | None, model: Model, threshold: float | None, jobs: int
) -> Iterator[tuple[str, Report]]:
    """(name, report) of every text that can be read, in order; a file that cannot goes to `problems` and the rest goes on.

    Rows without a text go to `rejects`; without it the first one raises ``DataError``.
    """
    from framing.scoring import score_many

    names: deque[str] = deque()

    def texts() -> Iterator[str]:
        for name, text in _texts(files, problems, columns, rejects):
            names.append(name)
            yield text

    for report in score_many(texts(), model=model, threshold=threshold, n_jobs=jobs):
        yield names.popleft(), report


def _texts(files: Sequence[str], problems: list[str], columns: Columns, rejects: Rejects | None) -> Iterator[tuple[str, str]]:
    from tqdm import tqdm

    for name in tqdm(files, unit=" files", disable=len(files) < 2 or not sys.stderr.isatty()):
        try:
            if is_table(name):
                yield from rows_of(name, columns, rejects)
            else:
                yield shown(name), read_text(name)
        except RejectedError:
            raise
        except (DataError, OSError) as error:
            problems.append(f"{name}: {error.strerror}" if isinstance(error, OSError) else str(error))
