"""The pages in docs/: every fenced block is run, or read as what it says it is; what the pages list is what there is.

In a page, a block of text, JSON or TOML that follows "… as `NAME`" is a file of that name for the blocks after it.  Commands run in a
folder with the invented files of ``desk``; where a block shows output, it has to come out.
"""

from __future__ import annotations

import ast
import doctest
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import framing
from framing import toml
from framing.cli import main
from framing.taxonomy import DEVICES, QUOTE_USES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

# (page, first line of the block, or the language for all of them) -> why the block is not run here.  Commands in it are still parsed.
EXEMPT = {
    ("config.md", "toml"): "tests/test_config.py reads it key by key",
    ("formats.md", "console"): "tests/test_formats.py runs it on the two texts that it speaks of",
    ("github-actions.md", "yaml"): "tests/test_integrations.py runs the workflows' commands and the hook",
    ("retraining.md", "text"): "tests/test_retraining.py goes through the page",
    ("retraining.md", "console"): "tests/test_retraining.py goes through the page",
    ("retraining.md", "python"): "tests/test_retraining.py goes through the page",
    ("retraining.md", "xml"): "tests/test_retraining.py goes through the page",
    ("scale.md", ">>> import framing, pandas"): "tests/test_tables.py runs the page's examples",
    ("scale.md", ">>> from dask import config, dataframe"): "tests/test_tables.py runs the page's examples",
    ("scale.md", "from dask.distributed import Client"): "a sketch that needs a cluster; compiled",
    ("scale.md", "# Spark: has no index, so carry over what names a row"): "sketches that the page itself calls untested; compiled",
    ("design.md", "text"): "a drawing",
    ("trust.md", "sh"): "fuzzing takes hours; the files are looked for",
}
# Parts of a command that is parsed, not run.
NOT_RUN = {
    "--jobs": "starts worker processes; tests/test_scoring.py has them",
    "--engine": "starts a cluster; tests/test_partitions.py has one",
}
NEEDS = {"config.md": ["markdown_it"], "evaluation.md": ["matplotlib"]}

ROWS = [
    {"url": "n/1", "outlet": "Herald", "body": "The thugs on the harbour board voted at noon.", "text": "The thugs voted."},
    {"url": "n/2", "outlet": "Courier", "body": "The harbour board voted at noon.", "text": "The board voted."},
]


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, what stands before it, its language and content."""

    page: str
    line: int
    before: str
    language: str
    content: str

    def __str__(self) -> str:
        return f"docs/{self.page}:{self.line}"

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        return (self.page, self.language), (self.page, self.content.split("\n", 1)[0])

    @property
    def is_exempt(self) -> bool:
        return any(key in EXEMPT for key in self.keys)


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    before, start, language, content = "", 0, "", []
    for number, line in enumerate((DOCS / page).read_text(encoding="utf-8").splitlines(), 1):
        if start and line == "```":
            yield Block(page, start, before, language, "".join(content))
            start, before = 0, ""
        elif start:
            content.append(line + "\n")
        elif line.lstrip().startswith("```"):
            start, language, content = number, line.strip()[3:], []
        elif line.strip():
            before = line
    assert not start, f"docs/{page}:{start}: a block without an end"


ALL = [block for page in PAGES for block in blocks(page)]


def commands(block: Block) -> list[tuple[list[str], str]]:
    """(words, expected output) of every ``$ …`` in a block; ``\\`` goes on to the next line."""
    parts = re.split(r"^\$ (.*)\n", block.content.replace("\\\n", " "), flags=re.MULTILINE)
    assert not parts[0].strip(), f"{block}: begins with a command"
    return [(shlex.split(line, comments=True), output) for line, output in zip(parts[1::2], parts[2::2], strict=True)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run: two sides, tables, drafts, an article of the project's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FRAMING_MODEL", raising=False)
    for folder, text in (("herald", "The thugs met again.\n"), ("courier", "The council met again.\n"), ("drafts", "A shameful vote.\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text, encoding="utf-8")
    for name in ("news.jsonl", "left.jsonl", "right.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    header = ",".join(ROWS[0])
    for name in ("news.csv", "articles.csv"):
        (tmp_path / name).write_text("\n".join([header, *(",".join(row.values()) for row in ROWS)]) + "\n", encoding="utf-8")
    (tmp_path / "seeds" / "articles").mkdir(parents=True)
    shutil.copy(ROOT / "seeds" / "articles" / "border-town.txt", tmp_path / "seeds" / "articles")
    (tmp_path / "draft.txt").write_text("Mayor Krill slammed the plan.\n", encoding="utf-8")
    return tmp_path


# ---------------------------------------------------------------- blocks
@pytest.mark.parametrize("page", PAGES)
def test_blocks_of_the_page_run(page: str, desk: Path) -> None:
    if not (ROOT / "models" / "framing.joblib").exists():
        pytest.skip("models/framing.joblib is not there: no shipped model")
    for module in NEEDS.get(page, ()):
        pytest.importorskip(module)
    names: dict[str, Any] = {}
    for block in blocks(page):
        if block.is_exempt:
            continue
        saved = re.search(r" as `([\w./-]+)`", block.before)
        if saved:
            (desk / saved[1]).write_text(block.content, encoding="utf-8")
        if block.language == "console":
            run_commands(block)
        elif block.language == "python":
            run_python(block, names)
        elif block.language == "json":
            assert [json.loads(line) for line in block.content.splitlines()] or json.loads(block.content)
        elif block.language == "toml":
            toml.parse(block.content, str(block))
        elif block.language in ("html", "text") and not saved:
            score_comments(block, desk)
        else:
            assert saved, f"{block}: nobody knows how to test a block of {block.language or 'no language'}; run it, or say why not in EXEMPT"


def run_commands(block: Block) -> None:
    for words, expected in commands(block):
        if words[0] != "framing" or NOT_RUN.keys() & set(words):
            continue
        result = CliRunner().invoke(main, words[1:])
        where = f"{block}: {shlex.join(words)}\n{result.output}"
        if "error:" in expected:
            assert result.exit_code == 2, where
        else:
            assert result.exit_code in (0, 1), where
        if expected.strip():
            assert doctest.OutputChecker().check_output(expected, result.output, FLAGS), f"{where}\nwanted:\n{expected}"


def run_python(block: Block, names: dict[str, Any]) -> None:
    if ">>> " not in block.content:
        exec(compile(block.content, str(block), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.content, names, str(block), block.page, block.line)
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=said.append, clear_globs=False)
    assert result.attempted, f"{block}: no example"
    assert not result.failed, "".join(said)
    names.update(test.globs)


def score_comments(block: Block, desk: Path) -> None:
    """Comments for framing that a page shows are understood: a text that holds them is scored without an error."""
    assert "framing:" in block.content, f"{block}: neither a file nor comments for framing"
    path = desk / ("comments.md" if block.language == "html" else "comments.txt")
    path.write_text(block.content, encoding="utf-8")
    result = CliRunner().invoke(main, ["score", str(path), "--no-config", "--exit-zero"])
    assert result.exit_code == 0, f"{block}\n{result.output}"


@pytest.mark.parametrize("block", [b for b in ALL if b.language in ("console", "sh")], ids=str)
def test_commands_are_understood(block: Block) -> None:
    script = [line for line in block.content.splitlines() if line.strip()]
    lines = [shlex.split(line, comments=True) for line in script] if block.language == "sh" else [words for words, _ in commands(block)]
    assert lines
    for words in lines:
        if words[0] == "framing":
            command = main.commands[words[1]]
            command.make_context(words[1], words[2:])  # click raises for an option or a choice that there is not
        elif words[:2] == ["pip", "install"]:
            assert_extras_are_known(words[-1])
        elif words[0] == "python":
            assert (ROOT / words[1]).exists(), f"{block}: {words[1]} is not there"
        else:
            assert words == ["mkdocs", "build", "--strict"], f"{block}: an unknown command, {words[0]}"


def assert_extras_are_known(text: str) -> None:
    declared, _ = toml.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8"), "pyproject.toml")
    for group in re.findall(r"\[([\w,-]+)\]", text):
        assert set(group.split(",")) <= set(declared["project"]["optional-dependencies"]), text


@pytest.mark.parametrize("block", [b for b in ALL if b.language == "python"], ids=str)
def test_scripts_compile(block: Block) -> None:
    if ">>> " not in block.content:
        ast.parse(block.content)


def test_every_exemption_is_of_a_block_that_is_there() -> None:
    assert set(EXEMPT) <= {key for block in ALL for key in block.keys}


# ---------------------------------------------------------------- words between blocks
@pytest.mark.parametrize("path", [*(DOCS / page for page in PAGES), ROOT / "README.md"], ids=lambda path: path.name)
def test_options_and_extras_that_the_page_names_exist(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    options = {option for command in main.commands.values() for parameter in command.params for option in parameter.opts} | {"--version", "--help"}
    for code in re.findall(r"`([^`\n]+)`", text):
        known = options
        words = code.split()
        if words[0] == "framing" and len(words) > 1 and re.fullmatch(r"[a-z][a-z-]*", words[1]):
            assert words[1] in main.commands, f"{path.name}: `{code}`"
            known = {option for parameter in main.commands[words[1]].params for option in parameter.opts}
        elif words[0] in ("mkdocs", "python"):
            continue
        elif words[0] == "pip":
            assert_extras_are_known(code)
            continue
        for word in words:
            if re.match(r"--[a-z]", word):
                assert word.split("=")[0] in known, f"{path.name}: `{code}`"


def test_the_readme_links_to_pages_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"docs/[\w.-]+\.(?:md|ipynb)", text)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_every_page_is_in_the_menu() -> None:
    yaml = pytest.importorskip("yaml")
    menu: list[Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed = [page for entry in menu for value in entry.values() for page in ([value] if isinstance(value, str) else [p for e in value for p in e.values()])]
    assert sorted(listed) == PAGES


# ---------------------------------------------------------------- lists that could drift
def sections(page: str) -> dict[str, str]:
    """What stands under each heading that is a name in backticks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {m[1]: m[2] for m in re.finditer(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)}


def test_devices_have_their_section_with_definition_and_both_examples() -> None:
    found = sections("devices.md")
    assert list(found)[: len(DEVICES)] == [device.name for device in DEVICES]
    for device in DEVICES:
        definition = device.definition[0].upper() + device.definition[1:]
        assert f"\n**{definition}.**" in found[device.name]
        assert f"\n* is one: *{device.is_one}*\n* is not one: *{device.is_not_one}*\n" in found[device.name]


def test_uses_of_marks_have_their_section_with_definition_and_example() -> None:
    found = sections("devices.md")
    assert set(list(found)[len(DEVICES) :]) == {use.name for use in QUOTE_USES}
    for use in QUOTE_USES:
        definition = use.definition[0].upper() + use.definition[1:]
        assert f"\n**{definition}.**" in found[use.name]
        assert f"Example: *{use.example}*\n" in found[use.name]


def test_reference_has_all_public_names_and_no_other() -> None:
    named = re.findall(r"^::: framing\.(\w+)$", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(set(framing.__all__) - {"__version__"})


def test_evaluation_page_names_the_pictures_that_are_drawn() -> None:
    from framing import plots

    text = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    drawn = re.findall(r"``([a-z-]+)``", plots.draw.__doc__ or "")
    assert drawn == re.findall(r"^\| `([a-z-]+)` \|", text.split("## Pictures")[1], re.MULTILINE)


# ---------------------------------------------------------------- the notebook
NOTEBOOK = DOCS / "notebook.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


def test_the_notebook_is_stored_without_outputs() -> None:
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_the_notebook_is_a_valid_one() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))


def test_the_notebook_runs_and_shows_what_it_should(desk: Path, shell: Any) -> None:
    pytest.importorskip("pandas")
    shown: dict[str, dict[str, str]] = {}
    for cell in cells():
        if cell["cell_type"] == "code":
            done = shell.run_cell("".join(cell["source"]))
            done.raise_error()
            shown[cell["id"]] = shell.display_formatter.format(done.result)[0]
    assert "<mark" in shown["score"]["text/html"]
    assert shown["list"]["text/html"].count("<tr><td>") == 2
    assert shown["flags-frame"]["text/html"].count("<tr>") > 3
    assert "<svg" in shown["sides"]["text/html"]
    assert "('thugs', 'contentious_label')" in shown["terms"]["text/plain"]
