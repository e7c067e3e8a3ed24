"""Speed and memory against what NLTK needs to cut the same text into words and sentences, which is called T.

    python benchmarks/speed.py [NEWS.jsonl.gz] [--megabytes 5] [--repeat 3] [--only ROW ...] [--train ANNO_LEXICAL] [--model MODEL] [--json]

NEWS has one JSON object a line with ``text``; without it the articles of ``seeds/`` are repeated, which is enough to see that
everything runs, and flatters whatever remembers words.  ``--megabytes`` is the size of the first rows; the others keep their
proportion to it (100 MB streamed, 20 MB for two workers and for one text, when it is 5).  One function per row of ``ROWS``.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import framing
from framing.errors import FramingError
from framing.model import Model
from measuring import MEGA, ROOT, Cutting, Start, cores, drain, machine, megabytes, one_core, pieces, plain, process, race, ratios, run, seconds, size, stream

MEMORY_SHARE, WORKERS_SHARE, LONG_SHARE = 20, 4, 4  # times --megabytes
SHORT_TEXT = 25  # --megabytes is this many short texts: 200 kB when it is 5
ARTICLE = 4_000  # bytes
ARTICLES = 40  # that are scored one by one in a round: enough to time, and to average over
PROCESSES = 5  # rounds per --repeat where fresh processes are compared, which vary more than long runs
FLAT = 1.1  # "flat": the peak at the end over the peak after a fifth of the way


@dataclass(frozen=True, slots=True)
class Setting:
    """What every row is measured on."""

    news: Path | None = None
    megabytes: float = 5.0
    repeat: int = 3
    model: str | None = None  # a model file; the shipped one by default
    labelled: tuple[Path, ...] = ()  # what `framing train` gets; not measured without


@dataclass(frozen=True, slots=True)
class Values:
    """What was measured, one number a round; none when it could not be, and then `note` says why."""

    numbers: tuple[float, ...]
    note: str = ""
    fault: str = ""  # what keeps the row from being met although its number is good enough


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what is wanted, and how it is measured."""

    what: str
    unit: str
    floor: float
    aim: float
    measure: Callable[[Setting], Values]
    more_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A row with its values."""

    name: str
    what: str
    unit: str
    floor: float
    aim: float
    more_is_better: bool
    values: Values

    @property
    def met(self) -> str:
        """``aim``, ``floor``, ``no``, or ``not measured``; the median decides."""
        if not self.values.numbers:
            return "not measured"
        if self.values.fault:
            return "no"
        middle = median(self.values.numbers)
        return next((name for name, bound in (("aim", self.aim), ("floor", self.floor)) if (middle >= bound if self.more_is_better else middle <= bound)), "no")


# ------------------------------------------------------------ one function per row
def batch_cold(setting: Setting) -> Values:
    """Many articles through a model object that has never seen a word."""
    return _batch(setting, fresh)


def batch_warm(setting: Setting) -> Values:
    """The same through a model object that has scored these articles before."""
    return _batch(setting, lambda model: model)


def _batch(setting: Setting, ready: Callable[[Model], Model]) -> Values:
    texts, model, cut = list(stream(setting.news, setting.megabytes)), framing.load(setting.model), Cutting()

    def ours() -> Callable[[], object]:
        judge = ready(model)
        return lambda: drain(judge.score_many(texts))

    with one_core():
        drain(model.score_many(texts))
        pairs = race(ours, lambda: lambda: cut(texts), setting.repeat)
    took, read = median(a for a, _ in pairs), megabytes(texts)
    cost = f"{read / took:.2f} MB/s; a million of them would take {took / len(texts) * 1e6 / 3600:.1f} core-hours"
    return Values(tuple(a / b for a, b in pairs), f"{len(texts)} articles, {read:.2f} MB, {cost}")


def article(setting: Setting) -> Values:
    """Articles of 4 kB one by one through a model object that has scored each of them before."""
    texts, model, cut = _articles_of(ARTICLE, setting), framing.load(setting.model), Cutting()

    def ours() -> None:
        for text in texts:
            model.score(text)

    with one_core():
        ours()
        found = ratios(lambda: ours, lambda: lambda: cut(texts), setting.repeat)
    return Values(found, f"{len(texts)} articles of {1000 * megabytes(texts) / len(texts):.1f} kB")


def command(setting: Setting) -> Values:
    """``framing score FILE`` in a fresh process, against a process that imports nltk."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "article.txt"
        file.write_text(_articles_of(ARTICLE, setting)[0], encoding="utf-8")
        score = process(*_framing(), "score", "--exit-zero", *_model(setting), str(file))
        return Values(_processes(score, process(sys.executable, "-c", "import nltk"), setting.repeat, lambda a, b: a / b))


def importing(setting: Setting) -> Values:
    """What ``import framing`` adds to an empty program."""
    empty = process(sys.executable, "-c", "pass")
    return Values(_processes(process(sys.executable, "-c", "import framing"), empty, setting.repeat, lambda a, b: 1000 * (a - b)))


def memory(setting: Setting) -> Values:
    """The peak of a fresh process through which articles stream."""
    if find_spec("resource") is None:
        return Values((), "this system does not tell a process its peak")
    total = MEMORY_SHARE * setting.megabytes
    news = [str(setting.news)] if setting.news else []
    found = json.loads(run(sys.executable, str(Path(__file__).with_name("memory.py")), "--megabytes", str(total), *_model(setting), *news))
    early, last = next(peak for mb, peak in found if mb >= total / 5), found[-1][1]
    fault = f"grew by {last / early - 1:.0%} after the first fifth" if last > FLAT * early else ""
    return Values((last,), "peak after " + ", ".join(f"{mb:g} MB: {peak:.0f}" for mb, peak in found), fault)


def workers(setting: Setting) -> Values:
    """How many times as fast two workers are; they are started anew each time, and starting them counts."""
    from joblib.externals.loky import get_reusable_executor

    if cores() < 2:
        return Values((), "this machine has one core")
    texts, model = list(stream(setting.news, WORKERS_SHARE * setting.megabytes)), framing.load(setting.model)

    def scored(n_jobs: int) -> Callable[[], object]:
        get_reusable_executor().shutdown(wait=True)
        judge = fresh(model)
        return lambda: drain(framing.score_many(texts, model=judge, n_jobs=n_jobs))

    found = tuple(b / a for a, b in race(lambda: scored(2), lambda: scored(1), setting.repeat))
    get_reusable_executor().shutdown(wait=True)
    return Values(found, f"{len(texts)} articles, {megabytes(texts):.2f} MB")


def long_text(setting: Setting) -> Values:
    """One long text against the same text cut into short ones, so that nothing but the length differs."""
    short = pieces(stream(setting.news, LONG_SHARE * setting.megabytes), int(setting.megabytes * MEGA / SHORT_TEXT))
    whole, model = "\n\n".join(short), framing.load(setting.model)

    def apart() -> None:
        for text in short:
            model.score(text)

    with one_core():
        apart()
        found = ratios(lambda: lambda: model.score(whole), lambda: apart, setting.repeat)
    return Values(found, f"one of {megabytes([whole]):.2f} MB, {len(short)} of {1000 * megabytes(short) / len(short):.0f} kB")


def training(setting: Setting) -> Values:
    """``framing train`` as a user runs it, once; the model is thrown away."""
    if not setting.labelled:
        return Values((), "pass --train with AnnoLexical's folder")
    with tempfile.TemporaryDirectory() as folder:
        base = ("--base", setting.model) if setting.model else ()
        work = process(*_framing(), "train", *map(str, setting.labelled), *base, "-o", str(Path(folder) / "model.joblib"))
        return Values((seconds(work) / 60,), "once")


ROWS = {
    "batch-cold": Row("score_many over articles, one core, fresh model object", "T", 1.8, 1.3, batch_cold),
    "batch-warm": Row("score_many over articles, one core, warm", "T", 1.8, 1.3, batch_warm),
    "article": Row("score on one 4 kB article, warm", "T", 2.5, 1.8, article),
    "command": Row("framing score FILE in a fresh process, against import nltk", "×", 1.25, 1.1, command),
    "import": Row("import framing, against an empty program", "ms more", 40, 15, importing),
    "memory": Row("peak memory while articles stream through score_many, flat", "MB", 300, 200, memory),
    "workers": Row("two workers, against one", "× as fast", 1.7, 1.9, workers, more_is_better=True),
    "long-text": Row("one long text, against the same in short ones", "×", 1.3, 1.1, long_text),
    "training": Row("framing train training_data ANNO_LEXICAL", "min", 3, 1, training),
}


# ------------------------------------------------------------ what the rows share
def fresh(model: Model) -> Model:
    """An equal model that remembers no words."""
    return type(model).from_payload(model.to_payload())


def _articles_of(length: int, setting: Setting) -> list[str]:
    """Articles of about `length` bytes; where the news has too few, joined ones."""
    distinct = dict.fromkeys(stream(setting.news, setting.megabytes))
    near = [text for text in distinct if abs(size(text) - length) <= length / 10][:ARTICLES]
    return near if len(near) == ARTICLES else pieces(stream(setting.news, length * ARTICLES / MEGA), length)[:ARTICLES]


def _processes(ours: Start, theirs: Start, repeat: int, compare: Callable[[float, float], float]) -> tuple[float, ...]:
    """`compare` of each round; one round before them fills the disk cache and compiles the modules."""
    race(ours, theirs, 1)
    return tuple(compare(a, b) for a, b in race(ours, theirs, PROCESSES * repeat))


def _framing() -> list[str]:
    """The command of this interpreter; of a checkout that is not installed, the module."""
    script = shutil.which("framing", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "framing"]


def _model(setting: Setting) -> tuple[str, ...]:
    return ("--model", setting.model) if setting.model else ()


# ------------------------------------------------------------ the table
HEADER = ("what", "floor", "aim", "measured: median (min–max)", "met")


def measure(setting: Setting, names: Iterable[str] | None = None) -> Iterator[Figure]:
    """A figure for each of the rows `names`, in the order of the table; for all by default."""
    wanted = set(ROWS if names is None else names)
    for name, row in ROWS.items():
        if name in wanted:
            print(f"measuring {name}", file=sys.stderr, flush=True)
            yield Figure(name, row.what, row.unit, row.floor, row.aim, row.more_is_better, row.measure(setting))


def cells(figure: Figure) -> tuple[str, ...]:
    """A figure as a line of the table under ``HEADER``."""
    numbers = figure.values.numbers
    shown = f"{median(numbers):.3g} ({min(numbers):.3g}–{max(numbers):.3g})" if len(numbers) > 1 else "".join(f"{n:.3g}" for n in numbers)
    return (
        figure.what,
        f"{figure.floor:g} {figure.unit}",
        f"{figure.aim:g} {figure.unit}",
        f"{shown} {figure.unit}" if numbers else "—",
        figure.met,
    )


def notes(figures: Iterable[Figure]) -> list[str]:
    """A line for each figure that has something to add: what was read, what is wrong, why there is no number."""
    remarks = ((figure.what, "; ".join(part for part in (figure.values.fault, figure.values.note) if part)) for figure in figures)
    return [f"{what}: {remark}" for what, remark in remarks if remark]


def options(parser: argparse.ArgumentParser) -> None:
    """Adds what says which ``Setting`` is meant."""
    parser.add_argument("news", type=Path, nargs="?", metavar="NEWS.jsonl.gz", help="one JSON object with a text per line; seeds/articles by default")
    parser.add_argument("--megabytes", type=_positive, default=5.0, help="size of the first rows; the others keep their proportion (default 5)")
    parser.add_argument("--repeat", type=_count, default=3, help="rounds (default 3)")
    parser.add_argument("--model", help="a model file; the shipped one by default")
    parser.add_argument("--train", type=Path, metavar="ANNO_LEXICAL", help="also time the training on training_data and this folder")


def setting_of(args: argparse.Namespace) -> Setting:
    """The setting that the options of ``options`` describe."""
    labelled = (ROOT / "training_data", args.train) if args.train else ()
    return Setting(args.news, args.megabytes, args.repeat, args.model, labelled)


def _positive(text: str) -> float:
    try:
        if 0 < float(text) < float("inf"):
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r}; wanted a number above 0")


def _count(text: str) -> int:
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r}; wanted a whole number of at least 1")


@contextmanager
def one_line() -> Iterator[None]:
    """What went wrong in one line on the error stream, and exit status 2."""
    try:
        yield
    except (FramingError, OSError, subprocess.CalledProcessError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) and error.stderr else ""
        print(" ".join(f"error: {error} {said}".split()), file=sys.stderr)
        sys.exit(2)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options(parser)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--json", action="store_true", help="every number of every round")
    args = parser.parse_args(argv)
    here = machine()
    with one_line():
        figures = list(measure(setting_of(args), args.only))
    if args.json:
        print(json.dumps({"machine": asdict(here), "rows": [asdict(figure) | {"met": figure.met} for figure in figures]}, ensure_ascii=False, indent=1))
        return
    print(*here.lines(), "", *plain(HEADER, map(cells, figures)), "", *notes(figures), sep="\n")


if __name__ == "__main__":
    main()
