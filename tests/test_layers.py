"""A module imports only from floors below its own; heavy libraries come in by one door each."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "framing"

# floor -> modules; see "How it is built" in CONTRIBUTING.md
FLOORS = [
    {"errors", "taxonomy", "drafts", "resampling", "counting"},
    {"tokens", "furniture", "rendering", "vectors", "rows", "payloads", "toml", "language", "markdown"},
    {"quotes", "report", "lexicon", "config", "ignores", "plots"},
    {"document", "features", "corpus", "rules", "webpage", "notebook"},
    {"heads", "cues", "checking", "sources", "topics", "measuring", "soundness"},
    {"persistence", "attribution", "pairs"},
    {"judging"},
    {"flagging"},
    {"model"},
    {"scoring"},
    {"evaluation", "training", "comparison", "vectorizer", "tables"},
    {"curves", "partitions"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
DOORS = {"nltk": {"tokens"}, "sklearn": {"heads", "evaluation", "vectorizer"}, "joblib": {"persistence", "scoring", "model"}, "click": {"cli"}}
DOORS |= {"tomllib": {"toml"}, "tomli": {"toml"}, "markdown_it": {"markdown"}, "trafilatura": {"webpage"}, "lxml": {"webpage"}, "spacy": {"corpus"}}
DOORS |= {"matplotlib": {"plots"}, "pandas": {"tables"}, "jinja2": {"rendering"}, "markupsafe": {"rendering"}}
DOORS |= {"pyarrow": {"corpus", "rows", "tables", "partitions"}, "dask": {"partitions"}, "distributed": {"partitions"}}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def runtime_imports(path: Path) -> set[str]:
    """Modules that `path` imports when it runs; what only the type checker reads is left out."""
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "framing":
                found.update(f"framing.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(path.read_text(encoding="utf-8")))
    return found


MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_imports_only_from_floors_below(path: Path) -> None:
    own = room(path)
    assert own in LEVEL, f"{own} stands on no floor; add it to FLOORS"
    for name in runtime_imports(path):
        if name.startswith("framing."):
            target = name.split(".")[1]
            if target in LEVEL and target != own:
                assert LEVEL[target] < LEVEL[own], f"{own} (floor {LEVEL[own]}) imports {target} (floor {LEVEL[target]})"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_come_in_by_their_own_door(path: Path) -> None:
    for name in runtime_imports(path):
        top = name.split(".")[0]
        if top in DOORS:
            assert room(path) in DOORS[top], f"{room(path)} imports {name}; its doors are {sorted(DOORS[top])}"


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, framing; print([m for m in ('nltk', 'sklearn', 'numpy', 'scipy', 'joblib', 'click', 'jinja2', 'matplotlib') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_rendering_is_a_lower_floor_than_report() -> None:
    assert LEVEL["rendering"] < LEVEL["report"]
