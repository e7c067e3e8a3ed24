"""Fuzz target: no file of labelled data, however broken, gets anything out of a reader but examples that are sound or a ``DataError``.

``python tests/fuzz/corpora.py --rounds 20000`` writes a small valid file (or folder) of every format, changes its bytes, and puts it through
``read_examples``, ``check-data`` and a conversion to another format; what was there before a conversion that fails has to be there after it.
It prints how many files it tried.  A file that fails is written to ``failures/``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import warnings
from contextlib import suppress
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzz.tally import Tally  # noqa: E402

from framing.checking import check  # noqa: E402
from framing.corpus import READERS, Example, LabeledAttribution, LabeledQuote, LabeledSpan, jsonl, read_examples, tools  # noqa: E402
from framing.errors import ConfigError, DataError  # noqa: E402

TEXT = "Ada wrote that the “reform” was brutal, 😀 so. The thugs left."
EXAMPLES = [
    Example(
        TEXT,
        label=1,
        spans=[LabeledSpan(32, 38, "emotive"), LabeledSpan(50, 55)],
        quotes=[LabeledQuote(20, 26, "scare")],
        attributions=[LabeledAttribution(15, 38, "reported", (0, 3))],
        group="g",
        id="one",
        weight=0.5,
        topic="water",
    ),
    Example("The weir was closed on Monday.", label=0, spans=[], quotes=[], attributions=[], group="g", id="two"),
]
# format -> (name of the file that is changed, files of the folder or the file alone); those of tools are written below
PLAIN: dict[str, dict[str, bytes]] = {
    "babe": {"a.csv": b"text;label_bias;biased_words;topic\nA vile vote.;Biased;\"['vile']\";law\nA long vote.;Non-biased;[];law\n"},
    "checkthat": {"a.tsv": b"sentence_id\tsentence\tlabel\n1\tA vile vote.\tSUBJ\n2\tA long vote.\tOBJ\n"},
    "wikibias": {"a.tsv": b"id\tsource\ttarget\ttags\n1\tA vile vote .\tA vote .\tO B-x O O\n"},
    "basil": {
        "a.json": json.dumps(
            {
                "uuid": "u",
                "main-event": "law",
                "body": [{"sentence": "A vile vote.", "annotations": [{"bias": "Lexical", "start": 2, "end": 6, "txt": "vile"}]}, {"sentence": "Yes."}],
            }
        ).encode()
    },
    "semeval-2020": {"x.task2-SI.labels": b"1\tLoaded_Language\t2\t6\n", "article1.txt": "A vile vote – so.\n".encode()},
    "semeval-2023": {"article1-labels-subtask-3.txt": b"1\tLoaded_Language\t2\t6\n", "article1.txt": "A vile vote – so.\n".encode()},
}
FILES = {"doccano": "a.jsonl", "label-studio": "a.json", "prodigy": "a.jsonl", "conll": "a.conll", "spacy": "a.spacy"}
ODD = (
    *(b"\xff", b"\xef\xbb\xbf", b"\0", b"\r\n", b"\r", b"\n\n", b"\t", b";", b'"', b"\\", b"\\ud800", "\u2028".encode(), b"\x1c", b"\x85", b"\xed\xa0\x80"),
    *(b"null", b"NaN", b"-Infinity", b"1e999", b"true", b"-1", b"2.5", b"9" * 30, b"9" * 5000, b"{}", b"[]", b"[" * 3000, b'{"a":' * 3000, b'""', b"\xd9\xa3"),
    *(b"B-emotive", b"I-", b"O", b"T1\t", b"R1\tx Arg1:T1 Arg2:T9\n", b"# text = ", b"# text_json = 3\n", b"# framing = []\n", b"-DOCSTART- O\n"),
    *(b"Biased", b"__import__('os')", b"['a'", b"*[1]", b"{1:2}", b"Loaded_Language", b"99999999999", b"\xf0\x9f\x98\x80", b"e\xcc\x81"),
)


def parquet(folder: Path, rows: dict[str, list[object]]) -> bytes:
    """A Parquet file of these columns."""
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(rows), folder / "a.parquet")
    content = (folder / "a.parquet").read_bytes()
    (folder / "a.parquet").unlink()
    return content


def valid(folder: Path) -> dict[str, dict[str, bytes]]:
    """format -> name -> content, of every format that can be written here."""
    found = dict(PLAIN)
    jsonl.write(EXAMPLES, folder / "a.jsonl")
    found["jsonl"] = {"a.jsonl": (folder / "a.jsonl").read_bytes()}
    for name, file in FILES.items():
        try:
            tools.write(EXAMPLES, folder / file, name)
        except ConfigError:  # without the extra
            continue
        found[name] = {file: (folder / file).read_bytes()}
    tools.write(EXAMPLES, folder / "brat", "brat")
    found["brat"] = {path.name: path.read_bytes() for path in sorted((folder / "brat").iterdir())}
    with suppress(ImportError):
        found["anno-lexical"] = {"a.parquet": parquet(folder, {"text": ["A vile vote.", "A long vote."], "label": [1, 0], "sentence_id": ["1", "2"]})}
    return found


def change(content: bytes, random_: random.Random) -> bytes:
    """`content` with a few bytes changed, cut, doubled, put elsewhere, or in another encoding."""
    out = bytearray(content)
    for _ in range(random_.choice((1, 1, 1, 2, 4))):
        at = random_.randrange(len(out) + 1)
        match random_.randrange(9):
            case 0 if at < len(out):
                out[at] ^= 1 << random_.randrange(8)
            case 1 if at < len(out):
                out[at] = random_.randrange(256)
            case 2 | 3 | 4:
                odd = random_.choice(ODD)
                out[at : at + random_.choice((0, 0, 1, 3, len(odd)))] = odd
            case 5:
                del out[at : at + random_.choice((1, 2, 8, 100))]
            case 6:
                start = random_.randrange(len(out) + 1)
                out[at:at] = out[start : start + random_.choice((1, 4, 30, 300))]
            case 7 if random_.random() < 0.2:
                del out[at:]
            case _ if random_.random() < 0.1:
                encoding = random_.choice(("utf-16", "utf-16-le", "latin-1", "cp1252", "utf-8-sig"))
                out = bytearray(bytes(out).decode("utf-8", "replace").encode(encoding, "replace"))
    return bytes(out)


def lay(files: dict[str, bytes], folder: Path) -> Path:
    """The files in an empty folder; the path that a reader is given."""
    for old in sorted(folder.rglob("*"), reverse=True):
        old.rmdir() if old.is_dir() else old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / next(iter(files)) if len(files) == 1 else folder


def attempt(path: Path, name: str, work: Path, target: str) -> str:
    """Read, check and convert; what came of it.  Raises whatever a user must never see."""
    for left in work.iterdir():  # by an attempt that failed
        left.unlink()
    told, refusal = "read", ""
    try:
        examples = read_examples(path, format=name)
    except DataError as error:
        told, refusal, examples = "refused", str(error), []
    for example in examples:
        assert not example.problems(), example
    if told == "refused":
        assert str(path.parent) in refusal, f"the error names no file: {refusal}"
        assert "\n" not in refusal, f"several lines: {refusal}"
    try:
        found = check([path], format=name)
        assert str(found)
        assert found.errors or told == "read", "refused by the reader, and check-data finds nothing"
    except DataError:
        assert told == "refused", "read, but not by check-data"
    if examples:
        out = work / f"out.{target}"
        out.write_bytes(b"old")
        try:
            jsonl.write(examples, out) if target == "jsonl" else tools.write(examples, out, target)
        except DataError:
            assert out.read_bytes() == b"old", "a conversion that failed took the old file with it"
            told = "read, not converted"
        assert sorted(p.name for p in work.iterdir()) == [out.name], "something was left lying about"
        out.unlink()
    return told


def run(rounds: int, seed: int, *, formats: tuple[str, ...] = (), loud: bool = False) -> Tally:
    """What became of the files, by format."""
    random_ = random.Random(seed)
    tally = Tally("files", every=5_000 if loud else 0)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = Path(name)
        (top / "valid").mkdir()
        all_valid = {key: files for key, files in valid(top / "valid").items() if not formats or key in formats}
        (top / "in").mkdir()
        (top / "out").mkdir()
        for _ in range(rounds):
            form = random_.choice(sorted(all_valid))
            files = dict(all_valid[form])
            changed = random_.choice(sorted(files))
            files[changed] = change(files[changed], random_)
            path = lay(files, top / "in")
            target = random_.choice(("jsonl", "doccano", "label-studio", "prodigy", "conll"))
            tally.take(form, files[changed], partial(attempt, path, form, top / "out", target))
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--format", action="append", default=[], choices=sorted(READERS), help="of these formats only; may be repeated")
    options = parser.parse_args()
    sys.exit(run(options.rounds, options.seed, formats=tuple(options.format), loud=True).finish())


if __name__ == "__main__":
    main()
