"""Whether a payload can be made a model: types, ranges and sizes of what a file says, before anything is built from it.

``payloads`` keeps strangers from running code; this keeps them from a model that fails, warns or fills the memory when it scores.  It
says nothing about whether a model is any good.  That weights fit the columns that this framing computes is for ``model`` to see.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from framing.features import KINDS
from framing.lexicon import LONGEST_TERM, PARTS_OF_SPEECH
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES

LARGEST_COUNT = 1 << 53
LARGEST_NUMBER = 1e6  # of weights and thresholds; the shipped model's largest is below 10
LARGEST_BITS = 24  # of a hashed table: 64 MiB of weights; the shipped model's largest has 19
FARTHEST = 64  # tokens from the one that is judged; the shipped model looks 2 away
LONGEST_WORDS = 200  # characters of a term or its wording
HEAD_TYPES = {"terms": "table", "devices": "named", "quotes": "named", "sentences": "bag"}


def check(payload: Mapping[str, Any]) -> None:
    """Nothing, when a model can be made of `payload`; ``ValueError`` or ``KeyError`` says which part cannot be used."""
    _check_numbers(payload)
    manifest = _dict(payload, "manifest")
    for key, value in (("plain", payload["plain"]), ("name", manifest.get("name", "")), ("version", manifest.get("version", ""))):
        if not isinstance(value, str):
            raise ValueError(f"{key} is no string")
    for row in _list(payload, "lexicon"):
        _check_entry(row)
    vectors = _dict(payload, "vectors")
    if not isinstance(vectors["forms"], str) or not _is_array(vectors["table"], 2) or vectors["table"].dtype != np.int8:
        raise ValueError("word vectors that are no table of int8")
    if len(_list(payload, "calibration")) != 2 or not all(map(_is_number, payload["calibration"])):
        raise ValueError("calibration is no pair of numbers")
    for name, value in _dict(payload, "thresholds").items():
        if not _is_number(value) or not 0 <= value <= 1:
            raise ValueError(f"threshold {name!a:.40} is no chance in [0, 1]")
    for name, head in _dict(payload, "heads").items():
        if HEAD_TYPES.get(name) is None:
            raise ValueError(f"a head {name!a:.40} that framing does not know")
        _check_head(name, head)


def _check_numbers(value: Any) -> None:
    """Finite, and small enough to be added up and multiplied."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.size and not np.abs(value).max() <= LARGEST_NUMBER:
            raise ValueError("weights that are not finite ones")
    elif isinstance(value, float):
        if not abs(value) <= LARGEST_NUMBER:
            raise ValueError(f"the number {value!r}")
    elif isinstance(value, int):
        if abs(value) > LARGEST_COUNT:
            raise ValueError("a count of more than 2 ** 53")
    elif isinstance(value, Mapping):
        for part in value.values():
            _check_numbers(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            if not isinstance(part, str):
                _check_numbers(part)


def _check_entry(row: Any) -> None:
    if not isinstance(row, (list, tuple)) or len(row) != 6 or not all(isinstance(cell, str) for cell in row):
        raise ValueError("a row of the lexicon that is not six strings")
    term, device, pos, strength, _, _ = row
    if not 0 < len(term) <= LONGEST_WORDS or not 1 <= len(term.split()) <= LONGEST_TERM or term != term.strip():
        raise ValueError(f"a term of the lexicon, {term!a:.40}, that is no term")
    if device not in DEVICE_NAMES or pos not in PARTS_OF_SPEECH or strength not in ("1", "2", "3"):
        raise ValueError(f"the term {term!a:.40} with a device, part of speech or strength that framing does not know")


def _check_head(name: str, head: Any) -> None:
    if not isinstance(head, Mapping) or head.get("type") != HEAD_TYPES[name]:
        raise ValueError(f"unknown kind of head for {name}")
    if head["type"] == "named":
        _check_classes(name, head)
        return
    if not _is_array(head["coef"], 1) or not _is_number(head["intercept"]):
        raise ValueError(f"the head {name} without a row of weights and an intercept")
    if not all(isinstance(column, str) for column in _list(head, "columns")):
        raise ValueError(f"the head {name} with columns that have no names")
    if head["type"] == "bag":
        if not (_is_within(head["bits"], 1, LARGEST_BITS) and _is_within(head["pair_bits"], 1, LARGEST_BITS)):
            raise ValueError(f"bits of the head {name}; wanted 1 to {LARGEST_BITS}")
        if not _is_number(head["power"]) or not 0 <= head["power"] <= 2:
            raise ValueError(f"power of the head {name}; wanted 0 to 2")
        return
    if not _is_within(head.get("pair_bits", 0), 0, LARGEST_BITS):
        raise ValueError(f"bits of the head {name}; wanted 0 to {LARGEST_BITS}")
    blocks = _list(head, "blocks")
    for block in blocks:
        offset, kind, bits = block
        if not _is_within(offset, -FARTHEST, FARTHEST) or not isinstance(kind, str) or kind not in KINDS or not _is_within(bits, 1, LARGEST_BITS):
            raise ValueError(f"a block of the head {name} that this framing cannot compute")
    if not blocks or len({(kind, bits) for _, kind, bits in blocks}) != len({kind for _, kind, _ in blocks}):
        raise ValueError(f"blocks of the head {name}; wanted one size for each kind of features")


def _check_classes(name: str, head: Mapping[str, Any]) -> None:
    classes, known = _list(head, "classes"), DEVICE_NAMES if name == "devices" else QUOTE_USE_NAMES
    if not classes or not all(isinstance(c, str) and c in known for c in classes) or len(set(classes)) != len(classes):
        raise ValueError(f"classes of the head {name} that framing does not know")
    if name == "quotes" and tuple(classes) != QUOTE_USE_NAMES:
        raise ValueError(f"classes of the head {name}; wanted {', '.join(QUOTE_USE_NAMES)}")
    if not _is_array(head["coef"], 2) or not _is_array(head["intercept"], 1):
        raise ValueError(f"the head {name} without a table of weights and a row of intercepts")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def _is_within(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_array(value: Any, dimensions: int) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == dimensions and value.dtype.kind in "fi"


def _dict(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if not isinstance(holder[key], Mapping):
        raise ValueError(f"{key} holds no names")
    return holder[key]


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    if not isinstance(holder[key], (list, tuple)):
        raise ValueError(f"{key} is no list")
    return list(holder[key])
