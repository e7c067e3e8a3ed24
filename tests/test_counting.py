"""One count of words, whoever makes a rate of it."""

from __future__ import annotations

import re

import pytest

from framing.comparison import compare
from framing.counting import count_words, word_starts
from framing.model import Model
from framing.rendering import html, terminal
from framing.vectorizer import FramingVectorizer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The regime’s co-op left the U.N. in 1998.", 7),
        ("“So-called” – the word—twice", 4),
        ("12,000 3.5 % & _ ''", 0),
        ("COVID-19 hit the 3rd ward", 5),
        ("café, cafe\u0301 and ca\u00adfé", 4),
        ("naïve привет", 2),
        ("- ' ’ .", 0),
    ],
)
def test_words_are_what_begins_with_a_letter(text: str, words: int) -> None:
    assert count_words(text) == words


def test_page_furniture_has_no_words() -> None:
    assert count_words("A vote.\nLeave a Reply\nIt ended.\nMenu", ((8, 21), (32, 36))) == 4


@pytest.mark.parametrize("ignored", [((2, 6), (4, 11)), ((4, 11), (2, 6)), ((2, 11), (4, 6)), ((2, 11), (11, 11))])
def test_ranges_that_touch_or_overlap_are_left_out_once(ignored: tuple[tuple[int, int], ...]) -> None:
    assert word_starts("A vote went on. It ended.", ignored) == [0, 12, 16, 19]
    assert count_words("A vote went on. It ended.", ignored) == 4


# 10 words and one flag; a year, and a line of page furniture with words of its own.
ARTICLE = "The thugs closed the regime’s co-op quay in May 1998 again.\n\nLeave a Reply\n\nYour email address will not be published."


def test_terminal_page_columns_tables_and_comparisons_divide_by_the_same_words(tiny_model: Model) -> None:
    report = tiny_model.score(ARTICLE)
    assert report.ignored
    words = count_words(ARTICLE, report.ignored)
    assert words == 10
    rate = 1000 * len(report.flags) / words
    assert rate > 0
    assert f" {rate:.1f} per 1,000 words" in terminal.render(report)
    assert float(re.findall(r"<dt>per 1,000 words</dt><dd>([\d.]+)</dd>", html.page(report, title="x"))[0]) == pytest.approx(rate, abs=0.05)
    columns = dict(zip(FramingVectorizer().get_feature_names_out(), FramingVectorizer(model=tiny_model).transform([ARTICLE])[0], strict=True))
    assert columns["author_flags_per_1000_words"] + columns["others_flags_per_1000_words"] == pytest.approx(rate)
    result = compare({"a": [ARTICLE], "b": ["The clerk left."]}, model=tiny_model, resamples=5)
    assert [side.words for side in result.sides] == [words, 3]


def test_data_frames_divide_by_the_same_words(tiny_model: Model) -> None:
    pytest.importorskip("pandas")
    from framing.tables import frame

    assert frame([ARTICLE], model=tiny_model)["words"].tolist() == [10]
