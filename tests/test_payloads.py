"""Model files from strangers: nothing is run, nothing is imported, nothing grows; each attack is one line that names file and reason."""

from __future__ import annotations

import builtins
import bz2
import functools
import gzip
import io
import lzma
import operator
import os
import pickle
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from fuzz.models import watched

from framing import payloads, persistence
from framing.errors import ModelError
from framing.model import Model, load_model

ROOT = Path(__file__).resolve().parent.parent


class Call:
    """Pickles to a call of `function` with `arguments`, and to what a plain object may have besides."""

    def __init__(self, function: Any, *arguments: Any, rest: tuple[Any, ...] = ()) -> None:
        self.made = (function, arguments, *rest)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.made

    def __call__(self) -> None:
        """Only so that pickle takes it for a function."""


class Holder:
    """An object of our own, as a hostile ``__setstate__`` would be."""

    def __setstate__(self, state: Any) -> None:
        raise AssertionError("run")


def plain() -> dict[str, Any]:
    return {"format": persistence.FORMAT, "weights": np.arange(6, dtype=np.float32).reshape(2, 3), "names": ["a", "b"]}


def dumped(value: Any, protocol: int = 4) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer, protocol=protocol)
    return buffer.getvalue()


def refused(path: Path, *, matches: str | None = None) -> str:
    """The message of the refusal, which must be one fit line that names the file; nothing else may have happened."""
    with watched() as seen, pytest.raises(ModelError, match=matches) as caught:
        persistence.load(path)
    assert not seen
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.removeprefix(str(path)).isprintable()
    assert len(message) < 1000
    return message


def attack(tmp_path: Path, raw: bytes, *, matches: str | None = None) -> str:
    path = tmp_path / "stranger.joblib"
    path.write_bytes(zlib.compress(raw))
    return refused(path, matches=matches)


# ---------------------------------------------------------------- functions
def calls(made: Path) -> dict[str, Any]:
    command = f"import os; os.mkdir({str(made)!r})"
    return {
        "os.mkdir": Call(os.mkdir, str(made)),
        "os.system": Call(os.system, f"mkdir {made}"),
        "subprocess.Popen": Call(subprocess.Popen, ["mkdir", str(made)]),
        "subprocess.check_output": Call(subprocess.check_output, ["mkdir", str(made)]),
        "eval": Call(eval, f"__import__('os').mkdir({str(made)!r})"),
        "exec": Call(exec, command),
        "compile": Call(exec, Call(compile, command, "x", "exec")),
        "__import__": Call(__import__, "antigravity"),
        "getattr": Call(Call(getattr, Call(__import__, "os"), "mkdir"), str(made)),
        "operator.attrgetter": Call(Call(operator.attrgetter("mkdir"), Call(__import__, "os")), str(made)),
        "operator.methodcaller": Call(operator.methodcaller("mkdir", str(made)), Call(__import__, "os")),
        "functools.partial": Call(functools.partial(os.mkdir, str(made))),
        "functools.reduce": Call(functools.reduce, os.mkdir, [str(made), 511]),
        "map": Call(list, Call(map, os.mkdir, [str(made)])),
        "open": Call(open, str(made), "w"),
        "Path.mkdir": Call(Path.mkdir, made),
        "socket": Call(socket.create_connection, ("127.0.0.1", 9)),
        "numpy.load": Call(np.load, str(made), None, True),
        "numpy.fromfile": Call(np.fromfile, "/dev/zero"),
        "joblib.load": Call(joblib.load, str(made)),
        "pickle.loads": Call(pickle.loads, pickle.dumps(Call(os.mkdir, str(made)))),
        "joblib.delayed": Call(joblib.parallel.delayed, os.mkdir),
        "numpy function": Call(np.zeros, 10),
        "numpy.ndarray": Call(np.ndarray, (1 << 60,)),
        "numpy.memmap": Call(np.memmap, str(made), "u1", "w+"),
        "a class of the file's": Holder(),
        "a list subclass by copyreg": Call(builtins.list, rest=(None, iter([Call(os.mkdir, str(made))]))),
        "a dict of calls": Call(dict, rest=(None, None, iter([("a", Call(os.mkdir, str(made)))]))),
        "set": {1, 2},
        "bytes": b"abc",
        "complex": 1j,
        "numpy scalar": np.float64(1),
    }


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", list(calls(Path("x"))))
def test_calls_are_refused_and_not_run(tmp_path: Path, name: str, protocol: int) -> None:
    made = tmp_path / "made"
    attack(tmp_path, dumped({**plain(), "extra": calls(made)[name]}, protocol), matches="names|damaged")
    assert not made.exists()


def test_refusal_names_what_the_file_wanted(tmp_path: Path) -> None:
    assert "posix.system" in attack(tmp_path, dumped(Call(os.system, "true"))) or os.name != "posix"
    assert "not run" in attack(tmp_path, b"\x80\x04cos\nsystem\n(X\x04\x00\x00\x00truetR.")


OPCODES = {
    "GLOBAL": b"cos\nsystem\n.",
    "INST": b"(Vtrue\nios\nsystem\n.",
    "OBJ": b"(cos\nsystem\nVtrue\no.",
    "PERSID": b"Pos.system\n.",
    "BINPERSID": b"K\x01Q.",
    "EXT1": b"\x82\x01.",
    "EXT4": b"\x84\x01\x00\x00\x00.",
    "NEWOBJ_EX": b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)}\x92.",
    "REDUCE of a string": b"X\x04\x00\x00\x00evil)R.",
    "REDUCE of the wrapper": b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)R.",
    "REDUCE of ndarray": b"cnumpy\nndarray\nK\x01\x85\x85R.",
    "REDUCE of dtype without anything": b"cnumpy\ndtype\n)R.",
    "NEWOBJ of dtype": b"cnumpy\ndtype\n)\x81.",
    "BUILD of a class": b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n}\x8c\x04readcos\nsystem\nsb.",
    "BUILD of a name with slots": b"cjoblib.numpy_pickle\nNumpyArrayWrapper\nN}\x86b.",
    "BUILD of a dict": b"}}b.",
    "dotted name": b"\x8c\x05numpy\x8c\x0dndarray.dumps\x93.",
    "name with an escape": b"\x8c\x05\x1b[31m\x8c\x02\n\n\x93.",
    "name that is a list": b"]]\x93.",
    "old joblib wrapper": b"cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81.",
    "joblib's own reconstruct": b"cjoblib.numpy_pickle\nload\n.",
    "a wrapper alone": b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81.",
    "a name alone": b"cnumpy\ndtype\n.",
    "a list twice": b"]\x94h\x00h\x00\x86.",
    "a list in itself": b"]\x94h\x00a.",
    "a dict in itself": b"}\x94\x8c\x01ah\x00s.",
    "a number for a key": b"}K\x01K\x02s.",
    "a mark for a value": b"](.",
    "a mark in a tuple": b"(\x85.",
    "an end without a beginning": b"]e.",
    "nothing to pop": b"s.",
    "a reference to nothing": b"h\x07.",
    "two values": b"NN.",
    "no value": b".",
    "a byte that is no instruction": b"\xff.",
    "bytes after the end": b"}.}",
    "a string longer than the file": b"\x8d" + struct.pack("<Q", 1 << 62) + b"a.",
    "a broken string": b"\x8c\x02\xff\xfe.",
    "a number in letters": b"I123\n.",
}


@pytest.mark.parametrize("name", list(OPCODES))
def test_instructions_that_plain_data_does_not_need_are_refused(tmp_path: Path, name: str) -> None:
    attack(tmp_path, b"\x80\x04" + OPCODES[name])


def test_every_single_instruction_is_known_or_refused(tmp_path: Path) -> None:
    for code in range(256):
        for rest in (b"", b".", b"\x00" * 9 + b"."):
            for stack in (b"", b"N", b"}N", b"((", b"]]", b"cnumpy\ndtype\n)"):
                raw = b"\x80\x04" + stack + bytes([code]) + rest
                with suppress(ModelError):
                    payloads.read(raw, "here")


# ---------------------------------------------------------------- arrays
def array_file(*, kind: bytes = b"\x8c\x02f4", state: bytes | None = None, shape: bytes = b"K\x02\x85", order: bytes = b"C", data: bytes = b"\0" * 8) -> bytes:
    """A pickle of one array, by hand, so that each part can lie."""
    made = b"\x80\x04\x8c\x13joblib.numpy_pickle\x8c\x11NumpyArrayWrapper\x93)\x81}("
    state = b"(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t" if state is None else state
    parts = b"\x8c\x08subclass\x8c\x05numpy\x8c\x07ndarray\x93\x8c\x05shape" + shape + b"\x8c\x05order\x8c\x01" + order
    parts += b"\x8c\x05dtype\x8c\x05numpy\x8c\x05dtype\x93" + kind + b"\x89\x88\x87R" + state + b"b"
    return made + parts + b"ub" + data + b"."


def test_array_by_hand_is_what_joblib_would_write() -> None:
    assert payloads.read(array_file(data=np.array([1.5, -2], "<f4").tobytes()), "here").tolist() == [1.5, -2.0]


ARRAYS = {
    "objects": array_file(kind=b"\x8c\x02O8"),
    "objects by letter": array_file(kind=b"\x8c\x01O"),
    "void": array_file(kind=b"\x8c\x02V8"),
    "a list of fields": array_file(kind=b"](\x8c\x01a\x8c\x02O8\x86e"),
    "a dict of fields": array_file(kind=b"}\x8c\x05namesNs"),
    "commas": array_file(kind=b"\x8c\x05f4,O8"),
    "strings": array_file(kind=b"\x8c\x02U2"),
    "dates": array_file(kind=b"\x8c\x02M8"),
    "wider than any": array_file(kind=b"\x8c\x04f400"),
    "a class for a type": array_file(kind=b"\x8c\x05numpy\x8c\x07ndarray\x93"),
    "a state with fields beyond the item": array_file(state=b"(K\x03\x8c\x01|N\x8c\x01a\x85}\x8c\x01aNsK\x08K\x01K\x00t"),
    "a state with a subarray": array_file(state=b"(K\x03\x8c\x01<\x8c\x01aNNK\x08K\x01K\x00t"),
    "a state that is a dict": array_file(state=b"}"),
    "an unknown byte order": array_file(state=b"(K\x03\x8c\x01xNNNK\x00t"),
    "a huge shape": array_file(shape=b"J\xff\xff\xff\x7f\x85"),
    "a shape whose product overflows": array_file(shape=b"(" + b"\x8a\x08" + b"\0" * 7 + b"\x40" + b"\x8a\x08" + b"\0" * 7 + b"\x40" + b"t"),
    "a huge shape beside a zero": array_file(shape=b"K\x00\x8a\x08" + b"\xff" * 7 + b"\x7f\x86", data=b""),
    "a negative shape": array_file(shape=b"J\xff\xff\xff\xff\x85"),
    "a shape of truths": array_file(shape=b"\x88\x85"),
    "a shape of floats": array_file(shape=b"G" + struct.pack(">d", 2.0) + b"\x85"),
    "a shape that is a list": array_file(shape=b"]"),
    "a shape of forty": array_file(shape=b"(" + b"K\x01" * 40 + b"t"),
    "more numbers than there are": array_file(shape=b"K\x03\x85"),
    "fewer numbers than there are": array_file(shape=b"K\x01\x85"),
    "another order": array_file(order=b"A"),
}


@pytest.mark.parametrize("name", list(ARRAYS))
def test_arrays_that_lie_are_refused(tmp_path: Path, name: str) -> None:
    attack(tmp_path, ARRAYS[name])


@pytest.mark.parametrize(
    "array",
    [
        np.array([None]),
        np.array([[Call(os.system, "true")]]),
        np.zeros(2, [("a", "O"), ("b", "i4")]),
        np.zeros(2, [("a", "i4")]),
        np.zeros(2, "V8"),
        np.array(["a"]),
        np.array([b"a"]),
        np.array(["2020"], "M8[D]"),
        np.array([1j]),
        np.zeros(3).view(np.recarray),
        np.rec.array([(1, 2.0)]),
        np.ma.masked_array([1.0, 2.0], [True, False]),
    ],
    ids=lambda a: f"{type(a).__name__} {a.dtype}",
)
def test_arrays_of_other_things_than_numbers_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    for protocol in (2, 4, 5):
        attack(tmp_path, dumped({**plain(), "extra": array}, protocol))


@pytest.mark.parametrize("kind", ["?", "i1", "u1", ">i2", "<u4", "i8", "f2", ">f4", "f8"])
def test_arrays_of_numbers_are_read_as_they_were(tmp_path: Path, kind: str) -> None:
    for array in (np.array([[0, 1, 0], [1, 1, 0]], kind), np.array([[0, 1, 0], [1, 1, 0]], kind).T, np.zeros((0, 3), kind), np.array(1, kind)):
        path = tmp_path / "m.joblib"
        persistence.save({**plain(), "extra": array}, path)
        found = persistence.load(path)["extra"]
        assert found.dtype == array.dtype.newbyteorder("=")
        assert found.shape == array.shape
        assert np.array_equal(found, array)
        found[...] = 0  # and can be written to


def test_nested_pickle_in_a_wrapper_is_not_opened(tmp_path: Path) -> None:
    made = tmp_path / "made"
    inner = pickle.dumps(Call(os.mkdir, str(made)))
    attack(tmp_path, array_file(kind=b"\x8c\x02O8", data=inner), matches="objects")
    assert not made.exists()


def test_memory_map_flag_opens_no_file(tmp_path: Path) -> None:
    raw = array_file().replace(b"}(", b"}(\x8c\x0aallow_mmap\x88", 1)
    with watched() as seen:
        assert payloads.read(raw, "here").tolist() == [0.0, 0.0]
    assert not seen
    np.save(tmp_path / "a.npy", np.zeros(3))
    attack(tmp_path, dumped({**plain(), "extra": np.load(tmp_path / "a.npy", mmap_mode="r").view(np.ma.MaskedArray)}))


# ---------------------------------------------------------------- compression and damage
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda raw: lzma.compress(raw, lzma.FORMAT_ALONE),
    "a bare pickle": lambda raw: raw,
    "lz4": lambda raw: b"\x04\x22\x4d\x18" + raw,
    "zstd": lambda raw: b"\x28\xb5\x2f\xfd" + raw,
    "zip": lambda raw: b"PK\x03\x04" + raw,
}


@pytest.mark.parametrize("name", list(PACKERS))
def test_other_compressions_are_named_and_not_opened(tmp_path: Path, name: str) -> None:
    made = tmp_path / "made"
    path = tmp_path / "m.joblib"
    for value in (plain(), Call(os.mkdir, str(made))):
        path.write_bytes(PACKERS[name](dumped(value)))
        refused(path, matches=name)
    assert not made.exists()


@pytest.mark.parametrize("way", ["zlib", "gzip", "bz2", "lzma", "xz", "lz4"])
def test_calls_in_joblibs_own_compressions_are_refused(tmp_path: Path, way: str) -> None:
    if way == "lz4":
        pytest.importorskip("lz4")
    made = tmp_path / "made"
    joblib.dump({**plain(), "extra": Call(os.mkdir, str(made))}, tmp_path / "m.joblib", compress=(way, 3))
    refused(tmp_path / "m.joblib")
    assert not made.exists()


def test_every_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    persistence.save(plain(), path)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        refused(path)


def test_every_flipped_bit_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    persistence.save(plain(), path)
    whole = path.read_bytes()
    expected = dumped(persistence.load(path))
    taken = 0
    for place in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        with suppress(ModelError):
            assert dumped(persistence.load(path)) == expected
            taken += 1
    assert taken < 16  # bits that say how it was compressed, or fill the last byte


def test_bytes_after_the_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    persistence.save(plain(), path)
    path.write_bytes(path.read_bytes() + b"\0")
    refused(path, matches="after its end")


# ---------------------------------------------------------------- what the name stands for
def test_links_to_models_are_followed_and_broken_ones_named(tmp_path: Path) -> None:
    persistence.save(plain(), tmp_path / "m.joblib")
    (tmp_path / "link").symlink_to("m.joblib")
    assert persistence.load(tmp_path / "link")["names"] == ["a", "b"]
    (tmp_path / "broken").symlink_to("gone")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    for name in ("broken", "one"):
        refused(tmp_path / name, matches="cannot be read")


def test_links_that_go_round_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ModelError, match=r"a: cannot be read: "):
        load_model(tmp_path / "a")


def test_folders_devices_pipes_and_sockets_are_no_models(tmp_path: Path) -> None:
    refused(tmp_path, matches="cannot be read")
    refused(tmp_path / "", matches="cannot be read")
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", matches="plain file")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    refused(tmp_path / "zeros", matches="plain file")
    (tmp_path / "null").symlink_to("/dev/null")
    refused(tmp_path / "null", matches="plain file")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(tmp_path)  # the name of a socket must be short
        server.bind("socket")
        refused(tmp_path / "socket", matches="cannot be read")


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5000], ids=["NUL", "surrogate", "long"])
def test_names_that_no_file_can_have_are_model_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError):
        persistence.load(tmp_path / name)


def test_file_larger_than_any_model_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    with open(path, "wb") as file:
        file.truncate(1 << 40)  # takes no room
    refused(path, matches="at most")


def test_empty_file_is_named_as_empty(tmp_path: Path) -> None:
    (tmp_path / "m.joblib").write_bytes(b"")
    refused(tmp_path / "m.joblib", matches="empty")


# ---------------------------------------------------------------- bounds
BOMBS = {
    "zeros": zlib.compress(b"\0" * (1 << 29), 1),
    "one string": zlib.compress(b"\x80\x04\x8d" + struct.pack("<Q", 1 << 29) + b"a" * (1 << 29) + b".", 1),
    "a string that claims more": zlib.compress(b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b"a" * 100, 1),
    "empty dicts": zlib.compress(b"\x80\x04(" + b"}" * (1 << 24), 1),
    "deep lists": zlib.compress(b"\x80\x04" + b"]" * (1 << 20) + b"a" * ((1 << 20) - 1) + b".", 1),
    "deep tuples": zlib.compress(b"\x80\x04N" + b"\x85" * (1 << 20) + b".", 1),
    "lists of lists, shared": zlib.compress(b"\x80\x04]\x94" + b"".join(b"](h" + bytes([i]) * 1 + b"h" + bytes([i]) + b"e\x94" for i in range(99)) + b".", 1),
    "one long string a million times": zlib.compress(b"\x80\x04X" + struct.pack("<I", 1 << 20) + b"a" * (1 << 20) + b"\x94](" + b"h\0" * (1 << 20) + b"e.", 1),
    "an array that claims more": zlib.compress(array_file(shape=b"J\xff\xff\xff\x7f\x85"), 1),
    "a long number": zlib.compress(b"\x80\x04\x8b\xff\xff\xff\x7f" + b"\xff" * 100 + b".", 1),
}
LIMITED = """
import resource, sys
from framing import persistence
from framing.errors import ModelError
import joblib, pickletools
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (900 << 20),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for path in sys.argv[1:]:
    try:
        persistence.load(path)
    except ModelError as error:
        print(error)
    else:
        sys.exit(f"{path} was loaded")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits of memory need Linux")
def test_bombs_are_refused_in_bounded_memory_and_time(tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate(BOMBS.values()):
        paths.append(tmp_path / f"{number}.joblib")
        paths[-1].write_bytes(content)
        assert len(content) < 4 << 20
    done = subprocess.run([sys.executable, "-c", LIMITED, *map(str, paths)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(path) for path in paths]
    assert "MemoryError" not in done.stdout


def test_payload_is_a_tree_of_few_levels(tmp_path: Path) -> None:
    deep: Any = "leaf"
    for _ in range(payloads.DEEPEST + 1):
        deep = [deep]
    attack(tmp_path, dumped({**plain(), "deep": deep}), matches="levels")
    shared = ["x"]
    attack(tmp_path, dumped({**plain(), "one": shared, "two": shared}), matches="twice")


# ---------------------------------------------------------------- both ends
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    path.write_bytes(b"old")
    for extra in (np.float64(1), np.array([None]), {1: 2}, {"a", "b"}, Path("x"), b"x"):
        with pytest.raises(ModelError):
            persistence.save({**plain(), "extra": extra}, path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["m.joblib"]


def test_text_of_any_kind_comes_back(tmp_path: Path) -> None:
    odd = "\ud800 \0 \u2028 😀 “\x1b[31m" * 200
    persistence.save({**plain(), odd[:20]: odd, "numbers": [0, -1, 255, 256, 65536, -(2**31), 2**40, -(2**70), 0.1, float("inf"), True, None]}, tmp_path / "m")
    found = persistence.load(tmp_path / "m")
    assert found[odd[:20]] == odd
    assert found["numbers"] == [0, -1, 255, 256, 65536, -(2**31), 2**40, -(2**70), 0.1, float("inf"), True, None]


def test_reading_agrees_with_joblib_on_a_model(tiny_file: str, tiny_model: Model) -> None:
    def same(one: Any, two: Any) -> None:
        assert type(one) is type(two)
        if isinstance(one, dict):
            assert list(one) == list(two)
        if isinstance(one, (dict, list)):
            for a, b in zip(one.values(), two.values()) if isinstance(one, dict) else zip(one, two):
                same(a, b)
        elif isinstance(one, np.ndarray):
            assert one.dtype == two.dtype
            assert np.array_equal(one, two)
        else:
            assert one == two

    theirs = joblib.load(tiny_file)
    del theirs[persistence.WRITER]
    same(persistence.load(tiny_file), theirs)
    assert load_model(tiny_file).name == tiny_model.name


@pytest.mark.parametrize(
    ("found", "writer", "part"),
    [
        (persistence.FORMAT + 1, "9.8.7", "framing 9.8.7 wrote it and reads it"),
        (persistence.FORMAT + 1, "\x1b[31m", "a newer framing wrote it"),
        (persistence.FORMAT + 1, None, "a newer framing wrote it"),
        (10**600, "9", "model format"),
        (0, "0.0.1", "retrain"),
    ],
)
def test_other_formats_say_which_version_reads_them(tmp_path: Path, found: int, writer: str | None, part: str) -> None:
    content = {**plain(), "format": found} | ({} if writer is None else {persistence.WRITER: writer})
    assert f"reads {persistence.FORMAT}" in attack(tmp_path, dumped(content), matches=part)


@pytest.mark.parametrize("found", [None, "1", 1.0, True, [1], np.array(1)], ids=repr)
def test_a_format_that_is_no_number_is_no_model(tmp_path: Path, found: Any) -> None:
    attack(tmp_path, dumped({**plain(), "format": found}), matches="not a framing model")
