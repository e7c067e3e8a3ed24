"""Model files survive upgrades: every file in ``tests/models`` loads without a warning and gives the chances it gave when it was made.

A new format adds a file and keeps the old ones.  ``format-N.json`` holds what the model said on the day; it is never made again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framing import persistence
from framing.model import load_model

MODELS = Path(__file__).resolve().parent / "models"


def test_there_is_a_file_of_every_format() -> None:
    assert [p.name for p in sorted(MODELS.glob("*.joblib"))] == [f"format-{n}.joblib" for n in range(1, persistence.FORMAT + 1)]


@pytest.mark.parametrize("name", sorted(p.stem for p in MODELS.glob("*.joblib")))
def test_old_files_load_and_give_their_chances(name: str) -> None:
    model = load_model(MODELS / f"{name}.joblib")
    rows = json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8"))
    assert sum(len(row["flags"]) for row in rows) > 4
    for row in rows:
        report = model.score(row["text"], threshold=0.1)
        assert (report.score, report.author_score) == pytest.approx((row["score"], row["author_score"]), abs=1e-6)
        assert [[f.start, f.end] for f in report.flags] == [flag[:2] for flag in row["flags"]]
        assert [f.probability for f in report.flags] == pytest.approx([flag[2] for flag in row["flags"]], abs=1e-6)
        assert [[q.start, q.end, q.use] for q in report.quotes] == [quote[:3] for quote in row["quotes"]]
        assert [q.probability for q in report.quotes] == pytest.approx([quote[3] for quote in row["quotes"]], abs=1e-6)
