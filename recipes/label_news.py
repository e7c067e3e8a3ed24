"""Let the teacher label unlabelled news, and keep its labels without the texts.

    python recipes/label_news.py label NEWS.jsonl.gz TEACHER_DIR -o recipes/news_labels.npz   # needs torch
    python recipes/label_news.py join NEWS.jsonl.gz recipes/news_labels.npz -o news.jsonl     # needs framing alone

``label`` stores of each sentence a 63-bit digest, the chance that a reader calls it loaded, and the words that are loaded with a
chance of ``LEAST`` or more, as ranges of characters.  ``join`` finds the sentences again in the news and writes them as labelled
examples for ``framing train``; so the shipped model can be made again without torch, and no sentence is kept here.  (The words are
for ``word_leanings.py``; as labels for the terms head they brought less than that one number for each word.)
"""

import argparse
import gzip
import hashlib
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from framing.document import Document
from framing.document import read as read_document
from framing.tokens import WORD, Words

SHORTEST, LONGEST = 6, 60  # words of the sentences that are labelled
PIECES = 96  # word pieces that the teacher is shown
LEAST = 0.1  # the smallest chance of a word that is kept
UNIT = 255  # chances are kept as whole numbers of 1/255


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


def label(news: Path, teacher: Path, output: Path, count: int) -> None:
    import torch
    from sentence_teacher import WEIGHTS, batches, pad
    from torch import nn
    from transformers import AutoTokenizer
    from word_teacher import WordTeacher

    model = WordTeacher()
    model.load_state_dict(torch.load(teacher / "word.pt"))
    # Whole numbers halve the time; on BABE's development part ROC-AUC is 0.838 with them and 0.837 without.
    model = torch.ao.quantization.quantize_dynamic(model.eval(), {nn.Linear}, dtype=torch.qint8)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    chosen = list(sentences(news))
    random.Random(0).shuffle(chosen)
    chosen = chosen[:count]
    print(f"{len(chosen)} sentences", flush=True)
    found: dict[int, tuple[int, list[tuple[int, int, int]]]] = {}
    started = time.time()
    for first in range(0, len(chosen), 20_000):
        part = chosen[first : first + 20_000]
        encoded = tokenizer(part, truncation=True, max_length=PIECES, return_offsets_mapping=True)
        pieces = encoded["input_ids"]
        known = Words()
        with torch.inference_mode():
            for rows in batches(pieces, 128, shuffle=None):
                published, strict, words = model.all(*pad([pieces[i] for i in rows]))
                for i, one, two, logits in zip(rows, published.tolist(), strict.tolist(), words[..., 0].numpy(), strict=True):
                    marked, strongest = pointed(read_document(part[i], words=known), encoded["offset_mapping"][i], logits[: len(pieces[i])])
                    found[digest(part[i])] = (as_number((one + two) / 2 + strongest / 4), marked)
        print(f"{first + len(part)} sentences, {time.time() - started:.0f} s", flush=True)
    save(found, output)


def as_number(logit: float) -> int:
    return round(UNIT / (1 + float(np.exp(-logit))))


def pointed(document: Document, offsets: list[tuple[int, int]], logits: np.ndarray) -> tuple[list[tuple[int, int, int]], float]:
    """(start, end, chance) of the words that may be loaded; the largest logit of any word.  A word is as loaded as its pieces."""
    out, strongest = [], -8.0
    places = [(a, b, float(logit)) for (a, b), logit in zip(offsets, logits, strict=True) if a < b]
    k = 0
    for start, end, kind in zip(document.starts.tolist(), document.ends.tolist(), document.words.word_kind.view[document.numbers].tolist(), strict=True):
        while k < len(places) and places[k][1] <= start:
            k += 1
        own = [logit for a, _, logit in places[k : k + 24] if a < end]
        if kind == WORD and own:
            strongest = max(strongest, *own)
            if (chance := as_number(max(own))) >= LEAST * UNIT:
                out.append((start, end, chance))
    return out, strongest


def save(found: dict[int, tuple[int, list[tuple[int, int, int]]]], output: Path) -> None:
    keys = sorted(found)
    words = np.array([word for key in keys for word in found[key][1]], np.int64).reshape(-1, 3)
    np.savez_compressed(
        output,
        keys=np.array(keys, np.int64),
        sentence=np.array([found[key][0] for key in keys], np.uint8),
        words=np.array([len(found[key][1]) for key in keys], np.uint8),
        starts=words[:, 0].astype(np.uint16),
        lengths=np.minimum(words[:, 1] - words[:, 0], 255).astype(np.uint8),
        chances=words[:, 2].astype(np.uint8),
    )


def read(labels: Path) -> dict[int, tuple[float, list[dict[str, Any]]]]:
    """Digest -> (chance, spans)."""
    with np.load(labels) as data:
        ends = np.cumsum(data["words"].astype(np.int64))
        spans = [
            {"start": start, "end": start + length, "chance": round(chance / UNIT, 3)}
            for start, length, chance in zip(data["starts"].tolist(), data["lengths"].tolist(), data["chances"].tolist(), strict=True)
        ]
        rows = zip(data["keys"].tolist(), data["sentence"].tolist(), (ends - data["words"]).tolist(), ends.tolist(), strict=True)
        return {key: (round(chance / UNIT, 3), spans[a:b]) for key, chance, a, b in rows}


def join(news: Path, labels: Path, output: Path) -> None:
    known = read(labels)
    count = 0
    with open(output, "w", encoding="utf-8", newline="\n") as file:
        for text in sentences(news):
            key = digest(text)
            if key in known:
                row = {"id": f"news-{key:016x}", "text": text, "label": known[key][0]}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    print(f"{count} of {len(known)} labelled sentences found again")


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
