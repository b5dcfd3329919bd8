"""Fine-tune the embedding model for what peerqa asks of it: passage vectors, sentence vectors, and token vectors.

    python training/encode.py OUT --rows rows/train.jsonl questions.jsonl --minutes 15

One loss a use, in-batch and hard negatives in each (softmax over the cosines, as in ColBERT and Sentence-BERT): the
late interaction of question and passage, weighted by how rare a token is, as interaction.py does; the cosine of
question and passage; the cosine of question and answering sentence. sentence-transformers' MultiVectorEncoder trains
the first alone; here one set of weights must serve all three, so the loop is our own. Word embeddings are frozen.
Writes OUT/model.safetensors and OUT/log.jsonl, and goes on from OUT/checkpoint.pt after an interruption.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from backbone import packaged
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

LONGEST = 90
"""Words of a training passage; shorter ones cost less, so that more are seen in the time there is."""
EARLIER = 0.7
"""What a token of the question before counts; retrieve.py counts it about so."""
FROZEN = "embeddings.word_embeddings.weight"


@dataclass(frozen=True)
class Example:
    """A question with the one before it, a passage and a sentence of it that answer, and a passage near it that does
    not."""

    question: str
    earlier: str
    passage: str
    sentence: str
    negative: str


def examples(paths: Sequence[Path], seed: int) -> list[Example]:
    """One example for each answered question; the negative is another window or passage of the same question's, else
    one of another question of the same document or data set."""
    chance = random.Random(seed)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    places: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
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
    """A passage as it is embedded, at most LONGEST words around what answers."""
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
    """(tokens (b, t, d), their weights (b, t), vectors (b, d)) of the questions, each with the one before it counting
    less, as retrieve.py puts them together."""
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
    """Random batches; within a stretch of 512, passages of like length together."""
    order = list(items)
    chance.shuffle(order)
    for first in range(0, len(order), 512):
        part = sorted(order[first : first + 512], key=lambda item: len(item.passage))
        groups = [part[at : at + size] for at in range(0, len(part), size)]
        chance.shuffle(groups)
        yield from (group for group in groups if len(group) > 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--twice", type=Path, nargs="*", default=[], help="rows of the kind that matters most, seen again"
    )
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from")
    parser.add_argument("--most", type=int, default=12000, help="examples of the first files in all")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--scale", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    items = examples(options.rows, options.seed)
    items = chance.sample(items, min(options.most, len(items)))
    for again in range(2):
        items += examples(options.twice, options.seed + again) if options.twice else []
    chance.shuffle(items)
    model = Model([item.passage for item in items])
    if options.start:
        model.network.load_state_dict(load_file(options.start / "model.safetensors"), strict=False)
    parameters = [p for p in model.network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.01)
    steps = list(batches(items, options.batch, chance))
    step, spent = 0, 0.0
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.network.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    begun = time.monotonic() - spent
    sums = [0.0, 0.0, 0.0]
    model.network.train()
    print(f"{len(items)} examples, {len(steps)} steps", flush=True)
    with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
        for number in range(step, len(steps)):
            elapsed = time.monotonic() - begun
            done = max(number / len(steps), elapsed / (60 * options.minutes))
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = options.rate * min((number + 1) / 50, 1) * max(1 - done, 0.02)
            parts = loss_of(model, steps[number], options.scale)
            torch.stack(parts).sum().backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            sums = [total + float(part.detach()) for total, part in zip(sums, parts, strict=True)]
            if (number + 1) % 50 == 0:
                entry = {"step": number + 1, "minutes": round(elapsed / 60, 1)}
                entry |= dict(
                    zip(("interaction", "passage", "sentence"), (round(x / 50, 4) for x in sums), strict=True)
                )
                sums = [0.0, 0.0, 0.0]
                log.write(json.dumps(entry) + "\n")
                log.flush()
                print(json.dumps(entry), flush=True)
            if (number + 1) % 200 == 0:
                torch.save(
                    {
                        "model": model.network.state_dict(),
                        "optimizer": optimizer.state_dict(),
                        "step": number + 1,
                        "spent": time.monotonic() - begun,
                    },
                    checkpoint,
                )
    save_file(
        {name: value.contiguous() for name, value in model.network.state_dict().items() if name != FROZEN},
        options.out / "model.safetensors",
    )
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
