"""How many flags a reader of ordinary news gets, and a random draw of them to judge by hand.

    python benchmarks/alarms.py rate NEWS.jsonl.gz --articles 500          # flags per 1,000 words, by leaning
    python benchmarks/alarms.py draw NEWS.jsonl.gz --flags 100 -o draw.tsv # one flag a line, in context, to be judged
    python benchmarks/alarms.py tally draw.tsv                             # share of right ones, with a 95 % interval

NEWS has one JSON object a line with ``text``, ``source`` and ``leaning`` (left, center, right).  What was marked for training
(``recipes/news_marks.jsonl.gz``) is left out: whole articles, and in others the sentences, their words and their flags.  In the
drawn file, write 1 (right) or 0 (wrong) and the kind of error in the first two columns.  The draw is the same for the same seed
and model.
"""

import argparse
import csv
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import framing
from framing.counting import count_words
from framing.report import Flag

RECIPES = Path(__file__).parents[1] / "recipes"
sys.path.append(str(RECIPES))
from label_news import digest  # noqa: E402

LEANINGS = ("left", "center", "right")
CONTEXT = 160  # characters on either side of a drawn flag
COLUMNS = ("right", "error", "device", "probability", "voice", "leaning", "source", "before", "flag", "after")


@dataclass(frozen=True, slots=True)
class Article:
    """An article of which the ranges `marked` were trained on."""

    text: str
    source: str
    marked: list[tuple[int, int]]

    def unseen(self, flags: Iterable[Flag]) -> list[Flag]:
        return [flag for flag in flags if not any(start < flag.end and flag.start < end for start, end in self.marked)]


def articles(news: Path, count: int, seed: int) -> dict[str, list[Article]]:
    """`count` random articles of each leaning, none of which was marked as a whole."""
    marked = defaultdict(list)
    with gzip.open(RECIPES / "news_marks.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            marked[row["article"]].append((row["start"], row["end"]))
    found = defaultdict(list)
    with gzip.open(news, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            article = Article(row["text"], row["source"], marked.get(f"{digest(row['text']):016x}", []))
            if (0, len(article.text)) not in article.marked:
                found[row["leaning"]].append(article)
    return {leaning: random.Random(seed).sample(found[leaning], count) for leaning in LEANINGS}


def rate(news: Path, count: int, seed: int) -> Iterator[str]:
    yield f"{'leaning':10s}{'articles':>9s}{'words':>9s}{'author':>8s}{'quoted':>8s}{'reported':>9s}   flags per 1,000 words"
    for leaning, rows in articles(news, count, seed).items():
        words, voices = 0, Counter[str]()
        for article, report in zip(rows, framing.score_many(article.text for article in rows), strict=True):
            words += count_words(report.text, [*report.ignored, *article.marked])
            voices.update(flag.voice for flag in article.unseen(report.flags))
            wrong = [flag for flag in report.flags if report.text[flag.start : flag.end] != flag.text]
            if wrong:
                raise AssertionError(f"offsets of {wrong[0]} do not hold")
        each = [1000 * voices[voice] / words for voice in ("author", "quoted", "reported")]
        yield f"{leaning:10s}{count:9d}{words:9d}{each[0]:8.1f}{each[1]:8.1f}{each[2]:9.1f}"


def draw(news: Path, count: int, flags: int, seed: int, output: Path) -> None:
    found = []
    for leaning, rows in articles(news, count, seed).items():
        for article, report in zip(rows, framing.score_many(article.text for article in rows), strict=True):
            for flag in article.unseen(report.flags):
                before = " ".join(report.text[max(0, flag.start - CONTEXT) : flag.start].split())
                after = " ".join(report.text[flag.end : flag.end + CONTEXT].split())
                device = flag.device or ""
                found.append(("", "", device, f"{flag.probability:.2f}", flag.voice, leaning, article.source, before, flag.text, after))
    with open(output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(random.Random(seed).sample(found, flags))


def tally(path: Path) -> Iterator[str]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    judged = [row for row in rows if row["right"] in ("0", "1")]
    right, n = sum(row["right"] == "1" for row in judged), len(judged)
    share = right / n
    middle, half = (share + 1.92 / n) / (1 + 3.84 / n), 1.96 * sqrt(share * (1 - share) / n + 0.96 / n**2) / (1 + 3.84 / n)  # Wilson (1927)
    yield f"{right} of {n} right: {share:.2f}, 95 % interval {middle - half:.2f} to {middle + half:.2f}; {len(rows) - n} not judged"
    for column in ("error", "device", "voice", "leaning"):
        for name, total in Counter(row[column] for row in judged if row[column]).most_common():
            good = sum(row["right"] == "1" for row in judged if row[column] == name)
            yield f"  {column} {name}: {good} of {total} right"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in ("rate", "draw"):
        verb = verbs.add_parser(name)
        verb.add_argument("news", type=Path)
        verb.add_argument("--articles", type=int, default=500, help="of each leaning")
        verb.add_argument("--seed", type=int, default=0)
        if name == "draw":
            verb.add_argument("--flags", type=int, default=100)
            verb.add_argument("-o", "--output", type=Path, required=True)
    verbs.add_parser("tally").add_argument("file", type=Path)
    args = parser.parse_args()
    if args.verb == "draw":
        draw(args.news, args.articles, args.flags, args.seed, args.output)
        return
    for line in rate(args.news, args.articles, args.seed) if args.verb == "rate" else tally(args.file):
        print(line)


if __name__ == "__main__":
    main()
