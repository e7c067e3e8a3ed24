"""Prodigy: the JSON Lines of ``prodigy db-out``, and what its recipes take as input.

Read: ``spans`` with character offsets, ``relations`` by their ``head_span`` and ``child_span``, the categories of ``accept`` (choice,
textcat.manual) or of a binary ``label``, ``answer``.  Rows that were rejected or ignored are left out and counted; rows without
``answer`` are proposals that nobody has judged, left out too unless asked for.  Written with ``tokens``, whose ``token_end`` is inclusive
as Prodigy wants it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from framing.corpus.rows import as_json, encoded, listed, mapped, objects, shown, whole, word
from framing.corpus.tools.pieces import cut
from framing.corpus.tools.records import LOADED, META, NEUTRAL, Entry, Link, Mark, Record, meta_of

ANSWERS = ("accept", "reject", "ignore")
UNCHECKED = "row without an answer left out; nobody has checked it"


def entries(path: Path, *, unchecked: bool = False) -> Iterator[Entry]:
    """One entry per line; `unchecked` takes rows without an answer as well."""
    for where, row, problem in objects(path):
        if row is None:
            yield Entry(where, problems=(str(problem),))
            continue
        answer = row.get("answer")
        if answer is not None and answer not in ANSWERS:
            yield Entry(where, problems=(f"answer {shown(answer)}; wanted one of {', '.join(ANSWERS)}",))
        elif answer in ("reject", "ignore"):
            yield Entry(where, omitted=(f"row answered with {answer} left out",))
        elif answer is None and not unchecked:
            yield Entry(where, omitted=(UNCHECKED,))
        else:
            try:
                yield Entry(where, _record(row))
            except ValueError as error:
                yield Entry(where, problems=(str(error),))


def _record(row: dict[str, Any]) -> Record:
    text = word(row.get("text"), "text")
    marks = [_mark(span) for span in listed(row.get("spans"), "spans")]
    places: dict[tuple[int, int, str], int] = {}
    for place, mark in enumerate(marks):
        places.setdefault((mark.start, mark.end, mark.label), place)
    links = []
    for relation in listed(row.get("relations"), "relations"):
        ends = [_mark(mapped(relation, "relation").get(key)) for key in ("head_span", "child_span")]
        tail, head = (places.get((end.start, end.end, end.label)) for end in ends)
        if tail is None or head is None:
            raise ValueError(f"relation {shown(relation.get('label'))} between ranges that are no spans of this text")
        links.append(Link(word(relation.get("label"), "label"), tail, head))
    categories = [word(name, "accept") for name in listed(row.get("accept"), "accept")]
    if row.get("label") is not None:
        categories.append(word(row["label"], "label"))
    return Record(text, tuple(categories), tuple(marks), tuple(links), meta_of(row, row.get("meta")))


def _mark(span: Any) -> Mark:
    span = mapped(span, "span")
    return Mark(whole(span.get("start"), "start"), whole(span.get("end"), "end"), word(span.get("label"), "label"))


def write(records: Iterable[Record], file: BinaryIO, model: str | None) -> None:
    """One line per record: accepted where it is labelled, without an answer where a `model` proposes it or nothing is labelled."""
    for number, record in enumerate(records):
        row = _row(record, answered=model is None and bool(record.meta.get("labelled")))
        row["meta"] = {"model": model} if model else {}
        file.write(encoded(as_json(row) + "\n", f"record {number}"))


def _row(record: Record, *, answered: bool) -> dict[str, Any]:
    text = record.text
    ranges = cut(text, (edge for mark in record.marks for edge in (mark.start, mark.end)))
    starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
    spans = [
        {
            "start": mark.start,
            "end": mark.end,
            "token_start": min(bisect_left(starts, mark.start), len(ranges) - 1),
            "token_end": max(bisect_right(ends, mark.end) - 1, 0),
            "label": mark.label,
        }
        for mark in record.marks
    ]
    row: dict[str, Any] = {
        "text": text,
        "tokens": [{"text": text[a:b], "start": a, "end": b, "id": i, "ws": text[b : b + 1].isspace()} for i, (a, b) in enumerate(ranges)],
        "spans": spans,
        "relations": [
            {"head": spans[k.tail]["token_end"], "child": spans[k.head]["token_end"], "head_span": spans[k.tail], "child_span": spans[k.head], "label": k.label}
            for k in record.links
        ],
        META: dict(record.meta),
    }
    if record.categories or "label" in record.meta.get("labelled", ()):
        row |= {"options": [{"id": name, "text": name} for name in (LOADED, NEUTRAL)], "accept": list(record.categories)}
    if answered:
        row["answer"] = "accept"
    return row
