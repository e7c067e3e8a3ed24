"""What the word teacher makes of each word, averaged over unlabelled news: the word vectors of the shipped model.

    python recipes/word_vectors.py news.jsonl ANNO_LEXICAL_DIR TEACHER_DIR -o recipes/word_vectors.npz    # needs torch, once

`news.jsonl` is what ``label_news.py join`` writes.  The teacher's hidden state of a word (the mean over its pieces) is averaged
over at most 200 of the word's occurrences; the first 32 principal components of these averages are kept, as bytes.  Names are
one word, as for the model's heads, so no vector knows who is named.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import framing
from framing.document import Document, read
from framing.tokens import Words
from framing.vectors import UNIT

OCCURRENCES, LEAST, DIMENSIONS = 200, 3, 32
HIDDEN = 384  # of the teacher


def texts_of(news: Path, anno: Path) -> list[str]:
    with open(news, encoding="utf-8") as file:
        found = [json.loads(line)["text"] for line in file]
    for part in ("train", "dev"):
        found += [text.strip() for text in pq.read_table(anno / f"{part}.parquet").column("text").to_pylist()]
    random.Random(1).shuffle(found)
    return found


def means(texts: list[str], teacher: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """(words as the heads spell them, their mean hidden states, how often each was met)."""
    import torch
    from sentence_teacher import WEIGHTS, batches, pad
    from transformers import AutoTokenizer
    from word_teacher import WordTeacher

    model = WordTeacher()
    model.load_state_dict(torch.load(teacher / "word.pt"))
    model.eval()
    vocabulary = framing.load().vocabulary
    encoded = AutoTokenizer.from_pretrained(WEIGHTS)(texts, truncation=True, max_length=96, return_offsets_mapping=True)
    words = Words()
    documents = [read(text, words=words) for text in texts]
    spelled = [vocabulary.spelling(form) for form in words.forms]
    number = {form: i for i, form in enumerate(dict.fromkeys(spelled))}
    word_of = np.array([number[form] for form in spelled], np.int64)
    total, count = np.zeros((len(number), HIDDEN)), np.zeros(len(number), np.int64)
    started = time.time()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for step, rows in enumerate(batches(encoded["input_ids"], 128, shuffle=None)):
            ids, mask = pad([encoded["input_ids"][i] for i in rows])
            hidden = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float().numpy()
            for k, i in enumerate(rows):
                tokens, states = per_token(documents[i], np.array(encoded["offset_mapping"][i]), hidden[k])
                for word, state in zip(word_of[documents[i].numbers[tokens]].tolist(), states, strict=True):
                    if count[word] < OCCURRENCES:
                        total[word] += state
                        count[word] += 1
            if step % 100 == 0:
                print(f"{step} batches, {time.time() - started:.0f} s", flush=True)
    return list(number), total / np.maximum(count, 1)[:, None], count


def per_token(document: Document, offsets: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(token numbers, mean state of each one's pieces)."""
    pieces = np.flatnonzero(offsets[:, 1] > offsets[:, 0])
    tokens = np.searchsorted(document.ends, offsets[pieces, 0], "right")
    pieces, tokens = pieces[tokens < len(document)], tokens[tokens < len(document)]
    if not len(tokens):
        return tokens, np.zeros((0, states.shape[1]))
    met, first = np.unique(tokens, return_index=True)
    return met, np.add.reduceat(states[pieces], first, axis=0) / np.diff(np.append(first, len(tokens)))[:, None]


def reduce(states: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The first principal components, of mean length 1, as bytes; rare words weigh less."""
    weights = np.sqrt(counts)
    centred = states - np.average(states, axis=0, weights=weights)
    _, axes = np.linalg.eigh((centred * weights[:, None]).T @ centred / weights.sum())
    kept = centred @ axes[:, ::-1][:, :DIMENSIONS]
    kept /= np.sqrt((kept**2).sum(axis=1).mean())
    return (kept * UNIT).round().clip(-128, 127).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("news", "anno", "teacher"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    forms, states, counts = means(texts_of(args.news, args.anno), args.teacher)
    save(forms, states, counts, args.output)


def save(forms: list[str], states: np.ndarray, counts: np.ndarray, output: Path) -> None:
    kept = sorted((form, i) for i, form in enumerate(forms) if counts[i] >= LEAST and "\n" not in form)
    rows = [i for _, i in kept]
    np.savez_compressed(output, forms="\n".join(form for form, _ in kept), table=reduce(states[rows], counts[rows]))
    print(f"{len(kept)} words")


if __name__ == "__main__":
    main()
