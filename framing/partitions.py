"""Corpora of any size on a Dask cluster: Parquet or JSON Lines in, Parquet out, part by part; the only door to Dask.

The driver cuts the files in parts, workers score one part at a time and write two tables for it: ``reports`` (every row
once) and ``flags``.  A part's files are written elsewhere, renamed, and only then noted as done under ``progress``; their
names hang on the part alone.  So a part that is done twice, because a worker or the driver was killed, replaces what it wrote
before, and a run that is started again does what is missing.  A manifest holds what the run is made of; another input,
model or option is refused instead of being mixed in.

Workers need this framing, and the folders under the same paths.  Nothing is joined or averaged here.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from asyncio import CancelledError
from collections.abc import Iterable, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from logging import CRITICAL
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.drafts import draft
from framing.errors import ConfigError, DataError, FramingError
from framing.model import Model
from framing.report import Report
from framing.rows import Part, Row, is_shareable, parts, read, read_part
from framing.scoring import load, score_many
from framing.tables import FLAG_DTYPES, FRAME_DTYPES, ON_ERROR, TEXT, flag_rows, row_of, storable

if TYPE_CHECKING:
    from distributed import Client

FORMAT = 1  # of the manifest
ROWS = 10_000  # in a part: some tens of megabytes of news, and that much work is lost with a worker
AHEAD = 1_000  # parts that the scheduler knows of
MOST_NAMED = 5  # bad rows that a message names
PATIENCE = 60  # seconds until a cluster must have answered, and have a worker

_PLACE = {"path": TEXT, "row": "int64", "id": TEXT}
REPORT_COLUMNS = _PLACE | FRAME_DTYPES
FLAG_COLUMNS = _PLACE | FLAG_DTYPES


@dataclass(frozen=True, slots=True)
class Settings:
    """What besides inputs and model decides the result."""

    text: str = "text"
    id: str | None = None
    threshold: float | None = None
    on_error: str = "stop"
    rows: int = ROWS


@dataclass(frozen=True, slots=True)
class Survey:
    """One input file: its size in bytes and digest, its parts, the first rows without a text and how many there are."""

    path: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]
    bad_rows: tuple[str, ...] = ()
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One part of one file: its number in the whole run, the file as it was named and where it lies."""

    number: int
    path: str
    source: str
    part: Part

    @property
    def name(self) -> str:
        return f"part-{self.number:06}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run: rows, flags, rows without a text with the first of them named, parts, and how many of these an earlier run had done."""

    rows: int
    flags: int
    bad: int
    bad_rows: tuple[str, ...]
    parts: int
    resumed: int


def score_partitions(
    inputs: Sequence[str | Path],
    out: str | Path,
    *,
    text: str = "text",
    id: str | None = None,
    model: Model | str | Path | None = None,
    threshold: float | None = None,
    on_error: str = "stop",
    rows: int = ROWS,
    scheduler: str | Client | None = None,
    jobs: int = 1,
    progress: bool = False,
) -> Summary:
    """Score the tables `inputs` on a Dask cluster and write Parquet into the folder `out`; go on where an earlier run stopped.

    `inputs`: Parquet and JSON Lines files, and folders of them.  `text`, `id`: their columns.  `rows`: how many make a part.
    `scheduler`: the address of a cluster or a ``distributed.Client``; without one, `jobs` processes are started here (-1: one
    per core).  ``out/reports`` gets a row for each row of the inputs (columns ``REPORT_COLUMNS``), ``out/flags`` one for each
    flag (``FLAG_COLUMNS``), ``out/errors.jsonl`` one line for each row without a text.

    All rows are looked at first, and one without a text raises ``DataError`` naming file and row before anything is written;
    with ``on_error="skip"`` it stays in ``reports`` with empty numbers and its problem.  Raises ``DataError`` for inputs that
    are no such tables and an `out` that another run began, ``ConfigError`` without Dask or an answer from the cluster, and
    ``FramingError`` naming the rows when a part kills its workers.
    """
    if on_error not in ON_ERROR:
        raise ValueError(f"on_error={on_error!r}; wanted one of {', '.join(ON_ERROR)}")
    if rows < 1:
        raise ValueError(f"rows={rows}; a part has at least one")
    if threshold is not None and not 0.0 <= threshold <= 1.0:
        raise ValueError(f"threshold {threshold}; wanted a chance in [0, 1]")
    out = Path(out).resolve()
    settings = Settings(text, id, threshold, on_error, rows)
    files = _files(inputs, out)
    begun = _begun(out)
    judge = model if isinstance(model, Model) else load(model)
    with _connected(scheduler, jobs) as client:
        surveys = _survey_all(client, files, settings, check=on_error == "stop" and begun is None)
        manifest = _manifest(judge, settings, surveys)
        if begun is None:
            _begin(out, judge, manifest)
        else:
            _compare(out, begun, manifest)
        tasks = list(_tasks(surveys))
        done = {task.number for task in tasks if _marker(out, task).exists()}
        _run(client, [task for task in tasks if task.number not in done], out, settings, manifest["model"]["sha256"], progress)
    return _finish(out, tasks, settings, len(done))


# ---------------------------------------------------------------- what goes in
def _files(inputs: Sequence[str | Path], out: Path) -> list[str]:
    """The files that `inputs` stand for, named as they were given; folders are searched, but not `out`."""
    found: list[str] = []
    for given in map(Path, inputs):
        if given.is_dir():
            inside = sorted(p for p in given.rglob("*") if is_shareable(p) and p.is_file() and not p.name.startswith((".", "_")))
            found += [str(p) for p in inside if out not in p.resolve().parents]
        elif not is_shareable(given):
            raise DataError(f"{given}: cannot be shared between workers; wanted *.parquet, *.jsonl or *.ndjson")
        elif not given.is_file():
            raise DataError(f"{given}: no such file or folder")
        else:
            found.append(str(given))
    seen: dict[str, str] = {}
    for path in found:
        other = seen.setdefault(os.path.realpath(path), path)
        if other is not path:
            raise DataError(f"{path}: named twice, also as {other}; its rows would be counted twice")
    if not found:
        raise DataError(f"nothing to score in {', '.join(map(str, inputs)) or 'no inputs'}; wanted *.parquet, *.jsonl or *.ndjson files")
    return found


def _survey_all(client: Any, files: Sequence[str], settings: Settings, *, check: bool) -> list[Survey]:
    """The surveys of all files, made by the workers.  Raises ``DataError`` when `check` finds rows without a text."""
    surveys = _results(client, [client.submit(_survey, path, os.path.abspath(path), settings, check, pure=False) for path in files])
    bad = sum(s.bad for s in surveys)
    if bad:
        named = [name for s in surveys for name in s.bad_rows][:MOST_NAMED]
        more = f"; and {bad - len(named):,} more" if bad > len(named) else ""
        raise DataError(f"{'; '.join(named)}{more}; wanted text; with on_error='skip' (--on-error skip) such rows stay without numbers")
    return surveys


def _survey(path: str, source: str, settings: Settings, check: bool) -> Survey:
    try:
        total = hashlib.sha256()
        with open(source, "rb") as file:
            while block := file.read(1 << 20):
                total.update(block)
            size = file.tell()
        found = tuple(parts(source, rows=settings.rows, text=settings.text, id=settings.id))
        bad_rows: list[str] = []
        bad = 0
        for row in read(source, text=settings.text, id=settings.id) if check else ():
            if row.text is None:
                bad += 1
                if len(bad_rows) < MOST_NAMED:
                    bad_rows.append(_named(path, row, settings.text))
    except FileNotFoundError as error:
        raise DataError(f"{path}: a worker does not see it as {source}; wanted the same folders on all machines") from error
    return Survey(path, size, total.hexdigest(), found, tuple(bad_rows), bad)


def _named(path: str, row: Row, column: str) -> str:
    return f"{path}: row {row.number}, column {column!r}: {row.problem}"


def _tasks(surveys: Iterable[Survey]) -> Iterator[Task]:
    number = 0
    for survey in surveys:
        for part in survey.parts:
            yield Task(number, survey.path, os.path.abspath(survey.path), part)
            number += 1


# ---------------------------------------------------------------- the folder and its manifest
def _begun(out: Path) -> dict[str, Any] | None:
    """The manifest of the run that began `out`; None for a folder that is missing or empty."""
    path = out / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if out.is_dir() and any(p.name not in ("model.joblib", "model.joblib.part") and not p.name.startswith(".") for p in out.iterdir()):
            raise DataError(f"{out}: not empty, and no run of framing began it; name another folder") from None
        return None
    except NotADirectoryError:
        raise DataError(f"{out}: a file is in the way; wanted a folder") from None
    except ValueError as error:
        raise DataError(f"{path}: damaged ({error}); remove the folder or name another") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DataError(f"{path}: no manifest of format {FORMAT}; name another folder")
    return manifest


def _manifest(model: Model, settings: Settings, surveys: Sequence[Survey]) -> dict[str, Any]:
    inputs = [{"path": s.path, "bytes": s.bytes, "sha256": s.sha256, "parts": len(s.parts)} for s in surveys]
    return {
        "format": FORMAT,
        "framing": __version__,
        "model": {"name": model.name, "sha256": _digest(model)},
        "options": asdict(settings),
        "inputs": inputs,
    }


def _digest(model: Model) -> str:
    """Of what the model file holds, unpacked: compressors differ between machines."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.joblib")
        return hashlib.sha256(zlib.decompress((Path(folder) / "model.joblib").read_bytes())).hexdigest()


def _begin(out: Path, model: Model, manifest: dict[str, Any]) -> None:
    for name in ("reports", "flags", "progress"):
        (out / name).mkdir(parents=True, exist_ok=True)
    model.save(out / "model.joblib")
    _write_json(out / "manifest.json", manifest)


def _compare(out: Path, begun: dict[str, Any], manifest: dict[str, Any]) -> None:
    """Raise ``DataError`` when the run that began `out` was another one than this."""
    for key, what in (("framing", "another framing"), ("model", "another model"), ("options", "other options"), ("inputs", "other inputs")):
        if begun.get(key) != manifest[key]:
            raise DataError(f"{out}: was begun with {what} ({_difference(begun.get(key), manifest[key])}); go on with those, or name another folder")


def _difference(before: Any, now: Any) -> str:
    """Where two parts of a manifest first differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        key = next(k for k in (*now, *before) if before.get(k) != now.get(k))
        return f"{key}: {before.get(key)!r} then, {now.get(key)!r} now"
    if isinstance(before, list) and isinstance(now, list):
        for old, new in zip(before, now, strict=False):
            if old != new:
                return f"{new.get('path')}: its content has changed" if old.get("path") == new.get("path") else _difference(old, new)
        return f"{len(before)} then, {len(now)} now"
    return f"{before!r} then, {now!r} now"


def _write_json(path: Path, value: Any) -> None:
    with draft(path) as file:
        file.write((json.dumps(value, indent=1) + "\n").encode())


def _marker(out: Path, task: Task) -> Path:
    return out / "progress" / f"{task.name}.json"


# ---------------------------------------------------------------- the cluster
@contextmanager
def _connected(scheduler: Any, jobs: int) -> Iterator[Any]:
    """A client of the cluster that is meant, with at least one worker; what was started here is stopped at the end."""
    try:
        import dask
        import pyarrow  # noqa: F401 - for what the workers write
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ConfigError(f"the engine dask needs Dask and pyarrow ({error}); pip install 'framing[dask]'") from error
    if isinstance(scheduler, Client):
        yield scheduler
        return
    if scheduler is None:
        size = {"n_workers": None if jobs < 0 else jobs, "threads_per_worker": 1}
        # a worker gets one part at a time: Dask blames all parts that wait on a worker for its death
        with (
            dask.config.set({"distributed.scheduler.worker-saturation": 1.0}),
            LocalCluster(**size, dashboard_address="127.0.0.1:0", silence_logs=CRITICAL) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(f"no Dask scheduler answers at {scheduler}: {error}; start one with `dask scheduler`") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError) as error:
            raise ConfigError(f"the Dask scheduler at {scheduler} has no workers; start some with `dask worker {scheduler}`") from error
        yield client


def _run(client: Any, tasks: Sequence[Task], out: Path, settings: Settings, model: str, progress: bool) -> None:
    """Have all `tasks` done.  Dask gives the work of a worker that died to another."""
    from distributed import as_completed
    from tqdm import tqdm

    waiting = iter(tasks)
    named: dict[Any, Task] = {}

    def submitted(count: int) -> list[Any]:
        begun = []
        for task in islice(waiting, count):
            begun.append(client.submit(_work, task, str(out), settings, model, __version__, pure=False))
            named[begun[-1].key] = task
        return begun

    pending: Any = as_completed(submitted(AHEAD), loop=client.loop)
    with tqdm(total=len(tasks), unit=" parts", disable=not progress) as bar:
        try:
            for future in pending:
                task = named.pop(future.key)
                _result(future, f"{task.path}, rows {task.part.first:,} to {task.part.first + task.part.rows - 1:,}")
                bar.update()
                for more in submitted(1):
                    pending.add(more)
        except BaseException:
            client.cancel(list(pending.futures))
            raise


def _results(client: Any, submitted: Sequence[Any]) -> list[Any]:
    try:
        return [_result(future, "a survey of the inputs") for future in submitted]
    except BaseException:
        client.cancel(list(submitted))
        raise


def _result(future: Any, what: str) -> Any:
    """What `future` gives; errors of the cluster name the work that they ended."""
    from distributed.scheduler import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        raise FramingError(
            f"{what}: the workers on it died again and again; what is done is kept: give the workers more memory, or make smaller parts in another folder"
        ) from error
    except (CancelledError, futures.CancelledError) as error:
        raise FramingError(f"{what}: the scheduler is gone; what is done is kept, start the run again to go on") from error
    except ImportError as error:
        raise ConfigError(f"a worker lacks what the run needs ({error}); wanted framing[dask] {__version__} on all machines") from error


# ---------------------------------------------------------------- in a worker
def _work(task: Task, folder: str, settings: Settings, model: str, version: str) -> int:
    """Score one part and write its tables; the number of its rows.  `model`: the digest of ``model.joblib`` in `folder`."""
    out = Path(folder)
    if version != __version__:
        raise ConfigError(f"a worker has framing {__version__}, the run was started with {version}; wanted one version on all machines")
    if not (out / "manifest.json").exists():
        raise ConfigError(f"{out}: a worker does not see this folder; wanted the same folders on all machines")
    found = read_part(task.source, task.part, text=settings.text, id=settings.id)
    reports: list[tuple[Any, ...]] = []
    flags: list[tuple[Any, ...]] = []
    bad: list[tuple[int, str | None, str]] = []
    for row, report in _scored(found, load_once(str(out / "model.joblib"), model), settings.threshold):
        place = (storable(task.path), row.number, None if row.id is None else storable(row.id))
        reports.append(place + row_of(report))
        if isinstance(report, Report):
            flags += (place + values for values in flag_rows(report))
        elif settings.on_error == "stop":
            raise DataError(f"{_named(task.path, row, settings.text)}; the file has changed while it was read")
        else:
            bad.append((row.number, row.id, report))
    (out / "partial").mkdir(exist_ok=True)
    _write_parquet(out, "reports", task, REPORT_COLUMNS, reports)
    _write_parquet(out, "flags", task, FLAG_COLUMNS, flags)
    with draft(_marker(out, task), folder=out / "partial") as file:
        file.write((json.dumps({"rows": len(reports), "flags": len(flags), "bad": bad}) + "\n").encode())
    return len(reports)


_models: dict[str, Model] = {}  # in a worker: the model of the run


def load_once(path: str, digest: str) -> Model:
    """The model in `path`, which is read once per process as long as `digest` stays the same."""
    if digest not in _models:
        _models.clear()
        _models[digest] = load(path)
    return _models[digest]


def _scored(rows: Iterable[Row], model: Model, threshold: float | None) -> Iterator[tuple[Row, Report | str]]:
    """Each row with its report, or with its problem."""
    waiting: list[Row] = []

    def texts() -> Iterator[str]:
        for row in rows:
            waiting.append(row)
            if row.text is not None:
                yield row.text

    place = 0
    for report in score_many(texts(), model=model, threshold=threshold):
        while waiting[place].text is None:
            yield waiting[place], waiting[place].problem or ""
            place += 1
        yield waiting[place], report
        place += 1
    yield from ((row, row.problem or "") for row in waiting[place:])


def _write_parquet(out: Path, table: str, task: Task, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    import pyarrow
    from pyarrow import parquet

    types = {"float64": pyarrow.float64(), "Int32": pyarrow.int32(), "int64": pyarrow.int64(), TEXT: pyarrow.string()}
    values = list(zip(*rows)) if rows else [()] * len(columns)
    schema = pyarrow.schema([(name, types[dtype]) for name, dtype in columns.items()])
    arrays = [pyarrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
    with draft(out / table / f"{task.name}.parquet", folder=out / "partial") as file:
        parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), file)


# ---------------------------------------------------------------- the end
def _finish(out: Path, tasks: Sequence[Task], settings: Settings, resumed: int) -> Summary:
    """Gather the rows without a text, clear what killed workers left, and count."""
    rows = flags = bad = 0
    named: list[str] = []
    with draft(out / "errors.jsonl") as file:
        for task in tasks:
            marker = json.loads(_marker(out, task).read_text(encoding="utf-8"))
            rows, flags, bad = rows + marker["rows"], flags + marker["flags"], bad + len(marker["bad"])
            for number, id, problem in marker["bad"]:
                row = {"path": task.path, "row": number, "id": id, "column": settings.text, "problem": problem}
                file.write((json.dumps(row) + "\n").encode())
                if len(named) < MOST_NAMED:
                    named.append(_named(task.path, Row(number, id, None, problem), settings.text))
    rmtree(out / "partial", ignore_errors=True)
    return Summary(rows, flags, bad, tuple(named), len(tasks), resumed)
