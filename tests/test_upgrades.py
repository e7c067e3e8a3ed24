"""Model files survive upgrades: every file in ``tests/models`` is read, however old.

A new format, or a new version of the features, adds ``NAME.joblib`` and keeps the old ones.  Those of today's features load without a warning
and give the chances that ``NAME.json`` says they gave on the day.  Those of older features load with a warning that says so, and score soundly;
those of version 1, which was never released, cannot be computed any more, and are refused with the versions.
``.ci/matrix`` runs this under the oldest and the newest libraries; it needs pytest and framing's own dependencies, and nothing else.
"""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from fuzz.texts import alike, hold

import framing
from framing import features, persistence
from framing.errors import ModelError, ModelWarning
from framing.model import OLDEST_FEATURES, Model, load_model

MODELS = Path(__file__).resolve().parent / "models"
FILES = sorted(MODELS.glob("*.joblib"))
CURRENT = [path for path in FILES if persistence.load(path)["features"] == features.VERSION]
OLDER = [path for path in FILES if OLDEST_FEATURES <= persistence.load(path)["features"] < features.VERSION]
REFUSED = [path for path in FILES if path not in CURRENT + OLDER]
TEXTS = [row["text"] for path in sorted(MODELS.glob("*.json")) for row in json.loads(path.read_text(encoding="utf-8"))]
TEXTS += ["", "Critics say the “reform” of Oddny Krill, who boasted that it was “brutal”, is a flood of shameful thugs.\n\nLeave a Reply"]


def opened(path: Path) -> Model:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_model(path)


def test_there_is_a_file_of_every_format_and_of_all_features() -> None:
    assert {persistence.load(path)["format"] for path in FILES} == set(range(1, persistence.FORMAT + 1))
    assert {persistence.load(path)["features"] for path in FILES} == set(range(1, features.VERSION + 1))
    assert [path.stem for path in CURRENT] == sorted(path.stem for path in MODELS.glob("*.json"))


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


@pytest.mark.parametrize("path", CURRENT + OLDER, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::framing.errors.ModelWarning")
def test_estimators_rebuilt_from_old_files_give_chances(path: Path) -> None:
    model = load_model(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for head in model.heads.values():
            estimator = head.estimator
            width = estimator.coef_.shape[1]
            chances = estimator.predict_proba([[0.0] * width, [1.0] * width])
            assert chances.shape == (2, len(estimator.classes_))
            assert chances.sum(axis=1) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.stem)
def test_files_of_older_features_score_with_a_warning_that_names_both_versions(path: Path) -> None:
    made = persistence.load(path)["features"]
    wanted = rf"{path.name}: made with features version {made}; .* by version {features.VERSION}, so chances may differ .* framing train DATA -o MODEL"
    with pytest.warns(ModelWarning, match=wanted) as told:
        model = framing.load(path)
    assert [Path(warning.filename) for warning in told] == [Path(__file__)]  # that is where somebody can do something about it
    for threshold in (0.01, 0.3):
        reports = list(model.score_many(TEXTS, threshold=threshold))
        for report, text in zip(reports, TEXTS, strict=True):
            hold(report, text)
            alike(report, model.score(text, threshold=threshold), threshold=threshold)
            assert framing.Report.from_dict(report.to_dict()) == report
    assert model.score(TEXTS[0], threshold=0.2).flags  # what it has learnt is not lost


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::framing.errors.ModelWarning")
def test_older_files_stay_older_when_written_again(path: Path, tmp_path: Path) -> None:
    model = load_model(path)
    model.save(tmp_path / "again.joblib")
    with pytest.warns(ModelWarning, match=f"features version {model.features_version};"):
        again = load_model(tmp_path / "again.joblib")
    assert list(again.score_many(TEXTS)) == list(model.score_many(TEXTS))


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_files_of_features_before_the_oldest_are_refused_with_all_versions(path: Path) -> None:
    with pytest.raises(ModelError, match=rf"features version \d, this framing reads {OLDEST_FEATURES} to {features.VERSION}; retrain"):
        opened(path)


def test_copies_and_workers_of_an_older_model_do_not_warn_again() -> None:
    with pytest.warns(ModelWarning):
        model = load_model(OLDER[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        copies = [copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    assert {one.features_version for one in copies} == {model.features_version}


@pytest.mark.filterwarnings("ignore::framing.errors.ModelWarning")
def test_a_model_of_older_features_is_no_base() -> None:
    examples = [framing.Example("The thugs left.", spans=[framing.LabeledSpan(4, 9)]), framing.Example("The staff left.", spans=[])]
    with pytest.raises(ModelError, match=rf"made with features version \d, this framing trains with {features.VERSION}; take the shipped base"):
        framing.train(examples, base=OLDER[0])


def test_the_command_tells_of_an_older_model_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The thugs at the ferry office closed the quay.", encoding="utf-8")
    command = [sys.executable, "-m", "framing", "score", "a.txt", "--format", "jsonl", "--exit-zero", "--model", str(OLDER[0])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("warning: ")] == done.stderr.splitlines()
    assert "made with features version" in done.stderr


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
