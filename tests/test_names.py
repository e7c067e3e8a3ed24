"""Who is named moves no flag: people, parties, countries and outlets are exchanged, the flags stay."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framing.model import Model, load_model

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "names.json").read_text(encoding="utf-8"))
SHIPPED = Path(__file__).resolve().parents[1] / "models" / "framing.joblib"


@pytest.fixture(scope="module")
def shipped() -> Model:
    if not SHIPPED.exists():
        pytest.skip("models/framing.joblib is not there: no shipped model to hold to this")
    return load_model(SHIPPED)


def exchanged(text: str, swap: list[list[str]]) -> str:
    """`text` with all names replaced at once, so that A for B and B for A may stand in one list."""
    to = dict(map(tuple, swap))
    names = "|".join(re.escape(name) for name in sorted(to, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: to[found.group()], text)


def terms(model: Model, text: str) -> list[str]:
    return [f.text for f in model.score(text).flags if f.kind == "loaded_term"]


def test_there_are_sixty_rows_and_each_changes_its_text() -> None:
    assert len(ROWS) == 60
    assert len({row["text"] for row in ROWS}) == 60
    for row in ROWS:
        assert set(row) == {"text", "swap"}
        assert exchanged(row["text"], row["swap"]) != row["text"]
        for name, _ in row["swap"]:
            assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row["text"]), f"{name!r} does not stand in {row['text']!r}"


def test_names_are_exchanged_at_once() -> None:
    assert exchanged("Ada met Bo, and Bo's dog met Adam.", [["Ada", "Bo"], ["Bo", "Ada"]]) == "Bo met Ada, and Ada's dog met Adam."


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_exchanged_names_move_no_flag(shipped: Model, row: dict[str, Any]) -> None:
    text = exchanged(row["text"], row["swap"])
    assert terms(shipped, text) == [exchanged(term, row["swap"]) for term in terms(shipped, row["text"])]


def test_some_rows_have_flags_to_lose(shipped: Model) -> None:
    assert sum(bool(terms(shipped, row["text"])) for row in ROWS) >= 10


def test_exchanged_names_hardly_move_the_score(shipped: Model) -> None:
    moved = [abs(shipped.score(row["text"]).score - shipped.score(exchanged(row["text"], row["swap"])).score) for row in ROWS]
    assert np.mean(moved) < 0.02
