"""Word vectors: what is stored, what a word without one gets, what a broken file says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from framing.errors import DataError
from framing.features import RESEMBLANCE, Vocabulary
from framing.lexicon import Entry, Lexicon
from framing.vectors import UNIT, WordVectors, read_vectors

VECTORS = WordVectors(["weir", "kelp"], np.array([[UNIT, -UNIT // 2], [0, 2 * UNIT - 1]]))


def test_vector_is_given_in_units_and_unknown_word_has_none() -> None:
    assert VECTORS.of(["weir", "harbour"]).tolist() == [[1.0, -0.5], [0.0, 0.0]]


def test_no_vectors_have_no_dimensions() -> None:
    assert WordVectors().of(["weir"]).shape == (1, 0)


def test_vectors_weigh_what_their_kind_says() -> None:
    vocabulary = Vocabulary(Lexicon([Entry("weir", "metaphor", "n", 2, (), "")]), ["weir", "kelp"], VECTORS)
    assert vocabulary.vectors_of(["weir", "harbour"], "bag").tolist() == [[1.0, -0.5], [0.0, 0.0]]
    assert vocabulary.vectors_of(["weir"], "company").tolist() == [[RESEMBLANCE, -0.5 * RESEMBLANCE]]
    assert vocabulary.vectors_of(["weir"], "full").tolist() == [[0.0, 0.0]]  # a listed term is judged by that
    assert vocabulary.vectors_of(["weir"], "light").shape == (1, 0)


def test_payload_gives_the_same_vectors() -> None:
    again = WordVectors.from_payload(VECTORS.to_payload())
    assert again.forms == VECTORS.forms
    assert (again.table == VECTORS.table).all()
    assert len(WordVectors.from_payload(WordVectors().to_payload())) == 0


@pytest.mark.parametrize("table", [np.zeros((1, 2)), np.zeros(2), np.zeros((2, 2, 2))])
def test_table_that_does_not_fit_its_words_is_an_error(table: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one row for each word"):
        WordVectors(["weir", "kelp"], table)


def test_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, forms="weir\nkelp", table=VECTORS.table)
    assert (read_vectors(path).of(["kelp"]) == VECTORS.of(["kelp"])).all()


@pytest.mark.parametrize("content", [b"", b"weir 1 2 3\n", b"PK\x03\x04 cut off"])
def test_broken_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"v\.npz"):
        read_vectors(path)


def test_file_of_other_arrays_or_of_objects_is_an_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", words="weir")
    np.savez(tmp_path / "objects.npz", forms="weir", table=np.array([[{}]], object))
    for name in ("other.npz", "objects.npz", "missing.npz"):
        with pytest.raises(DataError, match=name):
            read_vectors(tmp_path / name)
