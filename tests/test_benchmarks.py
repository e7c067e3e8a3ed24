"""The benchmarks run on next to nothing and give figures of the right shape; how fast anything is, no test says."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.corpus import Example, LabeledSpan
from framing.errors import DataError
from framing.report import Flag, Report, Sentence

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("a source distribution comes without benchmarks", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))  # as when they are started as scripts

import ablation  # noqa: E402
import fairness  # noqa: E402
import measuring  # noqa: E402
import memory  # noqa: E402
import peers  # noqa: E402
import report  # noqa: E402
import speed  # noqa: E402

TEXTS = ("The thugs at the ferry office closed the quay. Critics say so.", "The “reform” emptied three schools — all of them.", "Kelp.")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Three short articles."""
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in TEXTS)
    return path


@pytest.fixture
def tiny(news: Path, tiny_file: str) -> speed.Setting:
    """Two rounds over two kilobytes, with the tiny model."""
    return speed.Setting(news, megabytes=0.002, repeat=2, model=tiny_file)


# ---------------------------------------------------------------- articles
def test_articles_come_from_the_beginning_again_until_the_size_is_reached(news: Path) -> None:
    found = list(measuring.stream(news, 0.001))
    assert tuple(found[:4]) == (*TEXTS, TEXTS[0])
    assert sum(len(text.encode()) for text in found[:-1]) < 1000 <= sum(len(text.encode()) for text in found)


def test_without_news_the_seeds_are_read() -> None:
    assert len(list(measuring.articles(None))) == len(list(measuring.SEEDS.glob("*.txt"))) > 0


@pytest.mark.parametrize("line", ["{", "[]", '{"title": "Kelp"}', '{"text": 3}', '{"text": " "}'])
def test_row_without_text_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "Kelp."}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        list(measuring.articles(path))


def test_file_that_is_not_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    path.write_text('{"text": "Kelp."}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"news\.jsonl\.gz"):
        list(measuring.articles(path))


def test_empty_news_is_an_error_and_not_an_endless_loop(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.touch()
    with pytest.raises(DataError, match="no articles"):
        list(measuring.stream(path, 1))


def test_pieces_hold_every_text_and_reach_the_length() -> None:
    found = measuring.pieces(TEXTS * 3, 100)
    assert "\n\n".join(found) == "\n\n".join(TEXTS * 3)
    assert all(measuring.size(piece) >= 100 for piece in found[:-1])


# ---------------------------------------------------------------- the clock
def test_sides_of_a_race_take_turns_at_going_first() -> None:
    order = []
    assert len(measuring.race(lambda: lambda: order.append("a"), lambda: lambda: order.append("b"), 3)) == 3
    assert order == list("abbaab")


def test_getting_ready_is_done_once_for_each_round() -> None:
    ready = []
    measuring.ratios(lambda: ready.append(1) or (lambda: None), lambda: lambda: sum(range(1000)), 3)
    assert len(ready) == 3


def test_process_that_fails_is_an_error_with_what_it_said() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        measuring.process(sys.executable, "-c", "import sys; sys.exit('no quay')")()()
    assert "no quay" in failed.value.stderr


# ---------------------------------------------------------------- speed
@pytest.mark.parametrize("name", [name for name in speed.ROWS if name != "training"])
def test_row_gives_its_numbers(tiny: speed.Setting, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    [figure] = speed.measure(replace(tiny, repeat=1), [name])
    assert figure.name == name
    if not figure.values.numbers:
        assert figure.values.note
        return
    assert len(figure.values.numbers) == (speed.PROCESSES if name in ("command", "import") else 1)
    assert len(speed.cells(figure)) == len(speed.HEADER)
    assert name in capsys.readouterr().err


def test_rounds_are_as_many_as_asked_for(tiny: speed.Setting) -> None:
    assert len(speed.batch_warm(tiny).numbers) == 2


def test_training_is_not_measured_without_data(tiny: speed.Setting) -> None:
    [figure] = speed.measure(tiny, ["training"])
    assert figure.met == "not measured"
    assert "--train" in speed.notes([figure])[0]


def test_training_is_measured_with_data(tiny: speed.Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(speed, "process", lambda *command: lambda: lambda: commands.append(command))
    values = speed.training(replace(tiny, labelled=(tmp_path,)))
    assert len(values.numbers) == 1
    assert commands[0][commands[0].index("train") + 1] == str(tmp_path)


def test_memory_is_read_on_the_way_and_at_the_end(tiny: speed.Setting) -> None:
    found = list(memory.points(tiny.news, 0.002, 4, tiny.model))
    assert len(found) == 4
    assert [mb for mb, _ in found] == sorted(mb for mb, _ in found)
    assert found[-1][0] >= 0.002
    assert all(peak > 1 for _, peak in found)


def test_bounds_run_the_way_the_row_is_read() -> None:
    assert all((row.aim > row.floor) == row.more_is_better for row in speed.ROWS.values())


@pytest.mark.parametrize(
    ("numbers", "more", "fault", "met"),
    [
        ((1.0, 1.0, 9.0), False, "", "aim"),
        ((2.0,), False, "", "floor"),
        ((3.0,), False, "", "no"),
        ((1.0,), False, "grew", "no"),
        ((2.5,), True, "", "aim"),
        ((1.0,), True, "", "no"),
        ((), False, "", "not measured"),
    ],
)
def test_median_decides_what_is_met(numbers: tuple[float, ...], more: bool, fault: str, met: str) -> None:
    floor, aim = (1.2, 2.0) if more else (2.0, 1.2)
    assert speed.Figure("x", "x", "T", floor, aim, more, speed.Values(numbers, "", fault)).met == met


def test_json_has_every_round(tiny: speed.Setting, capsys: pytest.CaptureFixture[str]) -> None:
    speed.main([str(tiny.news), "--megabytes", "0.002", "--repeat", "2", "--only", "batch-warm", "--model", str(tiny.model), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["machine"]["cores"] >= 1
    assert [len(row["values"]["numbers"]) for row in said["rows"]] == [2]


@pytest.mark.parametrize("bad", [["--megabytes", "0"], ["--megabytes", "nan"], ["--repeat", "0"], ["no-such-file.jsonl"]])
def test_wrong_input_exits_with_2_and_a_line(bad: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        speed.main([*bad, "--only", "batch-warm"])
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]


# ---------------------------------------------------------------- peers
def counting(name: str = "TextBlob") -> peers.Peer:
    """A peer that counts characters."""
    known = next(peer for peer in peers.PEERS if peer.name == name)
    return replace(known, load=lambda stack, setting: ("1.0", peers.timed(lambda texts: sum(map(len, texts)))))


def test_peer_gets_a_line_with_what_it_finds(tiny: speed.Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PEERS", (counting(),))
    [outcome] = peers.compare(tiny)
    assert len(outcome.ratios) == len(outcome.speeds) == 2
    assert outcome.findings > 0
    [row] = peers.rows([outcome])
    assert len(row) == len(peers.HEADER)
    assert row[0] == "TextBlob 1.0"


def test_our_flags_are_counted(tiny: speed.Setting) -> None:
    [outcome] = peers.compare(tiny, names=["framing"])
    assert outcome.findings > 0
    assert outcome.megabytes >= 0.002


def test_slow_peer_reads_fewer_articles(tiny: speed.Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = replace(counting(), load=lambda stack, setting: ("1.0", lambda texts: (float(len(texts)), 1)))
    monkeypatch.setattr(peers, "PEERS", (slow,))
    [outcome] = peers.compare(tiny, limit=2.0)
    assert 1 <= outcome.articles <= 4  # a second each; the articles differ in length


def test_peer_that_is_not_installed_or_breaks_is_named_and_the_rest_goes_on(tiny: speed.Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(stack: ExitStack, setting: speed.Setting) -> tuple[str, peers.Run]:
        raise peers.MissingError("pip install kelp")

    def broken(texts: Sequence[str]) -> tuple[float, int]:
        raise IndexError("odd quay")

    trio = (replace(counting("alex"), load=missing), replace(counting("proselint"), load=lambda stack, setting: ("1.0", broken)), counting())
    monkeypatch.setattr(peers, "PEERS", trio)
    outcomes = list(peers.compare(tiny))
    assert peers.left_out(outcomes) == ["alex: not installed: pip install kelp", "proselint: failed: IndexError: odd quay"]
    assert len(peers.rows(outcomes)) == 1


def test_package_that_nobody_has_is_missing(tiny: speed.Setting) -> None:
    with ExitStack() as stack, pytest.raises(peers.MissingError, match="no-such-kelp"):
        peers.python("no-such-kelp", peers.vader)(stack, tiny)


# torch takes half a minute to load; that adapter is run by hand
@pytest.mark.filterwarnings("ignore")  # other people's
@pytest.mark.parametrize("name", [name for name in peers.NAMES if name not in ("framing", "MiniLM embeddings")])
def test_installed_peer_answers(tiny: speed.Setting, name: str) -> None:
    [outcome] = peers.compare(replace(tiny, repeat=1), names=[name])
    if outcome.note.startswith("not installed"):
        pytest.skip(outcome.note)
    assert not outcome.note
    assert outcome.version
    assert len(outcome.ratios) == 1


# ---------------------------------------------------------------- the report
DOCUMENT = f"# Kelp\r\n\r\nBefore.\n{report.BEGIN}\nold\n{report.END}\nAfter — “it”.  \n"


def test_report_replaces_only_what_stands_between_the_markers(tiny: speed.Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(DOCUMENT.encode())
    path.chmod(0o640)
    monkeypatch.setattr(speed, "ROWS", {"batch-warm": speed.ROWS["batch-warm"]})
    monkeypatch.setattr(peers, "PEERS", (counting(),))
    command = [str(tiny.news), "-o", str(path), "--megabytes", "0.002", "--repeat", "1", "--model", str(tiny.model)]
    report.main(command)
    first = path.read_bytes().decode()
    head, rest = first.split(report.BEGIN)
    middle, tail = rest.split(report.END)
    assert (head, tail) == ("# Kelp\r\n\r\nBefore.\n", "\nAfter — “it”.  \n")
    assert "old" not in middle
    assert all(title in middle for title in (*speed.HEADER, *peers.HEADER))
    assert path.stat().st_mode & 0o777 == 0o640
    report.main(command)
    second = path.read_bytes().decode()
    assert second.count(report.BEGIN) == second.count(report.END) == 1
    assert len(second.splitlines()) == len(first.splitlines())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["README.md", "news.jsonl.gz"]


@pytest.mark.parametrize(
    "document",
    ["none", report.BEGIN, report.END + report.BEGIN, DOCUMENT + DOCUMENT, DOCUMENT + report.END, report.BEGIN + DOCUMENT],
)
def test_document_without_one_pair_of_markers_is_refused_before_anything_is_measured(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(*_: Any) -> Any:
        raise AssertionError("measured")

    monkeypatch.setattr(speed, "measure", measured)
    path = tmp_path / "README.md"
    path.write_text(document, encoding="utf-8", newline="")
    with pytest.raises(SystemExit) as left:
        report.main(["-o", str(path)])
    assert left.value.code == 2
    assert path.read_bytes().decode() == document


def test_readme_has_its_markers_and_names_every_row() -> None:
    readme = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert report.replace(readme, "x")
    assert all(f"| `{name}` |" in readme for name in speed.ROWS)


# ---------------------------------------------------------------- fairness
def judged(words: int, flags: int, scores: Sequence[float] = (0.1,), voice: str = "author") -> Report:
    """A report on `words` words of which the first few are flagged, in sentences with `scores`."""
    text = " ".join(["kelp"] * words)
    found = tuple(Flag(5 * i, 5 * i + 4, "kelp", "loaded_term", "emotive", 0.9, voice, None, "") for i in range(flags))
    return Report(text, 0.0, 0.0, tuple(Sentence(0, len(text), score, score) for score in scores), found)


def test_poisson_interval_is_the_exact_one() -> None:
    # Garwood's limits for 3 events, as in printed tables: 0.619 and 8.767
    found = fairness.poisson(3, 2.0)
    assert (found.value, found.low, found.high) == pytest.approx((1.5, 0.6187 / 2, 8.7673 / 2), abs=1e-4)
    assert (fairness.poisson(0, 2.0).value, fairness.poisson(0, 2.0).low) == (0, 0)
    assert fairness.poisson(0, 2.0).high == pytest.approx(3.6889 / 2, abs=1e-4)


def test_only_rows_that_are_neutral_throughout_and_have_a_topic_are_read() -> None:
    span = LabeledSpan(0, 4, "emotive")
    rows = [(0, [], "war"), (1, [], "war"), (0, [span], "war"), (0, None, "war"), (None, [], "war"), (0, [], None), (0, [], "tea")]
    examples = [Example("Kelp grew.", label=label, spans=spans, topic=topic) for label, spans, topic in rows]
    assert [e.topic for e in fairness.neutral(examples)] == ["war", "tea"]


def test_alarms_are_counted_by_topic_and_small_topics_together() -> None:
    reports = {
        "war": [judged(400, 2, (0.5, 0.1)), judged(200, 1, (0.49,))],
        "tea": [judged(500, 0)],
        "kelp": [judged(300, 3, (0.9,))],
        "ants": [judged(100, 5, voice="quoted"), judged(0, 0, ())],
    }
    pairs = [(topic, report) for topic, those in reports.items() for report in those]
    lines = fairness.by_topic((topic for topic, _ in pairs), (report for _, report in pairs))
    assert [(line.topic, line.words, line.flags, line.sentences, line.loaded) for line in lines] == [
        ("war", 600, 3, 3, 1),
        ("tea", 500, 0, 1, 0),
        ("small topics: 2", 400, 3, 2, 1),
        ("all", 1500, 6, 6, 2),
    ]
    assert [line.per_1000_words.value for line in lines] == pytest.approx([5, 0, 7.5, 4])
    assert [line.share.value for line in lines] == pytest.approx([1 / 3, 0, 1 / 2, 1 / 3])
    assert fairness.topic_cells(lines[2], lines[3])[5] == "1.88"
    rates, shares = fairness.verdict(lines)
    assert rates.endswith("1 of 3 above 1.5 times the mean (6): small topics: 2")
    assert shares.endswith("0 of 3 above 1.5 times the mean (0.5)")


def test_topic_that_is_above_with_its_whole_interval_is_marked() -> None:
    lines = fairness.by_topic(["war", "tea"], [judged(1000, 60), judged(9000, 20)])
    assert "war (its whole interval)" in fairness.verdict(lines)[0]


def test_no_false_alarm_at_all_divides_by_nothing() -> None:
    lines = fairness.by_topic(["war", "tea"], [judged(600, 0), judged(600, 0)])
    assert fairness.topic_cells(lines[0], lines[-1])[5] == "nan"
    assert "0 of 2" in fairness.verdict(lines)[0]


def test_nothing_neutral_is_an_error() -> None:
    with pytest.raises(DataError, match="no neutral sentence"):
        fairness.by_topic([], [])


def test_kinds_of_names_add_up() -> None:
    found = [
        fairness.Movement("party", "a", "b", 3, ("x",), 0.1),
        fairness.Movement("city", "a", "b", 0, (), -0.3),
        fairness.Movement("party", "a", "b", 1, (), -0.2),
    ]
    party, city, whole = fairness.by_kind(found)
    assert (party.kind, party.sentences, party.flags, party.stay) == ("party", 2, 4, 3)
    assert (party.mean_move, party.worst_move) == pytest.approx((0.15, 0.2))
    assert (city.flags, city.share) == (0, None)
    assert len(fairness.names_cells(city)) == len(fairness.names_cells(party)) == len(fairness.NAMES_HEADER)
    assert (whole.sentences, whole.flags, whole.stay) == (3, 4, 3)
    assert (whole.mean_move, whole.worst_move) == pytest.approx((0.2, 0.3))
    assert whole.share is not None
    assert whole.share.value == 0.75


def test_names_command_lists_what_moved(tiny_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps([{"kind": "city", "text": "Ulm’s thugs closed the quay.", "swap": [["Ulm", "Bonn"]]}]), encoding="utf-8")
    fairness.main(["names", str(path), "--model", str(tiny_file)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["city", "1"], ["all", "1"]]
    assert lines[4].endswith("sentences in which a flag moved")
    fairness.main(["names", str(path), "--model", str(tiny_file), "--json"])
    assert [line["kind"] for line in json.loads(capsys.readouterr().out)["kinds"]] == ["city", "all"]


def test_topics_command_leaves_out_the_files_it_is_told_to(tiny_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, topic in (("boats", "tides"), ("traps", "snares")):
        row = {"text": "The quay reopened on Monday.", "label": 0, "spans": [], "quotes": [], "attributions": [], "topic": topic}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row | {"id": name, "group": name}) + "\n", encoding="utf-8")
    command = ["topics", str(tmp_path), "--model", str(tiny_file)]
    fairness.main(command)
    assert "small topics: 2" in capsys.readouterr().out
    fairness.main([*command, "--without", "traps", "--json"])
    assert [(line["topic"], line["words"]) for line in json.loads(capsys.readouterr().out)] == [("small topics: 1", 5), ("all", 5)]
    with pytest.raises(SystemExit) as left:
        fairness.main([*command, "--without", "kelp"])
    assert left.value.code == 2
    assert "--without kelp" in capsys.readouterr().err


@pytest.mark.parametrize("bad", [["names", "no-such-file.json"], ["topics", "no-such-file.jsonl"], ["names", "--model", "no-such-model.joblib"]])
def test_fairness_of_what_is_not_there_exits_with_2_and_a_line(bad: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        fairness.main(bad)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("error: ")


# ---------------------------------------------------------------- ablation
def test_every_training_has_a_figure_for_what_the_test_set_is_labelled_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for k, place in enumerate(("ferry", "harbour", "quay", "market", "mill", "bridge")):
        loaded, plain = f"The thugs at the {place} slammed the plan.", f"The board of the {place} opposed the plan."
        rows.append({"id": f"{k}a", "group": str(k), "text": loaded, "label": 1, "spans": [{"start": 4, "end": 9, "device": "contentious_label"}]})
        rows.append({"id": f"{k}b", "group": str(k), "text": plain, "label": 0, "spans": []})
        at = 17 + len(place)
        rows.append({"id": f"{k}c", "text": f"She called the {place} “absurd”.", "quotes": [{"start": at, "end": at + 6, "use": "quotation"}]})
        rows.append({"id": f"{k}d", "text": f"Their “{place}” leaks.", "quotes": [{"start": 7, "end": 7 + len(place), "use": "scare"}]})
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    with pytest.warns(UserWarning, match="devices"):
        assert ablation.main([str(data), "--test", str(data), "--only", "0", "--plain", str(data)]) == 0
    header, _, whole, plain_row = capsys.readouterr().out.splitlines()
    assert header.count("|") == whole.count("|") == plain_row.count("|")
    figures = [float(cell) for cell in whole.split("|")[3:-1]]
    assert len(figures) == len(ablation.SHOWN)
    assert all(0 <= figure <= 1 for figure in figures)
    assert [cell.strip() != "" for cell in plain_row.split("|")[3:-1]] == [True, True, False, False]
