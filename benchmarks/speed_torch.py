"""The engine that peerqa had before onnxruntime: the same weights in torch, with the same answers.

The cross-encoder reads four whole passages in one batch, padded to the longest. speed.py holds answers against it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_sets import ROOT
from peerqa.models import packaged
from peerqa.models.cross_encoder import CrossEncoderScores
from peerqa.models.encoder import GraphEncoder, PackagedEncoder, Vectors
from peerqa.models.pairs import encode_pairs
from peerqa.models.runtime import padded
from peerqa.models.tokens import load_tokenizer
from peerqa.retrieval.parameters import Parameters, shipped_parameters

sys.path.append(str(ROOT / "training"))


def whole_passages() -> Parameters:
    """The parameters that ship, but four passages are read, each whole."""
    shipped = shipped_parameters()
    return replace(shipped, reranking=replace(shipped.reranking, candidates=4, always_read=4, characters_read=100_000))


class TorchEncoder(GraphEncoder):
    """The default encoder in torch. Takes its identity from the one that ships, so that it can ask the same index."""

    def __init__(self, shipped: PackagedEncoder) -> None:
        super().__init__(shipped.identity, load_tokenizer(packaged.packaged_folder(), shipped.identity.max_length))
        self._network = _backbone(packaged.ENCODER_WEIGHTS)

    def _states(self, pieces: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        import torch

        mask = padded([[1] * len(row) for row in pieces])
        with torch.inference_mode():
            found = self._network(
                input_ids=torch.from_numpy(padded(pieces)), attention_mask=torch.from_numpy(mask)
            ).last_hidden_state.numpy()
        return found, np.stack([own[: len(row)].mean(axis=0) for own, row in zip(found, pieces, strict=True)])


class TorchCrossEncoder:
    """The default cross-encoder in torch."""

    name = "torch"

    def __init__(self) -> None:
        import torch

        from cross_encoder_network import CrossEncoderNetwork

        self._network = CrossEncoderNetwork(_backbone(packaged.CROSS_ENCODER_WEIGHTS, "backbone."))
        weights = packaged.tensors_of(packaged.own_weights(packaged.CROSS_ENCODER_WEIGHTS, ""))
        for head in ("sentence", "passage"):
            own = {part: torch.from_numpy(_floats(weights[f"{head}.{part}"])) for part in ("weight", "bias")}
            getattr(self._network, head).load_state_dict(own)
        self._network.eval()
        self._tokenizer = load_tokenizer(packaged.packaged_folder())

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        """See `CrossEncoder.score`."""
        import torch

        pairs = encode_pairs(self._tokenizer, question, history, passages)
        with torch.inference_mode():
            sentences, whole = self._network(pairs)
        return [
            CrossEncoderScores(float(one), tuple(row[: pair.count].tolist()))
            for one, row, pair in zip(whole, sentences, pairs, strict=True)
        ]


def _backbone(name: str, prefix: str = "") -> Any:
    """The network with our layers and the packaged model's words."""
    import torch
    from transformers import BertModel
    from transformers.utils import logging

    quiet: Any = logging  # else it lists the one layer that is left out
    quiet.set_verbosity_error()
    quiet.disable_progress_bar()
    network = BertModel.from_pretrained(packaged.packaged_folder(), add_pooling_layer=False)
    weights = packaged.tensors_of(packaged.own_weights(name, ""), prefix)
    own = {key: torch.from_numpy(_floats(value)) for key, value in weights.items() if key in network.state_dict()}
    network.load_state_dict(own, strict=False)
    network.train(False)
    return network


def _floats(array: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
