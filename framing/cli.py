"""The command ``framing``; the only door to click, and the only module that prints and sets exit statuses.

Exit status: 0 clean; 1 flags found, a floor missed, problems in the data; 2 usage or input error, with one line on the
error stream that names file and place.  Whatever is heavy is imported inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from framing import __version__, taxonomy
from framing.errors import ConfigError, DataError, FramingError
from framing.rendering import QUOTED, choose, plural

if TYPE_CHECKING:
    from framing.corpus import Example
    from framing.model import Model
    from framing.report import Report

TEXT_SUFFIXES = (".txt", ".md")
FORMATS = ("text", "compact", "json", "jsonl", "html")
# The keys of framing.corpus.READERS, repeated so that help needs no numpy; a test holds the two together.
DATA_FORMATS = ("jsonl", "babe", "anno-lexical", "semeval-2020")


class _OneLineError(click.ClickException):
    """Shown as one line on the error stream; exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        _complain(self.message)


class _Commands(click.Group):
    """Turns the errors that users can mend into one line; a broken pipe and an interrupt stay click's to handle."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "framing"
            raise _OneLineError(f"{error.format_message()} (see {command} --help)") from None
        except BrokenPipeError:
            raise
        except FramingError as error:
            raise _OneLineError(str(error)) from None
        except OSError as error:
            raise _OneLineError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None


def _complain(message: str, kind: str = "error") -> None:
    click.echo(f"{kind}: {' '.join(str(message).split())}", err=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="framing")
def main() -> None:
    """Find loaded language, framing devices and scare quotes in news text.

    Exit status: 0 clean, 1 flags found, 2 usage or input error.
    """


# ---------------------------------------------------------------- score
@main.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the findings are written.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the standard output.")
@click.option("--jobs", type=click.IntRange(min=-1), default=1, show_default=True, help="Worker processes; -1 for one per core.")
@click.option("--quoted", type=click.Choice(QUOTED), default="include", show_default=True, help="Flags in quoted and reported words: all, none, or only those.")
@click.option("--min-probability", type=click.FloatRange(0, 1), metavar="P", help="The least chance at which words are flagged; the model's own by default.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 although there are flags.")
@click.option("--model", metavar="PATH", help="A model file; the shipped one by default.")
def score(
    inputs: Sequence[str], form: str, output: str | None, jobs: int, quoted: str, min_probability: float | None, exit_zero: bool, model: str | None
) -> None:
    """Find what is loaded in text files, in the *.txt and *.md files of folders, or in the standard input (-)."""
    if jobs == 0:
        raise click.UsageError("--jobs 0: wanted a number of workers, or -1")
    if not inputs:
        if sys.stdin.isatty():
            raise click.UsageError("nothing to score: pass a file, a folder, or - for the standard input")
        inputs = ("-",)
    from framing.scoring import load

    files, problems = _find_texts(inputs)
    judge = load(model)  # before the output is opened: a wrong model must not empty the file of the last run
    with _writer(output, plain=form in ("text", "compact")) as out:
        reports = _reports(files, problems, model=judge, threshold=min_probability, jobs=jobs)
        shown = ((path, choose(report, quoted=quoted)) for path, report in reports)
        total = _WRITERS[form](shown, out)
    for problem in problems:
        _complain(problem)
    sys.exit(2 if problems else 1 if total and not exit_zero else 0)


def _find_texts(inputs: Iterable[str]) -> tuple[list[str], list[str]]:
    """(files to read, problems): folders are searched, in sorted order; what does not exist is a problem."""
    files: list[str] = []
    problems: list[str] = []
    for name in inputs:
        path = Path(name)
        if name == "-" or path.is_file():
            files.append(name)
        elif path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in TEXT_SUFFIXES and p.is_file())
            files += map(str, found)
            if not found:
                problems.append(f"{name}: no {' or '.join('*' + s for s in TEXT_SUFFIXES)} files in this folder")
        elif path.exists():  # a pipe: <(command)
            files.append(name)
        else:
            problems.append(f"{name}: no such file or folder")
    return files, problems


def _read_text(name: str) -> str:
    """The text of a file, line ends untouched, so that offsets are those of the file; a byte order mark is dropped."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(f"{_shown(name)}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def _shown(name: str) -> str:
    return "<stdin>" if name == "-" else name


def _reports(files: Sequence[str], problems: list[str], *, model: Model, threshold: float | None, jobs: int) -> Iterator[tuple[str, Report]]:
    """(name, report) of every file that can be read, in order; what cannot goes to `problems` and the rest goes on."""
    from tqdm import tqdm

    from framing.scoring import score_many

    names: deque[str] = deque()

    def texts() -> Iterator[str]:
        for name in tqdm(files, unit=" files", disable=len(files) < 2 or not sys.stderr.isatty()):
            try:
                text = _read_text(name)
            except (DataError, OSError) as error:
                problems.append(f"{name}: {error.strerror}" if isinstance(error, OSError) else str(error))
                continue
            names.append(_shown(name))
            yield text

    for report in score_many(texts(), model=model, threshold=threshold, n_jobs=jobs):
        yield names.popleft(), report


@contextmanager
def _writer(output: str | None, *, plain: bool) -> Iterator[TextIO]:
    """The stream to write to.  Machine formats are UTF-8 everywhere; a terminal that lacks a character gets a ``?``."""
    if output is not None and output != "-":
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace") if plain else stream.reconfigure(encoding="utf-8", newline="\n")
    yield stream
    stream.flush()


def _write_text(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import terminal

    color = out is sys.stdout and out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    total = texts = 0
    for path, report in reports:
        if texts:
            out.write("\n")
        out.write(terminal.render(report, path=path, color=color) + "\n")
        total, texts = total + len(report.flags), texts + 1
    if texts > 1:
        out.write(f"\n{plural(total, 'flag')} in {plural(texts, 'text')}\n")
    return total


def _write_compact(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import compact

    total = 0
    for path, report in reports:
        if report.flags:
            out.write(compact.render(report, path=path) + "\n")
        total += len(report.flags)
    return total


def _write_json(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    """An array with one object per text, however many there are."""
    from framing.rendering import json as as_json

    total, mark = 0, "["
    for path, report in reports:
        out.write(mark + "\n" + as_json.render(report, path=path, indent=2))
        total, mark = total + len(report.flags), ","
    out.write(("[" if mark == "[" else "\n") + "]\n")
    return total


def _write_jsonl(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import json as as_json

    total = 0
    for path, report in reports:
        out.write(as_json.render(report, path=path) + "\n")
        total += len(report.flags)
    return total


def _write_html(reports: Iterable[tuple[str, Report]], out: TextIO) -> int:
    from framing.rendering import html

    kept = [(path, report) for path, report in reports]
    title = kept[0][0] if len(kept) == 1 else plural(len(kept), "text")
    out.write(html.pages(kept, title=f"framing: {title}"))
    return sum(len(report.flags) for _, report in kept)


_WRITERS: dict[str, Callable[[Iterable[tuple[str, Report]], TextIO], int]] = {
    "text": _write_text,
    "compact": _write_compact,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "html": _write_html,
}


# ---------------------------------------------------------------- train
@main.command()
@click.argument("data", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="MODEL", help="The model file to write.")
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--weight", "weights", type=(str, float), multiple=True, metavar="DATA W", help="How much one of the DATA counts; may be repeated.")
@click.option("--base", default="shipped", show_default=True, metavar="shipped|none|PATH", help="The model to start from.")
@click.option("--lexicon", metavar="DIR", help="A folder of *.tsv files; by default the base's lexicon.")
@click.option("--vectors", metavar="FILE", help="Word vectors in an .npz file; by default the base's.")
@click.option("--beta", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Below 1, fewer and surer flags.")
@click.option(
    "--loaded-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="The share of loaded sentences in the texts to come, if it is not that of the data.",
)
@click.option("--seed", type=int, default=0, show_default=True)
def train(
    data: Sequence[str],
    output: str,
    form: str | None,
    weights: Sequence[tuple[str, float]],
    base: str,
    lexicon: str | None,
    vectors: str | None,
    beta: float,
    loaded_share: float | None,
    seed: int,
) -> None:
    """Train a model on labelled files and folders.

    The same data and seed give the same file.  Example, with a second corpus that counts a quarter:

        framing train mine silver.parquet --weight silver.parquet 0.25 -o mine.joblib
    """
    import warnings

    from framing.lexicon import read_lexicon
    from framing.training import Settings
    from framing.training import train as fit
    from framing.vectors import read_vectors

    by_path = _weights(data, weights)
    folder = Path(output).resolve().parent
    if not folder.is_dir():  # before the work, not after it
        raise DataError(f"{output}: there is no folder {Path(output).parent} to write to")
    examples, sources = _labelled(data, form, by_path)
    words = None
    if lexicon is not None:
        words = read_lexicon(lexicon)
        sources += [{"name": p.name, "kind": "lexicon", "sha256": _sha256([p])} for p in sorted(Path(lexicon).glob("*.tsv"))]
    table = None
    if vectors is not None:
        table = read_vectors(vectors)
        sources.append({"name": Path(vectors).name, "kind": "vectors", "sha256": _sha256([Path(vectors)])})
    click.echo(f"{plural(len(examples), 'example')} from {plural(len(sources), 'file')}; training", err=True)
    settings = Settings(loaded_share=loaded_share, beta=beta)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        model = fit(examples, base=None if base == "none" else base, lexicon=words, vectors=table, random_state=seed, settings=settings, sources=sources)
    for message in dict.fromkeys(str(w.message) for w in caught):
        _complain(message, "warning")
    model.save(output)
    click.echo(f"{output}: {model.name}, {Path(output).stat().st_size:,} bytes", err=True)


def _weights(data: Sequence[str], weights: Sequence[tuple[str, float]]) -> dict[str, float]:
    by_path: dict[str, float] = {}
    known = {os.path.normpath(path) for path in data}
    for path, weight in weights:
        if os.path.normpath(path) not in known:
            raise click.UsageError(f"--weight {path} {weight:g}: {path} is none of the DATA ({', '.join(data)})")
        if not 0 <= weight < float("inf"):
            raise click.UsageError(f"--weight {path} {weight:g}: wanted a number of at least 0")
        by_path[os.path.normpath(path)] = weight
    return by_path


def _labelled(data: Sequence[str], form: str | None, weights: dict[str, float]) -> tuple[list[Example], list[dict[str, Any]]]:
    """(examples, sources): what was read, and for the manifest each file's name, rows and digest, without its folder."""
    from framing.corpus import files_of, read_examples

    examples: list[Example] = []
    sources: list[dict[str, Any]] = []
    for path in data:
        weight = weights.get(os.path.normpath(path), 1.0)
        for file, name in _progress(files_of(Path(path), form), "reading"):
            rows = read_examples(file, format=name, weight=weight)
            examples += rows
            parts = [file] if file.is_file() else sorted(p for p in file.rglob("*") if p.is_file())
            sources.append({"name": file.name, "format": name, "rows": len(rows), "weight": weight, "sha256": _sha256(parts)})
    return examples, sources


def _progress(items: Sequence[Any], title: str) -> Iterable[Any]:
    from tqdm import tqdm

    shown: Iterable[Any] = tqdm(items, desc=title, unit=" files", disable=len(items) < 2 or not sys.stderr.isatty())
    return shown


def _sha256(files: Iterable[Path]) -> str:
    import hashlib

    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


# ---------------------------------------------------------------- evaluate, check-data
@main.command()
@click.argument("data", nargs=-1, required=True)
@click.option("--model", metavar="PATH", help="A model file; the shipped one by default.")
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--fail-under", "settings", multiple=True, metavar="METRIC=VALUE", help="Exit 1 when a figure is lower, e.g. sentences.macro_f1=0.72.")
def evaluate(data: Sequence[str], model: str | None, form: str | None, seed: int, as_json: bool, settings: Sequence[str]) -> None:
    """Measure a model on labelled files and folders, beside two baselines, with 95 % intervals."""
    from framing.evaluation import evaluate_files, floors_of, missed

    floors = floors_of(settings)
    result = evaluate_files(data, model=model, format=form, random_state=seed, progress=sys.stderr.isatty())
    below = missed(result, floors)
    click.echo(json.dumps(result.to_dict(), indent=2) if as_json else str(result))
    for message in below:
        click.echo(message, err=True)
    sys.exit(1 if below else 0)


@main.command("check-data")
@click.argument("data", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
def check_data(data: Sequence[str], form: str | None, as_json: bool, strict: bool) -> None:
    """Find everything that is wrong with labelled data, and count what it holds.

    Errors (exit status 1): lines that are no example, offsets that cut words, unknown labels, quotes without marks,
    duplicates.  Warnings: near-duplicates in other groups, loaded rows without a neutral twin.
    """
    from framing.checking import check

    findings = check(data, format=form)
    click.echo(json.dumps(findings.to_dict(), indent=2, ensure_ascii=False) if as_json else str(findings))
    sys.exit(1 if findings.errors or (strict and findings.warnings) else 0)


# ---------------------------------------------------------------- info, devices
@main.command()
@click.argument("model", required=False)
def info(model: str | None) -> None:
    """Say what a model file holds; the shipped one by default."""
    from framing import persistence
    from framing.scoring import load

    path = Path(model) if model else _shipped()
    judge = load(path)
    manifest = dict(judge.manifest)
    sources = manifest.pop("sources", [])
    rows: list[tuple[str, str]] = [
        ("model", judge.name),
        ("file", str(path)),
        ("bytes", f"{path.stat().st_size:,}"),
        ("sha256", _sha256([path])),
        ("format", str(persistence.FORMAT)),
        *((f"head {name}", f"{head.coef.size:,} weights, {int((head.coef != 0).sum()):,} in use") for name, head in sorted(judge.heads.items())),
        *((f"head {name}", "off: never trained") for name in judge.off),
        *((f"threshold {name}", f"{value:g}") for name, value in sorted(judge.thresholds.items())),
        ("lexicon", plural(len(judge.lexicon), "term")),
    ]
    for name, value in manifest.items():
        if name not in ("name", "version"):
            rows.append((name, ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)))
    rows += [("source", ", ".join(f"{k} {v}" for k, v in source.items())) for source in sources]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name.ljust(width)}  {value}")


def _shipped() -> Path:
    """The file that ``framing.load()`` reads."""
    from framing.scoring import SHIPPED

    override = os.environ.get("FRAMING_MODEL")
    if override:
        return Path(override)
    found = next((path for path in SHIPPED if path.exists()), None)
    if found is None:
        raise ConfigError("the shipped model is missing; reinstall framing, set FRAMING_MODEL, or name a model file")
    return found


@main.command()
def devices() -> None:
    """List the framing devices and the uses of quotation marks."""
    rows = [("device", "what it is", "is one", "is not one")]
    rows += [(d.name, d.definition, d.is_one, d.is_not_one) for d in taxonomy.DEVICES]
    _echo_table(rows)
    click.echo()
    _echo_table([("use of marks", "how to tell it", "example"), *((u.name, u.definition, u.example) for u in taxonomy.QUOTE_USES)])


def _echo_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
