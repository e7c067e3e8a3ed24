"""SemEval-2020 Task 11 (PTC; Da San Martino et al., 2020): a folder of ``article*.txt`` with ``*.labels`` files.

Offsets count characters of the file as it is, line ends untranslated.  Spans may overlap and cross lines; here spans of
Loaded_Language (or another technique) that overlap are joined.  The techniques are not framing's devices, so spans have
no device.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example, LabeledSpan
from framing.corpus.files import text_of
from framing.errors import DataError

TECHNIQUES = ("Loaded_Language",)


def read(path: Path, *, techniques: tuple[str, ...] = TECHNIQUES) -> Iterator[Example]:
    """One example per article under `path`, with spans of `techniques`.  Raises ``DataError`` with file and line."""
    spans: dict[str, list[tuple[int, int]]] = {}
    files = sorted(path.glob("**/*task2*.labels")) + sorted(path.glob("**/*task-2*.labels"))
    for labels in files:
        for number, line in enumerate(text_of(labels).removeprefix("\ufeff").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                article, technique, start, end = line.split("\t")[:4]
                span = int(start), int(end)
            except ValueError as error:
                raise DataError(f"{labels}:{number}: wanted article, technique, start, end, separated by tabs") from error
            if technique in techniques:
                spans.setdefault(article, []).append(span)
    articles = sorted(path.glob("**/article*.txt"))
    if not articles or not files:
        raise DataError(f"{path}: no article*.txt with *task2*.labels files below this folder")
    for file in articles:
        found = re.search(r"(\d+)", file.stem)
        name = found.group(1) if found else file.stem
        example = Example(text_of(file), spans=[LabeledSpan(a, b) for a, b in joined(spans.get(name, []))], group=name, id=name)
        yield example.checked(str(file))


def joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, overlapping ones made one.

    >>> joined([(5, 9), (0, 3), (8, 12)])
    [(0, 3), (5, 12)]
    """
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out
