"""What the commands print for a person: names of files, models and rows come from strangers, and steer no terminal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from framing.cli import main
from framing.cli.console import complain, say
from framing.model import Model

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
EVIL = "\x1b]0;owned\x07\x1b[2J\n::error::owned\r\x9b31m\u202etxt.exe\ud800\x00\u2028"
NAME = EVIL.replace("\x00", "").replace("\ud800", "\udcff")  # as a file can be named


@dataclass
class Shown:
    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _desk(tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Shown:
    """What the command shows; nothing of it may steer a terminal, or be a line of the stranger's own."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for shown in (result.stdout, result.stderr):
        assert not UNSAFE.search(shown)
        assert not [line for line in shown.splitlines() if line.startswith(("::", "##["))]
    return Shown(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def hostile(tiny_model: Model) -> Path:
    """A sound model whose manifest says what a terminal would obey."""
    payload = tiny_model.to_payload()
    manifest = {**payload["manifest"], "name": EVIL, "version": EVIL, EVIL: EVIL, "libraries": {EVIL: EVIL}, "sources": [{EVIL: EVIL}]}
    Model.from_payload({**payload, "manifest": manifest}).save("hostile.joblib")
    return Path("hostile.joblib")


def test_a_strangers_model_prints_plain_lines(hostile: Path) -> None:
    shown = run("info", hostile)
    assert shown.status == 0
    assert "owned" in shown.out
    Path("a.txt").write_text("The thugs met.", encoding="utf-8")
    for form in ("text", "compact", "json", "jsonl", "csv", "sarif", "html"):
        assert run("score", "a.txt", "--model", hostile, "--format", form).status == 1


def test_a_model_is_evaluated_and_trained_on_under_a_plain_name(hostile: Path) -> None:
    rows = [{"text": f"The {word} met at pier {n}.", "label": int(word == "thugs"), "spans": []} for n in range(4) for word in ("thugs", "staff")]
    Path("a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run("evaluate", "a.jsonl", "--model", hostile).status == 0
    assert run("train", "a.jsonl", "--base", hostile, "-o", NAME.replace("/", "")).status == 0


@pytest.mark.parametrize("arguments", [("score",), ("check-data",), ("evaluate",), ("info",), ("convert", "--to", "jsonl", "-o", "x.jsonl"), ("compare", "b")])
def test_files_with_odd_names_that_cannot_be_used_are_one_plain_line(arguments: tuple[str, ...]) -> None:
    command, *rest = arguments
    shown = run(command, NAME + ".jsonl", *rest)
    assert shown.status in (1, 2)
    assert len((shown.out + shown.err).splitlines()) >= 1
    assert all(line.startswith("error: ") for line in shown.err.splitlines())


def test_odd_rows_are_told_of_on_plain_lines() -> None:
    row = {"text": f"The thugs met. {EVIL}", "label": 1, "spans": [{"start": 0, "end": 2}], "group": EVIL, "topic": EVIL, "id": EVIL}
    bad = {**row, "id": EVIL + "2", "spans": [{"start": 4, "end": 9, "device": EVIL}]}
    Path(NAME + ".jsonl").write_text("".join(json.dumps(r) + "\n" for r in (row, row, bad)), encoding="utf-8")
    shown = run("check-data", NAME + ".jsonl")
    assert shown.status == 1
    assert json.loads(run("check-data", NAME + ".jsonl", "--json").out)["problems"]


def test_odd_configuration_is_shown_on_plain_lines() -> None:
    value = json.dumps(EVIL.replace("\ud800", ""), ensure_ascii=True)
    Path("framing.toml").write_text(f"exclude = [{value}]\nformat = {value}\n", encoding="utf-8")
    assert run("config").status == 2
    Path("framing.toml").write_text(f"exclude = [{value}]\n", encoding="utf-8")
    assert run("config").status in (0, 2)
    Path(NAME + ".toml").write_text("quoted = 'skip'\n", encoding="utf-8")
    assert run("config", "--config", NAME + ".toml").status == 0


def test_messages_are_shown_in_the_streams_encoding(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    import io
    import sys

    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    monkeypatch.setattr(sys, "stdout", stream)
    say("naïve “reform”\n\x1b[2J")
    stream.flush()
    assert stream.buffer.getvalue() == b"na?ve ?reform?\n?[2J\n"  # type: ignore[attr-defined]


def test_a_complaint_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\nb\x1b[1m")
    assert capsys.readouterr().err == "error: a b�[1m\n"
