"""Training of the cross-encoder; train_cross_encoder.py is its command line.

Binary cross-entropy on sentences and passages, and a cross-entropy that ranks the sentences of an answering passage.
The word embeddings are frozen, so that they need not be shipped again.
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
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from backbone import packaged
from checkpoints import Checkpoint, Log, load_rows, save_trained
from cross_encoder_network import CrossEncoderNetwork
from peerqa.cli.scripts import ScriptError
from peerqa.models.pairs import EncodedPair, encode_pair
from peerqa.text.words import STOPWORDS

FROZEN = "backbone.embeddings.word_embeddings.weight"
LOGGED = 100
"""Steps between two entries of the log."""
VALIDATED = 600
"""Rows that a validation reads."""

Batch = list[tuple[EncodedPair, list[int]]]
"""Pairs with the label (0 or 1) of each sentence."""


class Rows:
    """Training rows, changed a little each time that they are drawn: see `draw`."""

    def __init__(self, paths: Sequence[Path], plain: bool = False, window: tuple[int, int] = (40, 140)) -> None:
        """plain: draw rows as they are. window: least and most words of a passage if they are not plain."""
        self.rows = load_rows(list(paths))
        self.plain, self.window = plain, window

    def draw(self, number: int, chance: random.Random) -> tuple[str, list[str], str, list[str], list[int]]:
        """(question, history, heading, sentences, labels) of a row.

        Unless `plain`: long passages are cut to a window that holds what answers; of some answered rows the answering
        sentences are taken out, which makes a near miss that shares all the rest; some questions get the passage of
        another; some are typed as keywords or with a typo.
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
            question = _typo(question, chance)
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


def _typo(question: str, chance: random.Random) -> str:
    """One typo in a word of five letters or more."""
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


def batches(rows: Rows, tokenizer: Tokenizer, tokens: int, epoch: int, seed: int) -> Iterator[Batch]:
    """The batches of an epoch in random order: rows of similar length together, at most `tokens` tokens a batch."""
    chance = random.Random(f"{seed} {epoch}")
    order = list(range(len(rows.rows)))
    chance.shuffle(order)
    for first in range(0, len(order), 2048):
        drawn = []
        for number in order[first : first + 2048]:
            question, history, heading, sentences, labels = rows.draw(number, chance)
            drawn.append((encode_pair(tokenizer, question, history, heading, sentences), labels))
        drawn.sort(key=lambda item: len(item[0].pieces))
        groups: list[Batch] = [[]]
        for item in drawn:
            if groups[-1] and (len(groups[-1]) + 1) * len(item[0].pieces) > tokens:
                groups.append([])
            groups[-1].append(item)
        chance.shuffle(groups)
        yield from groups


def losses(model: CrossEncoderNetwork, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
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
    """(network, tokenizer): the layers of the packaged embedding model with heads that are not trained yet."""
    torch.manual_seed(seed)
    network, tokenizer = packaged()
    return CrossEncoderNetwork(network), tokenizer


def load(folder: Path, model: CrossEncoderNetwork) -> None:
    """Load the weights of an earlier run. Raises ScriptError if they are not those of a cross-encoder."""
    missing, unknown = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    if unknown or any(name != FROZEN for name in missing):
        raise ScriptError(f"{folder}/model.safetensors is no cross-encoder: {[*unknown, *missing][:3]}")


@torch.no_grad()
def validate(model: CrossEncoderNetwork, tokenizer: Tokenizer, rows: Rows) -> dict[str, float]:
    """{"loss": mean loss, "first": share of answered rows whose first sentence is right, "auroc": of the passages}."""
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


class Run:
    """A training run: the network, its optimizer, and how far it is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.rows = Rows(options.rows, window=tuple(options.window))
        self.validation = Rows(options.validation, plain=True) if options.validation else None
        if self.validation:
            self.validation.rows = self.validation.rows[:VALIDATED]
        self.model, self.tokenizer = fresh(options.seed)
        if options.start:
            load(options.start, self.model)
        self.model.train()
        trained = [p for p in self.model.parameters() if p.requires_grad]
        decayed = [p for p in trained if p.ndim > 1]
        others = [p for p in trained if p.ndim <= 1]
        self.parameters = decayed + others
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=options.rate)
        self.checkpoint = Checkpoint(options.out, self.model, self.optimizer)
        self.log = Log(options.out)
        self.step, spent = self.checkpoint.restore()
        self.begun = time.monotonic() - spent
        self.sums = [0.0, 0.0, 0.0]

    @property
    def spent(self) -> float:
        """Seconds of training, earlier parts of an interrupted run included."""
        return time.monotonic() - self.begun

    def train(self) -> None:
        """Train until all epochs are done or the time is up."""
        number = 0
        for epoch in range(self.options.epochs):
            read = 0
            for batch in batches(self.rows, self.tokenizer, self.options.tokens, epoch, self.options.seed):
                read += len(batch)
                number += 1
                if number <= self.step:
                    continue
                limit = 60 * self.options.minutes
                progress = epoch + read / len(self.rows.rows)
                # Whichever is further on counts, so that a run that is cut short still ends with a small rate.
                done = max(progress / self.options.epochs, self.spent / limit)
                if done >= 1 and self.spent >= limit:
                    return
                rate = self.options.rate * min(number / 100, 1) * max(1 - done, 0.02)
                self.take_step(batch, rate)
                self.step = number
                self.report(progress, rate)

    def take_step(self, batch: Batch, rate: float) -> None:
        """One step of the optimizer."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        parts = losses(self.model, batch)
        loss = parts[0] * self.options.sentence_weight + parts[1] * 0.3 + parts[2]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.sums = [total + float(part.detach()) for total, part in zip(self.sums, parts, strict=True)]

    def report(self, progress: float, rate: float) -> None:
        """Log every LOGGED steps; save a checkpoint every `options.every` steps."""
        if self.step % LOGGED == 0:
            if not all(math.isfinite(total) for total in self.sums):
                raise ScriptError(f"the loss is no number at step {self.step}; lower --rate")
            entry: dict[str, Any] = {
                "step": self.step,
                "epoch": round(progress, 3),
                "minutes": round(self.spent / 60, 1),
                "rate": rate,
            }
            means = (round(total / LOGGED, 4) for total in self.sums)
            entry |= dict(zip(("sentences", "ranking", "passages"), means, strict=True))
            self.sums = [0.0, 0.0, 0.0]
            if self.validation and self.step % self.options.every == 0:
                measured = validate(self.model, self.tokenizer, self.validation)
                entry["validation"] = {name: round(value, 4) for name, value in measured.items()}
            self.log.write(entry)
        if self.step % self.options.every == 0:
            self.checkpoint.save(self.step, self.spent)
            save_trained(self.model, FROZEN, self.options.out)

    def finish(self) -> None:
        """Write the weights, and print how well they do."""
        save_trained(self.model, FROZEN, self.options.out)
        if self.validation:
            summary = {"steps": self.step, "minutes": round(self.spent / 60, 1)}
            print(json.dumps({**summary, **validate(self.model, self.tokenizer, self.validation)}))
        self.checkpoint.delete()


def train(options: argparse.Namespace) -> None:
    """Train as the options say; goes on from a checkpoint if there is one."""
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    run = Run(options)
    run.train()
    run.finish()
