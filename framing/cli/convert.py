"""``framing convert``: labelled data from one format to another, and a model's proposals for people to correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framing.cli.console import DATA_FORMATS, complain, progress, say
from framing.cli.inputs import TEXT_SUFFIXES, find_texts, read_text, shown
from framing.errors import DataError
from framing.rendering import one_line, plural

if TYPE_CHECKING:
    from framing.corpus import Example

TARGETS = ("jsonl", "doccano", "label-studio", "prodigy", "brat", "spacy", "conll")
KINDS = ("label", "spans", "quotes", "attributions")
BY_SUFFIX = {".jsonl": "jsonl", ".json": "label-studio", ".spacy": "spacy", ".conll": "conll"}


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("-o", "--output", required=True, metavar="OUT", help="The file to write; for brat a new folder.")
@click.option("--from", "source", type=click.Choice((*DATA_FORMATS, "text")), help="The format of IN; by default found from names and first rows.")
@click.option("--to", "target", type=click.Choice(TARGETS), help="The format of OUT; by default by its suffix: .jsonl (ours), .json, .spacy, .conll.")
@click.option("--only", "kinds", type=click.Choice(KINDS), multiple=True, help="Write these labels alone; may be repeated.  All by default.")
@click.option("--rename", type=str, multiple=True, metavar="OLD=NEW", help="Take the tool's label OLD for ours NEW; without NEW it is dropped.")
@click.option("--unchecked", is_flag=True, help="Take proposals that nobody has confirmed too (Label Studio's predictions, Prodigy's rows without an answer).")
@click.option("--sentences", is_flag=True, help="Write a row for each sentence; what IN has of labels is not read.")
@click.option("--predict", is_flag=True, help="Label the texts with a model, for people to correct; what IN has of labels is not read.")
@click.option("--model", metavar="PATH", help="The model of --predict; the shipped one by default.")
def convert(
    inputs: Sequence[str],
    output: str,
    source: str | None,
    target: str | None,
    kinds: Sequence[str],
    rename: Sequence[str],
    unchecked: bool,
    sentences: bool,
    predict: bool,
    model: str | None,
) -> None:
    """Convert labelled data between framing's JSON Lines and the formats of annotation tools.

    What OUT's format cannot hold is counted on the error stream.  With --predict, text files become tasks to correct:

        framing convert drafts/ --predict --to label-studio -o tasks.json
    """
    if model is not None and not predict:
        raise click.UsageError("--model without --predict: wanted both, or neither")
    target = target or BY_SUFFIX.get(Path(output).suffix)
    if target is None:
        raise click.UsageError(f"cannot tell the format of {output}; pass --to with one of {', '.join(TARGETS)}")
    examples = list(_read(inputs, source, renamed=_renamed(rename), unchecked=unchecked))
    if not examples:
        hint = "" if unchecked else "; --unchecked takes proposals that nobody has confirmed"
        raise DataError(f"nothing to write: no labelled text in {', '.join(inputs)}{hint}")
    if sentences or predict:
        examples = _bare(examples, "the texts are labelled anew" if predict else "sentences are written without labels")
    if sentences:
        examples = list(_split(examples))
    name = None
    if predict:
        examples, name = _predicted(examples, model)
    lost = _write(examples, Path(output), target, kinds or KINDS, name)
    for what, number in sorted(lost.items()):
        complain(f"{output}: {target} cannot hold: {number:,} × {what}", "warning")
    say(one_line(f"{output}: {plural(len(examples), 'text')} as {target}" + (f", labelled by {name}" if name else "")), err=True)


def _renamed(pairs: Sequence[str]) -> dict[str, str]:
    from framing.corpus.tools.records import LABELS

    renamed: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = pair.rpartition("=")
        if not equals or not old:
            raise click.UsageError(f"--rename {pair}: wanted OLD=NEW")
        if new and new not in LABELS:
            raise click.UsageError(f"--rename {pair}: {new!r} is none of our labels ({', '.join(LABELS)})")
        renamed[old] = new
    return renamed


# ---------------------------------------------------------------- reading
def _read(inputs: Sequence[str], source: str | None, *, renamed: dict[str, str], unchecked: bool) -> Iterator[Example]:
    from framing.corpus import READERS
    from framing.corpus.rows import strict
    from framing.corpus.tools import TOOLS, rows

    if any(name == "-" for name in inputs) and source not in (None, "text"):
        raise DataError(f"-: the standard input is read as text, not as {source}; name a file")
    files = [found for name in inputs for found in _files(name, source)]
    if (renamed or unchecked) and not any(form in TOOLS for _, form in files):
        raise click.UsageError("--rename and --unchecked are for the files of annotation tools; none of IN is one")
    for file, form in progress(files, "reading"):
        if form == "text":
            yield _text(file)
        elif form in TOOLS:
            yield from strict(file, rows(file, form, unchecked=unchecked, renamed=renamed))
        else:
            yield from READERS[form](file)


def _files(name: str, source: str | None) -> list[tuple[Path, str]]:
    """(file, format) for what an argument stands for; text files are taken for text where nothing else is meant or found."""
    from framing.corpus import files_of

    path = Path(name)
    is_text = source == "text" or name == "-" or (source is None and path.suffix.lower() in TEXT_SUFFIXES and path.is_file())
    if not is_text and source is None and path.is_dir() and not _holds_data(path):
        is_text = any(p.suffix.lower() in TEXT_SUFFIXES for p in path.rglob("*"))
    if not is_text:
        return files_of(path, source)
    files, problems = find_texts([name])
    if problems:
        raise DataError(problems[0])
    return [(Path(file), "text") for file in files]


def _holds_data(path: Path) -> bool:
    from framing.corpus import files_of

    try:
        return bool(files_of(path))
    except DataError as error:
        return "several formats" in str(error)


def _text(file: Path) -> Example:
    from framing.corpus import Example

    return Example(read_text(str(file)), id=shown(file.as_posix()))


def _bare(examples: Sequence[Example], why: str) -> list[Example]:
    """The texts without their labels; how many had some is told."""
    bare = [replace(example, label=None, spans=None, quotes=None, attributions=None) for example in examples]
    labelled = sum(one != other for one, other in zip(bare, examples, strict=True))
    if labelled:
        complain(f"the labels of {plural(labelled, 'text')} are not taken over; {why}", "warning")
    return bare


def _split(examples: Iterable[Example]) -> Iterator[Example]:
    from framing.corpus.predictions import sentences_of
    from framing.document import read

    left_out = 0
    for example in examples:
        document = read(example.text)
        left_out += int(document.furniture_sentences.sum())
        kept = [number for number, is_furniture in enumerate(document.furniture_sentences.tolist()) if not is_furniture]
        yield from sentences_of(example, (document.sentence_span(number) for number in kept))
    if left_out:
        complain(f"{plural(left_out, 'sentence')} of page furniture left out", "warning")


def _predicted(examples: Sequence[Example], model: str | None) -> tuple[list[Example], str]:
    from framing.corpus.predictions import example_of
    from framing.scoring import load, score_many

    judge = load(model)
    reports = score_many((example.text for example in examples), model=judge)
    found = [example_of(report, example) for example, report in zip(examples, reports, strict=True)]
    return found, judge.name


# ---------------------------------------------------------------- writing
def _write(examples: list[Example], output: Path, target: str, kinds: Sequence[str], model: str | None) -> Counter[str]:
    from framing.corpus import jsonl, tools
    from framing.corpus.rows import check_place, encoded

    if target != "jsonl":
        return tools.write(examples, output, target, kinds=kinds, model=model)
    blank: dict[str, Any] = {kind: None for kind in KINDS if kind not in kinds}
    kept = [replace(example, **blank) for example in examples]
    for number, example in enumerate(kept, start=1):
        encoded(example.checked(f"example {example.id or number}").text, f"example {example.id or number}")
    check_place(output)
    jsonl.write(kept, output)
    return Counter()
