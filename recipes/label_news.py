"""Let the teachers label unlabelled news, and keep their labels without the texts.

    python recipes/label_news.py label NEWS.jsonl.gz TEACHER_DIR -o recipes/news_labels.npz     # needs torch, once
    python recipes/label_news.py join NEWS.jsonl.gz recipes/news_labels.npz -o news.jsonl       # needs framing alone

``label`` stores, per sentence, a 64-bit digest, the sentence's chance and the chances of its words.  ``join`` finds the
sentences again in the news and writes them as labelled examples for ``framing train``; so the shipped model can be made
again without torch, and no sentence is kept here.
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

FLOOR = 0.05  # chances of words below this are not kept
SHORTEST, LONGEST = 6, 60  # words of the sentences that are labelled


def sentences(news: Path, every: int = 1) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """(text, word ranges) of each sentence of the news, furniture left out, each once."""
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
                if key % every or key in seen:
                    continue
                seen.add(key)
                yield text, [(int(s) - start, int(e) - start) for s, e in zip(document.starts[a:b], document.ends[a:b], strict=True)]


def digest(text: str) -> int:
    """63 bits of SHA-256 over the words' letters, so that quotes and spaces do not matter."""
    return int.from_bytes(hashlib.sha256("".join(c for c in text.lower() if c.isalnum()).encode()).digest()[:8], "big") >> 1


def label(news: Path, teacher: Path, output: Path, count: int) -> None:
    import torch
    from sentence_teacher import WEIGHTS, batches, pad
    from transformers import AutoTokenizer
    from word_teacher import WordTeacher

    model = WordTeacher()
    model.load_state_dict(torch.load(teacher / "word.pt"))
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    chosen = list(sentences(news))
    random.Random(0).shuffle(chosen)
    chosen = chosen[:count]
    print(f"{len(chosen)} sentences", flush=True)
    encoded = tokenizer([t for t, _ in chosen], truncation=True, max_length=96, return_offsets_mapping=True)
    whole = np.zeros(len(chosen), np.uint8)
    chances: list[np.ndarray] = [np.zeros(0, np.uint8)] * len(chosen)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for step, rows in enumerate(batches(encoded["input_ids"], 128, shuffle=None)):
            sentence, words = model.both(*pad([encoded["input_ids"][i] for i in rows]))
            whole[rows] = (torch.sigmoid(sentence).numpy() * 255).round()
            loaded = torch.sigmoid(words[..., 0]).numpy()
            for k, i in enumerate(rows):
                chances[i] = (per_word(encoded["offset_mapping"][i], loaded[k], chosen[i][1]) * 255).round().astype(np.uint8)
            if step % 100 == 0:
                print(f"{step} batches", flush=True)
                np.savez_compressed(output.with_suffix(".part.npz"), step=step)
    keys = np.array([digest(t) for t, _ in chosen], np.int64)
    order = np.argsort(keys)
    lengths = np.array([len(chances[i]) for i in order], np.uint8)
    flat = np.concatenate([chances[i] for i in order])
    flat[flat < FLOOR * 255] = 0
    np.savez_compressed(output, keys=keys[order], sentence=whole[order], lengths=lengths, words=flat)
    output.with_suffix(".part.npz").unlink(missing_ok=True)


def per_word(offsets: list[tuple[int, int]], pieces: np.ndarray, words: list[tuple[int, int]]) -> np.ndarray:
    """The highest chance among a word's pieces, for each word."""
    out = np.zeros(len(words), np.float32)
    k = 0
    for (a, b), chance in zip(offsets, pieces, strict=False):
        if a == b:
            continue
        while k < len(words) - 1 and words[k][1] <= a:
            k += 1
        if a < words[k][1] and words[k][0] < b:
            out[k] = max(out[k], chance)
    return out


def join(news: Path, labels: Path, output: Path) -> None:
    with np.load(labels) as data:
        keys, whole, lengths, flat = data["keys"], data["sentence"], data["lengths"], data["words"]
    begins = np.concatenate([[0], np.cumsum(lengths.astype(np.int64))])
    place = {int(k): i for i, k in enumerate(keys)}
    count = 0
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for text, words in sentences(news):
            i = place.get(digest(text))
            if i is None or lengths[i] != len(words):
                continue
            chances = flat[begins[i] : begins[i + 1]] / 255
            spans = [{"start": a, "end": b, "chance": round(float(c), 3)} for (a, b), c in zip(words, chances, strict=True) if c >= FLOOR]
            row = {"id": f"news-{keys[i]:016x}", "text": text, "label": round(float(whole[i]) / 255, 3), "spans": spans}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    print(f"{count} of {len(keys)} labelled sentences found again")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("label")
    one.add_argument("news", type=Path)
    one.add_argument("teacher", type=Path)
    one.add_argument("-o", "--output", type=Path, required=True)
    one.add_argument("--count", type=int, default=150_000)
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
