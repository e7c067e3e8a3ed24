"""Documents to chances: every head is asked, for many documents at once.

The documents of a batch are laid side by side, so that numpy calls are long.  Gives one ``Judgement`` per document;
nothing is decided here (see ``flagging.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from framing.attribution import Passage, attribute
from framing.document import Document
from framing.features import NAME, Vocabulary
from framing.heads import BagHead, Items, NamedHead, TableHead, items, sums
from framing.lexicon import Lexicon, Match
from framing.pairs import Page, Place, features, ranges
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES
from framing.tokens import WORD, Words

AUTHOR, QUOTED, REPORTED = range(3)
# How much the sentences beside a sentence, in its paragraph, count for it: a reader does not judge it alone.  BABE's rows of
# several sentences are labelled whole; on its development part AUC is 0.780 with 0, 0.786 with 0.5 and 0.788 with 1.0, which
# would leave little of a sentence's own.
CONTEXT = 0.5
PHRASE = 2.0  # how much a phrase of the lexicon weighs beside a word; with 1, fewer flags in whole articles were right
HEADLINE = 0.6  # the share of words with a capital above which a sentence is written with capitals throughout
NEVER = -12.0  # the logit of a token that cannot be loaded on its own: punctuation, numbers
SCARE, QUOTATION = QUOTE_USE_NAMES.index("scare"), QUOTE_USE_NAMES.index("quotation")

TERM_COLUMNS = (*(f"phrase={d}" for d in DEVICE_NAMES), "phrase strength", "in quotation marks", "headline", "capital expected", "term with a capital")
SENTENCE_COLUMNS = ("strongest word", "scare quotes", "exclamation", "question")


@dataclass(frozen=True)
class Batch:
    """Documents side by side.

    ``bounds``: where sentences begin among all tokens, shape (sentences + 1,); ``inside``: each token's sentence;
    ``seen``: the tokens' numbers as the heads see them: a capital where none is expected makes a name, *Fox* in *watches Fox
    News* too, and a name is a name whoever bears it; a term of the lexicon stays what it is;
    ``capital``: 1 where a capital says nothing, at a sentence's start and in headlines, 2 where it stands on a term that may
    be a name, else 0;
    ``paragraphs``: each sentence's paragraph, shape (sentences,);
    ``tokens_before`` and ``sentences_before``: per document, shape (documents + 1,).
    """

    documents: tuple[Document, ...]
    words: Words
    numbers: np.ndarray
    seen: np.ndarray
    capital: np.ndarray
    bounds: np.ndarray
    inside: np.ndarray
    paragraphs: np.ndarray
    tokens_before: np.ndarray
    sentences_before: np.ndarray


@dataclass(frozen=True)
class Judgement:
    """What the heads say of one document, which stands in ``batch`` from token number ``first`` on.

    ``seen`` (tokens,): as in ``Batch``; ``phrases``: of the lexicon; ``token_logits`` (tokens,), ``sentence_logits`` and ``author_logits`` (sentences,),
    ``quote_logits`` (pairs, uses), ``quote_shares`` (pairs, parts, uses): what the words around the pairs add to them;
    ``voices`` (tokens,): AUTHOR, QUOTED or REPORTED.
    """

    batch: Batch
    first: int
    document: Document
    seen: np.ndarray
    phrases: list[Match]
    term_columns: np.ndarray
    token_logits: np.ndarray
    sentence_logits: np.ndarray
    author_logits: np.ndarray
    quote_logits: np.ndarray
    quote_places: Sequence[Place]
    quote_shares: np.ndarray
    passages: list[Passage]
    voices: np.ndarray


def side_by_side(documents: Sequence[Document], lexicon: Lexicon) -> Batch:
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
    words = documents[0].words
    seen, capital = _names(words, numbers, bounds, lexicon)
    return Batch(tuple(documents), words, numbers, seen, capital, bounds, inside, np.cumsum(begins), tokens_before, sentences_before)


def _names(words: Words, numbers: np.ndarray, bounds: np.ndarray, lexicon: Lexicon) -> tuple[np.ndarray, np.ndarray]:
    """``seen`` and ``capital`` of a batch.  A sentence in which most words have one expects capitals."""
    if not len(numbers):
        return numbers, np.zeros(0, np.int8)
    begins, lengths = bounds[:-1], np.diff(bounds)
    capitals = words.facts(_is_capital)[numbers].astype(bool)
    is_word = words.word_kind.view[numbers] == WORD
    share = np.add.reduceat(capitals, begins, dtype=np.int64) / np.maximum(np.add.reduceat(is_word, begins, dtype=np.int64), 1)
    expected = np.repeat(share > HEADLINE, lengths)
    expected[begins] = True
    after_mark = np.flatnonzero(words.facts(_is_stop)[numbers] == 2) + 1
    expected[after_mark[after_mark < len(expected)]] = True
    unexpected = capitals & ~expected
    is_term = words.facts(lexicon.is_term)[numbers].astype(bool)
    seen = np.where(unexpected & ~is_term & is_word, words.number(NAME), numbers)
    return seen, (capitals & expected) + 2 * (unexpected & is_term).astype(np.int8)


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


def term_columns(batch: Batch, phrases: Sequence[list[Match]], lexicon: Lexicon) -> np.ndarray:
    """The columns of the terms head, shape (tokens, columns): phrases of the lexicon, marks, headlines, capitals."""
    out = np.zeros((len(batch.numbers), len(TERM_COLUMNS)), np.float32)
    strength, marks, headline, capital, named = range(len(DEVICE_NAMES), len(TERM_COLUMNS))
    for document, found, base in zip(batch.documents, phrases, batch.tokens_before[:-1].tolist(), strict=True):
        for match in found:
            entry = lexicon.entries[match.entry]
            out[base + match.start : base + match.end, DEVICE_NAMES.index(entry.device)] = PHRASE
            out[base + match.start : base + match.end, strength] = PHRASE * (entry.strength - 1.5)
        for pair in document.quotes:
            out[base + pair.opening + 1 : base + pair.closing, marks] = 1.0
    if len(batch.numbers):
        ends = batch.bounds[1:] - 1
        stop = batch.words.facts(_is_stop)
        is_headline = (stop[batch.numbers[ends]] == 0) & (np.diff(batch.bounds) > 2)
        out[:, headline] = np.repeat(is_headline, np.diff(batch.bounds))
        out[:, capital], out[:, named] = batch.capital == 1, batch.capital == 2  # Hicks, Savage, Champion: terms spelled as names
    return out


def _is_stop(form: str) -> int:
    return 1 if form in (".", "!", "?", "…", "...", "”", '"', ":", ";", ",") else 2 if form in ("“", "‘", "``", "«") else 0


def _is_capital(form: str) -> int:
    return int(form[:1].isupper())


def term_logits(head: TableHead, batch: Batch, columns: np.ndarray) -> np.ndarray:
    """The terms head's logit of each token; ``NEVER`` for what is no word."""
    logits = head.logits(batch.words, batch.seen, batch.inside, columns)
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
    totals, counts = (in_context(sums(values, batch.bounds), batch.paragraphs) for values in (shares * kept, kept))
    return head.logits(totals, counts, sentence_columns(batch, logits, scare, mask))


def _exclaims(form: str) -> int:
    return 1 if form.endswith("!") else 2 if form.endswith("?") else 0


def quote_places(batch: Batch) -> list[Place]:
    """All pairs of quotation marks of the batch, in order."""
    page = Page(batch.words, batch.numbers, batch.bounds)
    bases = zip(batch.documents, batch.tokens_before[:-1].tolist(), strict=True)
    return [Place(page, base + pair.opening, base + pair.closing) for document, base in bases for pair in document.quotes]


def quote_items(batch: Batch, places: Sequence[Place]) -> Items:
    """The `places`, pairs of the batch, for the quotes head."""
    return items(map(features, places), batch.words, batch.seen, ranges(places))


def scare_by_token(batch: Batch, quote_logits: np.ndarray) -> np.ndarray:
    """Per token the chance that it stands in scare quotes, shape (tokens,); `quote_logits` of all pairs of the batch."""
    out = np.zeros(len(batch.numbers), np.float32)
    chances = iter(softmax(quote_logits)[:, SCARE].tolist())
    for document, base in zip(batch.documents, batch.tokens_before[:-1].tolist(), strict=True):
        for pair in document.quotes:
            out[base + pair.opening + 1 : base + pair.closing] = next(chances)
    return out


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True)) if len(logits) else logits
    return shifted / shifted.sum(axis=1, keepdims=True) if len(logits) else shifted


def judge(documents: Sequence[Document], *, terms: TableHead, quotes: NamedHead, sentences: BagHead, vocabulary: Vocabulary) -> list[Judgement]:
    """One judgement per document."""
    if not documents:
        return []
    batch = side_by_side(documents, vocabulary.lexicon)
    phrases = [vocabulary.lexicon.phrases(d.words, d.numbers) for d in documents]
    columns = term_columns(batch, phrases, vocabulary.lexicon)
    logits = term_logits(terms, batch, columns)
    places = quote_places(batch)
    pairs = quote_items(batch, places)
    quote_shares = quotes.shares(pairs)
    quote_logits = quotes.joined(pairs, quote_shares)
    pairs_before = np.cumsum([0, *(len(d.quotes) for d in documents)]).tolist()
    is_quotation = (quote_logits.argmax(axis=1) == QUOTATION).tolist()
    passages = [attribute(d, is_quotation[a:b]) for d, (a, b) in zip(documents, pairwise(pairs_before), strict=True)]
    voices = np.concatenate([voices_of(d, p) for d, p in zip(documents, passages, strict=True)])
    scare = scare_by_token(batch, quote_logits)
    shares = sentences.shares(batch.words, batch.seen, batch.inside)
    whole, author = (sentence_logits(sentences, batch, shares, logits, scare, mask) for mask in (None, voices == AUTHOR))
    out = []
    for k, document in enumerate(documents):
        tokens = slice(batch.tokens_before[k], batch.tokens_before[k + 1])
        own = slice(batch.sentences_before[k], batch.sentences_before[k + 1])
        marks = slice(pairs_before[k], pairs_before[k + 1])
        out.append(
            Judgement(
                batch=batch,
                first=int(batch.tokens_before[k]),
                document=document,
                seen=batch.seen[tokens],
                phrases=phrases[k],
                term_columns=columns[tokens],
                token_logits=logits[tokens],
                sentence_logits=whole[own],
                author_logits=author[own],
                quote_logits=quote_logits[marks],
                quote_places=places[marks],
                quote_shares=quote_shares[marks],
                passages=passages[k],
                voices=voices[tokens],
            )
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
