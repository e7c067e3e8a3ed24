"""Files as people have them, made ready to be scored: bytes and a name become a ``Source``.

Decodes (named or marked encodings only), finds the prose of Markdown and of saved pages, and finds framing's comments.
What is scored, ``judged``, lacks code, markup and comments; what is reported is the text itself, and ``restore`` brings a
report on the one to the other.  It judges no words.
"""

from __future__ import annotations

import codecs
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from framing import ignores, markdown, webpage
from framing.errors import DataError
from framing.ignores import Ignore
from framing.markdown import Cut
from framing.report import Report, Span

KINDS = {".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html"}
READ_AS = ("text", "markdown", "html")

BYTE_ORDER_MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LOOKED_AT = 4096  # bytes in which many NULs betray UTF-16 without a mark, or a file that is no text
MANY_NULS = 0.1  # of those bytes; UTF-16 of Latin letters has 0.5


@dataclass(frozen=True, slots=True)
class Source:
    """A text and what of it is scored.

    `text` is what reports show and their offsets count in; `judged` is what a model is given; `cuts` lead from the one to
    the other.  `unscored` are whole lines of code and front matter.  `is_extracted`: `text` was taken out of a page.
    """

    text: str
    judged: str
    cuts: tuple[Cut, ...] = ()
    unscored: tuple[Span, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    warnings: tuple[str, ...] = ()
    is_extracted: bool = False

    def restore(self, report: Report) -> Report:
        """The report on `judged` as one on `text`."""
        if self.text == self.judged and not self.unscored:
            return report
        ats, ends, lengths = [c.at for c in self.cuts], [c.at - c.is_glued for c in self.cuts], [0]
        for cut in self.cuts:
            lengths.append(lengths[-1] + cut.length)

        def span(start: int, end: int) -> Span:
            return start + lengths[bisect_right(ats, start)], end + lengths[bisect_left(ends, end)]

        def maybe(given: Span | None) -> Span | None:
            return None if given is None else span(*given)

        return replace(
            report,
            text=self.text,
            sentences=tuple(replace(s, start=a, end=b) for s in report.sentences for a, b in [span(s.start, s.end)]),
            flags=tuple(replace(f, start=a, end=b, text=self.text[a:b]) for f in report.flags for a, b in [span(f.start, f.end)]),
            quotes=tuple(replace(q, start=a, end=b, text=self.text[a:b]) for q in report.quotes for a, b in [span(q.start, q.end)]),
            attributions=tuple(
                replace(x, start=a, end=b, source=maybe(x.source), cue=maybe(x.cue)) for x in report.attributions for a, b in [span(x.start, x.end)]
            ),
            ignored=_united([*(span(*i) for i in report.ignored), *self.unscored]),
        )

    def ignoring(self, report: Report) -> tuple[Report, int]:
        """(`report` without the flags that comments speak of, how many those were); the report is one on `text`."""
        if not self.ignores or not report.flags:
            return report, 0
        ends = [s.end for s in report.sentences]
        by_device: dict[str, list[Span]] = {}
        for found in self.ignores:
            end = found.end
            if end is None:
                number = bisect_right(ends, found.start)
                end = ends[number] if number < len(ends) else len(report.text)
            for device in found.devices:
                by_device.setdefault(device, []).append((found.start, end))
        united = {device: _united(spans) for device, spans in by_device.items()}
        kept = tuple(f for f in report.flags if not _touches(united.get(f.device or "loaded_term", ()), f.start, f.end))
        return replace(report, flags=kept), len(report.flags) - len(kept)


def plain(text: str) -> Source:
    """A text that is scored as it stands, such as a cell of a table."""
    return Source(text, text)


def read(data: bytes, name: str, *, encoding: str | None = None, read_as: str | None = None) -> Source:
    """The source in the bytes of the file `name`.

    `encoding`: of the bytes; without one a byte order mark, a page's own declaration, and then UTF-8 are taken at their
    word.  `read_as`: ``text``, ``markdown`` or ``html``; by default as the name ends.  Raises ``DataError`` for bytes that
    are not what they are said to be and for comments that cannot be understood, ``ConfigError`` for a missing extra.
    """
    kind = read_as or KINDS.get(PurePath(name).suffix.lower(), "text")
    if encoding is None and kind == "html":
        encoding = None if _marked(data) else webpage.declared_encoding(data)
    text = decode(data, name, encoding=encoding)
    if kind == "html":
        article, found, warnings = webpage.read(text, name)
        return Source(article, article, ignores=found, warnings=warnings, is_extracted=True)
    prose = markdown.read(text) if kind == "markdown" else markdown.Prose(text, (), (), ())
    directives = ignores.find(text, name, is_plain=kind == "text", except_in=prose.code)
    if not directives:
        return Source(text, prose.judged, prose.cuts, prose.blocks)
    spans = [(d.start, d.end) for d in directives]
    found, warnings = ignores.ranges(ignores.blank(text, spans), directives, name)
    judged = prose.judged if kind == "markdown" else ignores.blank(text, spans)
    return Source(text, judged, prose.cuts, prose.blocks, found, warnings)


def decode(data: bytes, name: str, *, encoding: str | None = None) -> str:
    """The text of `data`, its byte order mark dropped, line ends untouched.  Raises ``DataError``; guesses nothing."""
    marked = _marked(data)
    if encoding is None and marked is None and data.count(0, 0, LOOKED_AT) > MANY_NULS * len(data[:LOOKED_AT]):
        raise DataError(f"{name}: full of NUL bytes: UTF-16 without a byte order mark, or no text; pass --encoding utf-16-le or utf-16-be if it is that")
    used = encoding or marked or "utf-8"
    try:
        text = data.decode(used)
    except LookupError:
        raise DataError(f"{name}: unknown encoding {used!r}; pass --encoding with one that Python knows, such as cp1252 or latin-1") from None
    except UnicodeError as error:
        place = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        advice = "" if encoding else " (e.g. cp1252), or save the file as UTF-8"
        raise DataError(f"{name}: not {used.upper()}{place}; pass --encoding with the right name{advice}") from None
    return text.removeprefix("\ufeff")


def check_encoding(name: str) -> None:
    """Raises ``DataError`` when Python knows no text encoding called `name`; decoding nothing would not find out."""
    try:
        " ".encode(name)
    except (LookupError, UnicodeError):
        raise DataError(f"--encoding: unknown encoding {name!r}; wanted one that Python knows, such as cp1252, latin-1 or utf-16") from None


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), None)


def _united(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The ranges in order, those that touch made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], end)
        else:
            out.append((start, end))
    return tuple(out)


def _touches(spans: Sequence[Span], start: int, end: int) -> bool:
    """Does one of the ordered ranges overlap `start` to `end`?"""
    number = bisect_left(spans, (end, end)) - 1
    return number >= 0 and spans[number][1] > start
