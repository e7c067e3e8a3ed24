"""Documents to chances: what the heads are told, and whose voice a word is in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from framing.attribution import Passage
from framing.document import Document, read
from framing.judging import (
    AUTHOR,
    CONTEXT,
    NEVER,
    QUOTED,
    REPORTED,
    SENTENCE_COLUMNS,
    TERM_COLUMNS,
    Judgement,
    in_context,
    judge,
    sentence_columns,
    side_by_side,
    softmax,
    term_columns,
    texts_as_sentences,
    voices_of,
)
from framing.lexicon import Lexicon
from framing.model import Model
from framing.tokens import WORD, Words

TEXTS = (
    "The thugs at the ferry office closed the quay.",
    "",
    "Their “evidence” fits on a napkin. Critics say so.\n\nShare this:",
    "The warden said “the thugs stay shut” on Monday, and that 12 boats left!",
)


def columns_of(text: str, lexicon: Lexicon) -> tuple[Document, dict[str, list[float]]]:
    """The columns of the terms head by name, one value per token."""
    document = read(text)
    table = term_columns(side_by_side([document], lexicon), [lexicon.phrases(document.words, document.numbers)], lexicon)
    return document, {name: table[:, k].tolist() for k, name in enumerate(TERM_COLUMNS)}


def marked(document: Document, column: Sequence[float]) -> list[str]:
    return [token for token, value in zip(document.tokens, column, strict=True) if value]


def judged(model: Model, texts: Sequence[str]) -> list[Judgement]:
    words = Words()
    documents = [read(t, words=words) for t in texts]
    return judge(documents, terms=model.heads["terms"], quotes=model.heads["quotes"], sentences=model.heads["sentences"], vocabulary=model.vocabulary)


# ---------------------------------------------------------------- batches
def test_documents_side_by_side_are_judged_as_if_alone(tiny_model: Model) -> None:
    for text, together in zip(TEXTS, judged(tiny_model, TEXTS), strict=True):
        (alone,) = judged(tiny_model, [text])
        for name in ("token_logits", "sentence_logits", "author_logits", "quote_logits"):
            assert np.allclose(getattr(together, name), getattr(alone, name), atol=1e-4), name
        assert together.voices.tolist() == alone.voices.tolist()
        assert together.phrases == alone.phrases
        assert together.passages == alone.passages


def test_shapes_are_those_of_the_document(tiny_model: Model) -> None:
    for found in judged(tiny_model, TEXTS):
        tokens, sentences = len(found.document), len(found.document.sentences) - 1
        assert found.token_logits.shape == found.voices.shape == (tokens,)
        assert found.term_columns.shape == (tokens, len(TERM_COLUMNS))
        assert found.sentence_logits.shape == found.author_logits.shape == (sentences,)
        assert found.quote_logits.shape == (len(found.document.quotes), 4)


def test_no_documents_give_no_judgements(tiny_model: Model) -> None:
    assert judged(tiny_model, []) == []


def test_what_is_no_word_is_never_loaded(tiny_model: Model) -> None:
    (found,) = judged(tiny_model, ["Thugs! “12” — (3.5), 😀 thugs."])
    words = found.document.words.word_kind.view[found.document.numbers] == WORD
    assert found.token_logits[~words].tolist() == [NEVER] * int((~words).sum())
    assert (found.token_logits[words] > NEVER).all()


# ---------------------------------------------------------------- columns of the terms head
def test_phrase_of_the_lexicon_is_told_by_device_and_strength(tiny_lexicon: Lexicon) -> None:
    document, columns = columns_of("Critics say the thugs boasted.", tiny_lexicon)
    assert marked(document, columns["phrase=weasel"]) == ["Critics", "say"]
    assert marked(document, columns["phrase strength"]) == ["Critics", "say"]
    assert marked(document, columns["phrase=contentious_label"]) == []  # one word: a feature of the word itself


def test_words_between_marks_are_told(tiny_lexicon: Lexicon) -> None:
    document, columns = columns_of("The “so ‘very’ late” boat and the open “mark.", tiny_lexicon)
    assert marked(document, columns["in quotation marks"]) == ["so", "‘", "very", "’", "late"]


def test_sentence_without_a_stop_is_a_headline(tiny_lexicon: Lexicon) -> None:
    document, columns = columns_of("Weir opens late\n\nThe weir opened.", tiny_lexicon)
    assert marked(document, columns["headline"]) == ["Weir", "opens", "late"]


def test_capital_is_expected_at_the_start_after_a_mark_and_in_title_case(tiny_lexicon: Lexicon) -> None:
    document, columns = columns_of("Boats met Krill near “The Weir” today.", tiny_lexicon)
    assert marked(document, columns["capital expected"]) == ["Boats", "The"]
    document, columns = columns_of("Weir Opens Late", tiny_lexicon)
    assert marked(document, columns["capital expected"]) == ["Weir", "Opens", "Late"]


# ---------------------------------------------------------------- columns of the sentences head
def test_sentence_is_told_its_loaded_words_and_its_last_mark() -> None:
    batch = side_by_side([read("The thugs left! Did they? They did.\n\nMost of them.")], Lexicon())
    logits = np.full(len(batch.numbers), -30.0)
    logits[1] = 30.0
    table = dict(zip(SENTENCE_COLUMNS, sentence_columns(batch, logits, np.zeros(len(logits))).T[:, :3].tolist(), strict=True))
    assert table["exclamation"] == [1, 0, 0]
    assert table["question"] == [0, 1, 0]
    assert table["strongest word"][0] > table["strongest word"][1] == table["strongest word"][2]


def test_sentence_counts_for_its_neighbours_within_its_paragraph_and_its_text() -> None:
    batch = side_by_side([read("One. Two. Three.\n\nFour."), read(""), read("Five. Six.")], Lexicon())
    assert in_context(np.array([1.0, 0, 0, 0, 0, 0]), batch.paragraphs).tolist() == [1, CONTEXT, 0, 0, 0, 0]
    assert in_context(np.array([0, 0, 0, 1.0, 0, 0]), batch.paragraphs).tolist() == [0, 0, 0, 1, 0, 0]
    assert in_context(np.array([0, 0, 0, 0, 0, 1.0]), batch.paragraphs).tolist() == [0, 0, 0, 0, CONTEXT, 1]


def test_text_as_one_sentence_has_no_neighbours() -> None:
    whole = texts_as_sentences(side_by_side([read("One. Two."), read("Three. Four.")], Lexicon()))
    assert whole.bounds.tolist() == [0, 4, 8]
    assert in_context(np.array([1.0, 2.0]), whole.paragraphs).tolist() == [1, 2]


def test_term_spelled_as_a_name_is_told(tiny_lexicon: Lexicon) -> None:
    _, columns = columns_of("Thugs met Thugs and thugs near Krill.", tiny_lexicon)
    assert np.flatnonzero(columns["term with a capital"]).tolist() == [2]


def test_masked_words_are_no_evidence() -> None:
    batch = side_by_side([read("The thugs left the “quay”.")], Lexicon())
    loaded, scare = np.full(len(batch.numbers), 5.0), np.full(len(batch.numbers), 0.9)
    masked = sentence_columns(batch, loaded, scare, np.zeros(len(loaded), bool))
    nothing = sentence_columns(batch, np.full(len(loaded), NEVER), np.zeros(len(loaded)))
    assert masked.tolist() == nothing.tolist()


# ---------------------------------------------------------------- voices
def test_quoted_words_stay_quoted_inside_indirect_speech() -> None:
    document = read("She said that the “late” boat left.")
    passages = [Passage(4, 6, "quoted"), Passage(2, 8, "reported")]
    assert voices_of(document, passages).tolist() == [AUTHOR, AUTHOR, REPORTED, REPORTED, QUOTED, QUOTED, REPORTED, REPORTED, AUTHOR, AUTHOR]


def test_words_that_nobody_is_given_are_the_authors() -> None:
    assert voices_of(read("The boat left."), []).tolist() == [AUTHOR] * 4


def test_author_logit_is_the_sentences_where_nobody_else_speaks(tiny_model: Model) -> None:
    (found,) = judged(tiny_model, ["The thugs at the ferry office closed the quay. A shameful vote ended the grant."])
    assert set(found.voices.tolist()) == {AUTHOR}
    assert np.allclose(found.author_logits, found.sentence_logits, atol=1e-5)


# ---------------------------------------------------------------- softmax
def test_softmax_gives_chances_that_sum_to_one_for_logits_of_any_size() -> None:
    chances = softmax(np.array([[1.0, 2.0, 3.0], [1e4, -1e4, 0.0], [0.0, 0.0, 0.0]]))
    assert np.isfinite(chances).all()
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert softmax(np.zeros((0, 4))).shape == (0, 4)
