"""Annotation tools: what is written is read back, what a format cannot hold is counted, hostile files are errors with a place."""

from __future__ import annotations

import json
import random
import sys
import warnings
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.corpus import Example, LabeledAttribution, LabeledQuote, LabeledSpan, detect, files_of, read_examples, tools
from framing.corpus.rows import Row
from framing.corpus.tools import TOOLS, brat, label_studio
from framing.corpus.tools.pieces import cut
from framing.corpus.tools.records import KINDS, LABELS
from framing.errors import ConfigError, DataError, DataWarning

TEXT = "Ada wrote that the “reform” was brutal – naïvely 😀 so.\nThe thugs, in her words, “had to go”."


def at(words: str, text: str = TEXT) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


FULL = Example(
    TEXT,
    label=1,
    spans=[LabeledSpan(*at("brutal"), "emotive"), LabeledSpan(*at("naïvely 😀")), LabeledSpan(*at("thugs"), "contentious_label")],
    quotes=[LabeledQuote(*at("reform"), "scare"), LabeledQuote(*at("had to go"), "quotation")],
    attributions=[LabeledAttribution(*at("the “reform” was brutal"), "reported", at("Ada")), LabeledAttribution(*at("“had to go”"), "quoted", at("her"))],
    group="g-1",
    id="one",
    weight=0.5,
    topic="water",
    country="Norway",
)
NEUTRAL = Example("The weir was closed on Monday.", label=0, spans=[], quotes=[], attributions=[], group="g-1", id="two")
PARTLY = Example("The shameful vote.", spans=[LabeledSpan(4, 12, "emotive")], id="three")
BARE = Example("Nobody has looked at this.", id="four")
ROWS = [FULL, NEUTRAL, PARTLY, BARE]
SUFFIX = {"doccano": ".jsonl", "label-studio": ".json", "prodigy": ".jsonl", "brat": "", "spacy": ".spacy", "conll": ".conll"}


def needs(name: str) -> None:
    if name == "spacy":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pytest.importorskip("spacy")


@pytest.fixture(params=list(TOOLS))
def tool(request: pytest.FixtureRequest) -> str:
    needs(request.param)
    return str(request.param)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def rows(path: Path, name: str, **options: Any) -> list[Row]:
    return list(tools.rows(path, name, **options))


def back(examples: list[Example], folder: Path, name: str, **options: Any) -> tuple[list[Example], dict[str, int]]:
    """The examples as they come back from the tool's format, and what was said to be lost."""
    path = folder / f"out{SUFFIX[name]}"
    lost = tools.write(examples, path, name, **options)
    return [row.example for row in rows(path, name, unchecked=True) if row.example is not None and not row.problems], dict(lost)


# ---------------------------------------------------------------- round trips
@pytest.mark.parametrize("name", ["doccano", "label-studio", "prodigy", "spacy"])
def test_every_kind_of_label_comes_back(tmp_path: Path, name: str) -> None:
    needs(name)
    assert back(ROWS, tmp_path, name) == (ROWS, {})


def test_brat_brings_every_label_back_and_names_what_it_cannot_hold(tmp_path: Path) -> None:
    found, lost = back([FULL, NEUTRAL], tmp_path, "brat")
    assert found == [replace(FULL, group=None, topic=None, country=None, weight=1.0), replace(NEUTRAL, group=None)]
    assert lost == {"group of a text": 2, "topic of a text": 1, "country of a text": 1, "weight of a text": 1}


def test_brat_says_when_texts_are_labelled_with_different_kinds(tmp_path: Path) -> None:
    found, lost = back([PARTLY, NEUTRAL], tmp_path, "brat")
    assert lost == {"group of a text": 1, "text that is not labelled with all kinds, and will be read as having none": 1}
    assert {e.id: e.quotes for e in found} == {"three": [], "two": []}


def test_conll_brings_back_all_but_sources(tmp_path: Path) -> None:
    without = [replace(a, source=None) for a in FULL.attributions or ()]
    assert back(ROWS, tmp_path, "conll") == ([replace(FULL, attributions=without), *ROWS[1:]], {"source of an attribution": 2})


def test_conll_keeps_the_first_of_labels_that_overlap_and_counts_the_rest(tmp_path: Path) -> None:
    crossing = Example("The vile old plan.", spans=[LabeledSpan(4, 8, "emotive"), LabeledSpan(4, 12, "puffery"), LabeledSpan(9, 17, "doubt")])
    (found,), lost = back([crossing], tmp_path, "conll")
    assert found.spans == [LabeledSpan(4, 12, "puffery")]
    assert lost == {"label that overlaps another of its kind": 2}


def test_overlapping_labels_survive_in_the_other_formats(tmp_path: Path) -> None:
    crossing = Example("The vile old plan.", spans=[LabeledSpan(4, 8, "emotive"), LabeledSpan(4, 12, "puffery"), LabeledSpan(9, 17, "doubt")], id="a")
    for name in ("doccano", "label-studio", "prodigy", "brat"):
        assert back([crossing], tmp_path / write(tmp_path / name / "x", "").parent, name) == ([crossing], {})


def test_chances_are_rounded_and_counted(tmp_path: Path, tool: str) -> None:
    soft = Example("The vile plan.", label=0.7, spans=[LabeledSpan(4, 8, "emotive", 0.6)], id="a")
    (found,), lost = back([soft], tmp_path, tool)
    assert (found.label, found.spans) == (1, [LabeledSpan(4, 8, "emotive")])
    assert lost == {"chance that a text is loaded, rounded to yes or no": 1, "chance of a span": 1}


def test_only_the_kinds_that_are_asked_for_are_written(tmp_path: Path, tool: str) -> None:
    found, _ = back([FULL, NEUTRAL], tmp_path, tool, kinds=("spans",))
    assert [(e.label, e.spans, e.quotes, e.attributions) for e in found] == [(None, FULL.spans, None, None), (None, [], None, None)]


def test_random_labels_come_back(tmp_path: Path, tool: str) -> None:
    rng = random.Random(5)
    words = ["weir", "“", "”", "😀", "é", "\n", "\r\n", "\t", " ", "  ", "far-right", ".", "#", "O", "\u2028", "\u0301", "(", '"', "a"]
    for round_ in range(30):
        text = "x" + "".join(rng.choice(words) for _ in range(rng.randint(1, 30))) + "y"
        edges = sorted(rng.sample(range(len(text) + 1), 2 * min(3, (len(text) + 1) // 2)))
        pairs = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if text[a:b] == text[a:b].strip() and a < b]
        example = Example(text, label=rng.randint(0, 1), spans=[LabeledSpan(a, b, rng.choice(("doubt", "emotive", None))) for a, b in pairs], id="n")
        folder = write(tmp_path / str(round_) / "x", "").parent
        assert back([example], folder, tool) == ([example], {}), repr(text)


def test_nothing_to_write_gives_a_file_that_holds_nothing(tmp_path: Path) -> None:
    for name in ("doccano", "label-studio", "prodigy", "conll"):
        assert back([], tmp_path, name) == ([], {})


def test_odd_texts_come_back_or_are_refused(tmp_path: Path, tool: str) -> None:
    for number, text in enumerate(["", " ", "\n\n", "# text = x", "a\tb", "-DOCSTART-", "\ufeffa", "\0", "a\x85b", "e\u0301"]):
        folder = write(tmp_path / str(number) / "x", "").parent
        found, _ = back([Example(text, label=None, id="a")], folder, tool)
        assert [e.text for e in found] == [text]


@pytest.mark.parametrize("name", ["brat", "spacy", "conll"])
def test_half_a_character_is_an_error_where_the_format_cannot_hold_it(tmp_path: Path, name: str) -> None:
    needs(name)
    example = Example("a\ud800b", spans=[LabeledSpan(1, 3)], id="a")
    if name == "conll":  # its text line is JSON then, the token is not
        example = Example("\ud800", spans=[LabeledSpan(0, 1)], id="a")
    with pytest.raises(DataError, match="lone surrogate"):
        tools.write([example], tmp_path / "out", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["doccano", "label-studio", "prodigy"])
def test_half_a_character_survives_in_json(tmp_path: Path, name: str) -> None:
    example = Example("a\ud800b", spans=[LabeledSpan(1, 3)], id="a")
    assert back([example], tmp_path, name) == ([example], {})


def test_broken_examples_are_refused_before_anything_is_written(tmp_path: Path, tool: str) -> None:
    with pytest.raises(DataError, match="example a: span 0–99"):
        tools.write([Example("abc", spans=[LabeledSpan(0, 99)], id="a")], tmp_path / "out", tool)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten_by_a_folder_and_no_folder_by_a_file(tmp_path: Path) -> None:
    write(tmp_path / "out" / "notes.txt", "keep me")
    with pytest.raises(DataError, match="not an empty folder"):
        tools.write([NEUTRAL], tmp_path / "out", "brat")
    with pytest.raises(DataError, match="is a folder"):
        tools.write([NEUTRAL], tmp_path / "out", "doccano")
    with pytest.raises(DataError, match="no folder"):
        tools.write([NEUTRAL], tmp_path / "gone" / "out.json", "label-studio")
    assert (tmp_path / "out" / "notes.txt").read_text() == "keep me"


# ---------------------------------------------------------------- proposals
@pytest.mark.parametrize("name", ["label-studio", "prodigy"])
def test_proposals_are_left_out_until_somebody_has_checked_them(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"out{SUFFIX[name]}"
    tools.write([FULL, NEUTRAL], path, name, model="tiny")
    assert [row.example for row in rows(path, name)] == [None, None]
    assert [row.example for row in rows(path, name, unchecked=True)] == [FULL, NEUTRAL]
    with pytest.warns(DataWarning, match="2 × .*nobody has checked"):
        assert read_examples(path) == []


def test_proposals_carry_the_model_s_name_and_chance(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    assert tools.write([replace(FULL, label=0.7)], path, "label-studio", model="tiny 1.0") == {}
    (task,) = json.loads(path.read_text(encoding="utf-8"))
    assert "annotations" not in task
    assert (task["predictions"][0]["model_version"], task["predictions"][0]["score"]) == ("tiny 1.0", 0.7)


# ---------------------------------------------------------------- which kinds are labelled
def test_without_our_meta_the_kinds_of_the_file_are_those_that_somebody_looked_for(tmp_path: Path) -> None:
    content = '{"text": "A vile plan.", "label": [[2, 6, "emotive"]]}\n{"text": "A plan.", "label": []}\n'
    first, second = read_examples(write(tmp_path / "a.jsonl", content))
    assert (first.spans, second.spans) == ([LabeledSpan(2, 6, "emotive")], [])
    assert (second.label, second.quotes, second.attributions) == (None, None, None)


def test_the_text_is_not_labelled_when_its_label_was_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    tools.write([NEUTRAL], path, "doccano")
    row = json.loads(path.read_text(encoding="utf-8"))
    del row["cats"]
    assert read_examples(write(path, json.dumps(row)))[0] == replace(NEUTRAL, label=None)


# ---------------------------------------------------------------- what people do in tools
def test_labels_that_took_in_a_space_or_the_marks_are_read_as_ours_and_counted(tmp_path: Path) -> None:
    text = "Their “reform” is vile ."
    row = {"text": text, "label": [[*at("vile ", text), "Emotive"], [*at("“reform”", text), "quote-scare"], [5, 6, "doubt"]]}
    (found,) = rows(write(tmp_path / "a.jsonl", json.dumps(row)), "doccano")
    assert found.example is not None
    assert found.example.spans == [LabeledSpan(*at("vile", text), "emotive")]
    assert found.example.quotes == [LabeledQuote(*at("reform", text), "scare")]
    assert sorted(found.omitted) == [
        "label on white space alone left out",
        "quotation read without its marks",
        "white space cut off a label's ends",
        "white space cut off a label's ends",
    ]


def test_a_quotation_that_begins_with_another_keeps_its_inner_marks(tmp_path: Path) -> None:
    text = "She said “‘Weir’ is old ‘Weir’”."
    row = {"text": text, "label": [[*at("‘Weir’ is old ‘Weir’", text), "quote_quotation"]]}
    (found,) = rows(write(tmp_path / "a.jsonl", json.dumps(row)), "doccano")
    assert found.example is not None
    assert found.example.quotes == [LabeledQuote(*at("‘Weir’ is old ‘Weir’", text), "quotation")]


def test_links_count_in_either_direction_and_loose_ends_are_counted(tmp_path: Path) -> None:
    text = "Ada said it rained, and Bo agreed, Cy too."
    marks = [("it rained", "attribution_reported"), ("Ada", "source"), ("Bo", "source"), ("Cy", "source")]
    entities = [{"id": 10 + i, "label": label, "start_offset": at(w, text)[0], "end_offset": at(w, text)[1]} for i, (w, label) in enumerate(marks)]
    links = [(11, 10), (10, 12), (12, 13)]
    row = {"text": text, "entities": entities, "relations": [{"id": i, "from_id": a, "to_id": b, "type": "source"} for i, (a, b) in enumerate(links)]}
    (found,) = rows(write(tmp_path / "a.jsonl", json.dumps(row)), "doccano")
    assert found.example is not None
    assert found.example.attributions == [LabeledAttribution(*at("it rained", text), "reported", at("Ada", text))]
    assert sorted(found.omitted) == [
        "link 'source' that does not join an attribution and a source left out",
        "second source of an attribution left out",
        "source that no attribution is linked to left out",
        "source that no attribution is linked to left out",
    ]


def test_labels_of_others_can_be_renamed_and_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "A vile plan.", "label": [[2, 6, "LOADED WORD"], [7, 11, "THING"]]}\n')
    (broken,) = rows(path, "doccano")
    assert "unknown label 'LOADED WORD'" in broken.problems[0]
    (found,) = rows(path, "doccano", renamed={"LOADED WORD": "loaded_term", "THING": ""})
    assert found.example is not None
    assert found.example.spans == [LabeledSpan(2, 6)]
    assert found.omitted == ("label 'THING' dropped",)


# ---------------------------------------------------------------- doccano's own forms
@pytest.mark.parametrize(
    ("row", "label", "spans"),
    [
        ({"id": 3, "text": "A vile plan.", "label": [[2, 6, "emotive"]], "Comments": []}, None, [LabeledSpan(2, 6, "emotive")]),
        ({"id": 3, "data": "A vile plan.", "label": [[2, 6, "emotive"]]}, None, [LabeledSpan(2, 6, "emotive")]),
        ({"id": 3, "text": "A vile plan.", "labels": [[2, 6, "emotive"]], "meta": {"topic": "x"}}, None, [LabeledSpan(2, 6, "emotive")]),
        ({"id": 3, "text": "A vile plan.", "entities": [[2, 6, "emotive"]], "cats": ["loaded"]}, 1, [LabeledSpan(2, 6, "emotive")]),
        ({"id": 3, "text": "A vile plan.", "label": ["neutral"]}, 0, None),
        ({"id": 3, "text": "A vile plan.", "framing": None, "meta": None, "cats": None, "entities": [], "relations": None}, None, None),
        (
            {"id": 3, "text": "A vile plan.", "entities": [{"id": 0, "label": "emotive", "start_offset": 2, "end_offset": 6}], "relations": []},
            None,
            [LabeledSpan(2, 6, "emotive")],
        ),
    ],
)
def test_doccano_s_exports_are_known_and_read(tmp_path: Path, row: dict[str, Any], label: int | None, spans: list[LabeledSpan] | None) -> None:
    path = write(tmp_path / "all.jsonl", json.dumps(row) + "\n")
    assert detect(path) == "doccano"
    (found,) = read_examples(path)
    assert (found.label, found.spans, found.id) == (label, spans, "3")


# ---------------------------------------------------------------- Label Studio's own form
def task(*results: dict[str, Any], text: str = "A 😀 vile plan.", **more: Any) -> dict[str, Any]:
    return {"id": 7, "data": {"text": text}, "annotations": [{"id": 1, "was_cancelled": False, "result": list(results), **more}], "predictions": []}


def labelled(start: int, end: int, *labels: str, text: str | None = None) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": list(labels)} | ({"text": text} if text is not None else {})
    return {"id": f"r{start}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def choice(name: str) -> dict[str, Any]:
    return {"id": "c", "from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": [name]}}


def from_label_studio(tmp_path: Path, *tasks: Any) -> list[Row]:
    path = write(tmp_path / "export.json", json.dumps(list(tasks)))
    assert detect(path) == "label-studio"
    return rows(path, "label-studio")


def test_label_studio_s_offsets_are_code_points_or_utf16_units_as_their_text_tells(tmp_path: Path) -> None:
    for start, end in ((4, 8), (5, 9)):
        (row,) = from_label_studio(tmp_path, task(labelled(start, end, "emotive", text="vile"), choice("loaded")))
        assert row.example == Example("A 😀 vile plan.", label=1, spans=[LabeledSpan(4, 8, "emotive")], id="7")
    (row,) = from_label_studio(tmp_path, task(labelled(6, 10, "emotive", text="vile")))
    assert row.problems == ("range 6–10 covers 'le p', its text is 'vile'",)


def test_the_true_annotation_counts_and_the_others_are_counted(tmp_path: Path) -> None:
    first, second, cancelled = (task(labelled(4, 8, name))["annotations"][0] for name in ("doubt", "emotive", "puffery"))
    both = task() | {"annotations": [cancelled | {"was_cancelled": True}, first, second | {"ground_truth": True}]}
    (row,) = from_label_studio(tmp_path, both)
    assert row.example is not None
    assert row.example.spans == [LabeledSpan(4, 8, "emotive")]
    assert sorted(row.omitted) == ["cancelled annotation left out", "further annotation of a task left out"]


def test_what_label_studio_has_beyond_labels_is_counted(tmp_path: Path) -> None:
    rating = {"id": "x", "type": "rating", "value": {"rating": 4}}
    bare = {"id": "y", "type": "labels", "value": {"start": 0, "end": 1}}
    (row,) = from_label_studio(tmp_path, task(rating, bare, labelled(4, 8, "emotive")))
    assert sorted(row.omitted) == ["range without a label left out", "result of type 'rating' left out"]


def test_the_text_may_stand_under_another_key_if_it_is_the_only_string(tmp_path: Path) -> None:
    (row,) = from_label_studio(tmp_path, task(labelled(4, 8, "emotive")) | {"data": {"article": "A 😀 vile plan.", "n": 3}})
    assert row.example is not None
    (row,) = from_label_studio(tmp_path, task() | {"data": {"title": "x", "body": "y"}})
    assert "no 'text'" in row.problems[0]


def test_the_set_up_offers_every_label() -> None:
    from xml.etree import ElementTree

    view = ElementTree.fromstring(label_studio.SET_UP)
    assert {e.get("value") for e in view.iter() if e.tag in ("Label", "Choice")} == set(LABELS)


# ---------------------------------------------------------------- Prodigy's own form
def test_prodigy_s_rejected_and_ignored_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    row = {"text": "A vile plan.", "_task_hash": 1, "spans": [{"start": 2, "end": 6, "token_start": 1, "token_end": 1, "label": "emotive"}]}
    path = write(tmp_path / "db.jsonl", "".join(json.dumps(row | {"answer": a}) + "\n" for a in ("accept", "reject", "ignore", "reject")))
    with pytest.warns(DataWarning, match="1 × row answered with ignore left out; 2 × row answered with reject left out"):
        (found,) = read_examples(path)
    assert found.spans == [LabeledSpan(2, 6, "emotive")]


@pytest.mark.parametrize("answers", [{"accept": ["loaded"]}, {"label": "loaded"}])
def test_prodigy_s_choices_label_the_text(tmp_path: Path, answers: dict[str, Any]) -> None:
    path = write(tmp_path / "db.jsonl", json.dumps({"text": "A vile plan.", "answer": "accept"} | answers))
    assert read_examples(path) == [Example("A vile plan.", label=1)]


def test_prodigy_s_tokens_cover_the_labels_and_their_last_token_is_inclusive(tmp_path: Path) -> None:
    tools.write([FULL], tmp_path / "out.jsonl", "prodigy")
    row = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    for token in row["tokens"]:
        assert TEXT[token["start"] : token["end"]] == token["text"]
    for span in row["spans"]:
        assert (row["tokens"][span["token_start"]]["start"], row["tokens"][span["token_end"]]["end"]) == (span["start"], span["end"])
    for relation in row["relations"]:
        assert (relation["head_span"]["label"][:11], relation["child_span"]["label"]) == ("attribution", "source")


# ---------------------------------------------------------------- brat's own form
def folder(tmp_path: Path, ann: str, text: str = "The far-off thugs let them go.\nAda said so 😀 again.") -> Path:
    write(tmp_path / "a.txt", text)
    return write(tmp_path / "a.ann", ann).parent


def test_brat_s_parts_become_labels_of_their_own(tmp_path: Path) -> None:
    ann = "T1\teuphemism 18 21;27 29\tlet go\nT2\tattribution_quoted 12 17;43 46\tthugs 😀 a\nT3\tsource 31 34\tAda\nR1\tsource Arg1:T2 Arg2:T3\n"
    (row,) = rows(folder(tmp_path, ann), "brat")
    assert row.example is not None
    assert row.example.spans == [LabeledSpan(18, 21, "euphemism"), LabeledSpan(27, 29, "euphemism")]
    assert row.example.attributions == [LabeledAttribution(12, 17, "quoted", (31, 34)), LabeledAttribution(43, 46, "quoted", (31, 34))]
    assert row.omitted == ("discontinuous range read as its parts",) * 2


def test_brat_s_cuts_at_line_ends_are_joined_again(tmp_path: Path) -> None:
    (row,) = rows(folder(tmp_path, "T1\temotive 27 30;31 34\tgo. Ada\n"), "brat")
    assert row.example is not None
    assert row.example.spans == [LabeledSpan(27, 34, "emotive")]


def test_brat_s_notes_attributes_and_events_are_counted(tmp_path: Path) -> None:
    ann = "T1\tdoubt 4 11\tfar-off\n#1\tAnnotatorNotes T1\thm\nA1\tSure T1\nE1\tdoubt:T1\n*\tEquiv T1 T1\nN1\tReference T1 W:1\tx\n"
    (row,) = rows(folder(tmp_path, ann), "brat")
    assert row.omitted == ("note left out", "attribute left out", "event left out", "equivalence left out", "normalisation left out")


def test_brat_s_kinds_are_those_of_annotation_conf(tmp_path: Path) -> None:
    path = folder(tmp_path, "")
    write(path / brat.CONF, brat.conf({"spans", "quotes"}))
    (found,) = read_examples(path)
    assert (found.spans, found.quotes, found.attributions, found.label, found.id) == ([], [], None, None, "a")


def test_what_is_written_for_brat_can_be_chosen_there(tmp_path: Path) -> None:
    tools.write([FULL], tmp_path / "out", "brat")
    conf = (tmp_path / "out" / brat.CONF).read_text(encoding="utf-8")
    assert [s for s in conf.splitlines() if s.startswith("[")] == ["[entities]", "[relations]", "[events]", "[attributes]"]
    used = {line.split("\t")[1].split()[0] for line in (tmp_path / "out" / "one.ann").read_text(encoding="utf-8").splitlines()}
    assert used <= set(conf.split())
    assert used > {"loaded", "source", "quote_scare"}


def test_brat_s_ids_that_cannot_name_a_file_are_counted_and_stay_in_the_folder(tmp_path: Path) -> None:
    examples = [Example("A.", id=name) for name in ("../up", "same", "SAME", "a/b", "..", "ok")]
    found, lost = back(examples, tmp_path, "brat")
    assert lost["id that cannot name a file"] == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    assert len({e.id for e in found}) == 6


# ---------------------------------------------------------------- spaCy's own form
def test_spacy_s_entities_and_categories_are_read(tmp_path: Path) -> None:
    needs("spacy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spacy
        from spacy.tokens import DocBin

    blank = spacy.blank("en")
    document = blank("The vile plan failed.")
    document.ents = [document.char_span(4, 8, label="emotive")]
    document.cats = {"loaded": 0.9, "neutral": 0.1}
    DocBin(docs=[document]).to_disk(tmp_path / "a.spacy")
    (found,) = read_examples(tmp_path / "a.spacy")
    assert found == Example("The vile plan failed.", label=1, spans=[LabeledSpan(4, 8, "emotive")])


@pytest.mark.parametrize("content", [b"", b"no zlib", zlib.compress(b"no msgpack"), zlib.compress(b"\x80")])
def test_a_broken_docbin_is_an_error(tmp_path: Path, content: bytes) -> None:
    needs("spacy")
    with pytest.raises(DataError, match="not a DocBin"):
        read_examples(write(tmp_path / "a.spacy", content))


def test_a_damaged_document_is_an_error_with_its_number(tmp_path: Path) -> None:
    needs("spacy")
    path = tmp_path / "a.spacy"
    tools.write([PARTLY, NEUTRAL], path, "spacy")
    content = zlib.decompress(path.read_bytes())
    assert content.count(b'"labelled": ["spans"]') == 1
    write(path, zlib.compress(content.replace(b'"labelled": ["spans"]', b'"labelled": ["moods"]')))
    with pytest.raises(DataError, match=r"a\.spacy: document 1: labelled \['moods'\]"):
        read_examples(path)


def test_without_spacy_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ConfigError, match=r"pip install 'framing\[spacy\]'"):
        read_examples(write(tmp_path / "a.spacy", b""))
    with pytest.raises(ConfigError, match=r"pip install 'framing\[spacy\]'"):
        tools.write([NEUTRAL], tmp_path / "b.spacy", "spacy")


# ---------------------------------------------------------------- CoNLL's own form
def test_conll_s_text_is_rebuilt_from_its_tokens(tmp_path: Path) -> None:
    content = (
        "-DOCSTART- -X- O O\n\nThe DT O\nvile JJ B-emotive\nplan NN I-emotive\n, , O\n\" `` O\nold JJ B-doubt\n\" '' O\n( ( O\nnow RB O\n) ) O\n. . O\n\n"
        "-DOCSTART- -X- O O\n\nRain NN O\nfell VB O\n. . O\n"
    )
    first, second = read_examples(write(tmp_path / "a.conll", content))
    assert first.text == 'The vile plan, "old" (now).'
    assert [(first.text[s.start : s.end], s.device) for s in first.spans or ()] == [("vile plan", "emotive"), ("old", "doubt")]
    assert (second.text, second.spans) == ("Rain fell.", [])
    assert (first.group, second.group) == ("document-1", "document-2")


def test_conll_s_schemes_of_tags_are_read(tmp_path: Path) -> None:
    content = "a\tI-doubt\nb\tI-doubt\nc\tB-doubt\nd\tS-emotive\ne\tB-puffery\nf\tE-puffery\ng\tI-weasel\n"
    (found,) = read_examples(write(tmp_path / "a.bio", content))
    words = [(found.text[s.start : s.end], s.device) for s in found.spans or ()]
    assert words == [("a b", "doubt"), ("c", "doubt"), ("d", "emotive"), ("e f", "puffery"), ("g", "weasel")]


def test_conll_u_s_comments_give_text_and_id(tmp_path: Path) -> None:
    content = "# newdoc id = x\n# sent_id = s1\n# text = The vile-looking plan.\nThe\tO\nvile\tB-emotive\n-\tO\nlooking\tO\nplan\tO\n.\tO\n"
    (found,) = read_examples(write(tmp_path / "a.conll", content))
    assert (found.text, found.id, found.spans) == ("The vile-looking plan.", "s1", [LabeledSpan(4, 8, "emotive")])


# ---------------------------------------------------------------- hostile
ROW = {"text": "abc def", "label": [[0, 3, "doubt"]]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ("[]", "wanted an object"),
        ({"label": []}, "text None"),
        ({"text": 5, "label": []}, "text 5"),
        ({"text": "abc", "label": 1}, "label 1; wanted a list"),
        ({"text": "abc", "label": [[0, 9, "doubt"]]}, "outside the text"),
        ({"text": "abc", "label": [[-1, 2, "doubt"]]}, "outside the text"),
        ({"text": "abc", "label": [[2, 2, "doubt"]]}, "empty"),
        ({"text": "abc", "label": [[0.5, 2, "doubt"]]}, "start 0.5; wanted a whole number"),
        ({"text": "abc", "label": [[True, 2, "doubt"]]}, "whole number"),
        ({"text": "abc", "label": [["0", 2, "doubt"]]}, "whole number"),
        ({"text": "abc", "label": [[0, 2]]}, "wanted [start, end, name]"),
        ({"text": "abc", "label": [[0, 2, {}]]}, "wanted a string"),
        ({"text": "abc", "label": [[0, 2, "PER"]]}, "unknown label 'PER'"),
        ({"text": "abc", "label": [[10**400, 2, "doubt"]]}, "outside the text"),
        ({"text": "abc", "label": ["loaded", "neutral"]}, "both loaded and neutral"),
        ({"text": "abc", "label": ["doubt"]}, "on the whole text"),
        ({"text": "abc", "entities": [{"id": 1, "start_offset": 0, "end_offset": 1}]}, "label None"),
        ({"text": "abc", "entities": [], "relations": [{"from_id": 1, "to_id": [2], "type": "source"}]}, "no entities"),
        ({"text": "abc", "entities": [], "relations": [3]}, "relation 3"),
        ({"text": "abc", "label": [], "framing": {"labelled": ["moods"]}}, "labelled ['moods']"),
        ({"text": "abc", "label": [], "framing": {"labelled": 3}}, "labelled 3"),
        ({"text": "abc", "label": [], "framing": {"weight": "much"}}, "weight 'much'"),
        ({"text": "abc", "label": [], "framing": {"group": ["g"]}}, "group ['g']"),
    ],
)
def test_a_broken_row_of_doccano_is_an_error_with_its_line(tmp_path: Path, row: Any, message: str) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps(ROW) + "\n" + (row if isinstance(row, str) else json.dumps(row)) + "\n")
    with pytest.raises(DataError) as error:
        read_examples(path, format="doccano")
    assert str(error.value).startswith(f"{path}:2: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "abc", "answer": "maybe"}, "answer 'maybe'"),
        ({"text": "abc", "answer": ["accept"]}, "answer ['accept']"),
        ({"text": "abc", "answer": "accept", "spans": {"start": 0}}, "spans"),
        ({"text": "abc", "answer": "accept", "spans": [{"start": 0, "end": 99, "label": "doubt"}]}, "outside the text"),
        ({"text": "abc", "answer": "accept", "spans": [{"start": 0, "label": "doubt"}]}, "end None"),
        ({"text": "abc", "answer": "accept", "spans": ["doubt"]}, "span 'doubt'"),
        ({"text": "abc", "answer": "accept", "accept": "loaded"}, "accept 'loaded'"),
        ({"text": "abc", "answer": "accept", "relations": [{"head": 1, "child": 2}]}, "span None"),
        ({"answer": "accept"}, "text None"),
    ],
)
def test_a_broken_row_of_prodigy_is_an_error_with_its_line(tmp_path: Path, row: Any, message: str) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps({"text": "fine", "answer": "accept"}) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}:2: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (3, "task 3; wanted an object"),
        ({"data": "x"}, "data 'x'"),
        ({"data": {"text": 5}}, "text 5"),
        ({"data": {"text": "abc"}, "annotations": {}}, "annotations {}"),
        ({"data": {"text": "abc"}, "annotations": [7]}, "annotation 7"),
        ({"data": {"text": "abc"}, "annotations": [{"result": "none"}]}, "result 'none'"),
        (task(labelled(0, 99, "doubt")), "outside the text"),
        (task(labelled(0, 1, "PER")), "unknown label 'PER'"),
        (task({"type": "labels", "value": {"start": "/p[1]", "end": "/p[2]", "labels": ["doubt"]}}), "start '/p[1]'"),
        (task({"type": "labels"}), "value None"),
        (task({"type": "relation", "from_id": "a", "to_id": "b"}), "no ranges"),
    ],
)
def test_a_broken_task_of_label_studio_is_an_error_with_its_number(tmp_path: Path, broken: Any, message: str) -> None:
    path = write(tmp_path / "export.json", json.dumps([task(choice("loaded")), broken]))
    with pytest.raises(DataError) as error:
        read_examples(path, format="label-studio")
    assert str(error.value).startswith(f"{path}: task 2: ")
    assert message in str(error.value)


@pytest.mark.parametrize("content", ["{}", "3", "[", "", "[" * 100_000])
def test_a_file_that_is_no_list_of_tasks_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"a\.json: (wanted a list|broken JSON)"):
        read_examples(write(tmp_path / "a.json", content), format="label-studio")


@pytest.mark.parametrize(
    ("ann", "line", "message"),
    [
        ("T1\tdoubt 0 3\tThe\nT2\tdoubt 0 999\tx\n", 2, "outside the text"),
        ("T1\tdoubt 5 5\t\n", 1, "empty"),
        ("T1\tdoubt -1 5\t\n", 1, "range '-1 5'"),
        ("T1\tdoubt 0 3;\tThe\n", 1, "range '0 3;'"),
        ("T1\tdoubt\n", 1, "range ''"),
        ("T1\tdoubt 0 3\tA\n", 1, "covers 'The'"),
        ("T1\tdoubt 0 ٣\tThe\n", 1, "range"),
        ("Q1\tdoubt 0 3\tThe\n", 1, "line begins with"),
        ("T1\tdoubt 0 3\tThe\n\nR1\tsource T1 T2\n", 3, "two arguments"),
        ("T1\tdoubt 0 3\tThe\n\nR1\tsource Arg1:T1 Arg2:T9\n", 3, "no ranges"),
    ],
)
def test_a_broken_line_of_brat_is_an_error_with_its_line(tmp_path: Path, ann: str, line: int, message: str) -> None:
    with pytest.raises(DataError) as error:
        read_examples(folder(tmp_path, ann))
    assert str(error.value).startswith(f"{tmp_path / 'a.ann'}:{line}: ")
    assert message in str(error.value)


def test_an_ann_file_without_its_text_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a.ann", "")
    with pytest.raises(DataError, match=r"a\.ann: there is no a\.txt"):
        read_examples(tmp_path)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a\tO\nb\tPER\n", 2, "tag in 'PER'"),
        ("a\tO\nb\n", 2, "1 columns"),
        ("a\tO\n\tO\n", 2, "2 columns"),
        ("# text = a c\na\tO\nb\tO\n", 2, "does not follow"),
        ("# text_json = 3\na\tO\n", 2, "text 3"),
        ("# framing = [1]\na\tO\n", 2, "framing [1]"),
        ("# framing = {\na\tO\n", 2, "broken JSON"),
        ("a\tB-PER\n", 1, "unknown label 'PER'"),
    ],
)
def test_a_broken_line_of_conll_is_an_error_with_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    path = write(tmp_path / "a.conll", content)
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


@pytest.mark.parametrize(("name", "file"), [("doccano", "a.jsonl"), ("prodigy", "a.jsonl"), ("conll", "a.conll"), ("label-studio", "a.json")])
def test_another_encoding_is_an_error_with_its_byte(tmp_path: Path, name: str, file: str) -> None:
    path = write(tmp_path / file, '{"text": "café"}'.encode("latin-1"))
    with pytest.raises(DataError, match=r"not UTF-8 at byte 13; save the file as UTF-8"):
        read_examples(path, format=name)


def test_another_encoding_in_brat_names_file_and_line(tmp_path: Path) -> None:
    write(tmp_path / "a.ann", "")
    write(tmp_path / "a.txt", "café".encode("utf-16"))
    with pytest.raises(DataError, match=r"a\.txt:1: not UTF-8"):
        read_examples(tmp_path)


def test_a_file_that_is_read_whole_names_the_line_of_another_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '[\n {"text": "abc"},\n {"text": "café"}\n]'.encode("latin-1"))
    with pytest.raises(DataError, match=r"a\.json:3: not UTF-8 at byte 14; save the file as UTF-8"):
        read_examples(path, format="label-studio")


def test_all_broken_rows_are_found_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "{\n" + json.dumps(ROW) + '\n{"text": "abc", "label": [[0, 9, "doubt"]]}\n')
    assert [bool(row.problems) for row in rows(path, "doccano")] == [True, False, True]


# ---------------------------------------------------------------- finding the format
def test_our_own_rows_are_not_taken_for_a_tool_s(tmp_path: Path) -> None:
    for row in ({"text": "a", "label": 1, "id": "3"}, {"text": "a", "spans": []}, {"text": "a", "label": None}, ["a"], {"colour": []}):
        assert detect(write(tmp_path / "a.jsonl", json.dumps(row))) == "jsonl"


def test_json_of_another_kind_is_not_guessed_at(tmp_path: Path) -> None:
    for content in ("{}", "[]", "[1]", '[{"text": "a"}]', "{", '{"body": "x"}', '{"body": []}'):
        with pytest.raises(DataError, match="cannot tell the format; pass --format"):
            detect(write(tmp_path / "a.json", content))


def test_a_folder_of_several_formats_is_not_guessed_at(tmp_path: Path) -> None:
    write(folder(tmp_path, "") / "b.jsonl", '{"text": "a"}\n')
    with pytest.raises(DataError, match=r"several formats \(brat, jsonl\); pass --format"):
        files_of(tmp_path)
    assert files_of(tmp_path, "brat") == [(tmp_path, "brat")]
    assert files_of(tmp_path, "jsonl") == [(tmp_path / "b.jsonl", "jsonl")]


# ---------------------------------------------------------------- pieces
def test_pieces_are_in_order_have_no_white_space_and_end_where_labels_end() -> None:
    rng = random.Random(3)
    for _ in range(200):
        text = "".join(rng.choice(["ab", "é", "-", "’", " ", "\n", "😀", ".", "12", "_"]) for _ in range(rng.randint(0, 20)))
        edges = [rng.randint(0, len(text)) for _ in range(4)]
        ranges = cut(text, edges)
        assert "".join(text[a:b] for a, b in ranges) == "".join(text.split())
        assert all(a < b <= c for (a, b), (c, _) in zip(ranges, [*ranges[1:], (len(text), 0)]))
        assert not any(a < edge < b for a, b in ranges for edge in edges)


def test_the_kinds_of_labels_are_those_of_examples() -> None:
    assert set(LABELS.values()) == set(KINDS)
    assert all(hasattr(NEUTRAL, kind) for kind in KINDS)
