"""Comparisons as text, CSV and a page: complete, and safe whatever the texts say."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from framing.comparison import Beside, Comparison, Passage, Rate, Side, Term, Topic
from framing.rendering import comparison_csv, comparison_page, comparison_text
from framing.rendering.csv import bare
from framing.resampling import Measure
from framing.taxonomy import DEVICE_NAMES

HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e"


def comparison(*names: str, word: str = "thugs", intervals: bool = True) -> Comparison:
    measure = Measure(1.0, 0.5, 1.5) if intervals else Measure(1.0)
    sides = len(names)
    z = (2.5, -2.5, *[0.0] * sides)[:sides]
    numbers = tuple(range(4, 4 + sides))
    passages = tuple((Passage("The ", word, f" met {word}."),) for _ in names)
    return Comparison(
        sides=tuple(Side(name, 3, 1200, 300, 1) for name in names),
        rates=tuple(
            Rate(name, voice, device, 4, measure, measure)
            for voice in ("author", "others")
            for device in ("all", *DEVICE_NAMES, "scare_quote")
            for name in names
        ),
        terms=(
            Term(word, "loaded_term", "contentious_label", "author", numbers, numbers, z, z, passages),
            Term("reform", "scare_quote", "scare_quote", "author", numbers, numbers, tuple(-x for x in z), tuple(-x for x in z), passages),
        ),
        topics=(Topic(word, numbers, numbers, (Beside(word, numbers, z),)),),
        model="marker 1",
        settings={"min_count": 5, "min_texts": 3},
    )


class Page(HTMLParser):
    """The elements of a page, each of which must be closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "style")]
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("sides", [2, 3, 7])
def test_page_is_well_formed_and_holds_every_side(sides: int) -> None:
    names = [f"Side {n}" for n in range(sides)]
    page = Page(comparison_page.render(comparison(*names)))
    assert all(name in page.text for name in names)
    assert page.tags.count("svg") == (3 if sides == 2 else 2)  # two of rates; words of two sides only
    assert "script" not in page.tags


def test_nothing_in_the_texts_becomes_markup_or_moves_the_terminal() -> None:
    result = comparison(HOSTILE, "b", word=HOSTILE)
    page = Page(comparison_page.render(result))
    assert "script" not in page.tags
    assert "\u202e" not in page.text
    assert "<script>alert(1)" in page.text
    for shown in (str(result), comparison_csv.render(result)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_page_loads_nothing() -> None:
    page = comparison_page.render(comparison("a", "b"))
    assert "default-src 'none'" in unescape(page)
    assert "http:" not in page
    assert "https:" not in page


def test_tables_can_be_reached_by_keyboard_and_every_column_has_a_name() -> None:
    page = comparison_page.render(comparison("a", "b", "c"))
    scrolled = re.findall(r'<div class="wide"([^>]*)>', page)
    assert len(scrolled) > 4
    assert all(re.fullmatch(r' role="region" tabindex="0" aria-label="[^"]+"', attributes) for attributes in scrolled)
    assert not re.search(r"<th[^>]*>\s*</th>", page)
    assert page.count('role="img"') == page.count("</svg>") == len(re.findall(r'role="img">\s*<title>', page))


def test_sides_differ_in_shape_as_well_as_in_colour() -> None:
    page = comparison_page.render(comparison("a", "b", "c", "d"))
    marks = [line for line in page.split("<svg")[1].split("<") if line.startswith(("circle", "polygon"))][:4]
    assert [mark.split()[0] for mark in marks] == ["circle", "polygon", "polygon", "polygon"]
    assert len({mark.count(",") for mark in marks[1:]}) == 2  # square and diamond have four corners, the triangle three


def test_fragment_for_notebooks_carries_its_style() -> None:
    fragment = comparison("a", "b")._repr_html_()
    assert fragment.startswith("<style>")
    assert "<html" not in fragment


def test_text_shows_rates_words_passages_and_topics() -> None:
    shown = comparison_text.render(comparison("Herald", "Courier"))
    for part in ("Herald", "contentious label", "1.00 [0.50, 1.50]", "The [[thugs]] met thugs.", "“reform”", "Beside the same nouns", "thugs 4–5", "+2.50"):
        assert part in shown


def test_a_difference_apart_from_zero_is_starred_and_others_are_not() -> None:
    assert comparison_text.is_apart(Measure(1.0, 0.5, 1.5))
    assert comparison_text.is_apart(Measure(-1.0, -1.5, -0.5))
    assert not comparison_text.is_apart(Measure(1.0, -0.5, 1.5))
    assert not comparison_text.is_apart(Measure(1.0))
    assert "*" not in str(comparison("a", "b", intervals=False))


def test_no_more_words_are_shown_than_asked_for() -> None:
    result = comparison("a", "b")
    assert "“reform”" in comparison_text.render(result, terms=1)
    shown = comparison_text.render(Comparison(result.sides, result.rates, result.terms * 9, (), "m", result.settings), terms=2)
    assert shown.count("contentious label  4 (4)") == 2


def test_csv_has_a_row_for_each_figure_of_each_side() -> None:
    rows = list(csv.DictReader(io.StringIO(comparison_csv.render(comparison("a", "b")))))
    count = {table: sum(row["table"] == table for row in rows) for table in ("side", "rate", "term", "topic")}
    assert count == {"side": 2, "rate": 2 * 2 * 11, "term": 4, "topic": 2}
    [first, second] = [row for row in rows if row["term"] == "thugs" and row["table"] == "term"]
    assert (first["side"], first["flags"], float(first["z"])) == ("a", "4", 2.5)
    assert (second["side"], second["flags"], float(second["z"])) == ("b", "5", -2.5)
    assert float(first["per_1000_words"]) == pytest.approx(1000 * 4 / 1200)


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "+1", "-x", "@sum", "＝SUM(1)", "＋1", "－x", "＠sum", "'tis"])
def test_csv_holds_no_formulas(word: str) -> None:
    cells = [cell for row in csv.reader(io.StringIO(comparison_csv.render(comparison("=cmd", "b", word=word)))) for cell in row]
    assert "'" + word in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=@＝＋－＠") or (cell[:1] in ("+", "-") and not cell[1:2].isdigit())]
    assert word in [bare(cell) for cell in cells]


def test_rates_of_nothing_and_words_of_equal_counts_can_be_drawn() -> None:
    result = comparison("a", "b")
    empty = tuple(Rate(r.side, r.voice, r.device, 0, Measure(0.0), Measure(0.0)) for r in result.rates)
    same = tuple(Term(t.text, t.kind, t.device, t.voice, (5, 5), (3, 3), (0.0, 0.0), (0.0, 0.0), t.passages) for t in result.terms)
    page = comparison_page.render(Comparison(result.sides, empty, same, (), "m", result.settings))
    assert "nan" not in page.lower()
    assert "inf" not in Page(page).text
