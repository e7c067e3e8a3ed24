"""BASIL (Fan et al., EMNLP 2019): a JSON file per article, ``body`` a list of sentences with ``annotations``.

Each sentence is an example; a sentence without any annotation is labelled 0, one with a lexical annotation 1.  Informational bias is a choice of
facts, not of words: it gives no spans, and a sentence with nothing else has no label.  Some offsets are off by a few characters; the
annotation's own words (``txt``) decide where they stand in the sentence once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framing.corpus.examples import Example, LabeledSpan
from framing.corpus.rows import Row, document, listed, mapped, shown, strict, whole, word
from framing.corpus.semeval2020 import joined
from framing.errors import DataError

LEXICAL, INFORMATIONAL = "lexical", "informational"
_KINDS = {LEXICAL: LEXICAL, "lex": LEXICAL, INFORMATIONAL: INFORMATIONAL, "inf": INFORMATIONAL}


def read(path: Path) -> Iterator[Example]:
    """The sentences of one article; ``DataError`` with file and sentence."""
    return strict(path, rows(path))


def rows(path: Path) -> Iterator[Row]:
    """A row per sentence that has words."""
    article = document(path)
    if not isinstance(article, dict) or not isinstance(article.get("body"), list):
        raise DataError(f"{path}: no list under 'body'; wanted an article of BASIL")
    group = next((article[key] for key in ("uuid", "url") if isinstance(article.get(key), str)), path.stem)
    topic = article.get("main-event") if isinstance(article.get("main-event"), str) else None
    for number, sentence in enumerate(article["body"]):
        where = f"{path}: sentence {number}"
        try:
            text = word(mapped(sentence, "sentence").get("sentence"), "sentence")
            if not text.strip():
                yield Row(where, None, omitted=("sentence without words left out",))
                continue
            example = _example(text, [mapped(a, "annotation") for a in listed(sentence.get("annotations"), "annotations")])
        except ValueError as error:
            yield Row(where, None, (str(error),))
            continue
        example = Example(text, label=example.label, spans=example.spans, group=group, id=f"{group}-{number}", topic=topic)
        yield Row(where, example, tuple(example.problems()))


def _example(text: str, annotations: list[dict[str, Any]]) -> Example:
    spans: list[tuple[int, int]] = []
    for annotation in annotations:
        kind = _KINDS.get(str(annotation.get("bias")).lower())
        if kind is None:
            raise ValueError(f"bias {shown(annotation.get('bias'))}; wanted Lexical or Informational")
        if kind == LEXICAL:
            spans.append(_range(text, annotation))
    label = 1 if spans else None if annotations else 0
    return Example(text, label=label, spans=[LabeledSpan(a, b) for a, b in joined(spans)])


def _range(text: str, annotation: dict[str, Any]) -> tuple[int, int]:
    start, end = whole(annotation.get("start"), "start"), whole(annotation.get("end"), "end")
    words = annotation.get("txt")
    if words is None:
        return start, end
    words = word(words, "txt").strip()
    if start >= 0 and text[start : start + len(words)] == words:  # the end is inclusive in some files
        return start, start + len(words)
    if text.count(words) == 1:
        start = text.index(words)
        return start, start + len(words)
    raise ValueError(f"txt {shown(words)} does not stand at {start}–{end}; wanted the words of the sentence at these places")
