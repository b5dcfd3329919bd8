"""Train the reader on rows of question, passage and labels.

    python training/read.py OUT --rows rows/train.jsonl --validation rows/validation.jsonl --minutes 60
    python training/read.py OUT2 --start OUT --rows hard.jsonl --epochs 2     # go on from an earlier model

Binary cross-entropy on sentences and passages, and a cross-entropy that ranks the sentences of an answering passage.
The word embeddings are frozen, so that they need not be shipped again. Writes OUT/model.safetensors (what was trained),
OUT/log.jsonl, OUT/loss.svg, and OUT/checkpoint.pt, from which the same command goes on after an interruption.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from backbone import packaged
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from peerqa.models.cross_encoder_network import CrossEncoderNetwork, EncodedPair, pair
from peerqa.retrieval.lexical import STOPWORDS

FROZEN = "backbone.embeddings.word_embeddings.weight"


class Rows:
    """Training rows, changed a little each time that they are drawn: see `draw`."""

    def __init__(self, paths: Sequence[Path], plain: bool = False, window: tuple[int, int] = (40, 140)) -> None:
        """plain: rows as they stand. window: least and most words of a passage, else."""
        self.rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
        self.plain, self.window = plain, window

    def draw(self, number: int, chance: random.Random) -> tuple[str, list[str], str, list[str], list[int]]:
        """(question, history, heading, sentences, labels) of a row.

        Unless `plain`: long passages are cut to a window that holds what answers; of some answered rows the answering
        sentences are taken out, which makes a near miss that shares all the rest; some questions meet the passage of
        another; some are typed as keywords or with a slip.
        """
        row = self.rows[number]
        question, history = str(row["question"]), list(row.get("history", []))
        heading, sentences, labels = str(row["title"]), list(row["sentences"]), [int(x) for x in row["labels"]]
        if self.plain:
            return question, history, heading, sentences, labels
        if not row.get("fixed") and chance.random() < 0.05:
            other = self.rows[chance.randrange(len(self.rows))]
            if other["question"] != question and other["sentences"] != sentences:
                heading, sentences = str(other["title"]), list(other["sentences"])
                labels = [0] * len(sentences)
        sentences, labels = _window(sentences, labels, self.window, chance)
        kept = [number for number, label in enumerate(labels) if not label]
        if any(labels) and len(kept) >= 2 and chance.random() < 0.15:
            sentences, labels = [sentences[number] for number in kept], [0] * len(kept)
        if chance.random() < 0.3:
            heading = ""
        if chance.random() < 0.06:
            question = _keywords(question)
        if chance.random() < 0.06:
            question = _slip(question, chance)
        return question, history, heading, sentences, labels


def _window(
    sentences: list[str], labels: list[int], window: tuple[int, int], chance: random.Random
) -> tuple[list[str], list[int]]:
    """A stretch of so many words, with one answering sentence somewhere in it."""
    most = chance.randint(*window)
    sizes = [len(sentence.split()) for sentence in sentences]
    if sum(sizes) <= most:
        return sentences, labels
    answering = [number for number, label in enumerate(labels) if label]
    first = last = chance.choice(answering) if answering else chance.randrange(len(sentences))
    total = sizes[first]
    while True:
        sides = [n for n in (first - 1, last + 1) if 0 <= n < len(sentences) and total + sizes[n] <= most]
        if not sides:
            return sentences[first : last + 1], labels[first : last + 1]
        side = chance.choice(sides)
        total += sizes[side]
        first, last = min(first, side), max(last, side)


def _keywords(question: str) -> str:
    words = [word for word in question.rstrip("?").split() if word.casefold() not in STOPWORDS]
    return " ".join(words) if len(words) >= 2 else question


def _slip(question: str, chance: random.Random) -> str:
    """One slip of the pen in a word of five letters or more."""
    words = question.split()
    long = [number for number, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return question
    number = chance.choice(long)
    word = words[number]
    at = chance.randrange(1, len(word) - 1)
    words[number] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at : at + 1] * 2 + word[at + 1 :],
        ]
    )
    return " ".join(words)


def batches(
    rows: Rows, tokenizer: Tokenizer, tokens: int, epoch: int, seed: int
) -> Iterator[list[tuple[EncodedPair, list[int]]]]:
    """An epoch's batches: rows of like length together, each batch of about so many tokens, in random order."""
    chance = random.Random(f"{seed} {epoch}")
    order = list(range(len(rows.rows)))
    chance.shuffle(order)
    for first in range(0, len(order), 2048):
        drawn = []
        for number in order[first : first + 2048]:
            question, history, heading, sentences, labels = rows.draw(number, chance)
            drawn.append((pair(tokenizer, question, history, heading, sentences), labels))
        drawn.sort(key=lambda item: len(item[0].pieces))
        groups: list[list[tuple[EncodedPair, list[int]]]] = [[]]
        for item in drawn:
            if groups[-1] and (len(groups[-1]) + 1) * len(item[0].pieces) > tokens:
                groups.append([])
            groups[-1].append(item)
        chance.shuffle(groups)
        yield from groups


def losses(model: CrossEncoderNetwork, batch: Sequence[tuple[EncodedPair, list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    """(sentences, ranking, passages): the three parts of the loss of a batch."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits, passage = model([item for item, _ in batch])
    logits, passage = logits.float(), passage.float()
    truth = torch.zeros_like(logits)
    for number, (_, labels) in enumerate(batch):
        truth[number, : len(labels)] = torch.tensor(labels, dtype=torch.float32)
    there = logits > -1e3
    truth = truth * there
    answered = truth.amax(dim=1)
    single = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    sentences = (single * there).sum() / there.sum().clamp(min=1)
    target = truth / truth.sum(dim=1, keepdim=True).clamp(min=1)
    each = -(target * functional.log_softmax(logits, dim=1).clamp(min=-1e3)).sum(dim=1)
    ranking = each.sum() / answered.sum().clamp(min=1)
    passages = functional.binary_cross_entropy_with_logits(passage, answered)
    return sentences, ranking, passages


def fresh(seed: int) -> tuple[CrossEncoderNetwork, Tokenizer]:
    """A reader on the packaged embedding model's layers, its heads not yet trained, and its tokenizer."""
    torch.manual_seed(seed)
    network, tokenizer = packaged()
    return CrossEncoderNetwork(network), tokenizer


def load(folder: Path, model: CrossEncoderNetwork) -> None:
    """Put what was trained into a fresh model."""
    missing, unknown = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    if unknown or any(name != FROZEN for name in missing):
        raise SystemExit(f"{folder}/model.safetensors is no reader: {[*unknown, *missing][:3]}")


def save(folder: Path, model: CrossEncoderNetwork) -> None:
    """Write what was trained."""
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items() if name != FROZEN},
        folder / "model.safetensors",
    )


@torch.no_grad()
def validate(model: CrossEncoderNetwork, tokenizer: Tokenizer, rows: Rows) -> dict[str, float]:
    """Mean loss, share of answered rows whose first sentence is right, and AUROC of the passages."""
    model.eval()
    total, count, right, answered = 0.0, 0, 0, 0
    good: list[float] = []
    bad: list[float] = []
    everything = list(batches(rows, tokenizer, 8192, 0, 0))
    for batch in everything:
        parts = losses(model, batch)
        total += sum(float(part) for part in parts) * len(batch)
        count += len(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, passage = model([item for item, _ in batch])
        for row, value, (_, labels) in zip(logits, passage, batch, strict=True):
            (good if any(labels) else bad).append(float(value))
            if any(labels):
                answered += 1
                best = int(row.argmax())
                right += best < len(labels) and labels[best] == 1
    model.train()
    better = sum((g > b) + 0.5 * (g == b) for g in good for b in bad) / max(len(good) * len(bad), 1)
    return {"loss": total / count, "first": right / max(answered, 1), "auroc": better}


def train(options: argparse.Namespace) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    rows = Rows(options.rows, window=tuple(options.window))
    validation = Rows(options.validation, plain=True) if options.validation else None
    if validation:
        validation.rows = validation.rows[:600]
    model, tokenizer = fresh(options.seed)
    if options.start:
        load(options.start, model)
    model.train()
    decayed = [p for p in model.parameters() if p.requires_grad and p.ndim > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=options.rate
    )
    checkpoint = options.out / "checkpoint.pt"
    step = spent = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    begun = time.monotonic() - spent
    log = (options.out / "log.jsonl").open("a", encoding="utf-8")
    sums = [0.0, 0.0, 0.0]
    number = 0
    for epoch in range(options.epochs):
        read = 0
        for batch in batches(rows, tokenizer, options.tokens, epoch, options.seed):
            read += len(batch)
            number += 1
            if number <= step:
                continue
            elapsed = time.monotonic() - begun
            # By rows or by the clock, whichever is further on: a run that is cut short still ends with a small rate.
            done = max((epoch + read / len(rows.rows)) / options.epochs, elapsed / (60 * options.minutes))
            if done >= 1 and elapsed >= 60 * options.minutes:
                break
            rate = options.rate * min(number / 100, 1) * max(1 - done, 0.02)
            for group in optimizer.param_groups:
                group["lr"] = rate
            parts = losses(model, batch)
            loss = parts[0] * options.sentence_weight + parts[1] * 0.3 + parts[2]
            loss.backward()
            torch.nn.utils.clip_grad_norm_(decayed + others, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step = number
            sums = [total + float(part.detach()) for total, part in zip(sums, parts, strict=True)]
            if step % 100 == 0:
                entry: dict[str, Any] = {
                    "step": step,
                    "epoch": round(epoch + read / len(rows.rows), 3),
                    "minutes": round(elapsed / 60, 1),
                    "rate": rate,
                }
                entry |= dict(zip(("sentences", "ranking", "passages"), (round(x / 100, 4) for x in sums), strict=True))
                if not all(math.isfinite(total) for total in sums):
                    raise SystemExit(f"the loss is no number at step {step}; lower --rate")
                sums = [0.0, 0.0, 0.0]
                if validation and step % options.every == 0:
                    entry["validation"] = {k: round(v, 4) for k, v in validate(model, tokenizer, validation).items()}
                log.write(json.dumps(entry) + "\n")
                log.flush()
                print(json.dumps(entry), flush=True)
            if step % options.every == 0:
                torch.save(
                    {
                        "model": model.state_dict(),
                        "optimizer": optimizer.state_dict(),
                        "step": step,
                        "spent": time.monotonic() - begun,
                    },
                    checkpoint.with_suffix(".part"),
                )
                checkpoint.with_suffix(".part").replace(checkpoint)
                save(options.out, model)
        else:
            continue
        break
    save(options.out, model)
    if validation:
        print(
            json.dumps(
                {
                    "steps": step,
                    "minutes": round((time.monotonic() - begun) / 60, 1),
                    **validate(model, tokenizer, validation),
                }
            )
        )
    checkpoint.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    parser.add_argument("--validation", type=Path, nargs="*")
    parser.add_argument("--start", type=Path, help="folder of an earlier model to go on from")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, default=600, help="stop by then; the learning rate falls by the clock too"
    )
    parser.add_argument("--rate", type=float, default=1e-4, help="the highest learning rate")
    parser.add_argument(
        "--window",
        type=int,
        nargs=2,
        default=(40, 140),
        help="least and most words of a training passage: short ones cost less, and teach as much about sentences",
    )
    parser.add_argument("--tokens", type=int, default=4096, help="tokens in a batch, filling included")
    parser.add_argument("--sentence-weight", type=float, default=2.0)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options)


if __name__ == "__main__":
    main()
