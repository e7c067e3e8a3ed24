"""The prose of a Markdown text, with the way back to the text; the only door to markdown-it.

Code, link targets, images, front matter and tags are no prose; block quotes, headings, list items and table cells are.
Marks of emphasis and links are cut out rather than blanked, since a blank between a word and its quotation mark would
change what the mark is.  Where the parser's pieces cannot be found again in the text, the block is taken as it stands:
nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from framing.errors import ConfigError

Span = tuple[int, int]

# Tags inside which and beside which a word goes on.
INLINE_TAGS = "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strong sub sup time u var".split()
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(INLINE_TAGS)})\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<[^<>]*>")
_NO_PROSE = re.compile(r"\s*<(?:script|style|textarea|pre)\b", re.IGNORECASE)
_FRONT = re.compile(r"(---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_INK = re.compile(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Cut:
    """Characters left out before place `at` of the judged text; `is_glued` when they belong to the character before `at`."""

    at: int
    length: int
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """`judged`: what is to be scored; `cuts`: what was left out of it, by place; `code` and `blocks`: ranges of the text that
    hold code, and among them those that take whole lines.  What is no prose and was not cut is blank in `judged`.
    """

    judged: str
    cuts: tuple[Cut, ...]
    code: tuple[Span, ...]
    blocks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A range of the text that is prose.  `shown` stands for it where it is an entity or an escape; `joins`: nothing but
    marks of emphasis and links parts it from the piece before.
    """

    start: int
    end: int
    block: int
    joins: bool = False
    shown: str | None = None


class _LostError(Exception):
    """A piece of the parser's is not in the text as it stands."""


def read(text: str) -> Prose:
    """The prose of `text` (CommonMark, with tables, strikethrough and front matter).

    Raises ``ConfigError`` when markdown-it is not installed.

    >>> read("A `code` and a **brutal** [vote](http://x).").judged
    'A        and a brutal vote.'
    """
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise ConfigError("reading Markdown needs markdown-it-py: pip install 'framing[markdown]', or read it as it stands with --read-as text") from None
    front = _front_matter(text)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    tokens = parser.parse(_INK.sub(" ", text[:front]) + text[front:])
    starts = [0, *(m.end() for m in _LINE_END.finditer(text)), len(text)]
    pieces, code, blocks = _Aligner(text, starts, front).align(tokens)
    return _join(text, pieces, code, blocks)


def _front_matter(text: str) -> int:
    """Where the front matter ends; 0 when there is none."""
    opening = _FRONT.match(text)
    if not opening:
        return 0
    closing = re.compile(rf"^(?:{re.escape(opening.group(1))}|\.\.\.)[ \t]*(?=\r|\n|\Z)", re.MULTILINE).search(text, opening.end())
    return closing.end() if closing else 0


class _Aligner:
    """Walks along the text as the parser's tokens come, and keeps what they call text."""

    def __init__(self, text: str, starts: Sequence[int], front: int) -> None:
        self.text, self.starts = text, starts
        self.pieces: list[_Piece] = []
        self.code: list[Span] = [(0, front)] if front else []
        self.blocks: list[Span] = list(self.code)
        self.at = front
        self.end = front

    def align(self, tokens: Sequence[Any]) -> tuple[list[_Piece], list[Span], list[Span]]:
        for number, token in enumerate(tokens):
            if token.type not in ("inline", "fence", "code_block", "html_block") or token.map is None:
                continue
            start, self.end = self.starts[token.map[0]], self.starts[min(token.map[1], len(self.starts) - 1)]
            self.at = max(self.at, start)
            if token.type == "inline":
                self._inline(token, number)
            elif token.type == "html_block" and not _NO_PROSE.match(self.text, self.at, self.end):
                self._html(number)
            else:
                self.code.append((self.at, self.end))
                self.blocks.append((self.at, self.end))
                self.at = self.end
        return self.pieces, self.code, self.blocks

    def _inline(self, token: Any, block: int) -> None:
        begin, kept, coded = self.at, len(self.pieces), len(self.code)
        try:
            joins = False
            for child in token.children or ():
                joins = self._child(child, block, joins)
        except _LostError:
            del self.pieces[kept:], self.code[coded:]
            self.pieces.append(_Piece(begin, self.end, block))
            self.at = self.end

    def _child(self, child: Any, block: int, joins: bool) -> bool:
        """Goes past one token; is what follows still joined to the piece before?"""
        kind = child.type
        if kind in ("text", "text_special"):
            source = child.content if kind == "text" else child.markup
            if source:
                start = self._past(source) - len(source)
                shown = child.content if kind == "text_special" and len(child.content) <= len(source) else None
                self.pieces.append(_Piece(start, self.at, block, joins, shown))
            return True
        if kind in ("softbreak", "hardbreak"):
            found = _LINE_END.search(self.text, self.at, self.end)
            self.at = found.end() if found else self.end
            return False
        if kind == "code_inline":
            start = self._past(child.markup) - len(child.markup)
            closing = re.compile(f"(?<!`){child.markup}(?!`)").search(self.text, self.at, self.end)
            self.at = closing.end() if closing else self.at
            self.code.append((start, self.at))
            return False
        if kind == "html_inline":
            self._past(child.content)
            return joins and bool(_INLINE_TAG.fullmatch(child.content))
        if kind == "image":
            self._past("![")
            self._target(self._bracket())
            return False
        if kind == "link_close" and child.markup != "autolink":
            self._target(self._past("]"))
        elif kind == "link_open" and child.markup != "autolink":
            self._past("[")
        elif child.markup and child.markup != "autolink":
            self._past(child.markup)
        return joins

    def _past(self, source: str) -> int:
        """Moves behind the next `source`."""
        found = self.text.find(source, self.at, self.end)
        if found < 0:
            raise _LostError
        self.at = found + len(source)
        return self.at

    def _bracket(self) -> int:
        """Moves behind the bracket that closes the one just passed."""
        depth = 1
        for found in re.compile(r"\\.|[\[\]]", re.DOTALL).finditer(self.text, self.at, self.end):
            depth += {"[": 1, "]": -1}.get(found.group(), 0)
            if not depth:
                self.at = found.end()
                return self.at
        raise _LostError

    def _target(self, at: int) -> None:
        """Moves behind the target of a link whose bracket has just closed: ``(url "title")``, ``[name]`` or nothing."""
        from markdown_it.helpers import parseLinkDestination, parseLinkTitle

        text, end = self.text, self.end
        if text[at : at + 1] == "[":
            closing = text.find("]", at, end)
            self.at = closing + 1 if closing >= 0 else at
        elif text[at : at + 1] == "(":
            place = _spaces(text, at + 1, end)
            found = parseLinkDestination(text, place, end)
            place = _spaces(text, found.pos if found.ok else place, end)
            title = parseLinkTitle(text, place, end)
            place = _spaces(text, title.pos if title.ok else place, end)
            if text[place : place + 1] == ")" and place < end:
                self.at = place + 1

    def _html(self, block: int) -> None:
        """Keeps what stands between the tags of a block of HTML."""
        last, joins = self.at, False
        for tag in _TAG.finditer(self.text, self.at, self.end):
            if tag.start() > last:
                self.pieces.append(_Piece(last, tag.start(), block, joins))
                joins = True
            last = tag.end()
            joins = joins and bool(_INLINE_TAG.fullmatch(tag.group()))
        if last < self.end:
            self.pieces.append(_Piece(last, self.end, block, joins))
        self.at = self.end


def _spaces(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t\r\n":
        at += 1
    return at


def _join(text: str, pieces: Sequence[_Piece], code: list[Span], blocks: list[Span]) -> Prose:
    """The pieces in order, with what parts them cut out or blank; a new block begins a new paragraph."""
    out: list[str] = []
    cuts: list[Cut] = []
    size = last = 0
    block = -1
    for piece in pieces:
        gap = text[last : piece.start]
        if gap and piece.block == block and piece.joins and not _LINE_END.search(gap):
            cuts.append(Cut(size, len(gap)))
        elif gap:
            filler = _INK.sub(" ", gap)
            if piece.block != block:
                filler = ("\n\n" + filler[2:])[: len(gap)]
            out.append(filler)
            size += len(gap)
        words = text[piece.start : piece.end] if piece.shown is None else piece.shown
        out.append(words)
        size += len(words)
        if len(words) < piece.end - piece.start:
            cuts.append(Cut(size, piece.end - piece.start - len(words), is_glued=True))
        last, block = piece.end, piece.block
    out.append(_INK.sub(" ", text[last:]))
    return Prose("".join(out), tuple(cuts), tuple(code), tuple(blocks))
