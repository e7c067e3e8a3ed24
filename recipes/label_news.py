"""Let the teachers label unlabelled news, and keep their labels without the texts.

    python recipes/label_news.py label NEWS.jsonl.gz TEACHER_DIR -o one.npz                       # needs torch
    python recipes/label_news.py label NEWS.jsonl.gz TEACHER_DIR -o two.npz --words --count 150000  # by the word teacher
    python recipes/label_news.py average one.npz two.npz -o recipes/news_labels.npz
    python recipes/label_news.py join NEWS.jsonl.gz recipes/news_labels.npz -o news.jsonl           # needs framing alone

``label`` stores a 63-bit digest and the chance of each sentence; of a sentence that both teachers labelled, the mean is kept.
``join`` finds the sentences again in the news and writes them as labelled examples for ``framing train``; so the shipped model
can be made again without torch, and no sentence is kept here.  (The teacher's chances of single words were tried too: they
cost more flags in whole articles than they won.)
"""

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from framing.document import read as read_document
from framing.tokens import Words

SHORTEST, LONGEST = 6, 60  # words of the sentences that are labelled
UNIT = 510  # chances are kept as whole numbers of 1/510, so that the mean of two that were rounded to 1/255 is one too


def sentences(news: Path) -> Iterator[str]:
    """The sentences of the news, furniture left out, each once."""
    words = Words()
    seen: set[int] = set()
    with gzip.open(news, "rt", encoding="utf-8") as file:
        for line in file:
            if len(words) > 300_000:
                words = Words()
            document = read_document(json.loads(line)["text"], words=words)
            for k in range(len(document.sentences) - 1):
                a, b = int(document.sentences[k]), int(document.sentences[k + 1])
                if document.furniture_sentences[k] or not SHORTEST <= b - a <= LONGEST:
                    continue
                start, end = document.sentence_span(k)
                text = document.text[start:end]
                key = digest(text)
                if key not in seen:
                    seen.add(key)
                    yield text


def digest(text: str) -> int:
    """63 bits of SHA-256 over the words' letters, so that quotes and spaces do not matter."""
    return int.from_bytes(hashlib.sha256("".join(c for c in text.lower() if c.isalnum()).encode()).digest()[:8], "big") >> 1


def label(news: Path, teacher: Path, output: Path, count: int, *, words: bool) -> None:
    import torch
    from sentence_teacher import LENGTH, WEIGHTS, SentenceTeacher, predict
    from transformers import AutoTokenizer
    from word_teacher import WordTeacher

    model = WordTeacher() if words else SentenceTeacher()
    model.load_state_dict(torch.load(teacher / ("word.pt" if words else "sentence.pt")))
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    chosen = list(sentences(news))
    random.Random(0).shuffle(chosen)
    chosen = chosen[:count]
    print(f"{len(chosen)} sentences", flush=True)
    encoded = tokenizer(chosen, truncation=True, max_length=LENGTH)["input_ids"]
    chances = (predict(model, encoded, progress=True) * 255).round().astype(np.uint16) * (UNIT // 255)
    save(dict(zip(map(digest, chosen), chances.tolist(), strict=True)), output)


def save(chance_of: dict[int, int], output: Path) -> None:
    keys = sorted(chance_of)
    np.savez_compressed(output, keys=np.array(keys, np.int64), sentence=np.array([chance_of[key] for key in keys], np.uint16))


def read(labels: Path) -> dict[int, int]:
    """Digest -> chance in 1/510."""
    with np.load(labels) as data:
        return dict(zip(data["keys"].tolist(), data["sentence"].tolist(), strict=True))


def average(one: Path, two: Path, output: Path) -> None:
    first, second = read(one), read(two)
    mean = {key: (first[key] + second[key]) // 2 for key in first.keys() & second.keys()}
    save(first | second | mean, output)
    print(f"{len(first | second)} sentences, {len(mean)} labelled by both")


def join(news: Path, labels: Path, output: Path) -> None:
    chance_of = read(labels)
    count = 0
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for text in sentences(news):
            key = digest(text)
            if key in chance_of:
                row = {"id": f"news-{key:016x}", "text": text, "label": round(chance_of[key] / UNIT, 3)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    print(f"{count} of {len(chance_of)} labelled sentences found again")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("label")
    one.add_argument("news", type=Path)
    one.add_argument("teacher", type=Path)
    one.add_argument("-o", "--output", type=Path, required=True)
    one.add_argument("--count", type=int, default=400_000)
    one.add_argument("--words", action="store_true", help="ask the word teacher for the sentence, not the sentence teacher")
    two = verbs.add_parser("join")
    two.add_argument("news", type=Path)
    two.add_argument("labels", type=Path)
    two.add_argument("-o", "--output", type=Path, required=True)
    three = verbs.add_parser("average")
    three.add_argument("one", type=Path)
    three.add_argument("two", type=Path)
    three.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    if args.verb == "label":
        label(args.news, args.teacher, args.output, args.count, words=args.words)
    elif args.verb == "average":
        average(args.one, args.two, args.output)
    else:
        join(args.news, args.labels, args.output)


if __name__ == "__main__":
    main()
