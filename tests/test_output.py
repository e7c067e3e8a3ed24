"""Reports for machines: SARIF, workflow commands, CSV, JSON against its published schema; and hostile text in every form."""

from __future__ import annotations

import csv as stdlib_csv
import io
import json as stdlib_json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from click.testing import CliRunner

from framing.cli import main
from framing.model import Model
from framing.rendering import Lines, compact, csv, github, html, json, sarif, terminal
from framing.report import Flag, Report, Sentence
from framing.taxonomy import DEVICE_NAMES, DEVICES

ROOT = Path(__file__).resolve().parent.parent
TEXT = "Intro 😀 line.\r\nThe thugs met, a warden said,\nand it was “shameful”.\rThe thugs met again."
ARTICLE = (
    "Council closes the quay\n\nThe thugs at the ferry office closed the quay 😀. Their “evidence” fits on a napkin.\r\n\r\n"
    "The warden said “the thugs stay shut” on Monday. Mayor Oddny Krill said that the shameful vote was over.\n\n"
    "Leave a Reply\n\nYour email address will not be published. Required fields are marked *"
)


def flag(words: str, *, text: str = TEXT, at: int = 0, **fields: object) -> Flag:
    start = text.index(words, at)
    values: dict[str, object] = {"kind": "loaded_term", "device": "emotive", "probability": 0.875, "voice": "author", "source": None}
    values["reason"] = f"“{words}” is loaded."
    return Flag(start=start, end=start + len(words), text=words, **(values | fields))  # type: ignore[arg-type]


def report(*flags: Flag, text: str = TEXT) -> Report:
    """A report whose sentences are the text's lines."""
    sentences = tuple(Sentence(m.start(), m.end(), 0.6, 0.4) for m in re.finditer(r"[^\r\n]+", text))
    return Report(text=text, score=0.6, author_score=0.4, sentences=sentences, flags=flags, model="tiny 0")


THUGS = flag("thugs", device="contentious_label", suggestions=("men", "group"), why=(("lexicon: thug", 1.5),))
SHAMEFUL = flag("shameful", voice="quoted", source="a warden")


# ---------------------------------------------------------------- SARIF
def sarif_log(*reports: tuple[str, Report]) -> str:
    pieces = [piece for path, found in reports for piece in sarif.results(found, path=path)]
    return sarif.head("1.2.3") + ",".join(pieces) + sarif.tail("tiny 0")


def schemas() -> list[dict[str, Any]]:
    """The schema of the part that framing writes, and the standard's whole one where ``FRAMING_SARIF_SCHEMA`` names it (tests/schemas/README.md)."""
    whole = os.environ.get("FRAMING_SARIF_SCHEMA")
    found = [ROOT / "tests" / "schemas" / "sarif-2.1.0-part.json", *([Path(whole)] if whole else [])]
    return [stdlib_json.loads(path.read_text(encoding="utf-8")) for path in found]


def valid_sarif(log: str) -> dict[str, Any]:
    jsonschema = pytest.importorskip("jsonschema")
    data: dict[str, Any] = stdlib_json.loads(log.encode("utf-8"))
    for schema in schemas():
        kind = jsonschema.validators.validator_for(schema)
        kind(schema, format_checker=kind.FORMAT_CHECKER).validate(data)
    return data


def only_run(log: str) -> dict[str, Any]:
    runs = valid_sarif(log)["runs"]
    assert len(runs) == 1
    return dict(runs[0])


def test_sarif_of_nothing_one_and_several_is_valid() -> None:
    assert only_run(sarif_log())["results"] == []
    assert len(only_run(sarif_log(("a.txt", report(THUGS))))["results"]) == 1
    assert len(only_run(sarif_log(("a.txt", report(THUGS, SHAMEFUL)), ("b.txt", report(THUGS))))["results"]) == 3


def test_sarif_part_schema_refuses_what_the_standard_refuses() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    good = sarif_log(("a.txt", report(THUGS)))
    wrong = (('"level": "warning"', '"level": "high"'), ('"startLine": 2', '"startLine": 0'), ('"uri": "a.txt"', '"uri": "a b.txt"'), ('"2.1.0"', '"2.0"'))
    for find, put in wrong:
        assert find in good
        with pytest.raises(jsonschema.ValidationError):
            valid_sarif(good.replace(find, put))


def test_whole_sarif_schema_is_the_standards_and_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    if "FRAMING_SARIF_SCHEMA" not in os.environ:
        pytest.skip("FRAMING_SARIF_SCHEMA names no schema; tests/schemas/README.md says where it is found")
    whole = schemas()[1]
    assert "SARIF) Version 2.1.0" in whole["title"]
    log = stdlib_json.loads(sarif_log(("a.txt", report(THUGS))))
    kind = jsonschema.validators.validator_for(whole)
    assert not list(kind(whole).iter_errors(log))
    log["runs"][0]["tool"]["driver"]["rules"][0]["helpText"] = "no such property"
    assert [list(error.path)[-1] for error in kind(whole).iter_errors(log)] == [0]


def test_sarif_rules_have_a_name_that_is_not_their_id_again() -> None:
    for rule in sarif.rules():
        assert re.fullmatch("([A-Z][a-z]+)+", rule["name"])
        assert rule["name"].lower() != rule["id"].replace("_", "")


def test_sarif_regions_are_the_words_in_code_points_and_fixes_replace_them() -> None:
    run = only_run(sarif_log(("a.txt", report(flag("line"), THUGS, SHAMEFUL, flag("thugs", at=30)))))
    assert run["columnKind"] == "unicodeCodePoints"
    lines = re.split("|".join(run["newlineSequences"]), TEXT)
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        words = lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
        assert words == region["snippet"]["text"]
    fixes = run["results"][1]["fixes"]
    assert [f["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] for f in fixes] == ["men", "group"]
    deleted = fixes[0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    assert deleted == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 10}
    assert "fixes" not in run["results"][2]


def test_sarif_rules_are_the_devices_with_their_definitions_and_results_point_to_them() -> None:
    every = [replace(THUGS, device=name) for name in (*DEVICE_NAMES, "scare_quote", None)]
    run = only_run(sarif_log(("a.txt", report(*every))))
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [r["ruleId"] for r in run["results"]] == [*DEVICE_NAMES, "scare_quote", "loaded_term"]
    for device, rule in zip(DEVICES, rules):
        for part in (device.definition, device.is_one, device.is_not_one, device.reason):
            assert part in rule["help"]["text"]


def test_sarif_level_is_by_chance_and_others_words_are_notes() -> None:
    levels = [(0.9, "author", "warning"), (0.75, "author", "warning"), (0.74, "author", "note"), (0.9, "quoted", "note"), (0.9, "reported", "note")]
    run = only_run(sarif_log(("a.txt", report(*(replace(THUGS, probability=p, voice=v) for p, v, _ in levels)))))
    assert [(r["properties"]["probability"], r["properties"]["voice"], r["level"]) for r in run["results"]] == levels
    assert run["results"][0]["rank"] == 90


def fingerprints(found: Report) -> list[str]:
    return [r["partialFingerprints"][sarif.FINGERPRINT] for r in only_run(sarif_log(("a.txt", found)))["results"]]


def test_sarif_fingerprints_stay_when_lines_move_and_differ_where_flags_do() -> None:
    again = flag("thugs", at=30, device="contentious_label")
    before = fingerprints(report(THUGS, SHAMEFUL, again))
    assert len(set(before)) == 3
    moved = "A new first line.\n\n" + TEXT.replace("\r", "\n")
    flags = [flag(f.text, text=moved, at=at, device=f.device) for f, at in ((THUGS, 0), (SHAMEFUL, 0), (again, 55))]
    assert fingerprints(report(*flags, text=moved)) == before
    assert fingerprints(report(flag("thugs", device="doubt")))[0] not in before


def test_sarif_fingerprints_of_the_same_words_in_the_same_sentence_are_numbered() -> None:
    text = "thugs and thugs\nthugs and thugs"
    found = [flag("thugs", text=text, at=at) for at in (0, 6, 16, 22)]
    assert [f.partition(":")[2] for f in fingerprints(report(*found, text=text))] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a.txt", "a.txt"),
        ("a b/ü.txt", "a%20b/%C3%BC.txt"),
        ("a:b.txt", "a%3Ab.txt"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("//host/x.txt", "file:///host/x.txt"),
        ("<stdin>", "%3Cstdin%3E"),
        ("a\n%0A\x1b.txt", "a%0A%250A%1B.txt"),
        ("caf\udce9.txt", "caf%E9.txt"),  # a name that is no UTF-8, as Python reads it
        ("\ud800.txt", "%EF%BF%BD.txt"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    assert sarif.uri_of(path) == uri
    only_run(sarif_log((path, report(THUGS))))


def test_sarif_messages_hold_no_placeholder_and_no_link() -> None:
    reason = "“{0}” [see](https://example.org) <b>x</b>"
    message = only_run(sarif_log(("a.txt", report(flag("thugs", reason=reason)))))["results"][0]["message"]["text"]
    assert message.startswith("“{{0}}” [see] (https://example.org) <b>x</b>")


# ---------------------------------------------------------------- workflow commands
def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """(command, properties, message) as a runner reads them."""
    found = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert found, line

    def plain(text: str) -> str:
        return text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")

    properties = dict(pair.split("=", 1) for pair in found[2].split(","))
    return found[1], {k: plain(v) for k, v in properties.items()}, plain(found[3])


def test_commands_carry_file_place_title_and_message() -> None:
    first, second = github.render(report(THUGS, SHAMEFUL), path="a,b:c.txt").splitlines()
    assert parsed(first) == (
        "warning",
        {"file": "a,b:c.txt", "line": "2", "endLine": "2", "col": "5", "endColumn": "10", "title": "contentious label: thugs"},
        "“thugs” is loaded. Chance 0.88. Try: men, group.",
    )
    assert parsed(second)[0] == "notice"
    assert github.render(report()) == ""


def test_commands_over_two_lines_name_no_columns() -> None:
    _, properties, _ = parsed(github.render(report(flag("said,\nand"))))
    assert (properties["line"], properties["endLine"]) == ("2", "3")
    assert "col" not in properties


# ---------------------------------------------------------------- CSV
def csv_rows(table: str) -> list[dict[str, str]]:
    return list(stdlib_csv.DictReader(io.StringIO(table)))


def test_csv_has_a_header_and_a_row_per_flag_whose_offsets_are_true() -> None:
    rows = csv_rows(csv.header() + csv.render(report(THUGS, SHAMEFUL), path="a, b.txt"))
    assert csv_rows(csv.header()) == []
    assert [r["text"] for r in rows] == ["thugs", "shameful"] == [TEXT[int(r["start"]) : int(r["end"])] for r in rows]
    assert tuple(rows[0]) == csv.COLUMNS
    shown = {"path": "a, b.txt", "line": "2", "column": "5", "device": "contentious_label", "probability": "0.875", "suggestions": "men; group", "source": ""}
    assert shown.items() <= rows[0].items()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r=", " =", "'"])
def test_no_cell_of_a_csv_begins_a_formula(start: str) -> None:
    words = f"{start}cmd|' /C calc'!A0"
    text = f"The {words} met."
    bad = flag(words, text=text, reason=words, source=words, suggestions=(words,))
    row = csv_rows(csv.header() + csv.render(report(bad, text=text), path=words))[0]
    for name in ("path", "text", "reason", "source", "suggestions"):
        assert row[name].startswith(("'", "�")), name
        assert csv.bare(row[name]).lstrip("� ") == words.strip(), name


# ---------------------------------------------------------------- JSON and its schema
@pytest.fixture(scope="module")
def report_schema() -> dict[str, Any]:
    pytest.importorskip("jsonschema")
    schema: dict[str, Any] = stdlib_json.loads((ROOT / "docs" / "schema" / "report-1.json").read_text(encoding="utf-8"))
    return schema


def check(schema: dict[str, Any], row: object) -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(row)


def closed(schema: Any) -> Any:
    """The schema with no room for a field that it does not describe."""
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return inner | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" else inner
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


def test_published_schema_describes_every_field_that_is_written(report_schema: dict[str, Any], tiny_model: Model) -> None:
    found = tiny_model.score(ARTICLE, threshold=0.1)
    assert all((found.sentences, found.flags, found.quotes, found.attributions, found.ignored))
    for row in (found.to_json(), found.to_json(indent=2), json.render(found, path="a.txt"), tiny_model.score("").to_json()):
        check(closed(report_schema), stdlib_json.loads(row))


def test_published_schema_holds_for_the_command(report_schema: dict[str, Any], tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    path = tmp_path / "a.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    rows = stdlib_json.loads(CliRunner().invoke(main, ["score", str(path), "--format", "json"]).stdout)
    lines = CliRunner().invoke(main, ["score", str(path), str(path), "--format", "jsonl"]).stdout.splitlines()
    assert len(rows) == 1
    assert len(lines) == 2
    for row in (*rows, *map(stdlib_json.loads, lines)):
        check(closed(report_schema), row)


def test_published_schema_refuses_other_reports(report_schema: dict[str, Any]) -> None:
    import jsonschema

    good = stdlib_json.loads(report(THUGS).to_json())
    check(report_schema, good | {"new field": 1})
    flags = good["flags"]
    for bad in ({"schema": 2}, {"score": 1.2}, {"flags": [flags[0] | {"voice": "choir"}]}, {"flags": [flags[0] | {"device": "lie"}]}, {"ignored": [[1, 2, 3]]}):
        with pytest.raises(jsonschema.ValidationError):
            check(report_schema, good | bad)
    with pytest.raises(jsonschema.ValidationError):
        check(report_schema, {k: v for k, v in good.items() if k != "text"})


def test_json_keeps_every_offset_even_of_surrogates_that_would_melt() -> None:
    text = "a \ud800\udc00 \udfff\ud800 b 😀 thugs"
    found = report(flag("thugs", text=text), text=text)
    back = Report.from_dict(stdlib_json.loads(json.render(found).encode("utf-8")))
    assert back.text == text.replace("\ud800\udc00", "\ufffd\udc00")
    assert back.text[back.flags[0].start : back.flags[0].end] == "thugs"


# ---------------------------------------------------------------- hostile text, file names and sources in every form
PAYLOADS = {
    "markup": '<script>alert(1)</script><img src=x onerror=alert(1)>"\'><h1>',
    "entities": "&lt;b&gt; &#60;script&#62; &amp;",
    "workflow command": "%0A::error file=x::owned",
    "workflow command on a line": "one\n::error::owned\r\n##[error]owned",
    "formula": '=cmd|"/C calc"!A0,+1;@SUM(1)',
    "escape sequences": "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\x7f",
    "bidi controls": "\u202eexe.txt\u2066\u2069\u200f\u061c",
    "line ends of all kinds": "a\nb\rc\r\nd\u2028e\u2029f\x85g\x0bh\x0ci",
    "lone surrogates": "\ud800 \udfff \ud800\udc00",
    "nulls": "a\x00b\x00",
    "json": '"},{"x":"\\u0000\\',
    "csv": 'a","b\n"c',
    "placeholders": "{0} %s ${x} [x](javascript:alert(1))",
}
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def hostile(payload: str) -> tuple[str, Report]:
    """(path, report) with the payload wherever a stranger can put it."""
    text = f"{payload} The {payload} met."
    bad = flag(payload, text=text, at=1, reason=payload, source=payload, suggestions=(payload,), why=((payload, 1.0),), voice="quoted", probability=0.9)
    return payload, replace(report(bad, text=text), model=payload)


@pytest.fixture(params=PAYLOADS.values(), ids=PAYLOADS.keys())
def payload(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_hostile_sarif_is_valid_and_plain(payload: str) -> None:
    path, found = hostile(payload)
    log = sarif.head("1") + ",".join(sarif.results(found, path=path)) + sarif.tail(found.model)
    run = only_run(log)
    assert len(run["results"]) == 1
    assert not UNSAFE.search(log.replace("\r", ""))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
    if "\ud800" not in payload:
        assert unquote_to_bytes(uri).decode("utf-8") == payload
    assert "](" not in run["results"][0]["message"]["text"]


def test_hostile_commands_are_one_command_on_one_line(payload: str) -> None:
    path, found = hostile(payload)
    shown = github.render(found, path=path)
    assert len(shown.splitlines()) == 1
    command, properties, message = parsed(shown)
    assert command == "notice"
    assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
    assert properties["file"] == re.sub(UNSAFE.pattern.replace("\x0b-\x1f", "\x0b\x0c\x0e-\x1f"), "\ufffd", payload)
    assert "\n" not in message
    assert not UNSAFE.search(shown)


def test_hostile_csv_is_one_row_of_safe_cells(payload: str) -> None:
    path, found = hostile(payload)
    table = csv.header() + csv.render(found, path=path)
    assert len(table.splitlines()) == 2
    assert not UNSAFE.search(table)
    row = csv_rows(table)[0]
    assert found.text[int(row["start"]) : int(row["end"])] == payload
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())


def test_hostile_json_is_one_line_that_reads_back(payload: str) -> None:
    path, found = hostile(payload)
    line = json.render(found, path=path)
    assert len(line.splitlines()) == 1
    assert not UNSAFE.search(line)
    row = stdlib_json.loads(line.encode("utf-8"))
    if "\ud800\udc00" not in payload:
        assert Report.from_dict(row) == found
        assert row["path"] == path
    assert len(row["text"]) == len(found.text)


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_reaches_no_terminal(payload: str, color: bool) -> None:
    path, found = hostile(payload)
    shown = terminal.render(found, path=path, color=color)
    own = re.sub(r"\x1b\[[\d;]*m", "", shown) if color else shown
    assert not UNSAFE.search(own)
    assert own.splitlines() == own.split("\n")  # no line ends but the renderer's own
    assert not [line for line in own.splitlines() if line.startswith(("::", "##["))]
    line = compact.render(found, path=path)
    assert len(line.splitlines()) == 1
    assert not UNSAFE.search(line)


def test_hostile_page_can_be_encoded_and_holds_no_control_characters(payload: str) -> None:
    path, found = hostile(payload)
    for shown in (html.page(found, title=path), html.fragment(found), html.pages([(path, found), (path, found)], title=path)):
        shown.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", shown)
        assert "<script>alert" not in shown
        assert "<img" not in shown


@pytest.mark.parametrize("form", ["csv", "sarif", "github"])
def test_the_command_writes_each_format_for_several_texts(form: str, tiny_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)
    for name, text in (("a.txt", "The thugs met.\n"), ("b.txt", "The clerk closed the window at noon.\n"), ("c.txt", "A shameful vote.\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["score", str(tmp_path), "--format", form])
    assert result.exit_code == 1
    shown = result.stdout
    if form == "csv":
        assert [(Path(r["path"]).name, r["text"]) for r in csv_rows(shown)] == [("a.txt", "thugs"), ("c.txt", "shameful")]
    elif form == "github":  # files are named from the folder where the command runs
        assert [parsed(line)[1]["file"] for line in shown.splitlines()] == ["a.txt", "c.txt"]
    else:
        places = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in only_run(shown)["results"]]
        assert places == ["a.txt", "c.txt"]
    clean = CliRunner().invoke(main, ["score", "b.txt", "--format", form])
    assert clean.exit_code == 0
    assert {"csv": csv_rows, "github": str.splitlines, "sarif": lambda log: only_run(log)["results"]}[form](clean.stdout) == []


def test_lines_of_the_formats_agree_with_each_other() -> None:
    place = Lines(TEXT).place(THUGS.start)
    assert compact.render(report(THUGS), path="a").startswith(f"a:{place[0]}:{place[1]}:")
    assert csv_rows(csv.header() + csv.render(report(THUGS)))[0]["line"] == str(place[0])
