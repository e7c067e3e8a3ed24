"""Pictures of an evaluation: all of them, the same twice, and a clear word when matplotlib is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from framing import plots
from framing.cli import main
from framing.corpus import Example, jsonl
from framing.curves import Bin, Curve, Curves, Point, Step
from framing.errors import ConfigError
from framing.evaluation import Evaluation, Part
from framing.resampling import Measure

MEASURE = Measure(0.5, 0.4, 0.6)
CURVES = Curves(
    reliability=(Bin(0.0, 0.1, 4, 0.05, Measure(0.0, 0.0, 0.5)), Bin(0.9, 1.0, 3, 0.95, Measure(1.0, 0.4, 1.0))),
    precision_recall=(
        Curve("sentences", (Point(0.9, 0.2, 1.0), Point(0.1, 1.0, 0.5)), Point(0.5, 0.6, 0.8)),
        Curve("voices", (), Point(float("nan"), 0.5, 0.5)),
    ),
    confusion=((4, 1, 0, 0, 0), (0, 5, 0, 0, 1), (0, 0, 3, 0, 0), (0, 0, 0, 0, 0)),
)
EVALUATION = Evaluation("m", 3, 3, (Part("devices", 3, "spans", 3, {"doubt.exact_f1": MEASURE, "doubt.overlap_f1": Measure(0.7)}),))
STEPS = [
    Step(base, n, {"sentences.macro_f1": MEASURE, "quotes.macro_f1": MEASURE, "terms.overlap_f1": Measure(0.4)}) for base in ("m", "nothing") for n in (10, 20)
]
NAMES = ("reliability", "precision-recall", "devices", "quotes", "learning-curve")


def test_every_picture_is_drawn_as_svg_and_png() -> None:
    pytest.importorskip("matplotlib")
    drawn = dict(plots.draw(EVALUATION, CURVES, STEPS))
    assert list(drawn) == [f"{name}.{form}" for name in NAMES for form in ("svg", "png")]
    for name, data in drawn.items():
        if name.endswith(".svg"):
            assert ElementTree.fromstring(data).tag.endswith("svg")
        else:
            assert data.startswith(b"\x89PNG")


def test_marks_at_the_ends_of_an_axis_are_whole_and_no_legend_hides_a_point() -> None:
    pytest.importorskip("matplotlib")
    figures = [plots._reliability(CURVES.reliability), plots._precision_recall(CURVES.precision_recall), plots._devices(EVALUATION), plots._learning(STEPS)]
    for figure in figures:
        assert len(figure.legends) == 1
        assert not any(axes.get_legend() for axes in figure.axes)
    reliability, curve, devices, learning = (figure.axes[0] for figure in figures)
    limits = [reliability.get_xlim(), reliability.get_ylim(), curve.get_xlim(), curve.get_ylim(), devices.get_xlim(), learning.get_ylim()]
    assert all(low < 0 and high > 1 for low, high in limits)
    assert learning.get_xlim()[0] < min(step.examples for step in STEPS)


def test_the_same_figures_give_the_same_bytes() -> None:
    pytest.importorskip("matplotlib")
    assert dict(plots.draw(EVALUATION, CURVES, STEPS)) == dict(plots.draw(EVALUATION, CURVES, STEPS))


def test_pictures_without_figures_are_left_out() -> None:
    pytest.importorskip("matplotlib")
    nothing = Evaluation("m", 1, 1, ())
    assert list(plots.draw(nothing, Curves((), (), ()))) == []
    assert [name for name, _ in plots.draw(nothing, Curves(CURVES.reliability, (), ()), [Step("m", 3, {})])] == ["reliability.svg", "reliability.png"]


def test_missing_matplotlib_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ConfigError, match=r"framing\[plots\]"):
        plots.check()
    result = CliRunner().invoke(main, ["evaluate", "gone.jsonl", "--plots", str(tmp_path / "new")])
    assert result.exit_code == 2
    assert "framing[plots]" in result.stderr
    assert not (tmp_path / "new").exists()


def test_command_writes_the_pictures_beside_the_table(tiny_file: str, examples: list[Example], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    data, folder = tmp_path / "data.jsonl", tmp_path / "deep" / "plots"
    jsonl.write(examples, data)
    result = CliRunner().invoke(main, ["evaluate", str(data), "--model", tiny_file, "--plots", str(folder)])
    assert result.exit_code == 0, result.output
    assert "sentences (60 texts)" in result.stdout
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{name}.{form}" for name in NAMES[:4] for form in ("svg", "png"))
    assert str(folder / "quotes.svg") in result.stderr


def test_a_learning_curve_needs_a_folder_for_its_picture(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["evaluate", "gone.jsonl", "--learning-curve"])
    assert result.exit_code == 2
    assert "--plots" in result.stderr
