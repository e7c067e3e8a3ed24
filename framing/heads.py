"""Linear heads: the only door to scikit-learn's estimators.

A head's logit is a sum: per-word rows at the offsets of a window, plus a few named columns, plus an intercept.  The
weights come from a ``LogisticRegression`` over the same features laid out as a sparse matrix; a word's row (its features
times their weights) is computed when the word is first met and kept.  ``TableHead.explicit`` builds the matrix,
``TableHead.logits`` adds the rows up; the two agree, and a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.features import NAME, NUMERAL, Feature, Vocabulary, slot
from framing.tokens import Words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

VECTOR_KINDS = frozenset({"full", "bag"})  # the kinds of features that hold the word's vector


class Encoder:
    """Words to hashed features of one kind: slots and values, and the vectors' dimensions as further features."""

    def __init__(self, kind: str, bits: int, vocabulary: Vocabulary) -> None:
        self.kind, self.size, self.vocabulary = kind, 1 << bits, vocabulary
        count = vocabulary.vectors.dimensions if kind in VECTOR_KINDS else 0
        self.dimension_slots = np.array([slot(f"v={k}", self.size) for k in range(count)], np.int64)

    def encode(self, form: str) -> tuple[list[int], list[float]]:
        """The slots and values of `form`, its vector left out."""
        features = self.vocabulary.features(form, self.kind)
        return [slot(name, self.size) for name, _ in features], [value for _, value in features]

    def vectors(self, forms: Sequence[str]) -> np.ndarray:
        """The values of the vectors' dimensions, shape (forms, dimensions)."""
        if not len(self.dimension_slots):
            return np.zeros((len(forms), 0), np.float32)
        spelled = [self.vocabulary.spelling(form) for form in forms]
        if self.kind == "full":  # a word that the lexicon lists is judged by that: with both, "alleged" was seldom a doubt
            spelled = ["" if word in self.vocabulary.lexicon.single else word for word in spelled]
        return self.vocabulary.vectors.of(spelled)

    def matrix(self, forms: Sequence[str]) -> csr_matrix:
        """The features of `forms` as a sparse matrix, shape (forms, size)."""
        from scipy.sparse import csr_matrix

        columns: list[int] = []
        values: list[float] = []
        bounds = [0]
        dimensions = self.dimension_slots.tolist()
        for form, vector in zip(forms, self.vectors(forms), strict=True):
            slots, weights = self.encode(form)
            if vector.any():
                slots, weights = slots + dimensions, weights + vector.tolist()
            columns += slots
            values += weights
            bounds.append(len(columns))
        out = csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(bounds, np.int64)), shape=(len(forms), self.size))
        out.sum_duplicates()
        return out


class Rows:
    """Per-word rows ``features(word) @ weights``, filled in as words are met; shape (words, columns)."""

    def __init__(self, encoder: Encoder, weights: np.ndarray) -> None:
        self.encoder, self.weights = encoder, np.ascontiguousarray(weights, dtype=np.float32)
        self._words: Words | None = None
        self._rows = np.zeros((0, weights.shape[1]), np.float32)
        self._filled = np.zeros(0, bool)

    def of(self, words: Words, numbers: np.ndarray) -> np.ndarray:
        """The table of rows, in which at least the rows of `numbers` are filled."""
        if self._words is not words:
            self._rows, self._filled, self._words = np.zeros((0, self.weights.shape[1]), np.float32), np.zeros(0, bool), words
        if len(self._filled) < len(words):
            size = max(len(words), 2 * len(self._filled), 1024)
            rows, filled = np.zeros((size, self.weights.shape[1]), np.float32), np.zeros(size, bool)
            rows[: len(self._rows)], filled[: len(self._filled)] = self._rows, self._filled
            self._rows, self._filled = rows, filled
        missing = numbers[~self._filled[numbers]]
        if len(missing):
            missing = np.unique(missing)
            self._rows[missing] = self._compute([words.forms[i] for i in missing.tolist()])
            self._filled[missing] = True
        return self._rows

    def _compute(self, forms: list[str]) -> np.ndarray:
        slots: list[int] = []
        values: list[float] = []
        bounds = []
        for form in forms:
            bounds.append(len(slots))
            s, v = self.encoder.encode(form)
            slots += s
            values += v
        products = self.weights[slots] * np.array(values, np.float32)[:, None]
        dimensions = self.weights[self.encoder.dimension_slots]
        return np.add.reduceat(products, bounds, axis=0) + self.encoder.vectors(forms) @ dimensions


@dataclass(frozen=True)
class Block:
    """One part of a window: the features of the words at an offset (0: the token itself)."""

    offset: int
    kind: str
    bits: int


def shifted(numbers: np.ndarray, offset: int, inside: np.ndarray | None = None) -> np.ndarray:
    """`numbers` seen from `offset` tokens away, -1 beyond the ends or outside the own group of `inside`."""
    out = np.full(len(numbers), -1, dtype=np.int64)
    if offset == 0:
        return numbers.astype(np.int64)
    if abs(offset) >= len(numbers):
        return out
    a, b = (slice(None, -offset), slice(offset, None)) if offset > 0 else (slice(-offset, None), slice(None, offset))
    out[a] = numbers[b]
    if inside is not None:
        out[a][inside[a] != inside[b]] = -1
    return out


class TableHead:
    """A binary head over tokens in their windows.

    ``coef`` has shape (blocks' sizes summed + columns,), ``intercept`` is a number.
    """

    def __init__(self, blocks: Sequence[Block], columns: Sequence[str], vocabulary: Vocabulary, coef: np.ndarray, intercept: float) -> None:
        self.blocks, self.columns = tuple(blocks), tuple(columns)
        self.coef, self.intercept = np.asarray(coef, np.float32), float(intercept)
        self.encoders = {b.kind: Encoder(b.kind, b.bits, vocabulary) for b in self.blocks}
        bounds = np.cumsum([0, *(1 << b.bits for b in self.blocks)])
        self._weights = [self.coef[a:b] for a, b in pairwise(bounds)]
        self.column_weights = self.coef[bounds[-1] :]
        # blocks of one kind share a table: one column per offset
        self._rows: dict[str, tuple[list[int], Rows]] = {}
        for kind, encoder in self.encoders.items():
            mine = [i for i, b in enumerate(self.blocks) if b.kind == kind]
            self._rows[kind] = ([self.blocks[i].offset for i in mine], Rows(encoder, np.stack([self._weights[i] for i in mine], axis=1)))

    def logits(self, words: Words, numbers: np.ndarray, inside: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Shape (tokens,).  `inside`: group (sentence) of each token; windows do not reach over its ends."""
        out = np.full(len(numbers), self.intercept, np.float32)
        if not len(numbers):
            return out
        for offsets, rows in self._rows.values():
            table = rows.of(words, numbers)
            for k, offset in enumerate(offsets):
                share = table[numbers, k]
                if offset == 0:
                    out += share
                elif abs(offset) < len(numbers):
                    a, b = (slice(None, -offset), slice(offset, None)) if offset > 0 else (slice(-offset, None), slice(None, offset))
                    out[a] += share[b] * (inside[a] == inside[b])
        if columns.shape[1]:
            out += columns @ self.column_weights
        return out

    def evidence(self, forms: Sequence[str | None], columns: np.ndarray) -> list[tuple[str, str, float]]:
        """(place, feature, weight) of one token whose window is `forms` (one per block, None beyond the sentence)."""
        out = [("", "baseline", self.intercept)]
        for block, weights, form in zip(self.blocks, self._weights, forms, strict=True):
            if form is None:
                continue
            encoder = self.encoders[block.kind]
            for name, value in encoder.vocabulary.features(form, block.kind):
                out.append((_place(block.offset), name, value * float(weights[slot(name, encoder.size)])))
            if len(encoder.dimension_slots):
                out.append((_place(block.offset), "v", float(encoder.vectors([form])[0] @ weights[encoder.dimension_slots])))
        out += [("", name, float(v * w)) for name, v, w in zip(self.columns, columns, self.column_weights, strict=True)]
        return out

    def explicit(self, words: Words, numbers: np.ndarray, inside: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> csr_matrix:
        """The same features laid out for scikit-learn, for the tokens `rows`; shape (rows, coef)."""
        from scipy.sparse import csr_matrix, hstack

        used, compact = np.unique(numbers, return_inverse=True)
        forms = [words.forms[i] for i in used.tolist()]
        tables = {}
        for kind, encoder in self.encoders.items():
            table = encoder.matrix([*forms, ""])
            table.data[table.indptr[-2] :] = 0  # the last row stands for "no word here"
            tables[kind] = table
        stacked = []
        for block in self.blocks:
            at = shifted(compact, block.offset, inside)[rows]
            stacked.append(tables[block.kind][np.where(at < 0, len(forms), at)])
        stacked.append(csr_matrix(columns[rows].astype(np.float32)))
        return hstack(stacked, format="csr", dtype=np.float32)

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef[None, :], np.array([self.intercept]), np.array([0, 1]))


def _place(offset: int) -> str:
    return {0: "", -1: "previous ", 1: "next "}.get(offset, f"{offset:+d} ")


def per_sentence(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Sums of `values` (tokens,) over the sentences that begin at `bounds` (sentences + 1,); shape (sentences,)."""
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return running[bounds[1:]] - running[bounds[:-1]]


class BagHead:
    """A binary head over sentences: a sum over words and word pairs, divided by a power of the length, plus columns.

    ``coef``: weights of the hashed word features, then of the hashed pairs, then of the columns.
    """

    def __init__(self, bits: int, pair_bits: int, power: float, columns: Sequence[str], vocabulary: Vocabulary, coef: np.ndarray, intercept: float) -> None:
        self.bits, self.pair_bits, self.power, self.columns = bits, pair_bits, power, tuple(columns)
        self.coef, self.intercept = np.asarray(coef, np.float32), float(intercept)
        self.encoder = Encoder("bag", bits, vocabulary)
        self.pair_weights = self.coef[1 << bits : (1 << bits) + (1 << pair_bits)]
        self.column_weights = self.coef[(1 << bits) + (1 << pair_bits) :]
        self._rows = Rows(self.encoder, self.coef[: 1 << bits, None])

    def shares(self, words: Words, numbers: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """What each token adds to its sentence's sum, its pair with the token before included; shape (tokens,)."""
        if not len(numbers):
            return np.zeros(0, np.float32)
        out = self._rows.of(words, numbers)[numbers, 0]
        pairs = self.pair_weights[self._pair_slots(words, numbers)]
        out[1:] += pairs * (inside[1:] == inside[:-1])
        return out

    def logits(self, sums: np.ndarray, counts: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Shape (sentences,), from the sums of the tokens' shares and the counts of tokens (see ``per_sentence``)."""
        return (sums / np.maximum(counts, 1) ** self.power + columns @ self.column_weights + self.intercept).astype(np.float32)

    def explicit(self, words: Words, numbers: np.ndarray, bounds: np.ndarray, columns: np.ndarray) -> csr_matrix:
        """The same features laid out for scikit-learn; shape (sentences, coef)."""
        from scipy.sparse import csr_matrix, diags, hstack

        used, compact = np.unique(numbers, return_inverse=True)
        table = self.encoder.matrix([words.forms[i] for i in used.tolist()])
        count = len(bounds) - 1
        lengths = np.diff(bounds)
        inside = np.repeat(np.arange(count), lengths)
        scale = diags((1.0 / np.maximum(lengths, 1) ** self.power).astype(np.float32))
        tokens = csr_matrix((np.ones(len(numbers), np.float32), (inside, compact)), shape=(count, len(used)))
        slots = self._pair_slots(words, numbers)
        same = inside[1:] == inside[:-1]
        pairs = csr_matrix((np.ones(int(same.sum()), np.float32), (inside[1:][same], slots[same])), shape=(count, 1 << self.pair_bits))
        return hstack([scale @ (tokens @ table), scale @ pairs, csr_matrix(columns.astype(np.float32))], format="csr", dtype=np.float32)

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef[None, :], np.array([self.intercept]), np.array([0, 1]))

    def _pair_slots(self, words: Words, numbers: np.ndarray) -> np.ndarray:
        """A column for each pair of neighbours, shape (tokens - 1,); names and numbers are one word each."""
        special = words.facts(self._is_special)[numbers]
        keys = np.where(special, special, words.keys.view[numbers]).astype(np.uint64)
        mixed = (keys[:-1] * np.uint64(2654435761) + keys[1:]) & np.uint64(0xFFFFFFFF)
        return (mixed >> np.uint64(32 - self.pair_bits)).astype(np.int64)

    def _is_special(self, form: str) -> int:
        spelled = self.encoder.vocabulary.spelling(form)
        return 1 if spelled == NAME else 2 if spelled == NUMERAL else 0


class NamedHead:
    """A head with any number of classes over named features; each row is a short list of (name, value).

    ``coef`` has shape (slots, classes), ``intercept`` (classes,).
    """

    def __init__(self, classes: Sequence[str], coef: np.ndarray, intercept: np.ndarray) -> None:
        self.classes = tuple(classes)
        self.coef, self.intercept = np.asarray(coef, np.float32), np.asarray(intercept, np.float32)

    @property
    def size(self) -> int:
        return len(self.coef)

    def logits(self, rows: Sequence[Sequence[Feature]]) -> np.ndarray:
        """Shape (rows, classes)."""
        if not rows:
            return np.zeros((0, len(self.classes)), np.float32)
        slots = [slot(name, self.size) for row in rows for name, _ in row]
        values = np.array([value for row in rows for _, value in row], np.float32)
        bounds = np.cumsum([0, *map(len, rows)])
        sums = np.zeros((len(rows) + 1, len(self.classes)))
        running = np.concatenate([np.zeros((1, len(self.classes))), np.cumsum(self.coef[slots].astype(np.float64) * values[:, None], axis=0)])
        sums = running[bounds[1:]] - running[bounds[:-1]]
        return (sums + self.intercept).astype(np.float32)

    def evidence(self, row: Sequence[Feature], column: int) -> list[tuple[str, float]]:
        """(feature, weight) of one row for class number `column`; sums to its logit."""
        out = [("baseline", float(self.intercept[column]))]
        return out + [(name, value * float(self.coef[slot(name, self.size), column])) for name, value in row]

    @staticmethod
    def explicit(rows: Sequence[Sequence[Feature]], size: int) -> csr_matrix:
        """The rows laid out for scikit-learn, shape (rows, size)."""
        from scipy.sparse import csr_matrix

        slots = [slot(name, size) for row in rows for name, _ in row]
        values = [value for row in rows for _, value in row]
        out = csr_matrix((np.array(values, np.float32), np.array(slots, np.int32), np.cumsum([0, *map(len, rows)])), shape=(len(rows), size))
        out.sum_duplicates()
        return out

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef.T, self.intercept, np.array(self.classes))


def fitted(coef: np.ndarray, intercept: np.ndarray, classes: np.ndarray) -> LogisticRegression:
    """A ``LogisticRegression`` that predicts with these weights."""
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression()
    estimator.coef_, estimator.intercept_, estimator.classes_ = np.asarray(coef), np.asarray(intercept), classes
    estimator.n_features_in_ = estimator.coef_.shape[1]
    return estimator


def fit(features: Any, labels: np.ndarray, weights: np.ndarray | None, *, C: float, random_state: int, max_iter: int = 200) -> LogisticRegression:
    """A logistic regression, L2, lbfgs; `weights` per row."""
    from sklearn.linear_model import LogisticRegression

    # A product of small dense matrices was seen to raise "invalid value" now and then, on equal finite input; not reproduced, and
    # the flag says nothing about the result, which is therefore checked itself.
    with np.errstate(invalid="ignore"):
        estimator = LogisticRegression(C=C, max_iter=max_iter, tol=1e-3, random_state=random_state).fit(features, labels, sample_weight=weights)
    if not (np.isfinite(estimator.coef_).all() and np.isfinite(estimator.intercept_).all()):
        raise FloatingPointError("the weights of a head are not finite; please report the data that led to this")
    return estimator


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
