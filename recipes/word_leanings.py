"""How loaded the teacher finds each word on average: one more dimension of the shipped model's word vectors.

    python recipes/word_leanings.py NEWS.jsonl.gz recipes/news_labels.npz recipes/word_vectors.npz -o recipes/word_vectors.npz

Over all sentences that the teacher labelled (``label_news.py``) a word's chances are averaged; its log-odds, less those of all
words together, are the last dimension.  Words that are met ``LEAST`` times and had no vector get this one alone.  Names are one
word, as for the model's heads.  A linear head thus learns from a single weight what the teacher knows of tens of thousands of
words, of which the marked sentences hold but a part.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from label_news import digest, read, sentences
from word_vectors import DIMENSIONS

import framing
from framing.document import read as read_document
from framing.features import NAME, NUMERAL
from framing.tokens import WORD, Words
from framing.vectors import UNIT

FLOOR = 0.02  # the chance of a word of which the teacher said nothing
PRIOR = 4.0  # occurrences with the chance of all words that every word is given
LEAST = 3  # occurrences of a word that had no vector
SCALE = 0.5  # of the log-odds, so that bytes hold them


def averages(news: Path, labels: Path) -> dict[str, tuple[float, float]]:
    """Word -> (how often it was met, the sum of its chances)."""
    vocabulary, known = framing.load().vocabulary, read(labels)
    met: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    words = Words()
    for text in sentences(news):
        if (found := known.get(digest(text))) is None:
            continue
        if len(words) > 300_000:
            words = Words()
        document, chances = read_document(text, words=words), {span["start"]: span["chance"] for span in found[1]}
        for start, number in zip(document.starts.tolist(), document.numbers.tolist(), strict=True):
            if words.word_kind.view[number] == WORD:
                spelled = vocabulary.spelling(words.forms[number])
                met[spelled] += 1
                total[spelled] += chances.get(start, FLOOR)
    return {word: (met[word], total[word]) for word in sorted(met) if NAME not in word and NUMERAL not in word}


def leanings(found: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Word -> log-odds of being loaded, less those of all words."""
    count, total = np.array(list(found.values())).T
    mean = total.sum() / count.sum()
    chance = (total + PRIOR * mean) / (count + PRIOR)
    return dict(zip(found, (np.log(chance / (1 - chance)) - np.log(mean / (1 - mean))).tolist(), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("news", "labels", "vectors"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    found = averages(args.news, args.labels)
    leaning = leanings({word: pair for word, pair in found.items() if pair[0] > 1})
    with np.load(args.vectors) as data:
        forms, table = str(data["forms"]).split("\n"), data["table"][:, :DIMENSIONS]
    known = dict(zip(forms, table, strict=True))
    rows = known | {word: np.zeros(DIMENSIONS, np.int8) for word, (count, _) in found.items() if count >= LEAST and word not in known}
    last = [int(np.clip(round(leaning.get(word, 0.0) * UNIT * SCALE), -127, 127)) for word in sorted(rows)]
    whole = np.column_stack([np.stack([rows[word] for word in sorted(rows)]), np.array(last, np.int8)])
    np.savez_compressed(args.output, forms="\n".join(sorted(rows)), table=whole)
    print(f"{len(rows)} words, {len(rows) - len(forms)} of them with this dimension alone")


if __name__ == "__main__":
    main()
