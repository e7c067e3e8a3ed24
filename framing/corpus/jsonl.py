"""Our own format: JSON Lines, schema 1, one example per line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from framing.corpus.examples import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.corpus.files import not_utf8
from framing.drafts import draft
from framing.errors import DataError

KEYS = ("id", "text", "label", "spans", "quotes", "attributions", "group", "topic", "weight", "country")


def read(path: Path) -> Iterator[Example]:
    """The examples of one file.  Raises ``DataError`` with file and line at the first broken one."""
    for where, example, problems in read_all(path):
        if example is None or problems:
            raise DataError(f"{where}: {problems[0]}")
        yield example


def read_all(path: Path) -> Iterator[tuple[str, Example | None, list[str]]]:
    """(``file:line``, example, problems) for every line, so that all problems can be reported at once."""
    with open(path, "rb") as file:
        for number, raw in enumerate(file, start=1):
            where = f"{path}:{number}"
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                yield where, None, [not_utf8(error.start)]
                continue
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:  # broken syntax, or a number of thousands of digits
                yield where, None, [f"broken JSON: {error}"]
                continue
            try:
                example = from_row(row)
            except (KeyError, TypeError, ValueError) as error:
                yield where, None, [f"not an example: {error}"]
                continue
            yield where, example, example.problems()


def from_row(row: Any) -> Example:
    """The example that a decoded line holds, all of ``KEYS`` read; ``TypeError`` or ``ValueError`` says what is amiss."""
    if not isinstance(row, dict):
        raise TypeError(f"wanted an object, found {type(row).__name__}")
    unknown = sorted(set(row) - set(KEYS))
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; the keys are {', '.join(KEYS)}")
    if not isinstance(row.get("text"), str):
        raise ValueError("no text; wanted a string under 'text'")
    return Example(
        text=row["text"],
        label=row.get("label"),
        spans=_rows(row, "spans", lambda r: LabeledSpan(r["start"], r["end"], r.get("device"), r.get("chance", 1.0))),
        quotes=_rows(row, "quotes", lambda r: LabeledQuote(r["start"], r["end"], r["use"])),
        attributions=_rows(row, "attributions", lambda r: LabeledAttribution(r["start"], r["end"], r["mode"], _pair(r.get("source")))),
        group=row.get("group"),
        id=row.get("id"),
        weight=row.get("weight", 1.0),
        topic=row.get("topic"),
        country=row.get("country"),
    )


def _rows(row: dict[str, Any], key: str, build: Any) -> list[Any] | None:
    values = row.get(key)
    if values is None:
        return None
    if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
        raise TypeError(f"{key} is no list of objects")
    try:
        return [build(v) for v in values]
    except KeyError as error:
        raise ValueError(f"{key}: an entry without {error}") from error


def _pair(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError(f"source {value!r}; wanted [start, end]")
    return value[0], value[1]


def to_row(example: Example) -> dict[str, Any]:
    """What ``from_row`` reads back; keys that are not labelled are left out."""
    row: dict[str, Any] = {"id": example.id, "text": example.text, "label": example.label}
    if example.spans is not None:
        row["spans"] = [
            {"start": s.start, "end": s.end} | ({"device": s.device} if s.device else {}) | ({"chance": s.chance} if s.chance != 1 else {})
            for s in example.spans
        ]
    if example.quotes is not None:
        row["quotes"] = [{"start": q.start, "end": q.end, "use": q.use} for q in example.quotes]
    if example.attributions is not None:
        row["attributions"] = [
            {"start": a.start, "end": a.end, "mode": a.mode} | ({"source": list(a.source)} if a.source else {}) for a in example.attributions
        ]
    row |= {"group": example.group, "topic": example.topic, "country": example.country}
    if example.weight != 1.0:
        row["weight"] = example.weight
    return {key: value for key, value in row.items() if value is not None}


def write(examples: Iterable[Example], path: Path) -> int:
    """Write `examples`, one per line, and return how many; the file appears whole or not at all."""
    count = 0
    with draft(path) as file:
        for example in examples:
            # a lone surrogate cannot be encoded, but JSON has a way to write it
            file.write((json.dumps(to_row(example), ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
            count += 1
    return count
