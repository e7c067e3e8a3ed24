"""``framing score``: texts in, flags out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from framing.cli.console import complain
from framing.cli.inputs import find_texts, reports
from framing.cli.writers import WRITERS, writer
from framing.rendering import QUOTED, choose


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("--format", "form", type=click.Choice(tuple(WRITERS)), default="text", show_default=True, help="How the findings are written.")
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

    files, problems = find_texts(inputs)
    judge = load(model)  # before the output is opened: a wrong model must not empty the file of the last run
    with writer(output, plain=form in ("text", "compact")) as out:
        found = reports(files, problems, model=judge, threshold=min_probability, jobs=jobs)
        shown = ((path, choose(report, quoted=quoted)) for path, report in found)
        total = WRITERS[form](shown, out)
    for problem in problems:
        complain(problem)
    sys.exit(2 if problems else 1 if total and not exit_zero else 0)
