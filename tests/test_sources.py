"""Bytes to sources: encodings, kinds, and reports brought back to the text."""

from __future__ import annotations

import codecs
from dataclasses import replace

import pytest

from framing import sources
from framing.errors import DataError
from framing.model import Model
from framing.report import Flag, Report
from framing.sources import Source

NEWS = "The café’s owner met the thugs. A shameful, brutal vote ended it.\n"


# ---------------------------------------------------------------- encodings
@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_is_taken_at_its_word_and_dropped(name: str) -> None:
    mark = next(mark for mark, encoding in sources.BYTE_ORDER_MARKS if encoding == name)
    assert sources.decode(mark + NEWS.encode(name), "a.txt") == NEWS


def test_a_named_encoding_is_used() -> None:
    assert sources.decode(NEWS.encode("cp1252"), "a.txt", encoding="cp1252") == NEWS
    assert sources.decode(codecs.BOM_UTF16_LE + NEWS.encode("utf-16-le"), "a.txt", encoding="utf-16") == NEWS


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        ("café".encode("cp1252"), None, "not UTF-8 at byte 3; pass --encoding with the right name (e.g. cp1252)"),
        ("café".encode("cp1252"), "ascii", "not ASCII at byte 3; pass --encoding"),
        (NEWS.encode("utf-16-le"), None, "UTF-16 without a byte order mark"),
        (b"\x00" * 50, None, "no text"),
        (codecs.BOM_UTF16_LE + b"a", None, "not UTF-16-LE"),
        (b"x", "klingon", "unknown encoding 'klingon'"),
        (b"x", "base64", "unknown encoding 'base64'"),
    ],
)
def test_bytes_that_are_not_what_they_should_be_are_an_error_that_says_what_to_pass(data: bytes, encoding: str | None, message: str) -> None:
    with pytest.raises(DataError) as caught:
        sources.decode(data, "a.txt", encoding=encoding)
    assert str(caught.value).startswith("a.txt: ")
    assert message in str(caught.value)


def test_one_stray_nul_is_no_reason_to_refuse_a_text() -> None:
    assert sources.decode(b"The clerk\0 closed the window at noon.", "a.txt") == "The clerk\0 closed the window at noon."


# ---------------------------------------------------------------- kinds
def test_the_ending_says_what_a_file_is_and_read_as_overrides_it() -> None:
    pytest.importorskip("markdown_it")
    data = b"A *brutal* vote"
    assert sources.read(data, "a.txt").judged == "A *brutal* vote"
    assert sources.read(data, "a.MD").judged == "A brutal vote"
    assert sources.read(data, "<stdin>", read_as="markdown").judged == "A brutal vote"
    assert sources.read(data, "a.md", read_as="text").judged == "A *brutal* vote"


def test_a_page_is_decoded_as_it_says_unless_told_otherwise() -> None:
    pytest.importorskip("trafilatura")
    body = "<p>The café of Lower Venn met the council on Monday evening to vote on the grant, which has paid for the ferry since 1998, and lost.</p>" * 3
    data = f'<html><head><meta charset="cp1252"></head><body><article>{body}</article></body></html>'.encode("cp1252")
    found = sources.read(data, "a.html")
    assert "café" in found.text
    assert found.is_extracted
    with pytest.raises(DataError, match="not UTF-8"):
        sources.read(data, "a.html", encoding="utf-8")


def test_comments_are_blank_in_what_is_judged_and_whole_in_the_text() -> None:
    text = "One.\n<!-- framing: ignore-next emotive -->\nA shameful vote.\n# framing: off\nTwo."
    found = sources.read(text.encode(), "a.txt")
    assert found.text == text
    assert len(found.judged) == len(text)
    assert found.judged.split() == "One. A shameful vote. Two.".split()
    assert len(found.ignores) == 2
    assert "a.txt:4: framing: off is never turned on again" in found.warnings[0]


def test_comments_in_markdown_code_are_code() -> None:
    pytest.importorskip("markdown_it")
    assert sources.read(b"```\n<!-- framing: off -->\n```\n", "a.md").ignores == ()


# ---------------------------------------------------------------- the way back
def flag(text: str, words: str, **fields: str) -> Flag:
    start = text.index(words)
    values = {"kind": "loaded_term", "device": "emotive", "voice": "author", "reason": "x"} | fields
    return Flag(start, start + len(words), words, probability=0.9, source=None, **values)  # type: ignore[arg-type]


def test_a_report_is_brought_back_to_the_text_with_exact_offsets(tiny_model: Model) -> None:
    pytest.importorskip("markdown_it")
    text = "---\nt: thugs\n---\n# The **thugs** met\n\n"
    text += "A *shame*ful, [brutal](x) vote, said Ilse Tamm. She called it &ldquo;`x` absurd&rdquo;.\n\n```\nthugs\n```\n"
    source = sources.read(text.encode(), "a.md")
    report = source.restore(tiny_model.score(source.judged))
    assert report.text == text
    assert [f.text for f in report.flags] == ["thugs", "shame*ful", "brutal"]
    for item in (*report.flags, *report.quotes):
        assert text[item.start : item.end] == item.text
    assert [text[s.start : s.end] for s in report.sentences][:2] == ["The **thugs** met", "A *shame*ful, [brutal](x) vote, said Ilse Tamm."]
    assert [text[a:b] for a, b in report.ignored] == ["---\nt: thugs\n---", "```\nthugs\n```\n"]
    assert Report.from_dict(report.to_dict()) == report


def test_a_plain_source_gives_the_report_itself(tiny_model: Model) -> None:
    report = tiny_model.score(NEWS)
    assert sources.plain(NEWS).restore(report) is report


def test_an_entity_stands_for_its_character_on_the_way_back() -> None:
    pytest.importorskip("markdown_it")
    text = "The caf&eacute; &Eacute;lite met."
    source = sources.read(text.encode(), "a.md")
    report = Report(source.judged, 0.0, 0.0, flags=(flag(source.judged, "café"), flag(source.judged, "Élite")))
    assert [f.text for f in source.restore(report).flags] == ["caf&eacute;", "&Eacute;lite"]


# ---------------------------------------------------------------- ignores
def test_flags_in_ignored_ranges_are_dropped_by_device_and_counted(tiny_model: Model) -> None:
    text = "A shameful vote.\n\n<!-- framing: ignore-next emotive -->\nThe thugs cast a shameful vote.\n\nA shameful vote."
    source = sources.read(text.encode(), "a.txt")
    report = source.restore(tiny_model.score(source.judged))
    assert [f.text for f in report.flags] == ["shameful", "thugs", "shameful", "shameful"]
    kept, dropped = source.ignoring(report)
    assert [(f.text, f.start) for f in kept.flags] == [("shameful", 2), ("thugs", text.index("thugs")), ("shameful", text.rindex("shameful"))]
    assert dropped == 1
    assert (kept.score, kept.sentences) == (report.score, report.sentences)


def test_a_comment_among_words_covers_the_sentence_that_follows(tiny_model: Model) -> None:
    text = "The thugs met. <!-- framing: ignore-next --> The thugs cast a shameful vote. The thugs left."
    source = sources.read(text.encode(), "a.txt")
    kept, dropped = source.ignoring(source.restore(tiny_model.score(source.judged)))
    assert [f.start for f in kept.flags] == [4, text.rindex("thugs")]
    assert dropped == 2


def test_a_flag_without_a_device_is_dropped_by_a_comment_without_devices() -> None:
    text = "<!-- framing: off -->\nthugs"
    source = sources.read(text.encode(), "a.txt")
    report = Report(text, 0.0, 0.0, flags=(replace(flag(text, "thugs"), device=None),))
    assert source.ignoring(report)[0].flags == ()


def test_a_source_without_comments_drops_nothing() -> None:
    report = Report("thugs", 0.0, 0.0, flags=(flag("thugs", "thugs"),))
    assert Source("thugs", "thugs").ignoring(report) == (report, 0)
