"""Labelled corpora: one reader per public format, one writer.

``read_examples`` finds the format by the file's name and columns unless it is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from framing.corpus import anno_lexical, babe, jsonl, semeval2020
from framing.corpus.examples import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.errors import DataError

READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "jsonl": jsonl.read,
    "babe": babe.read,
    "anno-lexical": anno_lexical.read,
    "semeval-2020": semeval2020.read,
}
SUFFIXES = {".jsonl": "jsonl", ".csv": "babe", ".parquet": "anno-lexical"}

__all__ = ["READERS", "Example", "LabeledAttribution", "LabeledQuote", "LabeledSpan", "detect", "files_of", "read_examples"]


def read_examples(path: str | Path, *, format: str | None = None, weight: float = 1.0) -> list[Example]:
    """The labelled examples in `path`, a file or a folder, in a stable order.

    `format` is a key of ``READERS``; by default it is found from the name.  `weight` multiplies each example's own.
    Raises ``DataError`` naming file and line for whatever cannot be read.
    """
    if format is not None and format not in READERS:
        raise DataError(f"unknown format {format!r}; the formats are {', '.join(READERS)}")
    examples: list[Example] = []
    for file, name in files_of(Path(path), format):
        examples += READERS[name](file)
    return examples if weight == 1.0 else [replace(e, weight=e.weight * weight) for e in examples]


def files_of(path: Path, format: str | None = None) -> list[tuple[Path, str]]:
    """(file, format) for each file that `path` stands for.  PTC's folder counts as one."""
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if path.is_file():
        return [(path, format or detect(path))]
    if format == "semeval-2020" or (format is None and any(path.glob("**/*.labels"))):
        return [(path, "semeval-2020")]
    found = sorted(f for f in path.rglob("*") if f.suffix in SUFFIXES)
    if format is not None:
        found = [f for f in found if SUFFIXES[f.suffix] == format]
    if not found:
        raise DataError(f"{path}: nothing here that framing reads; wanted {', '.join('*' + s for s in SUFFIXES)} or a PTC folder")
    return [(f, format or SUFFIXES[f.suffix]) for f in found]


def detect(path: Path) -> str:
    """The format of a file, by its suffix."""
    try:
        return SUFFIXES[path.suffix]
    except KeyError:
        raise DataError(f"{path}: cannot tell the format; pass one of {', '.join(READERS)}") from None
