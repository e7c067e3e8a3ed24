"""The tutorial in docs/retraining.md does what it says: its files are written, its commands and its script are run, their output is compared."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from framing.cli import main
from framing.corpus import read_examples
from framing.corpus.tools.label_studio import SET_UP

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "retraining.md").read_text(encoding="utf-8")
COMPARE = doctest.OutputChecker()


def blocks() -> list[tuple[str, str, str]]:
    """(the line before it, language, content) of every fenced block."""
    found, before, language, content = [], "", "", []
    for line in PAGE.splitlines():
        if line.startswith("```"):
            if language:
                found.append((before, language, "\n".join(content) + "\n"))
                language, before = "", ""
            else:
                language, content = line[3:], []
        elif language:
            content.append(line)
        elif line.strip():
            before = line
    return found


def commands(block: str) -> list[tuple[list[str], str]]:
    """(arguments, expected output) of every ``$ framing …`` in a block."""
    parts = re.split(r"^\$ framing (.*)\n", block, flags=re.MULTILINE)
    assert not parts[0].strip(), "a block begins with a command"
    return [(shlex.split(line), output) for line, output in zip(parts[1::2], parts[2::2], strict=True)]


def test_every_block_of_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (ROOT / "models" / "framing.joblib").exists():
        pytest.skip("models/framing.joblib is not there: no shipped model to start from")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FRAMING_MODEL", raising=False)
    ran = 0
    for before, language, content in blocks():
        if language == "text":
            name = Path(re.findall(r"`([^`]+\.txt)`", before)[-1])
            name.parent.mkdir(exist_ok=True)
            name.write_text(content, encoding="utf-8")
        elif language == "python":
            subprocess.run([sys.executable, "-c", content], check=True)
        elif language == "xml":
            assert content.strip() == SET_UP
        else:
            assert language == "console", f"a block of {language} that this test does not know"
            for arguments, expected in commands(content):
                result = CliRunner().invoke(main, arguments)
                assert result.exit_code == (2 if "error:" in expected else 0), result.output
                assert COMPARE.check_output(expected, result.output, doctest.ELLIPSIS), f"{arguments}\n{result.output}"
                ran += 1
    assert ran == 6
    labels = read_examples("mine.jsonl")
    assert {e.group for e in labels} == {"drafts/ferry.txt", "drafts/quay.txt"}
    assert sum(e.label == 1 for e in labels) == 5
