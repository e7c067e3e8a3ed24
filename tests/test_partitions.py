"""Corpora on a cluster: every row once, whatever is killed; runs that are not the same are not mixed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from framing import partitions
from framing.cli import main
from framing.errors import ConfigError, DataError, FramingError
from framing.model import Model
from framing.partitions import FLAG_COLUMNS, REPORT_COLUMNS, Summary, score_partitions
from framing.tables import flags_frame, frame

distributed = pytest.importorskip("distributed")
pandas = pytest.importorskip("pandas")
pyarrow = pytest.importorskip("pyarrow")

HELD = 7  # the part in the middle that tests stop at
WAIT = 900  # seconds until a test gives up on a process: no measure, machines that test are busy


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with local_cluster() as cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


def local_cluster() -> Any:
    return distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two tables with 34 rows, ids in both."""
    monkeypatch.chdir(tmp_path)
    Path("corpus").mkdir()
    texts = [f"The thugs closed quay {i}. “A shameful vote”, said the clerk." if i % 3 else f"The staff closed quay {i}." for i in range(34)]
    lines = "".join(json.dumps({"text": t, "id": f"j{i}"}) + "\n" for i, t in enumerate(texts[:20]))
    Path("corpus/a.jsonl").write_text(lines, encoding="utf-8")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"text": texts[20:], "id": list(range(20, 34))}), "corpus/b.parquet", row_group_size=9)
    return ["corpus/a.jsonl", "corpus/b.parquet"]


def texts_of(corpus: list[str]) -> list[str]:
    rows = [json.loads(line)["text"] for line in Path(corpus[0]).read_text(encoding="utf-8").splitlines()]
    return rows + pandas.read_parquet(corpus[1])["text"].tolist()


def assert_every_row_once(out: Path, corpus: list[str], model: Model) -> None:
    """The tables in `out` are those of a run in one process."""
    texts = texts_of(corpus)
    place = {"path": ["corpus/a.jsonl"] * 20 + ["corpus/b.parquet"] * 14, "row": [*range(1, 21), *range(1, 15)]}
    place |= {"id": [f"j{i}" for i in range(20)] + [str(i) for i in range(20, 34)]}
    expected = pandas.concat([pandas.DataFrame(place), frame(texts, model=model)], axis=1)
    same(pandas.read_parquet(out / "reports"), expected)
    flags = flags_frame(texts, model=model)
    assert len(flags) > 40
    same(pandas.read_parquet(out / "flags"), pandas.DataFrame(place).take(flags.index).reset_index(drop=True).join(flags.reset_index(drop=True)))
    assert not (out / "partial").exists()


def same(got: Any, expected: Any) -> None:
    columns = expected.columns
    assert list(got.columns) == list(columns)
    got, expected = (table.sort_values([c for c in ("path", "row", "start") if c in columns]).reset_index(drop=True) for table in (got, expected))
    pandas.testing.assert_frame_equal(got, expected, check_dtype=False, rtol=1e-4, atol=1e-5)


def wait_for(condition: Callable[[], Any]) -> Any:
    for _ in range(WAIT * 20):
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


class Hold(distributed.WorkerPlugin):  # type: ignore[misc]
    """Stops workers when they are about to write one part, until they are let go or their parent is gone."""

    def __init__(self, folder: Path, *, ends: bool = False) -> None:
        self.folder, self.ends = folder, ends

    def setup(self, worker: Any) -> None:
        write, parent = partitions._write_parquet, os.getppid()

        def held(out: Path, table: str, task: partitions.Task, *rest: Any) -> None:
            if task.number == HELD and self.ends:
                os._exit(9)
            if task.number == HELD and not (self.folder / "go").exists():
                (self.folder / f"held-{os.getpid()}").touch()
                while not (self.folder / "go").exists():
                    if os.getppid() != parent:
                        os._exit(1)
                    time.sleep(0.05)
            write(out, table, task, *rest)

        partitions._write_parquet = held


# ---------------------------------------------------------------- results
def test_tables_are_those_of_a_run_in_one_process(corpus: list[str], tiny_model: Model, client: Any) -> None:
    done = score_partitions(corpus, "out", id="id", model=tiny_model, rows=4, scheduler=client)
    assert done == Summary(rows=34, flags=done.flags, bad=0, bad_rows=(), parts=5 + 3 + 2, resumed=0)
    assert done.flags == len(pandas.read_parquet("out/flags"))
    assert_every_row_once(Path("out"), corpus, tiny_model)
    assert Path("out/errors.jsonl").read_bytes() == b""


def test_files_have_the_stated_schema_flags_or_none(corpus: list[str], tiny_model: Model, client: Any) -> None:
    from pyarrow import parquet

    score_partitions(corpus, "out", model=tiny_model, threshold=1.0, rows=10, scheduler=client)
    arrow = {"float64": "double", "Int32": "int32", "int64": "int64", "string[pyarrow]": "string"}
    for table, columns in (("reports", REPORT_COLUMNS), ("flags", FLAG_COLUMNS)):
        for path in Path("out", table).iterdir():
            assert [(f.name, str(f.type)) for f in parquet.read_schema(path)] == [(name, arrow[dtype]) for name, dtype in columns.items()]
    assert len(pandas.read_parquet("out/flags")) == 0


def test_folders_are_searched_but_not_the_output_in_them(corpus: list[str], tiny_model: Model, client: Any) -> None:
    Path("corpus/.hidden.jsonl").write_text("broken\n")
    Path("corpus/notes.txt").write_text("no table")
    for resumed in (0, 6):
        done = score_partitions(["corpus"], "corpus/out", model=tiny_model, rows=8, scheduler=client)
        assert (done.rows, done.parts, done.resumed) == (34, 6, resumed)


def test_empty_tables_give_empty_tables(corpus: list[str], tiny_model: Model, client: Any) -> None:
    Path("none.jsonl").write_text("")
    Path("blank.jsonl").write_text("\n\n")
    done = score_partitions(["none.jsonl", "blank.jsonl"], "out", model=tiny_model, scheduler=client)
    assert done == Summary(0, 0, 0, (), 1, 0)
    assert len(pandas.read_parquet("out/reports")) == 0


# ---------------------------------------------------------------- rows without a text
def test_a_row_without_text_stops_the_run_before_it_writes(corpus: list[str], tiny_model: Model, client: Any) -> None:
    with open(corpus[0], "a", encoding="utf-8") as file:
        file.write('{"text": null}\nbroken\n')
    with pytest.raises(DataError, match=r"corpus/a\.jsonl: row 21, column 'text': null; corpus/a\.jsonl: row 22, column 'text': broken JSON.*skip"):
        score_partitions(corpus, "out", model=tiny_model, scheduler=client)
    assert not Path("out").exists()


def test_skipped_rows_stay_in_reports_and_are_listed(corpus: list[str], tiny_model: Model, client: Any) -> None:
    rows = [None if i in (0, 5, 7) else "The thugs met." for i in range(8)]
    pandas.DataFrame({"text": rows}).to_parquet("corpus/c.parquet")
    done = score_partitions(["corpus/c.parquet"], "out", model=tiny_model, rows=3, on_error="skip", scheduler=client)
    assert (done.rows, done.bad, done.flags) == (8, 3, 5)
    assert done.bad_rows[0] == "corpus/c.parquet: row 1, column 'text': null"
    out = pandas.read_parquet("out/reports").sort_values("row")
    assert out["row"].tolist() == list(range(1, 9))
    assert out["problem"].notna().tolist() == out["score"].isna().tolist() == [r is None for r in rows]
    listed = [json.loads(line) for line in Path("out/errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["path"], row["row"], row["problem"]) for row in listed] == [("corpus/c.parquet", n, "null") for n in (1, 6, 8)]


# ---------------------------------------------------------------- deaths
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_worker_killed_in_the_middle_loses_and_repeats_nothing(corpus: list[str], tiny_model: Model, tmp_path: Path) -> None:
    with local_cluster() as cluster, distributed.Client(cluster, set_as_default=False) as client:
        client.register_plugin(Hold(tmp_path))
        answers: list[Any] = []
        run = threading.Thread(target=lambda: answers.append(score_partitions(corpus, "out", id="id", model=tiny_model, rows=2, scheduler=client)))
        run.start()
        [held] = wait_for(lambda: list(tmp_path.glob("held-*")))
        os.kill(int(held.name.removeprefix("held-")), signal.SIGKILL)
        (tmp_path / "go").touch()
        run.join(WAIT)
        [done] = answers
    assert (done.rows, done.resumed) == (34, 0)
    assert_every_row_once(Path("out"), corpus, tiny_model)


DRIVER = """
import sys
sys.path.insert(0, {tests!r})
if __name__ == "__main__":
    import distributed
    from pathlib import Path
    from test_partitions import Hold, local_cluster
    from framing.partitions import score_partitions
    with local_cluster() as cluster, distributed.Client(cluster, set_as_default=False) as client:
        client.register_plugin(Hold(Path({folder!r})))
        score_partitions({corpus!r}, "out", id="id", model={model!r}, rows=2, scheduler=client)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_run_whose_driver_was_killed_goes_on_where_it_stopped(
    corpus: list[str], tiny_model: Model, tiny_file: str, tmp_path: Path, client: Any
) -> None:
    script = DRIVER.format(tests=str(Path(__file__).parent), folder=str(tmp_path), corpus=corpus, model=tiny_file)
    (tmp_path / "driver.py").write_text(script, encoding="utf-8")
    driver = subprocess.Popen([sys.executable, str(tmp_path / "driver.py")])
    try:
        wait_for(lambda: driver.poll() is not None or (list(tmp_path.glob("held-*")) and list(Path("out").glob("progress/*.json"))))
        assert driver.poll() is None
    finally:
        driver.kill()
        driver.wait()
    begun = len(list(Path("out").glob("progress/*.json")))
    assert 0 < begun < 18
    assert not Path(f"out/progress/part-{HELD:06}.json").exists()
    left = Path("out/partial")
    left.mkdir(exist_ok=True)
    (left / ".part-000003.parquet.1-0.part").write_bytes(b"PAR1 half")
    done = score_partitions(corpus, "out", id="id", model=tiny_model, rows=2, scheduler=client)
    assert (done.rows, done.parts) == (34, 18)
    assert begun <= done.resumed < 18
    assert_every_row_once(Path("out"), corpus, tiny_model)


@pytest.mark.parametrize("lost", ["reports/part-000001.parquet", "progress/part-000001.json"])
def test_what_was_written_but_not_noted_is_written_again(corpus: list[str], tiny_model: Model, client: Any, lost: str) -> None:
    """A part is done when it is noted; killed before that, its tables may be there, both or one of them."""
    score_partitions(corpus, "out", id="id", model=tiny_model, rows=4, scheduler=client)
    Path("out/progress/part-000001.json").unlink()
    Path("out", lost).unlink(missing_ok=True)
    done = score_partitions(corpus, "out", id="id", model=tiny_model, rows=4, scheduler=client)
    assert (done.parts, done.resumed) == (10, 9)
    assert_every_row_once(Path("out"), corpus, tiny_model)


def test_a_part_that_kills_its_workers_is_named_and_the_rest_is_kept(corpus: list[str], tiny_model: Model, tmp_path: Path) -> None:
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0, "distributed.scheduler.worker-saturation": 1.0}),
        local_cluster() as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        client.register_plugin(Hold(tmp_path, ends=True))
        with pytest.raises(FramingError, match=r"corpus/a\.jsonl, rows 15 to 16: the workers on it died again and again"):
            score_partitions(corpus, "out", id="id", model=tiny_model, rows=2, scheduler=client)
    assert not Path(f"out/progress/part-{HELD:06}.json").exists()
    assert not Path("out/errors.jsonl").exists()


# ---------------------------------------------------------------- another run
def test_another_input_model_or_option_is_refused(corpus: list[str], tiny_model: Model, client: Any) -> None:
    def again(files: list[str] = corpus, model: Model = tiny_model, **options: Any) -> Summary:
        return score_partitions(files, "out", model=model, scheduler=client, **{"rows": 10, **options})

    again()
    before = {p: p.read_bytes() for p in Path("out").rglob("*") if p.is_file()}
    other = Model.from_payload(tiny_model.to_payload() | {"thresholds": {"terms": 0.9, "scare": 0.9}})
    Path("more.jsonl").write_text('{"text": "A vote."}\n')
    for change, message in (
        ({"model": other}, r"was begun with another model \(sha256: .* then, .* now\)"),
        ({"rows": 9}, r"was begun with other options \(rows: 10 then, 9 now\)"),
        ({"threshold": 0.5}, r"other options \(threshold: None then, 0.5 now\)"),
        ({"on_error": "skip"}, "other options"),
        ({"id": "id"}, "other options"),
        ({"files": [*corpus, "more.jsonl"]}, r"other inputs \(2 then, 3 now\)"),
        ({"files": corpus[::-1]}, r"other inputs \(path: 'corpus/a.jsonl' then, 'corpus/b.parquet' now\)"),
    ):
        with pytest.raises(DataError, match=message):
            again(**change)  # type: ignore[arg-type]
    data = Path(corpus[0]).read_bytes()
    Path(corpus[0]).write_bytes(data.replace(b"thugs", b"staff", 1))
    with pytest.raises(DataError, match=r"other inputs \(corpus/a\.jsonl: its content has changed\); go on with those, or name another folder"):
        again()
    Path(corpus[0]).write_bytes(data)
    assert {p: p.read_bytes() for p in Path("out").rglob("*") if p.is_file()} == before
    assert again().resumed == 4


def test_a_folder_that_no_run_began_is_left_alone(corpus: list[str], tiny_model: Model, client: Any) -> None:
    Path("out").mkdir()
    Path("out/thesis.txt").write_text("mine")
    with pytest.raises(DataError, match="not empty, and no run of framing began it"):
        score_partitions(corpus, "out", model=tiny_model, scheduler=client)
    Path("out/manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.json: damaged"):
        score_partitions(corpus, "out", model=tiny_model, scheduler=client)
    Path("out/manifest.json").write_text("[]")
    with pytest.raises(DataError, match="no manifest of format 1"):
        score_partitions(corpus, "out", model=tiny_model, scheduler=client)
    with pytest.raises(DataError, match="a file is in the way"):
        score_partitions(corpus, corpus[0], model=tiny_model, scheduler=client)
    assert sorted(p.name for p in Path("out").iterdir()) == ["manifest.json", "thesis.txt"]


def test_inputs_that_cannot_be_used_are_named(corpus: list[str], tiny_model: Model, client: Any) -> None:
    Path("a.csv").write_text("text\nA vote.\n")
    Path("broken.parquet").write_bytes(b"PAR1")
    Path("empty").mkdir()
    for files, message in (
        (["a.csv"], r"a\.csv: cannot be shared between workers; wanted \*\.parquet, \*\.jsonl"),
        (["gone.jsonl"], r"gone\.jsonl: no such file"),
        (["broken.parquet"], r"broken\.parquet: not a Parquet file, or damaged"),
        ([corpus[0], f"./corpus/../{corpus[0]}"], "named twice"),
        (["empty"], "nothing to score in empty"),
        ([], "nothing to score in no inputs"),
    ):
        with pytest.raises(DataError, match=message):
            score_partitions(files, "out", model=tiny_model, scheduler=client)
    with pytest.raises(DataError, match=r"b\.parquet: no column named 'body'; found text, id"):
        score_partitions([corpus[1]], "out", text="body", model=tiny_model, scheduler=client)
    assert not Path("out").exists()


@pytest.mark.parametrize("wrong", [{"on_error": "ignore"}, {"rows": 0}, {"threshold": 2.0}])
def test_values_out_of_range_are_refused(corpus: list[str], tiny_model: Model, client: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        score_partitions(corpus, "out", model=tiny_model, scheduler=client, **wrong)


# ---------------------------------------------------------------- clusters
def test_the_command_takes_a_schedulers_address(corpus: list[str], tiny_model: Model, tiny_file: str, client: Any) -> None:
    address = client.scheduler_info()["address"]
    arguments = ["score", *corpus, "--engine", "dask", "-o", "out", "--scheduler", address, "--model", tiny_file, "--id-column", "id", "--partition-rows", "9"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("out: ")
    assert result.stdout.endswith(" flags in 34 rows, 5 parts\n")
    assert_every_row_once(Path("out"), corpus, tiny_model)
    again = CliRunner().invoke(main, [*arguments, "--exit-zero"])
    assert again.exit_code == 0
    assert again.stdout.endswith(", 5 of them done before\n")
    refused = CliRunner().invoke(main, [*arguments, "--on-error", "skip"])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: ")
    assert len(refused.stderr.splitlines()) == 1


def test_the_command_names_bad_rows(corpus: list[str], tiny_file: str, client: Any) -> None:
    Path("a.jsonl").write_text('{"text": null}\n{"text": "The clerk closed the window at noon."}\n')
    arguments = ["score", "a.jsonl", "--engine", "dask", "-o", "out", "--scheduler", client.scheduler_info()["address"], "--model", tiny_file]
    stopped = CliRunner().invoke(main, arguments)
    assert stopped.exit_code == 2
    assert stopped.stderr.startswith("error: a.jsonl: row 1, column 'text': null; wanted text")
    skipped = CliRunner().invoke(main, [*arguments, "--on-error", "skip"])
    assert skipped.exit_code == 0
    assert skipped.stderr == "warning: 1 row left out, listed in out/errors.jsonl: a.jsonl: row 1, column 'text': null\n"


def test_processes_are_started_here_without_a_scheduler(corpus: list[str], tiny_file: str, tiny_model: Model) -> None:
    command = [sys.executable, "-m", "framing", "score", *corpus, "--engine", "dask", "--jobs", "2", "-o", "out", "--model", tiny_file, "--id-column", "id"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1, result.stderr
    assert_every_row_once(Path("out"), corpus, tiny_model)


def test_a_scheduler_that_does_not_answer_is_named(corpus: list[str], tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PATIENCE", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(ConfigError, match=f"no Dask scheduler answers at {address}"):
            score_partitions(corpus, "out", model=tiny_model, scheduler=address)
    assert not Path("out").exists()


def test_missing_dask_names_the_extra(corpus: list[str], tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pip install 'framing\[dask\]'"):
        score_partitions(corpus, "out", model=tiny_model)


def test_a_worker_of_another_version_or_without_the_folder_says_so(corpus: list[str], tmp_path: Path) -> None:
    part = partitions.Part(1, 2, 0)
    task = partitions.Task(0, corpus[0], os.path.abspath(corpus[0]), part)
    with pytest.raises(ConfigError, match="the run was started with another"):
        partitions._work(task, str(tmp_path / "out"), partitions.Settings(), "", "another")
    with pytest.raises(ConfigError, match="a worker does not see this folder"):
        partitions._work(task, str(tmp_path / "out"), partitions.Settings(), "", partitions.__version__)
    shutil.rmtree("corpus")
    with pytest.raises(DataError, match=r"corpus/a\.jsonl: a worker does not see it"):
        partitions._survey(corpus[0], task.source, partitions.Settings(), check=False)
