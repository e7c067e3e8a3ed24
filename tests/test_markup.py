"""Elements that escape by themselves."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from framing.rendering.markup import Markup, document, element, text


class _Texts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[str | None] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x1FFF, exclude_characters="\x7f\u061c", exclude_categories=("Cc", "Cs"))))
def test_any_string_comes_back_as_text_and_as_attribute(words: str) -> None:
    page = _Texts(element("p", words, title=words))
    assert page.tags == ["p"]
    assert page.text == words
    assert page.values == [words]


def test_markup_is_kept_and_a_plain_string_is_not_markup() -> None:
    assert element("p", Markup("<b>x</b>"), "<b>") == "<p><b>x</b>&lt;b&gt;</p>"
    assert element("p", [element("b", 1), None, ["a", 2.5]]) == "<p><b>1</b>a2.5</p>"


def test_attributes_that_are_false_or_none_are_left_out() -> None:
    assert element("line", x1=1.25, class_=None, hidden=False, stroke_width=2) == '<line x1="1.25" stroke-width="2"/>'
    assert element("details", open=True) == "<details open></details>"


def test_characters_that_no_page_may_hold_are_replaced() -> None:
    assert text("a\x00b\u202ec\ud800") == "a\ufffdb\ufffdc\ufffd"


def test_document_forbids_scripts_and_the_network() -> None:
    page = document("a < b", "p{}", element("p", "c"))
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>a &lt; b</title>" in page
    assert "default-src 'none'" in page.replace("&#x27;", "'")
