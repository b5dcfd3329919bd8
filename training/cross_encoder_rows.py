"""The rows that the cross-encoder is trained on: read, changed a little, and put together to batches.

All rows of a question that stand one behind the other in a file are a set: passages that answer it and passages that do
not. A batch never divides a set, so that the loss can compare its sentences with each other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from checkpoints import load_rows
from peerqa.models.pairs import EncodedPair, encode_pair
from peerqa.text.words import STOPWORDS

MOST_IN_SET = 8
"""Rows of a question that stay together; further ones are a set of their own."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row as it is trained on: the pair, and for each sentence its label (0 or 1) and its score in retrieval.

    retrieved: None if the row does not say how retrieval scored its sentences.
    """

    pair: EncodedPair
    labels: list[int]
    retrieved: list[float] | None


Batch = list[list[Example]]
"""Sets of examples."""
Sentence = tuple[str, int, float]
"""The words of a sentence, its label, its score in retrieval."""


class Rows:
    """Training rows, changed a little each time that they are drawn: see `draw`."""

    def __init__(self, paths: Sequence[Path], plain: bool = False, window: tuple[int, int] = (40, 140)) -> None:
        """plain: draw rows as they are. window: least and most words of a passage if they are not plain."""
        self.rows = load_rows(list(paths))
        self.plain, self.window = plain, window
        self.sets: list[list[int]] = []
        named = ((number, (row.get("source"), row.get("qid", number))) for number, row in enumerate(self.rows))
        for _, items in groupby(named, key=lambda item: item[1]):
            numbers = [number for number, _ in items]
            self.sets += [numbers[at : at + MOST_IN_SET] for at in range(0, len(numbers), MOST_IN_SET)]

    def draw(self, numbers: Sequence[int], tokenizer: Tokenizer, chance: random.Random) -> list[Example]:
        """The examples of a set.

        Unless `plain`: long passages are cut to a window that holds what answers; of some answered rows the answering
        sentences are taken out, which makes a near miss that shares all the rest; some questions get the passage of
        another; some are typed as keywords or with a typo.
        """
        question = str(self.rows[numbers[0]]["question"])
        typed = question if self.plain else _typed(question, chance)
        examples = []
        for number in numbers:
            row = self.rows[number]
            has_scores = "retrieved" in row
            heading, sentences = str(row["title"]), _sentences_of(row)
            if not self.plain:
                if not row.get("fixed") and chance.random() < 0.05:
                    other = self.rows[chance.randrange(len(self.rows))]
                    if other["question"] != question and other["sentences"] != row["sentences"]:
                        heading, has_scores = str(other["title"]), False
                        sentences = [(text, 0, 0.0) for text, _, _ in _sentences_of(other)]
                sentences = _window(sentences, self.window, chance)
                kept = [sentence for sentence in sentences if not sentence[1]]
                if len(sentences) > len(kept) >= 2 and chance.random() < 0.15:
                    sentences = kept
                if chance.random() < 0.3:
                    heading = ""
            texts = [text for text, _, _ in sentences]
            pair = encode_pair(tokenizer, typed, list(row.get("history", [])), heading, texts)
            scores = [score for _, _, score in sentences] if has_scores else None
            examples.append(Example(pair, [label for _, label, _ in sentences], scores))
        return examples


def _sentences_of(row: dict[str, Any]) -> list[Sentence]:
    scores = row.get("retrieved") or [0.0] * len(row["labels"])
    triples = zip(row["sentences"], row["labels"], scores, strict=True)
    return [(str(text), int(label), float(score)) for text, label, score in triples]


def _window(sentences: list[Sentence], window: tuple[int, int], chance: random.Random) -> list[Sentence]:
    """A stretch of so many words, with one answering sentence somewhere in it."""
    most = chance.randint(*window)
    sizes = [len(text.split()) for text, _, _ in sentences]
    if sum(sizes) <= most:
        return sentences
    answering = [number for number, (_, label, _) in enumerate(sentences) if label]
    first = last = chance.choice(answering) if answering else chance.randrange(len(sentences))
    total = sizes[first]
    while True:
        sides = [n for n in (first - 1, last + 1) if 0 <= n < len(sentences) and total + sizes[n] <= most]
        if not sides:
            return sentences[first : last + 1]
        side = chance.choice(sides)
        total += sizes[side]
        first, last = min(first, side), max(last, side)


def _typed(question: str, chance: random.Random) -> str:
    """The question, sometimes as keywords or with a typo."""
    if chance.random() < 0.06:
        question = _keywords(question)
    return _typo(question, chance) if chance.random() < 0.06 else question


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
    """The batches of an epoch, sets in random order, at most `tokens` tokens a batch unless one set has more."""
    chance = random.Random(f"{seed} {epoch}")
    order = list(range(len(rows.sets)))
    chance.shuffle(order)
    batch: Batch = []
    size = 0
    for number in order:
        examples = rows.draw(rows.sets[number], tokenizer, chance)
        length = sum(len(example.pair.pieces) for example in examples)
        if batch and size + length > tokens:
            yield batch
            batch, size = [], 0
        batch.append(examples)
        size += length
    if batch:
        yield batch
