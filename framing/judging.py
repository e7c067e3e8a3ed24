"""Documents to chances: every head is asked, for many documents at once.

The documents of a batch are laid side by side, so that numpy calls are long.  Gives one ``Judgement`` per document;
nothing is decided here (see ``flagging.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framing.attribution import Passage, attribute
from framing.document import Document
from framing.heads import BagHead, NamedHead, TableHead, sigmoid
from framing.lexicon import Lexicon, Match
from framing.pairs import features as pair_features
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD, Words

AUTHOR, QUOTED, REPORTED = range(3)
NEVER = -12.0  # the logit of a token that cannot be loaded on its own: punctuation, numbers
SCARE, QUOTATION = QUOTE_USE_NAMES.index("scare"), QUOTE_USE_NAMES.index("quotation")

TERM_COLUMNS = (*(f"phrase={d}" for d in DEVICE_NAMES), "phrase strength", "in quotation marks", "headline", "capital expected")
SENTENCE_COLUMNS = ("loaded words", "strongest word", "scare quotes", "length", "exclamation", "question")


@dataclass(frozen=True)
class Batch:
    """Documents side by side.

    ``bounds``: where sentences begin among all tokens, shape (sentences + 1,); ``inside``: each token's sentence;
    ``tokens_before`` and ``sentences_before``: per document, shape (documents + 1,).
    """

    documents: tuple[Document, ...]
    words: Words
    numbers: np.ndarray
    bounds: np.ndarray
    inside: np.ndarray
    tokens_before: np.ndarray
    sentences_before: np.ndarray


@dataclass(frozen=True)
class Judgement:
    """What the heads say of one document.

    ``token_logits`` (tokens,), ``sentence_logits`` and ``author_logits`` (sentences,), ``quote_logits`` (pairs, uses),
    ``voices`` (tokens,): AUTHOR, QUOTED or REPORTED.
    """

    document: Document
    matches: list[Match]
    term_columns: np.ndarray
    token_logits: np.ndarray
    sentence_logits: np.ndarray
    author_logits: np.ndarray
    quote_logits: np.ndarray
    passages: list[Passage]
    voices: np.ndarray


def side_by_side(documents: Sequence[Document]) -> Batch:
    """The documents as one batch; they must have been read with the same ``Words``."""
    tokens_before = np.cumsum([0, *(len(d) for d in documents)])
    sentences_before = np.cumsum([0, *(len(d.sentences) - 1 for d in documents)])
    bounds = np.concatenate([d.sentences[:-1] + t for d, t in zip(documents, tokens_before, strict=False)] + [tokens_before[-1:]])
    numbers = np.concatenate([d.numbers for d in documents]) if documents else np.zeros(0, np.int64)
    inside = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    return Batch(tuple(documents), documents[0].words, numbers, bounds, inside, tokens_before, sentences_before)


def term_columns(batch: Batch, matches: Sequence[list[Match]], lexicon: Lexicon) -> np.ndarray:
    """The columns of the terms head, shape (tokens, columns): phrases of the lexicon, marks, headlines, capitals."""
    out = np.zeros((len(batch.numbers), len(TERM_COLUMNS)), np.float32)
    strength, marks, headline, capital = (TERM_COLUMNS.index(c) for c in TERM_COLUMNS[-4:])
    for document, found, base in zip(batch.documents, matches, batch.tokens_before[:-1].tolist(), strict=True):
        for match in found:
            if match.end - match.start > 1:
                entry = lexicon.entries[match.entry]
                out[base + match.start : base + match.end, DEVICE_NAMES.index(entry.device)] = 1.0
                out[base + match.start : base + match.end, strength] = entry.strength - 1.5
        for pair in document.quotes:
            out[base + pair.opening + 1 : base + pair.closing, marks] = 1.0
    if len(batch.numbers):
        begins = batch.bounds[:-1]
        ends = batch.bounds[1:] - 1
        stop = batch.words.facts(_is_stop)
        is_headline = (stop[batch.numbers[ends]] == 0) & (np.diff(batch.bounds) > 2)
        out[:, headline] = np.repeat(is_headline, np.diff(batch.bounds))
        capitals = batch.words.facts(_is_capital)[batch.numbers].astype(np.float32)
        words = batch.words.word_kind.view[batch.numbers] == WORD
        share = np.add.reduceat(capitals, begins) / np.maximum(np.add.reduceat(words.astype(np.float32), begins), 1)
        expected = np.repeat(share > 0.6, np.diff(batch.bounds))
        expected[begins] = True
        after_mark = np.flatnonzero(stop[batch.numbers] == 2) + 1
        expected[after_mark[after_mark < len(expected)]] = True
        out[:, capital] = expected & (capitals > 0)
    return out


def _is_stop(form: str) -> int:
    return 1 if form in (".", "!", "?", "…", "...", "”", '"', ":", ";", ",") else 2 if form in ("“", "‘", "``", "«") else 0


def _is_capital(form: str) -> int:
    return int(form[:1].isupper())


def term_logits(head: TableHead, batch: Batch, columns: np.ndarray) -> np.ndarray:
    """The terms head's logit of each token; ``NEVER`` for what is no word."""
    logits = head.logits(batch.words, batch.numbers, batch.inside, columns)
    logits[batch.words.word_kind.view[batch.numbers] != WORD] = NEVER
    return np.maximum(logits, NEVER)


def sentence_columns(batch: Batch, logits: np.ndarray, scare: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The columns of the sentences head, shape (sentences, columns).

    `logits`: of the terms head; `scare`: per token, the chance that the marks around it are scare quotes.  Tokens
    outside `mask` are left out.
    """
    count = len(batch.bounds) - 1
    out = np.zeros((count, len(SENTENCE_COLUMNS)), np.float32)
    if not len(logits):
        return out
    begins = batch.bounds[:-1]
    if mask is not None:
        logits, scare = np.where(mask, logits, NEVER), np.where(mask, scare, 0.0)
    length = np.diff(batch.bounds)
    last = batch.words.facts(_exclaims)[batch.numbers[batch.bounds[1:] - 1]]
    out[:, 0] = np.add.reduceat(sigmoid(logits), begins)
    out[:, 1] = np.maximum(np.maximum.reduceat(logits, begins), -6.0) / 4
    out[:, 2] = np.maximum.reduceat(scare, begins)
    out[:, 3] = np.log1p(length) - 3
    out[:, 4], out[:, 5] = last == 1, last == 2
    return out


def _exclaims(form: str) -> int:
    return 1 if form.endswith("!") else 2 if form.endswith("?") else 0


def scare_by_token(batch: Batch, quote_logits: Sequence[np.ndarray]) -> np.ndarray:
    """Per token the chance that it stands in scare quotes, shape (tokens,)."""
    out = np.zeros(len(batch.numbers), np.float32)
    for document, logits, base in zip(batch.documents, quote_logits, batch.tokens_before[:-1].tolist(), strict=True):
        for pair, row in zip(document.quotes, softmax(logits), strict=True):
            out[base + pair.opening + 1 : base + pair.closing] = row[SCARE]
    return out


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True)) if len(logits) else logits
    return shifted / shifted.sum(axis=1, keepdims=True) if len(logits) else shifted


def judge(documents: Sequence[Document], *, terms: TableHead, quotes: NamedHead, sentences: BagHead, lexicon: Lexicon) -> list[Judgement]:
    """One judgement per document."""
    if not documents:
        return []
    batch = side_by_side(documents)
    matches = [lexicon.match(d.words, d.numbers) for d in documents]
    columns = term_columns(batch, matches, lexicon)
    logits = term_logits(terms, batch, columns)
    quote_logits = [quotes.logits([pair_features(d, pair) for pair in d.quotes]) for d in documents]
    passages = [attribute(d, (q.argmax(axis=1) == QUOTATION).tolist() if len(q) else []) for d, q in zip(documents, quote_logits, strict=True)]
    voices = np.concatenate([voices_of(d, p) for d, p in zip(documents, passages, strict=True)])
    scare = scare_by_token(batch, quote_logits)
    shares = sentences.shares(batch.words, batch.numbers, batch.inside)
    whole = sentences.logits(shares, batch.bounds, sentence_columns(batch, logits, scare))
    mask = voices == AUTHOR
    author = sentences.logits(shares, batch.bounds, sentence_columns(batch, logits, scare, mask), mask=mask)
    out = []
    for k, document in enumerate(documents):
        tokens = slice(batch.tokens_before[k], batch.tokens_before[k + 1])
        own = slice(batch.sentences_before[k], batch.sentences_before[k + 1])
        out.append(
            Judgement(document, matches[k], columns[tokens], logits[tokens], whole[own], author[own], quote_logits[k], passages[k], voices[tokens])
        )
    return out


def voices_of(document: Document, passages: Sequence[Passage]) -> np.ndarray:
    """Whose voice each token is in, shape (tokens,).

    The object of a verdict or of a wish (criticised the plan, wants to leave) is told in the writer's words.
    """
    out = np.zeros(len(document), np.int8)
    for mode, value in (("reported", REPORTED), ("quoted", QUOTED)):
        for passage in passages:
            if passage.mode == mode and passage.is_speech:
                out[passage.start : passage.end] = value
    return out
