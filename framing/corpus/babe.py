"""BABE (Spinde et al., Findings of EMNLP 2021): the published ``final_labels_*.csv``.

Semicolon-separated; ``biased_words`` is a Python list literal of words without offsets, so every occurrence of such a
word in the sentence becomes a span.  Rows without agreement are left out.
"""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example, LabeledSpan
from framing.corpus.files import text_of
from framing.errors import DataError
from framing.rows import allow_long_fields

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_FUNCTION_WORDS = frozenset("a an and are as at be by down for from in is it not of on or out that the this to up was with".split())


def read(path: Path) -> Iterator[Example]:
    """The examples of one file, with label and spans.  Raises ``DataError`` with file and line."""
    allow_long_fields()
    rows = csv.DictReader(io.StringIO(text_of(path).removeprefix("\ufeff"), newline=""), delimiter=";", strict=True)
    try:
        yield from _examples(rows, path)
    except csv.Error as error:
        line = rows.line_num + ("NUL" in str(error))  # Python 3.10 refuses those before it counts the line
        raise DataError(f"{path}:{line}: broken CSV: {error}") from error


def _examples(rows: "csv.DictReader[str]", path: Path) -> Iterator[Example]:
    missing = {"text", "label_bias", "biased_words"} - set(rows.fieldnames or ())
    if missing:
        raise DataError(f"{path}:1: no column {', '.join(sorted(missing))}; wanted BABE's final_labels_*.csv, separated by semicolons")
    for row in rows:
        where = f"{path}:{rows.line_num}"
        if row["label_bias"] == "No agreement":
            continue
        if row["label_bias"] not in ("Biased", "Non-biased"):
            raise DataError(f"{where}: label_bias {row['label_bias']!r}; wanted Biased, Non-biased or No agreement")
        try:
            listed = ast.literal_eval(row["biased_words"])
            words = {word for phrase in listed for word in _WORD.findall(phrase.lower())} - _FUNCTION_WORDS
        except (ValueError, SyntaxError, TypeError, AttributeError, MemoryError, RecursionError) as error:
            raise DataError(f"{where}: biased_words is no list of strings") from error
        text = row["text"]
        if text is None:  # the column stands behind the others, and the row ends before it
            raise DataError(f"{where}: no text; wanted {len(rows.fieldnames or ())} fields, separated by semicolons")
        spans = [LabeledSpan(m.start(), m.end()) for m in _WORD.finditer(text) if m.group().lower() in words]
        yield Example(text, label=int(row["label_bias"] == "Biased"), spans=spans, id=f"babe-{rows.line_num}", topic=row.get("topic"))
