"""Model files: a plain payload to a joblib file and back; the only door to joblib's saving.

The payload is a dict of strings, numbers, lists and numpy arrays.  A joblib file is a pickle, and a pickle can name any
function; files are therefore read by ``payloads``, which knows plain data and nothing else.  A model from a stranger cannot
execute code, and neither a bomb nor a device nor a pipe under a model's name can hold the program up.

Format 1: ``{"format": 1, "features": int, "manifest": {...}, "heads": {...}, "lexicon": [...], ...}``, zlib-compressed.
"""

import io
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import Any

from framing import __version__, features, payloads
from framing.drafts import draft
from framing.errors import ModelError

FORMAT = 1
LARGEST = 1 << 28  # bytes after decompression; the shipped model has 9 million, a bomb has more than this
WRITER = "written by framing"  # the key under which a file says which version wrote it, so that an older one can say whom to ask

# How files begin that people take for a model's: compressed by other means, or not at all.
OTHER = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"]\x00\x00": "lzma",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"\x80": "a bare pickle",
}


def save(payload: dict[str, Any], path: str | Path) -> None:
    """Write `payload`; the same payload gives the same bytes.  The file appears whole or not at all.

    Raises ``ModelError`` for a payload that ``load`` would refuse, before anything is written, and ``OSError`` naming the file.
    """
    import joblib

    buffer = io.BytesIO()
    joblib.dump(_canonical({**payload, WRITER: __version__}), buffer, compress=0, protocol=4)
    raw = buffer.getvalue()
    if len(raw) > LARGEST:
        raise ModelError(f"{path}: this model has {len(raw):,} bytes, and at most {LARGEST:,} can be read again; nothing was written")
    payloads.read(raw, str(path))
    with draft(path) as file:
        file.write(zlib.compress(raw, 9))


def _canonical(value: Any) -> Any:
    """`value` with equal strings made one object: a pickle notes which are, and the bytes must not depend on that."""
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, dict):
        return {_canonical(k): _canonical(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(v) for v in value]
    return value


def load(path: str | Path) -> dict[str, Any]:
    """The payload in `path`.

    Raises ``ModelError`` for a missing file, what is no plain file, a file of another kind or format, and a file that holds
    anything beyond plain data.
    """
    payload = payloads.read(_inflate(_read(path), path), str(path))
    if not isinstance(payload, dict) or type(payload.get("format")) is not int:
        raise ModelError(f"{path}: not a framing model; make one with `framing train`")
    found, writer = payload["format"], str(payload.pop(WRITER, ""))
    if found != FORMAT:
        advice = _advice(writer) if found > FORMAT else "retrain with `framing train`"
        raise ModelError(f"{path}: model format {found % 10**9}, this framing {__version__} reads {FORMAT}; {advice}")
    trained = payload.get("features")
    if type(trained) is int and trained > features.VERSION:  # older ones are the model's to judge
        raise ModelError(f"{path}: features version {trained % 10**9}, this framing {__version__} computes {features.VERSION}; {_advice(writer)}")
    return payload


def _advice(writer: str) -> str:
    """What to do with a newer file, which says itself who wrote it, if that is no nonsense."""
    author = f"framing {writer}" if writer[:1].isdigit() and len(writer) < 40 and writer.isprintable() else "a newer framing"
    return f"{author} wrote it and reads it: pip install --upgrade framing"


def _read(path: str | Path) -> bytes:
    """The bytes of a plain file that is no larger than a model can be."""
    try:
        # a named pipe without a writer would otherwise be waited for
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise ModelError(f"{path}: a pipe, a device or a socket; a model must be a plain file")
            if about.st_size > LARGEST:
                raise ModelError(f"{path}: {about.st_size:,} bytes; a framing model has at most {LARGEST:,}")
            return file.read(about.st_size)
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the name
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise ModelError(f"{str(path)!a}: cannot be read: {reason}" if "\0" in str(path) else f"{path}: cannot be read: {reason}") from error


def _inflate(packed: bytes, path: str | Path) -> bytes:
    """`packed` decompressed, if it is one whole zlib stream; its checksum was right then."""
    if not packed:
        raise ModelError(f"{path}: empty; make a model with `framing train`")
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(packed, LARGEST)
    except (zlib.error, MemoryError) as error:
        other = next((name for start, name in OTHER.items() if packed.startswith(start)), None)
        what = f"looks like {other}, a model is compressed with zlib" if other else f"not a framing model, or damaged ({error})"
        raise ModelError(f"{path}: {what}; make one with `framing train`") from error
    if inflate.unconsumed_tail:
        raise ModelError(f"{path}: unpacks to more than {LARGEST >> 20} MiB; that is no framing model")
    if not inflate.eof:
        raise ModelError(f"{path}: cut off: the end is missing; fetch it again, or make one with `framing train`")
    if inflate.unused_data:
        raise ModelError(f"{path}: damaged: {len(inflate.unused_data):,} bytes after its end")
    return raw
