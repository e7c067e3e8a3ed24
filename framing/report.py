"""The answers: what ``framing.score`` returns.

Plain frozen records, made by ``model.py`` and read by everybody.  They compute nothing and import nothing heavy.
All ranges are half-open and count code points of the caller's own string.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from framing.errors import DataError
from framing.rendering import html
from framing.rendering import json as as_json

SCHEMA = 1  # of to_dict(); grows when a field changes its meaning

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and its chances in [0, 1] that a reader calls it loaded.

    `author_score` leaves the evidence of quoted and reported words out.
    """

    start: int
    end: int
    score: float
    author_score: float


@dataclass(frozen=True, slots=True)
class Flag:
    """Words that carry a slant, and why.

    `probability` is calibrated, in [0, 1].  `why` is additive evidence: the weights, intercept included, sum to the
    logit of `probability`.  `voice` is ``author``, ``quoted`` (inside somebody's reported words) or ``reported``
    (indirect speech); `source` says whose, where the text does.  `suggestions` are neutral wordings; none means that
    the best remedy is to take the words out.
    """

    start: int
    end: int
    text: str
    kind: str
    device: str | None
    probability: float
    voice: str
    source: str | None
    reason: str
    suggestions: tuple[str, ...] = ()
    why: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """One pair of quotation marks; `start` and `end` lie inside the marks.  `probability` is that of `use`."""

    start: int
    end: int
    text: str
    use: str
    probability: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words that the text gives to somebody: ``quoted`` (in marks) or ``reported`` (indirect speech)."""

    start: int
    end: int
    mode: str
    source: Span | None = None
    cue: Span | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one text.

    `score` is the mean of the sentence scores, page furniture left out; 0.0 for a text without sentences.
    """

    text: str
    score: float
    author_score: float
    sentences: tuple[Sentence, ...] = ()
    flags: tuple[Flag, ...] = ()
    quotes: tuple[Quote, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    ignored: tuple[Span, ...] = ()
    model: str = ""
    schema: int = field(default=SCHEMA, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers; `from_dict` reads them back."""
        return asdict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """`to_dict` as JSON text that any encoding can hold; ``docs/schema/report-1.json`` describes it."""
        return as_json.render(self, indent=indent)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Report":
        """The report that `to_dict` was made from.  Raises ``DataError`` for another schema or a missing field."""
        if data.get("schema") != SCHEMA:
            raise DataError(f"report of schema {data.get('schema')!r}; this framing reads schema {SCHEMA}")
        try:
            values = {f.name: data[f.name] for f in fields(cls)}
            values["ignored"] = tuple((int(a), int(b)) for a, b in values["ignored"])
            for name, kind in (("sentences", Sentence), ("flags", Flag), ("quotes", Quote), ("attributions", Attribution)):
                values[name] = tuple(_record(kind, row) for row in values[name])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"not a report: {error}") from error
        return cls(**values)

    def to_html(self, *, title: str = "framing") -> str:
        """A page of its own with the words marked and explained, self-contained; its one script filters and shows, and loads nothing."""
        return html.page(self, title=title)

    def _repr_html_(self) -> str:
        """The marked text for a notebook; no script."""
        return html.fragment(self)


def _record(kind: type, row: dict[str, Any]) -> Any:
    values = dict(row)
    for name in ("source", "cue"):
        if isinstance(values.get(name), list):
            values[name] = tuple(values[name])
    if "why" in values:
        values["why"] = tuple((str(name), float(weight)) for name, weight in values["why"])
        values["suggestions"] = tuple(values["suggestions"])
    return kind(**values)
