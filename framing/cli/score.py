"""``framing score``: texts in, flags out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from framing.cli.console import complain
from framing.cli.engine import score_partitioned
from framing.cli.house import House, kept, settings
from framing.cli.inputs import find_texts, reports
from framing.cli.tables import ON_ERROR, Columns, check_rows, rejected
from framing.cli.writers import WRITERS, writer
from framing.rendering import QUOTED, choose


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("--format", "form", type=click.Choice(tuple(WRITERS)), help="How the findings are written.  [default: text]")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the standard output.")
@click.option("--jobs", type=click.IntRange(min=-1), default=1, show_default=True, help="Worker processes; -1 for one per core.")
@click.option("--quoted", type=click.Choice(QUOTED), help="Flags in quoted and reported words: all, none, or only those.  [default: include]")
@click.option("--min-probability", type=click.FloatRange(0, 1), metavar="P", help="The least chance at which words are flagged; the model's own by default.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 although there are flags.")
@click.option("--model", metavar="PATH", help="A model file; the shipped one by default.")
@click.option("--encoding", metavar="NAME", help="The files' encoding; by default their byte order mark, an HTML page's own word, or UTF-8.")
@click.option("--read-as", type=click.Choice(("text", "markdown", "html")), help="What the files are; by default as their names end.")
@click.option("--glob", "globs", multiple=True, metavar="GLOB", help="What to look for in folders instead of *.txt and *.md; may be repeated.")
@click.option("--config", metavar="FILE", help="A configuration file; by default the nearest framing.toml or pyproject.toml upward.")
@click.option("--no-config", is_flag=True, help="Read no configuration file.")
@click.option("--text-column", default="text", show_default=True, metavar="NAME", help="Of tables: the column that holds the texts.")
@click.option("--id-column", metavar="NAME", help="Of tables: the column that names the texts; by default they are named file:row.")
@click.option("--on-error", type=click.Choice(ON_ERROR), default="stop", show_default=True, help="What a row without a text does.")
@click.option("--errors", metavar="FILE", help="With --on-error skip: where such rows are listed; by default OUTPUT.errors.jsonl or framing.errors.jsonl.")
@click.option("--engine", type=click.Choice(("local", "dask")), default="local", show_default=True, help="dask: tables to a folder of Parquet files.")
@click.option("--scheduler", metavar="ADDRESS", help="With --engine dask: the cluster's scheduler; by default --jobs processes are started here.")
@click.option("--partition-rows", type=click.IntRange(min=1), default=10_000, show_default=True, help="With --engine dask: rows that are done at a time.")
def score(
    inputs: Sequence[str],
    form: str | None,
    output: str | None,
    jobs: int,
    quoted: str | None,
    min_probability: float | None,
    exit_zero: bool,
    model: str | None,
    encoding: str | None,
    read_as: str | None,
    globs: Sequence[str],
    config: str | None,
    no_config: bool,
    text_column: str,
    id_column: str | None,
    on_error: str,
    errors: str | None,
    engine: str,
    scheduler: str | None,
    partition_rows: int,
) -> None:
    """Find what is loaded in text, Markdown and HTML files, in the *.txt and *.md files of folders, or in the standard input (-).

    *.jsonl, *.ndjson, *.csv (each also with .gz) and *.parquet files that are named are tables with a text in each row.
    Options win over the configuration file (see `framing config`).
    """
    if jobs == 0:
        raise click.UsageError("--jobs 0: wanted a number of workers, or -1")
    if not inputs:
        if sys.stdin.isatty():
            raise click.UsageError("nothing to score: pass a file, a folder, or - for the standard input")
        inputs = ("-",)
    columns = Columns(text_column, id_column)
    if engine == "dask":
        refuse_given("engine dask", "form", "quoted", "errors", *(["jobs"] if scheduler else []))
        found_any = score_partitioned(inputs, output, columns, on_error, model, min_probability, jobs, scheduler, partition_rows)
        sys.exit(1 if found_any and not exit_zero else 0)
    refuse_given("engine local", "scheduler", "partition_rows")
    from framing.scoring import load

    force = settings(WRITERS, config=config, no_config=no_config, form=form, quoted=quoted, model=model, min_probability=min_probability)
    files, problems = find_texts(inputs, globs)
    # Before the output is opened: a wrong model must not empty the file of the last run.
    house = House(force, load(force.model), encoding=encoding, read_as=read_as)
    files = list(kept(files, inputs, force.config))
    if on_error == "stop":
        check_rows(files, columns)
    errors = errors or ("framing.errors.jsonl" if output in (None, "-") else f"{output}.errors.jsonl")
    with rejected(on_error, errors, columns, files) as rejects, writer(output, plain=force.form in ("text", "compact")) as out:
        found = reports(files, problems, columns=columns, rejects=rejects, house=house, jobs=jobs)
        shown = ((path, choose(report, quoted=force.quoted)) for path, report in found)
        total = WRITERS[force.form](shown, out)
    house.say_what_was_left_out()
    if rejects is not None and rejects.count:
        complain(str(rejects), "warning")
    for problem in problems:
        complain(problem)
    sys.exit(2 if problems else 1 if total and not exit_zero else 0)


def refuse_given(where: str, *names: str) -> None:
    """Raise a usage error when one of the options, which have no meaning with `where`, was given on the command line."""
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and context.get_parameter_source(option.name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} has no meaning with --{where}")
