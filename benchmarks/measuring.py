"""What both benchmarks share: the articles, the clock, the yardstick T, the machine, the tables.

Knows nothing of what is measured.  Sizes are millions of UTF-8 bytes, times are seconds of wall clock.
"""

import gc
import gzip
import json
import os
import platform
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, cycle
from pathlib import Path

from framing.errors import DataError

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds" / "articles"
MEGA = 1_000_000

# Gets ready, which is not timed, and returns the work, which is.
Start = Callable[[], Callable[[], object]]


# ------------------------------------------------------------ articles
def articles(news: Path | None) -> Iterator[str]:
    """The ``text`` of each line of `news` (JSON Lines, gzipped or not), in the file's order; without it the articles of ``seeds/``.

    Raises ``DataError`` that names the line.
    """
    if news is None:
        for path in sorted(SEEDS.glob("*.txt")):
            yield path.read_text(encoding="utf-8")
        return
    try:
        with gzip.open(news, "rt", encoding="utf-8") if news.suffix == ".gz" else open(news, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _text(line, f"{news}, line {number}")
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{news}: {error}; wanted JSON Lines in UTF-8, gzipped if the name ends in .gz") from None


def _text(line: str, where: str) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where}: {error}; wanted one JSON object a line") from None
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{where}: no text; wanted an object with a \"text\" that is not blank")
    return text


def stream(news: Path | None, megabytes: float) -> Iterator[str]:
    """Articles until `megabytes` are reached, from the beginning again when they run out; never more than one in memory."""
    left = megabytes * MEGA
    for beginning in cycle((True,)):
        empty = beginning
        for text in articles(news):
            if left <= 0:
                return
            left -= size(text)
            empty = False
            yield text
        if empty:
            raise DataError(f"{news or SEEDS}: no articles")


def pieces(texts: Iterable[str], length: int) -> list[str]:
    """`texts` joined, with blank lines between, into pieces of at least `length` bytes; what is left over at the end is one too."""
    found: list[str] = []
    parts: list[str] = []
    filled = 0
    for text in texts:
        parts.append(text)
        filled += size(text)
        if filled >= length:
            found.append("\n\n".join(parts))
            parts, filled = [], 0
    return [*found, "\n\n".join(parts)] if parts else found


def size(text: str) -> int:
    """Bytes of `text` in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def megabytes(texts: Iterable[str]) -> float:
    return sum(map(size, texts)) / MEGA


# ------------------------------------------------------------ the yardstick
class Cutting:
    """T: NLTK cuts each text into words and into sentences, both with offsets, and throws them away."""

    def __init__(self) -> None:
        from nltk.tokenize import RegexpTokenizer
        from nltk.tokenize.punkt import PunktSentenceTokenizer

        self._words = RegexpTokenizer(r"\w+|[^\w\s]")
        self._sentences = PunktSentenceTokenizer()

    def __call__(self, texts: Iterable[str]) -> None:
        for text in texts:
            drain(self._words.span_tokenize(text))
            drain(self._sentences.span_tokenize(text))

    def sentences(self, text: str) -> list[str]:
        """The sentences of `text`, for those peers that read one at a time."""
        return [text[a:b] for a, b in self._sentences.span_tokenize(text)]


def drain(items: Iterable[object]) -> None:
    """Take all of `items` and keep none."""
    deque(items, maxlen=0)


# ------------------------------------------------------------ the clock
def seconds(start: Start) -> float:
    """Wall-clock seconds of the work that `start` returns; the garbage of what ran before is collected first."""
    work = start()
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def race(ours: Start, theirs: Start, rounds: int) -> list[tuple[float, float]]:
    """(our seconds, their seconds) of each round; they take turns at going first, so that a machine that drifts favours neither."""
    times = []
    for number in range(rounds):
        if number % 2:
            second = seconds(theirs)
            times.append((seconds(ours), second))
        else:
            times.append((seconds(ours), seconds(theirs)))
    return times


def ratios(ours: Start, theirs: Start, rounds: int) -> tuple[float, ...]:
    """Our time over theirs, once a round."""
    return tuple(a / b for a, b in race(ours, theirs, rounds))


def run(*command: str) -> str:
    """What a fresh process prints.  Raises ``CalledProcessError`` when it fails."""
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def process(*command: str) -> Start:
    """A fresh process, from its start to its end."""
    return lambda: lambda: run(*command)


@contextmanager
def one_core() -> Iterator[None]:
    """Inside, this process and its children stay on one core where the system lets them, and the numeric libraries use one thread."""
    from threadpoolctl import threadpool_limits

    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    try:
        if before:
            os.sched_setaffinity(0, {max(before)})  # the first core is the one that serves most interrupts
        with threadpool_limits(1):
            yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


# ------------------------------------------------------------ the machine
@dataclass(frozen=True, slots=True)
class Machine:
    """Where and with what the figures came about; no names of hosts, users or folders."""

    processor: str
    cores: int
    load: float | None  # programs that wanted a core in the last minute, per core
    system: str
    versions: tuple[tuple[str, str], ...]
    date: str

    def lines(self) -> list[str]:
        busy = "" if self.load is None else f", load per core at the start {self.load:.2f}"
        return [
            f"{self.date}, {self.processor}, {self.cores} cores, {self.system}{busy}",
            ", ".join(f"{name} {number}" for name, number in self.versions),
        ]


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> Machine:
    """This machine, now."""
    load = round(os.getloadavg()[0] / cores(), 2) if hasattr(os, "getloadavg") else None
    names = ("framing", "nltk", "numpy", "scikit-learn", "joblib")
    versions = (("Python", platform.python_version()), *((name, release(name)) for name in names))
    system = f"{platform.system()} {platform.machine()}"
    return Machine(_processor(), cores(), load, system, versions, datetime.now(timezone.utc).strftime("%Y-%m-%d"))


def release(package: str) -> str:
    """The version of `package`; a checkout of framing that was never installed knows its own."""
    if package == "framing":
        from framing import __version__

        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("model name", "Model", "cpu model"):
                return " ".join(value.split())
    except OSError:
        pass  # not Linux
    if sys.platform == "darwin":
        asked = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True)
        if asked.stdout.strip():
            return asked.stdout.strip()
    return platform.processor() or "processor unknown"


# ------------------------------------------------------------ tables
def plain(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table for the terminal: columns as wide as their widest cell."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in chain([header], rows)]


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The same table for a document."""
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (header, ["---"] * len(header), *rows)]
