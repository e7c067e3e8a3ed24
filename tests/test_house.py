"""The configuration, the comments and the inputs of ``framing score``, as a user meets them."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from framing.cli import main
from framing.config import KEYS
from framing.sources import READ_AS

LOADED = "The thugs met.\nA shameful, brutal vote ended it.\n"


@pytest.fixture(autouse=True)
def _desk(tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(*arguments: object, text: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def flagged(*arguments: object, text: str | bytes | None = None) -> list[str]:
    rows = run("score", *arguments, "--format", "jsonl", text=text).stdout.splitlines()
    return [flag["text"] for row in rows for flag in json.loads(row)["flags"]]


# ---------------------------------------------------------------- configuration
def test_the_file_above_is_in_force_and_no_config_puts_it_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    write("framing.toml", "[devices]\nemotive = false\n")
    write("desk/a.txt", LOADED)
    monkeypatch.chdir("desk")
    assert flagged("a.txt") == ["thugs"]
    assert flagged("a.txt", "--no-config") == ["thugs", "shameful", "brutal"]


def test_a_named_file_is_taken_instead_of_the_nearest() -> None:
    write("framing.toml", "[devices]\nemotive = false\n")
    write("other.toml", "[devices]\ncontentious_label = false\n")
    write("a.txt", LOADED)
    assert flagged("a.txt", "--config", "other.toml") == ["shameful", "brutal"]
    assert "pass one of them" in run("score", "a.txt", "--config", "other.toml", "--no-config").stderr
    assert run("score", "a.txt", "--config", "gone.toml").exit_code == 2


def test_options_win_over_the_file() -> None:
    write("framing.toml", "format = 'compact'\nquoted = 'only'\nmin-probability = 1\n[devices]\nemotive = 1\n")
    write("a.txt", LOADED)
    assert run("score", "a.txt").stdout == ""
    assert run("score", "a.txt", "--quoted", "include", "--min-probability", "0.5").stdout.startswith("a.txt:1:5: contentious_label: ")
    assert flagged("a.txt", "--quoted", "skip", "--min-probability", "0.5") == ["thugs", "shameful", "brutal"]


def test_the_model_of_the_file_is_relative_to_it_and_the_environment_wins(tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write("framing.toml", f"model = {os.path.relpath(tiny_file)!r}\n")
    write("desk/a.txt", LOADED)
    monkeypatch.chdir("desk")
    monkeypatch.setenv("FRAMING_MODEL", "gone.joblib")
    assert "gone.joblib" in run("score", "a.txt").stderr
    monkeypatch.delenv("FRAMING_MODEL")
    row = json.loads(run("score", "a.txt", "--format", "jsonl").stdout)
    assert row["model"].startswith("tiny")


@pytest.mark.parametrize(("text", "part"), [("quotd = 'skip'", "framing.toml:1: unknown key 'quotd'"), ("\nformat = 'xml'", "framing.toml:2: format = 'xml'")])
def test_a_wrong_file_is_one_line_with_status_2(text: str, part: str) -> None:
    write("framing.toml", text)
    write("a.txt", LOADED)
    for command in (("score", "a.txt"), ("config",)):
        result = run(*command)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
        assert part in result.stderr


def test_a_lower_threshold_of_one_device_leaves_the_others_as_they_are() -> None:
    write("a.txt", LOADED + "Critics say the well is too shallow, and the harbour board picked the pilot.\n")
    usual = flagged("a.txt")
    write("framing.toml", "[devices]\nmetaphor = 0.0\n")
    rows = json.loads(run("score", "a.txt", "--format", "jsonl").stdout)["flags"]
    assert [f["text"] for f in rows if f["device"] != "metaphor"] == usual
    assert all(a["end"] <= b["start"] for a, b in pairwise(rows))


def test_allowed_terms_are_counted_in_a_note() -> None:
    write("framing.toml", "allow = ['thug']\n")
    write("a.txt", LOADED)
    result = run("score", "a.txt", "--format", "compact")
    assert "thugs" not in result.stdout
    assert "note: 1 flag left out as allowed terms" in result.stderr


def test_own_terms_set_the_status() -> None:
    write("framing.toml", "[[terms]]\nterm = 'window'\ndevice = 'euphemism'\nreason = 'ours'\n")
    result = run("score", "-", "--format", "compact", text="The clerk closed the windows at noon.\n")
    assert result.stdout == "<stdin>:1:22: euphemism: “windows” is your own term (framing.toml:1): ours. [0.90, author]\n"
    assert result.exit_code == 1


def test_excluded_files_are_left_out_and_named_ones_with_a_note() -> None:
    write("framing.toml", "exclude = ['archive']\n")
    for name in ("a.txt", "archive/b.txt", "archive/c.txt"):
        write(name, LOADED)
    result = run("score", ".", "archive/c.txt", "--format", "compact")
    assert {line.split(":")[0] for line in result.stdout.splitlines()} == {"a.txt"}
    assert [line for line in result.stderr.splitlines() if line.startswith("note: ")] == [
        f"note: archive/c.txt: left out, it is excluded at {Path.cwd() / 'framing.toml'}:1"
    ]


def test_workers_apply_the_rules_too() -> None:
    write("framing.toml", "allow = ['thug']\n[devices]\nmetaphor = 0.0\n")
    for number in range(5):
        write(f"d/{number}.txt", f"Row {number}. {LOADED}")
    assert run("score", "d", "--jobs", 2, "--format", "jsonl").stdout == run("score", "d", "--format", "jsonl").stdout


# ---------------------------------------------------------------- framing config
def test_config_shows_every_key_with_its_value_and_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRAMING_MODEL")
    write(
        "framing.toml",
        "quoted = 'skip'\nallow = ['so-called']\n[devices]\ndoubt = false\nweasel = 0.3\n[[terms]]\nterm = 'axe'\ndevice = 'metaphor'\ninstead = ['cut']\n",
    )
    shown = run("config").stdout
    assert shown.startswith(f"file: {Path.cwd() / 'framing.toml'}\n")
    rows = {line.split()[0]: line.split() for line in shown.splitlines()[2:]}
    assert {key.partition(".")[0] for key in rows} == set(KEYS)
    assert rows["quoted"][1:] == ["skip", "framing.toml:1"]
    assert rows["devices.doubt"][1:] == ["off", "framing.toml:4"]
    assert rows["devices.weasel"][1:] == ["from", "0.3", "framing.toml:5"]
    assert rows["devices.emotive"][1:] == ["on", "default"]
    assert rows["allow"][1:] == ["so-called", "framing.toml:2"]
    assert rows["terms"][1:] == ["axe", "(metaphor,", "0.9,", "forms:", "any,", "instead:", "cut)", "framing.toml:6"]
    assert rows["model"][1:] == ["the", "shipped", "one", "default"]


def test_config_without_a_file_shows_defaults_and_the_environments_model(tiny_file: str) -> None:
    shown = run("config").stdout
    assert shown.startswith("file: none (no framing.toml")
    assert f"{tiny_file}  the environment's FRAMING_MODEL" in shown
    write("framing.toml", "quoted = 'skip'\n")
    assert run("config", "--no-config").stdout.startswith("file: none\n")


# ---------------------------------------------------------------- comments
def test_comments_in_a_text_drop_flags_with_a_note() -> None:
    write("a.txt", "framing: off\nThe thugs met.\nframing: on\n\nA shameful vote.\n")
    result = run("score", "a.txt", "--format", "compact")
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == ["a.txt:5:3"]
    assert result.stderr == "note: 1 flag left out by comments in the text\n"


def test_a_wrong_comment_is_an_error_with_the_line_and_the_others_are_scored() -> None:
    write("a.txt", "x\n<!-- framing: ignore-next loaded_verbs -->\n")
    write("b.txt", LOADED)
    result = run("score", "a.txt", "b.txt", "--format", "compact")
    assert result.exit_code == 2
    assert "error: a.txt:2: framing comment names an unknown device 'loaded_verbs'; did you mean 'loaded_verb'?" in result.stderr
    assert "b.txt:1:5" in result.stdout


def test_an_unclosed_off_is_a_warning() -> None:
    result = run("score", "-", text="framing: off\nThe thugs met.\n")
    assert result.exit_code == 0
    assert "warning: <stdin>:1: framing: off is never turned on again" in result.stderr


# ---------------------------------------------------------------- what is read
def test_markdown_is_scored_without_code_and_placed_in_the_file() -> None:
    pytest.importorskip("markdown_it")
    write("a.md", "# Minutes\n\n```\nthe thugs\n```\n\nThe *thugs* met at `brutal`.\n")
    assert [line.split(": ")[0] for line in run("score", "a.md", "--format", "compact").stdout.splitlines()] == ["a.md:7:6"]
    assert flagged("-", "--read-as", "markdown", text="`thugs` and thugs") == ["thugs"]


def test_a_page_is_scored_with_a_note_on_places() -> None:
    pytest.importorskip("trafilatura")
    closed = "<p>The clerk closed the window at {}, and the board of the harbour met in the hall to hear the report on the ferry for the year.</p>"
    body = closed.format("noon") + closed.format("one") + closed.format("two")
    write("p/a.html", f"<html><body><article><h1>Report</h1>{body}<p>The thugs at the ferry office closed the quay.</p></article></body></html>")
    result = run("score", "p", "--glob", "*.html", "--format", "compact")
    assert result.stdout.startswith("p/a.html:9:5: contentious_label: ")
    assert "note: lines and columns of HTML pages count in the text that was extracted" in result.stderr


@pytest.mark.parametrize(("name", "missing", "extra"), [("a.md", "markdown_it", "framing[markdown]"), ("a.html", "trafilatura", "framing[html-input]")])
def test_a_missing_extra_is_named_and_other_files_are_scored(name: str, missing: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, missing, None)
    write(name, LOADED)
    write("b.txt", LOADED)
    result = run("score", name, "b.txt", "--format", "compact")
    assert result.exit_code == 2
    assert f"error: {name}: " in result.stderr
    assert f"pip install '{extra}'" in result.stderr
    assert "b.txt:1:5" in result.stdout


def test_an_encoding_is_named_not_guessed() -> None:
    write("a.txt", "The café's thugs met.".encode("cp1252"))
    result = run("score", "a.txt")
    assert result.exit_code == 2
    assert "a.txt: not UTF-8 at byte 7; pass --encoding" in result.stderr
    assert flagged("a.txt", "--encoding", "cp1252") == ["thugs"]
    write("b.txt", "The thugs met.".encode("utf-16"))
    assert flagged("b.txt") == ["thugs"]


def test_an_unknown_encoding_stops_before_the_last_output_is_touched() -> None:
    write("a.txt", LOADED)
    write("out.txt", "last run")
    result = run("score", "a.txt", "--encoding", "klingon", "-o", "out.txt")
    assert (result.exit_code, Path("out.txt").read_text()) == (2, "last run")
    assert "'klingon'" in result.stderr


def test_another_language_is_warned_of_and_still_scored() -> None:
    write("a.txt", "Der Rat der Stadt hat am Montag beschlossen, dass die Brücke nicht verkauft wird und auch im Winter offen bleibt.")
    result = run("score", "a.txt")
    assert result.exit_code == 0
    assert "warning: a.txt: reads like German; framing knows English only" in result.stderr
    assert "a.txt: score" in result.stdout


def test_globs_find_files_in_folders_and_by_themselves() -> None:
    for name in ("d/a.txt", "d/b.md", "d/x/c.markdown", "d/x/d.log", "d/x.log/e.bin"):
        write(name, "The thugs met.")

    def found(*arguments: str) -> list[str]:
        return [json.loads(row)["path"].replace(os.sep, "/") for row in run("score", *arguments, "--format", "jsonl").stdout.splitlines()]

    assert found("d") == ["d/a.txt", "d/b.md"]
    assert found("d", "--glob", "*.log", "--glob", "x/*.markdown") == ["d/x/c.markdown", "d/x/d.log"]
    assert found("d/**/*.log") == ["d/x/d.log"]
    assert "d/*.gone: no file matches" in run("score", "d/*.gone").stderr
    assert "no *.gone files in this folder" in run("score", "d", "--glob", "*.gone").stderr


def test_the_help_names_the_kinds_that_are_read() -> None:
    shown = run("score", "--help").stdout
    assert f"[{'|'.join(READ_AS)}]" in shown
