"""Facts that the shipped model must get right.  No chances are asserted: floors do that job."""

from __future__ import annotations

from pathlib import Path

import pytest

from framing.model import Model, load_model
from framing.report import Report

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "models" / "framing.joblib"
SEEDS = ROOT.parent / "shared" / "seeds"
ARTICLES = ROOT / "seeds" / "articles"


@pytest.fixture(scope="module")
def shipped() -> Model:
    if not SHIPPED.exists():
        pytest.skip("models/framing.joblib is not there: no shipped model to hold to this")
    return load_model(SHIPPED)


@pytest.fixture(scope="module")
def article(shipped: Model) -> Report:
    """The report on the sample article, which is not part of this repository."""
    found = sorted(SEEDS.glob("*.txt"))
    if not found:
        pytest.skip(f"no sample article in {SEEDS}")
    return shipped.score(found[0].read_text(encoding="utf-8"))


# ---------------------------------------------------------------- the sample article
def test_offsets_of_the_article_hold(article: Report) -> None:
    assert article.flags
    assert all(article.text[f.start : f.end] == f.text for f in (*article.flags, *article.quotes))


@pytest.mark.parametrize(("word", "device"), [("occupied", "contentious_label"), ("alleged", "doubt")])
def test_loaded_words_of_the_article_are_flagged_with_their_device(article: Report, word: str, device: str) -> None:
    found = [f for f in article.flags if f.kind == "loaded_term" and word in f.text]
    assert [f.device for f in found] == [device]
    assert found[0].reason


def test_term_that_the_article_sets_at_a_distance_is_a_scare_quote(article: Report) -> None:
    assert ("non-military", "author") in [(f.text, f.voice) for f in article.flags if f.kind == "scare_quote"]


def test_what_the_article_quotes_is_a_quotation_and_no_scare_quote(article: Report) -> None:
    long = [q for q in article.quotes if len(q.text.split()) > 3]
    assert len(long) == 2
    assert {q.use for q in long} == {"quotation"}
    assert {f.voice for f in article.flags for q in long if q.start <= f.start and f.end <= q.end} <= {"quoted"}


def test_analyst_in_the_article_is_the_source_of_his_words(article: Report) -> None:
    last = max(article.quotes, key=lambda q: q.start)
    (found,) = [a for a in article.attributions if a.mode == "quoted" and (a.start, a.end) == (last.start, last.end)]
    assert found.source is not None
    assert "Mohamadi" in article.text[slice(*found.source)]


def test_comment_form_of_the_article_is_ignored(article: Report) -> None:
    (ignored,) = article.ignored
    assert article.text[slice(*ignored)].startswith("Leave a Reply")
    assert ignored[1] == len(article.text.rstrip())
    assert not [f for f in article.flags if f.end > ignored[0]]


# ---------------------------------------------------------------- our own pair of articles
def test_neutral_article_scores_less_than_half_of_its_loaded_twin(shipped: Model) -> None:
    loaded, neutral = (shipped.score((ARTICLES / name).read_text(encoding="utf-8")) for name in ("border-town.txt", "border-town-neutral.txt"))
    assert neutral.score < loaded.score / 2
    assert len(neutral.flags) < len(loaded.flags) / 2


def test_loaded_article_has_its_consultation_in_scare_quotes_and_its_form_ignored(shipped: Model) -> None:
    report = shipped.score((ARTICLES / "border-town.txt").read_text(encoding="utf-8"))
    assert "consultation" in [f.text for f in report.flags if f.kind == "scare_quote"]
    assert "so-called" in [f.text for f in report.flags if f.device == "doubt"]
    assert [report.text[slice(*r)].splitlines()[0] for r in report.ignored] == ["Share this:"]


def test_phrase_within_a_longer_name_is_no_flag(shipped: Model) -> None:
    flagged = [f.text for f in shipped.score("In Tshwane the Economic Freedom Fighters want the gunmen to be called freedom fighters.").flags]
    assert flagged == ["freedom fighters"]
