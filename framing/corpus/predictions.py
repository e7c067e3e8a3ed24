"""A model's report as labels: what a person then corrects, or what another model may learn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from framing.corpus.examples import Example, LabeledAttribution, LabeledQuote, LabeledSpan
from framing.report import Report


def example_of(report: Report, example: Example) -> Example:
    """`example` as the report labels it: the text's chance as label, flagged terms as spans with their chances, uses of marks, attributions.

    Scare quotes are among the quotes and not among the spans, as in the training data.
    """
    return replace(
        example,
        label=round(report.score, 4),
        spans=[LabeledSpan(f.start, f.end, f.device, max(round(f.probability, 4), 1e-4)) for f in report.flags if f.kind != "scare_quote"],
        quotes=[LabeledQuote(q.start, q.end, q.use) for q in report.quotes],
        attributions=[LabeledAttribution(a.start, a.end, a.mode, a.source) for a in report.attributions],
        weight=1.0,
    )


def sentences_of(example: Example, ranges: Iterable[tuple[int, int]]) -> Iterator[Example]:
    """An unlabelled example for each of the `ranges` of a text, all in one group, so that a split never parts them."""
    group = example.group or example.id
    for number, (start, end) in enumerate(ranges, start=1):
        name = f"{example.id or 'text'}-{number:04}"
        yield Example(example.text[start:end], group=group, id=name, topic=example.topic, country=example.country)
