"""Find our annotators' marks on news again in the news, and write them as labelled examples.

    python recipes/news_marks.py join NEWS.jsonl.gz recipes/news_marks.jsonl.gz -o marks.jsonl   # needs framing alone
    python recipes/news_marks.py split marks.jsonl -o sentences.jsonl                            # for word_teacher.py
    python recipes/news_marks.py agree recipes/news_marks_twice.jsonl.gz                         # needs nothing

``news_marks.jsonl.gz`` keeps what was marked in articles of the unlabelled news without their texts: one row is a passage of an
article (63 bits of SHA-256 over its letters, a range of characters) with a sentence label, loaded spans or the uses of pairs of
quotation marks, whichever was asked about it.  ``training_data/README.md`` tells who marked what.  ``news_marks_twice.jsonl.gz``
has the passages that several annotators marked, each with the annotator; ``agree`` prints how far they agree, pair by pair.
"""

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

SHORTEST = 4  # tokens of a sentence that the teacher is shown


def texts(news: Path) -> Iterator[str]:
    with gzip.open(news, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def example(text: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row as ``framing train`` reads it; a doubtful span has a chance below 1."""
    out: dict[str, Any] = {"text": text[row["start"] : row["end"]], "group": row["article"]}
    if "label" in row:
        out["label"] = row["label"]
    if "spans" in row:
        out["spans"] = [{"start": a, "end": b, "device": device, "chance": chance} for a, b, device, chance in row["spans"]]
    if "quotes" in row:
        out["quotes"] = [{"start": a, "end": b, "use": use} for a, b, use in row["quotes"]]
    return out


def read(marks: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(marks, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def join(news: Path, marks: Path, output: Path) -> None:
    from label_news import digest

    rows = defaultdict(list)
    for row in read(marks):
        rows[row["article"]].append(row)
    found = 0
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for text in texts(news):
            for row in rows.pop(f"{digest(text):016x}", ()):
                found += 1
                file.write(json.dumps({"id": f"mark-{found:05d}", **example(text, row)}, ensure_ascii=False) + "\n")
    print(f"{found} passages; {len(rows)} marked articles were not found")


def split(marks: Path, output: Path) -> None:
    """Whole articles become rows of one sentence, with the label that it has; shorter passages stay what they are."""
    from framing.document import read as read_document

    with open(marks, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    labels = {(row["group"], row["text"]): row["label"] for row in rows if "label" in row and "spans" not in row}
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            if "label" in row and "spans" not in row:
                continue
            found = sentences(row, read_document(row["text"]), labels) if "quotes" in row and "spans" in row else [row]
            for one in found:
                file.write(json.dumps(one, ensure_ascii=False) + "\n")


def sentences(row: dict[str, Any], document: Any, labels: dict[tuple[str, str], float]) -> Iterator[dict[str, Any]]:
    """The sentences of a marked article, furniture and fragments left out, with the marks that begin in them."""
    for k in range(len(document.sentences) - 1):
        if document.furniture_sentences[k] or document.sentences[k + 1] - document.sentences[k] < SHORTEST:
            continue
        start, end = document.sentence_span(k)
        text = row["text"][start:end]
        known = {"label": labels[row["group"], text]} if (row["group"], text) in labels else {}
        spans = [moved(span, start) for span in row["spans"] if start <= span["start"] < end]
        quotes = [moved(pair, start) for pair in row["quotes"] if start <= pair["start"] and pair["end"] <= end]
        yield {"text": text, "group": row["group"], "spans": spans, "quotes": quotes, **known}


def moved(mark: dict[str, Any], start: int) -> dict[str, Any]:
    return {**mark, "start": mark["start"] - start, "end": mark["end"] - start}


def agree(marks: Path) -> None:
    """Per pair of annotators: labels, characters in spans (sure ones, all), devices of spans both marked, uses of marks."""
    by: dict[str, dict[tuple[str, int, int], dict[str, Any]]] = defaultdict(dict)
    for row in read(marks):
        by[row["annotator"]][row["article"], row["start"], row["end"]] = row
    for one, two in combinations(sorted(by), 2):
        both = [(by[one][key], by[two][key]) for key in by[one].keys() & by[two].keys()]
        if not both:
            continue
        said = [f"{one} {two}: {len(both)} passages"]
        labels = [(a["label"], b["label"]) for a, b in both if "label" in a]
        if labels:
            firm = [a == b for a, b in labels if 0.5 not in (a, b)]
            said.append(f"label {sum(a == b for a, b in labels)} of {len(labels)} the same, {sum(firm)} of {len(firm)} where neither is half")
            for name, least in (("sure", 1.0), ("all", 0.0)):
                x, y = ({(k, i) for k, pair in enumerate(both) for i in covered(pair[side], least)} for side in (0, 1))
                said.append(f"{name} spans F1 {2 * len(x & y) / max(len(x) + len(y), 1):.3f}")
            devices = [s[2] == t[2] for a, b in both for s in a["spans"] for t in b["spans"] if s[:2] == t[:2]]
            said.append(f"device {sum(devices)} of {len(devices)}")
        uses = [(a["quotes"][0][2], b["quotes"][0][2]) for a, b in both if "quotes" in a]
        if uses:
            firm = [a == b for a, b in uses if "unsure" not in (a, b)]
            scare = [sum((a == "scare") + (b == "scare") for a, b in uses), 2 * sum(a == b == "scare" for a, b in uses)]
            said.append(f"use {sum(firm)} of {len(firm)} where neither is unsure, scare F1 {scare[1] / max(scare[0], 1):.3f}")
        print("; ".join(said))


def covered(row: dict[str, Any], least: float) -> Iterator[int]:
    for start, end, _, chance in row["spans"]:
        if chance >= least:
            yield from range(start, end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("join")
    one.add_argument("news", type=Path)
    one.add_argument("marks", type=Path)
    one.add_argument("-o", "--output", type=Path, required=True)
    two = verbs.add_parser("split")
    two.add_argument("marks", type=Path)
    two.add_argument("-o", "--output", type=Path, required=True)
    three = verbs.add_parser("agree")
    three.add_argument("marks", type=Path)
    args = parser.parse_args()
    if args.verb == "join":
        join(args.news, args.marks, args.output)
    elif args.verb == "split":
        split(args.marks, args.output)
    else:
        agree(args.marks)


if __name__ == "__main__":
    main()
