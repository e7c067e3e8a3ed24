"""The configuration file: found upward, read whole, refused with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framing import config
from framing.config import Config
from framing.errors import ConfigError
from framing.lexicon import LONGEST_TERM

DOC = Path(__file__).resolve().parent.parent / "docs" / "config.md"


def write(folder: Path, text: str, name: str = "framing.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------- where it is
def test_the_nearest_file_upward_is_found(tmp_path: Path) -> None:
    far, near = write(tmp_path, "quoted = 'skip'"), write(tmp_path / "a", "quoted = 'only'")
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    assert config.find(deep) == near.resolve()
    assert config.find(tmp_path) == far.resolve()


def test_a_pyproject_counts_only_with_the_table(tmp_path: Path) -> None:
    own = write(tmp_path, "[tool.framing]\nquoted = 'skip'\n", "pyproject.toml")
    for number, text in enumerate(("[tool.other]\nframing = 1\n", "[project]\nname = 'x'\n", "broken = = toml\n")):
        write(tmp_path / str(number), text, "pyproject.toml")
        assert config.find(tmp_path / str(number)) == own.resolve()


def test_a_broken_pyproject_that_names_framing_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "[tool.framing]\nquoted = \n", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2: no TOML"):
        config.find(tmp_path)


def test_in_one_folder_framing_toml_wins(tmp_path: Path) -> None:
    write(tmp_path, "[tool.framing]\nquoted = 'skip'\n", "pyproject.toml")
    own = write(tmp_path, "")
    assert config.find(tmp_path) == own.resolve()


# ---------------------------------------------------------------- what it says
def test_the_example_in_the_documentation_sets_every_key(tmp_path: Path) -> None:
    text = re.findall(r"^```toml\n(.*?)^```", DOC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(text) == 1
    found = config.read(write(tmp_path, text[0]))
    assert {key.partition(".")[0] for key in found.places} == set(config.KEYS)
    assert (found.min_probability, found.quoted, found.format) == (0.5, "include", "text")
    assert found.model == tmp_path / "models/desk.joblib"
    assert found.off == {"puffery"}
    assert found.thresholds == {"weasel": 0.35, "scare_quote": 0.7}
    assert [(a.term, a.device) for a in found.allow] == [("so-called", None), ("regime", "contentious_label")]
    first, second = found.terms
    assert (first.term, first.device, first.instead, first.probability, first.forms) == ("bloodbath", "emotive", ("killing",), config.STATED, "any")
    assert (second.term, second.instead, second.probability, second.forms) == ("axe", ("cut", "end"), 0.6, "verb")
    assert "style guide" in first.reason


def test_the_same_keys_stand_under_the_table_of_a_pyproject(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\n[tool.framing]\nquoted = 'skip'\n[tool.framing.devices]\ndoubt = false\n"
    text += "[[tool.framing.terms]]\nterm = 'a'\ndevice = 'emotive'\n"
    path = write(tmp_path, text, "pyproject.toml")
    found = config.read(path)
    assert (found.quoted, found.off, [t.term for t in found.terms]) == ("skip", {"doubt"}, ["a"])
    assert found.places == {"quoted": f"{path}:4", "devices": f"{path}:5", "devices.doubt": f"{path}:6", "terms": f"{path}:7"}
    assert found.terms[0].place == f"{path}:7"


def test_the_documentation_names_every_key_with_type_and_default() -> None:
    text = DOC.read_text(encoding="utf-8")
    for key, (kind, default) in config.KEYS.items():
        assert f"| `{key}` | {kind} | {default} |" in text
    for key in (*config.ALLOW_KEYS, *config.TERM_KEYS):
        assert f"| `{key}` |" in text


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    assert config.read(path) == Config(path=path)


def test_terms_have_as_many_words_as_the_lexicon_allows() -> None:
    assert config.LONGEST_TERM == LONGEST_TERM


# ---------------------------------------------------------------- what it refuses
@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\nmin_probability = 0.5", 2, "unknown key 'min_probability'; did you mean 'min-probability'?"),
        ("treshold = 1", 1, "unknown key 'treshold'"),
        ("min-probability = '0.5'", 1, "min-probability = '0.5'; wanted a number from 0 to 1"),
        ("min-probability = true", 1, "min-probability = true; wanted a number"),
        ("min-probability = 1.5", 1, "from 0 to 1"),
        ("min-probability = nan", 1, "from 0 to 1"),
        ("quoted = 'skipp'", 1, "did you mean 'skip'?"),
        ("quoted = ['skip']", 1, "wanted one of include, skip, only"),
        ("model = 3", 1, "model = 3; wanted a string"),
        ("model = ''", 1, "wanted a string"),
        ("exclude = 'a'", 1, "wanted an array of strings"),
        ("exclude = [\n'a',\n1]", 3, "exclude[2] = 1"),
        ("devices = ['doubt']", 1, "wanted a table"),
        ("[devices]\ndoubts = false", 2, "unknown device 'doubts'; did you mean 'doubt'?"),
        ("[devices]\nloaded-verb = false", 2, "did you mean 'loaded_verb'?"),
        ("[devices]\ndoubt = 'off'", 2, "wanted true, false, or the least chance"),
        ("[devices]\ndoubt = 7", 2, "devices.doubt = 7; wanted a number from 0 to 1"),
        ("allow = 'regime'", 1, "allow = 'regime'; wanted an array"),
        ("allow = [\n{reason = 'x'}]", 2, "needs the key 'term'"),
        ("allow = [\n'a',\n{term = 'x', raeson = 'y'}]", 3, "unknown key 'raeson'; did you mean 'reason'?"),
        ("allow = [{term = 'x', device = 'doubts'}]", 1, "did you mean 'doubt'?"),
        ("allow = [5]", 1, "allow[1] = 5; wanted a table"),
        ("terms = ['x']", 1, "terms[1] = 'x'; wanted a table"),
        ("[[terms]]\nterm = 'x'", 1, "needs the key 'device'"),
        ("[[terms]]\ndevice = 'doubt'", 1, "needs the key 'term'"),
        ("[[terms]]\nterm = '...'\ndevice = 'doubt'", 2, "wanted 1 to 8 words"),
        ("[[terms]]\nterm = 'a b c d e f g h i'\ndevice = 'doubt'", 2, "wanted 1 to 8 words"),
        ("[[terms]]\nterm = 'x'\ndevice = 'scare_quote'", 3, "wanted one of contentious_label"),
        ("[[terms]]\nterm = 'x'\ndevice = 'doubt'\nprobability = 1", 4, "above 0 and below 1"),
        ("[[terms]]\nterm = 'x'\ndevice = 'doubt'\nforms = 'plural'", 4, "wanted one of any, noun, verb, fixed"),
        ("[[terms]]\nterm = 'x'\ndevice = 'doubt'\ninstead = 'y'", 4, "wanted an array of strings"),
        ("[[terms]]\nterm = 'x'\ndevice = 'doubt'\n[[terms]]\nterm = 'X'\ndevice = 'doubt'", 4, "already at"),
        ("[devices]\ndoubt = false\n[[terms]]\nterm = 'x'\ndevice = 'doubt'", 3, "which is off at"),
        ("allow = ['x']\n[[terms]]\nterm = 'X'\ndevice = 'doubt'", 2, "is allowed at"),
        ("\n[tool.framing]\nquoted = 'skip'", 2, "keys stand at the top level"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        config.read(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)


def test_a_file_that_is_not_utf8_is_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "framing.toml"
    path.write_bytes(b"quoted = 'skip'\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"framing\.toml:2: not UTF-8"):
        config.read(path)


def test_a_named_pyproject_without_the_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no \[tool\.framing\]"):
        config.read(write(tmp_path, "[project]\n", "pyproject.toml"))


# ---------------------------------------------------------------- excluded paths
@pytest.mark.parametrize(
    ("pattern", "path", "is_excluded"),
    [
        ("archive", "archive/a.md", True),
        ("archive", "x/archive/b/a.md", True),
        ("archive", "archived.md", False),
        ("archive/", "x/archive/a.md", True),
        ("./letters/*.md", "letters/a.md", True),
        ("letters/*.md", "letters/x/a.md", False),
        ("letters/**/*.md", "letters/x/y/a.md", True),
        ("letters/**/*.md", "letters/a.md", True),
        ("letters/**", "letters/x/a.txt", True),
        ("*.draft.txt", "x/a.draft.txt", True),
        ("*.draft.txt", "x/a.draft.txt.bak", False),
        ("a?.md", "ab.md", True),
        ("a?.md", "a/.md", False),
        ("a+b.md", "aab.md", False),
    ],
)
def test_excluded_paths_are_globs_below_the_files_folder(tmp_path: Path, pattern: str, path: str, is_excluded: bool) -> None:
    found = config.read(write(tmp_path, f"exclude = ['{pattern}']"))
    assert found.excludes(tmp_path / path) is is_excluded


def test_what_lies_outside_the_folder_is_not_excluded(tmp_path: Path) -> None:
    found = config.read(write(tmp_path / "desk", "exclude = ['*']"))
    assert found.excludes(tmp_path / "desk" / "a.md")
    assert not found.excludes(tmp_path / "a.md")
