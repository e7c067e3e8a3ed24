"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from framing.drafts import draft


def test_a_file_appears_when_the_block_ends_well(tmp_path: Path) -> None:
    final = tmp_path / "out.txt"
    with draft(final) as path:
        path.write_text("whole")
        assert not final.exists()
    assert final.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [final]


def test_a_failure_leaves_the_file_of_the_last_run_and_no_draft(tmp_path: Path) -> None:
    final = tmp_path / "out.txt"
    final.write_text("before")

    def fail() -> None:
        with draft(final) as path:
            path.write_text("half")
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError, match="the power"):
        fail()
    assert final.read_text() == "before"
    assert list(tmp_path.iterdir()) == [final]


def test_a_link_is_followed_and_the_mode_kept(tmp_path: Path) -> None:
    target = tmp_path / "real.txt"
    target.write_text("before")
    target.chmod(0o600)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    with draft(link) as path:
        path.write_text("after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_draft_may_lie_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    with draft(tmp_path / "out.txt", folder=tmp_path / "partial") as path:
        path.write_text("whole")
        assert path.parent.name == "partial"
    assert (tmp_path / "out.txt").read_text() == "whole"
    assert not list((tmp_path / "partial").iterdir())


def test_a_missing_folder_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"gone/out\.txt"), draft("gone/out.txt"):
        pass
