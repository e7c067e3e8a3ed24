"""Reports as text for people, editors, programs and browsers."""

from __future__ import annotations

import json as stdlib_json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from framing.rendering import Lines, choose, compact, html, json, one_line, terminal, voice_of
from framing.rendering.templates import asset
from framing.report import Flag, Report, Sentence

TEXT = "Intro line.\r\nThe thugs met, a warden said,\nand it was “shameful”."


def flag(words: str, *, text: str = TEXT, **fields: object) -> Flag:
    start = text.index(words)
    values: dict[str, object] = {"kind": "loaded_term", "device": "emotive", "probability": 0.75, "voice": "author", "source": None}
    values["reason"] = f"“{words}” is loaded."
    return Flag(start=start, end=start + len(words), text=words, **(values | fields))  # type: ignore[arg-type]


def report(*flags: Flag, text: str = TEXT, **fields: object) -> Report:
    sentences = (Sentence(0, len(text), 0.6, 0.4),) if text else ()
    return Report(text=text, score=0.6, author_score=0.4, sentences=sentences, flags=flags, model="tiny 0", **fields)  # type: ignore[arg-type]


THUGS = flag("thugs", device="contentious_label", suggestions=("men", "group"), why=(("lexicon: thug", 1.5), ("baseline", -0.4)))
SHAMEFUL = flag("shameful", voice="quoted", source="a warden")


# ---------------------------------------------------------------- places
@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("ab", 0, (1, 1)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("a\n\nb", 3, (3, 1)),
        ("é😀x", 2, (1, 3)),
        ("a\u2028b", 2, (1, 3)),
        ("", 0, (1, 1)),
    ],
)
def test_lines_and_columns_count_from_one_in_code_points(text: str, offset: int, place: tuple[int, int]) -> None:
    assert Lines(text).place(offset) == place


# ---------------------------------------------------------------- which flags
def test_quoted_chooses_by_voice() -> None:
    both = report(THUGS, SHAMEFUL)
    assert choose(both, quoted="include").flags == (THUGS, SHAMEFUL)
    assert choose(both, quoted="skip").flags == (THUGS,)
    assert choose(both, quoted="only").flags == (SHAMEFUL,)


def test_reported_words_count_as_quoted() -> None:
    indirect = flag("thugs", voice="reported")
    assert choose(report(indirect), quoted="skip").flags == ()
    assert choose(report(indirect), quoted="only").flags == (indirect,)


def test_unknown_choice_of_quoted_is_named() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        choose(report(), quoted="sometimes")


# ---------------------------------------------------------------- compact
def test_compact_has_path_line_column_device_and_message() -> None:
    assert compact.render(report(THUGS, SHAMEFUL), path="a.txt").splitlines() == [
        "a.txt:2:5: contentious_label: “thugs” is loaded. [0.75, author] Try: men, group.",
        "a.txt:3:13: emotive: “shameful” is loaded. [0.75, quoted]",
    ]


def test_compact_keeps_each_flag_on_one_line_whatever_the_text_holds() -> None:
    hostile = flag("thugs", reason="one\ntwo\x1b[31m\u202e")
    assert compact.render(report(hostile), path="a\nb.txt").splitlines() == ["a b.txt:2:5: emotive: one two�[31m� [0.75, author]"]


def test_compact_of_a_clean_report_is_empty() -> None:
    assert compact.render(report()) == ""


# ---------------------------------------------------------------- terminal
def test_terminal_shows_place_words_device_voice_source_reason_and_suggestions() -> None:
    shown = terminal.render(report(THUGS, SHAMEFUL), path="a.txt")
    first = ("a.txt:2:5", "The [[thugs]] met, a warden said,", "CONTENTIOUS LABEL (1)", "chance 0.75", "the writer's voice", "instead: men, group")
    for part in (*first, "quoted: a warden", "“{{shameful}}”"):
        assert part in shown
    assert shown.splitlines()[-1] == "a.txt: score 0.60 (author 0.40); 2 flags, 166.7 per 1,000 words (author 83.3, quoted 83.3)"


def test_terminal_groups_by_device_the_commonest_first_and_the_writers_words_before_others() -> None:
    text = "A vile plan. “A vile day,” said Ilse Tamm. A thug spoke."
    first, second = text.index("vile"), text.rindex("vile")
    vile = flag("vile", text=text)
    quoted = replace(vile, start=second, end=second + 4, voice="quoted")
    thug = flag("thug", text=text, device="contentious_label")
    assert first == vile.start
    shown = terminal.render(report(quoted, vile, thug, text=text)).splitlines()
    heads = [line for line in shown if line and line == line.upper()]
    assert heads == ["EMOTIVE (2)", "CONTENTIOUS LABEL (1)"]
    others = shown.index("  in others' words")
    assert any("[[vile]]" in line for line in shown[:others])
    assert shown[others + 2].startswith("  │ ")
    assert "{{vile}}" in shown[others + 2]


def test_terminal_shows_flags_of_one_device_in_one_sentence_together() -> None:
    text = "A vile and shameful plan."
    shown = terminal.render(report(flag("vile", text=text), flag("shameful", text=text), text=text))
    assert shown.count("A [[vile]] and [[shameful]] plan.") == 1
    assert shown.count("chance 0.75") == 2


def test_terminal_without_color_has_no_escapes_and_with_color_resets_them() -> None:
    assert "\x1b" not in terminal.render(report(THUGS))
    coloured = terminal.render(report(THUGS), color=True)
    assert coloured.count("\x1b[0m") == len(re.findall(r"\x1b\[[1-9][\d;]*m", coloured)) > 0
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == terminal.render(report(THUGS)).replace("[[", "").replace("]]", "")


def test_terminal_colours_tell_voices_apart_without_the_hue() -> None:
    shown = terminal.render(report(THUGS, SHAMEFUL), color=True)
    assert re.search(r"\x1b\[1;4;\d+mthugs\x1b\[0m", shown)
    assert re.search(r"\x1b\[4mshameful\x1b\[0m", shown)


@pytest.mark.parametrize("width", [44, 60])
def test_terminal_counts_columns_where_characters_are_wide_or_have_none(width: int) -> None:
    text = "The thugs met at 都庁舎の前 😀😀😀 and at 都庁舎の横 😀😀😀 and at cafe\u0301 after cafe\u0301 until the shameful dawn."
    shown = terminal.render(report(flag("shameful", text=text), text=text), width=width).splitlines()
    assert max(map(terminal.columns, shown)) <= width < 2 * len(text)
    first = next(line for line in shown if "thugs" in line)
    following = shown[shown.index(first) + 1].split()[0]
    assert terminal.columns(first) + 1 + terminal.columns(following) > width  # and no line ends too early


@pytest.mark.parametrize("width", [44, 60, 100])
def test_terminal_wraps_to_the_width_and_keeps_every_word(width: int) -> None:
    text = "The council of Lower Venn " + "met and argued and went home and " * 8 + "called it a shameful, brutal end of a long week."
    flags = [flag("shameful", text=text, suggestions=("criticised", "controversial")), flag("brutal", text=text, voice="quoted", source="a warden")]
    shown = terminal.render(report(*flags, text=text), path="a.txt", width=width)
    assert max(map(len, shown.splitlines())) <= width
    plain = " ".join(re.sub(r"\[\[|\]\]|\{\{|\}\}|│", "", shown).split())
    assert text in plain


def test_terminal_colours_do_not_count_as_columns() -> None:
    text = "The council of Lower Venn " + "met and argued and went home and " * 8 + "called it a shameful end."
    plain, coloured = (terminal.render(report(flag("shameful", text=text), text=text), color=color, width=60) for color in (False, True))
    assert max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in coloured.splitlines()) <= 60
    assert len(coloured.splitlines()) == len(plain.splitlines())


def test_terminal_passes_no_control_characters_of_the_text_on() -> None:
    text = "The \x1b]0;owned\x07thugs\x9b31m met.\u202e"
    shown = terminal.render(report(flag("thugs", text=text), text=text), path="\x1b[2J.txt")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)


def test_terminal_excerpt_of_a_long_sentence_is_cut_at_spaces() -> None:
    text = "word " * 200 + "thugs" + " word" * 200
    shown = terminal.render(report(flag("thugs", text=text), text=text), width=1000).splitlines()[2].strip()
    assert len(shown) < 2 * terminal.AROUND + 20
    assert re.fullmatch(r"…(word )+\[\[thugs\]\]( word)+…", shown)


def test_terminal_of_one_endless_word_is_bounded() -> None:
    text = "x" * 5000 + "thugs" + "y" * 5000
    assert len(terminal.render(report(flag("thugs", text=text), text=text))) < 1000


def test_terminal_of_a_clean_report_is_the_summary_alone() -> None:
    assert terminal.render(report(), path="a.txt") == "a.txt: score 0.60 (author 0.40); 0 flags"
    assert terminal.render(Report("", 0.0, 0.0)) == "score 0.00 (author 0.00); 0 flags"


# ---------------------------------------------------------------- JSON
def test_json_line_is_read_back_as_the_same_report() -> None:
    line = json.render(report(THUGS, SHAMEFUL, ignored=((0, 5),)), path="a.txt")
    assert "\n" not in line
    assert stdlib_json.loads(line)["path"] == "a.txt"
    assert Report.from_dict(stdlib_json.loads(line)) == report(THUGS, SHAMEFUL, ignored=((0, 5),))


def test_json_of_a_lone_surrogate_can_be_encoded() -> None:
    line = json.render(report(text="a \ud800 b"))
    assert stdlib_json.loads(line.encode("utf-8"))["text"] == "a \ud800 b"


# ---------------------------------------------------------------- HTML
class Page(HTMLParser):
    """What a browser would see: the text of the article, tags and their attributes, balance of tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.article, self.all_text = "", ""
        self.stack: list[str] = []
        self.inside = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "input"):
            self.stack.append(tag)
        if self.inside or dict(attrs).get("class") == "text":
            self.inside += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag
        self.inside -= bool(self.inside)

    def handle_data(self, data: str) -> None:
        self.all_text += data
        if self.inside:
            self.article += data


def marks(page: Page) -> list[dict[str, str | None]]:
    return [a for tag, a in page.tags if tag == "mark" and "aria-describedby" in a]


def test_page_holds_the_text_unchanged_and_its_tags_are_balanced() -> None:
    page = Page(html.page(report(THUGS, SHAMEFUL), title="t"))
    assert page.article == TEXT
    assert page.stack == []


def test_page_loads_nothing_and_its_policy_allows_its_own_script_alone() -> None:
    shown = html.page(report(THUGS, SHAMEFUL), title="t")
    page = Page(shown)
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object"}
    assert not re.search(r"https?:|url\(|@import|\bsrc=", shown)
    scripts = re.findall(r"<script>(.*?)</script>", shown, re.DOTALL)
    assert len(scripts) == [tag for tag, _ in page.tags].count("script") == 1
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy") or ""
    assert f"script-src 'sha256-{b64encode(sha256(scripts[0].encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy


def test_script_makes_no_markup_from_text() -> None:
    script = asset("page.js")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", script)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</div></section><h1>", "&lt;b&gt; &amp;", "' onmouseover='x"]
)
def test_page_escapes_hostile_text_everywhere(hostile: str) -> None:
    text = f"Start {hostile} end."
    bad = flag(hostile, text=text, reason=hostile, source=hostile, voice="quoted", suggestions=(hostile,), why=((hostile, 1.0),))
    page = Page(html.page(replace(report(bad, text=text), model=hostile), title=hostile))
    clean = Page(html.page(report(flag("x", text="x y z.", source="s", voice="quoted", suggestions=("s",), why=(("w", 1.0),)), text="x y z."), title="t"))
    assert page.article == text
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in clean.tags}
    assert {name for _, attributes in page.tags for name in attributes} == {name for _, attributes in clean.tags for name in attributes}


def test_each_mark_points_to_an_entry_that_explains_it() -> None:
    page = Page(html.page(report(THUGS, SHAMEFUL), title="t"))
    entries = {a["id"] for tag, a in page.tags if tag == "li" and "id" in a}
    assert len(marks(page)) == 2
    assert {m["aria-describedby"] for m in marks(page)} == entries
    for part in ("contentious label", "0.75", "quoted: a warden", "“thugs” is loaded.", "men", "lexicon: thug +1.50", "line 2, column 5"):
        assert part in page.all_text
    assert all(m["title"] for m in marks(page))


def test_marks_carry_device_and_voice_as_classes() -> None:
    scare = flag("shameful", kind="scare_quote", device="scare_quote")
    assert [m["class"] for m in marks(Page(html.page(report(THUGS, scare), title="t")))] == ["contentious_label author", "scare_quote author"]


def test_flags_that_overlap_are_nested_or_cut_without_losing_text() -> None:
    outer, inner, across = flag("it was “shameful”", device="weasel"), flag("shameful"), flag("said,\nand it", device="doubt")
    page = Page(html.page(report(across, outer, inner), title="t"))
    assert page.article == TEXT
    assert page.stack == []
    assert {m["class"] for m in marks(page)} == {"weasel author", "emotive author", "doubt author"}
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_furniture_is_greyed_and_counted() -> None:
    shown = html.page(report(ignored=((0, 11),)), title="t")
    assert '<span class="ignored" title="page furniture, left out">Intro line.</span>' in shown
    assert "<dt>range of page furniture left out</dt><dd>1</dd>" in shown


def test_fragment_is_a_section_without_a_page_around_it() -> None:
    shown = html.fragment(report(THUGS))
    assert "<html" not in shown
    assert Page(shown).article == TEXT
    assert report(THUGS)._repr_html_() == shown


def test_several_reports_on_one_page_share_no_ids() -> None:
    page = Page(html.pages([("a.txt", report(THUGS)), ("b.txt", report(THUGS))], title="two"))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert len([i for i in ids if re.fullmatch(r"f\w+-\d+-[em]1", i)]) == 4


def test_empty_text_gives_a_page_that_says_that_nothing_is_flagged() -> None:
    assert "Nothing is flagged" in html.page(Report(text="", score=0.0, author_score=0.0), title="t")


def test_characters_that_html_forbids_are_replaced() -> None:
    shown = html.page(report(text="a\x00b\ud800c\x1bd"), title="t")
    assert Page(shown).article == "a�b�c�d"
    shown.encode("utf-8")


def test_a_source_that_is_no_name_has_no_capital_in_mid_sentence() -> None:
    assert voice_of("quoted", "Its chief executive") == "quoted: its chief executive"
    assert voice_of("reported", "He") == "reported: he"
    assert voice_of("quoted", "Anette Itson") == "quoted: Anette Itson"


def test_one_line_leaves_ordinary_text_alone() -> None:
    assert one_line("“Ça va?” – naïve 日本") == "“Ça va?” – naïve 日本"


# ---------------------------------------------------------------- flags without a device
def test_flags_without_a_device_are_shown_in_every_form() -> None:
    bare = report(flag("thugs", device=None), SHAMEFUL)
    assert compact.render(bare, path="a.txt").splitlines()[0] == "a.txt:2:5: loaded_term: “thugs” is loaded. [0.75, author]"
    assert "LOADED TERM (1)" in terminal.render(bare, color=True)
    assert '<mark class="loaded_term author"' in html.page(bare, title="t")
    assert Report.from_dict(stdlib_json.loads(stdlib_json.dumps(bare.to_dict()))) == bare
