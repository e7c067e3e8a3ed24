"""``framing evaluate``: a model against labelled data."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from framing.cli.console import DATA_FORMATS


@click.command()
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
