"""An evaluation as pictures; the only door to matplotlib.

Figures come in and bytes of SVG and PNG go out, the same bytes for the same figures; nothing is measured and no file is
opened.  Lines differ in marker and stroke as well as in colour (Okabe and Ito's, which the colour-blind can tell apart), so
that the pictures can be read in black and white.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from framing.errors import ConfigError
from framing.rendering import spoken
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES

if TYPE_CHECKING:
    from framing.curves import Bin, Curve, Curves, Step
    from framing.evaluation import Evaluation

FORMATS = ("svg", "png")
LOOKS = (  # colour, marker, stroke
    ("#0072b2", "o", "-"),
    ("#d55e00", "s", "--"),
    ("#009e73", "^", "-."),
    ("#444444", "D", ":"),
)
GREY = "#767676"
UNIT = (-0.03, 1.03)  # an axis of chances, with room for the marks at its ends
SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that the pictures are the same everywhere
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "svg.hashsalt": "framing",
    "savefig.dpi": 150,
}


def check() -> None:
    """Raise ``ConfigError`` when there is no matplotlib, before any work is done in vain."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ConfigError("plots need matplotlib; pip install 'framing[plots]'") from error


def draw(evaluation: Evaluation, curves: Curves, steps: Sequence[Step] = ()) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of each picture that there are figures for, as SVG and as PNG.

    ``reliability``, ``precision-recall``, ``devices`` (F1), ``quotes`` (confusion of uses) and ``learning-curve``.
    """
    check()
    import matplotlib

    pictures: list[tuple[str, Callable[[], Any]]] = []
    if curves.reliability:
        pictures.append(("reliability", lambda: _reliability(curves.reliability)))
    if curves.precision_recall:
        pictures.append(("precision-recall", lambda: _precision_recall(curves.precision_recall)))
    if any(part.name == "devices" for part in evaluation.parts):
        pictures.append(("devices", lambda: _devices(evaluation)))
    if curves.confusion:
        pictures.append(("quotes", lambda: _confusion(curves.confusion)))
    if any(step.metrics for step in steps):
        pictures.append(("learning-curve", lambda: _learning(steps)))
    settings: Any = {**matplotlib.rcParamsDefault, **SETTINGS}  # whatever the user's matplotlibrc says
    settings.pop("backend", None)
    for name, paint in pictures:
        with matplotlib.rc_context(settings):
            figure = paint()
            for form in FORMATS:
                out = io.BytesIO()
                figure.savefig(out, format=form, metadata={"Date": None} if form == "svg" else {"Software": None})
                yield f"{name}.{form}", out.getvalue()


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _reliability(bins: Sequence[Bin]) -> Any:
    """Above, the share that is loaded by the chance given; below, how many texts there are of each."""
    figure = _figure(5.0, 6.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    colour, marker, _ = LOOKS[0]
    above.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="as it should be")
    shares = [b.loaded.value or 0.0 for b in bins]
    ends = [(b.loaded.low or 0.0, b.loaded.high or 0.0) for b in bins]
    spread = [[max(s - low, 0.0) for s, (low, _) in zip(shares, ends)], [max(high - s, 0.0) for s, (_, high) in zip(shares, ends)]]  # rounding
    bars = above.errorbar([b.chance for b in bins], shares, yerr=spread, color=colour, marker=marker, capsize=3, linewidth=1.5, label="texts, 95 % interval")
    bars.lines[0].set_linewidth(1.5)
    above.set(ylabel="share that is loaded", xlim=UNIT, ylim=UNIT, title="Are the sentence scores chances?")
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper right", ncols=2)  # inside it would hide a curve that is far off
    below.bar([(b.low + b.high) / 2 for b in bins], [b.rows for b in bins], width=0.085, color=colour)
    below.set(xlabel="chance given by the model", ylabel="texts")
    below.grid(visible=False, axis="x")
    return figure


def _precision_recall(curves: Sequence[Curve]) -> Any:
    """A line for each head, with a large mark where the model cuts."""
    figure = _figure(6.2, 5.8)
    axes = figure.subplots()
    for curve, (colour, marker, stroke) in zip(curves, LOOKS, strict=False):
        at = curve.chosen
        mark = {"color": colour, "marker": marker, "markersize": 10, "markeredgecolor": "black", "linestyle": "none", "zorder": 3}
        if curve.points:
            axes.plot([p.recall for p in curve.points], [p.precision for p in curve.points], color=colour, linestyle=stroke, linewidth=1.8)
        label = f"{curve.head}, cut at {at.threshold:.2f}" if curve.points else f"{curve.head} (no threshold)"
        axes.plot([at.recall], [at.precision], label=label, **mark)
    axes.set(xlabel="recall", ylabel="precision", xlim=UNIT, ylim=UNIT, title="Precision and recall of each head")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, title="mark: where the model cuts")
    return figure


def _devices(evaluation: Evaluation) -> Any:
    """F1 of each device with its interval, exact and overlapping."""
    names = [d for d in DEVICE_NAMES if f"devices.{d}.exact_f1" in evaluation.names()]
    figure = _figure(6.8, 0.9 + 0.5 * len(names) + 1.0)
    axes = figure.subplots()
    names.sort(key=lambda d: (evaluation.metric(f"devices.{d}.overlap_f1").value or 0.0, d))
    for (kind, label), (colour, marker, _), shift in zip((("overlap", "overlapping span"), ("exact", "exact span")), LOOKS, (0.13, -0.13), strict=False):
        for row, device in enumerate(names):
            measure = evaluation.metric(f"devices.{device}.{kind}_f1")
            if measure.low is not None and measure.high is not None:
                axes.plot([measure.low, measure.high], [row + shift] * 2, color=colour, linewidth=1.8, marker="|", markersize=8)  # ends that a dash would blur
            axes.plot([measure.value], [row + shift], color=colour, marker=marker, markersize=6, linestyle="none", label=None if row else label)
    axes.set(xlabel="F1, with 95 % interval", xlim=UNIT, title="F1 of each device")
    axes.set_yticks(range(len(names)), [spoken(d) for d in names])
    axes.set_ylim(-0.6, len(names) - 0.4)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    axes.grid(visible=False, axis="y")
    return figure


def _confusion(table: Sequence[Sequence[int]]) -> Any:
    """True uses of quotation marks in rows, uses found in columns; shade and first number: share of the row."""
    missed = any(row[-1] for row in table)
    columns = [*QUOTE_USE_NAMES, *(["not found"] if missed else [])]
    rows = [(name, row[: len(columns)]) for name, row in zip(QUOTE_USE_NAMES, table) if sum(row)]
    shares = [[n / sum(row) for n in row] for _, row in rows]
    figure = _figure(1.9 + 1.05 * len(columns), 1.6 + 0.8 * len(rows))
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, (_, row) in enumerate(rows):
        for x, number in enumerate(row):
            axes.text(
                x, y, f"{_percent(shares[y][x])}\n({number:,})", ha="center", va="center", color="white" if shares[y][x] > 0.55 else "black", fontsize=9
            )
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), [f"{name}\n({sum(row):,})" for name, row in rows])
    axes.set(xlabel="use found", ylabel="true use", title="What quotation marks are taken for")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def _percent(share: float) -> str:
    """The share in whole percent; only nothing is 0 % and only all is 100 %.

    >>> _percent(0.0), _percent(0.001), _percent(0.5), _percent(0.998)
    ('0 %', '< 1 %', '50 %', '> 99 %')
    """
    whole = round(100 * share)
    return "< 1 %" if whole == 0 < share else "> 99 %" if whole == 100 and share < 1 else f"{whole} %"


def _learning(steps: Sequence[Step]) -> Any:
    """A panel for each figure; a line for each beginning."""
    names = list(dict.fromkeys(name for step in steps for name in step.metrics))
    bases = list(dict.fromkeys(step.base for step in steps))
    columns = min(2, len(names))
    figure = _figure(4.4 * columns + 0.4, 3.2 * ((len(names) + 1) // columns if columns > 1 else 1) + 0.7)
    panels = figure.subplots(-(-len(names) // columns), columns, squeeze=False).ravel()
    for panel, name in zip(panels, names, strict=False):
        for base, look in zip(bases, LOOKS, strict=False):
            _line(panel, [(step.examples, step.metrics) for step in steps if step.base == base and name in step.metrics], name, base, look)
        panel.set(title=name.replace(".", ": ").replace("_", " ").replace("f1", "F1"), xlabel="labelled examples", ylim=UNIT)
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    figure.suptitle("What labels bring, on held-out groups, with 95 % intervals", fontsize=11)
    return figure


def _line(panel: Any, steps: Sequence[tuple[int, Mapping[str, Any]]], name: str, base: str, look: tuple[str, str, str]) -> None:
    colour, marker, stroke = look
    number, measures = [n for n, _ in steps], [metrics[name] for _, metrics in steps]
    panel.plot(number, [m.value for m in measures], color=colour, marker=marker, linestyle=stroke, markersize=5, label=f"beginning from {base}")
    if all(m.low is not None for m in measures):
        panel.fill_between(number, [m.low for m in measures], [m.high for m in measures], color=colour, alpha=0.13, linewidth=0)
