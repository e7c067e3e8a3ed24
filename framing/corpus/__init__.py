"""Labelled corpora: one reader per public format, and the formats of annotation tools in and out (``tools``).

``read_examples`` finds the format by the file's name and first row unless it is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from framing.corpus import anno_lexical, babe, basil, checkthat, jsonl, semeval2020, semeval2023, tools, wikibias
from framing.corpus.detection import detect, files_of
from framing.corpus.examples import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.corpus.rows import Row, collected, strict
from framing.errors import DataError

__all__ = ["LINEWISE", "READERS", "Example", "LabeledAttribution", "LabeledQuote", "LabeledSpan", "detect", "files_of", "read_examples"]

# What can go on after a broken row.
_ROWS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "semeval-2023": semeval2023.rows,
    "basil": basil.rows,
    "wikibias": wikibias.rows,
    "checkthat": checkthat.rows,
    **{name: partial(tools.rows, name=name) for name in tools.TOOLS},
}


def _strictly(rows: Callable[[Path], Iterator[Row]], path: Path) -> Iterator[Example]:
    return strict(path, rows(path))


def _collecting(rows: Callable[[Path], Iterator[Row]], path: Path) -> Iterator[tuple[str, Example | None, list[str]]]:
    return collected(path, rows(path))


READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "jsonl": jsonl.read,
    "babe": babe.read,
    "anno-lexical": anno_lexical.read,
    "semeval-2020": semeval2020.read,
    **{name: partial(_strictly, rows) for name, rows in _ROWS.items()},
}

# format -> (place, example, problems) for every row, so that all problems can be reported at once
LINEWISE: dict[str, Callable[[Path], Iterator[tuple[str, Example | None, list[str]]]]] = {
    "jsonl": jsonl.read_all,
    **{name: partial(_collecting, rows) for name, rows in _ROWS.items()},
}


def read_examples(path: str | Path, *, format: str | None = None, weight: float = 1.0) -> list[Example]:
    """The labelled examples in `path`, a file or a folder, in a stable order.

    `format` is a key of ``READERS``; by default it is found from the name and the first row.  `weight` multiplies each example's own.
    Raises ``DataError`` naming file and line for whatever cannot be read; a ``DataWarning`` counts what was left out by rule (rejected rows,
    labels without words).
    """
    if format is not None and format not in READERS:
        raise DataError(f"unknown format {format!r}; the formats are {', '.join(READERS)}")
    examples: list[Example] = []
    for file, name in files_of(Path(path), format):
        examples += READERS[name](file)
    return examples if weight == 1.0 else [replace(e, weight=e.weight * weight) for e in examples]
