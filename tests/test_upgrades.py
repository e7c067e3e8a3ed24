"""Model files survive upgrades: every file in ``tests/models`` loads without a warning and gives the chances it gave when it was made.

A new format, or a new version of the features, adds ``NAME.joblib`` and keeps the old ones.  ``NAME.json`` holds what the model said on
the day.  A file whose features are no longer computed has to be refused with the two versions and what to do.  ``.ci/matrix`` runs
this under the oldest and the newest libraries; it needs pytest and framing's own dependencies, and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from framing import features, persistence
from framing.errors import ModelError
from framing.model import Model, load_model

MODELS = Path(__file__).resolve().parent / "models"
FILES = sorted(MODELS.glob("*.joblib"))
CURRENT = [path for path in FILES if persistence.load(path)["features"] == features.VERSION]


def opened(path: Path) -> Model:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_model(path)


def test_there_is_a_file_of_every_format_and_one_that_scores() -> None:
    assert {persistence.load(path)["format"] for path in FILES} == set(range(1, persistence.FORMAT + 1))
    assert CURRENT
    assert [path.stem for path in FILES] == sorted(path.stem for path in MODELS.glob("*.json"))


@pytest.mark.parametrize("path", CURRENT, ids=lambda path: path.stem)
def test_old_files_load_and_give_their_chances(path: Path) -> None:
    model = opened(path)
    rows = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert sum(len(row["flags"]) for row in rows) > 4
    for row in rows:
        report = model.score(row["text"], threshold=0.1)
        assert (report.score, report.author_score) == pytest.approx((row["score"], row["author_score"]), abs=1e-6)
        assert [[f.start, f.end] for f in report.flags] == [flag[:2] for flag in row["flags"]]
        assert [f.probability for f in report.flags] == pytest.approx([flag[2] for flag in row["flags"]], abs=1e-6)
        assert [[q.start, q.end, q.use] for q in report.quotes] == [quote[:3] for quote in row["quotes"]]
        assert [q.probability for q in report.quotes] == pytest.approx([quote[3] for quote in row["quotes"]], abs=1e-6)


@pytest.mark.parametrize("path", CURRENT, ids=lambda path: path.stem)
def test_estimators_rebuilt_from_old_files_give_their_chances(path: Path) -> None:
    model = opened(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for head in model.heads.values():
            estimator = head.estimator
            width = estimator.coef_.shape[1]
            chances = estimator.predict_proba([[0.0] * width, [1.0] * width])
            assert chances.shape == (2, len(estimator.classes_))
            assert chances.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_files_of_older_features_are_refused_with_both_versions(tmp_path: Path) -> None:
    payload = persistence.load(CURRENT[0])
    persistence.save({**payload, "features": features.VERSION - 1}, tmp_path / "old.joblib")
    for path in [tmp_path / "old.joblib", *(p for p in FILES if p not in CURRENT)]:
        with pytest.raises(ModelError, match=rf"features version \d+, this framing computes {features.VERSION}; retrain"):
            opened(path)


def test_files_of_newer_features_say_which_version_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = persistence.load(CURRENT[0])
    monkeypatch.setattr(persistence, "__version__", "7.2")
    persistence.save({**payload, "features": features.VERSION + 1}, tmp_path / "new.joblib")
    monkeypatch.undo()
    with pytest.raises(ModelError, match=rf"features version {features.VERSION + 1}, this framing .* computes {features.VERSION}; framing 7\.2 wrote it"):
        opened(tmp_path / "new.joblib")


def test_loading_warns_of_nothing_in_a_fresh_process() -> None:
    code = "import sys, framing\nframing.load(sys.argv[1]).score('The thugs at the ferry office closed the quay.')"
    command = [sys.executable, "-W", "error", "-c", code, str(CURRENT[0])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
