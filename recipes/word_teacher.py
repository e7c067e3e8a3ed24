"""Teach the sentence teacher to point: which words are loaded, whose words they are, what quotation marks are for.

    python recipes/word_teacher.py TEACHER_DIR ANNO_LEXICAL_DIR training_data/*.jsonl sentences.jsonl

Starts from ``sentence_teacher.py``'s weights.  Word labels come from this project's own training data and from its marks on news
(``news_marks.py join``, then ``split``), one sentence a row; AnnoLexical's sentences keep the sentence output as it was.  What the
marks say of whole sentences has an output of its own, since our annotators were stricter.  One epoch, as ``--epochs`` has it; some
half an hour on two cores.
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import pyarrow.parquet as pq
import torch
from sentence_teacher import WEIGHTS, SentenceTeacher, batches, pad
from sklearn.metrics import average_precision_score, f1_score
from torch import nn
from transformers import AutoTokenizer

USES = ("scare", "quotation", "title", "mention")
LENGTH = 96


class WordTeacher(SentenceTeacher):
    """The sentence teacher with outputs per word piece: loaded, somebody else's words, four uses of marks."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Linear(self.encoder.config.hidden_size, 2 + len(USES))
        self.strict = nn.Linear(self.encoder.config.hidden_size, 1)

    def all(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(sentence logits by AnnoLexical and by our marks, each (rows,), piece logits (rows, pieces, 6))."""
        hidden = self.drop(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        return self.out(pooled).squeeze(-1).float(), self.strict(pooled).squeeze(-1).float(), self.words(hidden).float()


def piece_labels(row: dict, offsets: list[tuple[int, int]]) -> np.ndarray:
    """Shape (pieces, 3): the chance of being loaded, attributed, use of marks; -1 where the row does not say."""
    out = np.full((len(offsets), 3), -1, np.float32)
    for k, (a, b) in enumerate(offsets):
        if a == b:
            continue
        if row.get("spans") is not None:
            out[k, 0] = max((s.get("chance", 1.0) for s in row["spans"] if s["start"] < b and a < s["end"]), default=0.0)
        if row.get("attributions") is not None:
            out[k, 1] = any(s["start"] < b and a < s["end"] for s in row["attributions"])
        for q in row.get("quotes") or ():
            if q["start"] <= a and b <= q["end"]:
                out[k, 2] = USES.index(q["use"])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("anno", type=Path)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--silver", type=int, default=12_000, help="AnnoLexical sentences seen")
    args = parser.parse_args()
    torch.manual_seed(0)
    shuffle = random.Random(0)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    rows = [json.loads(line) for f in args.rows for line in f.open(encoding="utf-8")]
    encoded = tokenizer([r["text"] for r in rows], truncation=True, max_length=LENGTH, return_offsets_mapping=True)
    pieces = encoded["input_ids"]
    labels = [piece_labels(r, o) for r, o in zip(rows, encoded["offset_mapping"], strict=True)]
    held = {g for g in {r["group"] for r in rows} if hash_of(g) % 20 == 0}
    train = [i for i, r in enumerate(rows) if r["group"] not in held]
    test = [i for i, r in enumerate(rows) if r["group"] in held]
    table = pq.read_table(args.anno / "train.parquet").to_pylist()
    shuffle.shuffle(table)
    silver = tokenizer([t["text"].strip() for t in table[: args.silver]], truncation=True, max_length=80)["input_ids"]
    silver_labels = torch.tensor([t["label"] for t in table[: args.silver]], dtype=torch.float)
    model = WordTeacher()
    model.load_state_dict(torch.load(args.teacher / "sentence.pt"), strict=False)
    own = [[train[i] for i in b] for _ in range(args.epochs) for b in batches([pieces[i] for i in train], 24, shuffle=shuffle)]
    weak = batches(silver, 32, shuffle=shuffle)
    plan = [("own", b) for b in own] + [("silver", b) for b in weak]
    shuffle.shuffle(plan)
    optimizer = torch.optim.AdamW(model.parameters(), lr=7e-5, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 7e-5, total_steps=len(plan), pct_start=0.1, anneal_strategy="linear")
    bce = nn.functional.binary_cross_entropy_with_logits
    started = time.time()
    model.train()
    for step, (kind, batch) in enumerate(plan, start=1):
        ids, mask = pad([(pieces if kind == "own" else silver)[i] for i in batch])
        sentence, strict, words = model.all(ids, mask)
        real = mask.bool() & (ids != tokenizer.cls_token_id) & (ids != tokenizer.sep_token_id)
        if kind == "own":
            target = torch.full((*ids.shape, 3), -1.0)
            for k, i in enumerate(batch):
                target[k, : len(labels[i])] = torch.from_numpy(labels[i])
            loss = words.sum() * 0.0
            for column, weight in ((0, 1.0), (1, 0.5)):
                known = real & (target[..., column] >= 0)
                if known.any():
                    loss = loss + weight * bce(words[..., column][known], target[..., column][known])
            marked = real & (target[..., 2] >= 0)
            if marked.any():
                loss = loss + 0.3 * nn.functional.cross_entropy(words[..., 2:][marked], target[..., 2][marked].long())
            said = torch.tensor([-1.0 if rows[i].get("label") is None else float(rows[i]["label"]) for i in batch])
            if (said >= 0).any():
                loss = loss + 0.3 * bce(strict[said >= 0], said[said >= 0])
        else:
            loss = 0.5 * bce(sentence, silver_labels[batch])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step}/{len(plan)} {kind} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        if step == len(plan) or step % 700 == 0:
            report(model, [pieces[i] for i in test], [labels[i] for i in test])
            torch.save(model.state_dict(), args.teacher / "word.pt")
            model.train()


def hash_of(text: str) -> int:
    import zlib

    return zlib.crc32(text.encode())


def report(model: WordTeacher, pieces: list[list[int]], labels: list[np.ndarray]) -> None:
    """How well it points on the held-out groups of our own data."""
    model.eval()
    gold, guess = [], []
    with torch.inference_mode():
        for rows in batches(pieces, 64, shuffle=None):
            *_, words = model.all(*pad([pieces[i] for i in rows]))
            for k, i in enumerate(rows):
                guess.append(words[k, : len(labels[i])].float().numpy())
                gold.append(labels[i])
    g, p = np.concatenate(gold), np.concatenate(guess)
    loaded, told, marked = g[:, 0] >= 0, g[:, 1] >= 0, g[:, 2] >= 0
    print(
        f"held out: loaded AP {average_precision_score(g[loaded, 0] > 0.5, p[loaded, 0]):.3f} F1 {f1_score(g[loaded, 0] > 0.5, p[loaded, 0] > -1):.3f}"
        f"  attributed F1 {f1_score(g[told, 1], p[told, 1] > 0):.3f}  uses macro-F1 {f1_score(g[marked, 2], p[marked, 2:].argmax(1), average='macro'):.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
