"""Comments that tell framing to leave words alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing import ignores
from framing.errors import DataError
from framing.ignores import EVERYTHING, Ignore


def ranges(text: str, *, is_plain: bool = True) -> tuple[list[tuple[str, frozenset[str]]], tuple[str, ...]]:
    """(the words of each range with its devices, warnings); a range to the end of a sentence is shown to the text's end."""
    directives = ignores.find(text, "a.txt", is_plain=is_plain)
    found, warnings = ignores.ranges(ignores.blank(text, [(d.start, d.end) for d in directives]), directives, "a.txt")
    return [(text[i.start : i.end], i.devices) for i in found], warnings


def test_off_and_on_make_a_range() -> None:
    assert ranges("a <!-- framing: off -->b<!-- framing: on --> c") == ([("<!-- framing: off -->b", EVERYTHING)], ())


def test_off_without_on_reaches_the_end_and_is_warned_of() -> None:
    found, warnings = ranges("a\n<!-- framing: off -->\nb")
    assert found == [("<!-- framing: off -->\nb", EVERYTHING)]
    assert warnings == ("a.txt:2: framing: off is never turned on again; everything after it is ignored",)


def test_on_without_off_is_warned_of() -> None:
    assert ranges("\n<!-- framing: on -->") == ([], ("a.txt:2: framing: on, but nothing is off here",))


def test_devices_are_turned_off_and_on_by_name() -> None:
    text = "<!-- framing: off doubt, weasel -->1<!-- framing: on weasel -->2<!-- framing: on -->"
    found, warnings = ranges(text)
    assert [(words[-20:], devices) for words, devices in found] == [
        (text[: text.index("<!-- framing: on w")][-20:], {"weasel"}),
        (text[: text.rindex("<!--")][-20:], {"doubt"}),
    ]
    assert warnings == ()


def test_a_device_can_be_on_where_all_others_are_off() -> None:
    found, _ = ranges("<!-- framing: off --><!-- framing: on doubt -->x<!-- framing: on -->")
    assert [devices for _, devices in found] == [{"doubt"}, EVERYTHING - {"doubt"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ignore_next_on_a_line_of_its_own_is_the_next_paragraph(end: str) -> None:
    text = end.join(("before", "", "<!-- framing: ignore-next doubt -->", "", "one", "two", " ", "after"))
    assert ranges(text)[0] == [(f"one{end}two", {"doubt"})]


def test_two_comments_above_one_paragraph_both_speak_of_it() -> None:
    found, _ = ranges("<!-- framing: ignore-next doubt -->\n\n<!-- framing: ignore-next weasel -->\none\n\ntwo")
    assert found == [("one", {"doubt"}), ("one", {"weasel"})]


def test_ignore_next_among_words_reaches_to_the_end_of_a_sentence() -> None:
    text = "He spoke. <!-- framing: ignore-next --> She left. They sang."
    directives = ignores.find(text, "a.txt", is_plain=True)
    assert ignores.ranges(text, directives, "a.txt")[0] == (Ignore(text.index("-->") + 3, None, EVERYTHING),)


def test_ignore_next_at_the_end_speaks_of_nothing() -> None:
    assert [words for words, _ in ranges("a\n\n<!-- framing: ignore-next -->\n")[0]] == ["\n"]


def test_a_reason_may_follow_two_hyphens() -> None:
    assert ranges("<!-- framing: ignore-next emotive -- the judge's word, see p. 4 -->\nx")[0] == [("x", {"emotive"})]


@pytest.mark.parametrize("line", ["framing: off", "# framing: off", "  // framing: off doubt", "%framing: off"])
def test_plain_text_has_lines_of_its_own(line: str) -> None:
    assert len(ignores.find(f"a\n{line}\nb", "a.txt", is_plain=True)) == 1
    assert ignores.find(f"a\n{line}\nb", "a.md", is_plain=False) == []


@pytest.mark.parametrize("line", ["Framing: off the record", "The framing: off", "framing: a guide", "framing: office hours", "x framing: off", "framing"])
def test_prose_about_framing_is_prose(line: str) -> None:
    assert ignores.find(f"a\n{line}\nb", "a.txt", is_plain=True) == []


@pytest.mark.parametrize("text", ["<!-- framing is a craft -->", "<!-- a framing: off -->", "\\<!-- framing: off -->", "<!--framed: off-->"])
def test_other_comments_are_left_alone(text: str) -> None:
    assert ignores.find(text, "a.md", is_plain=False) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n<!-- framing: offf -->", r"a\.md:3: .*'offf'; did you mean 'off'"),
        ("<!-- framing: ignore -->", r"a\.md:1: .*'ignore'"),
        ("<!-- framing: -->", r"a\.md:1: .*wanted one of off, on, ignore-next"),
        ("x\n<!-- framing: off loaded-verb -->", r"a\.md:2: .*'loaded-verb'; did you mean 'loaded_verb'"),
        ("<!-- framing: ignore-next because I say so -->", r"'because'; .*reason goes after --"),
        ("x\n<!-- framing: off", r"a\.md:2: .*does not end"),
        ("<!-- framing: off <!-- framing: on -->", r"a\.md:1: .*does not end"),
    ],
)
def test_a_comment_that_cannot_be_understood_is_an_error_with_the_line(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ignores.find(text, "a.md", is_plain=False)


def test_comments_in_code_are_code() -> None:
    text = "`<!-- framing: offf -->` <!-- framing: off -->"
    assert [d.start for d in ignores.find(text, "a.md", is_plain=False, except_in=[(0, 24)])] == [25]


@given(st.text(alphabet="ab \r\n", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_blanks_keep_length_and_lines(text: str, a: int, b: int) -> None:
    a, b = sorted((min(a, len(text)), min(b, len(text))))
    blanked = ignores.blank(text, [(a, b)])
    assert len(blanked) == len(text)
    assert [i for i, c in enumerate(blanked) if c in "\r\n"] == [i for i, c in enumerate(text) if c in "\r\n"]
    assert not blanked[a:b].strip()
