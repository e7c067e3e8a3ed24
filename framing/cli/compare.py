"""``framing compare``: two or more sides in, what each flags more of out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framing.cli.console import complain
from framing.cli.sides import grouped, texts_of
from framing.cli.tables import is_table
from framing.cli.writers import replace_file, writer
from framing.errors import DataError
from framing.rows import PATTERNS

if TYPE_CHECKING:
    from framing.comparison import Comparison

FORMATS = ("text", "csv", "json", "html")
MOST_PROBLEMS = 20  # lines of complaint; a table of another form would give one for each row


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="A B [MORE]... | TABLE")
@click.option("--text-column", default="text", show_default=True, metavar="NAME", help="The column of a table that holds the texts.")
@click.option("--group-column", metavar="NAME", help="The column of a table that says which side a text is on.")
@click.option("--group", "wanted", multiple=True, metavar="VALUE", help="With --group-column: compare only these, in this order; repeat it.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N texts of each side, the first ones.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the comparison is written.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the standard output.")
@click.option("--min-count", type=click.IntRange(min=1), default=5, show_default=True, help="The least flags of a word on all sides together.")
@click.option("--min-texts", type=click.IntRange(min=1), default=3, show_default=True, help="The least texts of some side that have the word.")
@click.option("--top", type=click.IntRange(min=1), default=12, show_default=True, help="Words shown for each side in the text format.")
@click.option(
    "--prior", type=click.FloatRange(min=0, min_open=True), default=0.1, show_default=True, help="Weight of the prior, in shares of the smaller side."
)
@click.option("--resamples", type=click.IntRange(min=1), default=1000, show_default=True, help="Draws of the bootstrap.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstrap.")
@click.option("--min-probability", type=click.FloatRange(0, 1), metavar="P", help="The least chance at which words are flagged; the model's own by default.")
@click.option("--jobs", type=click.IntRange(min=-1), default=1, show_default=True, help="Worker processes; -1 for one per core.")
@click.option("--model", metavar="PATH", help="A model file; the shipped one by default.")
def compare(
    inputs: Sequence[str],
    text_column: str,
    group_column: str | None,
    wanted: Sequence[str],
    limit: int | None,
    form: str,
    output: str | None,
    min_count: int,
    min_texts: int,
    top: int,
    prior: float,
    resamples: int,
    seed: int,
    min_probability: float | None,
    jobs: int,
    model: str | None,
) -> None:
    """Compare the loaded words and devices of two or more sides.

    Each of A, B, ... is a side: a folder of *.txt and *.md files, a text file, or a table (*.jsonl, *.csv, also
    .gz, or *.parquet).
    With --group-column a single table holds all sides:

        framing compare articles.csv --text-column body --group-column outlet --group Courier --group Herald
    """
    if jobs == 0:
        raise click.UsageError("--jobs 0: wanted a number of workers, or -1")
    if output and output != "-" and not Path(output).resolve().parent.is_dir():  # before the work, not after it
        raise DataError(f"{output}: there is no folder {Path(output).parent} to write to")
    problems: list[str] = []
    groups = _groups(inputs, problems, column=text_column, by=group_column, wanted=wanted, limit=limit)
    from framing.comparison import compare as run

    try:
        result = run(
            groups,
            model=model,
            threshold=min_probability,
            min_count=min_count,
            min_texts=min_texts,
            prior=prior,
            resamples=resamples,
            random_state=seed,
            n_jobs=jobs,
            progress=sys.stderr.isatty(),
        )
    finally:  # a side without words is mostly one whose rows could not be read; say so before the error
        for problem in problems[:MOST_PROBLEMS]:
            complain(problem)
        if len(problems) > MOST_PROBLEMS:
            complain(f"{len(problems) - MOST_PROBLEMS:,} more like these")
    _write(_rendered(result, form, top), output, form)
    sys.exit(2 if problems else 0)


def _groups(
    inputs: Sequence[str], problems: list[str], *, column: str, by: str | None, wanted: Sequence[str], limit: int | None
) -> Mapping[str, Iterable[str]]:
    if by is not None:
        if len(inputs) != 1 or not is_table(inputs[0]):
            raise click.UsageError(f"--group-column goes with one table ({PATTERNS}), found {' '.join(inputs)}")
        return grouped(inputs[0], problems, column=column, by=by, wanted=wanted, limit=limit)
    if wanted:
        raise click.UsageError("--group goes with --group-column")
    if len(inputs) < 2:
        raise click.UsageError(f"{inputs[0]} is one side; pass two or more, or a table with --group-column")
    missing = [name for name in inputs if not Path(name).exists()]
    if missing:
        raise DataError(f"{missing[0]}: no such file or folder")
    names = [os.path.normpath(name) for name in inputs]
    if len(set(names)) < len(names):
        raise click.UsageError("the same input twice; a side can be compared with another only")
    short = [Path(name).resolve().name for name in names]
    chosen = short if len(set(short)) == len(short) else names
    return {side: texts_of(name, problems, column=column, limit=limit) for side, name in zip(chosen, inputs, strict=True)}


def _rendered(result: Comparison, form: str, top: int) -> str:
    if form == "json":
        return json.dumps(result.to_dict(), indent=2) + "\n"
    if form == "csv":
        from framing.rendering import comparison_csv

        return comparison_csv.render(result)
    if form == "html":
        return result.to_html()
    from framing.rendering import comparison_text

    return comparison_text.render(result, terms=top) + "\n"


def _write(text: str, output: str | None, form: str) -> None:
    if output and output != "-":
        replace_file(output, text)
        return
    with writer(None, plain=form == "text") as out:
        out.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
