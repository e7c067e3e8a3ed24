"""One line per flag, ``path:line:col: device: message``, which editors and grep understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framing.rendering import Lines, choose, device_of, one_line

if TYPE_CHECKING:
    from framing.report import Report


def render(report: Report, *, path: str = "-", quoted: str = "include") -> str:
    """A line for each flag, without a line end after the last; empty when there are none.

    Lines and columns count from 1, columns in code points.
    """
    lines = Lines(report.text)
    out = []
    for flag in choose(report, quoted=quoted).flags:
        line, column = lines.place(flag.start)
        message = f"{flag.reason} [{flag.probability:.2f}, {flag.voice}]"
        if flag.suggestions:
            message += f" Try: {', '.join(flag.suggestions)}."
        out.append(f"{one_line(path)}:{line}:{column}: {device_of(flag)}: {one_line(message)}")
    return "\n".join(out)
