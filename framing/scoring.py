"""The module-level verbs: the shipped model on first use, one text or many."""

import os
import warnings
from collections.abc import Iterable, Iterator, Sized
from functools import lru_cache
from pathlib import Path

from framing.errors import ModelError
from framing.model import Model, load_model
from framing.report import Report

HERE = Path(__file__).resolve().parent
# In the wheel the model lies inside the package, in a checkout beside it.
SHIPPED = (HERE / "models" / "framing.joblib", HERE.parent / "models" / "framing.joblib")


def load(path: str | Path | None = None) -> Model:
    """The model in the file `path`; without one the shipped model, or the one that ``FRAMING_MODEL`` names.

    Raises ``ModelError``.  The shipped model is read once per process.
    """
    if path is not None:
        return load_model(path)
    override = os.environ.get("FRAMING_MODEL")
    return _cached(override) if override else _cached(str(_shipped()))


@lru_cache(maxsize=2)
def _cached(path: str) -> Model:
    return load_model(path)


def _shipped() -> Path:
    for path in SHIPPED:
        if path.exists():
            return path
    raise ModelError(f"the shipped model is missing ({SHIPPED[0]}); reinstall framing, or set FRAMING_MODEL to a model file")


def _model(model: Model | str | Path | None) -> Model:
    return model if isinstance(model, Model) else load(model)


def score(text: str, *, model: Model | str | Path | None = None, threshold: float | None = None) -> Report:
    """What is loaded in `text`, and why.

    `model`: a model or a model file; the shipped one by default.  `threshold`: the least chance, in [0, 1], at which
    words are flagged; the model's own by default.  Raises ``TypeError`` for anything but str, ``ModelError`` for a
    model file that cannot be used.
    """
    return _model(model).score(text, threshold=threshold)


def score_many(
    texts: Iterable[str], *, model: Model | str | Path | None = None, threshold: float | None = None, n_jobs: int = 1, progress: bool = False
) -> Iterator[Report]:
    """A report for each of `texts`, in order.

    `texts` is consumed as reports are taken, so memory stays bounded.  `n_jobs`: worker processes.  `progress`: a bar on
    the error stream.
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError("score_many takes an iterable of texts; for one text call score")
    judge = _model(model)
    reports = judge.score_many(texts, threshold=threshold) if n_jobs == 1 else _in_workers(judge, texts, threshold, n_jobs)
    if progress:
        from tqdm import tqdm

        return iter(tqdm(reports, unit=" texts", total=len(texts) if isinstance(texts, Sized) else None))
    return reports


PORTION = 1 << 19  # characters that a worker gets at a time


def _portions(texts: Iterable[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    size = 0
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"framing scores str, not {type(text).__name__}; decode bytes first, e.g. data.decode('utf-8')")
        portion.append(text)
        size += len(text)
        if size >= PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _in_workers(model: Model, texts: Iterable[str], threshold: float | None, n_jobs: int) -> Iterator[Report]:
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs")
    found = parallel(delayed(_portion)(model, portion, threshold) for portion in _portions(texts))
    try:
        for reports in found:
            yield from reports
    finally:
        with warnings.catch_warnings():  # who has seen enough, or closed the pipe, knows that the rest was cancelled
            warnings.filterwarnings("ignore", message=".*have been cancelled")
            found.close()


def _portion(model: Model, texts: list[str], threshold: float | None) -> list[Report]:
    return list(model.score_many(texts, threshold=threshold))
