"""Model files: plain data in, plain data out, nothing executed."""

import io
import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from framing import persistence
from framing.errors import ModelError


class Hostile:
    """Pickles to a call of os.mkdir."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def payload() -> dict[str, Any]:
    return {"format": persistence.FORMAT, "weights": np.arange(6, dtype=np.float32).reshape(2, 3), "names": ["a", "b"], "nested": {"x": [1, 2.5, None, True]}}


def test_save_then_load_changes_nothing(tmp_path: Path) -> None:
    persistence.save(payload(), tmp_path / "m.joblib")
    loaded = persistence.load(tmp_path / "m.joblib")
    assert np.array_equal(loaded.pop("weights"), payload()["weights"])
    assert loaded == {k: v for k, v in payload().items() if k != "weights"}


def test_the_same_payload_gives_the_same_bytes(tmp_path: Path) -> None:
    persistence.save(payload(), tmp_path / "a.joblib")
    persistence.save(payload(), tmp_path / "b.joblib")
    assert (tmp_path / "a.joblib").read_bytes() == (tmp_path / "b.joblib").read_bytes()


def test_joblib_itself_can_read_the_file(tmp_path: Path) -> None:
    persistence.save(payload(), tmp_path / "m.joblib")
    assert joblib.load(tmp_path / "m.joblib")["names"] == ["a", "b"]


@pytest.mark.parametrize("compress", [0, 3])
def test_a_file_that_names_a_function_is_refused_and_not_run(tmp_path: Path, compress: int) -> None:
    made = tmp_path / "made"
    joblib.dump({**payload(), "extra": Hostile(made)}, tmp_path / "m.joblib", compress=compress)
    with pytest.raises(ModelError):
        persistence.load(tmp_path / "m.joblib")
    assert not made.exists()


def test_an_array_of_objects_is_refused_and_not_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    array = np.empty(1, dtype=object)
    array[0] = Hostile(made)
    buffer = io.BytesIO()
    joblib.dump({**payload(), "extra": array}, buffer)
    (tmp_path / "m.joblib").write_bytes(zlib.compress(buffer.getvalue()))
    with pytest.raises(ModelError, match="objects"):
        persistence.load(tmp_path / "m.joblib")
    assert not made.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", zlib.compress(b"not a pickle"), zlib.compress(pickle.dumps([1, 2])), zlib.compress(pickle.dumps({"a": 1}))],
    ids=["empty", "text", "zlib of text", "a list", "no format"],
)
def test_other_files_give_a_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.joblib").write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.joblib"):
        persistence.load(tmp_path / "m.joblib")


def test_a_cut_file_gives_a_clear_error(tmp_path: Path) -> None:
    persistence.save(payload(), tmp_path / "m.joblib")
    whole = (tmp_path / "m.joblib").read_bytes()
    for share in (0.2, 0.5, 0.9):
        (tmp_path / "cut.joblib").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ModelError):
            persistence.load(tmp_path / "cut.joblib")


def test_another_format_is_named(tmp_path: Path) -> None:
    persistence.save({**payload(), "format": 999}, tmp_path / "m.joblib")
    with pytest.raises(ModelError, match="999"):
        persistence.load(tmp_path / "m.joblib")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        persistence.load(tmp_path / "nowhere.joblib")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence, "LARGEST", 1 << 16)
    (tmp_path / "m.joblib").write_bytes(zlib.compress(b"\0" * (1 << 20)))
    with pytest.raises(ModelError, match="unpacks"):
        persistence.load(tmp_path / "m.joblib")
