"""The cross-encoder: reads a question and a passage together, and says which sentences answer, and whether any does.

It knows what similarity cannot: that a passage speaks of the very thing and still does not tell what was asked. A
sentence's logit comes from the mean of its tokens' states and the first token's, the passage's from the first token's
alone (Nogueira & Cho 2019 for the idea). Its weights were trained for this project (training/README.md;
weights/CROSS_ENCODER.md is the model card) and ship without the word embeddings, which are the packaged model's.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import ModelError, Problem
from peerqa.models import packaged
from peerqa.models.bert import WIDTH, Bert, Precision
from peerqa.models.pairs import EncodedPair, encode_pairs
from peerqa.models.runtime import multiplies_int8, side_by_side
from peerqa.models.tokens import load_tokenizer

DEFAULT_RERANKER = "peerqa-reader"
NO_RERANKER = "none"
LOWEST_LOGIT = -20.0
"""Logit of a sentence that is not read, since the passage before it has as many tokens as fit; no logit is lower."""


@dataclass(frozen=True, slots=True)
class CrossEncoderScores:
    """Logits that the passage answers, and that each of its sentences does."""

    passage: float
    sentences: tuple[float, ...]

    @property
    def best(self) -> float:
        """The highest logit of a sentence."""
        return max(self.sentences, default=LOWEST_LOGIT)


class CrossEncoder(Protocol):
    """Anything that scores passages for a question; a function of the texts alone."""

    @property
    def name(self) -> str: ...

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        """One CrossEncoderScores for each passage, given as its heading and its sentences. history: earlier
        questions, the latest last."""
        ...


class TrainedCrossEncoder:
    """The cross-encoder that ships with the package, or one trained like it. Threads may share it."""

    def __init__(self, name: str = DEFAULT_RERANKER, precision: Precision | None = None) -> None:
        """name: `peerqa-reader`, or a folder with model.safetensors. precision: see Bert; None for the faster one here.

        Raises ModelError if the weights cannot be read.
        """
        self.name = name
        path = _find(name)
        weights = packaged.tensors_of(path, prefix="backbone.")
        precision = precision or ("int8" if multiplies_int8() else "float32")
        try:
            words = packaged.word_embeddings(packaged.packaged_weights())
            self._bert = Bert(weights, words, precision, side_by_side=True)
            self._sentence, self._passage = _head(weights, "sentence", 2 * WIDTH), _head(weights, "passage", WIDTH)
        except ModelError as error:
            raise ModelError(Problem.CROSS_ENCODER_NOT_USABLE, path=path, reason=error.notice) from error
        self._tokenizer = load_tokenizer(packaged.packaged_folder())

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        """See `CrossEncoder.score`."""
        return self.score_pairs(encode_pairs(self._tokenizer, question, history, passages))

    def score_pairs(self, pairs: Sequence[EncodedPair]) -> list[CrossEncoderScores]:
        """The scores of passages that are tokens already, of one question or of several.

        Each pair is a pass of its own, on one thread, and as many passes as there are processors run side by side:
        faster than one batch, which pads to the longest and leaves the cache, and than one pass at a time on all
        processors.
        """
        return side_by_side(self._scores, pairs)

    def _scores(self, pair: EncodedPair) -> CrossEncoderScores:
        states = self._bert.states([pair.pieces], [pair.types])[0]
        owners = np.array(pair.sentences)
        weight, bias = self._sentence
        of_first = float(states[0] @ weight[WIDTH:]) + bias
        logits = [LOWEST_LOGIT] * pair.count
        # The tokens of a sentence stand together: each begins where the owner changes.
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        ends = np.append(starts[1:], len(owners))
        of_tokens = states @ weight[:WIDTH]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if owners[start] >= 0:
                logits[owners[start]] = max(float(of_tokens[start:end].mean()) + of_first, LOWEST_LOGIT)
        weight, bias = self._passage
        return CrossEncoderScores(float(states[0] @ weight) + bias, tuple(logits))


def load_cross_encoder(name: str = DEFAULT_RERANKER) -> CrossEncoder | None:
    """A cross-encoder by name, or None for `none`. Raises ModelError where it is not there or is damaged."""
    return None if name == NO_RERANKER else TrainedCrossEncoder(name)


def _find(name: str) -> Path:
    if name == DEFAULT_RERANKER:
        return packaged.own_weights(packaged.CROSS_ENCODER_WEIGHTS, instead="--reranker none")
    path = Path(os.path.expanduser(name)) / "model.safetensors"
    if not path.is_file():
        raise ModelError(Problem.CROSS_ENCODER_MISSING, path=path)
    return path


def _head(weights: dict[str, NDArray[Any]], name: str, width: int) -> tuple[NDArray[np.float32], float]:
    """The weights and the bias of a linear layer with one output."""
    matrix, bias = weights.get(f"{name}.weight"), weights.get(f"{name}.bias")
    if matrix is None or bias is None or matrix.shape != (1, width) or bias.shape != (1,):
        raise ModelError(Problem.WEIGHTS_INCOMPLETE, name=f"{name}.weight")
    return matrix[0].astype(np.float32), float(bias[0])


def probability(logit: float) -> float:
    """The probability, 0 to 1, that a logit stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
