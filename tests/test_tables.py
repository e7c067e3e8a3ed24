"""DataFrames: fixed columns and types, rows that line up, rates that add up, bad rows named."""

from __future__ import annotations

import doctest
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import framing
from framing import tables
from framing.errors import ConfigError, DataError
from framing.model import Model
from framing.report import Flag, Report
from framing.tables import FLAG_DTYPES, FRAME_DTYPES, KINDS, flags_frame, frame, row_of, storable

pandas = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

TEXTS = [
    "The thugs at the ferry office closed the quay.",
    "The staff closed the quay.",
    "",
    "The warden said that the shameful vote was over.\nTheir “evidence” fits on a napkin.",
    "Share this:\n\nLeave a Reply",
]


@pytest.fixture
def news() -> Any:
    return pandas.DataFrame({"text": TEXTS, "url": [f"u{i}" for i in range(5)], "outlet": pandas.Categorical(list("abaab"))}, index=list("vwxyz"))


def rated(flags: list[Flag], text: str = "One two three four five.") -> dict[str, Any]:
    return dict(zip(FRAME_DTYPES, row_of(Report(text, 0.5, 0.25, flags=tuple(flags))), strict=True))


def flag(device: str | None, voice: str, kind: str = "loaded_term") -> Flag:
    return Flag(0, 3, "One", kind, device, 0.9, voice, None, "reason")


# ---------------------------------------------------------------- one row per text
def test_each_text_has_a_row_with_its_index_and_the_models_answer(news: Any, tiny_model: Model) -> None:
    out = frame(news, model=tiny_model)
    assert list(out.index) == list("vwxyz")
    for text, (_, row) in zip(TEXTS, out.iterrows(), strict=True):
        report = tiny_model.score(text)
        assert row["score"] == pytest.approx(report.score, abs=1e-5)
        assert row["author_score"] == pytest.approx(report.author_score, abs=1e-5)
        assert (row["flags"], row["sentences"]) == (len(report.flags), len(report.sentences))
    assert list(out["words"]) == [9, 5, 0, 15, 0]


def test_columns_and_types_are_those_stated_for_full_and_empty_frames(news: Any, tiny_model: Model) -> None:
    for function, stated in ((frame, FRAME_DTYPES), (flags_frame, FLAG_DTYPES)):
        full, empty = (function(part, id=["url", "outlet"], model=tiny_model) for part in (news, news.iloc[:0]))
        assert {name: str(full[name].dtype) for name in stated} == {name: "string" if d == tables.TEXT else d for name, d in stated.items()}
        assert list(full.columns) == ["url", "outlet", *stated]
        assert (full.dtypes == empty.dtypes).all()
        assert full.index.dtype == empty.index.dtype
        assert len(empty) == 0
        assert len(full) > 0


def test_rates_are_per_1000_words_and_apart_by_voice() -> None:
    row = rated([flag("emotive", "author"), flag("emotive", "quoted"), flag("emotive", "reported"), flag("scare_quote", "author", "scare_quote")])
    assert row["words"] == 5
    assert (row["flags"], row["author_flags"], row["attributed_flags"]) == (4, 2, 2)
    assert (row["author_flags_per_1000_words"], row["attributed_flags_per_1000_words"]) == (400, 400)
    assert (row["author_emotive_per_1000_words"], row["attributed_emotive_per_1000_words"]) == (200, 400)
    assert (row["author_scare_quote_per_1000_words"], row["attributed_scare_quote_per_1000_words"]) == (200, 0)
    for group in tables.GROUPS:
        assert sum(row[f"{group}_{kind}_per_1000_words"] for kind in KINDS) == row[f"{group}_flags_per_1000_words"]


def test_a_flag_without_a_device_counts_among_all_flags_only() -> None:
    row = rated([flag(None, "author")])
    assert row["author_flags_per_1000_words"] == 200
    assert sum(row[f"author_{kind}_per_1000_words"] for kind in KINDS) == 0


def test_a_text_without_words_has_no_rates(tiny_model: Model) -> None:
    out = frame(["", "1, 2."], model=tiny_model)
    assert list(out["words"]) == [0, 0]
    assert out["author_flags_per_1000_words"].isna().all()
    assert list(out["score"].isna()) == [False, False]


# ---------------------------------------------------------------- one row per flag
def test_each_flag_has_a_row_with_the_index_of_its_text(news: Any, tiny_model: Model) -> None:
    out = flags_frame(news, id="url", model=tiny_model)
    expected = [(label, url, f) for label, url, t in zip(news.index, news["url"], news["text"], strict=True) for f in tiny_model.score(t).flags]
    assert [f.text for _, _, f in expected][:2] == ["thugs", "shameful"]
    assert [(i, u) for i, u in zip(out.index, out["url"], strict=True)] == [(i, u) for i, u, _ in expected]
    for (_, row), (_, _, f) in zip(out.iterrows(), expected, strict=True):
        assert (row["start"], row["end"], row["text"], row["kind"], row["device"], row["voice"]) == (f.start, f.end, f.text, f.kind, f.device, f.voice)
        assert (row["reason"], row["suggestions"]) == (f.reason, "; ".join(f.suggestions))
        assert row["probability"] == pytest.approx(f.probability, abs=1e-5)
        assert pandas.isna(row["source"]) if f.source is None else row["source"] == f.source
    assert list(out["line"]) == [1 + t[: f.start].count("\n") for t in TEXTS for f in tiny_model.score(t).flags]


def test_lone_surrogates_are_stored_as_replacement_characters(tiny_model: Model) -> None:
    text = "The thugs\ud800 met the “\udfffexperts”."
    out = flags_frame([text], model=tiny_model, threshold=0.05)
    assert len(out)
    assert [storable(text)[a:b] for a, b in zip(out["start"], out["end"], strict=True)] == list(out["text"])


# ---------------------------------------------------------------- what goes in
def test_texts_series_and_reports_give_the_same_rows(news: Any, tiny_model: Model) -> None:
    reports = list(tiny_model.score_many(TEXTS))
    for function in (frame, flags_frame):
        expected = function(news, model=tiny_model).reset_index(drop=True)
        for source in (news["text"], TEXTS, iter(TEXTS), reports, iter(reports)):
            pandas.testing.assert_frame_equal(function(source, model=tiny_model).reset_index(drop=True), expected)
    assert list(frame(news["text"], model=tiny_model).index) == list("vwxyz")
    assert list(frame([], model=tiny_model).columns) == list(FRAME_DTYPES)


def test_an_index_with_duplicates_or_levels_is_kept(news: Any, tiny_model: Model) -> None:
    for index in (pandas.Index([1, 1, 2, 2, 2]), pandas.MultiIndex.from_product([["a"], range(5)])):
        given = news.set_index(index)
        assert frame(given, id="url", model=tiny_model).index.equals(index)
        assert set(flags_frame(given, id="url", model=tiny_model).index) <= set(index)


def test_workers_and_threshold_are_passed_on(news: Any, tiny_model: Model) -> None:
    pandas.testing.assert_frame_equal(frame(news, model=tiny_model, n_jobs=2), frame(news, model=tiny_model))
    assert frame(news, model=tiny_model, threshold=1.0)["flags"].sum() == 0


@pytest.mark.parametrize("wrong", ["The thugs met.", b"bytes", 5])
def test_what_is_no_table_is_a_type_error(wrong: Any, tiny_model: Model) -> None:
    with pytest.raises(TypeError):
        frame(wrong, model=tiny_model)


def test_reports_and_texts_are_not_mixed(tiny_model: Model) -> None:
    with pytest.raises(TypeError, match="not both"):
        frame([tiny_model.score("A vote."), "A vote."], model=tiny_model)


def test_columns_that_are_missing_double_or_taken_are_named(news: Any, tiny_model: Model) -> None:
    with pytest.raises(DataError, match="no column named 'body'; the columns are text, url, outlet"):
        frame(news, "body", model=tiny_model)
    with pytest.raises(DataError, match="no column named 'id'"):
        flags_frame(news, id="id", model=tiny_model)
    with pytest.raises(DataError, match="2 columns named 'text'"):
        frame(pandas.concat([news, news], axis=1), model=tiny_model)
    with pytest.raises(DataError, match="'score' has the name of a column of the result"):
        frame(news.rename(columns={"url": "score"}), id="score", model=tiny_model)
    with pytest.raises(TypeError, match="columns of a DataFrame"):
        frame(TEXTS, id="url", model=tiny_model)


# ---------------------------------------------------------------- rows without a text
BAD = [None, float("nan"), pandas.NA, 5, 2.5, b"A vote.", ["A vote."]]
PROBLEMS = ["null", "null", "null", "a number (int)", "a number (float)", "no text but bytes", "no text but list"]


@pytest.fixture
def holes() -> Any:
    return pandas.DataFrame({"text": pandas.Series(["The thugs met.", *BAD, "A vote."], dtype=object), "url": list("abcdefghi")}).set_index("url", drop=False)


def test_a_row_without_text_stops_with_row_and_column_before_anything_is_scored(holes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "score_many", None)
    for function in (frame, flags_frame):
        with pytest.raises(DataError, match=r"row 'b', column 'text': null; wanted text; 7 of 9 rows have none; on_error='skip'"):
            function(holes)


def test_skipped_rows_keep_their_place_and_say_why(holes: Any, tiny_model: Model) -> None:
    out = frame(holes, model=tiny_model, on_error="skip")
    assert list(out.index) == list(holes.index)
    assert list(out["problem"])[1:8] == PROBLEMS
    assert list(out["problem"].isna()) == [True, *[False] * 7, True]
    assert list(out["score"].isna()) == [False, *[True] * 7, False]
    assert out["words"].sum() == 5
    assert (out.dtypes == frame(holes.iloc[:0], model=tiny_model).dtypes).all()


def test_skipped_rows_have_no_flags_and_are_counted_in_one_warning(holes: Any, tiny_model: Model) -> None:
    with pytest.warns(UserWarning, match="rows left out: 7, the first: row 'b', column 'text': null") as warned:
        out = flags_frame(holes, model=tiny_model, on_error="skip")
    assert len(warned) == 1
    assert list(out.index) == ["a"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flags_frame(holes.iloc[:1], model=tiny_model, on_error="skip")


def test_another_word_for_on_error_is_refused(holes: Any) -> None:
    with pytest.raises(ValueError, match="wanted one of stop, skip"):
        frame(holes, on_error="ignore")


# ---------------------------------------------------------------- libraries
def test_functions_go_into_dask_with_the_types_they_state(news: Any, tiny_file: str, tiny_model: Model) -> None:
    dask = pytest.importorskip("dask")
    dataframe = pytest.importorskip("dask.dataframe")
    plain = news.drop(columns="outlet").assign(text=lambda d: d["text"].astype(tables.TEXT), url=lambda d: d["url"].astype(tables.TEXT)).reset_index(drop=True)
    with dask.config.set(scheduler="synchronous"):
        for function in (frame, flags_frame):
            lazy = dataframe.from_pandas(plain, npartitions=3)
            meta = function(lazy._meta, id="url", model=tiny_model)
            got = lazy.map_partitions(function, id="url", model=tiny_file, meta=meta).compute()
            assert (got.dtypes == meta.dtypes).all()
            pandas.testing.assert_frame_equal(got, function(plain, id="url", model=tiny_model), rtol=1e-4)


def test_the_face_offers_both() -> None:
    assert (framing.frame, framing.flags_frame) == (frame, flags_frame)


def test_missing_pandas_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"pip install 'framing\[tables\]'"):
        frame(["A vote."])


# ---------------------------------------------------------------- the page about it
PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"


def stated(heading: str) -> dict[str, str]:
    """Column -> type, as the table under `heading` states them."""
    rows = PAGE.read_text(encoding="utf-8").split(heading)[1].split("\n\n")[1].splitlines()[2:]
    found = [(name, row.split("|")[2].strip()) for row in rows for name in re.findall("`([^`]+)`", row.split("|")[1])]
    devices = [(name.replace("_D_", f"_{kind}_"), dtype) for name, dtype in found if "_D_" in name for kind in KINDS]
    return dict([(name, dtype) for name, dtype in found if "_D_" not in name] + devices)


@pytest.mark.parametrize(("heading", "dtypes"), [("### Columns of `frame`", FRAME_DTYPES), ("### Columns of `flags_frame`", FLAG_DTYPES)])
def test_the_page_states_all_columns_and_types(heading: str, dtypes: dict[str, str]) -> None:
    assert stated(heading) == {name: "string" if dtype == tables.TEXT else dtype for name, dtype in dtypes.items()}


def test_the_examples_on_the_page_are_true() -> None:
    pytest.importorskip("dask.dataframe")
    result = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 5
    assert result.failed == 0
