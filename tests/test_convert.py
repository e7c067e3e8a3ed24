"""``framing convert``: formats from one to the other, proposals, one-line errors."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from framing.cli import main
from framing.corpus import Example, LabeledSpan, jsonl, read_examples
from framing.document import read

TEXT = "The thugs met. She called it “a long mistake”.\n\nA shameful, brutal vote ended it."


@pytest.fixture(autouse=True)
def _tiny_model_is_shipped(tiny_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)


def run(*arguments: object, text: str | None = None) -> Result:
    result = CliRunner().invoke(main, ["convert", *map(str, arguments)], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def one_error(result: Result) -> str:
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stderr.splitlines() if not line.startswith("warning: ")]
    assert line.startswith("error: ")
    return line


@pytest.fixture
def data(examples: list[Example]) -> Path:
    jsonl.write(examples, Path("labels.jsonl"))
    return Path("labels.jsonl")


# ---------------------------------------------------------------- there and back
@pytest.mark.parametrize(("target", "out"), [("doccano", "a.jsonl"), ("label-studio", "a.json"), ("prodigy", "b.jsonl"), ("conll", "a.conll")])
def test_labels_go_to_a_tool_and_come_back(data: Path, examples: list[Example], target: str, out: str) -> None:
    there = run(data, "--to", target, "-o", out)
    assert (there.exit_code, there.stderr) == (0, f"{out}: 60 texts as {target}\n")
    back = run(out, "--to", "jsonl", "-o", "back.jsonl")
    assert (back.exit_code, back.stderr) == (0, "back.jsonl: 60 texts as jsonl\n")
    assert read_examples("back.jsonl") == examples


def test_labels_go_to_brat_and_come_back_without_their_groups(data: Path, examples: list[Example]) -> None:
    there = run(data, "--to", "brat", "-o", "brat")
    assert there.stderr.splitlines() == [
        "warning: brat: brat cannot hold: 60 × group of a text",
        "warning: brat: brat cannot hold: 60 × topic of a text",
        "brat: 60 texts as brat",
    ]
    assert run("brat", "-o", "back.jsonl").exit_code == 0
    found = {e.id: (e.text, e.label, e.spans, e.quotes) for e in read_examples("back.jsonl")}
    assert found == {e.id: (e.text, e.label, e.spans, e.quotes) for e in examples}


def test_the_suffix_tells_the_format_and_an_unknown_one_is_an_error(data: Path) -> None:
    assert run(data, "-o", "a.json").stderr == "a.json: 60 texts as label-studio\n"
    assert run(data, "-o", "a.conll").stderr == "a.conll: 60 texts as conll\n"
    assert "cannot tell the format of a.xml; pass --to" in one_error(run(data, "-o", "a.xml"))


def test_several_inputs_of_several_formats_are_joined(data: Path) -> None:
    run(data, "--to", "prodigy", "-o", "p.jsonl")
    assert run(data, "p.jsonl", "-o", "both.jsonl").stderr == "both.jsonl: 120 texts as jsonl\n"


def test_only_some_kinds_of_labels_are_written(data: Path) -> None:
    for out in ("some.jsonl", "some.json"):
        run(data, "--only", "spans", "-o", out)
        found = read_examples(out)
        assert {(e.label, e.quotes, e.attributions) for e in found if e.spans is not None} == {(None, None, None)}
        assert sum(len(e.spans or ()) for e in found) == 22


def test_labels_of_others_are_renamed_and_dropped() -> None:
    Path("a.jsonl").write_text('{"text": "A vile plan.", "label": [[2, 6, "X=Y"], [7, 11, "THING"]]}\n', encoding="utf-8")
    assert "unknown label 'X=Y'" in one_error(run("a.jsonl", "-o", "b.jsonl"))
    result = run("a.jsonl", "-o", "b.jsonl", "--rename", "X=Y=emotive", "--rename", "THING=")
    assert result.stderr == "warning: a.jsonl: 1 × label 'THING' dropped\nb.jsonl: 1 text as jsonl\n"
    assert read_examples("b.jsonl")[0].spans == [LabeledSpan(2, 6, "emotive")]


# ---------------------------------------------------------------- proposals
def test_texts_become_proposals_that_count_only_when_checked() -> None:
    Path("drafts").mkdir()
    Path("drafts/a.txt").write_text(TEXT, encoding="utf-8")
    result = run("drafts", "--predict", "--to", "label-studio", "-o", "tasks.json")
    assert result.stderr == "tasks.json: 1 text as label-studio, labelled by tiny 0.1.0\n"
    (task,) = json.loads(Path("tasks.json").read_text(encoding="utf-8"))
    labels = {(r["value"]["text"], *r["value"]["labels"]) for r in task["predictions"][0]["result"] if r["type"] == "labels"}
    assert {("thugs", "contentious_label"), ("a long mistake", "quote_quotation")} <= labels
    assert "nothing to write" in one_error(run("tasks.json", "-o", "mine.jsonl"))
    assert not Path("mine.jsonl").exists()
    assert run("tasks.json", "--unchecked", "-o", "mine.jsonl").exit_code == 0
    (found,) = read_examples("mine.jsonl")
    assert (found.text, found.id) == (TEXT, "drafts/a.txt")


def test_proposals_in_our_own_format_keep_their_chances() -> None:
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    run("a.txt", "--predict", "-o", "silver.jsonl")
    (found,) = read_examples("silver.jsonl")
    assert found.label is not None
    assert 0 < found.label < 1
    assert found.spans
    assert all(0 < s.chance < 1 for s in found.spans)


def test_a_row_for_each_sentence_has_its_text_as_group() -> None:
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    run("a.txt", "--sentences", "--to", "prodigy", "-o", "a.jsonl")
    rows = [json.loads(line) for line in Path("a.jsonl").read_text(encoding="utf-8").splitlines()]
    document = read(TEXT)
    assert [row["text"] for row in rows] == [TEXT[slice(*document.sentence_span(i))] for i in range(3)]
    assert {row["framing"]["group"] for row in rows} == {"a.txt"}
    assert not any("answer" in row for row in rows)


def test_labels_that_sentences_leave_behind_are_counted(data: Path) -> None:
    result = run(data, "--sentences", "--to", "prodigy", "-o", "a.jsonl")
    assert result.stderr.splitlines()[0] == "warning: the labels of 60 texts are not taken over; sentences are written without labels"


def test_page_furniture_makes_no_rows_and_is_counted() -> None:
    Path("a.txt").write_text("The council met on Friday.\n\nLeave a Reply\n\nYour email address will not be published.", encoding="utf-8")
    result = run("a.txt", "--sentences", "--to", "prodigy", "-o", "a.jsonl")
    assert result.stderr.splitlines()[0] == "warning: 2 sentences of page furniture left out"
    assert result.stderr.splitlines()[1] == "a.jsonl: 1 text as prodigy"


def test_labelled_data_are_labelled_anew_and_keep_id_and_group(data: Path, examples: list[Example]) -> None:
    result = run(data, "--predict", "-o", "silver.jsonl")
    assert result.stderr.splitlines()[0] == "warning: the labels of 60 texts are not taken over; the texts are labelled anew"
    found = read_examples("silver.jsonl")
    assert [(e.id, e.group, e.topic) for e in found] == [(e.id, e.group, e.topic) for e in examples]
    assert {e.label for e in found}.isdisjoint({0, 1})


@pytest.mark.parametrize("options", [(), ("--predict",), ("--sentences",)])
@pytest.mark.parametrize("target", ["jsonl", "doccano", "label-studio", "prodigy", "conll"])
def test_country_and_topic_come_back_from_every_format_that_can_hold_them(target: str, options: tuple[str, ...]) -> None:
    row = {"text": "The thugs met.", "label": 1, "topic": "water", "country": "Norway"}
    Path("a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    run("a.jsonl", *options, "--to", target, "-o", "there")
    run("there", "--from", target, "--unchecked", "--to", "jsonl", "-o", "back.jsonl") if target != "jsonl" else Path("there").rename("back.jsonl")
    found = json.loads(Path("back.jsonl").read_text(encoding="utf-8"))
    assert (found["text"], found["topic"], found["country"]) == ("The thugs met.", "water", "Norway")


def test_the_standard_input_is_a_text() -> None:
    assert run("-", "--predict", "-o", "a.json", text="The thugs met.").exit_code == 0
    (task,) = json.loads(Path("a.json").read_text(encoding="utf-8"))
    assert (task["data"]["text"], task["data"]["framing"]["id"]) == ("The thugs met.", "<stdin>")


# ---------------------------------------------------------------- errors
def test_what_cannot_be_read_leaves_the_output_alone() -> None:
    Path("bad.jsonl").write_text('{"text": "abc", "spans": [{"start": 0, "end": 9}]}\n', encoding="utf-8")
    Path("out.json").write_text("of the last run", encoding="utf-8")
    assert "bad.jsonl:1: span 0–9" in one_error(run("bad.jsonl", "-o", "out.json"))
    assert Path("out.json").read_text(encoding="utf-8") == "of the last run"
    assert sorted(p.name for p in Path().iterdir()) == ["bad.jsonl", "out.json"]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize(("target", "out"), [("jsonl", "a.jsonl"), ("doccano", "a.jsonl"), ("conll", "a.conll")])
def test_links_stay_links_and_pipes_are_written_to(data: Path, target: str, out: str) -> None:
    Path("far").mkdir()
    Path(out).symlink_to(Path("far") / out)
    assert run(data, "--to", target, "-o", out).exit_code == 0
    assert Path(out).is_symlink()
    assert len(read_examples(Path("far") / out)) == 60
    os.mkfifo("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()), daemon=True)
    reader.start()
    assert run(data, "--to", target, "-o", "pipe").exit_code == 0
    reader.join()
    assert got == [Path(out).read_bytes()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("labels.jsonl", "-o", "a.json", "--model", "x.joblib"), "--model without --predict"),
        (("labels.jsonl", "-o", "a.json", "--rename", "x"), "wanted OLD=NEW"),
        (("labels.jsonl", "-o", "a.json", "--rename", "x=sneer"), "'sneer' is none of our labels"),
        (("labels.jsonl", "-o", "a.json", "--rename", "x=doubt"), "files of annotation tools"),
        (("labels.jsonl", "-o", "a.json", "--unchecked"), "files of annotation tools"),
        (("gone.jsonl", "-o", "a.json"), "no such file"),
        (("gone.txt", "-o", "a.json"), "no such file"),
        (("labels.jsonl", "-o", "gone/a.json"), "no folder"),
        (("-", "--from", "conll", "-o", "a.json"), "standard input is read as text"),
        (("labels.jsonl", "-o", "a.json", "--predict", "--model", "gone.joblib"), "gone.joblib"),
    ],
)
def test_wrong_usage_is_one_line(data: Path, arguments: tuple[str, ...], message: str) -> None:
    assert message in one_error(run(*arguments))


def test_training_and_check_data_tell_what_a_reader_left_out(data: Path) -> None:
    rows = [{"text": "A vile plan.", "answer": a, "spans": [{"start": 2, "end": 6, "label": "emotive"}]} for a in ("accept", "reject")]
    Path("p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = CliRunner().invoke(main, ["check-data", "p.jsonl"])
    assert (result.exit_code, result.stderr) == (0, "warning: p.jsonl: 1 × row answered with reject left out\n")
    result = CliRunner().invoke(main, ["train", str(data), "p.jsonl", "-o", "m.joblib", "--base", "none"])
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[:2] == [
        "warning: p.jsonl: 1 × row answered with reject left out",
        "61 examples from 2 files; training",
    ]
