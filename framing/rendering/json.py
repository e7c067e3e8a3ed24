"""A report as one JSON object, for programs; ``Report.from_dict`` reads it back, ``docs/schema/report-1.json`` describes it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framing.report import Report

# Valid in JSON as they are, but not in a terminal, and some are line ends to Python's ``splitlines``.  Whatever is below
# U+0020 the encoder has escaped already.
_DELICATE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Two lone surrogates in this order melt into one character when they are read again, and every offset after them is wrong.
_MELTING = re.compile("[\ud800-\udbff](?=[\udc00-\udfff])")


def render(report: Report, *, path: str | None = None, indent: int | None = None) -> str:
    """The report's fields as JSON, with `path` as the first where one is given.

    Without `indent` it is a single line, fit for JSON Lines, whatever a reader takes for a line end.  Lone surrogates, which
    no encoding can hold, are escaped; of two that a reader would join, the first becomes ``�``.
    """
    row = ({} if path is None else {"path": path}) | report.to_dict()
    text = _MELTING.sub("\ufffd", json.dumps(row, ensure_ascii=False, indent=indent))
    return _DELICATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
