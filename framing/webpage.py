"""The article in a saved page; the only door to trafilatura and lxml.

The text is a new one: what trafilatura takes for the article, a paragraph per block, its headline first.  Places in reports count in
that text, not in the page's source.  framing's comments are carried over by marking the text nodes that they speak of
before the extraction and taking the marks out after it.  Nothing is fetched.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from framing.errors import ConfigError, DataError
from framing.ignores import Ignore, Switch, understand

_ENCODING = re.compile(rb"<meta\b[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s{0,100}<\?xml\b[^<>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9_.:-]{2,40})")
HEAD = 4096  # bytes in which a page names its encoding; browsers look at the first 1024, saved pages put comments before it

INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr""".split()
)
SILENT = frozenset(("script", "style", "noscript", "template", "head", "title"))
_COMMENT = re.compile(r"\s*framing:(.*)", re.DOTALL)
_NOWHERE = logging.NullHandler()
# Where the marks are taken from: printable, so that the extraction keeps them, and in nobody's news (Kangxi radicals).
_RADICALS = range(0x2F00, 0x2FD5)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that the page itself names, or None."""
    found = _XML_ENCODING.match(data[:HEAD]) or _ENCODING.search(data[:HEAD])
    return found.group(1).decode("ascii") if found else None


def read(page: str, name: str) -> tuple[str, tuple[Ignore, ...], tuple[str, ...]]:
    """(text, ranges to ignore, warnings) of the article in `page`.

    Raises ``ConfigError`` when trafilatura is not installed, ``DataError`` for a page without an article and for a
    framing comment that cannot be understood.
    """
    try:
        import lxml.html
        import trafilatura
    except ImportError:
        raise ConfigError("reading HTML needs trafilatura: pip install 'framing[html-input]', or save the article's text") from None
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError):
        raise DataError(f"{name}: no HTML with an article in it; pass --read-as text to score the file as it stands") from None
    radicals = (chr(code) for code in _RADICALS if chr(code) not in page)
    marks = next(radicals, ""), next(radicals, "")
    if not all(marks):
        raise DataError(f"{name}: holds every Kangxi radical, which framing needs as marks; save the article's text and score that")
    logging.getLogger("trafilatura").addHandler(_NOWHERE)  # its remarks on pages without text would reach the error stream
    marker = _Marker(name, *marks)
    marker.mark(tree)
    lxml.etree.strip_tags(tree, lxml.etree.Comment)  # the extraction would drop a comment with the words after it
    heading = _heading(tree)
    body = trafilatura.extract(tree, output_format="txt", include_comments=False, include_tables=True, include_formatting=False)
    paragraphs = [line.strip() for line in (body or "").splitlines() if line.strip()]
    if not paragraphs:
        raise DataError(f"{name}: found no article in this page; pass --read-as text to score the file as it stands")
    if heading and heading not in paragraphs[:3]:
        paragraphs.insert(0, heading)
    text, found = marker.take_out("\n\n".join(paragraphs) + "\n")
    return text, found, tuple(marker.warnings)


def _heading(tree: Any) -> str:
    """The page's headline, where there is one first-rank heading and no more."""
    headings = [" ".join("".join(h.itertext()).split()) for h in tree.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


class _Marker:
    """Puts marks around the text nodes that comments speak of, and turns marks into ranges.

    Around words: ``<opening>number<closing> words <opening>/<closing>``; a point: ``<opening>=number<closing>``.
    """

    def __init__(self, name: str, opening: str, closing: str) -> None:
        self.opening, self.closing = opening, closing
        self.groups: list[frozenset[str]] = []  # the devices of each mark, by its number
        self.switch = Switch(name)
        self.warnings = self.switch.warnings
        self.has_words = False  # since the block began
        self.block: frozenset[str] = frozenset()  # devices to be ignored in the block to come, or in the present one
        self.is_in_block = False
        self.point: frozenset[str] = frozenset()  # devices to be ignored to the end of the sentence to come

    def mark(self, tree: Any) -> None:
        from lxml import etree

        silent = 0
        for event, node in etree.iterwalk(tree, events=("start", "end", "comment")):
            if event == "comment":
                self._comment(node)
                node.tail = self._words(node.tail, silent)
                continue
            is_silent = node.tag in SILENT
            if node.tag not in INLINE:
                self._boundary()
            if event == "start":
                silent += is_silent
                node.text = self._words(node.text, silent)
            else:
                silent -= is_silent
                node.tail = self._words(node.tail, silent)
        list(self.switch.close(0))

    def _boundary(self) -> None:
        """A block begins or ends here."""
        self.has_words = False
        if self.is_in_block:
            self.block, self.is_in_block = frozenset(), False

    def _comment(self, node: Any) -> None:
        said = _COMMENT.fullmatch(node.text or "")
        if not said:
            return
        line = node.sourceline or 0
        verb, devices = understand(said.group(1), f"{self.switch.name}:{line}")
        if verb != "ignore-next":
            list(self.switch.turn(verb, devices, at=0, line=line))
        elif self.has_words:
            self.point |= devices
        else:
            self.block |= devices

    def _words(self, text: str | None, silent: int) -> str | None:
        if silent or not text or not text.strip():
            return text
        self.has_words = True
        if self.block:
            self.is_in_block = True
        devices = frozenset(self.switch.off) | self.block
        lead, words, tail = text[: len(text) - len(text.lstrip())], text.strip(), text[len(text.rstrip()) :]
        if devices:
            words = f"{self.opening}{self._number(devices)}{self.closing}{words}{self.opening}/{self.closing}"
        if self.point:
            words = f"{self.opening}={self._number(self.point)}{self.closing}{words}"
            self.point = frozenset()
        return lead + words + tail

    def _number(self, devices: frozenset[str]) -> int:
        if devices not in self.groups:
            self.groups.append(devices)
        return self.groups.index(devices)

    def take_out(self, marked: str) -> tuple[str, tuple[Ignore, ...]]:
        """The text without marks, and the ranges they stood for."""
        out: list[str] = []
        found: list[Ignore] = []
        size = 0
        begun: tuple[int, frozenset[str]] | None = None
        for piece, sign in self._pieces(marked):
            out.append(piece)
            size += len(piece)
            if sign == "/":
                if begun:
                    found.append(Ignore(begun[0], size, begun[1]))
                begun = None
            elif sign.startswith("="):
                found.append(Ignore(size, None, self.groups[int(sign[1:])]))
            elif sign:
                begun = size, self.groups[int(sign)]
        return "".join(out), tuple(found)

    def _pieces(self, marked: str) -> Iterator[tuple[str, str]]:
        last = 0
        for mark in re.finditer(f"{self.opening}(=?[0-9]+|/){self.closing}", marked):
            yield marked[last : mark.start()], mark.group(1)
            last = mark.end()
        yield marked[last:], ""
