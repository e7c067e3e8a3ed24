"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from framing import drafts
from framing.drafts import draft, draft_folder


def write(path: Path | str, *pieces: bytes) -> None:
    with draft(path) as file:
        for piece in pieces:
            file.write(piece)


def test_what_is_written_takes_the_place_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write(path, b"one", b"two")
    assert path.read_bytes() == b"onetwo"
    write(str(path), b"three")
    assert path.read_bytes() == b"three"
    assert os.listdir(tmp_path) == ["out"]


def test_the_old_file_is_there_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with draft(path) as file:
        file.write(b"new" * 100_000)
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new" * 100_000


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), GeneratorExit()], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("old", [b"old", None])
def test_any_exception_leaves_what_was_there(tmp_path: Path, error: BaseException, old: bytes | None) -> None:
    path = tmp_path / "out"
    if old is not None:
        path.write_bytes(old)

    def fail() -> None:
        with draft(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([] if old is None else [old])


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_failing_disk_names_the_file_and_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")

    def fail(first: Any, *_: Any) -> None:
        raise OSError(number, os.strerror(number), *([first] if step == "replace" else []))

    monkeypatch.setattr(drafts.os, step, fail)
    with pytest.raises(OSError, match="unchanged") as caught:
        write(path, b"new")
    assert (caught.value.errno, caught.value.filename) == (number, str(path))
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out"]


def test_errors_of_other_files_keep_their_names(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, draft(tmp_path / "out"):
        (tmp_path / "gone").read_bytes()
    assert str(caught.value.filename) == str(tmp_path / "gone")


def test_content_is_on_the_disk_before_the_name_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(drafts.os, "fsync", lambda number: (order.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file"), fsync(number)))
    monkeypatch.setattr(drafts.os, "replace", lambda a, b: (order.append("rename"), replace(a, b)))
    write(tmp_path / "out", b"x")
    assert order == (["file", "rename", "folder"] if os.name == "posix" else ["file", "rename"])


def test_missing_folder_and_folder_in_the_way_name_the_path(tmp_path: Path) -> None:
    for path in (tmp_path / "gone" / "out", tmp_path):
        with pytest.raises((FileNotFoundError, IsADirectoryError, PermissionError)) as caught:
            write(path, b"x")
        assert str(caught.value.filename) == str(path)


@pytest.mark.skipif(os.name != "posix", reason="modes and links")
def test_mode_is_kept_and_a_new_file_has_the_usual_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    before = os.umask(0o027)
    try:
        write(path, b"x")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)
    path.chmod(0o600)
    write(path, b"y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="modes and links")
def test_links_stay_links(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far/out")
    for content in (b"first", b"second"):
        write(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "far" / "out").read_bytes() == content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_pipes_and_devices_are_written_to_as_they_are(tmp_path: Path) -> None:
    write("/dev/null", b"x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(tmp_path / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe", b"x")
    reader.join()
    assert got == [b"x"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everything")
def test_file_that_may_not_be_written_is_left(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(PermissionError):
        write(path, b"new")
    assert path.read_bytes() == b"old"


def test_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    contents = [bytes([65 + n]) * 300_000 for n in range(8)]
    threads = [threading.Thread(target=write, args=(path, c[:150_000], c[150_000:])) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["out"]


def test_longest_name_still_has_a_draft(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_draft_may_lie_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    with draft(tmp_path / "out.txt", folder=tmp_path / "partial") as file:
        file.write(b"whole")
        assert len(list((tmp_path / "partial").iterdir())) == 1
        assert not (tmp_path / "out.txt").exists()
    assert (tmp_path / "out.txt").read_text() == "whole"
    assert not list((tmp_path / "partial").iterdir())


# ---------------------------------------------------------------- folders
def write_folder(path: Path, error: BaseException | None = None) -> None:
    with draft_folder(path) as folder:
        (folder / "in").mkdir()
        (folder / "in" / "a.txt").write_bytes(b"one")
        assert not path.exists() or not list(path.iterdir())
        if error is not None:
            raise error


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_appears_with_all_that_is_in_it(tmp_path: Path, is_there: bool) -> None:
    if is_there:
        (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out")
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == ["out", "out/in", "out/in/a.txt"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("is_there", [True, False])
def test_any_exception_leaves_nothing_of_a_folder(tmp_path: Path, error: BaseException, is_there: bool) -> None:
    if is_there:
        (tmp_path / "out").mkdir()
    with pytest.raises(type(error)):
        write_folder(tmp_path / "out", error)
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"] * is_there


def test_a_folder_takes_the_place_of_nothing_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"mine")
    for name in ("full", "file"):
        with pytest.raises(FileExistsError, match="not an empty folder") as caught:
            write_folder(tmp_path / name)
        assert caught.value.filename == str(tmp_path / name)
    assert (tmp_path / "full" / "mine.txt").read_bytes() == (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_that_is_filled_meanwhile_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    def fill() -> None:
        with draft_folder(tmp_path / "out"):
            (tmp_path / "out" / "mine.txt").write_bytes(b"mine")

    with pytest.raises(OSError, match="mpty") as caught:
        fill()
    assert str(caught.value.filename).startswith(str(tmp_path / "out"))
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == ["out", "out/mine.txt"]


def test_a_full_disk_names_the_folder_that_was_wanted(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unchanged") as caught, draft_folder(tmp_path / "out") as folder:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "a.txt"))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "out"))
    assert os.listdir(tmp_path) == []


def test_a_folder_in_no_folder_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, draft_folder(tmp_path / "gone" / "out"):
        pytest.fail("the block is not entered")
    assert caught.value.filename == str(tmp_path / "gone" / "out")
