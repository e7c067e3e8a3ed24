"""WIKIBIAS (Zhong et al., Findings of EMNLP 2021): pairs of sentences before and after an edit for neutral point of view, with a tag per token.

Tab-separated: the sentence before the edit, the one after it, and the tags of the first's tokens (``O``, or ``B-`` and ``I-`` with a type of bias, or
0 and 1), each divided by spaces.  A header may name the columns (``source``/``biased``, ``target``/``neutral``, ``tags``; ``id`` if there is one);
without one the three stand in this order, after an id where there are four.  The pair is a group: the first sentence is labelled 1, with spans, the
second 0.  The types are not framing's devices, so spans have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from framing.corpus.examples import Example, LabeledSpan
from framing.corpus.rows import Row, lines, shown, strict

NAMES = {
    **dict.fromkeys(("source", "biased", "before", "src", "src_raw", "biased_sentence", "source_sentence"), "source"),
    **dict.fromkeys(("target", "neutral", "after", "tgt", "tgt_raw", "neutral_sentence", "target_sentence"), "target"),
    **dict.fromkeys(("tags", "tag", "labels", "bias_tags"), "tags"),
    **dict.fromkeys(("id", "revid", "rev_id", "pair_id"), "id"),
}
_IN = re.compile(r"1|[BIESLU](?:-.+)?")


def header(line: str) -> list[str] | None:
    """The columns that a header names, in ours' words; None if `line` is no header of such a file."""
    found = [NAMES.get(name.strip().lower(), "") for name in line.split("\t")]
    return found if {"source", "target", "tags"} <= set(found) else None


def read(path: Path) -> Iterator[Example]:
    """Two examples per pair; ``DataError`` with file and line."""
    return strict(path, rows(path))


def rows(path: Path) -> Iterator[Row]:
    """Two rows per line."""
    columns: list[str] | None = None
    first = True
    for number, line, problem in lines(path):
        where = f"{path}:{number}"
        if problem is not None or not line.strip():
            if problem is not None:
                yield Row(where, None, (problem,))
            continue
        if first:
            first, columns = False, header(line)
            if columns is not None:
                continue
        try:
            pair = _pair(line, columns, number)
        except ValueError as error:
            yield Row(where, None, (str(error),))
            continue
        yield from (Row(where, example, tuple(example.problems())) for example in pair)


def _pair(line: str, columns: list[str] | None, number: int) -> tuple[Example, Example]:
    fields = line.split("\t")
    names = columns or (["source", "target", "tags"] if len(fields) == 3 else ["id", "source", "target", "tags"])
    if len(fields) != len(names):
        raise ValueError(f"{len(fields)} columns; wanted {len(names)}: {', '.join(name or 'other' for name in names)}, separated by tabs")
    row = dict(zip(names, fields, strict=True))
    source, tags = row["source"], row["tags"].split()
    tokens = [found.span() for found in re.finditer(r"\S+", source)]
    if len(tokens) != len(tags):
        raise ValueError(f"{len(tags)} tags for {len(tokens)} tokens divided by spaces; wanted one for each")
    spans: list[LabeledSpan] = []
    before = "O"
    for (start, end), tag in zip(tokens, tags, strict=True):
        if tag not in ("O", "0"):
            if not _IN.fullmatch(tag):
                raise ValueError(f"tag {shown(tag)}; wanted O, B-… and I-…, or 0 and 1")
            goes_on = spans and before not in ("O", "0") and (tag[0] in "IEL1") and (tag[1:] == before[1:])
            spans.append(LabeledSpan(spans.pop().start if goes_on else start, end))
        before = tag
    name = row.get("id", "").strip() or f"wikibias-{number}"
    loaded = Example(source, label=1, spans=spans, group=name, id=f"{name}-source")
    return loaded, Example(row["target"], label=0, spans=[], group=name, id=f"{name}-target")
