"""Labelled examples to a model.

Each head learns from the examples that carry its labels and starts from what `base` knows: the base head's logit is a
feature, whose weight is then folded into the new weights (both are sums over the same features).  A fifth of the labelled
groups is held out once, to learn how the heads' answers combine and where to cut; then every head is fitted on all.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framing import __version__, features
from framing.corpus import Example
from framing.document import Document, read
from framing.errors import DataError, ModelError
from framing.features import Vocabulary, plain_words
from framing.flagging import SPAN_PARTS, Calibration, span_items
from framing.heads import BagHead, Block, Items, NamedHead, Part, TableHead, fit, sigmoid, sums
from framing.judging import (
    SENTENCE_COLUMNS,
    TERM_COLUMNS,
    Batch,
    quote_items,
    quote_places,
    scare_by_token,
    sentence_columns,
    side_by_side,
    term_columns,
    term_logits,
    texts_as_sentences,
)
from framing.lexicon import Lexicon, Match
from framing.model import Model, library_versions, load_model
from framing.pairs import PARTS
from framing.scoring import load
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD, Words
from framing.vectors import WordVectors

# Sizes are powers of two: hashed columns per block.  Chosen by judgement; other sizes were not measured.
TERM_BLOCKS = (Block(0, "full", 17), Block(-1, "light", 15), Block(1, "light", 15), Block(-2, "light", 15), Block(2, "light", 15))
TERM_PAIR_BITS = 18
BAG_BITS, PAIR_BITS, POWER = 17, 19, 0.4
NAMED_BITS = 16
CUTS = np.arange(0.1, 0.91, 0.01)  # thresholds that are tried
SCARE_THRESHOLD = 0.4  # of four uses scare must be the likeliest, too


@dataclass(frozen=True)
class Settings:
    """Strengths of regularisation (scikit-learn's C) and the like.

    `terms`, `quotes` and `beyond_base` were set while looking at development corpora, the rest by judgement.
    """

    terms: float = 0.5
    sentences: float = 1.0
    devices: float = 1.0
    quotes: float = 0.15
    # C is this much smaller where there is a base: what differs from it is penalised more than what is learnt from nothing.  A thousand
    # sentences (BABE) learn best with 0.1 to 0.2, three hundred articles (SemEval-2020 Task 11) with 1.
    beyond_base: float = 0.4
    held_out: int = 5  # one group in so many
    # The share of loaded sentences in the texts that will be scored, where that is not the share in the examples: labelled data
    # are chosen to be half loaded, news is not.
    loaded_share: float | None = None
    # What a sentence's logit is worth on texts of another kind than the examples.  A head is surer of its own kind: one trained on our
    # sentences alone is right about AnnoLexical as if its logits were a quarter of what they are.
    transfer: float = 1.0
    beta: float = 1.0  # how many times as much as precision recall counts where the threshold of flags is set
    threshold: float | None = None  # the threshold itself, instead of the best one on the held-out part


def train(
    examples: Iterable[Example],
    *,
    base: Model | str | Path | None = "shipped",
    lexicon: Lexicon | None = None,
    vectors: WordVectors | None = None,
    random_state: int = 0,
    settings: Settings = Settings(),
    name: str = "framing",
    sources: Sequence[dict[str, Any]] = (),
) -> Model:
    """A model that has learnt from `examples`.

    `base` is a model, a model file's path, ``"shipped"`` or None.  A head whose labels no example has is taken from it;
    without a base that head stays off, and a warning says so.
    `lexicon` and `vectors` default to the base's.  `sources` is written into the manifest (names and digests of the data).
    Raises ``DataError`` when an example is broken or when there is nothing to learn from, ``ModelError`` for a base of older features.
    """
    if isinstance(base, (str, Path)):
        base = load() if base == "shipped" else load_model(base)
    if base is not None and base.features_version != features.VERSION:  # one file, one version of the features
        found = f"the base {base.name} was made with features version {base.features_version}"
        raise ModelError(f"{found}, this framing trains with {features.VERSION}; take the shipped base")
    examples = list(examples)
    for i, e in enumerate(examples):
        if not isinstance(e, Example):
            raise TypeError(f"train takes framing.Example objects; number {i} is {type(e).__name__}")
    examples = [e.checked(f"example {e.id or i}") for i, e in enumerate(examples)]
    if not examples:
        raise DataError("no examples; training needs at least one labelled text")
    if base is None:
        vocabulary = Vocabulary(Lexicon() if lexicon is None else lexicon, vectors=vectors)
    else:  # what the base keeps of its heads must see the new words too
        given = {name: words.to_payload() for name, words in (("lexicon", lexicon), ("vectors", vectors)) if words is not None}
        base = Model.from_payload(base.to_payload() | given) if given else base
        vocabulary = base.vocabulary
    corpus = Corpus(examples, vocabulary)
    trainer = Trainer(corpus, base, settings, random_state)
    heads = trainer.heads()
    manifest = {
        "name": name,
        "version": __version__,
        "libraries": library_versions(),
        "examples": len(examples),
        "digest": digest(examples),
        "random_state": random_state,
        "base": base.name if base else None,
        "sources": list(sources),
    }
    return Model(heads, corpus.vocabulary, trainer.calibration, trainer.thresholds, manifest)


def digest(examples: Iterable[Example]) -> str:
    """SHA-256 over texts and labels, in order."""
    total = hashlib.sha256()
    for e in examples:
        total.update(repr((e.text, e.label, e.spans, e.quotes, e.attributions, e.group, e.weight)).encode("utf-8", "surrogatepass"))
    return total.hexdigest()


class Corpus:
    """The examples, read and laid side by side; a vocabulary without plain words learns them here."""

    def __init__(self, examples: Sequence[Example], vocabulary: Vocabulary) -> None:
        self.examples, self.lexicon = list(examples), vocabulary.lexicon
        self.words = Words()
        self.documents = [read(e.text, words=self.words) for e in self.examples]
        kept = [i for i, d in enumerate(self.documents) if len(d)]
        self.examples = [self.examples[i] for i in kept]
        self.documents = [self.documents[i] for i in kept]
        if not kept:
            raise DataError("every example is empty; training needs text")
        self.vocabulary = vocabulary
        if not vocabulary.plain:
            counts = np.zeros(len(self.words), np.int64)
            for document in self.documents:
                counts += np.bincount(document.numbers, minlength=len(counts))
            self.vocabulary = Vocabulary(vocabulary.lexicon, plain_words(self.words, counts), vocabulary.vectors)
        self.weights = np.array([e.weight for e in self.examples], np.float32)
        # which group an example belongs to decides which side of a split it is on
        self.group = np.array([zlib.crc32((e.group or e.id or f"#{i}").encode("utf-8", "surrogatepass")) for i, e in enumerate(self.examples)], np.int64)

    def batch(self, rows: np.ndarray) -> Batch:
        return side_by_side([self.documents[i] for i in rows.tolist()], self.lexicon)

    def having(self, field: str) -> np.ndarray:
        """The numbers of the examples that are labelled with `field`."""
        return np.array([i for i, e in enumerate(self.examples) if getattr(e, field) is not None], np.int64)

    def phrases(self, rows: np.ndarray) -> list[list[Match]]:
        return [self.lexicon.phrases(self.words, self.documents[i].numbers) for i in rows.tolist()]


class Trainer:
    """Fits each head that has labels; combines them on the held-out part."""

    def __init__(self, corpus: Corpus, base: Model | None, settings: Settings, random_state: int) -> None:
        self.corpus, self.base, self.settings, self.random_state = corpus, base, settings, random_state
        self.calibration = base.calibration if base else Calibration()
        self.thresholds = dict(base.thresholds) if base else {"terms": 0.5, "scare": SCARE_THRESHOLD}
        self.held = (corpus.group % settings.held_out) == 0
        self.learnt: list[str] = []

    def heads(self) -> dict[str, Any]:
        heads: dict[str, Any] = dict(self.base.heads) if self.base else {}
        if not (self.corpus.weights > 0).any():
            raise DataError("every example has weight 0; training needs weight")
        for name, head in (("quotes", self.quotes(heads.get("quotes"))), ("devices", self.devices(heads.get("devices")))):
            if head is not None:
                heads[name] = head
                self.learnt.append(name)
        spans, labels = self.corpus.having("spans"), self.corpus.having("label")
        drafts = dict(heads)  # fitted without the held-out part
        if self._both_kinds(spans, self._has_spans(spans)):
            base = heads.get("terms")
            heads["terms"] = self.terms(spans, base)
            kept = spans[~self.held[spans]]
            drafts["terms"] = self.terms(kept, base) if self._both_kinds(kept, self._has_spans(kept)) else heads["terms"]
            self.learnt.append("terms")
        chances = np.array([float(self.corpus.examples[i].label or 0.0) for i in labels.tolist()])
        if len(np.unique(chances[self.corpus.weights[labels] > 0] >= 0.5)) == 2:
            heads["sentences"], drafts["sentences"] = map(self._cautious, self.sentences(labels, chances, drafts, heads))
            self.learnt.append("sentences")
        if not self.learnt and (len(spans) or len(labels) or len(self.corpus.having("quotes"))):
            raise DataError("nothing to learn from: all labels are the same; training needs examples of both kinds")
        if "terms" in self.learnt:
            self.calibrate(spans, drafts)
        self._name_what_is_off(heads)
        return heads

    def _has_spans(self, rows: np.ndarray) -> np.ndarray:
        return np.array([bool(self.corpus.examples[i].spans) for i in rows.tolist()], bool)

    def _both_kinds(self, rows: np.ndarray, positive: np.ndarray) -> bool:
        """Are there examples of weight with and without what is to be learnt?  A text with spans has words outside them."""
        weighty = self.corpus.weights[rows] > 0
        if not weighty.any() or not positive[weighty].any():
            return False
        return bool((~positive[weighty]).any() or self._has_spans(rows)[weighty].any())

    def _name_what_is_off(self, heads: dict[str, Any]) -> None:
        import warnings

        off = [h for h in ("terms", "devices", "quotes", "sentences") if h not in heads]
        if off:
            warnings.warn(f"no labels and no base for: {', '.join(off)}; these heads stay off", stacklevel=4)

    # ------------------------------------------------------------ terms
    def terms(self, rows: np.ndarray, base: TableHead | None) -> TableHead:
        """The terms head from the examples `rows`, all of which have spans."""
        corpus = self.corpus
        batch = corpus.batch(rows)
        columns = term_columns(batch, corpus.phrases(rows), corpus.lexicon)
        labels = np.concatenate([token_labels(corpus.documents[i], corpus.examples[i]) for i in rows.tolist()])
        weights = np.repeat(corpus.weights[rows], np.diff(batch.tokens_before))
        words = np.flatnonzero(corpus.words.word_kind.view[batch.numbers] == WORD)
        blank = TableHead(TERM_BLOCKS, TERM_PAIR_BITS, TERM_COLUMNS, corpus.vocabulary, np.zeros(_table_size()), 0.0)
        start = base if base is not None and (base.blocks, base.pairs.bits, base.columns) == (blank.blocks, blank.pairs.bits, blank.columns) else None
        matrix = blank.explicit(corpus.words, batch.seen, batch.inside, columns, words)
        prior = start.logits(corpus.words, batch.seen, batch.inside, columns)[words, None] if start is not None else None
        coef, intercept = self._fit(matrix, labels[words], weights[words], self.settings.terms, prior, start)
        return TableHead(TERM_BLOCKS, TERM_PAIR_BITS, TERM_COLUMNS, corpus.vocabulary, coef[0], float(intercept[0]))

    # ------------------------------------------------------------ quotes
    def quotes(self, base: NamedHead | None) -> NamedHead | None:
        """The quotes head, or None without labelled pairs of marks."""
        labelled = self.corpus.having("quotes")
        chosen: list[int] = []  # of all pairs in these examples
        uses: list[int] = []
        weights: list[float] = []
        before = 0
        for i in labelled.tolist():
            document, example = self.corpus.documents[i], self.corpus.examples[i]
            pairs = {(p.start, p.end): before + k for k, p in enumerate(document.quotes)}
            before += len(pairs)
            for quote in example.quotes or ():
                pair = pairs.get((quote.start, quote.end))
                if pair is not None:
                    chosen.append(pair)
                    uses.append(QUOTE_USE_NAMES.index(quote.use))
                    weights.append(example.weight)
        if not chosen:
            return None
        batch = self.corpus.batch(labelled)
        places = quote_places(batch)
        return self._named(quote_items(batch, [places[k] for k in chosen]), PARTS, uses, weights, QUOTE_USE_NAMES, self.settings.quotes, base)

    # ------------------------------------------------------------ devices
    def devices(self, base: NamedHead | None) -> NamedHead | None:
        """The devices head, or None without spans that name their device."""
        labelled = np.array([i for i in self.corpus.having("spans").tolist() if any(s.device for s in self.corpus.examples[i].spans or ())], np.int64)
        if not len(labelled):
            return None
        batch = self.corpus.batch(labelled)
        spans: list[tuple[int, int, Match | None]] = []
        names: list[int] = []
        weights: list[float] = []
        for i, before in zip(labelled.tolist(), batch.tokens_before.tolist(), strict=False):
            document, example = self.corpus.documents[i], self.corpus.examples[i]
            matches = self.corpus.lexicon.match(document.words, document.numbers)
            for span in example.spans or ():
                covered = tokens_of(document, span.start, span.end)
                if span.device and covered.start < covered.stop:
                    match = next((m for m in matches if m.start < covered.stop and covered.start < m.end), None)
                    spans.append((before + covered.start, before + covered.stop, match))
                    names.append(DEVICE_NAMES.index(span.device))
                    weights.append(example.weight)
        return self._named(span_items(batch, spans, self.corpus.vocabulary), SPAN_PARTS, names, weights, DEVICE_NAMES, self.settings.devices, base)

    def _named(
        self, items: Items, parts: Sequence[Part], labels: list[int], weights: list[float], classes: Sequence[str], C: float, base: NamedHead | None
    ) -> NamedHead | None:
        if len(set(labels)) < 2:
            return None
        size = 1 << NAMED_BITS
        blank = NamedHead(classes, np.zeros((size, len(classes)), np.float32), np.zeros(len(classes), np.float32), self.corpus.vocabulary, parts)
        matrix = blank.explicit(items)
        y, w = np.array(labels), np.array(weights, np.float32)
        known = np.unique(y)
        start = base if base is not None and base.coef.shape == blank.coef.shape else None
        prior = start.logits(items) if start is not None else None
        coef, intercept = self._fit(matrix, y, w, C, prior, start)
        if len(known) == 2:  # scikit-learn gives one row for two classes
            coef, intercept = np.concatenate([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
        full, bias = np.zeros_like(blank.coef), np.full(len(classes), -8.0, np.float32)
        full[:, known], bias[known] = coef.T, intercept
        return NamedHead(classes, full, bias, self.corpus.vocabulary, parts)

    # ------------------------------------------------------------ sentences
    def sentences(self, rows: np.ndarray, labels: np.ndarray, drafts: dict[str, Any], heads: dict[str, Any]) -> tuple[BagHead, BagHead]:
        """(final, draft): the words' part on all examples and without the held-out ones; then how it joins the other heads.

        Only examples of the greatest weight say how, and of these, where there are some, the ones that were asked for loaded words too:
        on a corpus of sentence labels alone the words' part is at home and would be trusted too much elsewhere.
        """
        base = heads.get("sentences")
        final = self.bag(rows, labels, base)
        kept = ~self.held[rows]
        weights = self.corpus.weights[rows]
        trusted = ~kept & (weights == weights.max())
        pointed = trusted & np.array([self.corpus.examples[i].spans is not None for i in rows.tolist()])
        if len(np.unique(labels[pointed] >= 0.5)) == 2:
            trusted = pointed
        if "terms" not in drafts or "quotes" not in heads or len(np.unique(labels[kept] >= 0.5)) < 2 or len(np.unique(labels[trusted] >= 0.5)) < 2:
            return final, final
        draft = self.bag(rows[kept], labels[kept], base)
        joined = self.join(draft, rows[trusted], labels[trusted], drafts)
        return self._rescaled(final, joined), self._rescaled(draft, joined)

    def bag(self, rows: np.ndarray, labels: np.ndarray, base: BagHead | None) -> BagHead:
        """A sentence as a bag of words and pairs; a text of several sentences counts as one."""
        batch = self.corpus.batch(rows)
        nothing = np.zeros((1 << BAG_BITS) + (1 << PAIR_BITS) + len(SENTENCE_COLUMNS))
        blank = BagHead(BAG_BITS, PAIR_BITS, POWER, SENTENCE_COLUMNS, self.corpus.vocabulary, nothing, 0.0)
        columns = np.zeros((len(rows), len(SENTENCE_COLUMNS)), np.float32)
        matrix = blank.explicit(self.corpus.words, batch.seen, batch.tokens_before, columns)
        start = base if base is not None and base.coef.shape == blank.coef.shape else None
        prior = None
        if start is not None:
            prior = self.bag_logits(start, batch)[:, None]
        coef, intercept = self._fit(matrix, labels, self.corpus.weights[rows], self.settings.sentences, prior, start)
        return BagHead(BAG_BITS, PAIR_BITS, POWER, SENTENCE_COLUMNS, self.corpus.vocabulary, coef[0], float(intercept[0]))

    def join(self, bag: BagHead, rows: np.ndarray, labels: np.ndarray, heads: dict[str, Any]) -> tuple[float, np.ndarray, float]:
        """(weight of the bag's logit, weights of the columns, intercept), learnt on the held-out examples `rows`."""
        corpus = self.corpus
        batch = corpus.batch(rows)
        logits = term_logits(heads["terms"], batch, term_columns(batch, corpus.phrases(rows), corpus.lexicon))
        quotes = heads["quotes"].logits(quote_items(batch, quote_places(batch)))
        columns = sentence_columns(texts_as_sentences(batch), logits, scare_by_token(batch, quotes))
        x = np.column_stack([self.bag_logits(bag, batch), columns])
        y, w = _soft(labels, corpus.weights[rows])
        w = self._as_met(y, w)
        estimator = fit(np.vstack([x, x]), y, w, C=1.0, random_state=self.random_state)
        return float(estimator.coef_[0, 0]), estimator.coef_[0, 1:], float(estimator.intercept_[0])

    def _as_met(self, loaded: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """`weights`, changed so that loaded sentences have the share that they will have in the texts to be scored."""
        found = weights[loaded == 1].sum() / weights.sum()
        if self.settings.loaded_share is None or found in (0.0, 1.0):
            return weights
        return np.where(loaded == 1, weights * self.settings.loaded_share / found, weights * (1 - self.settings.loaded_share) / (1 - found))

    @staticmethod
    def bag_logits(head: BagHead, batch: Batch) -> np.ndarray:
        """The words' part of the head's logit for each text as a whole; shape (texts,)."""
        whole = texts_as_sentences(batch)
        totals = sums(head.shares(whole.words, whole.seen, whole.inside), whole.bounds)
        return head.logits(totals, np.diff(whole.bounds), np.zeros((len(totals), len(SENTENCE_COLUMNS)), np.float32))

    def _cautious(self, head: BagHead) -> BagHead:
        factor = self.settings.transfer
        return BagHead(head.bits, head.pairs.bits, head.power, head.columns, head.encoder.vocabulary, head.coef * factor, head.intercept * factor)

    @staticmethod
    def _rescaled(bag: BagHead, joined: tuple[float, np.ndarray, float]) -> BagHead:
        scale, columns, intercept = joined
        coef = bag.coef * scale
        coef[-len(SENTENCE_COLUMNS) :] = columns
        return BagHead(bag.bits, bag.pairs.bits, bag.power, bag.columns, bag.encoder.vocabulary, coef, bag.intercept * scale + intercept)

    # ------------------------------------------------------------ from logits to chances
    def calibrate(self, rows: np.ndarray, drafts: dict[str, Any]) -> None:
        """How a token's logit makes its chance, and the cut (``best_cut``), on the held-out part.

        The sentence's chance is left out: between twins it tells nearly all, in news it tells little (with it, word F1 on
        BABE's development part fell from 0.37 to 0.30).
        """
        corpus = self.corpus
        rows = rows[self.held[rows]]
        rows = rows[corpus.weights[rows] == corpus.weights[rows].max(initial=0.0)]  # a teacher's spans weigh less, and would be agreed with
        if not len(rows):
            return
        batch = corpus.batch(rows)
        logits = term_logits(drafts["terms"], batch, term_columns(batch, corpus.phrases(rows), corpus.lexicon))
        labels = np.concatenate([token_labels(corpus.documents[i], corpus.examples[i]) for i in rows.tolist()])
        labels = labels >= 0.5
        loaded = np.logical_or.reduceat(labels, batch.bounds[:-1])
        weights = self._as_met(loaded, np.repeat(corpus.weights[rows], np.diff(batch.sentences_before)))[batch.inside]
        words = corpus.words.word_kind.view[batch.numbers] == WORD
        if len(np.unique(labels[words])) < 2:
            return
        x = logits[words, None]
        estimator = fit(x, labels[words], weights[words], C=10.0, random_state=self.random_state)
        self.calibration = Calibration(round(float(estimator.coef_[0, 0]), 6), round(float(estimator.intercept_[0]), 6))
        chances = sigmoid(estimator.decision_function(x))
        cut = self.settings.threshold
        self.thresholds["terms"] = best_cut(labels[words], chances, weights[words], self.settings.beta) if cut is None else cut

    # ------------------------------------------------------------ fitting
    def _fit(self, matrix: Any, labels: np.ndarray, weights: np.ndarray, C: float, prior: np.ndarray | None, base: Any) -> tuple[np.ndarray, np.ndarray]:
        """(coef, intercept) over `matrix`; with a prior, the base's logits are columns whose weights are folded in."""
        from scipy.sparse import csr_matrix, hstack, vstack

        if len(np.unique(labels >= 0.5 if labels.dtype.kind == "f" else labels)) < 2:
            raise DataError("all labels are the same; training needs examples of both kinds")
        x = matrix if prior is None else hstack([csr_matrix(prior.astype(np.float32)), matrix], format="csr", dtype=np.float32)
        soft = labels.dtype.kind == "f" and not np.isin(labels, (0.0, 1.0)).all()
        if soft:
            mixed = (labels > 0.0) & (labels < 1.0)
            y = np.concatenate([labels >= 0.5, ~(labels[mixed] >= 0.5)]).astype(np.int64)
            sure = np.maximum(labels, 1 - labels)
            w = np.concatenate([weights * sure, weights[mixed] * (1 - sure[mixed])])
            x = vstack([x, x[mixed]], format="csr")
        else:
            y, w = labels.astype(np.int64), weights
        # The penalty keeps the weights of columns that never occur at zero, so only the others are fitted.
        occur = np.flatnonzero(x.getnnz(axis=0))
        C = C if prior is None else C * self.settings.beyond_base
        estimator = fit(x[:, occur], y, w, C=C, random_state=self.random_state)
        coef, intercept = np.zeros((len(estimator.coef_), x.shape[1]), np.float32), estimator.intercept_
        coef[:, occur] = estimator.coef_
        if prior is None:
            return coef, intercept
        count = prior.shape[1]
        mix, coef = coef[:, :count], coef[:, count:]
        base_coef = np.atleast_2d(base.coef if base.coef.ndim == 1 else base.coef.T)
        return coef + mix @ base_coef, intercept + mix @ np.atleast_1d(base.intercept)


def tokens_of(document: Document, start: int, end: int) -> slice:
    """The tokens that the range `start` to `end` of the text touches."""
    return slice(int(np.searchsorted(document.ends, start, "right")), int(np.searchsorted(document.starts, end, "left")))


def token_labels(document: Document, example: Example) -> np.ndarray:
    """The chance that each token is loaded, 0 where no labelled span covers it; shape (tokens,)."""
    out = np.zeros(len(document), np.float32)
    for span in example.spans or ():
        covered = tokens_of(document, span.start, span.end)
        out[covered] = np.maximum(out[covered], span.chance)
    return out


def best_cut(labels: np.ndarray, chances: np.ndarray, weights: np.ndarray, beta: float = 1.0) -> float:
    """The threshold with the best F-beta on `labels`, to two digits."""
    scores = []
    for cut in CUTS:
        hit = chances >= cut
        true = float(weights[hit & (labels == 1)].sum())
        scores.append((1 + beta**2) * true / max(float(weights[hit].sum() + beta**2 * weights[labels == 1].sum()), 1e-9))
    return round(float(CUTS[int(np.argmax(scores))]), 2)


def _soft(labels: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows twice: as 1 with the label as weight, as 0 with what is left."""
    return np.concatenate([np.ones(len(labels)), np.zeros(len(labels))]), np.concatenate([weights * labels, weights * (1 - labels)])


def _table_size() -> int:
    return sum(1 << b.bits for b in TERM_BLOCKS) + (2 << TERM_PAIR_BITS) + len(TERM_COLUMNS)
