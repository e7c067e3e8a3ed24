"""``framing score --engine dask``: tables to a folder of Parquet files, on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from framing.cli.console import complain, say
from framing.cli.tables import Columns
from framing.rendering import one_line, plural


def score_partitioned(
    inputs: Sequence[str],
    output: str | None,
    columns: Columns,
    on_error: str,
    model: str | None,
    threshold: float | None,
    jobs: int,
    scheduler: str | None,
    rows: int,
) -> bool:
    """Run the engine, say what it did, and tell whether there are flags."""
    from framing.partitions import score_partitions

    if output is None or output == "-":
        raise click.UsageError("--engine dask writes a folder: pass -o FOLDER")
    done = score_partitions(
        inputs,
        output,
        text=columns.text,
        id=columns.id,
        model=model,
        threshold=threshold,
        on_error=on_error,
        rows=rows,
        scheduler=scheduler,
        jobs=jobs,
        progress=sys.stderr.isatty(),
    )
    if done.bad:
        more = f"; and {done.bad - len(done.bad_rows):,} more" if done.bad > len(done.bad_rows) else ""
        complain(f"{plural(done.bad, 'row')} left out, listed in {output}/errors.jsonl: {'; '.join(done.bad_rows)}{more}", "warning")
    resumed = f", {done.resumed:,} of them done before" if done.resumed else ""
    say(one_line(f"{output}: {plural(done.flags, 'flag')} in {plural(done.rows, 'row')}, {plural(done.parts, 'part')}{resumed}"))
    return done.flags > 0
