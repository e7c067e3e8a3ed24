"""What the readers share: rows with their places, lines that may be broken, JSON that may be hostile.

A reader that can go on after a broken row gives ``Row`` after ``Row``; ``strict`` makes of them what ``read_examples`` wants (the first
broken row is an error), ``collected`` what ``check-data`` wants (all problems).  Nothing here knows a format.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.corpus.examples import Example
from framing.corpus.files import not_utf8, text_of
from framing.errors import DataError, DataWarning


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its place (``file:line``), the example or None, what is wrong with it, and what was left out of it by rule."""

    where: str
    example: Example | None
    problems: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()


def strict(path: Path, rows: Iterable[Row]) -> Iterator[Example]:
    """The examples of `rows`; ``DataError`` at the first broken one, and one ``DataWarning`` that counts what was left out."""
    omitted: Counter[str] = Counter()
    for row in rows:
        if row.problems:
            raise DataError(f"{row.where}: {row.problems[0]}")
        omitted.update(row.omitted)
        if row.example is not None:
            yield row.example
    tell(path, omitted)


def collected(path: Path, rows: Iterable[Row]) -> Iterator[tuple[str, Example | None, list[str]]]:
    """(place, example, problems) of every row that is not left out by rule; what is left out is told in one ``DataWarning``."""
    omitted: Counter[str] = Counter()
    for row in rows:
        omitted.update(row.omitted)
        if row.example is not None or row.problems:
            yield row.where, row.example, list(row.problems)
    tell(path, omitted)


def tell(path: Path, omitted: Counter[str]) -> None:
    """Warn of what was left out or changed, with counts; silent when that is nothing."""
    if omitted:
        warnings.warn(f"{path}: {'; '.join(f'{number:,} × {what}' for what, number in sorted(omitted.items()))}", DataWarning, stacklevel=3)


# ---------------------------------------------------------------- reading
def lines(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """(number, line without its end, problem) for every line; a line that is not UTF-8 comes empty, with its problem."""
    with open(path, "rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"), None
            except UnicodeDecodeError as error:
                yield number, "", not_utf8(error.start)


def decoded(text: str) -> Any:
    """`text` as JSON; ``ValueError`` says what is broken, deep nesting and endless numbers included."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"broken JSON: {error}") from None


def document(path: Path) -> Any:
    """The one JSON value in a file; ``DataError`` if it is none."""
    try:
        return decoded(text_of(path).removeprefix("\ufeff"))
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None


def objects(path: Path) -> Iterator[tuple[str, dict[str, Any] | None, str | None]]:
    """(``file:line``, object, problem) for every line of a JSON Lines file that is not blank."""
    for number, line, problem in lines(path):
        where = f"{path}:{number}"
        if problem is not None:
            yield where, None, problem
        elif line.strip():
            try:
                value = decoded(line)
            except ValueError as error:
                yield where, None, str(error)
                continue
            yield (where, value, None) if isinstance(value, dict) else (where, None, f"wanted an object, found {type(value).__name__}")


def whole(value: Any, what: str) -> int:
    """`value` if it is a whole number; ``ValueError`` names `what` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{what} {shown(value)}; wanted a whole number")
    return value


def word(value: Any, what: str) -> str:
    """`value` if it is a string; ``ValueError`` names `what` otherwise."""
    if not isinstance(value, str):
        raise ValueError(f"{what} {shown(value)}; wanted a string")
    return value


def listed(value: Any, what: str) -> list[Any]:
    """`value` if it is a list, an empty one for None; ``ValueError`` names `what` otherwise."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{what} {shown(value)}; wanted a list")
    return value


def mapped(value: Any, what: str) -> dict[str, Any]:
    """`value` if it is an object; ``ValueError`` names `what` otherwise."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} {shown(value)}; wanted an object")
    return value


def shown(value: Any) -> str:
    """`value` as an error message may carry it, short."""
    try:
        words = repr(value)
    except ValueError:  # a number of thousands of digits
        words = f"a huge {type(value).__name__}"
    return words if len(words) <= 60 else words[:57] + "…"


# ---------------------------------------------------------------- writing
def as_json(value: Any, *, indent: int | None = None) -> str:
    """`value` as JSON text that UTF-8 can hold: lone surrogates are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, indent=indent)
    return text


def encoded(text: str, where: str) -> bytes:
    """`text` in UTF-8; ``DataError`` names `where` if it holds half a character."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(f"{where}: a lone surrogate at character {error.start}, which UTF-8 cannot hold; take it out of the text") from None


def check_place(path: Path, *, folder: bool = False) -> None:
    """``DataError`` if no file, or no `folder`, can come to be at `path`; for a clear word before the work is done.

    A folder never takes the place of one that holds files.
    """
    if folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path}: is there already and is not an empty folder; name a new one")
    if not folder and path.is_dir():
        raise DataError(f"{path}: is a folder; wanted the name of a file")
    if not path.resolve().parent.is_dir():
        raise DataError(f"{path}: there is no folder {path.parent} to write to")
