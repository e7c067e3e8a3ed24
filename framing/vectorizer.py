"""Texts to named numeric columns, for scikit-learn's pipelines.

Stands on ``scoring`` and the reports it gives, and learns nothing: every column is computed from one text's report alone, so nothing
of a test set can leak through it.  It keeps no model: parameters are what `clone` and pickles carry, and files are read once per
process.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from framing import scoring
from framing.counting import count_words
from framing.model import Model
from framing.rendering import device_of
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES

if TYPE_CHECKING:
    from framing.report import Report

DEVICES = (*DEVICE_NAMES, "scare_quote")
VOICES = ("author", "others")  # others: quoted and reported words
COLUMNS = (
    "score",
    "author_score",
    "highest_score",
    *(f"{voice}_flags_per_1000_words" for voice in VOICES),
    *(f"{voice}_{device}_per_1000_words" for voice in VOICES for device in DEVICES),
    *(f"{use}_quotes_per_1000_words" for use in QUOTE_USE_NAMES),
)


class FramingVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn transformer: texts in, one row of named numbers for each.

    Columns (`get_feature_names_out` names them): ``score``, ``author_score`` and ``highest_score`` (of the text's sentences), chances in
    [0, 1]; flags per 1,000 words, in all and per device, in the writer's own voice (``author_…``) and in quoted or reported words
    (``others_…``); pairs of quotation marks per 1,000 words by use.  Words are those outside page
    furniture; a text without words has 0 everywhere.

    Parameters
    ----------
    model : Model, path, or None
        A model or a model file; None for the shipped one.  A path is cheaper to clone and to pickle than a model.
    threshold : float in [0, 1], or None
        The least chance at which a term is flagged; None for the model's own.
    n_jobs : int or None
        Worker processes; None for 1, -1 for one per core.

    Attributes
    ----------
    n_features_in_ : int
        1, the column of texts.
    feature_names_in_ : ndarray of shape (1,)
        The column's name, where `fit` was given a data frame.

    >>> from framing import FramingVectorizer
    >>> rows = FramingVectorizer().fit_transform(["The thugs met.", "The board met."])
    >>> bool(rows[0, 0] > rows[1, 0]), rows.shape[1] == len(FramingVectorizer().get_feature_names_out())
    (True, True)
    """

    def __init__(self, model: Model | str | Path | None = None, threshold: float | None = None, n_jobs: int | None = None) -> None:
        self.model = model
        self.threshold = threshold
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> FramingVectorizer:
        """This very transformer: nothing is learnt, but the parameters, the model file and the form of `X` are checked.

        `X`: texts as `transform` takes them; a generator is left untouched.  `y` is ignored.  Raises ``TypeError``, ``ValueError`` and
        ``ModelError``.
        """
        self._judge()
        if hasattr(X, "__len__") or not hasattr(X, "__iter__"):
            _texts(X)
        self.n_features_in_ = 1
        name = _column_name(X)
        if name is not None:
            self.feature_names_in_ = np.array([name], dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Array of shape (n_texts, n_columns), float64, in the order of `get_feature_names_out`.

        `X`: an iterable of str, a Series, a 1-d array, or a frame or array of one column.  Raises ``TypeError`` for what is no text,
        a missing value included, and ``ValueError`` for several columns or another column than `fit` was given.
        """
        judge = self._judge()
        fitted, name = getattr(self, "feature_names_in_", None), _column_name(X)
        if fitted is not None and name is not None and name != fitted[0]:
            raise ValueError(f"column {name!r}; fit was given {fitted[0]!r}: the feature names should match those that were passed during fit")
        texts = _texts(X)
        rows = [_row(report) for report in scoring.score_many(texts, model=judge, threshold=self.threshold, n_jobs=self.n_jobs or 1)]
        return np.array(rows, dtype=np.float64).reshape(len(texts), len(COLUMNS))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the columns, ndarray of str; `input_features` is ignored, since the columns do not depend on it."""
        return np.array(COLUMNS, dtype=object)

    def _judge(self) -> Model:
        """The model, once the parameters are known to be sound."""
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold={self.threshold!r}; wanted a chance in [0, 1], or None")
        if self.n_jobs is not None and (not isinstance(self.n_jobs, (int, np.integer)) or self.n_jobs == 0):
            raise ValueError(f"n_jobs={self.n_jobs!r}; wanted a number of workers, -1, or None")
        if self.model is None or isinstance(self.model, Model):
            return self.model or scoring.load()
        if not isinstance(self.model, (str, Path)):
            raise TypeError(f"model={self.model!r}; wanted a Model, a path or None")
        path = Path(self.model)
        status = path.stat() if path.is_file() else None
        return _kept(str(path), status and (status.st_mtime_ns, status.st_size))

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        """For scikit-learn 1.6 and later."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """The same for scikit-learn before 1.6."""
        return {"X_types": ["1darray", "string"], "requires_fit": False}


@lru_cache(maxsize=4)
def _kept(path: str, _state: object) -> Model:
    """The model in `path`, read once for as long as the file stays the same."""
    return scoring.load(path)


def _row(report: Report) -> list[float]:
    """The report's numbers, in the order of ``COLUMNS``."""
    per_word = 1000 / max(1, count_words(report.text, report.ignored))
    flags = Counter((VOICES[f.voice != "author"], device_of(f)) for f in report.flags)
    voices = Counter(VOICES[f.voice != "author"] for f in report.flags)
    uses = Counter(q.use for q in report.quotes)
    return [
        report.score,
        report.author_score,
        max((s.score for s in report.sentences), default=0.0),
        *(per_word * voices[voice] for voice in VOICES),
        *(per_word * flags[voice, device] for voice in VOICES for device in DEVICES),
        *(per_word * uses[use] for use in QUOTE_USE_NAMES),
    ]


def _column_name(X: Any) -> str | None:
    """The name of the column of a data frame, of whatever make; None for anything else."""
    names = getattr(X, "columns", None)
    if names is None or len(names) != 1:
        return None
    return names[0] if isinstance(names[0], str) else None


def _texts(X: Any) -> list[str]:
    """The texts of `X`, whatever holds them."""
    if isinstance(X, (str, bytes)):
        raise TypeError("one text where texts were wanted; pass a list, a Series, or a column")
    if hasattr(X, "toarray"):
        raise TypeError("a sparse matrix; FramingVectorizer takes texts, not numbers")
    if hasattr(X, "__array__"):
        X = np.asarray(X, dtype=object)
        if X.ndim == 0:
            raise TypeError("a single value where texts were wanted; pass a list, a Series, or a column")
    elif not hasattr(X, "__iter__"):
        raise TypeError(f"{type(X).__name__} where an iterable of texts was wanted")
    if getattr(X, "ndim", 1) > 2:
        raise ValueError(f"an array of {X.ndim} dimensions; wanted texts in one column")
    return [_text(item, number) for number, item in enumerate(X)]


def _text(item: Any, number: int) -> str:
    """The text of row `number`, which may be a row of one column."""
    if isinstance(item, (list, tuple, np.ndarray)):
        if len(item) != 1:
            raise ValueError(f"row {number} has {len(item)} columns; wanted one, the text: choose it, e.g. with a ColumnTransformer")
        item = item[0]
    if not isinstance(item, str):
        what = "a missing value" if item is None or item != item else type(item).__name__
        raise TypeError(f"row {number}: {what} where a text was wanted; fill what is missing, decode bytes")
    return str(item)
