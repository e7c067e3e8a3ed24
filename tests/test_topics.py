"""Which nouns and names are found near flagged words."""

from __future__ import annotations

from framing.document import read
from framing.topics import Found, Surroundings

OFTEN = 4


def found(*sides: str, flagged: str = "brutal", times: int = OFTEN) -> dict[str, Found]:
    surroundings = Surroundings(len(sides))
    for side, text in enumerate(sides):
        document = read(text)
        start = text.find(flagged)
        spans = [(start, start + len(flagged), flagged)] if start >= 0 else []
        for _ in range(times):
            surroundings.add(side, document, spans)
    return {f.name: f for f in surroundings.shared(min_count=1, min_texts=1)}


def test_nouns_after_an_article_are_topics_and_verbs_are_not() -> None:
    text = "The brutal levy on the orchard is felt, as growers object."
    assert set(found(text, text)) == {"levy", "orchard"}


def test_a_noun_that_one_side_lacks_is_no_topic() -> None:
    assert set(found("A brutal levy on the kelp.", "A brutal levy on the ferry.")) == {"levy"}


def test_counts_are_kept_side_by_side() -> None:
    topic = found("The levy and the levy: a brutal one.", "The brutal levy.")["levy"]
    assert topic.mentions == (2 * OFTEN, OFTEN)
    assert topic.near == (OFTEN, OFTEN)
    assert topic.terms == {"brutal": (OFTEN, OFTEN)}


def test_singular_and_plural_are_one_topic() -> None:
    assert found("The brutal taxes.", "The brutal tax.")["tax"].mentions == (OFTEN, OFTEN)


def test_a_name_is_the_end_of_its_run_of_capitals() -> None:
    text = "On Tuesday the brutal mayor met Ada Krill at noon."
    names = found(text, text)
    assert "Ada Krill" in names
    assert not {"Ada", "Krill", "Tuesday"} & set(names)


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    text = "Levies are brutal. “Ferries sank,” he said of the quay."
    assert not {"Levies", "Ferries"} & set(found(text, text))


def test_words_far_off_or_in_another_sentence_are_not_beside() -> None:
    far = "The brutal vote fell, and then for a long while after it on that dry and windy day in March came the ferry."
    assert "ferry" not in found(far, far)
    other = "The brutal vote fell. The ferry came."
    assert "ferry" not in found(other, other)


def test_no_word_stands_beside_itself() -> None:
    text = "The flood of the flood was a flood."
    assert "flood" not in found(text, text, flagged="flood")


def test_empty_texts_and_texts_without_flags_give_nothing() -> None:
    assert found("", "") == {}
    assert found("The levy fell.", "The levy fell.") == {}
