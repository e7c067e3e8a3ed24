"""Runs both benchmarks and puts their tables between two markers of a document.

    python benchmarks/report.py NEWS.jsonl.gz -o benchmarks/README.md [--megabytes 5] [--repeat 3] [--train ANNO_LEXICAL]

The document is looked at before anything is measured and written once, at the end; nothing outside the markers changes.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import peers
import speed
from framing.errors import DataError
from measuring import Machine, machine, markdown

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def section(here: Machine, setting: speed.Setting, figures: Sequence[speed.Figure], outcomes: Sequence[peers.Outcome]) -> str:
    """The tables, with where and how they were measured."""
    missing = peers.left_out(outcomes)
    articles = "the articles of a news file" if setting.news else "the articles of `seeds/`, repeated"
    return "\n".join(
        [
            *(f"{line}  " for line in here.lines()),
            f"`--megabytes {setting.megabytes:g} --repeat {setting.repeat}`, on {articles}",
            "",
            *markdown(speed.HEADER, map(speed.cells, figures)),
            "",
            *(f"* {line}" for line in speed.notes(figures)),
            "",
            *markdown(peers.HEADER, peers.rows(outcomes)),
            *(["", "Without figures:", "", *(f"* {line}" for line in missing)] if missing else []),
        ]
    )


def replace(document: str, section: str, name: str = "document") -> str:
    """`document` with `section` between the markers and everything else as it was; ``DataError`` if there is not one pair of them."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end or END in head + tail or BEGIN in rest:
        raise DataError(f"{name}: found {document.count(BEGIN)} × {BEGIN} and {document.count(END)} × {END}; wanted one of each, in this order")
    return f"{head}{BEGIN}\n\n{section}\n\n{END}{tail}"


def write(path: Path, text: str) -> None:
    """`text` into `path`, line ends as they are, whole or not at all; the file keeps its mode."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    speed.options(parser)
    parser.add_argument("--seconds", type=float, default=20.0, help="what a peer may take for a round (default 20)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DOCUMENT", help="with the two markers")
    args = parser.parse_args(argv)
    setting = speed.setting_of(args)
    with speed.one_line():
        before = args.output.read_bytes().decode("utf-8")
        replace(before, "", str(args.output))
        here = machine()
        text = section(here, setting, list(speed.measure(setting)), list(peers.compare(setting, limit=args.seconds)))
        write(args.output, replace(args.output.read_bytes().decode("utf-8"), text, str(args.output)))
    print(f"{args.output}: figures replaced", file=sys.stderr)


if __name__ == "__main__":
    main()
