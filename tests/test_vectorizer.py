"""The scikit-learn transformer: its columns, its manners, its place in pipelines."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import SkipTestWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks

import framing
from framing import FramingVectorizer
from framing.errors import ModelError
from framing.model import Model
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES

TEXTS = [
    "The thugs met at the shameful quay.",
    "The clerk closed the window at noon.",
    "The warden said “the thugs at the ferry office closed the quay” on Monday.",
    "Their “evidence” fits on a napkin.",
    "",
    "Mayor Oddny Krill said that the shameful vote was over.",
]
LABELS = [1, 0, 1, 1, 0, 1]


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)


def column(rows: np.ndarray, name: str) -> list[float]:
    return list(rows[:, list(FramingVectorizer().get_feature_names_out()).index(name)])


# ---------------------------------------------------------------- what the columns say
def test_columns_are_those_of_the_reports(tiny_model: Model) -> None:
    rows = FramingVectorizer(model=tiny_model).transform(TEXTS)
    reports = [tiny_model.score(text) for text in TEXTS]
    assert column(rows, "score") == [r.score for r in reports]
    assert column(rows, "author_score") == [r.author_score for r in reports]
    assert column(rows, "highest_score") == [max((s.score for s in r.sentences), default=0) for r in reports]
    for name, is_author in (("author", True), ("others", False)):
        total = sum(np.array(column(rows, f"{name}_{device}_per_1000_words")) for device in (*DEVICE_NAMES, "scare_quote"))
        wanted = [sum((f.voice == "author") == is_author for f in r.flags) for r in reports]
        np.testing.assert_allclose(column(rows, f"{name}_flags_per_1000_words"), total)
        np.testing.assert_allclose(total, [1000 * n / max(1, len(text.split())) for n, text in zip(wanted, TEXTS)])
        assert sum(wanted) > 0
    for use in QUOTE_USE_NAMES:
        assert [n > 0 for n in column(rows, f"{use}_quotes_per_1000_words")] == [use in [q.use for q in r.quotes] for r in reports]


def test_text_without_words_has_nothing_anywhere() -> None:
    assert not FramingVectorizer().transform(["", " \n"]).any()


def test_each_row_depends_on_its_own_text_alone() -> None:
    rows = FramingVectorizer().transform(TEXTS)
    np.testing.assert_array_equal(FramingVectorizer().transform(TEXTS[::-1])[::-1], rows)
    np.testing.assert_array_equal(np.vstack([FramingVectorizer().transform([text]) for text in TEXTS]), rows)


def test_threshold_and_workers_reach_the_scoring() -> None:
    def flags(**parameters: Any) -> float:
        return sum(column(FramingVectorizer(**parameters).transform(TEXTS), "author_flags_per_1000_words"))

    assert flags(threshold=1.0) < flags() < flags(threshold=0.001)
    np.testing.assert_array_equal(FramingVectorizer(n_jobs=2).transform(TEXTS), FramingVectorizer().transform(TEXTS))


def test_names_are_those_of_the_columns_and_all_differ() -> None:
    names = FramingVectorizer().get_feature_names_out()
    assert names.dtype == object
    assert len(set(names)) == len(names) == FramingVectorizer().transform(TEXTS).shape[1]
    assert list(FramingVectorizer().get_feature_names_out(["anything"])) == list(names)


# ---------------------------------------------------------------- what it takes
def frames() -> list[Callable[[list[str]], Any]]:
    return [tuple, np.array, lambda texts: np.array(texts, dtype=object).reshape(-1, 1), lambda texts: [[text] for text in texts], iter]


@pytest.mark.parametrize("hold", frames())
def test_texts_may_be_held_in_any_way(hold: Callable[[list[str]], Any]) -> None:
    wanted = FramingVectorizer().transform(TEXTS)
    np.testing.assert_array_equal(FramingVectorizer().transform(hold(TEXTS)), wanted)
    np.testing.assert_array_equal(FramingVectorizer().fit_transform(hold(TEXTS)), wanted)


def test_series_and_frames_of_one_column_are_taken() -> None:
    pandas = pytest.importorskip("pandas")
    wanted = FramingVectorizer().transform(TEXTS)
    frame = pandas.DataFrame({"body": TEXTS}, index=list("abcdef"))
    for held in (frame, frame["body"], frame["body"].astype("string"), frame.astype("category")["body"]):
        np.testing.assert_array_equal(FramingVectorizer().fit_transform(held), wanted)


def test_no_texts_give_no_rows() -> None:
    assert FramingVectorizer().fit_transform([]).shape == (0, len(FramingVectorizer().get_feature_names_out()))


@pytest.mark.parametrize(
    ("X", "error", "part"),
    [
        ("one text", TypeError, "one text where texts"),
        (b"bytes", TypeError, "one text where texts"),
        (3, TypeError, "int"),
        (np.array("x"), TypeError, "single value"),
        (["a", None], TypeError, "row 1: a missing value"),
        (["a", float("nan")], TypeError, "row 1: a missing value"),
        ([b"a"], TypeError, "row 0: bytes"),
        (np.zeros((2, 1)), TypeError, "row 0: float"),
        (np.array([["a", "b"]]), ValueError, "row 0 has 2 columns"),
        ([["a"], ["b", "c"]], ValueError, "row 1 has 2 columns"),
        (np.array([[["a"]]]), ValueError, "3 dimensions"),
    ],
)
def test_what_is_no_column_of_texts_is_named(X: Any, error: type[Exception], part: str) -> None:
    for verb in (FramingVectorizer().fit, FramingVectorizer().transform):
        with pytest.raises(error, match=part):
            verb(X)


def test_sparse_matrices_are_refused() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="sparse"):
        FramingVectorizer().fit(sparse.csr_matrix(np.eye(2)))


@pytest.mark.parametrize(
    ("parameters", "error", "part"),
    [
        ({"threshold": 2}, ValueError, "threshold=2"),
        ({"n_jobs": 0}, ValueError, "n_jobs=0"),
        ({"n_jobs": 1.5}, ValueError, "n_jobs=1.5"),
        ({"model": 3}, TypeError, "model=3"),
        ({"model": "gone.joblib"}, ModelError, "gone.joblib"),
    ],
)
def test_wrong_parameters_are_named_at_fit(parameters: dict[str, Any], error: type[Exception], part: str) -> None:
    with pytest.raises(error, match=part):
        FramingVectorizer(**parameters).fit(TEXTS)


def test_model_file_is_read_once_until_it_changes(tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.joblib"
    tiny_model.save(path)
    read: list[Any] = []
    load = framing.load
    monkeypatch.setattr("framing.scoring.load", lambda *a: read.append(a) or load(*a))
    vectorizer = FramingVectorizer(model=path).fit(TEXTS)
    clone(vectorizer).fit_transform(TEXTS)
    assert len(read) == 1
    path.write_bytes(b"changed")
    with pytest.raises(ModelError):
        vectorizer.transform(TEXTS)


# ---------------------------------------------------------------- scikit-learn's own checks
def test_scikit_learn_leaves_estimators_of_text_to_themselves() -> None:
    """``check_estimator`` needs numbers: it says so and runs next to nothing.  Hence the checks below, and the ones on numbers read as text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = list(estimator_checks.parametrize_with_checks([FramingVectorizer()]).mark.args[1])
    assert len(found) <= 1
    assert any(issubclass(w.category, SkipTestWarning) for w in caught)


WITHOUT_DATA = (
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_mixin_order",
)


@pytest.mark.parametrize("name", WITHOUT_DATA)
def test_checks_that_need_no_data_pass(name: str) -> None:
    check = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip("not in this scikit-learn")
    check("FramingVectorizer", FramingVectorizer())


class NumbersAsText(FramingVectorizer):
    """Rows of numbers, each written out as one text, so that scikit-learn's checks can feed it.

    What numbers may be is checked here with scikit-learn's own means; everything after that is the vectorizer's.
    """

    def fit(self, X: Any, y: Any = None) -> NumbersAsText:
        self._validated(X, reset=True)
        features, names = self.n_features_in_, getattr(self, "feature_names_in_", None)
        super().fit(["text"])
        self.n_features_in_ = features
        if names is not None:
            self.feature_names_in_ = names
        return self

    def transform(self, X: Any) -> np.ndarray:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "n_features_in_")
        data = self._validated(X, reset=False)
        return super().transform([" ".join(f"thugs {value:.3f}" for value in row) for row in data])

    def _validated(self, X: Any, *, reset: bool) -> np.ndarray:
        try:
            from sklearn.utils.validation import validate_data
        except ImportError:  # before 1.6
            return np.asarray(self._validate_data(X, reset=reset))
        return np.asarray(validate_data(self, X, reset=reset))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string, tags.requires_fit = True, False, False, True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        return {"X_types": ["2darray"], "requires_fit": True}


# A list, since older ones give a generator, which pytest takes with a warning.
IS_1_3 = sklearn.__version__.startswith("1.3.")
NAMES, CHECKS = estimator_checks.parametrize_with_checks([NumbersAsText()]).mark.args


@pytest.mark.parametrize(NAMES, list(CHECKS))
def test_checks_of_scikit_learn_pass_on_numbers_read_as_text(estimator: Any, check: Callable[[Any], None]) -> None:
    if IS_1_3 and getattr(check, "keywords", {}).get("readonly_memmap") and check.func.__name__ == "check_estimators_pickle":  # type: ignore[attr-defined]
        pytest.skip("scikit-learn 1.3 fails this check for its own estimators on processors that it does not know")
    check(estimator)


def test_fit_changes_no_parameter_and_transform_nothing() -> None:
    vectorizer = FramingVectorizer(threshold=0.5)
    assert vectorizer.fit(TEXTS, LABELS) is vectorizer
    before = dict(vectorizer.__dict__)
    vectorizer.transform(TEXTS)
    assert vectorizer.__dict__ == before
    assert vectorizer.get_params() == {"model": None, "threshold": 0.5, "n_jobs": None}


def test_tags_say_text_and_no_need_to_fit() -> None:
    if hasattr(BaseEstimator, "__sklearn_tags__"):
        tags = FramingVectorizer().__sklearn_tags__()
        assert (tags.input_tags.string, tags.input_tags.two_d_array, tags.requires_fit) == (True, False, False)
    else:
        tags = FramingVectorizer()._get_tags()
        assert ("string" in tags["X_types"], "2darray" in tags["X_types"], tags["requires_fit"]) == (True, False, False)


def test_names_of_columns_are_kept_and_held_to() -> None:
    pandas = pytest.importorskip("pandas")
    vectorizer = FramingVectorizer().fit(pandas.DataFrame({"body": TEXTS}))
    assert (vectorizer.n_features_in_, list(vectorizer.feature_names_in_)) == (1, ["body"])
    vectorizer.transform(TEXTS)
    with pytest.raises(ValueError, match="feature names should match"):
        vectorizer.transform(pandas.DataFrame({"title": TEXTS}))
    assert not hasattr(vectorizer.fit(TEXTS), "feature_names_in_")


def test_clones_and_pickles_give_the_same_and_carry_no_model() -> None:
    vectorizer = FramingVectorizer(threshold=0.2).fit(TEXTS)
    wanted = vectorizer.transform(TEXTS)
    data = pickle.dumps(vectorizer)
    assert len(data) < 1000
    np.testing.assert_array_equal(pickle.loads(data).transform(TEXTS), wanted)
    np.testing.assert_array_equal(clone(vectorizer).transform(TEXTS), wanted)


def test_model_as_a_parameter_survives_clone_and_pickle(tiny_model: Model) -> None:
    vectorizer = FramingVectorizer(model=tiny_model)
    wanted = vectorizer.transform(TEXTS)
    for other in (clone(vectorizer), pickle.loads(pickle.dumps(vectorizer))):
        np.testing.assert_array_equal(other.transform(TEXTS), wanted)


# ---------------------------------------------------------------- in company
def test_set_output_gives_a_frame_with_names_and_the_index_of_the_input() -> None:
    pandas = pytest.importorskip("pandas")
    vectorizer = FramingVectorizer().set_output(transform="pandas")
    frame = vectorizer.fit_transform(pandas.DataFrame({"body": TEXTS}, index=list("abcdef")))
    assert list(frame.columns) == list(vectorizer.get_feature_names_out())
    assert list(frame.index) == list("abcdef")
    assert list(vectorizer.transform(np.array(TEXTS)).index) == [0, 1, 2, 3, 4, 5]
    if sklearn.__version__ != "1.3.0":  # which takes a list's method `index` for an index
        assert list(vectorizer.transform(TEXTS).index) == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(frame.to_numpy(), FramingVectorizer().transform(TEXTS))


def test_pipeline_learns_from_it_and_names_its_features() -> None:
    pipeline = make_pipeline(FramingVectorizer(), StandardScaler(), LogisticRegression())
    assert pipeline.fit(TEXTS, LABELS).predict(TEXTS).shape == (6,)
    assert list(pipeline[:-1].get_feature_names_out()) == list(FramingVectorizer().get_feature_names_out())


def test_column_transformer_takes_it_for_a_column_by_name_and_by_list() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"body": TEXTS, "length": [len(t) for t in TEXTS]})
    wanted = FramingVectorizer().transform(TEXTS)
    for chosen in ("body", ["body"]):
        columns = ColumnTransformer([("text", FramingVectorizer(), chosen)], remainder="passthrough")
        np.testing.assert_array_equal(columns.fit_transform(frame)[:, :-1], wanted)
        assert list(columns.get_feature_names_out())[:2] == ["text__score", "text__author_score"]


def test_union_stands_beside_other_transformers() -> None:
    from sklearn.feature_extraction.text import HashingVectorizer

    union = FeatureUnion([("framing", FramingVectorizer()), ("words", HashingVectorizer(n_features=8))])
    assert union.fit_transform(TEXTS).shape == (6, len(FramingVectorizer().get_feature_names_out()) + 8)


def test_grid_search_tries_its_parameters() -> None:
    pipeline = Pipeline([("framing", FramingVectorizer()), ("model", LogisticRegression())])
    search = GridSearchCV(pipeline, {"framing__threshold": [None, 0.2]}, cv=2).fit(TEXTS * 2, LABELS * 2)
    assert search.best_params_["framing__threshold"] in (None, 0.2)
    assert not np.isnan(search.cv_results_["mean_test_score"]).any()


def test_it_is_found_at_the_front_door() -> None:
    assert framing.FramingVectorizer is FramingVectorizer
    assert "FramingVectorizer" in dir(framing)
