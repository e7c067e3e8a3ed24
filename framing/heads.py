"""Linear heads: the only door to scikit-learn's estimators.

A head's logit is a sum: per-word rows at the offsets of a window, plus a few named columns, plus an intercept.  The
weights come from a ``LogisticRegression`` over the same features laid out as a sparse matrix; a word's row (its features
times their weights) is computed when the word is first met and kept.  ``TableHead.explicit`` builds the matrix,
``TableHead.logits`` adds the rows up; the two agree, and a test holds them to it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.features import KINDS, LETTERS, Feature, Vocabulary, describe, hash_of, ngrams, slot
from framing.tokens import Words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

MOST_SPELLED = 1 << 16  # words whose evidence a head keeps; more are rare, and hostile texts are full of them


class Encoder:
    """Words to hashed features of one kind: slots and values, and the vectors' dimensions as further features.

    `prefix` sets the features apart from those of the same words elsewhere.
    """

    def __init__(self, kind: str, bits: int, vocabulary: Vocabulary, prefix: str = "") -> None:
        self.kind, self.size, self.vocabulary, self.prefix = kind, 1 << bits, vocabulary, prefix
        count = vocabulary.vectors.dimensions if KINDS[kind].vector else 0
        self.dimension_slots = np.array([slot(f"{prefix}v={k}", self.size) for k in range(count)], np.int64)

    def encode(self, form: str) -> tuple[list[int], list[float]]:
        """The slots and values of `form`, its letters and its vector left out."""
        features = self.vocabulary.features(form, self.kind)
        return [slot(self.prefix + name, self.size) for name, _ in features], [value for _, value in features]

    @property
    def is_named(self) -> bool:
        """Do words have features besides their letters and their vector?"""
        return bool(KINDS[self.kind].functions)

    def vectors(self, forms: Sequence[str]) -> np.ndarray:
        """The values of the vectors' dimensions, shape (forms, dimensions)."""
        return self.vocabulary.vectors_of(forms, self.kind)

    def letters(self, forms: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """For each length of n-gram: the slots of the forms' n-grams, and where each form's begin, shape (forms + 1,)."""
        if KINDS[self.kind].letters:
            for hashed, bounds in ngrams([self.vocabulary.spelling(form) for form in forms]):
                yield (hashed & np.uint32(self.size - 1)).astype(np.int64), bounds

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
        for letters, begins in self.letters(forms):
            out = out + csr_matrix((np.full(len(letters), LETTERS, np.float32), letters, begins), shape=out.shape)
        out.sum_duplicates()
        return out


class Rows:
    """Per-word rows ``features(word) @ weights``, filled in as words are met; shape (words, columns)."""

    def __init__(self, encoder: Encoder, weights: np.ndarray) -> None:
        self.encoder, self.weights = encoder, np.ascontiguousarray(weights, dtype=np.float32)
        self._lock = threading.Lock()
        self._start(None)

    def _start(self, words: Words | None) -> None:
        self._words, self._rows, self._filled = words, np.zeros((0, self.weights.shape[1]), np.float32), np.zeros(0, bool)

    def of(self, words: Words, numbers: np.ndarray) -> np.ndarray:
        """The table of rows, in which at least the rows of `numbers` are filled; threads take turns."""
        with self._lock:
            if self._words is not words:
                self._start(words)
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
        out = self.encoder.vectors(forms) @ self.weights[self.encoder.dimension_slots].astype(np.float64)
        if self.encoder.is_named:
            slots: list[int] = []
            values: list[float] = []
            bounds = [0]
            for form in forms:
                s, v = self.encoder.encode(form)
                slots += s
                values += v
                bounds.append(len(slots))
            out += sums(self.weights[slots] * np.array(values, np.float32)[:, None], np.array(bounds))
        for letters, begins in self.encoder.letters(forms):
            out += LETTERS * sums(self.weights[letters], begins)
        return out.astype(np.float32)


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


@dataclass(frozen=True)
class Pairs:
    """A column for each pair of neighbouring words, 2 to the power of `bits` of them, or none for 0 bits."""

    bits: int
    vocabulary: Vocabulary

    @property
    def size(self) -> int:
        return 1 << self.bits if self.bits else 0

    def slots(self, words: Words, numbers: np.ndarray) -> np.ndarray:
        """The column of each token and the one after it, shape (tokens - 1,)."""
        keys = self._keys(words, numbers)
        return self._mixed(keys[:-1], keys[1:])

    def between(self, words: Words, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """The columns of these tokens, one by one; shape (pairs,)."""
        return self._mixed(self._keys(words, left), self._keys(words, right))

    def _keys(self, words: Words, numbers: np.ndarray) -> np.ndarray:
        return words.facts(self.vocabulary.key, "uint32")[numbers].astype(np.uint64)

    def _mixed(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        mixed = (left * np.uint64(2654435761) + right) & np.uint64(0xFFFFFFFF)
        return (mixed >> np.uint64(32 - self.bits)).astype(np.int64)


class TableHead:
    """A binary head over tokens in their windows.

    ``coef``: weights of the blocks' features, of the pairs with the word before, of those with the word after, of the columns;
    ``intercept`` is a number.
    """

    def __init__(self, blocks: Sequence[Block], pair_bits: int, columns: Sequence[str], vocabulary: Vocabulary, coef: np.ndarray, intercept: float) -> None:
        self.blocks, self.pairs, self.columns = tuple(blocks), Pairs(pair_bits, vocabulary), tuple(columns)
        self.coef, self.intercept = np.asarray(coef, np.float32), float(intercept)
        self.encoders = {b.kind: Encoder(b.kind, b.bits, vocabulary) for b in self.blocks}
        bounds = np.cumsum([0, *(1 << b.bits for b in self.blocks), self.pairs.size, self.pairs.size])
        *self._weights, before, after = (self.coef[a:b] for a, b in pairwise(bounds))
        self._pair_weights = np.column_stack([before, after])
        self.column_weights = self.coef[bounds[-1] :]
        # blocks of one kind share a table: one column per offset
        self._rows: dict[str, tuple[list[int], Rows]] = {}
        for kind, encoder in self.encoders.items():
            mine = [i for i, b in enumerate(self.blocks) if b.kind == kind]
            self._rows[kind] = ([self.blocks[i].offset for i in mine], Rows(encoder, np.stack([self._weights[i] for i in mine], axis=1)))
        self._evidence: dict[tuple[int, str], list[tuple[str, float]]] = {}

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
        if self.pairs.size:
            shares = self._pair_weights[self.pairs.slots(words, numbers)] * (inside[1:] == inside[:-1])[:, None]
            out[1:] += shares[:, 0]
            out[:-1] += shares[:, 1]
        if columns.shape[1]:
            out += np.einsum("tc,c->t", columns, self.column_weights)  # not `@`, for which numpy would start threads
        return out

    def evidence(self, words: Words, windows: np.ndarray, columns: np.ndarray) -> list[list[tuple[str, float]]]:
        """(what, weight) of some tokens, each summing to the token's logit.

        `windows`: the word's number for each block, -1 beyond the sentence, shape (tokens, blocks); `columns`: (tokens, columns).
        """
        out = []
        for window, in_pairs, values in zip(windows.tolist(), self._in_pairs(words, windows), columns, strict=True):
            found = [("baseline", self.intercept), *in_pairs]
            for k, number in enumerate(window):
                if number >= 0:
                    found += self._spelled_out(k, words, number)
            found += [(self.columns[c], float(values[c] * self.column_weights[c])) for c in np.flatnonzero(values).tolist()]
            out.append(found)
        return out

    def _in_pairs(self, words: Words, windows: np.ndarray) -> list[list[tuple[str, float]]]:
        """(what, weight) of the pairs that each token of `evidence` forms."""
        out: list[list[tuple[str, float]]] = [[] for _ in windows]
        offsets, spelling = [block.offset for block in self.blocks], self.pairs.vocabulary.spelling
        for column, (left, right) in enumerate(((-1, 0), (0, 1)) if self.pairs.size else ()):
            two = windows[:, [offsets.index(left), offsets.index(right)]]
            whole = np.flatnonzero((two >= 0).all(axis=1))
            weights = self._pair_weights[self.pairs.between(words, two[whole, 0], two[whole, 1]), column]
            for k, (a, b), weight in zip(whole.tolist(), two[whole].tolist(), weights.tolist(), strict=True):
                out[k].append((f"the words “{spelling(words.forms[a])} {spelling(words.forms[b])}”", weight))
        return out

    def _spelled_out(self, block: int, words: Words, number: int) -> list[tuple[str, float]]:
        """(what, weight) of a word in `block`, like features as one; made once per word.

        What is not spelled out by name is the share of the letters.
        """
        form = words.forms[number]
        known = self._evidence.get((block, form))
        if known is None:
            offset, kind, weights = self.blocks[block].offset, self.blocks[block].kind, self._weights[block]
            encoder, (offsets, rows) = self.encoders[kind], self._rows[kind]
            features = encoder.vocabulary.features(form, kind)
            found = weights[[slot(name, encoder.size) for name, _ in features]].tolist()
            named = [(name, value * weight) for (name, value), weight in zip(features, found, strict=True)]
            if len(encoder.dimension_slots):
                named.append(("v=", float(encoder.vectors([form])[0] @ weights[encoder.dimension_slots])))
            if KINDS[kind].letters:
                row = rows.of(words, np.array([number]))[number]
                named.append(("letters=", float(row[offsets.index(offset)]) - sum(weight for _, weight in named)))
            total: dict[str, float] = {}
            place = _place(offset)
            for name, weight in named:
                what = place + describe(name)
                total[what] = total.get(what, 0.0) + weight
            if len(self._evidence) >= MOST_SPELLED:
                self._evidence.clear()
            known = self._evidence[block, form] = list(total.items())
        return known

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
        if self.pairs.size:
            slots = np.where(inside[1:] == inside[:-1], self.pairs.slots(words, numbers), -1)
            for at in (np.append(-1, slots)[rows], np.append(slots, -1)[rows]):
                bounds = np.append(0, np.cumsum(at >= 0))
                stacked.append(csr_matrix((np.ones(bounds[-1], np.float32), at[at >= 0], bounds), shape=(len(rows), self.pairs.size)))
        stacked.append(csr_matrix(columns[rows].astype(np.float32)))
        return hstack(stacked, format="csr", dtype=np.float32)

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef[None, :], np.array([self.intercept]), np.array([0, 1]))


def _place(offset: int) -> str:
    return {0: "", -1: "previous ", 1: "next "}.get(offset, f"{offset:+d} ")


def sums(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Sums of `values` (values, ...) over the groups that begin at `bounds` (groups + 1,); shape (groups, ...)."""
    running = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    return running[bounds[1:]] - running[bounds[:-1]]


class BagHead:
    """A binary head over sentences: a sum over words and word pairs, divided by a power of the length, plus columns.

    ``coef``: weights of the hashed word features, then of the hashed pairs, then of the columns.
    """

    def __init__(self, bits: int, pair_bits: int, power: float, columns: Sequence[str], vocabulary: Vocabulary, coef: np.ndarray, intercept: float) -> None:
        self.bits, self.pairs, self.power, self.columns = bits, Pairs(pair_bits, vocabulary), power, tuple(columns)
        self.coef, self.intercept = np.asarray(coef, np.float32), float(intercept)
        self.encoder = Encoder("bag", bits, vocabulary)
        self.pair_weights = self.coef[1 << bits : (1 << bits) + self.pairs.size]
        self.column_weights = self.coef[(1 << bits) + self.pairs.size :]
        self._rows = Rows(self.encoder, self.coef[: 1 << bits, None])

    def shares(self, words: Words, numbers: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """What each token adds to its sentence's sum, its pair with the token before included; shape (tokens,)."""
        if not len(numbers):
            return np.zeros(0, np.float32)
        out = self._rows.of(words, numbers)[numbers, 0]
        pairs = self.pair_weights[self.pairs.slots(words, numbers)]
        out[1:] += pairs * (inside[1:] == inside[:-1])
        return out

    def logits(self, sums: np.ndarray, counts: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Shape (sentences,), from the sums of the tokens' shares and the counts of tokens (see ``sums``)."""
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
        slots = self.pairs.slots(words, numbers)
        same = inside[1:] == inside[:-1]
        pairs = csr_matrix((np.ones(int(same.sum()), np.float32), (inside[1:][same], slots[same])), shape=(count, self.pairs.size))
        return hstack([scale @ (tokens @ table), scale @ pairs, csr_matrix(columns.astype(np.float32))], format="csr", dtype=np.float32)

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef[None, :], np.array([self.intercept]), np.array([0, 1]))


@dataclass(frozen=True)
class Part:
    """Some of the words around an item: their features of one `kind`, summed and divided by a `power` of their number.

    `prefix` sets them apart from the other parts'.
    """

    prefix: str
    kind: str
    power: float = 1.0


@dataclass(frozen=True)
class Items:
    """What a ``NamedHead`` is asked about.

    ``hashes`` and ``values`` of the named features, (features,), and ``bounds``, where each item's begin, (items + 1,);
    ``ranges``: where the words of each of the head's parts stand among the tokens ``numbers`` of ``words``, half-open, shape
    (items, parts, 2).
    """

    hashes: np.ndarray
    values: np.ndarray
    bounds: np.ndarray
    words: Words
    numbers: np.ndarray
    ranges: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds) - 1


def items(named: Iterable[Iterable[Feature]], words: Words, numbers: np.ndarray, ranges: np.ndarray) -> Items:
    """``Items`` from the named features of each."""
    hashes: list[int] = []
    values: list[float] = []
    bounds = [0]
    for row in named:
        for name, value in row:
            hashes.append(hash_of(name))
            values.append(value)
        bounds.append(len(hashes))
    return Items(np.array(hashes, np.int64), np.array(values, np.float32), np.array(bounds), words, numbers, ranges)


class NamedHead:
    """A head with any number of classes over items: named features, and the words of the item's parts.

    ``coef`` has shape (slots, classes), ``intercept`` (classes,).  A part that is named twice has two ranges.
    """

    def __init__(self, classes: Sequence[str], coef: np.ndarray, intercept: np.ndarray, vocabulary: Vocabulary, parts: Sequence[Part] = ()) -> None:
        self.classes, self.parts = tuple(classes), tuple(parts)
        self.coef, self.intercept = np.asarray(coef, np.float32), np.asarray(intercept, np.float32)
        bits = self.size.bit_length() - 1
        encoders = {part: Encoder(part.kind, bits, vocabulary, part.prefix) for part in self.parts}
        self._tables = [(part, [k for k, p in enumerate(self.parts) if p == part], Rows(encoder, self.coef)) for part, encoder in encoders.items()]

    @property
    def size(self) -> int:
        return len(self.coef)

    def logits(self, items: Items) -> np.ndarray:
        """Shape (items, classes)."""
        return self.joined(items, self.shares(items))

    def joined(self, items: Items, shares: np.ndarray) -> np.ndarray:
        """The logits, shape (items, classes), when the words' `shares` are known."""
        named = sums(self.coef[items.hashes & (self.size - 1)] * items.values[:, None], items.bounds)
        return (named + shares.sum(axis=1) + self.intercept).astype(np.float32)

    def shares(self, items: Items) -> np.ndarray:
        """What the words of each distinct part add; shape (items, distinct parts, classes)."""
        out = np.zeros((len(items), len(self._tables), len(self.classes)))
        if not len(items):
            return out
        for k, (part, columns, rows) in enumerate(self._tables):
            tokens, bounds = spread(items.ranges[:, columns])
            numbers = items.numbers[tokens]
            out[:, k] = sums(rows.of(items.words, numbers)[numbers], bounds) / np.maximum(np.diff(bounds), 1)[:, None] ** part.power
        return out

    def evidence(self, row: Iterable[Feature], shares: np.ndarray, column: int) -> list[tuple[str, float]]:
        """(feature, weight) of one item for class number `column`; sums to its logit.  `shares`: the item's, as above."""
        out = [("baseline", float(self.intercept[column]))]
        out += [(name, value * float(self.coef[slot(name, self.size), column])) for name, value in row]
        return out + [(part.prefix, float(share)) for (part, _, _), share in zip(self._tables, shares[:, column], strict=True)]

    def explicit(self, items: Items) -> csr_matrix:
        """The items laid out for scikit-learn, shape (items, slots)."""
        from scipy.sparse import csr_matrix

        out = csr_matrix((items.values, items.hashes & (self.size - 1), items.bounds), shape=(len(items), self.size))
        for part, columns, rows in self._tables:
            tokens, bounds = spread(items.ranges[:, columns])
            used, compact = np.unique(items.numbers[tokens], return_inverse=True)
            table = rows.encoder.matrix([items.words.forms[i] for i in used.tolist()])
            counts = np.diff(bounds)
            scale = np.repeat(1.0 / np.maximum(counts, 1) ** part.power, counts).astype(np.float32)
            out = out + csr_matrix((scale, compact, bounds), shape=(len(items), len(used))) @ table
        out.sum_duplicates()
        return out.tocsr()

    @property
    def estimator(self) -> LogisticRegression:
        """A fitted ``LogisticRegression`` with this head's weights, over the columns of ``explicit``."""
        return fitted(self.coef.T, self.intercept, np.array(self.classes))


def spread(ranges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(every number in the ranges of each item, in order; where each item's begin), from shape (items, ranges, 2).

    >>> spread(np.array([[[3, 5], [8, 9]], [[0, 0], [7, 8]]]))
    (array([3, 4, 8, 7]), array([0, 3, 4]))
    """
    starts, lengths = ranges[..., 0].ravel(), np.maximum(ranges[..., 1] - ranges[..., 0], 0)
    before = np.concatenate([[0], np.cumsum(lengths)])
    numbers = np.repeat(starts - before[:-1], lengths.ravel()) + np.arange(before[-1])
    return numbers, before[:: ranges.shape[1]]


def fitted(coef: np.ndarray, intercept: np.ndarray, classes: np.ndarray) -> LogisticRegression:
    """A ``LogisticRegression`` that predicts with these weights."""
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression()
    estimator.coef_, estimator.intercept_, estimator.classes_ = np.asarray(coef), np.asarray(intercept), classes
    estimator.n_features_in_ = estimator.coef_.shape[1]
    return estimator


# A fit ends where the slope of the mean loss is this part of the rarest class's share.  A bound for all fits alike, as scikit-learn's own 1e-4, is met by
# heads over tokens while the words of the rare class, which are the loaded ones, have hardly got their weights.
TOLERANCE = 1e-3
MOST_ROUNDS = 500


def fit(features: Any, labels: np.ndarray, weights: np.ndarray, *, C: float, random_state: int) -> LogisticRegression:
    """A logistic regression, L2, lbfgs; `weights` per row."""
    from sklearn.linear_model import LogisticRegression

    shares = np.bincount(labels.astype(np.int64), weights)
    tolerance = TOLERANCE * shares[shares > 0].min() / shares.sum()
    # A product of small dense matrices was seen to raise "invalid value" now and then, on equal finite input; not reproduced, and
    # the flag says nothing about the result, which is therefore checked itself.
    with np.errstate(invalid="ignore"):
        estimator = LogisticRegression(C=C, max_iter=MOST_ROUNDS, tol=tolerance, random_state=random_state).fit(features, labels, sample_weight=weights)
    if not (np.isfinite(estimator.coef_).all() and np.isfinite(estimator.intercept_).all()):
        raise FloatingPointError("the weights of a head are not finite; please report the data that led to this")
    return estimator


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
