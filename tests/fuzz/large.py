"""Large inputs, run by hand: ``python tests/fuzz/large.py lines``, ``rows`` or ``calls``.

``lines``: one line of 20 MB for every kind of text and of labelled data.  ``rows``: a million labelled rows for ``check-data``, ``evaluate``
and ``train``.  Each is a process of its own with a limit on its memory (``--memory``, GiB); it has to work, or to end with one line of
error and status 2, and what it should have written over is there.  ``calls``: 100,000 calls of one model; how many blocks of memory and
objects there are is counted, not how long it takes.  Every subcommand prints what was tried and ends with status 1 if something failed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.texts import FIXTURE, hold  # noqa: E402

from framing.model import Model, load_model  # noqa: E402

NEWS = "The thugs at the ferry office closed the quay, and the warden said “the gate stays shut” on Monday. "
SLACK = 2_000  # blocks that an interpreter takes and gives back on its own; a leak of one object per call would be the number of calls
CODE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from framing.cli import main
main(sys.argv[2:], prog_name="framing")
"""


def command(folder: Path, memory: float, arguments: Iterable[object], *, stdin: Path | None = None) -> tuple[int, str, float]:
    """(exit status, what is on the error stream, the most memory in MiB) of `framing` with `arguments`."""
    environment = {**os.environ, "FRAMING_MODEL": str(FIXTURE), "PYTHONPATH": str(HERE.parent.parent), "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, "-c", CODE, str(int(memory * (1 << 30))), *map(str, arguments)]
    with open(stdin or os.devnull, "rb") as given, open(folder / "err", "w+b") as err:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdin=given, stdout=subprocess.DEVNULL, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        told = err.read().decode("utf-8", "replace")
    return process.returncode, told, usage.ru_maxrss / 1024


def verdict(status: int, told: str) -> str | None:
    """What is wrong with how a command ended, or None."""
    if status in (0, 1) and "Traceback" not in told:
        return None
    errors = [line for line in told.splitlines() if line.startswith("error: ")]
    return None if status == 2 and len(errors) == 1 and "Traceback" not in told else f"status {status}: {told[-400:]}"


def judge(title: str, folder: Path, memory: float, arguments: Iterable[object], *, stdin: Path | None = None) -> bool:
    """Run it, print a line, and say whether it failed."""
    status, told, peak = command(folder, memory, arguments, stdin=stdin)
    wrong = verdict(status, told)
    error = next((line for line in told.splitlines() if line.startswith("error: ")), "")
    print(f"{title}: status {status}, {peak:,.0f} MiB{'; ' + error[:160] if error else ''}{'; FAILED: ' + wrong if wrong else ''}", flush=True)
    return wrong is not None


# ---------------------------------------------------------------- one huge line
def inputs(folder: Path, size: int) -> Iterator[tuple[str, list[object], Path | None]]:
    """(title, arguments, standard input) for a line of `size` bytes in every kind of file."""
    text = NEWS * (size // len(NEWS.encode())) + "a" * 1000
    row = json.dumps({"text": text, "label": 1})
    written: dict[str, str] = {
        "a.txt": text,
        "a.md": text,
        "a.html": f"<html><body><article><p>{text}</p></article></body></html>",
        "a.jsonl": row,
        "a.csv": 'text\n"' + text + '"',
        "babe.csv": f'text;label_bias;biased_words\n"{text}";Biased;[]\n',
        "a.conll": "\n".join(f"{word}\tO" for word in ["word" * (size // 40)] * 10) + "\n",
        "a.tsv": f"sentence_id\tsentence\tlabel\n1\t{text}\tSUBJ\n",
        "tasks.json": json.dumps([{"data": {"text": text}, "annotations": []}]),
    }
    for name, content in written.items():
        (folder / name).write_text(content, encoding="utf-8")
    for name in ("a.txt", "a.md", "a.html", "a.jsonl", "a.csv"):
        yield f"score {name}", ["score", name, "--format", "jsonl", "--exit-zero"], None
    yield "score -", ["score", "-", "--format", "jsonl"], folder / "a.txt"
    for name in ("a.jsonl", "babe.csv", "a.conll", "a.tsv", "tasks.json"):
        yield f"check-data {name}", ["check-data", name], None
        yield f"convert {name}", ["convert", name, "--to", "jsonl", "-o", "out.jsonl"], None
    yield "evaluate a.jsonl", ["evaluate", "a.jsonl"], None
    yield "train a.jsonl", ["train", "a.jsonl", "-o", "m.joblib"], None
    (folder / "framing.toml").write_text(f"ignore = [{text!r}]", encoding="utf-8")
    yield "score with a config of one line", ["score", "a.txt", "--config", "framing.toml"], None


def lines(size: int, memory: float) -> int:
    """How many kinds of input failed on a line of `size` bytes."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        for title, arguments, stdin in inputs(Path(name), size):
            failed += judge(f"{size:,} bytes, {title}", Path(name), memory, arguments, stdin=stdin)
    return failed


# ---------------------------------------------------------------- many rows
def rows(count: int, memory: float, commands: Iterable[str] = ("check-data", "evaluate", "train")) -> int:
    """How many of the commands failed on `count` labelled rows."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open(folder / "a.jsonl", "w", encoding="utf-8") as file:
            for n in range(count):
                word = ("thugs", "staff")[n % 2]
                spans = [{"start": 4, "end": 9, "device": "contentious_label"}] if n % 2 == 0 else []
                text = f"The {word} at pier {n} closed gate {n * 7919 % count} of quay {n * 104729 % count} on day {n % 365}."
                file.write(json.dumps({"text": text, "label": 1 - n % 2, "spans": spans, "group": f"g{n // 2}"}) + "\n")
        for what in commands:
            (folder / "m.joblib").write_bytes(FIXTURE.read_bytes())
            failed += judge(f"{count:,} rows, {what}", folder, memory, [what, "a.jsonl", *(["-o", "m.joblib", "--base", "none"] if what == "train" else [])])
            load_model(folder / "m.joblib")  # the old one or the new one, and whole
    return failed


# ---------------------------------------------------------------- many calls
def calls(model: Model, count: int) -> tuple[int, int]:
    """(blocks of memory, objects) by which the last nine tenths of `count` calls grow; the first tenth fills what is kept.

    All texts but every hundredth are of the same words; those bring new ones, which a model may keep up to its limit, so they are left out of
    the last calls.
    """

    def counted() -> tuple[int, int]:
        gc.collect()
        return sys.getallocatedblocks(), len(gc.get_objects())

    def call(n: int, new: bool) -> None:
        text = f"Row {n % 97}. {NEWS}" + (f"A shameful vote of w{n}x ended it." if new and n % 100 == 0 else "A shameful vote.")
        hold(model.score(text, threshold=0.1), text)

    for n in range(count // 10):
        call(n, new=True)
    before = counted()
    for n in range(count - count // 10):
        call(n, new=False)
    after = counted()
    return after[0] - before[0], after[1] - before[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("lines", "rows", "calls"))
    parser.add_argument("--size", type=int, default=20_000_000, help="bytes of the line")
    parser.add_argument("--count", type=int, help="rows (1,000,000) or calls (100,000)")
    parser.add_argument("--memory", type=float, default=8.0, help="GiB that a command may have")
    parser.add_argument("--command", action="append", choices=("check-data", "evaluate", "train"), help="of `rows`; all by default")
    options = parser.parse_args()
    if options.what == "lines":
        failed = lines(options.size, options.memory)
    elif options.what == "rows":
        failed = rows(options.count or 1_000_000, options.memory, options.command or ("check-data", "evaluate", "train"))
    else:
        count = options.count or 100_000
        blocks, objects = calls(load_model(FIXTURE), count)
        failed = int(max(blocks, objects) > SLACK)
        print(f"{count:,} calls: {blocks:+,} blocks, {objects:+,} objects{'; FAILED' if failed else ''}")
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
