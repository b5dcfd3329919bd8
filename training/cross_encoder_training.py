"""Training of the cross-encoder; train_cross_encoder.py is its command line.

Binary cross-entropy on sentences and passages, and a cross-entropy that ranks the sentences and the passages of a
question (cross_encoder_rows.py), with a share of what late interaction holds of them.
The word embeddings are frozen, so that they need not be shipped again.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from backbone import packaged
from checkpoints import Checkpoint, Log, save_trained
from cross_encoder_network import CrossEncoderNetwork
from cross_encoder_rows import Batch, Rows, batches
from peerqa.cli.scripts import ScriptError
from peerqa.evaluation import metrics

FROZEN = "backbone.embeddings.word_embeddings.weight"
LOGGED = 100
"""Steps between two entries of the log."""
VALIDATED = 1500
"""Rows that a validation reads."""
TOGETHER = 12
"""Rows that go through the network at once."""
DISTILLED = 0.15
"""Share of late interaction in the target of the ranking."""
SOFTNESS = 0.08
"""Difference of two scores of late interaction that makes a sentence e times as likely."""
READ = 4
"""Passages of a question that the cross-encoder reads in the product."""


def forward(model: CrossEncoderNetwork, batch: Batch) -> tuple[Tensor, Tensor]:
    """(rows, s) logits of the sentences and (rows,) logits of the passages, sets one behind the other.

    Rows of similar length go through the network together, whatever set they are of.
    """
    pairs = [example.pair for examples in batch for example in examples]
    most = max(max(pair.count for pair in pairs), 1)
    order = sorted(range(len(pairs)), key=lambda number: len(pairs[number].pieces))
    sentences, passages = [], []
    # One context for all, so that the weights are put into half precision once.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(order), TOGETHER):
            logits, passage = model([pairs[number] for number in order[at : at + TOGETHER]])
            sentences.append(functional.pad(logits.float(), (0, most - logits.shape[1]), value=-1e4))
            passages.append(passage.float())
    back = torch.tensor(order).argsort()
    return torch.cat(sentences)[back], torch.cat(passages)[back]


def _padded(rows: Sequence[Sequence[float]], most: int, filling: float) -> Tensor:
    return torch.tensor([[*row, *[filling] * (most - len(row))] for row in rows], dtype=torch.float32)


def losses(logits: Tensor, passage: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """(sentences, ranking, passages): the three parts of the loss of a batch, of its logits as `forward` has them.

    The ranking is a cross-entropy over all sentences of a set. Its target are the sentences that answer and, with the
    share DISTILLED, what late interaction holds of each sentence; of a set that has no answer the latter alone, with
    that weight. The passages of a set are ranked likewise, beside their own cross-entropy.
    """
    examples = [example for one in batch for example in one]
    most = logits.shape[1]
    truth = _padded([example.labels for example in examples], most, 0.0)
    there = logits > -1e3
    truth = truth * there
    answered = truth.amax(dim=1)
    single = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    sentences = (single * there).sum() / there.sum().clamp(min=1)
    passages = functional.binary_cross_entropy_with_logits(passage, answered)
    ranking, weights, chosen, compared = logits.new_zeros(()), 0.0, logits.new_zeros(()), 0
    first = 0
    for one in batch:
        rows = slice(first, first + len(one))
        first += len(one)
        mask = there[rows]
        likely = functional.log_softmax(logits[rows][mask], dim=0)
        marked = truth[rows][mask]
        scored = [example.retrieved for example in one if example.retrieved is not None]
        total, weight, target = marked.sum(), 1.0, marked
        if total > 0:
            target = marked / total
        if len(scored) == len(one):
            held = functional.softmax(_padded(scored, most, 0.0)[mask] / SOFTNESS, dim=0)
            target, weight = ((1 - DISTILLED) * target + DISTILLED * held, 1.0) if total > 0 else (held, DISTILLED)
        elif total == 0:
            continue
        ranking = ranking - weight * (target * likely).sum()
        weights += weight
        right = answered[rows]
        if 0 < right.sum() < len(one):
            chosen = chosen - (right / right.sum() * functional.log_softmax(passage[rows], dim=0)).sum()
            compared += 1
    return sentences, ranking / max(weights, 1.0), passages + 0.3 * chosen / max(compared, 1)


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
    """How well the rows are told apart.

    loss: mean of the batches. first: share of answered rows whose first sentence is right. set: share of answered sets
    whose first sentence of all is right. auroc: of the passages. pairs: AUROC of answered sets, by the mean logit of
    their first READ passages, against the same without those that answer.
    """
    model.eval()
    total, count = 0.0, 0
    first: list[bool] = []
    best: list[bool] = []
    good: list[float] = []
    bad: list[float] = []
    with_answer: list[float] = []
    without: list[float] = []
    for batch in batches(rows, tokenizer, 8192, 0, 0):
        logits, passage = forward(model, batch)
        size = sum(len(examples) for examples in batch)
        total += sum(float(part) for part in losses(logits, passage, batch)) * size
        at = 0
        for examples in batch:
            right = [any(example.labels) for example in examples]
            tops = [float(logits[at + n].max()) for n in range(len(examples))]
            hits = []
            for n, example in enumerate(examples):
                place = int(logits[at + n].argmax())
                hits.append(place < len(example.labels) and example.labels[place] == 1)
                (good if right[n] else bad).append(float(passage[at + n]))
            first += [hit for hit, answers in zip(hits, right, strict=True) if answers]
            values = passage[at : at + len(examples)].tolist()
            other = [value for value, answers in zip(values, right, strict=True) if not answers]
            if any(right) and len(examples) > 1:
                best.append(hits[tops.index(max(tops))])
            if any(right) and other:
                with_answer.append(sum(values[:READ]) / len(values[:READ]))
                without.append(sum(other[:READ]) / len(other[:READ]))
            at += len(examples)
        count += size
    model.train()
    return {
        "loss": total / count,
        "first": sum(first) / max(len(first), 1),
        "set": sum(best) / max(len(best), 1),
        "auroc": metrics.auroc(good, bad) if good and bad else 0.0,
        "pairs": metrics.auroc(with_answer, without) if without else 0.0,
    }


class Run:
    """A training run: the network, its optimizer, and how far it is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.rows = Rows(options.rows, window=tuple(options.window))
        self.validation = Rows(options.validation, plain=True) if options.validation else None
        if self.validation:
            self.validation.sets = [numbers for numbers in self.validation.sets if numbers[-1] < VALIDATED]
        self.model, self.tokenizer = fresh(options.seed)
        if options.start:
            load(options.start, self.model)
        self.model.train()
        trained = [p for p in self.model.parameters() if p.requires_grad]
        decayed = [p for p in trained if p.ndim > 1]
        others = [p for p in trained if p.ndim <= 1]
        self.parameters = decayed + others
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=options.rate, fused=True)
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
                read += sum(len(examples) for examples in batch)
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
        parts = losses(*forward(self.model, batch), batch)
        loss = parts[0] * self.options.sentence_weight + parts[1] * 0.5 + parts[2]
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
