"""Reports as a table: one row per flag, for spreadsheets and data frames.

Cells that come from the text stand on one line and hold no control characters.  A cell that a spreadsheet would take for
a formula gets an apostrophe before it, which ``bare`` takes away; the numbers are this program's own and need none.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from framing.rendering import Lines, device_of, one_line, shielded

if TYPE_CHECKING:
    from framing.report import Report

COLUMNS = (
    "path",
    "line",
    "column",
    "start",
    "end",
    "text",
    "kind",
    "device",
    "probability",
    "voice",
    "source",
    "reason",
    "suggestions",
    "score",
    "author_score",
)
# What spreadsheets begin a formula with, full-width forms too; and the apostrophe itself, so that it can be taken away again.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")


def header() -> str:
    """The row of column names, with its line end."""
    return _rows([COLUMNS])


def render(report: Report, *, path: str = "-") -> str:
    """A row with its line end for each flag; empty when there are none.

    Lines and columns count from 1, `start` and `end` from 0, all in code points.  `score` and `author_score` are those of the whole text.
    """
    lines = Lines(report.text)
    where = guarded(shielded(path))
    return _rows(
        [
            where,
            *lines.place(flag.start),
            flag.start,
            flag.end,
            guarded(one_line(flag.text)),
            flag.kind,
            guarded(device_of(flag)),
            round(flag.probability, 6),
            flag.voice,
            guarded(one_line(flag.source or "")),
            guarded(one_line(flag.reason)),
            guarded(one_line("; ".join(flag.suggestions))),
            round(report.score, 6),
            round(report.author_score, 6),
        ]
        for flag in report.flags
    )


def guarded(cell: str) -> str:
    """`cell` with an apostrophe before it where a spreadsheet could run it as a formula.

    >>> guarded("=HYPERLINK(1)"), guarded("thugs")
    ("'=HYPERLINK(1)", 'thugs')
    """
    return "'" + cell if cell.lstrip().startswith(FORMULA_STARTS) else cell


def bare(cell: str) -> str:
    """What `guarded` was given.

    >>> bare(guarded("-5")), bare(guarded("'tis")), bare("thugs")
    ('-5', "'tis", 'thugs')
    """
    return cell[1:] if cell.startswith("'") else cell


def _rows(rows: object) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()
