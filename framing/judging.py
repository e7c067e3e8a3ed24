"""Documents to chances: every head is asked, for many documents at once.

The documents of a batch are laid side by side, so that numpy calls are long.  Gives one ``Judgement`` per document;
nothing is decided here (see ``flagging.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framing.attribution import Passage, attribute
from framing.document import Document
from framing.features import Vocabulary
from framing.heads import BagHead, NamedHead, TableHead, per_sentence
from framing.lexicon import Lexicon, Match
from framing.pairs import features as pair_features
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD, Words

AUTHOR, QUOTED, REPORTED = range(3)
# How much the sentences beside a sentence, in its paragraph, count for it: a reader does not judge it alone.  BABE's rows of
# several sentences are labelled whole; on its development part AUC is 0.780 with 0, 0.786 with 0.5 and 0.788 with 1.0, which
# would leave little of a sentence's own.
CONTEXT = 0.5
PHRASE = 2.0  # how much a phrase of the lexicon weighs beside a word; with 1, fewer flags in whole articles were right
NEVER = -12.0  # the logit of a token that cannot be loaded on its own: punctuation, numbers
SCARE, QUOTATION = QUOTE_USE_NAMES.index("scare"), QUOTE_USE_NAMES.index("quotation")

TERM_COLUMNS = (*(f"phrase={d}" for d in DEVICE_NAMES), "phrase strength", "in quotation marks", "headline", "capital expected", "term with a capital")
SENTENCE_COLUMNS = ("strongest word", "scare quotes", "exclamation", "question")


@dataclass(frozen=True)
class Batch:
    """Documents side by side.

    ``bounds``: where sentences begin among all tokens, shape (sentences + 1,); ``inside``: each token's sentence;
    ``paragraphs``: each sentence's paragraph, shape (sentences,);
    ``tokens_before`` and ``sentences_before``: per document, shape (documents + 1,).
    """

    documents: tuple[Document, ...]
    words: Words
    numbers: np.ndarray
    bounds: np.ndarray
    inside: np.ndarray
    paragraphs: np.ndarray
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
    paragraphs = np.concatenate([d.paragraphs[d.sentences[:-1]] for d in documents]) if documents else numbers
    begins = np.zeros(len(paragraphs), bool)
    begins[sentences_before[:-1][np.diff(sentences_before) > 0]] = True
    begins[1:] |= paragraphs[1:] != paragraphs[:-1]
    return Batch(tuple(documents), documents[0].words, numbers, bounds, inside, np.cumsum(begins), tokens_before, sentences_before)


def texts_as_sentences(batch: Batch) -> Batch:
    """The same batch with each text as one sentence, as labelled texts are learnt from; no text may be empty."""
    texts = np.arange(len(batch.documents))
    return replace(batch, bounds=batch.tokens_before, inside=np.repeat(texts, np.diff(batch.tokens_before)), paragraphs=texts)


def in_context(values: np.ndarray, paragraphs: np.ndarray) -> np.ndarray:
    """`values` per sentence, with a part of the neighbours' in the same paragraph; shape (sentences,)."""
    out = values.astype(np.float64)
    together = CONTEXT * (paragraphs[1:] == paragraphs[:-1])
    out[1:] += together * values[:-1]
    out[:-1] += together * values[1:]
    return out


def term_columns(batch: Batch, matches: Sequence[list[Match]], lexicon: Lexicon) -> np.ndarray:
    """The columns of the terms head, shape (tokens, columns): phrases of the lexicon, marks, headlines, capitals."""
    out = np.zeros((len(batch.numbers), len(TERM_COLUMNS)), np.float32)
    strength, marks, headline, capital, named = range(len(DEVICE_NAMES), len(TERM_COLUMNS))
    for document, found, base in zip(batch.documents, matches, batch.tokens_before[:-1].tolist(), strict=True):
        for match in found:
            if match.end - match.start > 1:
                entry = lexicon.entries[match.entry]
                out[base + match.start : base + match.end, DEVICE_NAMES.index(entry.device)] = PHRASE
                out[base + match.start : base + match.end, strength] = PHRASE * (entry.strength - 1.5)
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
        # Hicks, Savage, Champion: a term of the lexicon that is spelled as a name
        out[:, named] = ~expected & (capitals > 0) & (batch.words.facts(lexicon.holds)[batch.numbers] & 1 == 1)
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
    last = batch.words.facts(_exclaims)[batch.numbers[batch.bounds[1:] - 1]]
    out[:, 0] = np.maximum(np.maximum.reduceat(logits, begins), -6.0) / 4
    out[:, 1] = np.maximum.reduceat(scare, begins)
    out[:, 2], out[:, 3] = last == 1, last == 2
    return out


def sentence_logits(
    head: BagHead, batch: Batch, shares: np.ndarray, logits: np.ndarray, scare: np.ndarray, mask: np.ndarray | None = None
) -> np.ndarray:
    """The sentences head's logit of each sentence, shape (sentences,); tokens outside `mask` count neither up nor down.

    `shares`: of the head itself (``BagHead.shares``); `logits` and `scare` as in ``sentence_columns``.
    """
    kept = np.ones(len(shares), bool) if mask is None else mask
    sums, counts = (in_context(per_sentence(values, batch.bounds), batch.paragraphs) for values in (shares * kept, kept))
    return head.logits(sums, counts, sentence_columns(batch, logits, scare, mask))


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


def judge(documents: Sequence[Document], *, terms: TableHead, quotes: NamedHead, sentences: BagHead, vocabulary: Vocabulary) -> list[Judgement]:
    """One judgement per document."""
    if not documents:
        return []
    batch = side_by_side(documents)
    matches = [vocabulary.lexicon.match(d.words, d.numbers) for d in documents]
    columns = term_columns(batch, matches, vocabulary.lexicon)
    logits = term_logits(terms, batch, columns)
    quote_logits = [quotes.logits([pair_features(d, pair, vocabulary) for pair in d.quotes]) for d in documents]
    passages = [attribute(d, (q.argmax(axis=1) == QUOTATION).tolist() if len(q) else []) for d, q in zip(documents, quote_logits, strict=True)]
    voices = np.concatenate([voices_of(d, p) for d, p in zip(documents, passages, strict=True)])
    scare = scare_by_token(batch, quote_logits)
    shares = sentences.shares(batch.words, batch.numbers, batch.inside)
    whole, author = (sentence_logits(sentences, batch, shares, logits, scare, mask) for mask in (None, voices == AUTHOR))
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
