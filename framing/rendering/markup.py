"""Elements of HTML and SVG that escape by themselves: what is no `Markup` is text, whatever it looks like.

For pages that are built piece by piece.  The texts that are shown are hostile: nothing but `element` makes markup, and the
names of elements and attributes come from this package alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that HTML has no place for
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # direction marks could show a line in another order (CVE-2021-42574)
_VOID = frozenset(("meta", "br", "hr", "col"))
_DRAWN = frozenset(("line", "circle", "rect", "path", "polygon"))


class Markup(str):
    """A string that is markup already."""

    __slots__ = ()


Content: TypeAlias = "str | int | float | Iterable[Content] | None"


def element(name: str, /, *content: Content, **attributes: str | int | float | bool | None) -> Markup:
    """The element `name` with its content and attributes, escaped.

    Attributes: a final ``_`` is dropped (``class_``), other ``_`` become ``-``; None and False leave the attribute out.

    >>> element("p", "a < b & ", element("b", "c"), class_="x")
    '<p class="x">a &lt; b &amp; <b>c</b></p>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    if name in _DRAWN and not content:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{text(content)}</{name}>")


def text(content: Content) -> Markup:
    """`content` as markup: strings escaped, lists joined, None nothing, floats short."""
    if isinstance(content, Markup):
        return content
    if content is None:
        return Markup("")
    if isinstance(content, str):
        return Markup(escape(_TURNING.sub("\ufffd", FORBIDDEN.sub("\ufffd", content)), quote=True))
    if isinstance(content, float):
        return Markup(f"{content:.2f}".rstrip("0").rstrip("."))
    if isinstance(content, int):
        return Markup(str(content))
    return Markup("".join(text(part) for part in content))


def document(title: str, style: str, *content: Content) -> Markup:
    """A whole page, self-contained: no scripts, nothing loaded from anywhere.  `style` is this package's own."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(style)),
    )
    return Markup(f"<!DOCTYPE html>\n{element('html', head, element('body', content), lang='en')}\n")
