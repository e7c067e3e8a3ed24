"""Files that appear whole or not at all: written under another name, put on the disk, then renamed."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def draft(path: str | Path, *, folder: Path | None = None) -> Iterator[Path]:
    """A path to write to, which becomes `path` when the block ends well and vanishes when it does not.

    The draft lies beside `path`, or in `folder` on the same file system.  A link is followed, and the file's mode is kept.
    """
    final = Path(os.path.realpath(path))
    if not final.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder to write to", str(path))
    own = (folder or final.parent) / f".{final.name}.{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        yield own
        with open(own, "rb+") as file:
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(final, own)
        own.replace(final)
    finally:
        own.unlink(missing_ok=True)
