"""Model files: a plain payload to a joblib file and back; the only door to joblib's loading and saving.

The payload is a dict of strings, numbers, lists and numpy arrays.  A joblib file is a pickle, and a pickle can name any
function; this loader therefore resolves nothing but what numpy arrays are made of, and refuses the rest before anything
runs.  A model from a stranger cannot execute code.

Format 1: ``{"format": 1, "features": int, "manifest": {...}, "heads": {...}, "lexicon": [...], ...}``, zlib-compressed.
"""

import io
import math
import sys
import zlib
from pathlib import Path
from typing import Any, NoReturn

from framing.errors import ModelError

FORMAT = 1
LARGEST = 1 << 30  # bytes after decompression; a model has some tens of megabytes, a bomb has more than this

# What a numpy array in a joblib file is made of; nothing else is resolved.
WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
ALLOWED = frozenset({WRAPPER, ("numpy", "ndarray"), ("numpy", "dtype")})


def save(payload: dict[str, Any], path: str | Path) -> None:
    """Write `payload`; the same payload gives the same bytes.  The file appears whole or not at all."""
    import joblib

    path = Path(path)
    buffer = io.BytesIO()
    joblib.dump(_canonical(payload), buffer, compress=0, protocol=4)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(zlib.compress(buffer.getvalue(), 9))
    draft.replace(path)


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

    Raises ``ModelError`` for a missing file, a file of another kind or format, and a file that names anything beyond
    what numpy arrays need.
    """
    path = Path(path)
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        inflate = zlib.decompressobj()
        raw = inflate.decompress(packed, LARGEST)
        if inflate.unconsumed_tail:
            raise ModelError(f"{path}: unpacks to more than {LARGEST >> 20} MiB; that is no framing model")
        payload = _load_plain(raw, path)
    except ModelError:
        raise
    except Exception as error:  # a hostile or broken pickle may raise anything
        raise ModelError(f"{path}: not a framing model, or damaged ({type(error).__name__}: {error}); make one with `framing train`") from error
    if not isinstance(payload, dict) or "format" not in payload:
        raise ModelError(f"{path}: not a framing model; make one with `framing train`")
    if payload["format"] != FORMAT:
        raise ModelError(f"{path}: model format {payload['format']!r}, this framing reads {FORMAT}; retrain with `framing train`")
    return payload


def _load_plain(raw: bytes, path: Path) -> Any:
    from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler

    class PlainWrapper(NumpyArrayWrapper):  # type: ignore[misc]
        """An array of numbers or strings; arrays of objects are nested pickles, not guarded by every joblib, and stop here."""

        def read(self, *args: Any) -> Any:
            if self.dtype.hasobject:
                _refuse(path, "an array of Python objects")
            if math.prod(self.shape) * self.dtype.itemsize > len(raw):
                raise ModelError(f"{path}: damaged: an array is larger than the file")
            return super().read(*args)

    class PlainUnpickler(NumpyUnpickler):  # type: ignore[misc]
        """Resolves the parts of numpy arrays and refuses every other name."""

        def find_class(self, module: str, name: str) -> Any:
            if (module, name) not in ALLOWED:
                _refuse(path, f"{module}.{name}")
            return PlainWrapper if (module, name) == WRAPPER else super().find_class(module, name)

    try:
        unpickler = PlainUnpickler("", io.BytesIO(raw), ensure_native_byte_order=True)
    except TypeError:  # older joblib has no such argument
        unpickler = PlainUnpickler("", io.BytesIO(raw))
    return unpickler.load()


def _refuse(path: Path, what: str) -> NoReturn:
    raise ModelError(f"{path}: names {what}, which no framing model needs; it was not run, and the file is not to be trusted")
