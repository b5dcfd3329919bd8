"""The network of the reader: question and passage read together -> a logit for each sentence and for the passage.

A BERT encoder reads "[CLS] question [SEP] earlier question [SEP] heading. sentence sentence ... [SEP]" in one pass, so
that every word of the question sees every word of the passage (a cross-encoder, Nogueira & Cho 2019). A sentence's
logit comes from the mean of its tokens and from the first token; the passage's from the first token. The one module
that knows torch besides embeddings.py; reader.py loads it when it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

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


def pair(tokenizer: Any, question: str, history: Sequence[str], heading: str, sentences: Sequence[str]) -> EncodedPair:
    """Tokens of a question, the latest question before it, and a passage. tokenizer: of the tokenizers library."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    heading = f"{heading}." if heading else ""
    texts = [question, *history[-1:], heading, *sentences]
    coded = [item.ids for item in tokenizer.encode_batch(texts, add_special_tokens=False)]
    asked, earlier = coded[0][:LONGEST_QUESTION], coded[1 : 1 + len(history[-1:])]
    pieces = [start, *asked, end]
    for ids in earlier:
        pieces += [*ids[:LONGEST_QUESTION], end]
    types = [0] * len(pieces)
    owners = [-1] * len(pieces)
    body = coded[1 + len(earlier) :]
    pieces += body[0][:LONGEST_HEADING]
    owners += [-1] * (len(pieces) - len(owners))
    for number, ids in enumerate(body[1:]):
        room = LONGEST - 1 - len(pieces)
        pieces += ids[: max(room, 0)]
        owners += [number] * (len(pieces) - len(owners))
    pieces.append(end)
    owners.append(-1)
    types += [1] * (len(pieces) - len(types))
    return EncodedPair(pieces, types, owners, len(sentences))


class CrossEncoderNetwork(nn.Module):
    """A BERT backbone with two linear heads."""

    def __init__(self, backbone: Any) -> None:
        super().__init__()
        width = int(backbone.config.hidden_size)
        self.backbone = backbone
        self.sentence = nn.Linear(2 * width, 1)
        self.passage = nn.Linear(width, 1)

    def forward(self, pairs: Sequence[EncodedPair]) -> tuple[Tensor, Tensor]:
        """(b, s) logits of the sentences, s of the pair that has most, and (b,) logits of the passages.

        A sentence that did not fit, or that is not there, has -1e4.
        """
        length = max(len(item.pieces) for item in pairs)
        most = max(max(item.count for item in pairs), 1)

        def padded(rows: Sequence[Sequence[int]], filling: int) -> Tensor:
            return torch.tensor([[*row, *[filling] * (length - len(row))] for row in rows])

        pieces = padded([item.pieces for item in pairs], 0)
        types = padded([item.types for item in pairs], 0)
        owners = padded([item.sentences for item in pairs], -1)
        mask = padded([[1] * len(item.pieces) for item in pairs], 0)
        states = self.backbone(input_ids=pieces, token_type_ids=types, attention_mask=mask).last_hidden_state.float()
        belongs = (owners[:, None, :] == torch.arange(most)[None, :, None]).float()
        sizes = belongs.sum(dim=2, keepdim=True)
        means = (belongs @ states) / sizes.clamp(min=1.0)
        first = states[:, 0]
        both = torch.cat([means, first[:, None, :].expand(-1, most, -1)], dim=2)
        logits = self.sentence(both).squeeze(2).masked_fill(sizes.squeeze(2) == 0, -1e4)
        return logits, self.passage(first).squeeze(1)
