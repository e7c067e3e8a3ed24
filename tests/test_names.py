"""Who is named moves no flag: people, parties, countries and outlets are exchanged, the flags stay."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from framing.errors import DataError
from framing.model import load_model
from framing.report import Flag, Report

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("a source distribution comes without benchmarks, which hold the measure", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))  # as when they are started as scripts

import fairness  # noqa: E402
from fairness import Movement, Row, carried, edits, exchanged, movement, movements  # noqa: E402

ROWS = fairness.read(Path(__file__).parent / "cases" / "names.json")
SHIPPED = Path(__file__).resolve().parents[1] / "models" / "framing.joblib"
KINDS = {"party", "politician", "country", "nationality", "religion", "outlet", "ethnic group", "city", "company", "side", "person"}


@pytest.fixture(scope="module")
def found() -> list[Movement]:
    """What the exchanges do to the shipped model's flags and scores."""
    if not SHIPPED.exists():
        pytest.skip("models/framing.joblib is not there: no shipped model to hold to this")
    return movements(load_model(SHIPPED), ROWS)


def flags(text: str, *words: str, device: str = "emotive", kind: str = "loaded_term") -> Report:
    """A report with `words` flagged."""
    return Report(text, 0.5, 0.5, flags=tuple(Flag(text.index(w), text.index(w) + len(w), w, kind, device, 0.9, "author", None, "") for w in words))


def moved(swap: list[tuple[str, str]], before: Report, after: Report) -> Movement:
    row = Row("city", before.text, tuple(swap))
    assert exchanged(before.text, edits(row)) == after.text
    return movement(row, before, after)


# ---------------------------------------------------------------- the sentences
def test_there_are_three_hundred_rows_and_each_changes_its_text() -> None:
    assert len(ROWS) == len({row.text for row in ROWS}) == 300
    for row in ROWS:
        assert exchanged(row.text, edits(row)) != row.text
        assert len(dict(row.swap)) == len(row.swap)
        assert {name for name, _ in row.swap} == {row.text[start:end] for start, end, _ in edits(row)}


def test_every_kind_of_name_is_exchanged_many_times() -> None:
    kinds = Counter(row.kind for row in ROWS)
    assert set(kinds) == KINDS
    assert min(n for kind, n in kinds.items() if kind != "person") >= 14


# ---------------------------------------------------------------- the shipped model
def test_exchanged_names_leave_99_of_100_flags_as_they_were(found: list[Movement]) -> None:
    whole = fairness.steadiness("all", found)
    assert whole.stay >= 0.99 * whole.flags, "\n".join(f"{'; '.join(m.moved)}\n  {m.text}\n  {m.other}" for m in found if m.moved)


def test_exchanged_names_hardly_move_the_score(found: list[Movement]) -> None:
    worst = sorted(found, key=lambda m: -abs(m.score))[:10]
    assert fairness.steadiness("all", found).mean_move < 0.02, "\n".join(f"{m.score:+.3f}\n  {m.text}\n  {m.other}" for m in worst)


def test_many_rows_have_flags_to_lose_and_many_have_none(found: list[Movement]) -> None:
    flagged = sum(m.flags > 0 for m in found)
    assert 75 <= flagged <= 225
    assert sum(m.flags for m in found) >= 100  # fewer, and one flag would decide


# ---------------------------------------------------------------- the measure
def test_names_are_exchanged_at_once() -> None:
    row = Row("person", "Ada met Bo, and Bo's dog met Adam.", (("Ada", "Bo"), ("Bo", "Ada")))
    assert exchanged(row.text, edits(row)) == "Bo met Ada, and Ada's dog met Adam."


def test_the_longest_name_is_exchanged_where_one_is_part_of_another() -> None:
    row = Row("outlet", "The Post and the Post Office.", (("Post", "Sun"), ("Post Office", "Mint")))
    assert exchanged(row.text, edits(row)) == "The Sun and the Mint."


def test_ranges_are_carried_over_longer_and_shorter_names() -> None:
    row = Row("city", "Ulm hit Nottingham hard.", (("Ulm", "Rotterdam"), ("Nottingham", "Bonn")))
    changes = edits(row)
    other = exchanged(row.text, changes)
    for word, there in (("Ulm", "Rotterdam"), ("hit", "hit"), ("Nottingham", "Bonn"), ("hard", "hard"), ("ham", "Bonn"), ("hit Notting", "hit Bonn")):
        start = row.text.index(word)
        first, last = carried(start, start + len(word), changes)
        assert other[first:last] == there


def test_flag_stays_when_its_place_and_device_do() -> None:
    one = moved([("Ulm", "Rotterdam")], flags("Ulm's vile toll.", "vile"), flags("Rotterdam's vile toll.", "vile"))
    assert (one.flags, one.moved) == (1, ())


def test_flag_on_part_of_a_name_may_stay_too() -> None:
    one = moved([("Red Army", "Blue Union")], flags("Red Army hit.", "Army"), flags("Blue Union hit.", "Union"))
    assert (one.flags, one.moved) == (1, ())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (flags("Ulm's vile toll.", "vile"), flags("Bonn's vile toll."), "“vile”: emotive -> no flag"),
        (flags("Ulm's vile toll."), flags("Bonn's vile toll.", "toll"), "“toll”: no flag -> emotive"),
        (flags("Ulm's vile toll.", "vile"), flags("Bonn's vile toll.", "vile", device="puffery"), "“vile”: emotive -> puffery"),
    ],
)
def test_flag_that_goes_comes_or_changes_its_device_has_moved(before: Report, after: Report, said: str) -> None:
    one = moved([("Ulm", "Bonn")], before, after)
    assert (one.flags, one.moved) == (1, (said,))


def test_same_word_flagged_in_another_place_has_moved() -> None:
    first = flags("Ulm's vile, vile toll.", "vile")
    second = flags("Bonn's vile, vile toll.", "vile toll")
    assert len(moved([("Ulm", "Bonn")], first, second).moved) == 2


def test_scare_quotes_are_no_terms() -> None:
    assert moved([("Ulm", "Bonn")], flags("Ulm's toll.", "toll", kind="scare_quote"), flags("Bonn's toll.")).flags == 0


# ---------------------------------------------------------------- the file
GOOD: dict[str, Any] = {"kind": "city", "text": "Ulm votes.", "swap": [["Ulm", "Bonn"]]}


@pytest.mark.parametrize(
    "row",
    [
        {"text": "Ulm votes.", "swap": [["Ulm", "Bonn"]]},
        {**GOOD, "swap": []},
        {**GOOD, "swap": [["Ulm"]]},
        {**GOOD, "swap": [["Ulm", 3]]},
        {**GOOD, "swap": [["Ul", "Bo"]]},
        {**GOOD, "text": 3},
        "Ulm",
    ],
)
def test_broken_row_is_named_by_its_number(tmp_path: Path, row: object) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps([GOOD, row]), encoding="utf-8")
    with pytest.raises(DataError, match="row 2"):
        fairness.read(path)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "3"])
def test_file_without_rows_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"names\.json"):
        fairness.read(path)
