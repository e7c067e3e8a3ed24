"""What goes wrong around a run: a kill, Ctrl-C, a closed pipe, a full disk, no home, nothing that may be written to.

Each is a process of its own; where it has to be struck at a certain moment, it waits there on a pipe that the test holds.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framing.corpus import Example, jsonl
from framing.model import load_model

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, limits and pipes as POSIX has them")
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300  # seconds after which a process counts as hanging; no test waits for it unless it fails
LINE = "The thugs at the ferry office closed the quay. A clerk left.\n"
FLAGS = 40  # in each text
SMALL = "import framing.model, framing.scoring\nframing.model.BATCH = framing.scoring.PORTION = 1000"  # a batch for each text


@pytest.fixture
def environment(tiny_file: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**inherited, "FRAMING_MODEL": tiny_file, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}


def start(environment: dict[str, str], *arguments: object, setup: str = "") -> subprocess.Popen[bytes]:
    """`framing` with `arguments`, in batches of one text; `setup` is run in the process before.

    A shell's background job ignores Ctrl-C, and so would its children; here they listen to it wherever the tests are run.
    """
    listen = "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listen}\n{SMALL}\n{setup}\nfrom framing.cli import main\nmain(sys.argv[1:], prog_name='framing')"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def end(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    """Texts whose reports together are more than a pipe holds."""
    paths = []
    for number in range(8):
        path = tmp_path / f"{number}.txt"
        path.write_text(LINE * FLAGS, encoding="utf-8")
        paths.append(path)
    return paths


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    return path


@pytest.fixture
def data(tmp_path: Path, examples: list[Example]) -> Path:
    path = tmp_path / "labels.jsonl"
    jsonl.write(examples, path)
    return path


def parts(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.name.endswith(".part")]


# ---------------------------------------------------------------- kill
def test_kill_in_a_long_run_leaves_the_old_output(environment: dict[str, str], texts: list[Path], pipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    process = start(environment, "score", *texts, pipe, "--format", "jsonl", "-o", out)
    with open(pipe, "wb"):  # opens when the process does: everything before has been scored or is waiting
        process.kill()
        assert end(process)[0] == -signal.SIGKILL
    assert out.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("moment", ["os.fsync", "os.replace"])
def test_kill_while_a_model_is_written_leaves_the_old_one(environment: dict[str, str], data: Path, tmp_path: Path, tiny_file: str, moment: str) -> None:
    out = tmp_path / "m.joblib"
    out.write_bytes(Path(tiny_file).read_bytes())
    setup = f"import os, signal\n{moment} = lambda *a: os.kill(os.getpid(), signal.SIGKILL)"
    assert end(start(environment, "train", data, "-o", out, "--base", "none", setup=setup))[0] == -signal.SIGKILL
    assert out.read_bytes() == Path(tiny_file).read_bytes()
    assert load_model(out).name
    assert len(parts(tmp_path)) == 1  # the draft is all that a kill leaves
    assert end(start(environment, "train", data, "-o", out, "--base", "none"))[0] == 0


def test_kill_in_the_middle_of_training_leaves_the_old_model(environment: dict[str, str], data: Path, tmp_path: Path, tiny_file: str) -> None:
    out = tmp_path / "m.joblib"
    out.write_bytes(Path(tiny_file).read_bytes())
    kill = "lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)"
    setup = f"import os, signal\nfrom sklearn.linear_model import LogisticRegression\nLogisticRegression.fit = {kill}"
    assert end(start(environment, "train", data, "-o", out, "--base", "none", setup=setup))[0] == -signal.SIGKILL
    assert out.read_bytes() == Path(tiny_file).read_bytes()
    assert parts(tmp_path) == []


# ---------------------------------------------------------------- Ctrl-C
@pytest.mark.parametrize(("form", "jobs"), [("jsonl", 1), ("jsonl", 2), ("compact", 1), ("text", 1)])
def test_interrupt_exits_130_with_whole_lines(environment: dict[str, str], texts: list[Path], form: str, jobs: int) -> None:
    process = start(environment, "score", *texts * 4, "--format", form, "--jobs", jobs)
    assert process.stdout is not None
    first = os.read(process.stdout.fileno(), 10)  # there is more than the pipe can hold, so the process is writing, or about to
    process.send_signal(signal.SIGINT)
    status, rest, err = end(process)
    whole = first.decode() + rest
    assert status == 130
    assert whole.endswith("\n")
    if form == "jsonl":
        assert {json.loads(line)["path"] for line in whole.splitlines()} <= set(map(str, texts))
    assert "Traceback" not in err


def test_interrupt_leaves_the_old_output_and_no_draft(environment: dict[str, str], texts: list[Path], pipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    process = start(environment, "score", *texts, pipe, "--format", "jsonl", "-o", out)
    with open(pipe, "wb"):
        process.send_signal(signal.SIGINT)
        assert end(process)[0] == 130
    assert out.read_text(encoding="utf-8") == "old"
    assert parts(tmp_path) == []


def test_interrupt_while_a_model_is_written_leaves_the_old_one(environment: dict[str, str], data: Path, tmp_path: Path, tiny_file: str) -> None:
    out = tmp_path / "m.joblib"
    out.write_bytes(Path(tiny_file).read_bytes())
    setup = "import os, signal\nos.fsync = lambda number: os.kill(os.getpid(), signal.SIGINT)"
    assert end(start(environment, "train", data, "-o", out, "--base", "none", setup=setup))[0] == 130
    assert out.read_bytes() == Path(tiny_file).read_bytes()
    assert parts(tmp_path) == []


# ---------------------------------------------------------------- closed pipe
@pytest.mark.parametrize("jobs", [1, 2])
def test_closed_output_ends_quietly(environment: dict[str, str], texts: list[Path], jobs: int) -> None:
    with start(environment, "score", *texts * 4, "--format", "jsonl", "--jobs", jobs) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode in (1, 141)
    assert err == b""


# ---------------------------------------------------------------- full disk
FULL = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"


def test_full_disk_leaves_the_old_output_and_one_line(environment: dict[str, str], texts: list[Path], data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for arguments in (("score", *texts, "--format", "jsonl", "-o", out), ("train", data, "--base", "none", "-o", out)):
        out.write_text("old", encoding="utf-8")
        status, _, err = end(start(environment, *arguments, setup=FULL))
        assert status == 2
        assert err.splitlines()[-1].startswith(f"error: {out}: File too large")
        assert "Traceback" not in err
        assert out.read_text(encoding="utf-8") == "old"
        assert parts(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("score",), ("score", "--format", "jsonl"), ("score", "--format", "html"), ("check-data",), ("info",), ("devices",)])
def test_output_to_a_full_disk_is_one_line(environment: dict[str, str], texts: list[Path], data: Path, arguments: tuple[str, ...]) -> None:
    given = {"score": [texts[0]], "check-data": [data]}.get(arguments[0], [])
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "framing", *arguments, *map(str, given)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (2, b"error: the output: No space left on device\n")


@pytest.mark.parametrize("what", ["model", "labels"])
def test_a_disk_that_fills_up_leaves_what_was_on_it(environment: dict[str, str], data: Path, tmp_path: Path, what: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    out = disk / "out"
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(data.read_bytes() * 10)
    arguments = {"model": ["train", data, "--base", "none"], "labels": ["convert", rows, "--to", "jsonl"]}[what]
    command = f"mount -t tmpfs -o size=16k none {disk} && echo old > {out} && {{ {sys.executable} -m framing {' '.join(map(str, arguments))} -o {out};"
    # the disk is gone with the process that mounted it, so what is on it is told before
    script = f"{command} echo $? >&2; cat {out}; ls -A {disk}; }}"
    try:
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, env=environment, timeout=PATIENCE, check=False)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no disk of our own here: {done.stderr.splitlines()[0]}")
    *_, error, status = done.stderr.splitlines()
    assert status == "2"
    assert error.startswith("error: ")
    assert "No space left on device" in error
    assert done.stdout.split() == ["old", "out"]


@pytest.mark.parametrize("what", ["model", "labels", "reports"])
def test_an_output_folder_that_vanishes_is_one_line(environment: dict[str, str], texts: list[Path], data: Path, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    setup = f"import os, shutil\nbefore = os.fsync\nos.fsync = lambda n: (before(n), shutil.rmtree({str(folder)!r}, ignore_errors=True))"
    out = folder / "out"
    arguments = {"model": ["train", data, "--base", "none"], "labels": ["convert", data, "--to", "jsonl"], "reports": ["score", texts[0]]}[what]
    status, _, err = end(start(environment, *arguments, "-o", out, setup=setup))
    assert status == 2
    assert err.splitlines()[-1].startswith(f"error: {out}: No such file or directory")
    assert "Traceback" not in err


def test_too_little_memory_is_one_line(environment: dict[str, str], data: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.joblib"
    out.write_bytes(b"old")
    setup = "import numpy\ndef full(*a, **k): raise MemoryError\nfrom sklearn.linear_model import LogisticRegression\nLogisticRegression.fit = full"
    status, _, err = end(start(environment, "train", data, "-o", out, "--base", "none", setup=setup))
    assert (status, err.splitlines()[-1].partition(";")[0]) == (2, "error: out of memory")
    assert "Traceback" not in err
    assert out.read_bytes() == b"old"
    assert parts(tmp_path) == []


# ---------------------------------------------------------------- places
CLOSED = """
import socket, os, builtins, tempfile
def refuse(*a, **k): raise AssertionError("network")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refuse
socket.getaddrinfo = socket.create_connection = refuse
before = builtins.open
def closed(file, mode="r", *a, **k):
    if set(mode) & set("wax+"):
        raise OSError(30, "Read-only file system", str(file))
    return before(file, mode, *a, **k)
builtins.open = closed
for name in ("mkdir", "makedirs", "mkfifo", "rename", "replace", "remove", "unlink"):
    setattr(os, name, refuse)
tempfile.mkstemp = tempfile.mkdtemp = refuse
"""


def test_no_home_no_network_and_nothing_to_write_to(environment: dict[str, str], texts: list[Path]) -> None:
    environment = {name: value for name, value in environment.items() if name not in ("HOME", "TMPDIR", "USER", "LOGNAME")}
    environment |= {"HOME": "/nowhere/at/all", "TMPDIR": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1", "NLTK_DATA": "/nowhere"}
    for gone in ((), ("HOME",)):
        status, out, err = end(start({k: v for k, v in environment.items() if k not in gone}, "score", texts[0], "--format", "jsonl", setup=CLOSED))
        assert (status, err) == (1, "")
        assert len(json.loads(out)["flags"]) == FLAGS


def test_read_only_folder_is_one_error_before_anything_is_lost(environment: dict[str, str], texts: list[Path]) -> None:
    status, _, err = end(start(environment, "score", texts[0], "-o", "/proc/out.txt"))
    assert status == 2
    assert len(err.splitlines()) == 1
    assert err.startswith("error: /proc/out.txt: ")
