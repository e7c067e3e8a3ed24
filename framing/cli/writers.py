"""How reports are written: one function per format, each taking (name, report) pairs and a stream, and giving the number of flags."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
        with draft(output) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="\n")
            yield text
            text.detach()  # flushed; the file is the draft's to close
        return
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace") if plain else stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    whole = cast("TextIO", Whole(stream))
    yield whole
    whole.flush()


def _write_text(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import terminal

    color = out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    total = texts = 0
    for path, report in reports:
        if texts:
            out.write("\n")
        out.write(terminal.render(report, path=path, color=color) + "\n")
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
    from framing.rendering import html

    kept = [(path, report) for path, report in reports]
    title = kept[0][0] if len(kept) == 1 else plural(len(kept), "text")
    out.write(html.pages(kept, title=f"framing: {title}"))
    return sum(len(report.flags) for _, report in kept)


WRITERS: dict[str, Callable[[Iterable[tuple[str, Report]], TextIO], int]] = {
    "text": _write_text,
    "compact": _write_compact,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "html": _write_html,
}
