"""Lists of reports in a notebook: tables when asked for, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from framing.rendering.html import BEGINNING, LISTED
from framing.report import Flag, Report, Sentence

HOSTILE = Report(text="<script>alert(1)</script>\nThe thugs met.", score=0.5, author_score=0.25, sentences=(Sentence(0, 40, 0.5, 0.25),))
THUGS = Flag(30, 35, "thugs", "loaded_term", "contentious_label", 0.9, "author", None, "“thugs” takes a side.")


def shown(shell: Any, value: object) -> dict[str, str]:
    found, _ = shell.display_formatter.format(value)
    return dict(found)


@pytest.fixture
def loaded(shell: Any) -> Any:
    shell.run_cell("%load_ext framing").raise_error()
    return shell


def test_a_list_of_reports_is_a_table_with_a_row_each(loaded: Any) -> None:
    reports = [HOSTILE, Report(text="The quay closed. " * 20, score=0.0, author_score=0.0, flags=(THUGS,))]
    table = shown(loaded, reports)["text/html"]
    assert table.count("<tr><td>") == 2
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt; The thugs met.</td><td>0.50</td><td>0.25</td><td>1</td><td>0</td>" in table
    assert ("The quay closed. " * 20)[: BEGINNING - 1] + "…</td>" in table
    assert "<script" not in table
    assert "more not shown" not in table


def test_a_long_list_says_how_many_are_left_out(loaded: Any) -> None:
    table = shown(loaded, [HOSTILE] * (LISTED + 3))["text/html"]
    assert table.count("<tr><td>") == LISTED
    assert "3 more not shown" in table


@pytest.mark.parametrize("value", [[], [1, 2], [HOSTILE, None], (HOSTILE,), "text"])
def test_anything_else_looks_as_before(shell: Any, value: object) -> None:
    before = shown(shell, value)
    shell.run_cell("%load_ext framing").raise_error()
    assert shown(shell, value) == before
    assert "text/html" not in before


def test_what_was_shown_for_lists_before_is_kept_and_comes_back(shell: Any) -> None:
    html = shell.display_formatter.formatters["text/html"]
    html.for_type(list, lambda values: f"<p>{len(values)}</p>")
    shell.run_cell("%load_ext framing").raise_error()
    assert shown(shell, [1, 2])["text/html"] == "<p>2</p>"
    assert "<table" in shown(shell, [HOSTILE])["text/html"]
    shell.run_cell("%unload_ext framing").raise_error()
    assert shown(shell, [HOSTILE])["text/html"] == "<p>1</p>"


def test_unloading_leaves_pythons_own_list(loaded: Any) -> None:
    loaded.run_cell("%reload_ext framing").raise_error()
    assert "<table" in shown(loaded, [HOSTILE])["text/html"]
    loaded.run_cell("%unload_ext framing").raise_error()
    assert list(shown(loaded, [HOSTILE])) == ["text/plain"]
