"""The module-level verbs: the shipped model on first use, one text or many."""

import hashlib
import os
import pickle
import threading
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import BrokenExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from framing.errors import FramingError, ModelError
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
    if model is None or isinstance(model, Model):
        return model or load()
    try:
        state = os.stat(model)
    except OSError:
        return load(model)  # which says what is amiss
    return _kept(str(model), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _kept(path: str, changed: int, size: int) -> Model:
    """The model in a file as it is now: whoever scores text by text, or partition by partition, reads it once."""
    return load_model(path)


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

    `texts` is consumed as reports are taken, so memory stays bounded.  `n_jobs`: worker processes, -1 for one per core;
    they are joblib's, so ``joblib.parallel_config(backend="dask")`` sends the work elsewhere.  The work of a worker that
    dies is done again; a text that ends its worker twice raises ``FramingError`` naming it.  `progress`: a bar on the
    error stream.
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
AHEAD = 8  # portions per worker that may be on their way between the texts read and the reports taken


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


class _Supply:
    """Portions for one call of joblib, which would read its input to the end however slowly its results are taken.

    It ends when `most` portions are on their way, or when the texts end or fail; ``error`` then holds what they raised,
    because joblib asks from threads of its own, where an exception would be lost.  Those threads may also ask after the
    call has failed; once it is closed they get nothing.
    """

    def __init__(self, portions: Iterator[list[str]], most: int) -> None:
        self._portions, self._most = portions, most
        self._lock = threading.Lock()
        self.waiting: deque[list[str]] = deque()  # handed out, results not yet taken
        self.error: BaseException | None = None
        self.is_last = False

    def __iter__(self) -> Iterator[list[str]]:
        while (portion := self._next()) is not None:
            yield portion

    def _next(self) -> list[str] | None:
        with self._lock:
            if self.is_last or len(self.waiting) >= self._most:
                return None
            try:
                portion = next(self._portions, None)
            except BaseException as error:
                self.error, portion = error, None
            if portion is None:
                self.is_last = True
            else:
                self.waiting.append(portion)
            return portion

    def close(self) -> None:
        with self._lock:
            self._most = 0


def _in_workers(model: Model, texts: Iterable[str], threshold: float | None, n_jobs: int) -> Iterator[Report]:
    """Reports from worker processes, in order.  A portion whose worker died is done again; see ``_again``."""
    from joblib import effective_n_jobs

    parcel = _Parcel(model)
    portions = _portions(texts)
    most = AHEAD * max(2, effective_n_jobs(n_jobs))
    done = 0
    while True:
        supply = _Supply(portions, most)
        for report in _round(parcel, supply, threshold, n_jobs):
            yield report
            done += 1
        for portion in supply.waiting:  # a worker died
            for report in _again(parcel, portion, threshold, done):
                yield report
                done += 1
        if supply.error is not None:
            raise supply.error
        if supply.is_last:
            return


def _round(parcel: "_Parcel", supply: _Supply, threshold: float | None, n_jobs: int) -> Iterator[Report]:
    """Reports on the portions of `supply`, until it ends or a worker dies; what is still waiting then has no reports."""
    from joblib import Parallel

    parallel = Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    results = None
    try:
        results = parallel(parcel.task(portion, threshold) for portion in supply)
        for reports in results:
            supply.waiting.popleft()
            yield from reports
    except BrokenExecutor:
        pass  # seen by the caller: portions are waiting
    finally:
        supply.close()
        if results is not None:
            with warnings.catch_warnings():  # joblib warns of results that nobody took; whoever stops early means to
                warnings.simplefilter("ignore")
                results.close()


def _again(parcel: "_Parcel", texts: list[str], threshold: float | None, before: int) -> Iterator[Report]:
    """The reports on `texts` after a worker died, most likely killed for its memory: together, and if that fails one by one.

    Raises ``FramingError`` naming the text that ends its worker alone; `before` texts came before these.
    """
    from joblib import Parallel

    alone = Parallel(n_jobs=2)  # two, because joblib runs a single job in this very process, which must not die
    try:
        [reports] = alone([parcel.task(texts, threshold)])
    except BrokenExecutor as error:
        if len(texts) > 1:
            for number, text in enumerate(texts):
                yield from _again(parcel, [text], threshold, before + number)
            return
        beginning = " ".join(texts[0][:60].split())
        raise FramingError(
            f"text {before + 1:,} ({len(texts[0]):,} characters, beginning {beginning!r}) ended its worker process twice; "
            "score it apart, or give the workers more memory"
        ) from error
    yield from reports


class _Parcel:
    """A model on its way to workers.

    It travels as one long array of bytes: joblib maps that into the memory of local workers, and Dask sends it to each
    of its workers once, instead of a copy with each portion.
    """

    def __init__(self, model: Model) -> None:
        import numpy as np

        data = pickle.dumps(model, protocol=5)
        self._key = hashlib.sha256(data).hexdigest()
        self._data = np.frombuffer(data, np.uint8)

    def task(self, texts: list[str], threshold: float | None) -> Any:
        from joblib import delayed

        return delayed(_portion)(self._key, self._data, texts, threshold)


_unpacked: dict[str, Model] = {}  # in a worker: the model that it was sent last


def _portion(key: str, data: Any, texts: list[str], threshold: float | None) -> list[Report]:
    model = _unpacked.get(key)
    if model is None:
        model = pickle.loads(data)
        _unpacked.clear()
        _unpacked[key] = model
    return list(model.score_many(texts, threshold=threshold))
