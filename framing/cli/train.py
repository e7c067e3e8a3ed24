"""``framing train``: labelled data in, a model file out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framing.cli.console import DATA_FORMATS, complain, progress, say, sha256
from framing.errors import DataError
from framing.rendering import one_line, plural

if TYPE_CHECKING:
    from framing.corpus import Example


@click.command()
@click.argument("data", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="MODEL", help="The model file to write.")
@click.option("--format", "form", type=click.Choice(DATA_FORMATS), help="The data's format; by default found from each file's name.")
@click.option("--weight", "weights", type=(str, float), multiple=True, metavar="DATA W", help="How much one of the DATA counts; may be repeated.")
@click.option("--base", default="shipped", show_default=True, metavar="shipped|none|PATH", help="The model to start from.")
@click.option("--lexicon", metavar="DIR", help="A folder of *.tsv files; by default the base's lexicon.")
@click.option("--vectors", metavar="FILE", help="Word vectors in an .npz file; by default the base's.")
@click.option("--beta", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True, help="Below 1, fewer and surer flags.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Flag words from this chance on.  [default: the best one on held-out examples]")
@click.option(
    "--loaded-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="The share of loaded sentences in the texts to come, if it is not that of the data.",
)
@click.option(
    "--transfer",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="What a sentence's logit is worth on texts of another kind than the data.",
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
    threshold: float | None,
    loaded_share: float | None,
    transfer: float,
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
        sources += [{"name": p.name, "kind": "lexicon", "sha256": sha256([p])} for p in sorted(Path(lexicon).glob("*.tsv"))]
    table = None
    if vectors is not None:
        table = read_vectors(vectors)
        sources.append({"name": Path(vectors).name, "kind": "vectors", "sha256": sha256([Path(vectors)])})
    say(f"{plural(len(examples), 'example')} from {plural(len(sources), 'file')}; training", err=True)
    settings = Settings(loaded_share=loaded_share, beta=beta, threshold=threshold, transfer=transfer)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        model = fit(examples, base=None if base == "none" else base, lexicon=words, vectors=table, random_state=seed, settings=settings, sources=sources)
    for message in dict.fromkeys(str(w.message) for w in caught):
        complain(message, "warning")
    model.save(output)
    say(one_line(f"{output}: {model.name}, {Path(output).stat().st_size:,} bytes"), err=True)


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
        for file, name in progress(files_of(Path(path), form), "reading"):
            rows = read_examples(file, format=name, weight=weight)
            examples += rows
            parts = [file] if file.is_file() else sorted(p for p in file.rglob("*") if p.is_file())
            sources.append({"name": file.name, "format": name, "rows": len(rows), "weight": weight, "sha256": sha256(parts)})
    return examples, sources
