"""spaCy: a ``DocBin`` (``.spacy``); the only door to spaCy, an optional extra.

Read: the span group ``framing``, else ``sc`` (span categoriser), else the entities; ``cats``; what we keep in ``user_data``.  Written: a blank
English pipeline's tokens, cut where a label begins or ends; labels in ``spans["framing"]``, where they may overlap, and ``spans["sc"]`` holds the
same; the sentence's label in ``cats``.  Links and meta data go into ``user_data``.  A DocBin is msgpack; nothing in it is executed.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from framing.corpus.rows import as_json, decoded, encoded, listed, mapped, shown, whole, word
from framing.corpus.tools.pieces import split
from framing.corpus.tools.records import LOADED, META, NEUTRAL, Entry, Link, Mark, Record
from framing.errors import ConfigError, DataError

GROUPS = (META, "sc")
LARGEST = 1 << 30  # bytes after decompression; a bomb has more


def _spacy() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own dependencies' deprecations are not the user's to mend
            import spacy
            import spacy.tokens
            import spacy.vocab
    except ImportError as error:
        raise ConfigError("spaCy's DocBin needs spaCy; pip install 'framing[spacy]'") from error
    return spacy


def entries(path: Path) -> Iterator[Entry]:
    """One entry per document.  ``DataError`` if the file is no DocBin."""
    spacy = _spacy()
    raw = path.read_bytes()
    try:
        inflate = zlib.decompressobj()
        inflate.decompress(raw, LARGEST)
        if inflate.unconsumed_tail:
            raise DataError(f"{path}: unpacks to more than {LARGEST >> 20} MiB; split the file")
        documents = list(spacy.tokens.DocBin().from_bytes(raw).get_docs(spacy.vocab.Vocab()))
    except DataError:
        raise
    except Exception as error:  # msgpack, zlib and spaCy's own checks share no base class
        raise DataError(f"{path}: not a DocBin of spaCy, or damaged ({type(error).__name__}: {shown(str(error))})") from error
    for number, document in enumerate(documents, start=1):
        where = f"{path}: document {number}"
        try:
            yield Entry(where, _record(document))
        except ValueError as error:
            yield Entry(where, problems=(str(error),))
        except Exception as error:  # spaCy looks at a damaged document only when it is asked for its parts
            yield Entry(where, problems=(f"damaged ({type(error).__name__}: {shown(str(error))}); write the DocBin anew",))


def _record(document: Any) -> Record:
    spans = next((document.spans[group] for group in GROUPS if group in document.spans), document.ents)
    marks = tuple(Mark(span.start_char, span.end_char, span.label_) for span in spans)
    kept = _kept(document.user_data.get(META))
    places: dict[tuple[int, int, str], int] = {}
    for place, mark in enumerate(marks):
        places.setdefault((mark.start, mark.end, mark.label), place)
    links = []
    for link in listed(kept.pop("links", None), "links"):
        if len(listed(link, "link")) != 7:
            raise ValueError(f"link {shown(link)}; wanted a label and two ranges with their labels")
        ends = [(whole(link[i], "start"), whole(link[i + 1], "end"), word(link[i + 2], "label")) for i in (1, 4)]
        if all(end in places for end in ends):  # a label that somebody took away takes its link with it
            links.append(Link(word(link[0], "label"), places[ends[0]], places[ends[1]]))
    return Record(document.text, _categories(document.cats), marks, tuple(links), kept)


def _kept(value: Any) -> dict[str, Any]:
    return {} if value is None else dict(mapped(decoded(word(value, f"user_data[{META!r}]")), META))


def _categories(cats: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, chance in cats.items() if isinstance(chance, (int, float)) and chance >= 0.5)


def write(records: Iterable[Record], file: BinaryIO, model: str | None) -> None:
    """One document per record."""
    spacy = _spacy()
    blank = spacy.blank("en")
    found = spacy.tokens.DocBin(store_user_data=True)
    for number, record in enumerate(records, start=1):
        encoded(record.text, f"record {number}")
        found.add(_document(spacy, blank, record, model))
    file.write(found.to_bytes())


def _document(spacy: Any, blank: Any, record: Record, model: str | None) -> Any:
    text = record.text
    ranges = [(token.idx, token.idx + len(token)) for token in blank.make_doc(text)]
    ranges = split(ranges, (edge for mark in record.marks for edge in (mark.start, mark.end)))
    follow = [*(start for start, _ in ranges[1:]), len(text)]
    document = spacy.tokens.Doc(blank.vocab, words=[text[a:b] for a, b in ranges], spaces=[after > end for (_, end), after in zip(ranges, follow)])
    marks = [_span(document, mark) for mark in record.marks]
    for group in GROUPS:
        document.spans[group] = marks
    if record.categories:
        document.cats = {name: float(name in record.categories) for name in (LOADED, NEUTRAL)}
    links = [[k.label, *_ends(record.marks[k.tail]), *_ends(record.marks[k.head])] for k in record.links]
    document.user_data[META] = as_json(dict(record.meta) | {"links": links} | ({"model": model} if model else {}))
    return document


def _span(document: Any, mark: Mark) -> Any:
    """The span of a label; a single space at its end belongs to no token of spaCy's and is left outside."""
    return document.char_span(mark.start, mark.end, label=mark.label) or document.char_span(mark.start, mark.end, label=mark.label, alignment_mode="expand")


def _ends(mark: Mark) -> list[Any]:
    return [mark.start, mark.end, mark.label]
