"""Word vectors: a small table of what company each word keeps, learnt from unlabelled text.

A word that no labelled sentence holds lies near words that some do.  A head that is linear in a word's vector is linear in
one number per word, so vectors cost nothing when text is scored.  `recipes/word_vectors.py` makes the shipped ones.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framing.errors import DataError

UNIT = 64  # of the stored bytes: this is 1.0; they reach from -2 to 2


class WordVectors:
    """`forms`, and for each of them a row of `table`, shape (forms, dimensions), int8 in units of 1/64."""

    def __init__(self, forms: Sequence[str] = (), table: np.ndarray | None = None) -> None:
        self.forms = tuple(forms)
        self.table = np.zeros((0, 0), np.int8) if table is None else np.asarray(table, np.int8)
        if self.table.ndim != 2 or len(self.forms) != len(self.table):
            raise ValueError(f"{len(self.forms)} words and vectors of shape {self.table.shape}; wanted one row for each word")
        self._row = {form: i for i, form in enumerate(self.forms)}

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def dimensions(self) -> int:
        return self.table.shape[1]

    def of(self, spelled: Sequence[str]) -> np.ndarray:
        """The vectors of words as the heads spell them, zero where there is none; shape (words, dimensions)."""
        rows = np.array([self._row.get(word, -1) for word in spelled], np.int64)
        out = np.zeros((len(rows), self.dimensions), np.float32)
        known = rows >= 0
        out[known] = self.table[rows[known]].astype(np.float32) / UNIT
        return out

    # ------------------------------------------------------------ plain data for the model file
    def to_payload(self) -> dict[str, Any]:
        return {"forms": "\n".join(self.forms), "table": self.table}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> "WordVectors":
        return cls(payload["forms"].split("\n") if payload["forms"] else (), payload["table"])


def read_vectors(path: str | Path) -> WordVectors:
    """The vectors in an ``.npz`` file with `forms` (one string, a word a line) and `table`.  ``DataError`` says what is wrong."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as data:
            return WordVectors.from_payload({"forms": str(data["forms"]), "table": data["table"]})
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: no word vectors: {error}") from error
