"""Payloads: plain data out of the bytes of an uncompressed joblib file, by a reader that cannot run anything.

A joblib file is a pickle, and a pickle is a program.  This is an interpreter for the few instructions that plain data needs, in which
names stand for nothing: the three that numpy arrays are saved with become marks of our own, every other is refused, and no function
of the file's choosing is called.  numpy's own classes are not touched either: their ``__setstate__`` believes what it is told.

Work and memory are bounded by the file's size and by ``OPERATIONS``.  The payload is a tree: nothing in it is shared or contains itself,
so that whoever walks it later needs no more time than its size.
"""

import math
import struct
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from framing.errors import ModelError

OPERATIONS = 4_000_000  # instructions; the shipped model has some 200,000.  Each may make an empty dict, 64 bytes from one
DEEPEST = 16  # levels; a model has five
REPEATED = 1 << 26  # characters of strings that are referred to again; the shipped model has some 300,000
DIMENSIONS = 4  # of an array; a model has two
KINDS = frozenset(["b1", *(kind + size for kind in "iu" for size in "1248"), "f2", "f4", "f8"])  # numbers; nothing that could hold a pointer

Name = tuple[str, str]
WRAPPER: Name = ("joblib.numpy_pickle", "NumpyArrayWrapper")
NDARRAY: Name = ("numpy", "ndarray")
DTYPE: Name = ("numpy", "dtype")
NAMES = frozenset([WRAPPER, NDARRAY, DTYPE])


class _Mark:
    """One of ``NAMES``, as it lies on the stack; it can be compared and nothing else."""

    __slots__ = ("name",)

    def __init__(self, name: Name) -> None:
        self.name = name


class _Type:
    """A type of numbers, before and after its byte order is known."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class _Wrapper:
    """Stands where an array will be, until the file has said of which type and shape."""

    __slots__ = ()


_MARKER = object()
_SHAREABLE = (str, _Mark, _Type)  # what a file may refer back to; a container twice could hold itself


def read(raw: bytes, where: str) -> Any:
    """The data that `raw` holds: dicts with string keys, lists, tuples, strings, numbers, None, arrays of numbers.

    Raises ``ModelError`` naming `where` for everything else, before anything is made of it.
    """
    try:
        payload = _Reader(raw, where).read()
    except ModelError:
        raise
    # what is missing, cut, out of range, too large; the reader calls nothing that could raise other things, but this is the outer wall
    except Exception as error:
        raise ModelError(f"{where}: damaged, or not a framing model ({type(error).__name__}: {_short(str(error))}); make one with `framing train`") from error
    _look_into(payload, where, DEEPEST)
    return payload


def _look_into(value: Any, where: str, levels: int) -> None:
    if levels == 0:
        raise ModelError(f"{where}: more than {DEEPEST} levels deep; that is no framing model")
    if isinstance(value, (_Mark, _Type, _Wrapper)):
        raise ModelError(f"{where}: damaged: an array without its numbers")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        if not isinstance(part, (str, int, float)):
            _look_into(part, where, levels - 1)


def _short(text: str) -> str:
    """`text` fit for one line of a terminal, whatever a stranger wrote into it."""
    return ascii(text if len(text) <= 80 else text[:77] + "...")[1:-1]


class _Reader:
    """The state of a reading: a place in the file, a stack, and what can be referred back to."""

    def __init__(self, raw: bytes, where: str) -> None:
        self.raw, self.where, self.at = raw, where, 0
        self.stack: list[Any] = []
        self.memo: list[Any] = []
        self.repeated = 0

    def read(self) -> Any:
        raw, steps = self.raw, STEPS
        for _ in range(OPERATIONS):
            code = raw[self.at]
            self.at += 1
            if code == STOP:
                return self.result()
            step = steps.get(code)
            if step is None:
                self.refuse_code(code)
            step(self)
        raise ModelError(f"{self.where}: more than {OPERATIONS:,} instructions; that is no framing model")

    def result(self) -> Any:
        if len(self.stack) != 1 or self.at != len(self.raw):
            self.broken("it does not end where it should")
        return self.stack[0]

    # ------------------------------------------------------------ refusing
    def broken(self, what: str) -> NoReturn:
        raise ModelError(f"{self.where}: damaged: {what}; make a model with `framing train`")

    def refuse(self, what: str) -> NoReturn:
        raise ModelError(f"{self.where}: names {what}, which no framing model needs; it was not run, and the file is not to be trusted")

    def refuse_code(self, code: int) -> NoReturn:
        import pickletools

        known = next((op for op in pickletools.opcodes if op.code == chr(code)), None)
        if known is None:
            self.broken(f"byte {self.at - 1:,} is no instruction")
        self.refuse(f"the instruction {known.name}")

    # ------------------------------------------------------------ bytes
    def take(self, count: int) -> bytes:
        end = self.at + count
        if count < 0 or end > len(self.raw):
            self.broken("it ends too early")
        piece = self.raw[self.at : end]
        self.at = end
        return piece

    def skip(self, count: int) -> None:
        self.take(count)

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        end = self.raw.index(b"\n", self.at, self.at + 1000)
        piece = self.take(end - self.at)
        self.at += 1
        return piece.decode("utf-8")

    # ------------------------------------------------------------ stack
    def push(self, value: Any) -> None:
        self.stack.append(value)

    def since_mark(self) -> list[Any]:
        """What was pushed since the last mark, which goes too."""
        place = len(self.stack) - 1
        while self.stack[place] is not _MARKER:
            if place == 0:
                self.broken("an end without a beginning")
            place -= 1
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items

    def last(self, kind: type) -> Any:
        if not isinstance(self.stack[-1], kind):
            self.broken(f"wanted a {kind.__name__} to fill")
        return self.stack[-1]

    def protocol(self) -> None:
        if not 2 <= self.take(1)[0] <= 5:
            self.broken("an unknown pickle protocol")

    def memoize(self) -> None:
        self.memo.append(self.stack[-1])

    def get(self, number: int) -> None:
        value = self.memo[number]
        if not isinstance(value, _SHAREABLE):
            self.refuse("a container twice")
        if isinstance(value, str):
            self.repeated += len(value)
            if self.repeated > REPEATED:
                raise ModelError(f"{self.where}: repeats more than {REPEATED:,} characters; that is no framing model")
        self.push(value)

    def tuple_of(self, count: int) -> None:
        if count > len(self.stack):
            self.broken("a tuple of more than there is")
        items = tuple(self.stack[len(self.stack) - count :])
        if any(item is _MARKER for item in items):
            self.broken("a tuple of more than there is")
        del self.stack[len(self.stack) - count :]
        self.push(items)

    def fill_list(self, items: list[Any]) -> None:
        self.last(list).extend(items)

    def fill_dict(self, items: list[Any]) -> None:
        keys = items[::2]
        if len(items) % 2 or not all(isinstance(key, str) for key in keys):
            self.broken("a dict whose keys are no strings")
        self.last(dict).update(zip(keys, items[1::2]))

    def pop(self, count: int) -> list[Any]:
        items = self.stack[-count:]
        if len(items) < count or any(item is _MARKER for item in items):
            self.broken("too few values")
        del self.stack[-count:]
        return items

    # ------------------------------------------------------------ names and arrays
    def name(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            self.broken("a name that is no string")
        if (module, name) not in NAMES:
            self.refuse(_short(f"{module}.{name}"))
        self.push(_Mark((module, name)))

    def make(self) -> None:
        """NEWOBJ: only the stand-in of an array."""
        made, arguments = self.pop(2)
        if not isinstance(made, _Mark) or made.name != WRAPPER or arguments != ():
            self.refuse("an object to make that is no array")
        self.push(_Wrapper())

    def call(self) -> None:
        """REDUCE: only a type of numbers."""
        called, arguments = self.pop(2)
        if not isinstance(called, _Mark) or called.name != DTYPE or not isinstance(arguments, tuple) or not arguments:
            self.refuse("a call")
        code = arguments[0]
        if not isinstance(code, str) or code not in KINDS:
            self.refuse(f"an array of Python objects or of another type than numbers ({_short(repr(code)) if isinstance(code, str) else type(code).__name__})")
        self.push(_Type(code))

    def build(self) -> None:
        target, state = self.pop(2)
        if isinstance(target, _Type):
            # version, byte order, and the parts of types that are made of others, which numbers are not
            if not isinstance(state, tuple) or len(state) < 5 or state[1] not in ("<", ">", "|", "=") or state[2:5] != (None, None, None):
                self.refuse("a type of numbers with parts")
            target.code = target.code if state[1] == "|" else state[1] + target.code.lstrip("<>=|")
            self.push(target)
        elif isinstance(target, _Wrapper):
            self.push(self.array(state))
        else:
            self.refuse("an object to fill that is no array")

    def array(self, state: Any) -> np.ndarray:
        """The array whose numbers follow in the file, as `state` describes it."""
        if not isinstance(state, dict):
            self.broken("an array without a description")
        kind, shape, order, subclass = (state.get(key) for key in ("dtype", "shape", "order", "subclass"))
        if not isinstance(subclass, _Mark) or subclass.name != NDARRAY or not isinstance(kind, _Type) or order not in ("C", "F"):
            self.refuse("an array of another kind")
        if not isinstance(shape, tuple) or len(shape) > DIMENSIONS or not all(type(n) is int and 0 <= n <= len(self.raw) for n in shape):
            self.broken("an array whose shape is larger than the file, or none")
        if state.get("numpy_array_alignment_bytes") is not None:  # joblib 1.2 and later pad; the first byte says how much
            self.take(self.take(1)[0])
        dtype = np.dtype(kind.code)
        data = self.take(math.prod(shape) * dtype.itemsize)
        # a copy in the machine's byte order, which can be written to
        return np.frombuffer(data, dtype).reshape(shape, order=order).astype(dtype.newbyteorder("="), order="K", copy=True)


def _text(reader: _Reader, count: int) -> None:
    reader.push(reader.take(count).decode("utf-8", "surrogatepass"))


STOP = ord(".")
# Instructions by their byte.  What is not here (persistent ids, extensions, bytes, sets, old spellings) is refused.
STEPS: dict[int, Callable[[_Reader], None]] = {
    ord(b"\x80"): lambda r: r.protocol(),
    ord(b"\x95"): lambda r: r.skip(8),  # the length of a frame, which only streams need
    ord(b"N"): lambda r: r.push(None),
    ord(b"\x88"): lambda r: r.push(True),
    ord(b"\x89"): lambda r: r.push(False),
    ord(b"K"): lambda r: r.push(r.take(1)[0]),
    ord(b"M"): lambda r: r.push(r.number("<H")),
    ord(b"J"): lambda r: r.push(r.number("<i")),
    ord(b"\x8a"): lambda r: r.push(int.from_bytes(r.take(r.take(1)[0]), "little", signed=True)),
    ord(b"G"): lambda r: r.push(r.number(">d")),
    ord(b"\x8c"): lambda r: _text(r, r.take(1)[0]),
    ord(b"X"): lambda r: _text(r, r.number("<I")),
    ord(b"\x8d"): lambda r: _text(r, r.number("<Q")),
    ord(b"}"): lambda r: r.push({}),
    ord(b"]"): lambda r: r.push([]),
    ord(b")"): lambda r: r.push(()),
    ord(b"\x85"): lambda r: r.tuple_of(1),
    ord(b"\x86"): lambda r: r.tuple_of(2),
    ord(b"\x87"): lambda r: r.tuple_of(3),
    ord(b"("): lambda r: r.push(_MARKER),
    ord(b"t"): lambda r: r.push(tuple(r.since_mark())),
    ord(b"a"): lambda r: r.fill_list(r.pop(1)),
    ord(b"e"): lambda r: r.fill_list(r.since_mark()),
    ord(b"s"): lambda r: r.fill_dict(r.pop(2)),
    ord(b"u"): lambda r: r.fill_dict(r.since_mark()),
    ord(b"\x94"): lambda r: r.memoize(),
    ord(b"h"): lambda r: r.get(r.take(1)[0]),
    ord(b"j"): lambda r: r.get(r.number("<I")),
    ord(b"c"): lambda r: r.name(r.line(), r.line()),
    ord(b"\x93"): lambda r: r.name(*r.pop(2)),
    ord(b"\x81"): lambda r: r.make(),
    ord(b"R"): lambda r: r.call(),
    ord(b"b"): lambda r: r.build(),
}
