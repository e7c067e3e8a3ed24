"""The module-level verbs: order, laziness, batches, workers, and which model is meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import framing
from framing import model as model_module
from framing import scoring
from framing.errors import FramingError, ModelError
from framing.model import Model
from framing.report import Report

TEXTS = [
    "The thugs at the ferry office closed the quay.",
    "",
    "Their “evidence” fits on a napkin.\n\nThe staff at the ferry office closed the quay.",
    "The warden said that the shameful vote was over. 😀",
    "Share this:\n\nLeave a Reply",
    "Critics say the well is too shallow, and the thugs boasted.",
    "The debt of the library rose by a tenth.",
]


@pytest.fixture
def fresh_cache() -> Iterator[None]:
    """No model is remembered before or after."""
    scoring._cached.cache_clear()
    yield
    scoring._cached.cache_clear()


def rounded(report: Report) -> Report:
    """The report with chances to five digits: the last bits may hang on what is summed beside it."""

    def cut(record: Any, *names: str) -> Any:
        return replace(record, **{name: round(getattr(record, name), 5) for name in names})

    return replace(
        cut(report, "score", "author_score"),
        sentences=tuple(cut(s, "score", "author_score") for s in report.sentences),
        flags=tuple(replace(cut(f, "probability"), why=tuple((name, round(weight, 4)) for name, weight in f.why)) for f in report.flags),
        quotes=tuple(cut(q, "probability") for q in report.quotes),
    )


# ---------------------------------------------------------------- one text
def test_score_is_the_models(tiny_model: Model, tiny_file: str) -> None:
    expected = tiny_model.score(TEXTS[0])
    assert scoring.score(TEXTS[0], model=tiny_model) == expected
    assert scoring.score(TEXTS[0], model=tiny_file) == expected
    assert framing.score(TEXTS[0], model=Path(tiny_file)) == expected


def test_threshold_is_passed_on(tiny_model: Model) -> None:
    assert scoring.score(TEXTS[0], model=tiny_model, threshold=1.0).flags == ()
    assert [f.text for f in scoring.score(TEXTS[0], model=tiny_model, threshold=0.2).flags] == ["thugs"]
    assert "thugs" in [f.text for f in scoring.score(TEXTS[0], model=tiny_model, threshold=0.05).flags]
    assert all(not r.flags for r in scoring.score_many(TEXTS, model=tiny_model, threshold=1.0))


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_threshold_beyond_zero_and_one_is_refused(tiny_model: Model, threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        scoring.score(TEXTS[0], model=tiny_model, threshold=threshold)
    with pytest.raises(ValueError, match="threshold"):
        list(scoring.score_many(TEXTS, model=tiny_model, threshold=threshold))


@pytest.mark.parametrize("wrong", [b"The thugs left.", None, 3])
def test_only_str_is_scored(tiny_model: Model, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"framing scores str, not {type(wrong).__name__}; decode bytes first"):
        scoring.score(wrong, model=tiny_model)
    for n_jobs in (1, 2):
        with pytest.raises(TypeError, match=f"framing scores str, not {type(wrong).__name__}"):
            list(scoring.score_many([wrong], model=tiny_model, n_jobs=n_jobs))


@pytest.mark.parametrize("wrong", ["The thugs left.", b"The thugs left."])
def test_one_text_is_not_many(tiny_model: Model, wrong: Any) -> None:
    with pytest.raises(TypeError, match="iterable of texts; for one text call score"):
        scoring.score_many(wrong, model=tiny_model)


# ---------------------------------------------------------------- many texts
def test_reports_come_in_the_order_of_the_texts(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "BATCH", 60)
    assert [r.text for r in scoring.score_many(TEXTS * 3, model=tiny_model)] == TEXTS * 3


def test_no_texts_give_no_reports(tiny_model: Model) -> None:
    assert list(scoring.score_many([], model=tiny_model)) == []


@pytest.mark.parametrize("size", [1, 50, 120, 1 << 18])
def test_batches_of_any_size_give_the_same_answers(tiny_model: Model, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    alone = [rounded(tiny_model.score(t, threshold=0.1)) for t in TEXTS]
    monkeypatch.setattr(model_module, "BATCH", size)
    assert [rounded(r) for r in scoring.score_many(TEXTS, model=tiny_model, threshold=0.1)] == alone


def test_texts_are_read_as_reports_are_taken(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "BATCH", 2 * len(TEXTS[0]))
    read: list[int] = []

    def texts() -> Iterator[str]:
        for i in range(1_000_000):
            read.append(i)
            yield TEXTS[0]

    reports = scoring.score_many(texts(), model=tiny_model)
    assert read == []
    for expected in (2, 2, 4, 4, 6):
        next(reports)
        assert len(read) == expected


def test_portions_for_workers_are_cut_as_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 5)
    read: list[str] = []
    portions = scoring._portions(read.append(t) or t for t in ["abc", "def", "ghijkl", "", "m"])  # type: ignore[func-returns-value]
    assert next(portions) == ["abc", "def"]
    assert read == ["abc", "def"]
    assert list(portions) == [["ghijkl"], ["", "m"]]


def test_workers_give_the_same_answers_in_order(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 60)
    alone = [rounded(r) for r in scoring.score_many(TEXTS, model=tiny_model, threshold=0.1)]
    assert [rounded(r) for r in scoring.score_many(iter(TEXTS), model=tiny_model, threshold=0.1, n_jobs=2)] == alone


def test_workers_read_no_further_than_their_share_ahead(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 1)
    read: list[int] = []

    def texts() -> Iterator[str]:
        for i in range(1_000_000):
            read.append(i)
            yield f"The staff closed quay {i}."

    reports = scoring.score_many(texts(), model=tiny_model, n_jobs=2)
    assert read == []
    for taken in range(1, 60):
        assert next(reports).text == f"The staff closed quay {taken - 1}."
        assert len(read) <= taken + 2 * scoring.AHEAD
    reports.close()  # type: ignore[attr-defined]
    assert len(read) <= 60 + 2 * scoring.AHEAD


def test_what_the_texts_raise_is_raised_after_the_reports_before_it(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 1)

    def texts() -> Iterator[str]:
        yield from TEXTS[:1] * 40
        raise OSError("the disk is gone")

    reports = scoring.score_many(texts(), model=tiny_model, n_jobs=2)
    assert [next(reports).text for _ in range(40)] == TEXTS[:1] * 40
    with pytest.raises(OSError, match="the disk is gone"):
        next(reports)


class Mortal(Model):
    """A model whose process ends at certain texts: at *falls once* the first time, at *falls always* each time."""

    def __init__(self, payload: dict[str, Any], folder: str) -> None:
        self.__dict__.update(Model.from_payload(payload).__dict__)
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return Mortal, (self.to_payload(), self.folder)

    def score_many(self, texts: Any, *, threshold: float | None = None) -> Iterator[Report]:
        texts = list(texts)
        fallen = Path(self.folder) / "fallen"
        if any("falls always" in t for t in texts):
            os._exit(3)
        if any("falls once" in t for t in texts) and not fallen.exists():
            fallen.touch()
            os._exit(3)
        return super().score_many(texts, threshold=threshold)


def test_the_work_of_a_worker_that_died_is_done_again(tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 60)
    texts = [f"The thugs closed quay {i}." for i in range(90)]
    texts[41] = "The mill falls once."
    alone = [rounded(r) for r in scoring.score_many(texts, model=tiny_model)]
    mortal = Mortal(tiny_model.to_payload(), str(tmp_path))
    assert [rounded(r) for r in scoring.score_many(texts, model=mortal, n_jobs=2)] == alone
    assert (tmp_path / "fallen").exists()


def test_a_text_that_ends_its_worker_is_named(tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PORTION", 60)
    texts = [f"The thugs closed quay {i}." for i in range(30)]
    texts[17] = "The mill falls always."
    mortal = Mortal(tiny_model.to_payload(), str(tmp_path))
    found: list[str] = []
    with pytest.raises(FramingError, match=r"text 18 \(22 characters, beginning 'The mill falls always\.'\) ended its worker process"):
        found.extend(r.text for r in scoring.score_many(texts, model=mortal, n_jobs=2))
    assert found == texts[:17]


def test_workers_are_sent_the_model_once(tiny_model: Model) -> None:
    parcel = scoring._Parcel(tiny_model)
    first, second = (parcel.task([t], None) for t in TEXTS[:2])
    assert first[1][1] is second[1][1]
    assert scoring._portion(*first[1])[0].text == TEXTS[0]
    [model] = scoring._unpacked.values()
    scoring._portion(*second[1])
    assert list(scoring._unpacked.values()) == [model]


def test_joblib_sends_the_work_to_a_dask_cluster(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    import joblib

    monkeypatch.setattr(scoring, "PORTION", 60)
    alone = [rounded(r) for r in scoring.score_many(TEXTS * 9, model=tiny_model)]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        assert [rounded(r) for r in scoring.score_many(TEXTS * 9, model=tiny_model, n_jobs=-1)] == alone


def test_forgetting_words_changes_nothing(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [rounded(tiny_model.score(t)) for t in TEXTS]
    monkeypatch.setattr(model_module, "LARGEST_VOCABULARY", 1)
    monkeypatch.setattr(model_module, "BATCH", 1)
    words = tiny_model._words
    assert [rounded(r) for r in tiny_model.score_many(TEXTS)] == expected
    assert tiny_model._words is not words


def test_progress_goes_to_the_error_stream_and_changes_nothing(tiny_model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    reports = list(scoring.score_many(TEXTS, model=tiny_model, progress=True))
    assert [r.text for r in reports] == TEXTS
    out, err = capsys.readouterr()
    assert out == ""
    assert "texts" in err
    list(scoring.score_many(TEXTS, model=tiny_model))
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------- which model
@pytest.mark.usefixtures("fresh_cache")
def test_environment_names_the_model(tiny_file: str, tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    assert framing.load().name == tiny_model.name
    assert framing.load() is framing.load()
    assert framing.score(TEXTS[0]) == tiny_model.score(TEXTS[0])


@pytest.mark.usefixtures("fresh_cache")
def test_path_goes_before_the_environment(tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", str(tmp_path / "nowhere.joblib"))
    assert framing.load(tiny_file).name.startswith("tiny")
    with pytest.raises(ModelError, match="nowhere"):
        framing.load()


@pytest.mark.usefixtures("fresh_cache")
def test_missing_shipped_model_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRAMING_MODEL", raising=False)
    monkeypatch.setattr(scoring, "SHIPPED", (tmp_path / "framing.joblib",))
    with pytest.raises(ModelError, match="reinstall framing, or set FRAMING_MODEL"):
        framing.score(TEXTS[0])


@pytest.mark.usefixtures("fresh_cache")
def test_empty_environment_variable_means_the_shipped_model(tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", "")
    monkeypatch.setattr(scoring, "SHIPPED", (Path("/nonexistent/framing.joblib"), Path(tiny_file)))
    assert framing.load().name.startswith("tiny")


def test_a_model_file_is_read_once_until_it_changes(tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.joblib"
    tiny_model.save(path)
    read: list[str] = []
    monkeypatch.setattr(scoring, "load_model", lambda p: read.append(p) or model_module.load_model(p))  # type: ignore[func-returns-value]
    assert scoring.score(TEXTS[0], model=path) == scoring.score(TEXTS[0], model=path) == tiny_model.score(TEXTS[0])
    assert read == [str(path)]
    os.utime(path, ns=(0, 0))
    scoring.score(TEXTS[0], model=path)
    assert read == [str(path)] * 2


def test_unusable_model_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.joblib").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"broken\.joblib"):
        scoring.score(TEXTS[0], model=tmp_path / "broken.joblib")
