"""Training of the encoder; train_encoder.py is its command line.

The encoder is used in three ways, and each has its loss with in-batch and hard negatives (softmax over the cosines, as
in ColBERT and Sentence-BERT): late interaction of question and passage, with tokens weighted by how rare they are, as
peerqa.retrieval.late_interaction does it; cosine of question and passage; cosine of question and answering sentence.
sentence-transformers' MultiVectorEncoder trains the first alone; here one set of weights must serve all three, so the
loop is our own. Word embeddings are frozen.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from backbone import packaged
from checkpoints import Checkpoint, Log, load_rows, save_trained
from peerqa.cli.scripts import ScriptError
from peerqa.retrieval.parameters import shipped_parameters

LONGEST = 90
"""Most words of a training passage; shorter ones cost less, so that more are seen in the same time."""
EARLIER = shipped_parameters().retrieval.earlier_question_weight
"""Weight of a token of the question before, as retrieval has it. (The encoder that ships was trained with .7.)"""
FROZEN = "embeddings.word_embeddings.weight"
LOGGED, SAVED = 50, 200
"""Steps between two entries of the log, and between two checkpoints."""


@dataclass(frozen=True)
class Example:
    """A question with the one before it, the passage and the sentence that answer, and a near passage that does not."""

    question: str
    earlier: str
    passage: str
    sentence: str
    negative: str


def examples(paths: Sequence[Path], seed: int) -> list[Example]:
    """One example for each answered question.

    The negative is a row of the same question that does not answer; without one, the passage of another question on the
    same document.
    """
    chance = random.Random(seed)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    places: dict[str, list[str]] = defaultdict(list)
    for row in load_rows(list(paths)):
        rows[row["source"], row["qid"]].append(row)
        places[_place(row)].append(_text(row))
    found = []
    for group in rows.values():
        right = [row for row in group if any(row["labels"])]
        if not right:
            continue
        row = chance.choice(right)
        wrong = [_text(other) for other in group if not any(other["labels"])]
        if not wrong:
            wrong = [
                text
                for text in chance.sample(places[_place(row)], min(8, len(places[_place(row)])))
                if text != _text(row)
            ]
        sentence = chance.choice([s for s, label in zip(row["sentences"], row["labels"], strict=True) if label])
        earlier = "".join(row.get("history", [])[-1:])
        negative = chance.choice(wrong) if wrong else _text(row)
        found.append(Example(row["question"], earlier, _text(row), sentence, negative))
    return found


def _place(row: dict[str, Any]) -> str:
    return f"{row['source']} {row['title']}"


def _text(row: dict[str, Any]) -> str:
    """A passage as it is embedded: its heading, and at most LONGEST words around the sentence that answers."""
    sentences, labels = row["sentences"], row["labels"]
    first = last = next((number for number, label in enumerate(labels) if label), 0)
    size = len(sentences[first].split())
    while True:
        sides = [
            n for n in (last + 1, first - 1) if 0 <= n < len(sentences) and size + len(sentences[n].split()) <= LONGEST
        ]
        if not sides:
            break
        size += len(sentences[sides[0]].split())
        first, last = min(first, sides[0]), max(last, sides[0])
    heading = f"{row['title']}. " if row["title"] else ""
    return heading + " ".join(sentences[first : last + 1])


class Model:
    """The network, its tokenizer, and how rare each token is among the passages trained on."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.network, self.tokenizer = packaged()
        self.tokenizer.enable_truncation(256)
        counts: Counter[int] = Counter()
        for coded in self.tokenizer.encode_batch(list(texts)):
            counts.update(set(coded.ids))
        self.rarity = torch.ones(self.tokenizer.get_vocab_size())
        for piece, count in counts.items():
            self.rarity[piece] = torch.log1p(torch.tensor(len(texts) / (1.0 + count)))

    def read(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(tokens (n, t, d), mask (n, t), pieces (n, t), vectors (n, d)); tokens and vectors of length 1."""
        coded = self.tokenizer.encode_batch(list(texts))
        longest = max(len(item.ids) for item in coded)
        pieces = torch.tensor([[*item.ids, *[0] * (longest - len(item.ids))] for item in coded])
        mask = (torch.arange(longest)[None] < torch.tensor([len(item.ids) for item in coded])[:, None]).long()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.network(input_ids=pieces, attention_mask=mask).last_hidden_state
        states = states.float()
        vectors = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(states, dim=-1), mask, pieces, functional.normalize(vectors, dim=-1)


def _questions(model: Model, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """(tokens (b, t, d), their weights (b, t), vectors (b, d)) of the questions.

    The question before is added with less weight, as peerqa.retrieval.retriever adds it.
    """
    followed = [number for number, item in enumerate(batch) if item.earlier]
    texts = [*(item.question for item in batch), *(batch[number].earlier for number in followed)]
    tokens, mask, pieces, vectors = model.read(texts)
    special = (pieces == pieces[:, :1]) | (pieces == model.tokenizer.token_to_id("[SEP]"))
    weights = model.rarity[pieces] * mask * ~special
    size = len(batch)
    if not followed:
        return tokens, weights / weights.sum(1, keepdim=True).clamp(min=1e-6), vectors
    before = torch.zeros_like(weights[:size]).index_copy(0, torch.tensor(followed), weights[size:] * EARLIER)
    states = torch.zeros_like(tokens[:size]).index_copy(0, torch.tensor(followed), tokens[size:])
    joined = torch.cat([weights[:size], before], dim=1)
    both = vectors[:size].index_add(0, torch.tensor(followed), vectors[size:])
    return (
        torch.cat([tokens[:size], states], dim=1),
        joined / joined.sum(1, keepdim=True).clamp(min=1e-6),
        functional.normalize(both, dim=-1),
    )


def loss_of(model: Model, batch: Sequence[Example], scale: float) -> tuple[Tensor, Tensor, Tensor]:
    """(late interaction, passage, sentence): the three losses of a batch."""
    asked, weights, question = _questions(model, batch)
    tokens, mask, _, passages = model.read([*(item.passage for item in batch), *(item.negative for item in batch)])
    *_, sentences = model.read([item.sentence for item in batch])
    truth = torch.arange(len(batch))
    similar = torch.einsum("qid,ptd->qipt", asked, tokens).masked_fill(mask[None, None] == 0, -1.0).amax(3)
    met = (similar * weights[..., None]).sum(1)
    return (
        functional.cross_entropy(1.5 * scale * met, truth),
        functional.cross_entropy(scale * question @ passages.T, truth),
        functional.cross_entropy(scale * question @ sentences.T, truth),
    )


def batches(items: Sequence[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """Random batches; among each 512 examples, passages of similar length come together."""
    order = list(items)
    chance.shuffle(order)
    for first in range(0, len(order), 512):
        part = sorted(order[first : first + 512], key=lambda item: len(item.passage))
        groups = [part[at : at + size] for at in range(0, len(part), size)]
        chance.shuffle(groups)
        yield from (group for group in groups if len(group) > 1)


class Run:
    """A training run: the model, its optimizer, and how far it is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        chance = random.Random(options.seed)
        items = examples(options.rows, options.seed)
        items = chance.sample(items, min(options.most, len(items)))
        for again in range(2):
            items += examples(options.twice, options.seed + again) if options.twice else []
        chance.shuffle(items)
        if len(items) < 2:
            raise ScriptError(f"{options.rows[0]}: fewer than two answered questions; there is nothing to learn from")
        self.model = Model([item.passage for item in items])
        if options.start:
            self.model.network.load_state_dict(load_file(options.start / "model.safetensors"), strict=False)
        self.parameters = [p for p in self.model.network.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=options.rate, weight_decay=0.01)
        self.steps = list(batches(items, options.batch, chance))
        self.checkpoint = Checkpoint(options.out, self.model.network, self.optimizer)
        self.log = Log(options.out)
        self.first, spent = self.checkpoint.restore()
        self.begun = time.monotonic() - spent
        self.sums = [0.0, 0.0, 0.0]
        print(f"{len(items)} examples, {len(self.steps)} steps", flush=True)

    @property
    def spent(self) -> float:
        """Seconds of training, earlier parts of an interrupted run included."""
        return time.monotonic() - self.begun

    def train(self) -> None:
        """Train until all steps are done or the time is up."""
        self.model.network.train()
        for number in range(self.first, len(self.steps)):
            done = max(number / len(self.steps), self.spent / (60 * self.options.minutes))
            if done >= 1:
                return
            self.take_step(self.steps[number], self.options.rate * min((number + 1) / 50, 1) * max(1 - done, 0.02))
            self.report(number + 1)

    def take_step(self, batch: Sequence[Example], rate: float) -> None:
        """One step of the optimizer."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        parts = loss_of(self.model, batch, self.options.scale)
        torch.stack(parts).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.sums = [total + float(part.detach()) for total, part in zip(self.sums, parts, strict=True)]

    def report(self, step: int) -> None:
        """Log every LOGGED steps; save a checkpoint every SAVED steps."""
        if step % LOGGED == 0:
            means = (round(total / LOGGED, 4) for total in self.sums)
            parts = dict(zip(("interaction", "passage", "sentence"), means, strict=True))
            self.log.write({"step": step, "minutes": round(self.spent / 60, 1), **parts})
            self.sums = [0.0, 0.0, 0.0]
        if step % SAVED == 0:
            self.checkpoint.save(step, self.spent)

    def finish(self) -> None:
        """Write the weights."""
        save_trained(self.model.network, FROZEN, self.options.out)
        self.checkpoint.delete()


def train(options: argparse.Namespace) -> None:
    """Train as the options say; goes on from a checkpoint if there is one."""
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    run = Run(options)
    run.train()
    run.finish()
