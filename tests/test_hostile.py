"""Text that nobody wrote: huge, broken, nested.  No exception, sound offsets, and work that grows with the length.

Work is counted in bytecodes run inside framing (``sys.settrace``), not in seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import framing
from framing import tokens
from framing.document import read
from framing.furniture import is_furniture
from framing.model import Model
from framing.report import Report

MEGABYTE = 1_000_000
PACKAGE = str(Path(framing.__file__).resolve().parent)

HUGE = {
    "one letter": "a" * MEGABYTE,
    "one digit": "7" * MEGABYTE,
    "one combining mark": "e" + "\u0301" * MEGABYTE,
    "spaces": " " * MEGABYTE,
    "newlines": "\n" * MEGABYTE,
    "carriage returns and newlines": "\r\n" * (MEGABYTE // 2),
    "full stops": "." * MEGABYTE,
    "dashes": "-" * MEGABYTE,
    "hyphenated": "a-" * (MEGABYTE // 2),
    "dotted": "a." * (MEGABYTE // 2),
    "numbers": "1," * (MEGABYTE // 2),
    "apostrophes in a word": "a’" * (MEGABYTE // 2),
    "opening brackets": "(" * MEGABYTE,
    # One sentence or one pair for every few characters: as long an answer as the text, so shorter texts.
    "straight marks": '"' * (MEGABYTE // 4),
    "stops and spaces": ". " * (MEGABYTE // 10),
    "opening marks": "“" * (MEGABYTE // 5),
    "closing marks": "”" * (MEGABYTE // 5),
    "nested marks": "“‘" * (MEGABYTE // 20) + "’”" * (MEGABYTE // 20),
    "lone surrogates": "\ud800\udc00 \udfff" * (MEGABYTE // 20),
    "nulls": "\0" * (MEGABYTE // 5),
    "right to left": "\u202e\u05d0\u0301\u202c " * (MEGABYTE // 20),
    "astral": "😀𝔸" * (MEGABYTE // 100),
    "one loaded word": "thugs " * (MEGABYTE // 30),
    "furniture": "Share this:\n" * (MEGABYTE // 60),
}
UNITS = {
    "words": "the quay ",
    "sentences": "The quay closed. ",
    "stops": ". ",
    "brackets": "(",
    "straight marks": '"',
    "open marks": "“a ",
    "pairs": "the “late” boat ",
    "nested": "“a ‘b’ c” ",
    "apostrophes": "the boats’ ’tis ",
    "speech": "he said that she said ",
    "sources": "according to the warden, ",
    "terms": "thugs shameful ",
    "phrases": "critics say the ",
    "abbreviations": "Mr. A. B. U.S. ",
    "lines": "the quay\n",
    "furniture": "Share this:\n",
    "commas": "a, ",
    "names": "Krill ",
    "surrogates": "\ud800 ",
    "marks and stops": '." ',
}


def hold(report: Report) -> None:
    text = report.text
    for part in (*report.flags, *report.quotes):
        assert text[part.start : part.end] == part.text
    for part in (*report.sentences, *report.flags, *report.quotes, *report.attributions):
        assert 0 <= part.start < part.end <= len(text)
    assert 0.0 <= report.score <= 1.0
    assert 0.0 <= report.author_score <= 1.0


def steps(work: Callable[[], object], *, function: str | None = None) -> int:
    """How many bytecodes of framing `work` runs, in all or in the functions called `function`."""
    count = 0

    def inside(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "opcode"
        return inside

    def enter(frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE) or function not in (None, frame.f_code.co_name):
            return None
        frame.f_trace_opcodes = True
        return inside

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(work: Callable[[str], object], unit: str, length: int = 1500) -> float:
    """How many times as much work twice the text is; what is kept per word has been seen before."""
    once = unit * (length // len(unit))
    work(once * 2)
    return steps(lambda: work(once * 2)) / steps(lambda: work(once))


# ---------------------------------------------------------------- huge
@pytest.mark.parametrize("name", list(HUGE))
def test_huge_text_gives_a_sound_report(tiny_model: Model, name: str) -> None:
    report = tiny_model.score(HUGE[name])
    assert report.text is HUGE[name]
    hold(report)


def test_huge_text_of_blanks_is_empty(tiny_model: Model) -> None:
    for name in ("spaces", "newlines", "carriage returns and newlines"):
        assert tiny_model.score(HUGE[name]) == Report(HUGE[name], 0.0, 0.0, model=tiny_model.name)


def test_news_after_a_huge_word_is_still_read(tiny_model: Model) -> None:
    text = HUGE["one letter"] + ".\n\nThe thugs at the ferry office closed the quay."
    assert [f.text for f in tiny_model.score(text).flags] == ["thugs"]


# ---------------------------------------------------------------- odd
@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "“\udfff”",
        "\0",
        "The thugs\0 left.",
        "\u202eThe thugs left.\u202c",
        "t\u0301h\u0301ugs",
        "‘“'\"’”",
        "”“",
        "“”",
        "''",
        "``''",
        "(",
        ".",
        "’s",
        "-",
        "\ufeff",
        "😀",
        "“😀”",
        "\u2028",
        "\x1c\x1d\x1e",
        "ﬁne İstanbul ẞ ŉ",
    ],
    ids=ascii,
)
def test_odd_text_gives_a_sound_report(tiny_model: Model, text: str) -> None:
    for whole in (text, f"The {text} thugs said “{text} left”.", text + "\n\n" + text):
        for threshold in (None, 0.01, 1.0):
            hold(tiny_model.score(whole, threshold=threshold))


def test_odd_report_becomes_a_page_and_json(tiny_model: Model) -> None:
    report = tiny_model.score("The thugs\0 said “\u202e<b>😀”.", threshold=0.01)
    assert "<b>😀" not in report.to_html()
    assert report.to_json()


# ---------------------------------------------------------------- work grows with the length
@pytest.mark.parametrize("unit", list(UNITS))
def test_twice_the_text_is_twice_the_work(tiny_model: Model, unit: str) -> None:
    # at threshold 1 nothing is flagged, whatever the tiny model makes of such text
    assert growth(lambda text: tiny_model.score(text, threshold=1.0), UNITS[unit]) < 2.3


FLAGGED = "The “reform” emptied three village schools. The thugs at the ferry office closed the quay. "


def test_twice_the_flags_are_twice_the_work(tiny_model: Model) -> None:
    one, two = (tiny_model.score(FLAGGED * n, threshold=0.1) for n in (1, 20))
    assert {f.kind for f in one.flags} == {"scare_quote", "loaded_term"}
    assert len(two.flags) == 20 * len(one.flags)
    assert growth(lambda text: tiny_model.score(text, threshold=0.1), FLAGGED) < 2.3


def test_terms_are_not_compared_with_every_scare_quote(tiny_model: Model) -> None:
    def comparisons(n: int) -> int:
        # 1 more, so that there is something to divide by when none is made
        return 1 + steps(lambda: list(tiny_model.score_many([FLAGGED * n], threshold=0.1)), function="<genexpr>")

    comparisons(40)
    assert comparisons(40) / comparisons(20) < 2.3


@pytest.mark.parametrize("unit", ["!", "?!", '."', "!”", "…"])
def test_stops_without_spaces_are_read_once(unit: str) -> None:
    assert growth(read, unit, 200) < 2.3


def test_row_of_bars_is_looked_at_once() -> None:
    assert not is_furniture("Home" + "|" * 200 + ".")


@pytest.mark.parametrize("name", sorted(HUGE))
def test_nltk_is_given_little_at_a_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 3.10 on nltk stops a match after five seconds of the clock; a huge text, or a busy machine, needs longer."""
    given: list[int] = []
    whole = tokens._tokenizer().tokenize
    monkeypatch.setattr(tokens, "_tokenizer", lambda: SimpleNamespace(tokenize=lambda text: given.append(len(text)) or whole(text)))
    document = read(HUGE[name])
    assert document.text == HUGE[name]
    assert max(given) <= tokens.PORTION
    assert sum(given) == len(HUGE[name])


@given(st.text(st.sampled_from("ab.’- \n\t\x1c1"), max_size=60), st.integers(1, 20))
def test_text_cut_in_portions_has_the_same_tokens(text: str, size: int) -> None:
    whole = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "PORTION", size)
        portions = list(tokens._portions(text))
        parts = read(text)
    assert "".join(portions) == text
    if all(not a or not b or b[0].isspace() for a, b in pairwise(portions)):  # elsewhere a word longer than a portion was cut
        assert parts.tokens == whole.tokens
        assert parts.starts.tolist() == whole.starts.tolist()
