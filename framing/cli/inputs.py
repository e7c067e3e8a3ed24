"""Where the texts to score come from: files, folders, the standard input; tables are read next door."""

from __future__ import annotations

import glob
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.cli.tables import Columns, RejectedError, Rejects, is_table, rows_of
from framing.config import is_covered
from framing.errors import ConfigError, DataError

if TYPE_CHECKING:
    from framing.cli.house import House
    from framing.report import Report
    from framing.sources import Source

TEXT_SUFFIXES = (".txt", ".md")


def find_texts(inputs: Iterable[str], patterns: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """(files to read, problems): folders are searched, in sorted order; what does not exist is a problem.

    `patterns`: globs of what is looked for in folders, instead of ``TEXT_SUFFIXES``.  A name that does not exist and has
    wildcards is a glob itself, for shells that leave them alone.
    """
    patterns = patterns or tuple("*" + suffix for suffix in TEXT_SUFFIXES)
    files: list[str] = []
    problems: list[str] = []
    for name in inputs:
        path = Path(name)
        if name == "-" or path.is_file():
            files.append(name)
        elif path.is_dir():
            found = sorted(p for p in path.rglob("*") if _is_wanted(p.relative_to(path).as_posix(), patterns) and p.is_file())
            files += map(str, found)
            if not found:
                problems.append(f"{name}: no {' or '.join(patterns)} files in this folder")
        elif path.exists():  # a pipe: <(command)
            files.append(name)
        elif glob.has_magic(name):
            matching = sorted(p for p in glob.glob(name, recursive=True) if Path(p).is_file())
            files += matching
            if not matching:
                problems.append(f"{name}: no file matches")
        else:
            problems.append(f"{name}: no such file or folder")
    return files, problems


def _is_wanted(inside: str, patterns: Iterable[str]) -> bool:
    return any(is_covered(inside.lower(), pattern.lower(), below=False) for pattern in patterns)


def shown(name: str) -> str:
    return "<stdin>" if name == "-" else name


def read_text(name: str) -> str:
    """The text of a file, or of the standard input (-).  Raises ``DataError``, ``OSError``."""
    from framing.sources import decode

    return decode(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes(), shown(name))


def reports(
    files: Sequence[str], problems: list[str], *, columns: Columns, rejects: Rejects | None, house: House, jobs: int
) -> Iterator[tuple[str, Report]]:
    """(name, report) of every text that can be read, in order; a file that cannot goes to `problems` and the rest goes on.

    Rows without a text go to `rejects`; without it the first one raises ``DataError``.
    """
    from framing.scoring import score_many

    read: deque[tuple[str, Source]] = deque()

    def texts() -> Iterator[str]:
        for name, source in _sources(files, problems, columns, rejects, house):
            read.append((name, source))
            yield source.judged

    for report in score_many(texts(), model=house.model, threshold=house.threshold, n_jobs=jobs):
        name, source = read.popleft()
        yield name, house.finish(source, report)


def _sources(files: Sequence[str], problems: list[str], columns: Columns, rejects: Rejects | None, house: House) -> Iterator[tuple[str, Source]]:
    from tqdm import tqdm

    from framing.sources import plain

    for name in tqdm(files, unit=" files", disable=len(files) < 2 or not sys.stderr.isatty()):
        try:
            if is_table(name):
                yield from ((row, plain(text)) for row, text in rows_of(name, columns, rejects))
            else:
                yield shown(name), house.read(name, shown(name))
        except RejectedError:
            raise
        except (DataError, ConfigError, OSError) as error:
            what = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(str(error) if isinstance(error, DataError) else f"{name}: {what}")
