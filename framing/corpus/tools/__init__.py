"""Annotation tools: labels out to be corrected, corrected labels in; one module per format.

``TOOLS`` says what each format can hold.  ``rows`` reads, ``write`` writes and says what had to be left behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.corpus.examples import Example
from framing.corpus.rows import Row, check_place
from framing.corpus.tools import brat, conll, doccano, label_studio, prodigy, spacy
from framing.corpus.tools.records import KINDS, Record, kinds_of, record_of, row_of, without_links, without_meta
from framing.drafts import draft, draft_folder


@dataclass(frozen=True, slots=True)
class Tool:
    """A format of an annotation tool.

    `read` gives entries, `write` takes (records, a stream of bytes or a new folder, the model that proposed the labels or None).
    `has_proposals`: the format tells a proposal from an answer.  `links`: it holds an attribution's source; `meta`: group, topic,
    country and weight; `overlaps`: labels of one kind that overlap.  `folder`: it is a folder, not a file.
    """

    read: Callable[..., Iterator[Any]]
    write: Callable[[Iterable[Record], Any, str | None], None]
    has_proposals: bool = False
    links: bool = True
    meta: bool = True
    overlaps: bool = True
    folder: bool = False


TOOLS: dict[str, Tool] = {
    "doccano": Tool(doccano.entries, doccano.write),
    "label-studio": Tool(label_studio.entries, label_studio.write, has_proposals=True),
    "prodigy": Tool(prodigy.entries, prodigy.write, has_proposals=True),
    "brat": Tool(brat.entries, brat.write, meta=False, folder=True),
    "spacy": Tool(spacy.entries, spacy.write),
    "conll": Tool(conll.entries, conll.write, links=False, overlaps=False),
}


def rows(path: Path, name: str, *, unchecked: bool = False, renamed: Mapping[str, str] | None = None) -> Iterator[Row]:
    """A row for each text in a file of the tool `name`.

    `unchecked`: take proposals that nobody has confirmed too.  `renamed`: label in the file -> ours, "" to drop it.  The file is read as a
    whole, since only all its labels together tell which kinds somebody looked for.
    """
    tool = TOOLS[name]
    found = list(tool.read(path, unchecked=unchecked) if tool.has_proposals else tool.read(path))
    renamed = renamed or {}
    seen: set[str] = set()
    for entry in found:
        if entry.record is not None and "labelled" not in entry.record.meta:
            seen |= kinds_of(entry.record, renamed)
    for entry in found:
        yield row_of(entry, seen=seen, renamed=renamed)


def write(examples: Iterable[Example], path: Path, name: str, *, kinds: Sequence[str] = KINDS, model: str | None = None) -> Counter[str]:
    """Write `examples` in the format of the tool `name`; returns what it could not hold, counted.

    `kinds`: the labels to write.  `model`: the labels are this model's proposals, not answers.  The file, or folder, appears whole or not at all.
    """
    tool = TOOLS[name]
    check_place(path, folder=tool.folder)
    lost: Counter[str] = Counter()
    records = []
    for number, example in enumerate(examples, start=1):
        record, missing = record_of(example.checked(f"example {example.id or number}"), kinds=kinds, predicted=model is not None)
        lost.update(missing)
        records.append(record)
    labelled = {kind for record in records for kind in record.meta["labelled"]}
    for place, record in enumerate(records):
        for fits, narrowed in (
            (tool.links, without_links),
            (tool.meta, lambda r: without_meta(r, labelled)),
            (tool.overlaps, conll.without_overlaps),
        ):
            if not fits:
                record, missing = narrowed(record)
                lost.update(missing)
        records[place] = record
    if name == "brat":
        lost.update({"id that cannot name a file": brat.named(record.meta.get("id") for record in records)})
        lost.update({"label of a text without words": sum(bool(r.categories) and not r.text.strip() for r in records)})
    opened: AbstractContextManager[Any] = draft_folder(path) if tool.folder else draft(path)
    with opened as out:
        tool.write(records, out, model)
    return +lost
