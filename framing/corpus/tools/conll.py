"""CoNLL: a token and its BIO tags per line, a blank line after each text.

Read: columns divided by tabs or spaces, the first the token; which of the others are tags a ``# global.columns = FORM …`` line says, else it is the
last one.  ``-DOCSTART-`` begins a group.  The text is rebuilt: from a ``# text = …`` or ``# text_json = …`` line, else by joining tokens with single
spaces, without one before closing punctuation and after opening brackets.  BIO, IOB and BIOES tags are taken.  Written: one column of tags for
each kind of label that the file holds; what overlaps inside a column, and sources, cannot be held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from framing.corpus.rows import as_json, decoded, encoded, lines, mapped, shown
from framing.corpus.tools.pieces import cut
from framing.corpus.tools.records import KINDS, LABELS, META, NAMED, Entry, Mark, Record

_COMMENT = re.compile(r"# ?(global\.columns|\w+) = (.*)", re.DOTALL)
_TAG = re.compile(r"([BIESLU])-(.+)", re.DOTALL)
_NO_SPACE_BEFORE = frozenset(".,;:!?)]}%”’…") | {"'s", "’s", "n't", "n’t", "''"}
_NO_SPACE_AFTER = frozenset("([{“‘$") | {"``"}
DOCSTART = "-DOCSTART-"
PLAIN = re.compile(r"\S(?:[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*\S)?")  # can stand after "# text = " as it is


def entries(path: Path) -> Iterator[Entry]:
    """One entry per block of lines."""
    block = _Block(path)
    columns: list[int] | None = None
    group: str | None = None
    documents = 0
    for number, line, problem in lines(path):
        if problem is not None:
            block.problems.append((number, problem))
        elif not line.strip():
            if block.filled:
                yield block.entry(group)
            block = _Block(path, columns)
        elif line.split(maxsplit=1)[0] == DOCSTART:
            documents += 1
            group = f"document-{documents}"
        elif (found := _COMMENT.fullmatch(line)) is not None:
            if found[1] == "global.columns":
                columns = block.columns = [i for i, name in enumerate(found[2].split()) if name.lower() in KINDS] or None
            else:
                block.comments[found[1]] = number, found[2]
        elif line.startswith("#") and "\t" not in line and not _is_tag(line.split()[-1]):
            continue  # a comment of another tool
        else:
            block.take(number, line)
    if block.filled:
        yield block.entry(group)


def _is_tag(tag: str) -> bool:
    return tag in ("O", "_") or _TAG.fullmatch(tag) is not None


class _Block:
    """The lines of one text."""

    def __init__(self, path: Path, columns: list[int] | None = None) -> None:
        self.path, self.columns = path, columns
        self.tokens: list[str] = []
        self.tags: list[tuple[int, list[str]]] = []  # (line, its tags)
        self.comments: dict[str, tuple[int, str]] = {}
        self.problems: list[tuple[int, str]] = []

    @property
    def filled(self) -> bool:
        return bool(self.tokens or self.problems or self.comments.keys() & {"text", "text_json"})

    def take(self, number: int, line: str) -> None:
        fields = line.split("\t") if "\t" in line else line.split()
        chosen = self.columns or [len(fields) - 1]
        if len(fields) < 2 or chosen[-1] >= len(fields) or not fields[0].strip():
            self.problems.append((number, f"{len(fields)} columns in {shown(line)}; wanted a token and its tags"))
            return
        tags = [fields[k].strip() for k in chosen]
        if not all(map(_is_tag, tags)):
            self.problems.append((number, f"tag in {shown(' '.join(tags))}; wanted O, or B-, I- and a label"))
        if self.tags and len(self.tags[0][1]) != len(tags):
            self.problems.append((number, f"{len(tags)} tags, the line before has {len(self.tags[0][1])}"))
        self.tokens.append(fields[0])
        self.tags.append((number, tags))

    def entry(self, group: str | None) -> Entry:
        first = self.tags[0][0] if self.tags else next(iter(self.comments.values()), (0, ""))[0]
        try:
            text, ranges = self.text()
            meta, categories = self.meta(group)
        except ValueError as error:
            self.problems.append((first, str(error)))
        if self.problems:
            number, message = self.problems[0]
            return Entry(f"{self.path}:{number}", problems=(message,))
        marks = [mark for column in range(len(self.tags[0][1]) if self.tags else 0) for mark in self.marks(ranges, column)]
        return Entry(f"{self.path}:{first}", Record(text, categories, tuple(marks), (), meta))

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """(text, the tokens' ranges)."""
        if "text_json" in self.comments or "text" in self.comments:
            text = self.comments["text"][1] if "text" in self.comments else decoded(self.comments["text_json"][1])
            if not isinstance(text, str):
                raise ValueError(f"text {shown(text)}; wanted a string")
            return text, list(_located(text, self.tokens))
        return _joined(self.tokens)

    def meta(self, group: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
        meta: dict[str, Any] = {"group": group} if group else {}
        if META in self.comments:
            meta = dict(mapped(decoded(self.comments[META][1]), META))
        else:
            meta |= {key: self.comments[key][1] for key in NAMED if key in self.comments}
            if "sent_id" in self.comments:
                meta.setdefault("id", self.comments["sent_id"][1])
        return meta, (self.comments["label"][1].strip(),) if "label" in self.comments else ()

    def marks(self, ranges: Sequence[tuple[int, int]], column: int) -> Iterator[Mark]:
        """The labelled ranges of a column; an I- without its B- begins one, as IOB1 has it."""
        start = end = 0
        label: str | None = None
        for (a, b), (_, tags) in zip(ranges, self.tags, strict=True):
            found = _TAG.fullmatch(tags[column])
            goes_on = found is not None and found[1] in "IEL" and found[2] == label
            if label is not None and not goes_on:
                yield Mark(start, end, label)
                label = None
            if found is not None:
                start, end, label = (start if goes_on else a), b, found[2]
        if label is not None:
            yield Mark(start, end, label)


def _located(text: str, tokens: Iterable[str]) -> Iterator[tuple[int, int]]:
    at = 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0 or text[at:start].strip():
            raise ValueError(f"token {shown(token)} does not follow in the text at character {at}")
        at = start + len(token)
        yield start, at


def _joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The tokens as a text, and where they stand; straight quotation marks open and close by turns."""
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    length, glued, is_open = 0, True, False
    for token in tokens:
        closes = token in _NO_SPACE_BEFORE or (token == '"' and is_open)
        if not glued and not closes:
            parts.append(" ")
            length += 1
        if token == '"':
            is_open = not is_open
        glued = token in _NO_SPACE_AFTER or (token == '"' and is_open)
        parts.append(token)
        ranges.append((length, length + len(token)))
        length += len(token)
    return "".join(parts), ranges


# ---------------------------------------------------------------- writing
def without_overlaps(record: Record) -> tuple[Record, list[str]]:
    """(the record with labels of a kind side by side, what was lost): of labels that overlap the one that begins first stays, then the longer."""
    kept: set[int] = set()
    ends: dict[str, int] = {}
    for place in sorted(range(len(record.marks)), key=lambda i: (record.marks[i].start, -record.marks[i].end)):
        mark = record.marks[place]
        if mark.start >= ends.get(LABELS[mark.label], 0) and record.text[mark.start : mark.end].strip():
            kept.add(place)
            ends[LABELS[mark.label]] = mark.end
    lost = ["label that overlaps another of its kind"] * (len(record.marks) - len(kept))
    return replace(record, marks=tuple(mark for i, mark in enumerate(record.marks) if i in kept)), lost


def write(records: Iterable[Record], file: BinaryIO, model: str | None) -> None:
    """One block per record, after a line that names the columns; only kinds that some record is labelled with have one."""
    records = list(records)
    kinds = [k for k in KINDS[1:] if any(k in r.meta.get("labelled", ()) for r in records)] or ["spans"]
    file.write(f"# global.columns = FORM {' '.join(k.upper() for k in kinds)}\n".encode())
    for number, record in enumerate(records, start=1):
        file.write(encoded("\n".join([*_comments(record, model), *_token_lines(record, kinds)]) + "\n\n", f"record {number}"))


def _comments(record: Record, model: str | None) -> Iterator[str]:
    plain = PLAIN.fullmatch(record.text)
    yield f"# text = {record.text}" if plain else f"# text_json = {as_json(record.text)}"
    yield from (f"# label = {name}" for name in record.categories)
    yield f"# {META} = {as_json(dict(record.meta) | ({'model': model} if model else {}))}"


def _token_lines(record: Record, kinds: Sequence[str]) -> Iterator[str]:
    ranges = cut(record.text, (edge for mark in record.marks for edge in (mark.start, mark.end)))
    columns = [_tags(ranges, [mark for mark in record.marks if LABELS[mark.label] == kind]) for kind in kinds]
    for (start, end), *tags in zip(ranges, *columns, strict=True):
        yield "\t".join([record.text[start:end], *tags])


def _tags(ranges: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> list[str]:
    ordered = iter(sorted(marks, key=lambda m: m.start))
    mark = next(ordered, None)
    begun = False
    tags = []
    for start, end in ranges:
        while mark is not None and mark.end <= start:
            mark, begun = next(ordered, None), False
        if mark is None or end <= mark.start:
            tags.append("O")
        else:
            tags.append(("I-" if begun else "B-") + mark.label)
            begun = True
    return tags
