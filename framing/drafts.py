"""Files and folders that appear whole or not at all: what is written goes to a draft beside the place, which then takes it.

Every file that framing writes is written here: models, labelled data, the command's ``-o``.  It knows nothing of what is in them.
A full disk, an exception, Ctrl-C or a killed process leave the old file as it was; a kill may leave a ``.part`` behind, never half an output.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# What a full or failing disk says; the system does not name the file then.
DISK = frozenset([errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)])


@contextmanager
def draft(path: str | Path, *, folder: Path | None = None) -> Iterator[BinaryIO]:
    """A stream of bytes whose content takes the place of `path` when the block ends well; otherwise the old file stays.

    The draft lies beside `path`, or in `folder` on the same disk.  The file's mode is kept, a link stays a link.  What is no plain
    file (``/dev/stdout``, a named pipe) is written to as it is.
    Raises ``OSError`` naming `path`.
    """
    # a link is followed, so that it still points to the file afterwards
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as stream:
            yield stream
        return
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))  # a rename would write over what is marked as not to be written
    part = _beside(target, folder)
    try:
        # 0o666 less the umask, as `open` would; the name is new, so that nothing that lies there is written through
        stream = os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666), "wb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        with _named(path, part):
            with stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if mode is not None:
                os.chmod(part, stat.S_IMODE(mode))
            os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
    _settle(os.path.dirname(target))


@contextmanager
def draft_folder(path: str | Path) -> Iterator[Path]:
    """A new folder that takes the place of `path` with all that is in it when the block ends well; otherwise nothing is left of it.

    Only an empty folder is replaced, since what lies in another would be lost.  The files are not forced to the disk one by one:
    there may be thousands of small ones.  Raises ``OSError`` naming `path`.
    """
    target = os.path.realpath(path)
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise FileExistsError(errno.EEXIST, "is there already and is not an empty folder", str(path))
    part = _beside(target, None)
    try:
        os.mkdir(part)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        with _named(path, part):
            yield Path(part)
            if os.path.isdir(target):  # Windows renames over no folder; one that has been filled meanwhile is not removed
                os.rmdir(target)
            os.replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _settle(os.path.dirname(target))


@contextmanager
def _named(path: str | Path, part: str) -> Iterator[None]:
    """Errors of the draft `part`, and those of a full disk, come as errors of `path`, the name that the user knows."""
    try:
        yield
    except OSError as error:
        is_own = str(error.filename or "").startswith(part)
        if is_own or (error.filename is None and error.errno in DISK):
            raise type(error)(error.errno, f"{error.strerror}; what was there before is unchanged", str(path)) from error
        raise


def _beside(target: str, folder: Path | None) -> str:
    """A name in the same folder, so that the rename stays on one disk; short enough where the target's own name is long."""
    own, name = os.path.split(target)
    return os.path.join(folder or own, f".{name[:40]}.{secrets.token_hex(6)}.part")


def _settle(folder: str) -> None:
    """Ask the disk to keep the rename, where folders can be opened."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
