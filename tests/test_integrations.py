"""What is offered to other tools: pre-commit hooks, workflows in the documentation.  Their commands are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from framing.cli import main
from framing.cli.writers import WRITERS

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).resolve().parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "github-actions.md").read_text(encoding="utf-8")
BLOCKS: list[dict[Any, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
WORKFLOWS = [block for block in BLOCKS if "jobs" in block]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, tiny_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMING_MODEL", tiny_file)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("The thugs met.\n", encoding="utf-8")
    (tmp_path / "-o.txt").write_text("The thugs met.\n", encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_hook_runs_on_files_and_takes_none_for_an_option(hook: dict[str, Any], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    command = [*hook["entry"].split()[1:], *hook["args"], "articles/a.txt", "-o.txt"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == (0 if "report" in hook["id"] else 1), result.output
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["articles/a.txt", "-o.txt"]
    assert sorted(tmp_path.rglob("*")) == before
    assert hook["language"] == "python"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_hook_brings_what_its_kinds_of_files_need(hook: dict[str, Any]) -> None:
    tomllib = pytest.importorskip("tomllib")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert ("markdown" in hook["types_or"]) == (hook.get("additional_dependencies") == extras["markdown"])


def test_workflows_install_what_reading_a_folder_needs() -> None:
    for workflow in WORKFLOWS:
        (job,) = workflow["jobs"].values()
        assert [step["run"] for step in job["steps"] if step.get("run", "").startswith("pip ")] == ["pip install './tools/framing[markdown]'"]


def test_workflows_run_the_command_as_it_is_and_upload_what_it_writes() -> None:
    assert len(WORKFLOWS) == 3
    seen = set()
    for workflow in WORKFLOWS:
        (job,) = workflow["jobs"].values()
        command = next(step["run"] for step in job["steps"] if step.get("run", "").startswith("framing "))
        arguments = shlex.split(command)[1:]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == (0 if "--exit-zero" in arguments else 1), result.output
        seen.add(arguments[arguments.index("--format") + 1])
        if "-o" in arguments:
            written = arguments[arguments.index("-o") + 1]
            assert Path(written).stat().st_size > 0
            assert written in job["steps"][-1]["with"].values()
    assert seen == {"github", "sarif", "html"}


def test_hook_in_the_guide_is_one_of_ours_and_keeps_the_dashes() -> None:
    (hook,) = next(block for block in BLOCKS if "repos" in block)["repos"][0]["hooks"]
    assert hook["id"] in {h["id"] for h in HOOKS}
    assert hook["args"][-1] == "--"
    assert CliRunner().invoke(main, ["score", *hook["args"], "articles/a.txt"]).exit_code == 1


def test_formats_page_lists_every_format() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) >= set(WRITERS)


def test_formats_page_states_the_limits_that_hold() -> None:
    from framing.rendering import SURE, html

    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    room = html.page_room()
    assert f"{room.characters // 1_000_000} million characters, {room.flags:,} marked flags, {room.sentences:,} sentence bars and {room.texts:,} texts" in page
    assert f"chance of {SURE} or more" in page
    assert f"{SURE} or\nmore are warnings" in GUIDE
