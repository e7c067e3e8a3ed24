"""doccano: JSON Lines as its sequence-labelling, relation, text-classification, and intent-detection-and-slot-filling projects export them.

Read: ``label`` with ``[start, end, name]`` or with names of categories, ``entities`` as lists or as objects with ``start_offset`` and
``end_offset``, ``relations`` between their ids, ``cats``; the text under ``text`` or, in older exports, ``data``.  Written: the relation
form, with ``cats``; doccano keeps keys that it does not know as metadata and exports them again.
Offsets are code points (leave the project's option to count grapheme clusters off).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from framing.corpus.rows import as_json, encoded, listed, mapped, objects, shown, whole, word
from framing.corpus.tools.records import META, Entry, Link, Mark, Record, meta_of


def entries(path: Path) -> Iterator[Entry]:
    """One entry per line."""
    for where, row, problem in objects(path):
        if row is None:
            yield Entry(where, problems=(str(problem),))
            continue
        try:
            yield Entry(where, _record(row), omitted=("comment left out",) * len(listed(row.get("Comments"), "Comments")))
        except ValueError as error:
            yield Entry(where, problems=(str(error),))


def _record(row: dict[str, Any]) -> Record:
    text = word(row.get("text", row.get("data")), "text")
    categories = list(listed(row.get("cats"), "cats"))
    marks: list[Mark] = []
    places: dict[Any, int] = {}
    for item in [*_labels(row, "label"), *_labels(row, "labels"), *listed(row.get("entities"), "entities")]:
        if isinstance(item, str):
            categories.append(item)
            continue
        if isinstance(item, dict):
            places[_number(item.get("id"))] = len(marks)
            item = [item.get("start_offset"), item.get("end_offset"), item.get("label")]
        if not isinstance(item, list) or len(item) != 3:
            raise ValueError(f"label {shown(item)}; wanted [start, end, name]")
        marks.append(Mark(whole(item[0], "start"), whole(item[1], "end"), word(item[2], "label")))
    links = []
    for relation in listed(row.get("relations"), "relations"):
        ends = [places.get(_number(mapped(relation, "relation").get(key))) for key in ("from_id", "to_id")]
        if ends[0] is None or ends[1] is None:
            raise ValueError(f"relation from {shown(relation.get('from_id'))} to {shown(relation.get('to_id'))}, which are no entities of this text")
        links.append(Link(word(relation.get("type"), "type"), ends[0], ends[1]))
    return Record(text, tuple(word(name, "category") for name in categories), tuple(marks), tuple(links), meta_of(row, row.get("meta")))


def _labels(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return [value] if isinstance(value, str) else listed(value, key)


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else None


def write(records: Iterable[Record], file: BinaryIO, model: str | None) -> None:
    """One line per record.  doccano does not tell proposals from answers; a `model` is named in the metadata."""
    for number, record in enumerate(records):
        row: dict[str, Any] = {
            "text": record.text,
            "entities": [{"id": i, "label": m.label, "start_offset": m.start, "end_offset": m.end} for i, m in enumerate(record.marks)],
            "relations": [{"id": i, "from_id": k.tail, "to_id": k.head, "type": k.label} for i, k in enumerate(record.links)],
            "cats": list(record.categories),  # in every row: doccano makes a table of them, and a hole in it would be no valid JSON
            META: dict(record.meta) | ({"model": model} if model else {}),
        }
        file.write(encoded(as_json(row) + "\n", f"record {number}"))
