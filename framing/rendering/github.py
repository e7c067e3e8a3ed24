"""One workflow command per flag, which GitHub Actions shows as an annotation on the line.

Values are escaped as the runner's own toolkit does, so that nothing in a text or a file name can end a command, add a
property to it or begin another.  Runners show the first ten warnings and the first ten notices of a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from framing.rendering import Lines, device_of, is_warning, one_line, shielded, spoken

if TYPE_CHECKING:
    from framing.report import Report

TITLE_LONGEST = 80  # characters of the flagged words in a title


def render(report: Report, *, path: str = "-") -> str:
    """A command for each flag, without a line end after the last; empty when there are none.

    Warnings are flags of the writer's own words that are likely enough (``framing.rendering.is_warning``), the rest are
    notices.  Lines and columns count from 1, in code points; columns are given where the words stand on one line.
    """
    lines = Lines(report.text)
    out = []
    for flag in report.flags:
        (line, column), (last_line, last_column) = lines.place(flag.start), lines.place(flag.end)
        places = {"line": line, "endLine": last_line} | ({"col": column, "endColumn": last_column} if line == last_line else {})
        words = one_line(flag.text)
        title = f"{spoken(device_of(flag))}: {words if len(words) <= TITLE_LONGEST else words[:TITLE_LONGEST] + '…'}"
        message = f"{flag.reason} Chance {flag.probability:.2f}."
        if flag.suggestions:
            message += f" Try: {', '.join(flag.suggestions)}."
        properties = {"file": path} | places | {"title": title}
        shown = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        out.append(f"::{'warning' if is_warning(flag) else 'notice'} {shown}::{_data(one_line(message))}")
    return "\n".join(out)


def _data(text: str) -> str:
    """`text` fit for the part after the second ``::``."""
    return shielded(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """`text` fit for the value of a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
