"""brat: a folder of ``.txt`` files, each with an ``.ann`` file of the same name, and ``annotation.conf``.

Read: text-bound annotations (``T``), discontinuous ones too, and relations (``R``); an entity ``loaded`` or ``neutral``, wherever it lies,
labels the whole text.  Discontinuous ranges come as their parts, since a label here has one range; parts that only white space divides are
one.  Notes, attributes, events and normalisations are left out and counted.  Offsets are code points of the file as it is.  brat has no place
for group, topic, country and weight: the writer's caller is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from framing.corpus.files import text_of
from framing.corpus.rows import encoded, shown
from framing.corpus.tools.records import ATTRIBUTION, LABELS, LOADED, NEUTRAL, SOURCE, Entry, Link, Mark, Record
from framing.errors import DataError

CONF = "annotation.conf"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
_RANGE = re.compile(r"(\d{1,18}) (\d{1,18})", re.ASCII)
_OTHERS = {"#": "note", "A": "attribute", "M": "attribute", "E": "event", "N": "normalisation", "*": "equivalence"}


def entries(path: Path) -> Iterator[Entry]:
    """One entry per text below the folder `path`.  ``DataError`` if it holds no ``.ann`` file."""
    files = sorted(path.rglob("*.ann")) if path.is_dir() else []
    if not files:
        raise DataError(f"{path}: no *.ann files here; wanted brat's folder of *.txt and *.ann files")
    labelled = _labelled(path / CONF)
    for file in files:
        source = file.with_suffix(".txt")
        if not source.is_file():
            yield Entry(str(file), problems=(f"there is no {source.name} beside it",))
            continue
        try:
            text = text_of(source)
            content = text_of(file)
        except DataError as error:
            where, _, message = str(error).rpartition(": ")
            yield Entry(where, problems=(message,))
            continue
        name = file.relative_to(path).with_suffix("").as_posix()
        meta: dict[str, object] = {"id": name, "labelled": labelled} if labelled is not None else {"id": name}
        yield _Annotations(file, text).entry(content, meta)


def _labelled(conf: Path) -> list[str] | None:
    """The kinds of labels that annotators could choose, by ``annotation.conf``; None without one that names ours."""
    if not conf.is_file():
        return None
    kinds = {LABELS[word] for line in text_of(conf).splitlines() if (word := line.strip().partition("\t")[0]) in LABELS}
    return sorted(kinds) or None


class _Annotations:
    """One ``.ann`` file as it is read."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.marks: list[Mark] = []
        self.omitted: list[str] = []
        self._places: dict[str, list[int]] = {}  # T3 -> its parts
        self._relations: list[tuple[int, str, str, str]] = []

    def entry(self, content: str, meta: dict[str, object]) -> Entry:
        number = 0
        try:
            for number, line in enumerate(re.split("\r\n|\r|\n", content.removeprefix("\ufeff")), start=1):
                if line.strip():
                    self.take(number, line)
            links: list[Link] = []
            for number, label, tail, head in self._relations:  # noqa: B007 -- the error's place
                links += self.links(label, tail, head)
        except ValueError as error:
            return Entry(f"{self.path}:{number}", problems=(str(error),))
        return Entry(str(self.path), Record(self.text, (), tuple(self.marks), tuple(links), meta), omitted=tuple(self.omitted))

    def take(self, number: int, line: str) -> None:
        if line[0] in _OTHERS:
            self.omitted.append(f"{_OTHERS[line[0]]} left out")
            return
        name, _, rest = line.partition("\t")
        label, _, rest = rest.partition(" ")
        if line[0] == "T":
            self.range(name, label, *rest.partition("\t")[::2])
        elif line[0] == "R":
            found = re.fullmatch(r"\w+:(T\S+) \w+:(T\S+)\s*", rest)
            if found is None:
                raise ValueError(f"relation {shown(rest)}; wanted two arguments, e.g. Arg1:T1 Arg2:T2")
            self._relations.append((number, label, found[1], found[2]))
        else:
            raise ValueError(f"line begins with {shown(line[:10])}; wanted an annotation of brat (T, R, A, M, E, N, # or *)")

    def range(self, name: str, label: str, ranges: str, words: str) -> None:
        parts: list[tuple[int, int]] = []
        for part in ranges.split(";"):
            found = _RANGE.fullmatch(part)
            if found is None:
                raise ValueError(f"range {shown(ranges)}; wanted start and end, or several pairs divided by semicolons")
            start, end = int(found[1]), int(found[2])
            if not start < end <= len(self.text):
                raise ValueError(f"{label} {start}–{end} lies outside the text of {len(self.text)} characters, or is empty")
            if parts and parts[-1][1] <= start and not self.text[parts[-1][1] : start].strip():
                parts[-1] = parts[-1][0], end  # brat cuts ranges at line ends
            else:
                parts.append((start, end))
        covered = " ".join(self.text[start:end] for start, end in parts)
        if words and covered.split() != words.split():
            raise ValueError(f"{label} {ranges} covers {shown(covered)}, the line says {shown(words)}")
        if len(parts) > 1:
            self.omitted.append("discontinuous range read as its parts")
        self._places[name] = list(range(len(self.marks), len(self.marks) + len(parts)))
        self.marks += [Mark(start, end, label) for start, end in parts]

    def links(self, label: str, tail: str, head: str) -> Iterator[Link]:
        """One link for each part of a discontinuous attribution; of a discontinuous source the first part counts."""
        if tail not in self._places or head not in self._places:
            raise ValueError(f"relation from {tail} to {head}, which are no ranges of this text")
        if self.marks[self._places[tail][0]].label == SOURCE:
            tail, head = head, tail
        yield from (Link(label, part, self._places[head][0]) for part in self._places[tail])


def write(records: Iterable[Record], folder: Path, model: str | None) -> None:
    """A pair of files per record into `folder`, and ``annotation.conf``; a record's id names its files as far as it can."""
    used: set[str] = set()
    kinds: set[str] = set()
    for number, record in enumerate(records, start=1):
        name = _UNSAFE.sub("-", str(record.meta.get("id", "")))
        if not _NAME.fullmatch(name) or name.lower() in used:
            name = _free(f"text-{number:05}", used)
        used.add(name.lower())
        kinds |= {*record.meta.get("labelled", ())}
        folder.joinpath(f"{name}.txt").write_bytes(encoded(record.text, f"record {number}"))
        folder.joinpath(f"{name}.ann").write_bytes(encoded(_annotations(record), f"record {number}"))
    folder.joinpath(CONF).write_text(conf(kinds or set(LABELS.values())), encoding="utf-8", newline="\n")


def named(ids: Iterable[str | None]) -> int:
    """How many of `ids` cannot be the names of files."""
    used: set[str] = set()
    lost = 0
    for name in ids:
        if name is not None:
            lost += not _NAME.fullmatch(name) or name.lower() in used
            used.add(name.lower())
    return lost


def _free(name: str, used: set[str]) -> str:
    while name in used:
        name += "-x"
    return name


def conf(kinds: Iterable[str]) -> str:
    """``annotation.conf`` for labels of these kinds."""
    kinds = set(kinds)
    names = [name for name, kind in LABELS.items() if kind in kinds]
    relations = [f"{SOURCE}\tArg1:{name}, Arg2:{SOURCE}" for name in names if name.startswith(ATTRIBUTION)]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    return "\n".join(["[entities]", *names, "", "[relations]", *relations, overlap, "", "[events]", "", "[attributes]", ""])


def _annotations(record: Record) -> str:
    text = record.text
    lines = [_line(i, mark, text) for i, mark in enumerate(record.marks, start=1)]
    if text.strip():
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        lines += [_line(len(lines) + 1, Mark(start, end, name), text) for name in record.categories if name in (LOADED, NEUTRAL)]
    lines += [f"R{i}\t{k.label} Arg1:T{k.tail + 1} Arg2:T{k.head + 1}" for i, k in enumerate(record.links, start=1)]
    return "".join(line + "\n" for line in lines)


def _line(number: int, mark: Mark, text: str) -> str:
    """A text-bound annotation; brat wants none across a line end, so the range is cut there."""
    parts = [(mark.start + m.start(), mark.start + m.end()) for m in re.finditer(r"[^\r\n]+", text[mark.start : mark.end])]
    parts = parts or [(mark.start, mark.end)]
    words = " ".join(text[start:end] for start, end in parts)
    return f"T{number}\t{mark.label} {';'.join(f'{start} {end}' for start, end in parts)}\t{words}".replace("\r", " ").replace("\n", " ")
