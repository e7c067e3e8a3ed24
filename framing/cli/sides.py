"""Where the sides of a comparison come from: folders, files, or the rows of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from framing import rows
from framing.cli.inputs import find_texts, read_text, shown
from framing.cli.tables import is_table, named
from framing.errors import DataError
from framing.rendering import plural

MOST_NAMES = 12  # groups named in an error


def texts_of(name: str, problems: list[str], *, column: str, limit: int | None) -> Iterator[str]:
    """The texts of one side: a table's rows, a folder's files, or one file; what cannot be read goes to `problems`."""
    found = _rows(name, problems, column) if is_table(name) and Path(name).is_file() else _files(name, problems)
    yield from islice(found, limit)


def _rows(name: str, problems: list[str], column: str) -> Iterator[str]:
    for row in rows.read(name, text=column):
        if row.text is None:
            problems.append(named(name, row, column))
        else:
            yield row.text


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

    Rows without a text go to `problems`, as does the number of those without a group.  Raises ``DataError`` where no row has a
    group, and for a wanted group that no row has, naming those there are.
    """
    groups: dict[str, list[str]] = {}
    unnamed = 0
    for row in rows.read(name, text=column, group=by):
        group = (row.group or "").strip()
        is_wanted = not wanted or group in wanted
        texts = groups.setdefault(group, []) if group else []
        if row.text is None:
            if is_wanted or not group:
                problems.append(named(name, row, column))
        elif not group:
            unnamed += 1
        elif is_wanted and (limit is None or len(texts) < limit):
            texts.append(row.text)
    if unnamed and not groups:
        raise DataError(f"{name}: no row has a group under {by!r}; name another column with --group-column")
    if unnamed:
        problems.append(f"{name}: {plural(unnamed, 'row')} without a group under {by!r} left out")
    for group in wanted:
        if group not in groups:
            raise DataError(f"{name}: no row has {group!r} under {by!r}; there are {_listed(groups)}")
    return {group: groups[group] for group in dict.fromkeys(wanted or sorted(groups))}


def _listed(groups: Iterable[str]) -> str:
    names = sorted(groups)
    return ", ".join(map(repr, names[:MOST_NAMES])) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "") if names else "none"
