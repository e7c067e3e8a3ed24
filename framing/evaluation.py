"""How good a model is on labelled examples, head by head and device by device; also the script ``python -m framing.evaluation``.

Each example gives counts (``measuring.py``), the counts of a group are added up, and every figure is computed from sums of
counts.  A bootstrap by group (``resampling.py``) is then one matrix product: how often each group was drawn, times the
groups' counts.  Beside the model stand baselines that need no learning.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from framing.corpus import READERS, Example, read_examples
from framing.document import Document, read
from framing.errors import DataError, FramingError
from framing.measuring import (
    Prediction,
    device_counts,
    device_figures,
    of_lexicon,
    of_majority,
    of_report,
    quote_counts,
    quote_figures,
    sentence_counts,
    sentence_figures,
    term_counts,
    term_figures,
    voice_counts,
    voice_figures,
)
from framing.model import Model
from framing.rendering import one_line
from framing.report import Report
from framing.resampling import Bootstrap, Counts, Measure
from framing.scoring import load
from framing.taxonomy import QUOTE_USE_NAMES
from framing.tokens import Words

RESAMPLES = 500  # the ends of a 95 % interval then rest on 12 draws each; twice as many move them by less than 0.005
LOWER_IS_BETTER = frozenset({"calibration_error"})


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one head: the model's and, under their names, the baselines'.

    `rows`: how many labelled things were judged; `unit`: what they are; `groups`: how many groups were resampled.
    """

    name: str
    rows: int
    unit: str
    groups: int
    metrics: Mapping[str, Measure]
    baselines: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.  ``str()`` gives a table, `to_dict` plain data, `metric` one figure by its name."""

    model: str
    examples: int
    groups: int
    parts: tuple[Part, ...]

    def names(self) -> list[str]:
        """Every figure's name, ``part.metric``."""
        return [f"{part.name}.{name}" for part in self.parts for name in part.metrics]

    def metric(self, name: str) -> Measure:
        """The model's figure called ``part.metric``, such as ``sentences.macro_f1``; ``KeyError`` if there is none."""
        for part in self.parts:
            if name.startswith(part.name + ".") and name[len(part.name) + 1 :] in part.metrics:
                return part.metrics[name[len(part.name) + 1 :]]
        parts = ", ".join(part.name for part in self.parts)
        raise KeyError(f"there is no figure {name!r}; a name is PART.METRIC, the parts here are {parts}, and --json lists all")

    def to_dict(self) -> dict[str, Any]:
        """Dicts, strings and numbers; a figure is ``{"value", "low", "high"}``."""

        def plain(metrics: Mapping[str, Measure]) -> dict[str, Any]:
            return {name: {"value": m.value, "low": m.low, "high": m.high} for name, m in metrics.items()}

        return {
            "model": self.model,
            "examples": self.examples,
            "groups": self.groups,
            "parts": {
                part.name: {
                    "rows": part.rows,
                    "unit": part.unit,
                    "groups": part.groups,
                    "metrics": plain(part.metrics),
                    "baselines": {name: plain(metrics) for name, metrics in part.baselines.items()},
                }
                for part in self.parts
            },
        }

    def __str__(self) -> str:
        lines = [f"{one_line(self.model)}: {self.examples:,} examples in {self.groups:,} groups; 95 % intervals by group"]
        for part in self.parts:
            lines += ["", f"{part.name} ({part.rows:,} {part.unit})"]
            rows = [["", "model", *part.baselines]]
            for name, measure in part.metrics.items():
                rows.append([name.replace("_", " "), str(measure), *(_brief(metrics.get(name)) for metrics in part.baselines.values())])
            widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
            lines += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(lines)


def _brief(measure: Measure | None) -> str:
    return "-" if measure is None or measure.value is None else f"{measure.value:.3f}"


def evaluate(model: Model, examples: Iterable[Example], *, random_state: int = 0, resamples: int = RESAMPLES, progress: bool = False) -> Evaluation:
    """How well `model` does on `examples`, head by head, beside baselines.

    Each part uses the examples that carry its labels: ``sentences`` (label; a chance of at least 0.5 counts as loaded),
    ``terms`` and ``devices`` (spans), ``quotes``, ``voices`` (attributions).  A part that no example is labelled for is
    left out.  Intervals resample whole groups, seeded with `random_state`; an example without a group is one of its own.
    The baselines are the model's lexicon used alone and the examples' own commonest answer.
    Raises ``DataError`` for no examples, a broken one, or none with labels.
    """
    examples = [e.checked(f"example {e.id or i}") for i, e in enumerate(examples)]
    if not examples:
        raise DataError("no examples; evaluation needs at least one labelled text")
    reports: Iterable[Report] = model.score_many(e.text for e in examples)
    if progress:
        from tqdm import tqdm

        reports = tqdm(reports, total=len(examples), unit=" texts", desc="judging")
    judged = [of_report(r) for r in reports]
    words = Words()
    documents = [read(e.text, words=words) for e in examples]
    labels = [float(e.label) >= 0.5 for e in examples if e.label is not None]
    uses = [q.use for e in examples for q in e.quotes or ()]
    rate, use = (float(np.mean(labels)) if labels else 0.0), max(QUOTE_USE_NAMES, key=uses.count) if uses else None
    judges = {
        "model": judged,
        "lexicon alone": [of_lexicon(d, model.lexicon) for d in documents],
        "majority": [of_majority(d, rate, use) for d in documents],
    }
    groups = [str(e.group or e.id or f"#{i}") for i, e in enumerate(examples)]
    comparison = _Comparison(examples, documents, judges, groups, resamples, random_state)
    parts = [part for part in comparison.parts() if part is not None]
    if not parts:
        raise DataError("none of the examples has a label, spans, quotes or attributions; there is nothing to compare with")
    return Evaluation(model.name, len(examples), len(set(groups)), tuple(parts))


class _Comparison:
    """All judges on all parts."""

    def __init__(
        self,
        examples: Sequence[Example],
        documents: Sequence[Document],
        judges: Mapping[str, Sequence[Prediction]],
        groups: Sequence[str],
        resamples: int,
        random_state: int,
    ) -> None:
        self.examples, self.documents, self.judges, self.groups = examples, documents, judges, groups
        self.resamples, self.random_state = resamples, random_state

    def parts(self) -> list[Part | None]:
        examples, documents = self.examples, self.documents
        labelled = [i for i, e in enumerate(examples) if e.label is not None]
        spans = [i for i, e in enumerate(examples) if e.spans is not None]
        # a span without its device says that something is there, not what: such an example cannot judge devices
        devices = [i for i in spans if all(s.device for s in examples[i].spans or ())]
        if not any(examples[i].spans for i in devices):
            devices = []
        quotes = [i for i, e in enumerate(examples) if e.quotes]
        voices = [i for i, e in enumerate(examples) if e.attributions is not None]
        return [
            self._part("sentences", "texts", labelled, lambda i, p: sentence_counts(examples[i], p), sentence_figures, lambda i: 1),
            self._part("terms", "spans", spans, lambda i, p: term_counts(examples[i], p, documents[i]), term_figures, lambda i: len(examples[i].spans or ())),
            self._part("devices", "spans", devices, lambda i, p: device_counts(examples[i], p), device_figures, lambda i: len(examples[i].spans or ())),
            self._part("quotes", "pairs of marks", quotes, lambda i, p: quote_counts(examples[i], p), quote_figures, lambda i: len(examples[i].quotes or ())),
            self._part(
                "voices",
                "attributions",
                voices,
                lambda i, p: voice_counts(examples[i], p, documents[i]),
                voice_figures,
                lambda i: len(examples[i].attributions or ()),
            ),
        ]

    def _part(
        self,
        name: str,
        unit: str,
        rows: Sequence[int],
        count: Callable[[int, Prediction], np.ndarray],
        figures: Callable[[Counts], dict[str, np.ndarray]],
        size: Callable[[int], int],
    ) -> Part | None:
        if not rows:
            return None
        bootstrap = Bootstrap([self.groups[i] for i in rows], self.resamples, self.random_state)
        found: dict[str, dict[str, Measure]] = {}
        for judge, predictions in self.judges.items():
            measures = bootstrap.measures(np.array([count(i, predictions[i]) for i in rows]), figures)
            if name == "sentences":
                truth = np.array([float(self.examples[i].label or 0.0) >= 0.5 for i in rows])
                measures["auc"] = bootstrap.auc(np.array([predictions[i].chance for i in rows]), truth)
                if judge != "model":  # 0 or 1 throughout, or the base rate: no claim to be a chance
                    del measures["calibration_error"]
            found[judge] = measures
        metrics = found.pop("model")
        # the lexicon says nothing of voices; what stands in marks is the plain guess there
        baselines = {("marks alone" if name == "voices" and judge == "lexicon alone" else judge): measures for judge, measures in found.items()}
        return Part(name, sum(map(size, rows)), unit, bootstrap.count, metrics, baselines)


# ---------------------------------------------------------------- shared by the script and the command
def floors_of(settings: Iterable[str]) -> dict[str, float]:
    """``METRIC=VALUE`` settings as a dict.  Raises ``DataError`` for anything else."""
    floors: dict[str, float] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            floors[name.strip()] = float(value)
        except ValueError:
            raise DataError(f"--fail-under {setting}: wanted METRIC=VALUE, such as sentences.macro_f1=0.72") from None
        if name.rpartition(".")[2] in LOWER_IS_BETTER:
            raise DataError(f"--fail-under {setting}: {name} is better when lower, so that a floor makes no sense")
    return floors


def missed(evaluation: Evaluation, floors: Mapping[str, float]) -> list[str]:
    """A message for each figure that is below its floor or unknown; ``DataError`` for a name that is no figure."""
    out = []
    for name, floor in floors.items():
        try:
            value = evaluation.metric(name).value
        except KeyError as error:
            raise DataError(f"--fail-under: {error.args[0]}") from None
        if value is None or not value >= floor:
            out.append(f"{name} is {'unknown' if value is None else format(value, '.4f')}, wanted at least {floor:g}")
    return out


def evaluate_files(
    data: Sequence[str | Path], *, model: str | Path | None = None, format: str | None = None, random_state: int = 0, progress: bool = False
) -> Evaluation:
    """`evaluate` of a model file (the shipped one by default) on all examples in the files and folders `data`."""
    examples = [example for path in data for example in read_examples(path, format=format)]
    return evaluate(load(model), examples, random_state=random_state, progress=progress)


def main(arguments: Sequence[str] | None = None) -> int:
    """The script: like ``framing evaluate``, without needing click.  Gives the exit status."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m framing.evaluation", description="Evaluate a model on labelled data.")
    parser.add_argument("data", nargs="+", metavar="DATA", help="files or folders of labelled data")
    parser.add_argument("--model", metavar="PATH", help="a model file; the shipped one by default")
    parser.add_argument("--format", choices=tuple(READERS), help="the data's format; by default found from the names")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--fail-under", action="append", default=[], metavar="METRIC=VALUE", help="exit 1 when the figure is lower; may be repeated")
    options = parser.parse_args(arguments)
    try:
        floors = floors_of(options.fail_under)
        evaluation = evaluate_files(options.data, model=options.model, format=options.format, random_state=options.seed, progress=sys.stderr.isatty())
        below = missed(evaluation, floors)
    except (FramingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(evaluation.to_dict(), indent=2) if options.json else str(evaluation))
    for message in below:
        print(message, file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
