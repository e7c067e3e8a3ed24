"""Lists of reports as tables in a notebook: what ``%load_ext framing`` switches on.

A report shows itself; a list is Python's own, and IPython has to be told.  Any other list looks as it did before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from framing.rendering import html
from framing.report import Report


def load(shell: Any) -> None:
    """Show lists that hold nothing but reports as tables, in this IPython shell."""
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(list, partial(_show, otherwise=formatter.for_type(list)))


def unload(shell: Any) -> None:
    """Show them as before."""
    formatter = shell.display_formatter.formatters["text/html"]
    ours = formatter.for_type(list)
    if isinstance(ours, partial) and ours.func is _show:
        formatter.pop(list)
        if ours.keywords["otherwise"]:
            formatter.for_type(list, ours.keywords["otherwise"])


def _show(values: list[object], *, otherwise: Callable[[list[object]], str | None] | None) -> str | None:
    """The table; for another list what was shown before, where None is the plain text."""
    reports = [value for value in values if isinstance(value, Report)]
    if reports and len(reports) == len(values):
        return html.table(reports)
    return otherwise(values) if otherwise else None
