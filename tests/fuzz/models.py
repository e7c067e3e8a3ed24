"""Fuzz target: no file, however made, gets anything out of the model loader but a sound model or a ``ModelError``.

``python tests/fuzz/models.py --rounds 100000`` changes a valid file at three levels (bytes of the file; instructions of the pickle inside,
packed again with a right checksum; values of the payload) and loads each, under an audit hook that forbids imports, code and other
files.  What loads has to score.  It prints how many files it tried.  A file that fails is written to ``failures/``.  The valid file is one of
a few kilobytes made here, so that rounds are quick and most changes hit what matters; ``--file models/framing.joblib`` takes another.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.tally import Tally  # noqa: E402
from fuzz.texts import hold  # noqa: E402

from framing import features, persistence  # noqa: E402
from framing.errors import ModelError, ModelWarning  # noqa: E402
from framing.judging import SENTENCE_COLUMNS, TERM_COLUMNS  # noqa: E402
from framing.model import Model, load_model  # noqa: E402

TEXT = "The thugs said “the gate stays shut”. The “reform” of Oddny Krill, critics say, is brutal."
FORBIDDEN = ("import", "exec", "compile", "os.", "subprocess.", "ctypes.", "socket.", "shutil.", "code.", "marshal.", "pickle.find_class", "sys.")


def small() -> dict[str, Any]:
    """A payload of all four heads in a few kilobytes, so that rounds are quick and mutations hit what matters."""
    random_ = np.random.default_rng(0)

    def weights(*shape: int) -> np.ndarray:
        return random_.normal(size=shape).astype(np.float32)

    blocks = [[0, "full", 4], [-1, "light", 4], [1, "light", 4]]
    return {
        "format": persistence.FORMAT,
        "features": features.VERSION,
        "manifest": {"name": "small", "version": "1", "libraries": {"numpy": "1"}, "sources": [{"name": "a.jsonl", "rows": 3}]},
        "lexicon": [["thug", "contentious_label", "n", "3", "man", ""], ["critics say", "weasel", "x", "2", "", ""]],
        "plain": "gate\nstays\nshut\nthe",
        "vectors": {"forms": "thugs\ngate", "table": np.array([[64, -3], [2, 1]], np.int8)},
        "calibration": [0.7, -0.1],
        "thresholds": {"terms": 0.3, "scare": 0.3},
        "heads": {
            "terms": {"type": "table", "blocks": blocks, "columns": list(TERM_COLUMNS), "coef": weights(48 + len(TERM_COLUMNS)), "intercept": -0.5},
            "sentences": {
                **{"type": "bag", "bits": 4, "pair_bits": 4, "power": 0.4, "columns": list(SENTENCE_COLUMNS)},
                **{"coef": weights(32 + len(SENTENCE_COLUMNS)), "intercept": -0.2},
            },
            "quotes": {"type": "named", "classes": ["scare", "quotation", "title", "mention"], "coef": weights(16, 4), "intercept": weights(4)},
            "devices": {"type": "named", "classes": ["weasel", "contentious_label"], "coef": weights(16, 2), "intercept": weights(2)},
        },
    }


def pack(payload: dict[str, Any]) -> bytes:
    """`payload` pickled as joblib does, not compressed and not looked into."""
    buffer = io.BytesIO()
    joblib.dump(payload, buffer, protocol=4)
    return buffer.getvalue()


class Payload:
    """Pickles to a call; if anything ran it, the audit hook would see."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, ("exit 1",)


ODD: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 7, 31, 32, 63, 64, 255, 2**31, 2**33, 2**40, 2**63, 10**100),
    *(0.0, -0.0, 0.5, 1e-320, 1e308, -1e308, float("nan"), float("inf"), -float("inf")),
    *("", "x", "table", "bag", "named", "full", "light", "scare", "\n", "\ud800", "\x1b[31m", "a" * 5000, "thug|thug", "1e999"),
    *([], {}, [[]], [None], [1, 2, 3], ["x"] * 50, {"x": {}}, {"type": "table"}),
    *(np.zeros(0, np.float32), np.zeros((0, 4), np.float32), np.ones(3, np.int8), np.full(62, np.nan, np.float32), np.full(62, 1e38, np.float64)),
    *(np.array(3.0), np.ones((2, 2, 2), np.uint8), np.zeros((16, 4), bool), np.ones((4, 16), np.float32).T, np.array([2**63], np.uint64)),
    *(np.array(["a"]), np.array([b"a"]), np.array([None]), np.array([1j]), np.zeros(2, [("a", "i4")]), np.array(["2020"], "M8[D]")),
    Payload(),
)


def place(value: Any, random_: random.Random) -> tuple[Any, ...]:
    """The path of some value in a payload; a list of thousands is no likelier than a number beside it."""
    path: tuple[Any, ...] = ()
    while True:
        keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if not keys or (path and random_.random() < 0.2):
            return path
        path += (random_.choice(keys),)
        value = value[path[-1]]


def loose(value: Any) -> Any:
    """A copy whose dicts and lists can be changed; arrays are shared, since a change puts others in their place."""
    if isinstance(value, dict):
        return {key: loose(part) for key, part in value.items()}
    return [loose(part) for part in value] if isinstance(value, list) else value


def change_value(payload: dict[str, Any], random_: random.Random) -> bytes:
    """A payload with one to three values replaced, removed, or exchanged."""
    payload = loose(payload)
    for _ in range(random_.randint(1, 3)):
        path = place(payload, random_)
        holder: Any = payload
        for key in path[:-1]:
            holder = holder[key]
        old = holder[path[-1]]
        way = random_.randrange(8)
        if way == 0:
            del holder[path[-1]]
        elif way == 1 and isinstance(old, np.ndarray) and old.size and old.ndim and old.dtype.kind in "iuf":
            holder[path[-1]] = random_.choice([old[:-1], old.T, old[None], old.astype(np.float64), old * 1e30, old[::-1], np.concatenate([old, old])])
        elif way == 2 and isinstance(old, list) and old:
            holder[path[-1]] = random_.choice([old[:-1], old + old[-1:], old[::-1], old * 3])
        elif way == 3 and isinstance(old, (int, float)):
            holder[path[-1]] = random_.choice([old + 1, -old, old * 1000, str(old), [old], float(old)])
        else:
            holder[path[-1]] = loose(random_.choice(ODD))
    with np.errstate(all="ignore"):
        return pack(payload)


OPCODES = b"}]()N\x88\x89KMJ\x8aG\x8cX\x8d\x85\x86\x87taesu\x94hjc\x93\x81Rb0122PQi o\x82\x83\x84\x8b\x8e\x8f\x90\x91\x92\x95\x96\x97\x98BCTUSVILFgpqrd.l"
SNIPPETS = (
    *(b"cos\nsystem\n", b"\x8c\x02os\x8c\x06system\x93", b"\x8c\x08builtins\x8c\x04eval\x93", b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b")R", b")\x81", b"}b"),
    *(b"\x8c\x02O8", b"\x8c\x02f4\x89\x88\x87R", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f", b"X\xff\xff\xff\xff"),
    *(b"cjoblib.numpy_pickle\nNDArrayWrapper\n", b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81", b"h\x00", b"\x94h\x00", b"}}}}", b"]]]]", b"(" * 9),
)


def frame(raw: bytes, payload: dict[str, Any]) -> list[range]:
    """Where in `raw` there is something else than the numbers of large arrays, which are most of a file and mean the least."""
    arrays = [part for part in walk(payload) if isinstance(part, np.ndarray) and part.nbytes > 1000]
    found = sorted((raw.find(array.tobytes()), array.nbytes) for array in arrays)
    bounds = [0, *(bound for start, size in found if start >= 0 for bound in (start, start + size)), len(raw)]
    return [range(start, end) for start, end in zip(bounds[::2], bounds[1::2]) if start < end]


def walk(value: Any) -> Iterator[Any]:
    """Every part of a payload."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


def change_bytes(raw: bytes, random_: random.Random, within: list[range]) -> bytes:
    """`raw` with a few bytes flipped, cut, doubled, or other instructions put in; half of that in the ranges `within`."""
    out = bytearray(raw)
    for _ in range(random_.randint(1, 5)):
        at = min(random_.choice(random_.choice(within)) if random_.random() < 0.5 else random_.randrange(len(out) + 1), len(out))
        match random_.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << random_.randrange(8)
            case 1 if at < len(out):
                out[at] = random_.randrange(256)
            case 2:
                out[at:at] = random_.choice(SNIPPETS)
            case 3 if at < len(out):
                out[at] = random_.choice(OPCODES)
            case 4:
                del out[at : at + random_.choice((1, 2, 8, 100))]
            case 5:
                start = random_.randrange(len(out) + 1)
                out[at:at] = out[start : start + random_.choice((1, 4, 30, 300))]
            case _ if random_.random() < 0.1:
                del out[at:]
    return bytes(out)


_watching: list[str] | None = None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching is not None and event.startswith(FORBIDDEN):
        _watching.append(f"{event} {arguments!r:.200}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What the block did that a loader of plain data need not do: imports, code, processes, sockets."""
    global _watching
    if not getattr(sys, "_framing_audit", False):
        sys.addaudithook(_audit)
        sys._framing_audit = True  # type: ignore[attr-defined]
    _watching = seen = []
    try:
        yield seen
    finally:
        _watching = None


def attempt(path: Path) -> Model | None:
    """The model in the file, or None when it is refused as it should be; anything else is an ``AssertionError``."""
    model = None
    with watched() as seen:
        try:
            model = load_model(path)
        except ModelError as error:
            message = str(error)
            assert message.startswith(str(path)), f"does not name the file: {message!r:.200}"
            assert len(message) < 1000, "a message of a thousand characters"
            assert message.replace(str(path), "").isprintable(), f"no fit line: {message!r:.200}"
    assert not seen, seen
    return model


def outcome(path: Path) -> str:
    """Load what is in the file, and use it."""
    model = attempt(path)
    if model is None:
        return "refused"
    use(model)
    return "loaded"


def use(model: Model) -> None:
    """A model that was loaded has to score, unless a head is missing, which it says."""
    try:
        for report in model.score_many([TEXT, ""], threshold=0.01):
            hold(report, report.text)
            report.to_json()
            report.to_html()
        hold(model.score(TEXT), TEXT)
    except ModelError:
        pass


def run(rounds: int, seed: int, *, file: Path | None = None, loud: bool = False) -> Tally:
    """Try `rounds` changed copies of `file`, or of a small one; what became of them, by the level of the change."""
    import pickletools  # noqa: F401  so that the first error's look-up is no import

    random_ = random.Random(seed)
    payload = persistence.load(file) if file else small()
    raw = pack(payload)
    packed = file.read_bytes() if file else zlib.compress(raw, 1)
    within = frame(raw, payload)
    tally = Tally("files", every=20_000 if loud else 0)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ModelWarning)  # a change can make a file one of older features
        path = Path(folder) / "m.joblib"
        path.write_bytes(packed)
        assert outcome(path) == "loaded"  # what is imported on first use is imported now
        for _ in range(rounds):
            way = random_.random()
            if way < 0.2:
                content, level = change_bytes(packed, random_, [range(len(packed))]), "file"
            elif way < 0.6:
                content, level = zlib.compress(change_bytes(raw, random_, within), 0), "pickle"
            else:
                content, level = zlib.compress(change_value(payload, random_), 0), "values"
            path.write_bytes(content)
            tally.take(level, content, partial(outcome, path))
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--file", type=Path, help="a valid model file to be changed, instead of a small one")
    options = parser.parse_args()
    sys.exit(run(options.rounds, options.seed, file=options.file, loud=True).finish())


if __name__ == "__main__":
    main()
