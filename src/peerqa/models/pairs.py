"""A question and a passage as the tokens that the cross-encoder reads together.

"[CLS] question [SEP] earlier question [SEP] heading. sentence sentence ... [SEP]": training and product both make
their tokens here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 384
"""Tokens that are read of a question with its passage; a passage of the longest kind stays within it."""
LONGEST_QUESTION = 48
LONGEST_HEADING = 24


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """A question with a passage, as tokens.

    pieces: the vocabulary's numbers. types: 0 for the question's side, 1 for the passage's. sentences: for each token
    the number of its sentence, from 0, or -1. count: of sentences, those that did not fit included.
    """

    pieces: list[int]
    types: list[int]
    sentences: list[int]
    count: int


def encode_pairs(
    tokenizer: Any, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
) -> list[EncodedPair]:
    """Tokens of a question, the latest question before it, and each of some passages, given as heading and sentences.
    tokenizer: of the tokenizers library."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    asked = [question, *history[-1:]]
    texts = [text for heading, sentences in passages for text in (f"{heading}." if heading else "", *sentences)]
    coded = iter([item.ids for item in tokenizer.encode_batch([*asked, *texts], add_special_tokens=False)])
    opening = [start]
    for _ in asked:
        opening += [*next(coded)[:LONGEST_QUESTION], end]
    return [_pair(opening, next(coded), [next(coded) for _ in sentences], end) for _, sentences in passages]


def encode_pair(
    tokenizer: Any, question: str, history: Sequence[str], heading: str, sentences: Sequence[str]
) -> EncodedPair:
    """Tokens of a question, the latest question before it, and a passage. tokenizer: of the tokenizers library."""
    return encode_pairs(tokenizer, question, history, [(heading, sentences)])[0]


def _pair(opening: Sequence[int], heading: Sequence[int], sentences: Sequence[Sequence[int]], end: int) -> EncodedPair:
    """The tokens of the questions, of the heading and of the sentences, with `end` behind them."""
    pieces = [*opening, *heading[:LONGEST_HEADING]]
    owners = [-1] * len(pieces)
    for number, ids in enumerate(sentences):
        remaining = LONGEST - 1 - len(pieces)
        pieces += ids[: max(remaining, 0)]
        owners += [number] * (len(pieces) - len(owners))
    types = [0] * len(opening) + [1] * (len(pieces) + 1 - len(opening))
    return EncodedPair([*pieces, end], types, [*owners, -1], len(sentences))
