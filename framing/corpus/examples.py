"""Labelled texts in memory: what every reader gives and training takes.

``None`` means "not labelled"; an empty list means "labelled: there are none".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from framing.errors import DataError
from framing.taxonomy import ATTRIBUTION_MODES, DEVICE_NAMES, QUOTE_USE_NAMES

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabeledSpan:
    """Loaded words: code points of the example's text, half-open; the device where it is known.

    `chance`: how sure the label is, in (0, 1]; less than 1 where a model gave it.
    """

    start: int
    end: int
    device: str | None = None
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class LabeledQuote:
    """A pair of quotation marks by the range inside the marks, and its use."""

    start: int
    end: int
    use: str


@dataclass(frozen=True, slots=True)
class LabeledAttribution:
    """Words given to somebody, ``quoted`` or ``reported``; `source` is the range that names who."""

    start: int
    end: int
    mode: str
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known about it.

    `label`: 1 when a reader would call it loaded, else 0; a number between them is the chance that one would.  `group`:
    examples of one group never stand on both sides of a split.  `weight`: how much the example counts in training.  `topic` and
    `country`, what the text is about and where, are kept for whoever counts by them; nothing is learnt from them.
    """

    text: str
    label: float | None = None
    spans: Sequence[LabeledSpan] | None = None
    quotes: Sequence[LabeledQuote] | None = None
    attributions: Sequence[LabeledAttribution] | None = None
    group: str | None = None
    id: str | None = None
    weight: float = 1.0
    topic: str | None = None
    country: str | None = None

    def problems(self) -> list[str]:
        """What is wrong with the labels, one message each; empty when all is well."""
        found = []
        if not isinstance(self.text, str):
            return [f"text is {type(self.text).__name__}, wanted str"]
        if self.label is not None and (isinstance(self.label, bool) or not isinstance(self.label, (int, float)) or not 0 <= self.label <= 1):
            found.append(f"label {self.label!r}; wanted 0, 1, a chance between them, or null")
        if isinstance(self.weight, bool) or not isinstance(self.weight, (int, float)) or not 0 <= self.weight < float("inf"):
            found.append(f"weight {self.weight!r}; wanted a number of at least 0")
        for what, name in (("group", self.group), ("id", self.id), ("topic", self.topic), ("country", self.country)):
            if name is not None and not isinstance(name, str):
                found.append(f"{what} {name!r}; wanted a string or null")
        for what, rows in (("span", self.spans), ("quote", self.quotes), ("attribution", self.attributions)):
            for row in rows or ():
                found += self._range_problems(what, row.start, row.end)
        for span in self.spans or ():
            if span.device is not None and span.device not in DEVICE_NAMES:
                found.append(f"unknown device {span.device!r}; the devices are {', '.join(DEVICE_NAMES)}")
            if isinstance(span.chance, bool) or not isinstance(span.chance, (int, float)) or not 0 < span.chance <= 1:
                found.append(f"chance {span.chance!r}; wanted a number above 0, at most 1")
        for quote in self.quotes or ():
            if quote.use not in QUOTE_USE_NAMES:
                found.append(f"unknown use {quote.use!r}; the uses are {', '.join(QUOTE_USE_NAMES)}")
        for attribution in self.attributions or ():
            if attribution.mode not in ATTRIBUTION_MODES:
                found.append(f"unknown mode {attribution.mode!r}; the modes are {', '.join(ATTRIBUTION_MODES)}")
            if attribution.source is not None:
                found += self._range_problems("source", *attribution.source)
        return found

    def _range_problems(self, what: str, start: object, end: object) -> list[str]:
        if not (_is_count(start) and _is_count(end)):
            return [f"{what} {start!r}–{end!r}; wanted two whole numbers"]
        if not 0 <= start < end <= len(self.text):  # type: ignore[operator]
            return [f"{what} {start}–{end} lies outside the text of {len(self.text)} characters, or is empty"]
        return []

    def checked(self, where: str = "example") -> "Example":
        """The example itself; raises ``DataError`` naming `where` if any label is broken."""
        problems = self.problems()
        if problems:
            raise DataError(f"{where}: {problems[0]}")
        return self


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
