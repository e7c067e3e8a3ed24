"""Between examples and annotation tools: a text with categories, named ranges, links between ranges, and what is known of it.

Every tool's module turns its files into records and records into its files, and knows nothing of devices, uses and modes; what the names
mean is known here only.  An attribution's source is a range of its own with a link to it.  Nothing is dropped in silence: what a record
or a format cannot hold is named, so that it can be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from framing.corpus.examples import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.corpus.rows import Row, shown
from framing.quotes import MARKS
from framing.taxonomy import ATTRIBUTION_MODES, DEVICE_NAMES, QUOTE_USE_NAMES

KINDS = ("label", "spans", "quotes", "attributions")
LOADED, NEUTRAL = "loaded", "neutral"
UNNAMED = "loaded_term"  # a span whose device nobody named
SOURCE = "source"
QUOTE, ATTRIBUTION = "quote_", "attribution_"  # what stands before a use and a mode: brat allows letters, digits, _ and - in a name

# label -> the kind that it belongs to
LABELS: dict[str, str] = (
    {LOADED: "label", NEUTRAL: "label"}
    | dict.fromkeys((*DEVICE_NAMES, UNNAMED), "spans")
    | {QUOTE + use: "quotes" for use in QUOTE_USE_NAMES}
    | {ATTRIBUTION + mode: "attributions" for mode in ATTRIBUTION_MODES}
    | {SOURCE: "attributions"}
)
NAMED = ("id", "group", "topic", "country")  # what an example is called; brat has a place for the first alone
META = "framing"  # the key under which a tool carries what is known of an example and is no annotation


@dataclass(frozen=True, slots=True)
class Mark:
    """A named range: code points of the record's text, half-open."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Link:
    """A named relation between two marks, by their places in the record."""

    label: str
    tail: int
    head: int


@dataclass(frozen=True, slots=True)
class Record:
    """A text as an annotation tool has it.

    `meta`: id, group, topic, country, weight, and `labelled`, the kinds that somebody looked for.  `chance`: a model's, that the text is loaded.
    """

    text: str
    categories: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    links: tuple[Link, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a file with its place, or why there is none: what is wrong, or by which rule it was left out."""

    where: str
    record: Record | None = None
    problems: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()


def meta_of(*holders: Any) -> dict[str, Any]:
    """What the objects `holders` say of an example: our own entry if one has it, else what they call by the names in ``NAMED``."""
    for holder in holders:
        if isinstance(holder, dict) and isinstance(holder.get(META), dict):
            return dict(holder[META])
    found: dict[str, Any] = {}
    for holder in holders:
        for key in NAMED:
            value = holder.get(key) if isinstance(holder, dict) else None
            if key not in found and (isinstance(value, str) or (type(value) is int and abs(value) < 10**18)):
                found[key] = str(value)
    return found


# ---------------------------------------------------------------- example -> record
def record_of(example: Example, *, kinds: Sequence[str] = KINDS, predicted: bool = False) -> tuple[Record, list[str]]:
    """(record, what it cannot hold): the labels of `kinds`; chances become yes or no, since no tool lets a person edit a chance."""
    lost: list[str] = []
    labelled = [kind for kind in KINDS if kind in kinds and getattr(example, kind) is not None]
    categories: tuple[str, ...] = ()
    if "label" in labelled and example.label is not None:
        categories = (LOADED if example.label >= 0.5 else NEUTRAL,)
        if not predicted and example.label not in (0, 1):
            lost.append("chance that a text is loaded, rounded to yes or no")
    marks = list(_spans_and_quotes(example, labelled))
    if not predicted:
        lost += ["chance of a span" for span in (example.spans or () if "spans" in labelled else ()) if span.chance != 1]
    links: list[Link] = []
    sources: dict[tuple[int, int], int] = {}
    for attribution in (example.attributions or ()) if "attributions" in labelled else ():
        marks.append(Mark(attribution.start, attribution.end, ATTRIBUTION + attribution.mode))
        if attribution.source is not None:
            tail = len(marks) - 1
            if attribution.source not in sources:
                sources[attribution.source] = len(marks)
                marks.append(Mark(*attribution.source, SOURCE))
            links.append(Link(SOURCE, tail, sources[attribution.source]))
    meta: dict[str, Any] = {key: value for key in NAMED if (value := getattr(example, key)) is not None}
    if example.weight != 1:
        meta["weight"] = example.weight
    meta["labelled"] = labelled
    return Record(example.text, categories, tuple(marks), tuple(links), meta, example.label if predicted else None), lost


def _spans_and_quotes(example: Example, labelled: Sequence[str]) -> Iterator[Mark]:
    if "spans" in labelled:
        yield from (Mark(span.start, span.end, span.device or UNNAMED) for span in example.spans or ())
    if "quotes" in labelled:
        yield from (Mark(quote.start, quote.end, QUOTE + quote.use) for quote in example.quotes or ())


def without_links(record: Record) -> tuple[Record, list[str]]:
    """(the record without sources and links, what was lost)."""
    kept = tuple(mark for mark in record.marks if mark.label != SOURCE)
    return replace(record, marks=kept, links=()), ["source of an attribution"] * len(record.links)


def without_meta(record: Record, kinds: Iterable[str]) -> tuple[Record, list[str]]:
    """(the record with its id and kinds alone, what was lost), for a format that knows only of all texts together which `kinds` are labelled."""
    lost = [f"{key} of a text" for key in (*NAMED[1:], "weight") if key in record.meta]
    lost += ["text that is not labelled with all kinds, and will be read as having none"] * (set(record.meta["labelled"]) != set(kinds))
    return replace(record, meta={key: record.meta[key] for key in ("id", "labelled") if key in record.meta}), lost


# ---------------------------------------------------------------- record -> example
def kinds_of(record: Record, renamed: Mapping[str, str]) -> set[str]:
    """The kinds that the record's own labels belong to."""
    names = [*record.categories, *(mark.label for mark in record.marks)]
    return {LABELS[name] for raw in names if (name := canonical(raw, renamed)) in LABELS}


def canonical(label: str, renamed: Mapping[str, str]) -> str:
    """The label as ``LABELS`` has it: renamed, or in lower case with underscores (*Loaded Verb* is loaded_verb).

    >>> canonical("Loaded Verb", {}), canonical("PROPAGANDA", {"PROPAGANDA": "emotive"})
    ('loaded_verb', 'emotive')
    """
    return renamed[label] if label in renamed else label.strip().lower().replace(" ", "_").replace("-", "_")


def row_of(entry: Entry, *, seen: Iterable[str], renamed: Mapping[str, str]) -> Row:
    """The row that an entry stands for.

    A kind of which the record has no label counts as "there are none" if the record's meta says that it was looked for or, without such
    meta, if it is among `seen`, the kinds that the file has labels of.
    """
    record = entry.record
    if record is None or entry.problems:
        return Row(entry.where, None, entry.problems, entry.omitted)
    reading = _Reading(record, renamed)
    labelled = record.meta.get("labelled", list(seen))
    if not isinstance(labelled, list) or not all(kind in KINDS for kind in labelled):
        reading.problems.append(f"labelled {shown(labelled)}; wanted a list of {', '.join(KINDS)}")
        labelled = []
    if reading.problems:
        return Row(entry.where, None, tuple(reading.problems), entry.omitted)
    have = {*labelled, *kinds_of(record, renamed)}
    example = Example(
        record.text,
        label=reading.label,
        spans=reading.spans if "spans" in have else None,
        quotes=reading.quotes if "quotes" in have else None,
        attributions=reading.attributions() if "attributions" in have else None,
        group=record.meta.get("group"),
        id=record.meta.get("id"),
        weight=record.meta.get("weight", 1.0),
        topic=record.meta.get("topic"),
        country=record.meta.get("country"),
    )
    return Row(entry.where, example, tuple(example.problems()), (*entry.omitted, *reading.omitted))


class _Reading:
    """A record taken apart: labels by kind, problems, and what was changed or left out."""

    def __init__(self, record: Record, renamed: Mapping[str, str]) -> None:
        self.text, self.renamed = record.text, renamed
        self.label: int | None = None
        self.spans: list[LabeledSpan] = []
        self.quotes: list[LabeledQuote] = []
        self.problems: list[str] = []
        self.omitted: list[str] = []
        self._ranges: dict[int, tuple[int, int, str]] = {}  # of attributions and sources, by the mark's place
        self._links = record.links
        for category in record.categories:
            name = self.name(category)
            if name is not None and LABELS[name] != "label":
                self.problems.append(f"label {name!r} on the whole text; wanted {LOADED} or {NEUTRAL}")
            elif name is not None:
                self.judge(name)
        for place, mark in enumerate(record.marks):
            self.take(place, mark)

    def name(self, label: str) -> str | None:
        name = canonical(label, self.renamed)
        if name in LABELS:
            return name
        if name == "" and label in self.renamed:
            self.omitted.append(f"label {label!r} dropped")
        else:
            self.problems.append(f"unknown label {shown(label)}; the labels are {', '.join(LABELS)}; `framing convert --rename OLD=NEW` maps others")
        return None

    def judge(self, name: str) -> None:
        label = int(name == LOADED)
        if self.label is not None and self.label != label:
            self.problems.append(f"both {LOADED} and {NEUTRAL}; wanted one of them")
        self.label = label

    def take(self, place: int, mark: Mark) -> None:
        name = self.name(mark.label)
        if name is None:
            return
        if not 0 <= mark.start < mark.end <= len(self.text):
            range_ = f"{shown(mark.start)}–{shown(mark.end)}"
            self.problems.append(f"{name} {range_} lies outside the text of {len(self.text)} characters, or is empty")
            return
        if LABELS[name] == "label":
            self.judge(name)
            return
        start, end = self.trimmed(mark, name)
        if start == end:
            self.omitted.append("label on white space alone left out")
        elif LABELS[name] == "spans":
            self.spans.append(LabeledSpan(start, end, None if name == UNNAMED else name))
        elif LABELS[name] == "quotes":
            self.quotes.append(LabeledQuote(start, end, name.removeprefix(QUOTE)))
        else:
            self._ranges[place] = start, end, name

    def trimmed(self, mark: Mark, name: str) -> tuple[int, int]:
        """The range as we count it: no white space at its ends; of a quotation what stands inside the marks."""
        words = self.text[mark.start : mark.end]
        start, end = mark.start + len(words) - len(words.lstrip()), mark.end - len(words) + len(words.rstrip())
        start = min(start, end)
        if (start, end) != (mark.start, mark.end):
            self.omitted.append("white space cut off a label's ends")
        outside = self.text[start - 1 : start] not in MARKS and self.text[end : end + 1] not in MARKS
        if LABELS[name] == "quotes" and outside:
            for width in (2, 1):
                if end - start > 2 * width and self.text[start : start + width] in MARKS and self.text[end - width : end] in MARKS:
                    self.omitted.append("quotation read without its marks")
                    return start + width, end - width
        return start, end

    def attributions(self) -> list[LabeledAttribution]:
        sources = self._sources()
        used = set(sources.values())
        found = []
        for place, (start, end, name) in self._ranges.items():
            if name != SOURCE:
                head = self._ranges[sources[place]] if place in sources else None
                found.append(LabeledAttribution(start, end, name.removeprefix(ATTRIBUTION), head[:2] if head else None))
            elif place not in used:
                self.omitted.append("source that no attribution is linked to left out")
        return found

    def _sources(self) -> dict[int, int]:
        """attribution -> source, whichever way the link was drawn."""
        sources: dict[int, int] = {}
        for link in self._links:
            ends = [(place, self._ranges.get(place, (0, 0, ""))[2]) for place in (link.tail, link.head)]
            heads = [place for place, name in ends if name == SOURCE]
            tails = [place for place, name in ends if name.startswith(ATTRIBUTION)]
            if len(heads) != 1 or len(tails) != 1:
                self.omitted.append(f"link {shown(link.label)} that does not join an attribution and a source left out")
            elif sources.setdefault(tails[0], heads[0]) != heads[0]:
                self.omitted.append("second source of an attribution left out")
        return sources
