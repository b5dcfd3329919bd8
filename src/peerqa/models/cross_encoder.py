"""The reader: looks at a question and a passage together, and says which sentences answer, and whether any does.

It knows what similarity cannot: that a passage speaks of the very thing and still does not tell what was asked. Its
weights were trained for this project (training/README.md) and ship with the package, without the word embeddings,
which are those of the packaged embedding model; weights/READER.md is its model card.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from peerqa.errors import ModelError
from peerqa.models.encoder import PACKAGED_MODEL, find_model, home_folder

DEFAULT_RERANKER = "peerqa-reader"
NO_RERANKER = "none"
_WEIGHTS = "reader.safetensors"
_FROZEN = "backbone.embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class CrossEncoderScores:
    """What the reader makes of a passage: logits, of the passage answering at all and of each sentence answering."""

    passage: float
    sentences: tuple[float, ...]

    @property
    def best(self) -> float:
        """The highest logit of a sentence."""
        return max(self.sentences, default=-20.0)


class CrossEncoder(Protocol):
    """Anything that reads passages for a question; a function of the texts alone."""

    @property
    def name(self) -> str: ...

    def read(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        """One Reading for each passage, given as its heading and its sentences. history: earlier questions, the
        latest last."""
        ...


class TrainedCrossEncoder:
    """The reader that ships with the package, or one trained like it. Threads may share it."""

    def __init__(self, name: str = DEFAULT_RERANKER) -> None:
        """name: `peerqa-reader`, or a folder with model.safetensors. Raises ModelError where it cannot be read."""
        self.name = name
        weights = _find(name)
        folder = find_model(PACKAGED_MODEL)
        if folder is None:
            raise ModelError(f"the reader needs the packaged model {PACKAGED_MODEL}")
        self._model, self._tokenizer = _load(weights, folder)

    def read(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        """See `Reader.read`."""
        if not passages:
            return []
        import torch

        from peerqa.models.cross_encoder_network import pair

        pairs = [pair(self._tokenizer, question, history, heading, sentences) for heading, sentences in passages]
        with torch.inference_mode():
            sentences, answers = self._model(pairs)
        return [
            CrossEncoderScores(float(answer), tuple(max(float(value), -20.0) for value in row[: item.count]))
            for item, row, answer in zip(pairs, sentences, answers, strict=True)
        ]


def load_cross_encoder(name: str = DEFAULT_RERANKER) -> CrossEncoder | None:
    """A reader by name, or None for `none`. Raises ModelError where it is not there or is not what it claims to be."""
    return None if name == NO_RERANKER else TrainedCrossEncoder(name)


def _find(name: str) -> Path:
    if name == DEFAULT_RERANKER:
        path = Path(str(resources.files(__package__) / "weights" / _WEIGHTS))
        hint = "reinstall peerqa, or use --reader none"
    else:
        path = home_folder(name) / "model.safetensors"
        hint = "give the folder of a reader made by training/train_cross_encoder.py, or --reader none"
    if not path.is_file():
        raise ModelError(f"no reader at {path}; {hint}")
    return path


def _load(weights: Path, folder: Path) -> tuple[Any, Any]:
    """The network with these weights on the packaged model's word embeddings, and its tokenizer."""
    try:
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from tokenizers import Tokenizer
        from transformers import BertConfig, BertModel

        from peerqa.models.cross_encoder_network import CrossEncoderNetwork
    except ImportError as error:
        raise ModelError(f"the reader cannot be used ({error}); run: pip install sentence-transformers") from error
    try:
        trained = {name: value.float() for name, value in load_file(weights).items()}
        words = load_file(folder / "model.safetensors")
        trained[_FROZEN] = _word_embeddings(words)
        config = BertConfig.from_pretrained(folder, local_files_only=True)
        with torch.device("meta"):
            model = CrossEncoderNetwork(BertModel(config, add_pooling_layer=False))
        model.load_state_dict(trained, strict=False, assign=True)
        missing = [name for name, value in model.named_parameters() if value.is_meta]
        if missing:
            raise ModelError(f"{weights} is no reader: it lacks {missing[0]}")
        model.backbone.embeddings.position_ids = torch.arange(config.max_position_embeddings)[None]
        model.backbone.embeddings.token_type_ids = torch.zeros((1, config.max_position_embeddings), dtype=torch.long)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise ModelError(f"{weights} cannot be read as a reader: {reason}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return model.eval(), tokenizer


def _word_embeddings(weights: dict[str, Any]) -> Any:
    return next(value.float() for name, value in weights.items() if name.endswith("word_embeddings.weight"))


def probability(logit: float) -> float:
    """0..1 of a logit."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
