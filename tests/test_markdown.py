"""The prose of Markdown, and the way back to the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("markdown_it")

from framing import markdown


def prose(text: str) -> str:
    """What is scored of `text`, white space made single."""
    return " ".join(markdown.read(text).judged.split())


@pytest.mark.parametrize(
    ("text", "scored"),
    [
        ("A **brutal** and *shameful* ~~vote~~ __now__.", "A brutal and shameful vote now."),
        ("un**believ**able", "unbelievable"),
        ('The "**evidence**" is thin.', 'The "evidence" is thin.'),
        ("A [brutal vote](http://shameful.example/brutal \"a shameful title\") today.", "A brutal vote today."),
        ("A [vote](<thugs here.html>)(sic) and [more][thugs] and [thugs].\n\n[thugs]: http://x.example 'brutal'", "A vote(sic) and more and thugs."),
        ("An ![thugs [met]](brutal.png) image.", "An image."),
        ("Call `brutal()` or ``a ` thug`` now.", "Call or now."),
        ("Before.\n\n```py\nbrutal\n```\n\nAfter.", "Before. After."),
        ("Before.\n\n    brutal code\n\nAfter.", "Before. After."),
        ("> The thugs\n> met **again**.", "The thugs met again."),
        ("- one\n- *two*\n  1. three", "one two three"),
        ("# The *big* plan #\n\nTitle\n=====", "The big plan Title"),
        ("| thugs | `x` |\n|---|---|\n| a **b** | c |", "thugs a b c"),
        ("---\ntitle: brutal\n---\nText.", "Text."),
        ("+++\ntitle = 'brutal'\n+++\nText.", "Text."),
        ("Text.\n\n---\n\nMore.", "Text. More."),
        ("It&rsquo;s a &ldquo;plan&rdquo; \\*sic\\*.", "It’s a “plan” *sic*."),
        ("<div class='thugs'>\n<b>Brutal</b>ity.\n</div>", "Brutality."),
        ("<script>\nthugs()\n</script>\n\nText.", "Text."),
        ("A <em>brutal</em><br>vote <!-- thugs -->today.", "A brutal vote today."),
        ("See <https://thugs.example>.", "See https://thugs.example."),
        ("Line one  \nline two\\\nline three", "Line one line two line three"),
        ("", ""),
    ],
)
def test_prose_is_scored_and_the_rest_is_not(text: str, scored: str) -> None:
    assert prose(text) == scored
    assert prose(text.replace("\n", "\r\n")) == scored


def test_code_is_told_by_its_ranges() -> None:
    text = "---\na: 1\n---\nUse `x`.\n\n```\ny\n```\n"
    found = markdown.read(text)
    assert [text[a:b] for a, b in found.code] == ["---\na: 1\n---", "`x`", "```\ny\n```\n"]
    assert [text[a:b] for a, b in found.blocks] == ["---\na: 1\n---", "```\ny\n```\n"]


def test_cells_and_items_do_not_run_into_each_other() -> None:
    for text in ("| one | two |\n|---|---|\n", "- one\n- two\n"):
        assert re.search(r"one *\n *\n *two", markdown.read(text).judged)


def test_a_piece_that_is_not_found_again_leaves_its_block_as_it_stands() -> None:
    assert "c\\|d" in prose("| a |\n|---|\n| c\\|d |")


SIGNS = ["*", "**", "`", "[a](b)", "[", "](", "![", "> ", "- ", "# ", "<b>", "<!-- c -->", "&amp;", "&", "\\*", "|", "~~", "```\n", "é", "\r"]
MARKUP = st.lists(st.sampled_from(["word", " ", "\n", "\n\n", *SIGNS])).map("".join)


@given(MARKUP)
def test_what_is_judged_and_what_is_cut_add_up_to_the_text(text: str) -> None:
    found = markdown.read(text)
    assert len(found.judged) + sum(cut.length for cut in found.cuts) == len(text)
    assert [c.at for c in found.cuts] == sorted(c.at for c in found.cuts)


@given(MARKUP)
def test_words_outside_code_images_and_html_are_never_lost(text: str) -> None:
    if re.search(r"[`<!]|    |\n\s*\n", text):
        return
    assert markdown.read(text).judged.count("word") == text.count("word")
