"""Files that appear whole or not at all: what is written goes to a draft beside the file, which then takes its place.

Every file that framing writes is written here: models, labelled data, the command's ``-o``.  It knows nothing of what is in them.
A full disk, an exception, Ctrl-C or a killed process leave the old file as it was; a kill may leave a ``.part`` file, never half an output.
"""

import errno
import os
import secrets
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
        try:
            with stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if mode is not None:
                os.chmod(part, stat.S_IMODE(mode))
            os.replace(part, target)
        except OSError as error:
            if error.filename in (None, part) and (error.errno in DISK or error.filename == part):
                raise type(error)(error.errno, f"{error.strerror}; what was there before is unchanged", str(path)) from error
            raise
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
    _settle(os.path.dirname(target))


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
