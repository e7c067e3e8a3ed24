"""The command line: formats, exit statuses, one-line errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from framing.cli import main
from framing.corpus import Example, jsonl
from framing.report import Report
from framing.taxonomy import DEVICE_NAMES, QUOTE_USE_NAMES

ROOT = Path(__file__).resolve().parent.parent
LOADED = "The thugs met.\nA shameful, brutal vote ended it.\n"
CLEAN = "The clerk closed the window at noon.\n"


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)


def run(*arguments: object, text: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one_error(result: Result) -> str:
    """The error stream, which must be one line, with status 2."""
    assert result.exit_code == 2, result.output
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    return lines[0]


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    path = tmp_path / "loaded.txt"
    path.write_text(LOADED, encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, examples: list[Example]) -> Path:
    path = tmp_path / "labels.jsonl"
    jsonl.write(examples, path)
    return path


# ---------------------------------------------------------------- score: status and input
def test_flags_give_status_1_and_a_clean_text_0(loaded: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.txt"
    clean.write_text(CLEAN, encoding="utf-8")
    assert run("score", loaded).exit_code == 1
    assert run("score", clean).exit_code == 0
    assert run("score", clean, loaded).exit_code == 1
    assert run("score", loaded, "--exit-zero").exit_code == 0


def test_standard_input_is_read_with_and_without_a_dash() -> None:
    for arguments in (("score", "-"), ("score",)):
        result = run(*arguments, "--format", "compact", text=LOADED)
        assert result.exit_code == 1
        assert result.stdout.startswith("<stdin>:1:5: contentious_label: ")


def test_empty_input_is_clean() -> None:
    assert run("score", "-", text="").exit_code == 0


def test_folders_give_their_texts_sorted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b.txt", "c.html", "d.TXT"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(LOADED, encoding="utf-8")
    rows = [json.loads(line) for line in run("score", tmp_path, "--format", "jsonl").stdout.splitlines()]
    assert [Path(row["path"]).relative_to(tmp_path).as_posix() for row in rows] == ["a/b.txt", "a/z.md", "b.txt", "d.TXT"]


def test_offsets_are_those_of_the_file_whatever_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "dos.txt"
    path.write_bytes("\ufeffThe clerk.\r\nThe thugs met.\r\n".encode())
    result = run("score", path, "--format", "jsonl")
    report = Report.from_dict(json.loads(result.stdout))
    assert report.text == "The clerk.\r\nThe thugs met.\r\n"
    assert [report.text[f.start : f.end] for f in report.flags] == [f.text for f in report.flags] == ["thugs"]
    assert ":2:5: contentious_label:" in run("score", path, "--format", "compact").stdout


def test_a_file_that_is_not_utf8_is_named_with_the_byte_and_the_others_are_scored(tmp_path: Path, loaded: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"The caf\xe9 closed.")
    result = run("score", bad, loaded, "--format", "compact")
    assert "bad.txt: not UTF-8 at byte 7" in one_error(result)
    assert "loaded.txt:1:5:" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("score", "gone.txt"), "gone.txt: no such file"),
        (("score", "-", "--model", "gone.joblib"), "gone.joblib"),
        (("score", "-", "--format", "xml"), "'xml'"),
        (("score", "-", "--min-probability", "2"), "min-probability"),
        (("score", "-", "--jobs", "0"), "--jobs 0"),
        (("score", "-", "-o", "gone/out.txt"), "gone/out.txt"),
        (("scroe",), "scroe"),
        (("info", "gone.joblib"), "gone.joblib"),
        (("train", "gone.jsonl", "-o", "m.joblib"), "gone.jsonl"),
        (("train", "-o", "m.joblib"), "DATA"),
        (("evaluate", "gone.jsonl"), "gone.jsonl"),
        (("check-data", "gone.jsonl"), "gone.jsonl"),
    ],
)
def test_usage_and_input_errors_are_one_line_with_status_2(arguments: tuple[str, ...], part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert part in one_error(run(*arguments, text="The thugs met."))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert "*.txt" in one_error(run("score", tmp_path))


def test_a_wrong_model_leaves_the_last_output_alone(tmp_path: Path, loaded: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("last run", encoding="utf-8")
    one_error(run("score", loaded, "-o", out, "--model", loaded))
    assert out.read_text(encoding="utf-8") == "last run"


# ---------------------------------------------------------------- score: output
def test_compact_lines_can_be_parsed_by_editors(loaded: Path) -> None:
    lines = run("score", loaded, "--format", "compact").stdout.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [[f"{loaded}:1:5", "contentious_label"], [f"{loaded}:2:3", "emotive"], [f"{loaded}:2:13", "emotive"]]


def test_text_is_the_default_and_has_no_colours_when_piped(loaded: Path) -> None:
    shown = run("score", loaded).stdout
    assert "[[thugs]]" in shown
    assert "instead: men" in shown
    assert "\x1b" not in shown


def test_json_is_an_array_for_one_text_and_for_several(loaded: Path, tmp_path: Path) -> None:
    assert [row["path"] for row in json.loads(run("score", loaded, "--format", "json").stdout)] == [str(loaded)]
    assert len(json.loads(run("score", loaded, loaded, "--format", "json").stdout)) == 2
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    assert json.loads(run("score", tmp_path / "bad.txt", "--format", "json").stdout) == []


def test_html_goes_to_a_file_and_holds_every_text(loaded: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    result = run("score", loaded, loaded, "--format", "html", "-o", out)
    assert (result.exit_code, result.stdout) == (1, "")
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<article") == 2


def test_quoted_and_min_probability_choose_flags_and_status(tmp_path: Path) -> None:
    text = tmp_path / "quoted.txt"
    said = "The warden said “the thugs at the ferry office closed the quay” on Monday."
    text.write_text(f"{said} A shameful vote ended the lighthouse grant.\n", encoding="utf-8")

    def words(*options: str) -> list[str]:
        return [f["text"] for f in json.loads(run("score", text, "--format", "jsonl", *options).stdout)["flags"]]

    everything, own, others = words(), words("--quoted", "skip"), words("--quoted", "only")
    assert sorted(own + others) == sorted(everything)
    assert "shameful" in own
    assert "thugs" in others
    assert run("score", text, "--min-probability", "1").exit_code == 0
    assert len(words("--min-probability", "0.01")) > len(everything)


def test_characters_that_the_terminal_lacks_do_not_stop_the_run(loaded: Path) -> None:
    result = CliRunner(charset="ascii").invoke(main, ["score", str(loaded), "--format", "compact"])
    assert result.exit_code == 1


def test_workers_give_the_same_as_one_process(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text(f"Row {number}. {LOADED}", encoding="utf-8")
    assert run("score", tmp_path, "--jobs", 2, "--format", "jsonl").stdout == run("score", tmp_path, "--format", "jsonl").stdout


# ---------------------------------------------------------------- train
def test_train_writes_a_model_that_scores_and_names_its_sources_without_folders(data: Path, tmp_path: Path, loaded: Path) -> None:
    out = tmp_path / "mine.joblib"
    lexicon = tmp_path / "words"
    lexicon.mkdir()
    (lexicon / "a.tsv").write_text("term\tdevice\tpos\tstrength\tneutral\tnote\nthug\tcontentious_label\tn\t3\tman\t\n", encoding="utf-8")
    result = run("train", data, "-o", out, "--base", "none", "--lexicon", lexicon)
    assert result.exit_code == 0, result.output
    assert run("score", loaded, "--model", out).exit_code == 1
    shown = run("info", out).stdout
    assert "name labels.jsonl, format jsonl, rows 60" in shown
    assert "name a.tsv, kind lexicon" in shown
    assert str(tmp_path) not in shown.replace(str(out), "")


def test_train_takes_word_vectors_and_names_their_file(data: Path, tmp_path: Path) -> None:
    out, vectors = tmp_path / "mine.joblib", tmp_path / "v.npz"
    np.savez(vectors, forms="vile", table=np.array([[64, -64]], np.int8))
    assert run("train", data, "-o", out, "--base", "none", "--vectors", vectors).exit_code == 0
    assert "name v.npz, kind vectors" in run("info", out).stdout
    vectors.write_bytes(b"no archive")
    assert "v.npz: no word vectors" in one_error(run("train", data, "-o", out, "--base", "none", "--vectors", vectors))


def test_the_same_data_and_seed_give_the_same_bytes(data: Path, tmp_path: Path) -> None:
    for name in ("a.joblib", "b.joblib"):
        assert run("train", data, "-o", tmp_path / name, "--base", "none", "--seed", 3).exit_code == 0
    assert (tmp_path / "a.joblib").read_bytes() == (tmp_path / "b.joblib").read_bytes()


def test_weights_belong_to_one_of_the_data(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.joblib"
    assert run("train", data, "-o", out, "--base", "none", "--weight", data, 0.25).exit_code == 0
    assert "weight 0.25" in run("info", out).stdout
    assert "none of the DATA" in one_error(run("train", data, "-o", out, "--weight", "other.jsonl", 0.25))
    assert "at least 0" in one_error(run("train", data, "-o", out, "--weight", data, -1))


def test_heads_without_labels_are_taken_from_the_base(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    jsonl.write([Example("A vile vote.", label=1, group="a"), Example("A vote.", label=0, group="b")], few)
    assert run("train", few, "-o", tmp_path / "m.joblib").exit_code == 0
    assert "off" not in run("info", tmp_path / "m.joblib").stdout


def test_heads_that_stay_off_are_warned_of(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    jsonl.write([Example("A vile vote.", label=1, group="a"), Example("A vote.", label=0, group="b")], few)
    result = run("train", few, "-o", tmp_path / "m.joblib", "--base", "none")
    assert result.exit_code == 0
    assert "warning: no labels and no base for: terms, devices, quotes" in result.stderr


def test_a_broken_line_stops_training_with_file_and_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "a", "label": 1}\n{"text": "b", "spans": [{"start": 0, "end": 9}]}\n', encoding="utf-8")
    assert "bad.jsonl:2: span 0–9 lies outside" in one_error(run("train", bad, "-o", tmp_path / "m.joblib"))
    assert not (tmp_path / "m.joblib").exists()


def test_a_missing_output_folder_is_found_before_training(data: Path, tmp_path: Path) -> None:
    assert "no folder" in one_error(run("train", data, "-o", tmp_path / "gone" / "m.joblib"))


# ---------------------------------------------------------------- evaluate, check-data, info, devices
def test_evaluate_prints_a_table_or_json_and_floors_set_the_status(data: Path) -> None:
    assert "lexicon alone" in run("evaluate", data).stdout
    assert json.loads(run("evaluate", data, "--json").stdout)["examples"] == 60
    assert run("evaluate", data, "--fail-under", "sentences.macro_f1=0.01").exit_code == 0
    missed = run("evaluate", data, "--fail-under", "sentences.macro_f1=1.5")
    assert missed.exit_code == 1
    assert "sentences.macro_f1 is " in missed.stderr
    assert "METRIC=VALUE" in one_error(run("evaluate", data, "--fail-under", "sentences.macro_f1"))


def test_check_data_sets_the_status_by_errors_and_strictly_by_warnings(data: Path, tmp_path: Path) -> None:
    assert run("check-data", data).exit_code == 0
    lonely = tmp_path / "lonely.jsonl"
    jsonl.write([Example("A vile vote.", label=1, group="a")], lonely)
    assert run("check-data", lonely).exit_code == 0
    assert run("check-data", lonely, "--strict").exit_code == 1
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{\n{"text": "b", "label": 3}\n', encoding="utf-8")
    result = run("check-data", bad)
    assert result.exit_code == 1
    assert "bad.jsonl:1: error: broken JSON" in result.stdout
    assert "bad.jsonl:2: error: label 3" in result.stdout
    assert len(json.loads(run("check-data", bad, "--json").stdout)["problems"]) == 2


def test_info_shows_heads_thresholds_lexicon_and_file(tiny_file: str) -> None:
    shown = run("info").stdout
    for part in ("tiny", tiny_file, "head terms", "head devices", "head quotes", "head sentences", "threshold terms", "6 terms", "scikit-learn"):
        assert part in shown


def test_devices_lists_all_nine_and_the_four_uses() -> None:
    shown = run("devices").stdout
    for name in (*DEVICE_NAMES, *QUOTE_USE_NAMES):
        assert any(line.startswith(name + " ") for line in shown.splitlines()), name


@pytest.mark.parametrize("command", ["score", "train", "evaluate", "check-data", "info", "devices"])
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from framing.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'nltk', 'sklearn', 'joblib', 'tqdm') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.splitlines()[-1] == "[]"


def test_the_package_can_be_run_as_a_module() -> None:
    result = subprocess.run([sys.executable, "-m", "framing", "--version"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "framing" in result.stdout
