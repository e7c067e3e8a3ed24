"""The page: index, key, what it leaves out; and in a browser: filters, card, table, and nothing of a text that runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from framing.model import Model
from framing.rendering import html
from framing.rendering.templates import asset
from framing.report import Flag, Report, Sentence
from framing.taxonomy import DEVICE_NAMES, DEVICES

TEXT = "The thugs met.\n\nA warden said “it was shameful”. The so-called plan failed."
ATTACK = (
    "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'><svg onload=window.owned=3>"
    "<a href=\"javascript:window.owned=4\">x</a></div></main><style>*{display:none}</style><iframe src='https://example.org'></iframe>"
    "\"onfocus=window.owned=5 autofocus='{{7*7}}'--><!--</script></style></title>"
)


def flag(words: str, *, text: str = TEXT, **fields: object) -> Flag:
    start = text.index(words)
    values: dict[str, object] = {"kind": "loaded_term", "device": "emotive", "probability": 0.5, "voice": "author", "source": None}
    return Flag(start=start, end=start + len(words), text=words, **(values | {"reason": f"“{words}” is loaded."} | fields))  # type: ignore[arg-type]


THUGS = flag("thugs", device="contentious_label", probability=0.9, suggestions=("men",), why=(("lexicon", 1.5), ("baseline", -0.4)))
SHAMEFUL = flag("shameful", voice="quoted", source="A warden", probability=0.6)
SO_CALLED = flag("so-called", device="doubt", probability=0.3)


def report(*flags: Flag, text: str = TEXT, score: float = 0.6) -> Report:
    sentences = tuple(Sentence(m.start(), m.end(), 0.25, 0.2) for m in re.finditer(r"[^.\n]+\.", text))
    return Report(text=text, score=score, author_score=0.4, sentences=sentences, flags=flags, model="tiny 0")


ALL = report(THUGS, SHAMEFUL, SO_CALLED)


# ---------------------------------------------------------------- without a browser
def test_one_text_has_no_index_and_several_have_a_row_each() -> None:
    assert "<table" not in html.page(ALL, title="t")
    shown = html.pages([("a.txt", ALL), ("b.txt", report()), ("c.txt", report(THUGS))], title="t")
    assert re.findall(r'<tr><td><a href="#t(\d)">(\w)\.txt</a></td><td>0\.60</td><td>0\.40</td><td>3</td><td>(\d)</td><td>(\d)</td>', shown) == [
        ("0", "a", "3", "1"),
        ("1", "b", "0", "0"),
        ("2", "c", "1", "0"),
    ]
    for number in range(3):
        assert f'<article id="t{number}"' in shown


def test_key_explains_the_devices_that_are_found_and_counts_them() -> None:
    shown = html.pages([("a", ALL), ("b", report(THUGS))], title="t")
    key = shown[shown.index('<aside class="key"') : shown.index("</aside>")]
    assert re.findall(r'name="device" value="(\w+)" checked><mark class="\w+">[\w ]+</mark> <span class="soft">(\d+)</span>', key) == [
        ("contentious_label", "2"),
        ("doubt", "1"),
        ("emotive", "1"),
    ]
    for device in DEVICES:
        assert (device.is_not_one in key) == (device.name in ("contentious_label", "doubt", "emotive"))
    assert "inside somebody’s quotation marks" in key


def test_every_sentence_has_a_bar_with_its_score() -> None:
    assert html.page(ALL, title="t").count('<i class="s2" role="img" title="sentence score 0.25"></i>') == 3


def test_every_device_has_a_hue_of_its_own() -> None:
    hues = dict(re.findall(r"^\.framing \.(\w+)\{--hue:(\d+)\}", asset("report.css"), re.MULTILINE))
    assert set(hues) == {*DEVICE_NAMES, "scare_quote", "loaded_term"}
    assert len(set(hues.values())) == len(hues)


def test_long_text_is_laid_out_in_parts_and_none_of_it_is_lost() -> None:
    text = "\r\n\r\n".join(f"Paragraph {n} of a long text. " * 20 for n in range(100))
    shown = html.fragment(report(text=text))
    assert 8 < shown.count('<div class="part">') < 20
    inner = re.search(r'<div class="text" dir="auto">(.*?)</div></div>', shown, re.DOTALL)
    assert inner
    assert re.sub(r"<[^>]*>", "", inner[1]) == text


def test_flag_across_the_border_of_parts_is_marked_in_both() -> None:
    text = "word " * 1000 + "loaded\n\nwords" + " word" * 1000
    shown = html.fragment(report(flag("loaded\n\nwords", text=text), text=text))
    assert shown.count('aria-describedby="') == 2
    assert shown.count('tabindex="0"') == 1


def test_page_says_what_was_left_out_of_a_text() -> None:
    text = "thugs. " * 200
    flags = tuple(Flag(7 * n, 7 * n + 5, "thugs", "loaded_term", "emotive", 0.9, "author", None, "r") for n in range(200))
    book = html.Book(room=html.Room(texts=5, characters=700, flags=50, sentences=20))
    section = book.section(report(*flags, text=text), "a.txt")
    assert "the first 700 of 1,400 characters are shown; the first 50 of 200 flags are marked; the first 20 of 200 sentences have a bar" in section
    assert section.count("aria-describedby") == section.count("data-p=") == 50
    assert section.count('role="img"') == 20
    assert "<dd>200</dd>" in section  # the counts stay those of the whole text
    assert book.section(ALL, "b.txt") == ""
    page = "".join(book.page("t", [section]))
    assert "The page is full: 1 text not shown." in page
    assert "<td>b.txt</td>" in page
    assert section in page


def test_page_that_is_full_of_texts_counts_the_others() -> None:
    book = html.Book(room=html.Room(texts=2, characters=9_000, flags=50, sentences=20))
    assert [bool(book.section(report(), name)) for name in "abcd"] == [True, True, False, False]
    assert "2 texts not shown, 2 texts not even in the table" in "".join(book.page("t", []))


def test_page_grows_with_the_text_and_not_faster() -> None:
    def size(times: int) -> int:
        text = "The thugs met. " * times
        flags = tuple(Flag(15 * n + 4, 15 * n + 9, "thugs", "loaded_term", "emotive", 0.9, "quoted", "x" * 10_000, "r") for n in range(times))
        return len(html.page(report(*flags, text=text), title="t"))

    assert size(400) - size(200) < 2.1 * (size(200) - size(100))


def test_fragment_of_a_huge_text_is_small_enough_for_a_notebook() -> None:
    text = "The quay closed. " * 20_000
    shown = report(text=text)._repr_html_()
    assert len(shown) < 200_000
    assert "This text is too long for a page" in shown


def test_fragment_has_no_script_and_styles_nothing_around_it() -> None:
    shown = html.fragment(ALL)
    assert "<script" not in shown
    css = re.sub(r"/\*.*?\*/", "", "".join(re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)), flags=re.DOTALL)
    selectors = [s.strip() for rule in re.findall(r"([^{}]+)\{", css) for s in rule.split(",") if not rule.strip().startswith("@")]
    assert len(selectors) > 40
    assert [s for s in selectors if not re.match(r"(\[data-jp-theme-light=\w+\] |\.vscode-\w+ )?\.framing\b", s)] == []


def test_headings_leave_no_level_out_and_no_column_is_nameless() -> None:
    for shown in (html.page(ALL, title="t"), html.pages([("a", ALL), ("b", report())], title="t")):
        levels = [int(level) for level in re.findall(r"<h(\d)\b", shown)]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
        assert not re.search(r"<th[^>]*>\s*</th>|\.framing\.single article h2\{display:none", shown)


# ---------------------------------------------------------------- in a browser
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no chromium")
    with api.sync_playwright() as play:
        # The default limits of 30 seconds say more about the machine than about the page.
        running = play.chromium.launch(timeout=600_000, executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


class Tab:
    """A page in the browser, with everything it complained about and asked for."""

    def __init__(self, browser: Any, folder: Path, shown: str) -> None:
        path = folder / "page.html"
        path.write_text(shown, encoding="utf-8")
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(600_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def shown(self) -> list[str]:
        """The words whose marks are on."""
        return list(self.page.locator(".text mark:not(.off)").all_inner_texts())

    def entries(self) -> int:
        return int(self.page.locator("ol li:visible").count())

    def settle(self) -> None:
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []
        assert {url.partition("#")[0] for url in self.requests} == {self.address}


@pytest.fixture
def open_tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    tabs: list[Tab] = []

    def opened(shown: str) -> Tab:
        tabs.append(Tab(browser, tmp_path, shown))
        return tabs[-1]

    yield opened
    for tab in tabs:
        tab.close()


def test_filters_choose_by_device_voice_and_chance(open_tab: Any) -> None:
    tab = open_tab(html.page(ALL, title="t"))
    page = tab.page
    assert tab.shown() == ["thugs", "shameful", "so-called"]
    page.uncheck("input[value=doubt]")
    tab.settle()
    assert tab.shown() == ["thugs", "shameful"]
    assert tab.entries() == 2
    page.uncheck("input[value=quoted]")
    tab.settle()
    assert tab.shown() == ["thugs"]
    assert page.inner_text("#status") == "1 of 3 shown"
    page.click("button[type=reset]")
    tab.settle()
    assert tab.shown() == ["thugs", "shameful", "so-called"]
    page.fill("#least", "60")
    tab.settle()
    assert tab.shown() == ["thugs", "shameful"]
    assert page.inner_text("#floor") == "0.60"
    page.fill("#least", "61")
    tab.settle()
    assert tab.shown() == ["thugs"]
    assert tab.entries() == 1
    assert page.locator("mark.off[tabindex='0']").count() == 0


def test_bars_can_be_hidden(open_tab: Any) -> None:
    page = open_tab(html.page(ALL, title="t")).page
    assert page.locator(".text i:visible").count() == 3
    page.uncheck("#bars")
    assert page.locator(".text i:visible").count() == 0


def test_hover_shows_the_card_with_reason_chance_evidence_and_wording_and_escape_hides_it(open_tab: Any) -> None:
    page = open_tab(html.page(ALL, title="t")).page
    assert not page.is_visible(".card")
    page.hover(".text mark.contentious_label")
    card = page.inner_text(".card")
    for part in ("contentious label", "chance 0.90", "the writer's voice", "“thugs” is loaded.", "Instead: men", "lexicon +1.50"):
        assert part in card
    page.hover(".card")
    page.wait_for_timeout(400)
    assert page.is_visible(".card")
    page.keyboard.press("Escape")
    assert not page.is_visible(".card")


def test_keyboard_walks_the_marks_and_enter_goes_to_the_entry(open_tab: Any) -> None:
    page = open_tab(html.page(ALL, title="t")).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the text"
    page.keyboard.press("Enter")
    seen = []
    for _ in range(3):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent"))
        assert seen[-1] in page.inner_text(".card")
    assert seen == ["thugs", "shameful", "so-called"]
    page.keyboard.press("Enter")
    assert not page.is_visible(".card")
    assert page.inner_text("li:target").startswith("so-called")


def test_marks_are_described_to_a_screen_reader_and_controls_have_names(open_tab: Any) -> None:
    page = open_tab(html.pages([("a", ALL), ("b", report(THUGS))], title="t")).page
    described = """[...document.querySelectorAll('.text mark')].every(mark =>
      document.getElementById(mark.getAttribute('aria-describedby')).textContent.includes(mark.textContent))"""
    assert page.evaluate(described)
    nameless = """[...document.querySelectorAll('input,button,a,summary')].filter(e =>
      !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim()).length"""
    assert page.evaluate(nameless) == 0
    assert page.evaluate("[...document.querySelectorAll('h1')].length") == 1
    assert page.evaluate("document.documentElement.lang") == "en"


def test_each_mark_is_announced_with_device_chance_and_voice(open_tab: Any) -> None:
    """Read from Chromium's accessibility tree, before and after a mark has been focused."""
    page = open_tab(html.page(ALL, title="t")).page
    tree = page.context.new_cdp_session(page)

    def announced() -> dict[str, str]:
        found = {}
        for node in tree.send("Accessibility.getFullAXTree")["nodes"]:
            focusable = any(p["name"] == "focusable" for p in node.get("properties", ()))
            if node["role"]["value"] == "mark" and focusable:
                said = node["description"]["value"]
                found[said.split(" ")[0]] = said
        return found

    for _ in range(2):
        said = announced()
        assert list(said) == ["thugs", "shameful", "so-called"]
        assert "contentious label, chance 0.90, the writer's voice" in said["thugs"]
        assert "emotive, chance 0.60, quoted: a warden" in said["shameful"]
        assert "doubt, chance 0.30" in said["so-called"]
        page.focus(".text mark >> nth=0")


def test_index_on_a_phone_keeps_its_figures_whole_and_scrolls_by_keyboard(open_tab: Any) -> None:
    page = open_tab(html.pages([("a", ALL), ("b", report(THUGS))], title="t")).page
    page.set_viewport_size({"width": 390, "height": 800})
    lines = """[...document.querySelectorAll('td:not(:first-child)')].map(cell => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    })"""
    assert set(page.evaluate(lines)) == {1}
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.focus("[role=region]")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "texts and their scores"


def test_table_sorts_by_each_column_both_ways(open_tab: Any) -> None:
    texts = [("b10", report(THUGS, score=0.5)), ("b9", report(score=0.75)), ("a", report(THUGS, SHAMEFUL, score=0.125))]
    tab = open_tab(html.pages(texts, title="t"))

    def names() -> list[str]:
        return [str(name) for name in tab.page.locator("tbody td:first-child").all_inner_texts()]

    def press(head: str) -> str:
        tab.page.click(f"th:has-text('{head}') >> nth=0")
        return str(tab.page.get_attribute("th[aria-sort]", "aria-sort"))

    assert names() == ["b10", "b9", "a"]
    assert (press("score"), names()) == ("descending", ["b9", "b10", "a"])
    assert (press("score"), names()) == ("ascending", ["a", "b10", "b9"])
    assert (press("text"), names()) == ("ascending", ["a", "b9", "b10"])
    assert (press("flags"), names()) == ("descending", ["a", "b10", "b9"])
    assert tab.page.locator("th[aria-sort]").count() == 1
    tab.page.click("tbody a >> nth=0")
    assert tab.page.evaluate("location.hash") == "#t2"


def test_nothing_in_a_text_a_name_or_a_source_runs_or_loads(open_tab: Any) -> None:
    text = f"Start {ATTACK} end. The thugs met."
    bad = flag(ATTACK, text=text, reason=ATTACK, source=ATTACK, voice="quoted", suggestions=(ATTACK,), why=((ATTACK, 1.0),), device=ATTACK)
    hostile = report(bad, flag("thugs", text=text), text=text)
    tab = open_tab(html.pages([(ATTACK, hostile), ("b", hostile)], title=ATTACK))
    page = tab.page
    page.hover(".text mark >> nth=0")
    assert page.is_visible(".card")
    for box in page.locator("input[name=device]").all():
        box.uncheck()
    tab.settle()
    assert tab.shown() == []
    page.click("th >> nth=0")
    page.wait_for_timeout(100)
    assert page.evaluate("window.owned") is None
    assert page.evaluate("document.querySelectorAll('main script, img, svg, iframe, main style, [onfocus], [onerror]').length") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert page.evaluate("document.querySelector('.text').textContent") == text
    assert page.title().startswith("<script>window.owned")


def test_policy_stops_a_script_that_is_put_into_the_page(open_tab: Any) -> None:
    """What the escaping should never let through is refused by the browser as well."""
    shown = html.page(ALL, title="t").replace("</main>", "<script>window.owned = 1</script></main>")
    tab = open_tab(shown)
    assert tab.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)
    tab.complaints.clear()


def test_page_is_whole_without_its_script(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html.page(ALL, title="t"), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("ol li:visible").count() == 3
    assert page.locator("input:visible, button:visible").count() == 0
    assert page.get_attribute(".text mark >> nth=0", "title") == "contentious label, chance 0.90, the writer's voice"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_paper_and_marks(browser: Any, tmp_path: Path, scheme: str) -> None:
    """Contrast of at least 4.5 (WCAG 2.2, AA), measured as the browser computes the colours."""
    path = tmp_path / "page.html"
    flags = [flag("thugs", device=name, voice=voice) for name in (*DEVICE_NAMES, "scare_quote", "loaded_term") for voice in ("author", "quoted")]
    texts = [(str(n), replace(report(f), ignored=((16, 24),))) for n, f in enumerate(flags)]
    path.write_text(html.pages(texts, title="t"), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(path.as_uri())
    script = """() => {
      const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const over = colours => {
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data];
      };
      const light = rgb => {
        const [r, g, b] = rgb.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const paper = getComputedStyle(document.body).backgroundColor;
      return [...document.querySelectorAll('.text mark, .key mark, .soft, .note, .ignored, p, dt')].map(e => {
        const style = getComputedStyle(e);
        const a = light(over([paper, style.backgroundColor])), b = light(over([style.color]));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      });
    }"""
    ratios = page.evaluate(script)
    assert len(ratios) > 40
    assert min(ratios) >= 4.5
    context.close()


def test_key_is_folded_on_a_narrow_screen_and_open_on_paper(open_tab: Any) -> None:
    page = open_tab(html.page(ALL, title="t")).page
    assert page.is_visible("input[value=doubt]")
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    assert not page.is_visible("input[value=doubt]")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.is_visible(".key mark.doubt")
    assert not page.is_visible("input[value=doubt]")


def test_long_text_opens_and_can_be_filtered(open_tab: Any) -> None:
    text = "The thugs at the quay met again on Monday, a clerk of the harbour told the board.\n\n" * 1_500
    step = len(text) // 1_500
    flags = tuple(Flag(step * n + 4, step * n + 9, "thugs", "loaded_term", "emotive", 0.9, "author", None, "r") for n in range(1_500))
    tab = open_tab(html.page(report(*flags, text=text), title="t"))
    assert tab.page.evaluate("document.querySelector('.text').textContent.length") == len(text)
    tab.page.uncheck("input[value=emotive]")
    tab.settle()
    assert tab.page.inner_text("#status") == "0 of 1,500 shown"


def test_report_of_a_model_makes_a_page_without_complaints(open_tab: Any, tiny_model: Model) -> None:
    found = tiny_model.score("The thugs at the ferry office closed the quay.\n\nThe warden said “the thugs stay shut” on Monday.", threshold=0.1)
    tab = open_tab(found.to_html())
    assert sorted(tab.shown()) == sorted(f.text for f in found.flags)
