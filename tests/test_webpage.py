"""The article of a saved page, with framing's comments carried over."""

from __future__ import annotations

import logging

import pytest

pytest.importorskip("trafilatura")

from framing import webpage
from framing.errors import DataError
from framing.ignores import EVERYTHING

FIRST = "The council of Lower Venn met on Monday to vote on the ferry grant, which has paid for the boat for years, and rejected it by nine votes to four."
SECOND = "The thugs at the <b>ferry</b> office closed the quay, one reader wrote to us about the matter, in a long letter that we print here in full length."
THIRD = "The mayor spoke for an hour. {}The brutal cut came later, after a debate of three hours. It was the end of a long story for the people of the valley."


def page(body: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>Vote | The Lower Venn Echo</title><script>var thugs = 1;</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Council votes on ferry</h1>
{body}
</article><footer>All rights reserved</footer></body></html>"""


def paragraphs(*texts: str) -> str:
    return page("\n".join(text if text.startswith("<!--") else f"<p>{text}</p>" for text in texts))


def ignored(html: str) -> tuple[list[tuple[str, frozenset[str]]], tuple[str, ...]]:
    text, found, warnings = webpage.read(html, "a.html")
    return [(text[i.start : i.end], i.devices) for i in found], warnings


def test_the_article_is_taken_headline_first_without_what_is_around_it() -> None:
    text, found, warnings = webpage.read(paragraphs(FIRST, SECOND), "a.html")
    assert text.split("\n\n") == ["Council votes on ferry", FIRST, SECOND.replace("<b>", "").replace("</b>", "") + "\n"]
    assert (found, warnings) == ((), ())


def test_words_after_a_comment_are_kept() -> None:
    text, _, _ = webpage.read(paragraphs(FIRST, THIRD.format("<!-- ad -->")), "a.html")
    assert THIRD.format("") in text


def test_off_and_on_cover_the_words_between_them() -> None:
    found, warnings = ignored(paragraphs(FIRST, "<!-- framing: off -->", SECOND, "<!-- framing: on -->", THIRD.format("")))
    assert " ".join(words for words, _ in found) == SECOND.replace("<b>", "").replace("</b>", "")
    assert {devices for _, devices in found} == {EVERYTHING}
    assert warnings == ()


def test_an_unclosed_off_is_warned_of_with_the_line_of_the_page() -> None:
    found, warnings = ignored(paragraphs(FIRST, "<!-- framing: off doubt -->", THIRD.format("")))
    assert [words for words, _ in found] == [THIRD.format("")]
    assert warnings == ("a.html:5: framing: off is never turned on again; everything after it is ignored",)


def test_ignore_next_speaks_of_the_next_block_alone() -> None:
    found, _ = ignored(paragraphs(FIRST, "<!-- framing: ignore-next emotive -->", SECOND, THIRD.format("")))
    assert " ".join(words for words, _ in found) == SECOND.replace("<b>", "").replace("</b>", "")
    assert {devices for _, devices in found} == {frozenset({"emotive"})}


def test_ignore_next_among_words_reaches_to_the_end_of_a_sentence() -> None:
    text, found, _ = webpage.read(paragraphs(FIRST, THIRD.format("<!-- framing: ignore-next -->")), "a.html")
    assert [(text[i.start :].split(",")[0], i.end) for i in found] == [("The brutal cut came later", None)]


def test_no_mark_is_left_in_the_text() -> None:
    text, _, _ = webpage.read(paragraphs("<!-- framing: off -->", FIRST, SECOND, THIRD.format("<!-- framing: ignore-next -->")), "a.html")
    assert not [c for c in text if ord(c) in webpage._RADICALS]


def test_a_page_that_uses_the_marks_itself_keeps_them() -> None:
    text, found, _ = webpage.read(paragraphs("<!-- framing: off -->", FIRST + " ⼀0⼁", SECOND), "a.html")
    assert "⼀0⼁" in text
    assert text[found[0].start :].startswith("The council")


@pytest.mark.parametrize("html", ["", "   ", "<html></html>", "<!-- only a comment -->", "<p></p>"])
def test_a_page_without_an_article_is_an_error(html: str) -> None:
    with pytest.raises(DataError, match=r"a\.html: .*--read-as text"):
        webpage.read(html, "a.html")


def test_a_wrong_comment_is_an_error_with_the_line_of_the_page() -> None:
    with pytest.raises(DataError, match=r"a\.html:5: .*'offf'"):
        webpage.read(paragraphs(FIRST, "<!-- framing: offf -->"), "a.html")


def test_deep_and_broken_markup_is_read() -> None:
    assert "hello" in webpage.read("<div>" * 100 + "<p>hello <b>there</p></i>", "a.html")[0]
    with pytest.raises(DataError):  # deeper than libxml goes
        webpage.read("<div>" * 30_000 + "<p>hello", "a.html")


def test_the_extraction_says_nothing_on_the_error_stream(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DataError):
        webpage.read("<html><body></body></html>", "a.html")
    assert logging.getLogger("trafilatura").handlers
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<meta charset="windows-1252">', "windows-1252"),
        (b"<META http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>", "ISO-8859-1"),
        (b'<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r"),
        (b"<title>charset</title>", None),
        (b"", None),
    ],
)
def test_the_encoding_that_a_page_names(head: bytes, name: str | None) -> None:
    assert webpage.declared_encoding(head) == name
