"""DataFrames: one row per text, or one row per flag; the only door to pandas.

The last step before statistics.  The columns and their types are fixed (``FRAME_DTYPES``, ``FLAG_DTYPES``): an empty frame
has the same ones, so the two functions go as they are into whatever cuts a corpus in partitions:

* Dask: ``ddf.map_partitions(framing.frame, meta=framing.frame(ddf._meta))``
* Spark: ``sdf.mapInPandas(lambda frames: (framing.frame(f, id="url") for f in frames), schema)``
* Ray: ``dataset.map_batches(framing.frame, batch_format="pandas", fn_kwargs={"id": "url"})``

Nothing is averaged or compared here, and files are not read (see ``rows.py``).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.counting import count_words
from framing.errors import ConfigError, DataError
from framing.model import Model
from framing.rendering import Lines
from framing.report import Report
from framing.rows import problem_of
from framing.scoring import score_many
from framing.taxonomy import DEVICE_NAMES

if TYPE_CHECKING:
    import pandas as pd

ON_ERROR = ("stop", "skip")
GROUPS = ("author", "attributed")  # the writer's own voice; quoted and reported words
KINDS = (*DEVICE_NAMES, "scare_quote")

TEXT = "string[pyarrow]"  # the one type for text that is the same in pandas 2, pandas 3 and Dask
FRAME_DTYPES: dict[str, str] = {
    "score": "float64",
    "author_score": "float64",
    "sentences": "Int32",
    "words": "Int32",
    "flags": "Int32",
    **{f"{group}_flags": "Int32" for group in GROUPS},
    **{f"{group}_flags_per_1000_words": "float64" for group in GROUPS},
    **{f"{group}_{kind}_per_1000_words": "float64" for group in GROUPS for kind in KINDS},
    "problem": TEXT,
}
FLAG_DTYPES: dict[str, str] = {
    "start": "Int32",
    "end": "Int32",
    "line": "Int32",
    "text": TEXT,
    "kind": TEXT,
    "device": TEXT,
    "probability": "float64",
    "voice": TEXT,
    "source": TEXT,
    "reason": TEXT,
    "suggestions": TEXT,
}

_SURROGATE = re.compile("[\ud800-\udfff]")


def frame(
    source: pd.DataFrame | pd.Series | Iterable[str] | Iterable[Report],
    text: str = "text",
    *,
    id: str | Sequence[str] | None = None,
    model: Model | str | Path | None = None,
    threshold: float | None = None,
    n_jobs: int = 1,
    on_error: str = "stop",
) -> pd.DataFrame:
    """One row per text: scores, counts, and flags per 1,000 words by device, the writer's own apart from quoted and reported ones.

    `source`: a DataFrame whose column `text` holds the texts, a Series, texts, or reports.  The index is kept.  `id`: columns
    of the DataFrame that are carried over, in front, under their own names.  The other columns are those of
    ``FRAME_DTYPES``.  All rates are per 1,000 words of the whole text, so that those of author and attributed words add up;
    they are missing where a text has no words.  `model`, `threshold`, `n_jobs` as in ``score_many``.

    All rows are looked at before the first is scored: one without a text (null, a number) raises ``DataError`` naming row and
    column.  With ``on_error="skip"`` it keeps its place with empty numbers, so that the result still lines up with `source`,
    and its ``problem`` says why; averages leave it out by themselves.

    >>> import framing, pandas
    >>> news = pandas.DataFrame({"text": ["Senator Lind slammed the bill.", "The bill passed."]}, index=["a", "b"])
    >>> framing.frame(news)[["words", "flags", "author_loaded_verb_per_1000_words"]]
       words  flags  author_loaded_verb_per_1000_words
    a      5      1                              200.0
    b      3      0                                0.0
    """
    pandas = _pandas()
    table = _Table(source, text, id, on_error)
    rows = [row_of(report) for report in table.reports(model, threshold, n_jobs)]
    return table.framed(pandas, rows, FRAME_DTYPES, range(len(rows)))


def flags_frame(
    source: pd.DataFrame | pd.Series | Iterable[str] | Iterable[Report],
    text: str = "text",
    id: str | Sequence[str] | None = None,
    *,
    model: Model | str | Path | None = None,
    threshold: float | None = None,
    n_jobs: int = 1,
    on_error: str = "stop",
) -> pd.DataFrame:
    """One row per flag, in the order of the texts, with the index of its text; a text without flags has no row.

    Arguments as in ``frame``; columns those of `id` and of ``FLAG_DTYPES``.  ``start`` and ``end`` count code points of the
    text, ``line`` its lines from 1; ``suggestions`` are joined by ``; ``.  With ``on_error="skip"`` rows without a text have
    no flags, and one warning says how many there were.

    >>> import framing
    >>> framing.flags_frame(["The bill passed.", "Senator Lind slammed the bill."])[["start", "end", "text", "device"]]
       start  end     text       device
    1     13   20  slammed  loaded_verb
    """
    pandas = _pandas()
    table = _Table(source, text, id, on_error)
    rows: list[tuple[Any, ...]] = []
    places: list[int] = []
    skipped = []
    for place, report in enumerate(table.reports(model, threshold, n_jobs)):
        if isinstance(report, str):
            skipped.append(table.where(place, report))
            continue
        rows += flag_rows(report)
        places += [place] * len(report.flags)
    if skipped:
        warnings.warn(f"rows left out: {len(skipped):,}, the first: {skipped[0]}", stacklevel=2)
    return table.framed(pandas, rows, FLAG_DTYPES, places)


def row_of(report: Report | str) -> tuple[Any, ...]:
    """The values of ``FRAME_DTYPES`` for one text; for a string, which says what is wrong with the text, they are missing."""
    if isinstance(report, str):
        return (*[None] * (len(FRAME_DTYPES) - 1), report)
    words = count_words(report.text, report.ignored)
    count = {(group, kind): 0 for group in GROUPS for kind in KINDS}
    total = dict.fromkeys(GROUPS, 0)
    for flag in report.flags:
        group = GROUPS[flag.voice != "author"]
        total[group] += 1
        kind = "scare_quote" if flag.kind == "scare_quote" else flag.device
        if kind is not None:  # a model may have no devices head
            count[group, kind] += 1
    rates = (1000.0 * n / words if words else None for n in chain(total.values(), count.values()))
    return (report.score, report.author_score, len(report.sentences), words, len(report.flags), *total.values(), *rates, None)


def flag_rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """The values of ``FLAG_DTYPES`` for each flag of `report`."""
    if not report.flags:
        return
    lines = Lines(report.text)
    for f in report.flags:
        source = None if f.source is None else storable(f.source)
        line = lines.place(f.start)[0]
        suggestions = "; ".join(f.suggestions)
        yield f.start, f.end, line, storable(f.text), f.kind, f.device, f.probability, f.voice, source, storable(f.reason), storable(suggestions)


def storable(text: str) -> str:
    """`text` without lone surrogates, which no encoding holds; each becomes one ``�``, so that offsets stay true."""
    return _SURROGATE.sub("\ufffd", text)


def _pandas() -> Any:
    try:
        import pandas
        import pyarrow  # noqa: F401 - what pandas keeps our text in
    except ImportError as error:
        raise ConfigError(f"DataFrames need pandas and pyarrow ({error}); pip install 'framing[tables]'") from error
    return pandas


class _Table:
    """What was handed in: its texts or reports, its index, the columns that are carried over."""

    def __init__(self, source: Any, text: str, id: str | Sequence[str] | None, on_error: str) -> None:
        pandas = _pandas()
        if on_error not in ON_ERROR:
            raise ValueError(f"on_error={on_error!r}; wanted one of {', '.join(ON_ERROR)}")
        if isinstance(source, (str, bytes)):
            raise TypeError("wanted a DataFrame, texts or reports; for one text call framing.score")
        ids = [id] if isinstance(id, str) else list(id or ())
        self._text, self._stops = text, on_error == "stop"
        self.index: Any = None
        self.carried: Any = None
        self._values: Iterable[Any]
        if isinstance(source, pandas.DataFrame):
            for name in (text, *ids):
                _check_column(source, name)
            self.index, self._values, self.carried = source.index, source[text].tolist(), source[ids]
        elif ids:
            raise TypeError(f"id={id!r} names columns of a DataFrame; this is {type(source).__name__}")
        elif isinstance(source, pandas.Series):
            self.index, self._values = source.index, source.tolist()
        else:
            self._values = source

    def reports(self, model: Any, threshold: float | None, n_jobs: int) -> Iterator[Report | str]:
        """For each row its report, or what is wrong with it."""
        values = iter(self._values)
        first = next(values, None)
        values = chain(() if first is None and self.index is None else (first,), values)
        if isinstance(first, Report):
            return _only_reports(values)
        rows = list(values) if self.index is None else self._values
        return self._scored(list(rows), model, threshold, n_jobs)

    def _scored(self, values: list[Any], model: Any, threshold: float | None, n_jobs: int) -> Iterator[Report | str]:
        problems = {place: problem for place, value in enumerate(values) if (problem := problem_of(value))}
        if problems and self._stops:
            place, problem = next(iter(problems.items()))
            raise DataError(
                f"{self.where(place, problem)}; wanted text; {len(problems):,} of {len(values):,} rows have none; on_error='skip' goes on without them"
            )
        reports = score_many((v for place, v in enumerate(values) if place not in problems), model=model, threshold=threshold, n_jobs=n_jobs)
        return (problems[place] if place in problems else next(reports) for place in range(len(values)))

    def where(self, place: int, problem: str) -> str:
        label = place if self.index is None else self.index[place]
        label = label.item() if hasattr(label, "item") else label  # 5, not np.int64(5)
        return f"row {label!r}, column {self._text!r}: {problem}"

    def framed(self, pandas: Any, rows: Sequence[tuple[Any, ...]], dtypes: dict[str, str], places: Sequence[int]) -> Any:
        """The DataFrame of `rows`, which stand at `places` of what was handed in."""
        columns = zip(*rows) if rows else ((),) * len(dtypes)
        index = pandas.Index(places, dtype="int64") if self.index is None else self.index.take(list(places))
        data = {name: pandas.array(list(column), dtype=dtype) for (name, dtype), column in zip(dtypes.items(), columns)}
        for name, dtype in dtypes.items():
            if dtype == "float64":  # pandas.array gives its own nullable kind; plain floats are what statistics expects
                data[name] = data[name].to_numpy(dtype="float64", na_value=float("nan"))
        out = pandas.DataFrame(data, index=index)
        if self.carried is None or not len(self.carried.columns):
            return out
        twice = [name for name in self.carried.columns if name in dtypes]
        if twice:
            raise DataError(f"column {twice[0]!r} has the name of a column of the result; rename it before it is carried over")
        return pandas.concat([self.carried.take(list(places)), out], axis=1)


def _only_reports(values: Iterable[Any]) -> Iterator[Report]:
    for value in values:
        if not isinstance(value, Report):
            raise TypeError(f"reports come first, then {type(value).__name__}; hand in reports or texts, not both")
        yield value


def _check_column(data: Any, name: str) -> None:
    found = list(data.columns).count(name)
    if found != 1:
        shown = ", ".join(map(str, data.columns[:20])) or "none"
        raise DataError(f"{'no column' if not found else f'{found} columns'} named {name!r}; the columns are {shown}")
