"""SemEval-2023 Task 3, subtask 3 (Piskorski et al., 2023): a folder of ``article*.txt``, and spans in ``*-labels-subtask-3*.txt``.

A line of spans is article, technique, start, end, separated by tabs; offsets count characters of the file as it is.  Spans of
Loaded_Language (or another technique) that overlap are joined; they have no device.  The English training articles are those of SemEval-2020
Task 11: their number is the group in both readers, so that training on both does not leak into a test.

CheckThat! 2024 Task 3 has the same form, but the ends in its English test part are inclusive.  Whether they are is read off the words: when
most spans would end inside a word and one character more mends nearly all, the ends are taken as inclusive, and a warning says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example, LabeledSpan
from framing.corpus.files import text_of
from framing.corpus.rows import Row, lines, shown, strict
from framing.corpus.semeval2020 import joined
from framing.errors import DataError

TECHNIQUES = ("Loaded_Language",)
LABELS = "*-labels-subtask-3*.txt"
ENOUGH = 5  # spans; fewer could end inside a word by chance
_ARTICLE = re.compile(r"article(\d+)\.txt", re.ASCII)

Spans = dict[str, list[tuple[str, str, int, int]]]  # article -> (place, technique, start, end)


def read(path: Path, *, techniques: tuple[str, ...] = TECHNIQUES) -> Iterator[Example]:
    """One example per article that has labels; ``DataError`` with file and line."""
    return strict(path, rows(path, techniques=techniques))


def rows(path: Path, *, techniques: tuple[str, ...] = TECHNIQUES) -> Iterator[Row]:
    """One row per article, and one per broken line."""
    spans: Spans = {}
    files = sorted(path.rglob(LABELS)) if path.is_dir() else []
    labelled: set[str] = set()
    for file in files:
        number = re.match(r"article(\d+)-", file.name, re.ASCII)
        if number is not None:
            labelled.add(number[1])
        elif "spans" not in file.name:  # one file beside the articles' own lists techniques by paragraph
            yield Row(str(file), None, omitted=("file of labels without spans left out",))
            continue
        yield from _take(file, spans)
    articles = {found[1]: file for file in sorted(path.rglob("article*.txt")) if (found := _ARTICLE.fullmatch(file.name))} if files else {}
    if not articles:
        raise DataError(f"{path}: no article*.txt with {LABELS} files below this folder; wanted SemEval-2023 Task 3 as published")
    labelled |= set(spans)
    for name in sorted(labelled - set(articles)):
        yield Row(spans[name][0][0] if name in spans else f"{path}: article {name}", None, (f"labels for article {name}, whose text is not here",))
    texts: dict[str, str] = {}
    for name, file in articles.items():
        if name not in labelled:
            yield Row(str(file), None, omitted=("article without labels left out",))
            continue
        try:
            texts[name] = text_of(file)
        except DataError as error:
            where, _, message = str(error).rpartition(": ")
            yield Row(where, None, (message,))
    shift = int(_are_inclusive(texts, spans))
    for name, text in texts.items():
        yield _row(articles[name], name, text, spans.get(name, []), techniques, shift)


def _take(file: Path, spans: Spans) -> Iterator[Row]:
    for number, line, problem in lines(file):
        where = f"{file}:{number}"
        if problem is not None:
            yield Row(where, None, (problem,))
        elif line.strip():
            fields = line.split("\t")
            if len(fields) < 4 or not all(re.fullmatch(r"\d{1,18}", field.strip(), re.ASCII) for field in fields[2:4]):
                yield Row(where, None, (f"found {shown(line)}; wanted article, technique, start, end, separated by tabs",))
            else:
                spans.setdefault(fields[0].strip(), []).append((where, fields[1].strip(), int(fields[2]), int(fields[3])))


def _are_inclusive(texts: dict[str, str], spans: Spans) -> bool:
    ends = [(texts[name], end) for name, found in spans.items() if name in texts for _, _, _, end in found]
    cut, cut_after = (sum(_cuts(text, end + more) for text, end in ends) for more in (0, 1))
    return len(ends) >= ENOUGH and cut > len(ends) / 2 and cut_after < len(ends) / 10


def _cuts(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _row(file: Path, name: str, text: str, spans: list[tuple[str, str, int, int]], techniques: tuple[str, ...], shift: int) -> Row:
    for where, technique, start, end in spans:
        if not start < end + shift <= len(text):
            return Row(where, None, (f"{technique} {start}–{end} lies outside the text of {len(text)} characters, or is empty",))
    kept = joined([(start, end + shift) for _, technique, start, end in spans if technique in techniques])
    example = Example(text, spans=[LabeledSpan(a, b) for a, b in kept], group=name, id=name)
    return Row(str(file), example, tuple(example.problems()), ("article whose spans have inclusive ends, read so",) * shift)
