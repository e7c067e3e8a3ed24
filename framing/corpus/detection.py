"""Which files are labelled data, and in which format: by name and by what the first row looks like, and only when that is sure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from framing.corpus import semeval2023, wikibias
from framing.corpus.checkthat import COLUMNS
from framing.errors import DataError

# format -> the suffixes that its files may have; the first is the usual one.  Those of folders are found by FOLDERS.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "jsonl": (".jsonl",),
    "babe": (".csv",),
    "anno-lexical": (".parquet",),
    "semeval-2020": (),
    "semeval-2023": (),
    "basil": (".json",),
    "wikibias": (".tsv",),
    "checkthat": (".tsv",),
    "doccano": (".jsonl",),
    "label-studio": (".json",),
    "prodigy": (".jsonl",),
    "brat": (),
    "spacy": (".spacy",),
    "conll": (".conll", ".bio", ".iob", ".iob2", ".txt"),
}
FOLDERS = {"semeval-2020": "*.labels", "semeval-2023": semeval2023.LABELS, "brat": "*.ann"}  # format -> the files that show it
PLAIN = {".csv": "babe", ".parquet": "anno-lexical", ".spacy": "spacy", ".conll": "conll", ".bio": "conll", ".iob": "conll", ".iob2": "conll"}
WINDOW = 1 << 20  # bytes of a file that are looked at


def files_of(path: Path, format: str | None = None) -> list[tuple[Path, str]]:
    """(file, format) for each file that `path` stands for.  A folder of SemEval or brat counts as one.

    Raises ``DataError`` when nothing is found, and when a file's format is not sure.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if not path.is_dir():
        if format is None and not path.is_file():
            raise DataError(f"{path}: is no plain file, so that its format cannot be looked up; pass --format")
        return [(path, format or detect(path))]
    if format in FOLDERS:
        return [(path, format)]
    if format is not None:
        found = [(f, format) for f in sorted(path.rglob("*")) if f.suffix in SUFFIXES[format]]
    else:
        shapes = [name for name, pattern in FOLDERS.items() if next(path.rglob(pattern), None) is not None]
        found = [(f, name) for f in sorted(path.rglob("*")) if f.is_file() and (name := _sniff(f)) is not None]
        if len(shapes) == 1 and not found:
            return [(path, shapes[0])]
        if shapes and (found or len(shapes) > 1):
            several = ", ".join(dict.fromkeys([*shapes, *(name for _, name in found)]))
            raise DataError(f"{path}: holds data of several formats ({several}); pass --format, or the folders one by one")
    if not found:
        wanted = ", ".join("*" + s for s in (SUFFIXES[format] if format else (".jsonl", *PLAIN))) + ("" if format else ", or a folder of PTC or brat")
        raise DataError(f"{path}: nothing here that framing reads; wanted {wanted}")
    return found


def detect(path: Path) -> str:
    """The format of a file; ``DataError`` if it is not sure."""
    found = _sniff(path)
    if found is None:
        raise DataError(f"{path}: cannot tell the format; pass --format with one of {', '.join(SUFFIXES)}")
    return found


def _sniff(path: Path) -> str | None:
    suffix = path.suffix.lower() if path.suffix.lower() in _LOOKS else path.suffix
    if suffix in PLAIN:
        return PLAIN[suffix]
    return _LOOKS[suffix](path) if suffix in _LOOKS else None


def _head(path: Path) -> str:
    with open(path, "rb") as file:
        return file.read(WINDOW).decode("utf-8-sig", "replace")


def _first_line(path: Path) -> str:
    return next((line for line in _head(path).splitlines() if line.strip()), "")


def _json_lines(path: Path) -> str | None:
    """Ours, unless the first row has what only doccano's or Prodigy's has; a broken row is ours to report."""
    try:
        row = json.loads(_first_line(path))
    except (ValueError, RecursionError):
        return "jsonl"
    if not isinstance(row, dict):
        return "jsonl"
    if row.get("answer") in ("accept", "reject", "ignore") or "_task_hash" in row or "_input_hash" in row:
        return "prodigy"
    if isinstance(row.get("spans"), list) and isinstance(row.get("tokens"), list):
        return "prodigy"
    labels = row.get("label", row.get("labels"))
    if isinstance(row.get("entities"), list) or (isinstance(labels, list) and ("text" in row or "data" in row)):
        return "doccano"
    return "jsonl"


def _json(path: Path) -> str | None:
    """Label Studio's list of tasks or an article of BASIL; other JSON is nothing that is read."""
    if path.stat().st_size > WINDOW and _head(path).lstrip()[:1] == "[":
        return "label-studio" if all(f'"{key}"' in _head(path) for key in ("data", "result")) else None
    try:
        value: Any = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value and all(isinstance(task, dict) for task in value):
        return "label-studio" if all(isinstance(task.get("data"), dict) for task in value) else None
    body = value.get("body") if isinstance(value, dict) else None
    is_article = isinstance(body, list) and body and all(isinstance(s, dict) and "sentence" in s and "annotations" in s for s in body)
    return "basil" if is_article else None


def _tabs(path: Path) -> str | None:
    line = _first_line(path)
    if set(COLUMNS) <= {name.strip() for name in line.split("\t")}:
        return "checkthat"
    return "wikibias" if wikibias.header(line) is not None else None


_LOOKS: dict[str, Callable[[Path], str | None]] = {".jsonl": _json_lines, ".json": _json, ".tsv": _tabs}
