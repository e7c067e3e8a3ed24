"""What is delivered: the wheel holds the package, the model and nothing else; wheel and sdist are the same bytes each time."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

wheels = pytest.importorskip("hatchling.builders.wheel")
sdists = pytest.importorskip("hatchling.builders.sdist")
ROOT = Path(__file__).resolve().parent.parent
PARTS = ("framing", "models", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
# stand for the rest of the repository
REST = ("tests/test_x.py", "tests/models/x.joblib", "training_data/x.jsonl", "seeds/x.tsv", "benchmarks/x.py", "recipes/x.py", "docs/x.md", ".ci/run")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two copies of what is built, in folders of other names, with other times and, where the umask decides, other modes."""
    found = []
    for number in range(2):
        folder = tmp_path_factory.mktemp("copy") / f"tree{number}"
        folder.mkdir()
        for name in PARTS:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copyfile(source, folder / name)
        for name in REST:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name, encoding="utf-8")
        if number:
            for path in folder.rglob("*"):
                os.utime(path, (1_000_000_000, 1_000_000_000))
                if path.is_file():
                    path.chmod(0o600)
        found.append(folder)
    return found


def build(builder: Any, root: Path, target: Path) -> Path:
    (made,) = builder(str(root)).build(directory=str(target), versions=["standard"])
    return Path(made)


@pytest.fixture(scope="module")
def built(copies: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        targets = [tmp_path_factory.mktemp("dist") for _ in copies]
        return {
            "wheel": [build(wheels.WheelBuilder, copy, target) for copy, target in zip(copies, targets)],
            "sdist": [build(sdists.SdistBuilder, copy, target) for copy, target in zip(copies, targets)],
        }


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_two_builds_are_the_same_bytes(built: dict[str, list[Path]], kind: str) -> None:
    one, two = built[kind]
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_the_wheel_holds_the_package_the_model_and_nothing_else(built: dict[str, list[Path]]) -> None:
    with zipfile.ZipFile(built["wheel"][0]) as wheel:
        names = wheel.namelist()
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "framing").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    about = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert set(names) - about == package | {"framing/models/framing.joblib"}
    assert {name.partition("/")[2] for name in about} == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert {Path(name).suffix for name in package} <= {".py", ".typed", ".css", ".js", ".html", ".json"}


def test_the_sdist_holds_neither_benchmarks_nor_recipes(built: dict[str, list[Path]]) -> None:
    with tarfile.open(built["sdist"][0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert set(REST) - names == {"benchmarks/x.py", "recipes/x.py"}
    assert {"framing/__init__.py", "models/framing.joblib", "pyproject.toml", "LICENSE"} <= names
