"""How reports are written: one function per format, each taking (name, report) pairs and a stream, and giving the number of flags."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from framing.cli.console import Whole
from framing.drafts import draft
from framing.rendering import plural

if TYPE_CHECKING:
    from framing.report import Report


@contextmanager
def writer(output: str | None, *, plain: bool) -> Iterator[TextIO]:
    """The stream to write to; a file appears whole, when the block has ended well, or not at all.

    Machine formats are UTF-8 everywhere; a terminal that lacks a character gets a ``?``.  A byte of a file's name that is no UTF-8
    becomes ``\\udc..``, which JSON reads back as the same name.
    """
    if output is not None and output != "-":
        with whole_file(output) as file:
            yield file
        return
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace") if plain else stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    whole = cast("TextIO", Whole(stream))
    yield whole
    whole.flush()


def replace_file(path: str | Path, data: str | bytes) -> None:
    """Write `data` to `path`; the file appears whole or not at all."""
    with draft(path) as file:
        file.write(data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace"))


@contextmanager
def whole_file(path: str | Path) -> Iterator[TextIO]:
    """A UTF-8 text file that appears whole or not at all."""
    with draft(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="\n")
        yield text
        text.detach()  # flushed; the file is the draft's to close


def _write_text(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import terminal

    is_watched = out.isatty()
    color = is_watched and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((terminal.WIDTH, 24)).columns if is_watched or os.environ.get("COLUMNS") else terminal.WIDTH
    total = texts = 0
    for path, report in reports:
        if texts:
            out.write("\n")
        out.write(terminal.render(report, path=path, color=color, width=width) + "\n")
        total, texts = total + len(report.flags), texts + 1
    if texts > 1:
        out.write(f"\n{plural(total, 'flag')} in {plural(texts, 'text')}\n")
    return total


def _write_compact(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import compact

    total = 0
    for path, report in reports:
        if report.flags:
            out.write(compact.render(report, path=path) + "\n")
        total += len(report.flags)
    return total


def _write_json(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    """An array with one object per text, however many there are."""
    from framing.rendering import json as as_json

    total, mark = 0, "["
    for path, report in reports:
        out.write(mark + "\n" + as_json.render(report, path=path, indent=2))
        total, mark = total + len(report.flags), ","
    out.write(("[" if mark == "[" else "\n") + "]\n")
    return total


def _write_jsonl(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import json as as_json

    total = 0
    for path, report in reports:
        out.write(as_json.render(report, path=path) + "\n")
        total += len(report.flags)
    return total


def _write_html(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    """One page; its sections wait in a temporary file, since the index before them has to know them all."""
    from tempfile import TemporaryFile

    from framing.rendering import html

    book, total, names = html.Book(), 0, []
    with TemporaryFile("w+", encoding="utf-8", newline="") as sections:
        for path, report in reports:
            sections.write(book.section(report, path))
            total += len(report.flags)
            names.append(path)
        sections.seek(0)
        title = f"framing: {names[0] if len(names) == 1 else plural(len(names), 'text')}"
        out.writelines(book.page(title, iter(lambda: sections.read(1 << 16), "")))
    return total


def _write_csv(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import csv

    total = 0
    out.write(csv.header())
    for path, report in reports:
        out.write(csv.render(report, path=path))
        total += len(report.flags)
    return total


def _write_github(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import github

    total = 0
    for path, report in reports:
        if report.flags:
            out.write(github.render(report, path=_from_here(path)) + "\n")
        total += len(report.flags)
    return total


def _write_sarif(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing import __version__
    from framing.rendering import sarif

    out.write(sarif.head(__version__))
    total, model = 0, ""
    for path, report in reports:
        for result in sarif.results(report, path=_from_here(path)):
            out.write((",\n" if total else "\n") + result)
            total += 1
        model = report.model
    out.write(sarif.tail(model))
    return total


def _from_here(path: str) -> str:
    """An absolute path below the working folder as a relative one: code scanning knows files from the checkout's root."""
    if os.path.isabs(path):
        here = os.path.relpath(path)
        return path if here.startswith(os.pardir) else here
    return path


WRITERS: dict[str, Callable[[Iterable[tuple[str, Report]], TextIO], int]] = {
    "text": _write_text,
    "compact": _write_compact,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "sarif": _write_sarif,
    "github": _write_github,
    "html": _write_html,
}
