"""A report as one JSON object, for programs; ``Report.from_dict`` reads it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framing.report import Report


def render(report: Report, *, path: str | None = None, indent: int | None = None) -> str:
    """The report's fields as JSON, with `path` as the first where one is given.

    Without `indent` it is a single line, fit for JSON Lines.  Lone surrogates, which no encoding can hold, are escaped.
    """
    row = ({} if path is None else {"path": path}) | report.to_dict()
    text = json.dumps(row, ensure_ascii=False, indent=indent)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row, ensure_ascii=True, indent=indent)
    return text
