"""docs/formats.md: every format has its row, the table agrees with what the code can hold, the example prints what stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from framing.cli import main
from framing.cli.convert import BY_SUFFIX, KINDS, TARGETS
from framing.corpus import READERS, Example, LabeledAttribution, jsonl
from framing.corpus.detection import SUFFIXES
from framing.corpus.tools import TOOLS, records

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = {m[1]: [cell.strip() for cell in m[2].split("|")] for m in re.finditer(r"^\| `([a-z0-9-]+)`(?: \(ours\))? \|(.*)\|$", PAGE, re.MULTILINE)}


def test_every_format_has_its_row_and_no_row_is_of_none() -> None:
    assert set(ROWS) == set(READERS)


@pytest.mark.parametrize("name", list(TOOLS))
def test_the_table_says_what_a_format_can_hold(name: str) -> None:
    tool, cells = TOOLS[name], ROWS[name]
    assert (cells[7] == "yes") == tool.links
    assert (cells[9] == "yes") == tool.meta
    assert (cells[4] == "yes") == tool.overlaps
    assert cells[0].startswith("folder") == tool.folder


def test_every_label_is_named() -> None:
    assert set(records.LABELS) <= set(re.findall(r"`([a-z_]+)`", PAGE))


def test_the_command_knows_the_formats_that_can_be_written() -> None:
    assert ("jsonl", *TOOLS) == TARGETS
    assert set(BY_SUFFIX.values()) <= set(TARGETS)
    assert KINDS == records.KINDS
    assert set(SUFFIXES) == set(READERS)


def test_the_example_prints_what_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = LabeledAttribution(9, 18, "reported", (0, 3))
    jsonl.write([Example("Ada said it rained.", attributions=[said]), Example("It rained.", attributions=[])], Path("mine.jsonl"))
    (block,) = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    command, output = block.split("\n", 1)
    result = CliRunner().invoke(main, command.removeprefix("$ framing ").split())
    assert (result.exit_code, result.output) == (0, output)
