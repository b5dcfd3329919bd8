"""The cross-encoder in torch, for training: question and passage read together -> a logit for each sentence and one for
the passage.

The same network as in src/peerqa/models/cross_encoder.py, which runs it on onnxruntime and says where its logits come
from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from peerqa.models.pairs import EncodedPair


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

        A sentence that was not read has -1e4, and so has the filling behind the last sentence of a pair.
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
