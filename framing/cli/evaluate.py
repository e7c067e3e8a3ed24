"""``framing evaluate``: a model against labelled data."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from framing.cli.console import DATA_FORMATS, complain, say
from framing.cli.writers import replace_file
from framing.rendering import one_line

if TYPE_CHECKING:
    from framing.corpus import Example
    from framing.curves import Step
    from framing.evaluation import Evaluation
    from framing.model import Model


@click.command()
@click.argument("data", nargs=-1, required=True)
@click.option("--model", metavar="PATH", help="A model file; the shipped one by default.")
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--fail-under", "settings", multiple=True, metavar="METRIC=VALUE", help="Exit 1 when a figure is lower, e.g. sentences.macro_f1=0.72.")
@click.option("--plots", metavar="DIR", help="Draw the figures into DIR, as SVG and PNG; needs framing[plots].")
@click.option("--learning-curve", is_flag=True, help="With --plots: retrain on growing parts of DATA, from the model and from nothing.")
def evaluate(
    data: Sequence[str], model: str | None, form: str | None, seed: int, as_json: bool, settings: Sequence[str], plots: str | None, learning_curve: bool
) -> None:
    """Measure a model on labelled files and folders, beside two baselines, with 95 % intervals."""
    if learning_curve and plots is None:
        raise click.UsageError("--learning-curve goes with --plots DIR")
    if plots is not None:
        from framing.plots import check

        check()
        Path(plots).mkdir(parents=True, exist_ok=True)
    from framing.corpus import read_examples
    from framing.evaluation import evaluate as measure
    from framing.evaluation import floors_of, missed
    from framing.scoring import load

    floors = floors_of(settings)
    examples = [example for path in data for example in read_examples(path, format=form)]
    judge = load(model)
    result = measure(judge, examples, random_state=seed, progress=sys.stderr.isatty())
    below = missed(result, floors)
    say(json.dumps(result.to_dict(), indent=2) if as_json else str(result))
    for message in below:
        say(message, err=True)
    if plots is not None:
        _draw(Path(plots), result, judge, examples, seed=seed, learning_curve=learning_curve)
    sys.exit(1 if below else 0)


def _draw(folder: Path, result: Evaluation, judge: Model, examples: Sequence[Example], *, seed: int, learning_curve: bool) -> None:
    import warnings

    from framing.curves import learning_curve as learn
    from framing.curves import trace
    from framing.plots import draw

    steps: Sequence[Step] = ()
    if learning_curve:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            steps = learn(examples, base=judge, random_state=seed, progress=sys.stderr.isatty())
        for message in dict.fromkeys(str(w.message) for w in caught):
            complain(message, "warning")
    for name, picture in draw(result, trace(judge, examples), steps):
        replace_file(folder / name, picture)
        say(one_line(str(folder / name)), err=True)
