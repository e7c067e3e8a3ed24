"""Let the teacher label unlabelled news, and keep its labels without the texts.

    python recipes/label_news.py label NEWS.jsonl.gz TEACHER_DIR -o recipes/news_labels.npz     # needs torch, once
    python recipes/label_news.py join NEWS.jsonl.gz recipes/news_labels.npz -o news.jsonl       # needs framing alone

``label`` stores a 63-bit digest and the chance of each sentence.  ``join`` finds the sentences again in the news and writes
them as labelled examples for ``framing train``; so the shipped model can be made again without torch, and no sentence is
kept here.  (The teacher's chances of single words were tried too: they cost more flags in whole articles than they won.)
"""

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from framing.document import read
from framing.tokens import Words

SHORTEST, LONGEST = 6, 60  # words of the sentences that are labelled


def sentences(news: Path) -> Iterator[str]:
    """The sentences of the news, furniture left out, each once."""
    words = Words()
    seen: set[int] = set()
    with gzip.open(news, "rt", encoding="utf-8") as file:
        for line in file:
            if len(words) > 300_000:
                words = Words()
            document = read(json.loads(line)["text"], words=words)
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


def label(news: Path, teacher: Path, output: Path, count: int) -> None:
    import torch
    from sentence_teacher import LENGTH, WEIGHTS, SentenceTeacher, predict
    from transformers import AutoTokenizer

    model = SentenceTeacher()
    model.load_state_dict(torch.load(teacher / "sentence.pt"))
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    chosen = list(sentences(news))
    random.Random(0).shuffle(chosen)
    chosen = chosen[:count]
    print(f"{len(chosen)} sentences", flush=True)
    encoded = tokenizer(chosen, truncation=True, max_length=LENGTH)["input_ids"]
    chances = (predict(model, encoded, progress=True) * 255).round().astype(np.uint8)
    keys = np.array([digest(text) for text in chosen], np.int64)
    order = np.argsort(keys)
    np.savez_compressed(output, keys=keys[order], sentence=chances[order])


def join(news: Path, labels: Path, output: Path) -> None:
    with np.load(labels) as data:
        chance_of = dict(zip(data["keys"].tolist(), data["sentence"].tolist(), strict=True))
    count = 0
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for text in sentences(news):
            key = digest(text)
            if key in chance_of:
                row = {"id": f"news-{key:016x}", "text": text, "label": round(chance_of[key] / 255, 3)}
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
    two = verbs.add_parser("join")
    two.add_argument("news", type=Path)
    two.add_argument("labels", type=Path)
    two.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    if args.verb == "label":
        label(args.news, args.teacher, args.output, args.count)
    else:
        join(args.news, args.labels, args.output)


if __name__ == "__main__":
    main()
