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


def encode_pair(
    tokenizer: Any, question: str, history: Sequence[str], heading: str, sentences: Sequence[str]
) -> EncodedPair:
    """Tokens of a question, the latest question before it, and a passage. tokenizer: of the tokenizers library."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    earlier = history[-1:]
    texts = [question, *earlier, f"{heading}." if heading else "", *sentences]
    coded = [item.ids for item in tokenizer.encode_batch(texts, add_special_tokens=False)]
    asked, head, body = coded[: 1 + len(earlier)], coded[1 + len(earlier)], coded[2 + len(earlier) :]
    pieces = [start]
    for ids in asked:
        pieces += [*ids[:LONGEST_QUESTION], end]
    types = [0] * len(pieces)
    pieces += head[:LONGEST_HEADING]
    owners = [-1] * len(pieces)
    for number, ids in enumerate(body):
        remaining = LONGEST - 1 - len(pieces)
        pieces += ids[: max(remaining, 0)]
        owners += [number] * (len(pieces) - len(owners))
    pieces.append(end)
    owners.append(-1)
    types += [1] * (len(pieces) - len(types))
    return EncodedPair(pieces, types, owners, len(sentences))
