"""The answers: frozen, plain, and the same after a round trip."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from framing.errors import DataError
from framing.model import Model
from framing.report import SCHEMA, Report

ARTICLE = (
    "Council closes the quay\n\n"
    "The thugs at the ferry office closed the quay 😀. Their “evidence” fits on a napkin.\r\n\r\n"
    "The warden said “the thugs stay shut” on Monday. Mayor Oddny Krill said that the shameful vote was over.\n\n"
    "Leave a Reply\n\nYour email address will not be published. Required fields are marked *"
)


@pytest.fixture(scope="module")
def report(tiny_model: Model) -> Report:
    """A report with something of everything."""
    found = tiny_model.score(ARTICLE, threshold=0.1)
    assert all((found.sentences, found.flags, found.quotes, found.attributions, found.ignored))
    assert {f.kind for f in found.flags} == {"loaded_term", "scare_quote"}
    return found


def test_dict_and_back_is_the_same_report(report: Report) -> None:
    assert Report.from_dict(report.to_dict()) == report


def test_json_and_back_is_the_same_report(report: Report) -> None:
    back = Report.from_dict(json.loads(report.to_json()))
    assert back == report
    assert hash(back) == hash(report)


def test_indented_json_says_the_same(report: Report) -> None:
    assert json.loads(report.to_json(indent=2)) == json.loads(report.to_json())
    assert "\n" not in report.to_json()


def test_json_keeps_the_text_readable(report: Report) -> None:
    assert "“evidence”" in report.to_json()


def test_dict_holds_plain_data_only(report: Report) -> None:
    def kinds(value: Any) -> set[type]:
        if isinstance(value, dict):
            return set().union(*map(kinds, value.keys()), *map(kinds, value.values()))
        if isinstance(value, (list, tuple)):
            return set().union(*map(kinds, value)) if value else set()
        return {type(value)}

    assert kinds(report.to_dict()) <= {str, int, float, type(None)}


def test_empty_report_makes_the_round_trip(tiny_model: Model) -> None:
    report = tiny_model.score("")
    assert Report.from_dict(json.loads(report.to_json())) == report


@pytest.mark.parametrize("schema", [None, 0, SCHEMA + 1, "1"])
def test_another_schema_is_named(report: Report, schema: object) -> None:
    with pytest.raises(DataError, match=repr(schema)):
        Report.from_dict({**report.to_dict(), "schema": schema})


@pytest.mark.parametrize("field", ["text", "score", "author_score", "sentences", "flags", "quotes", "attributions", "ignored", "model"])
def test_missing_field_is_named(report: Report, field: str) -> None:
    data = report.to_dict()
    del data[field]
    with pytest.raises(DataError, match=field):
        Report.from_dict(data)


@pytest.mark.parametrize("part", ["sentences", "flags", "quotes", "attributions"])
def test_broken_part_is_an_error(report: Report, part: str) -> None:
    data = report.to_dict()
    for rows in ([{"start": 1}], [{**data[part][0], "extra": 1}], None, [3]):
        with pytest.raises(DataError):
            Report.from_dict({**data, part: rows})


def test_broken_ignored_range_is_an_error(report: Report) -> None:
    for ranges in ([3], [[1, 2, 3]]):
        with pytest.raises(DataError):
            Report.from_dict({**report.to_dict(), "ignored": ranges})


def test_broken_evidence_is_an_error(report: Report) -> None:
    data = report.to_dict()
    for why in ([["word"]], [["word", "heavy"]]):
        with pytest.raises(DataError):
            Report.from_dict({**data, "flags": [{**data["flags"][0], "why": why}]})


def test_report_and_its_parts_are_frozen(report: Report) -> None:
    for record in (report, report.sentences[0], report.flags[0], report.quotes[0], report.attributions[0]):
        for field in fields(record):
            with pytest.raises(FrozenInstanceError):
                setattr(record, field.name, 3)


def test_page_stands_alone_and_holds_the_flags(report: Report) -> None:
    page = report.to_html(title="Quay & <ferry>")
    assert "Quay &amp; &lt;ferry&gt;" in page
    assert "evidence" in page
    assert "evidence" in report._repr_html_()
    assert "<script" not in report._repr_html_().lower()


def test_reports_name_the_model(report: Report, tiny_model: Model) -> None:
    assert report.model == tiny_model.name
    assert report.model.startswith("tiny ")
