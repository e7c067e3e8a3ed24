"""``check-data``: all problems at once, with their places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framing.checking import Findings, check
from framing.corpus import Example, jsonl
from framing.errors import DataError

TEXT = "The brutal plan, she wrote, was “a long mistake” of the weir’s board."


def checked(tmp_path: Path, *rows: dict[str, Any] | str) -> Findings:
    """Findings on a file with these lines."""
    path = tmp_path / "data.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return check([path])


def where(words: str) -> dict[str, int]:
    return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}


def messages(findings: Findings) -> list[str]:
    return [f"{Path(p.where).name}: {p.message}" for p in findings.problems]


def test_good_rows_have_no_problems(tmp_path: Path, examples: list[Example]) -> None:
    path = tmp_path / "good.jsonl"
    jsonl.write(examples, path)
    findings = check([path])
    assert findings.errors == ()
    assert (findings.examples, findings.groups) == (60, 36)


def test_all_problems_are_reported_at_once_with_file_and_line(tmp_path: Path) -> None:
    findings = checked(
        tmp_path,
        "{broken",
        {"text": TEXT, "label": 0, "group": "a"},
        {"text": "Short.", "spans": [{"start": 2, "end": 99}], "group": "b"},
        {"text": "Other.", "spans": [{"start": 0, "end": 5, "device": "sneer"}], "group": "c"},
        {"text": "Third.", "quotes": [{"start": 0, "end": 5, "use": "irony"}], "group": "d"},
        {"text": "Fourth.", "colour": "red", "group": "e"},
        {"label": 1},
        {"text": "Fifth.", "label": 7},
        {"text": "Sixth.", "spans": [{"start": 3, "end": 3}]},
    )
    shown = messages(findings)
    parts = {1: "broken JSON", 3: "outside the text", 4: "'sneer'", 5: "'irony'", 6: "'colour'", 7: "no text", 8: "label 7", 9: "empty"}
    for line, part in parts.items():
        assert any(m.startswith(f"data.jsonl:{line}: ") and part in m for m in shown), (line, part, shown)
    assert not any(m.startswith("data.jsonl:2:") for m in shown)


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"text": "ok", "label": 0}\n{"text": "caf\xe9"}\n')
    assert messages(check([path])) == ["data.jsonl:2: not UTF-8 at byte 13; save the file as UTF-8"]


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"start": 3, "end": 10}, "white space"),
        ({"start": 4, "end": 11}, "white space"),
        ({"start": 5, "end": 10}, "begins inside a word"),
        ({"start": 4, "end": 9}, "ends inside a word"),
    ],
)
def test_spans_end_where_words_end(tmp_path: Path, span: dict[str, int], message: str) -> None:
    found = messages(checked(tmp_path, {"text": TEXT, "spans": [span]}))
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize("words", ["brutal", "weir", "long mistake", "The brutal plan,"])
def test_apostrophes_and_punctuation_part_words(tmp_path: Path, words: str) -> None:
    assert messages(checked(tmp_path, {"text": TEXT, "spans": [where(words)]})) == []


def test_quotes_must_lie_just_inside_a_pair_of_marks(tmp_path: Path) -> None:
    assert messages(checked(tmp_path, {"text": TEXT, "quotes": [where("a long mistake") | {"use": "quotation"}]})) == []
    for words in ("“a long mistake”", "long mistake", "brutal"):
        assert "pair of marks" in messages(checked(tmp_path, {"text": TEXT, "quotes": [where(words) | {"use": "quotation"}]}))[0]


def test_sources_and_attributions_end_where_words_end(tmp_path: Path) -> None:
    row = {"text": TEXT, "attributions": [{"start": 0, "end": 15, "mode": "reported", "source": [18, 20]}]}
    assert messages(checked(tmp_path, row)) == ["data.jsonl:1: source 18–20 'he' begins inside a word"]


def test_the_same_span_twice_is_a_problem(tmp_path: Path) -> None:
    assert "listed 2 times" in messages(checked(tmp_path, {"text": TEXT, "spans": [where("brutal"), where("brutal")]}))[0]


def test_duplicate_texts_and_ids_name_the_first(tmp_path: Path) -> None:
    findings = checked(tmp_path, {"id": "a", "text": "Rain fell.", "group": "a"}, {"id": "a", "text": "Rain  fell.", "group": "a"})
    assert [p.message.replace(str(tmp_path), "") for p in findings.errors] == ["id 'a' is already at /data.jsonl:1", "the same text as /data.jsonl:1"]


LONG = "The council of the river town met on Monday to vote on the price of water for the coming dry year"


def test_near_duplicates_in_other_groups_are_warned_of(tmp_path: Path) -> None:
    rows = [{"text": LONG + ".", "group": "a"}, {"text": LONG.replace("Monday", "Friday") + ", it said.", "group": "b"}]
    findings = checked(tmp_path, *rows)
    assert findings.errors == ()
    assert len(findings.warnings) == 1
    assert "near-duplicate" in findings.warnings[0].message
    assert findings.warnings[0].where.endswith(":2")


def test_near_duplicates_within_a_group_and_small_overlaps_are_fine(tmp_path: Path) -> None:
    assert checked(tmp_path, {"text": LONG + ".", "group": "a"}, {"text": LONG + ", it said.", "group": "a"}).problems == ()
    other = "In Aarfoss the council of the river town has eleven seats, of which four are held by two rival lists of farmers."
    assert checked(tmp_path, {"text": LONG + ".", "group": "a"}, {"text": other, "group": "b"}).problems == ()


def test_loaded_groups_without_a_neutral_twin_are_warned_of_once(tmp_path: Path) -> None:
    rows = [
        {"text": "Thugs ran.", "label": 1, "group": "a"},
        {"text": "Cronies ran.", "label": 1, "group": "a"},
        {"text": "Crooks ran.", "label": 1, "group": "b"},
        {"text": "Men ran.", "label": 0, "group": "b"},
        {"text": "Brutes ran.", "label": 1},
        {"text": "Staff ran.", "label": 0},
    ]
    findings = checked(tmp_path, *rows)
    assert [(p.where[-1], p.severity) for p in findings.problems] == [("1", "warning"), ("5", "warning")]
    assert findings.tables["labels in a group"] == {
        "loaded": {"groups": 1},
        "loaded + loaded": {"groups": 1},
        "loaded + neutral": {"groups": 1},
        "neutral": {"groups": 1},
    }


def test_counts_by_topic_device_use_and_mode(tmp_path: Path) -> None:
    row = {
        "text": TEXT,
        "label": 1,
        "topic": "water",
        "group": "g",
        "spans": [where("brutal") | {"device": "emotive"}],
        "quotes": [where("a long mistake") | {"use": "quotation"}],
        "attributions": [where("a long mistake") | {"mode": "quoted"}],
    }
    findings = checked(tmp_path, row, {"text": "Dry year.", "label": 0, "group": "g", "topic": "water"})
    assert findings.tables["topic"]["water"] == {"loaded": 1, "neutral": 1, "all": 2}
    assert findings.tables["device"]["emotive"]["loaded"] == 1
    assert findings.tables["quote use"]["quotation"]["all"] == 1
    assert findings.tables["attribution mode"]["quoted"]["all"] == 1
    assert "2 examples in 1 groups: 0 errors, 0 warnings" in str(findings)
    assert json.loads(json.dumps(findings.to_dict()))["groups"] == 1


def test_other_formats_are_checked_up_to_their_first_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("text;label_bias;biased_words\nRain fell.;Biased;['Rain']\nSun shone.;Perhaps;[]\n", encoding="utf-8")
    findings = check([path])
    assert findings.examples == 1
    assert [p for p in findings.errors if p.where.endswith("labels.csv:3")]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        check([tmp_path / "nowhere"])
