"""What is put into a template is text there, whatever it looks like; what is missing is an error."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

import framing
from framing.rendering import templates
from framing.rendering.html import Figures, Row
from framing.rendering.templates import fill

ASSETS = Path(framing.__file__).parent / "rendering" / "assets"
TEMPLATES = sorted(ASSETS.glob("*.html"))


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


def written(words: str) -> str:
    """`words` as the name of a text in a notebook's table, and as the tip of a figure."""
    shown = fill("table.html", rows=[Row(words, None, Figures(0.5, 0.5, 1, 1, 1, 1.0))], unlisted=0)
    macros = templates.template("report.html").make_module({})
    return shown[shown.index("<tbody>") :] + str(macros.fact("name", words, words))  # type: ignore[attr-defined]


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x1FFF, exclude_characters="\x7f", exclude_categories=("Cc", "Cs"))))
def test_any_string_comes_back_as_text_and_as_attribute(words: str) -> None:
    page = _Texts(written(words))
    assert page.tags == _Texts(written("x")).tags
    assert page.text.count(words) >= 2
    assert words in page.values or not words


def test_characters_that_no_page_may_hold_are_replaced() -> None:
    assert "a\ufffdb\ufffdc" in written("a\x00b\ud800c")


def test_numbers_are_short_and_none_is_nothing() -> None:
    assert [templates._plain(value) for value in (1.25, 2.0, 0.333333, 3, None, "x")] == ["1.25", "2", "0.33", "3", "", "x"]


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        fill("table.html", rows=[])
    with pytest.raises(UndefinedError):
        fill("table.html", rows=[("name", None, SimpleNamespace(score=1.0))], unlisted=0)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_turns_escaping_off(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*(safe|forceescape|tojson|xmlattr)\b|autoescape|Markup", source)
    assert all('="' in piece or "=" not in piece for piece in re.findall(r"=.?\{\{", source))  # an attribute without quotes would let a space out


def test_only_sections_that_a_template_made_are_trusted() -> None:
    """Each place that calls something markup is known here; a new one has to be looked at."""
    called = {}
    for path in ASSETS.parent.glob("*.py"):
        if found := re.findall(r"\b(?:trusted|Markup)\([^\n]*|map\(trusted[^\n]*", path.read_text(encoding="utf-8")):
            called[path.name] = found
    assert called == {
        "html.py": ["map(trusted, sections),"],
        "templates.py": ["trusted(made: str) -> Markup:", "Markup(made)", 'trusted(asset(name)), "voice_of": voice_of}'],
    }


def test_jinja2_is_loaded_with_the_first_page_and_not_before() -> None:
    code = (
        "import sys, framing, framing.report, framing.rendering.comparison_page, framing.cli\n"
        "before = 'jinja2' in sys.modules\n"
        "framing.Report(text='', score=0.0, author_score=0.0).to_html()\n"
        "print(before, 'jinja2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
