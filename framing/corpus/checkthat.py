"""CheckThat! lab, subjectivity task (2023 on): tab-separated ``sentence_id  sentence  label``, the label SUBJ or OBJ.

Subjective is labelled 1, objective 0; that is close to loaded and not the same.  Fields are taken as they stand: quotation marks in them are
text, not quoting.  Further columns (``solved_conflict``) are passed over.  For the persuasion spans of CheckThat! 2024 see ``semeval2023``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example
from framing.corpus.rows import Row, lines, shown, strict

COLUMNS = ("sentence_id", "sentence", "label")
LABELS = {"SUBJ": 1, "OBJ": 0}


def read(path: Path) -> Iterator[Example]:
    """One example per sentence; ``DataError`` with file and line."""
    return strict(path, rows(path))


def rows(path: Path) -> Iterator[Row]:
    """One row per line."""
    columns: list[str] | None = None
    for number, line, problem in lines(path):
        where = f"{path}:{number}"
        if problem is not None:
            yield Row(where, None, (problem,))
        elif columns is None:
            columns = [name.strip() for name in line.split("\t")]
            missing = [name for name in COLUMNS if name not in columns]
            if missing:
                yield Row(where, None, (f"no column {', '.join(missing)}; wanted {', '.join(COLUMNS)}, separated by tabs",))
                return
        elif line.strip():
            yield _row(where, line.split("\t"), columns)


def _row(where: str, fields: list[str], columns: list[str]) -> Row:
    if len(fields) != len(columns):
        return Row(where, None, (f"{len(fields)} columns; wanted {len(columns)}: {', '.join(columns)}, separated by tabs",))
    values = dict(zip(columns, fields, strict=True))
    label = values["label"].strip()
    if label not in LABELS:
        return Row(where, None, (f"label {shown(label)}; wanted SUBJ or OBJ",))
    example = Example(values["sentence"].strip(), label=LABELS[label], id=values["sentence_id"].strip() or None)
    return Row(where, example, tuple(example.problems()))
