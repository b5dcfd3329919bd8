"""Texts -> float32 unit vectors.

Two kinds of model stand behind one protocol. The default is all-MiniLM-L6-v2, which comes as a package, with its
layers fine-tuned for late interaction (training/README.md); it runs on onnxruntime and needs neither torch nor
sentence-transformers. Any other sentence-transformers model, by name or folder, is exported once (exported.py).
Nothing is fetched unless a model is asked for by a name that is not here.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from peerqa.models import packaged
from peerqa.models.bert import WIDTH, Bert
from peerqa.models.packaged import PACKAGED_MODEL
from peerqa.models.tokens import load_tokenizer

TUNED_MODEL = "peerqa-encoder"
DEFAULT_MODEL = TUNED_MODEL

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, all) while texts are encoded."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model makes the vectors: its name, the hash of its weights, and what it reads and gives."""

    name: str
    sha256: str
    dimension: int
    max_length: int
    pooling: str


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """A text read token by token, in one pass of the model.

    vector: (d,) float32 of length 1, what `Encoder.encode` gives for the text. tokens: (t, d) float32, rows of length
    1, the model's last layer. pieces: (t,) int64, the vocabulary's number of each token. offsets: (t, 2) int64, where
    it stands in the text; start equals end for a token that is no part of it. A text longer than the model reads is
    cut: the last offset then tells how far it came.
    """

    vector: NDArray[np.float32]
    tokens: Vectors
    pieces: NDArray[np.int64]
    offsets: NDArray[np.int64]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors; a function of the text alone."""

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def vocabulary(self) -> frozenset[str]:
        """The whole words that the model knows, lower case; a word that is missing there may be a typo."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """(n, d) float32, each row of length 1, in the order of the texts."""
        ...

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """The same texts token by token."""
        ...


class GraphEncoder(ABC):
    """An encoder whose network runs on onnxruntime. Threads may share it."""

    identity: ModelIdentity

    def __init__(self, identity: ModelIdentity, tokenizer: Any) -> None:
        self.identity = identity
        self._tokenizer = tokenizer

    @abstractmethod
    def _states(self, pieces: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        """(n, t, d), the last layer's states of the tokens of n texts; and (n, d), the pooled vector of each text."""

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """See `Encoder.vocabulary`."""
        return whole_words(self._tokenizer.get_vocab())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`. Texts of like length go together, so that little is padded."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for row, _, _, vector in self._passes(texts, progress):
            vectors[row] = vector
        return unit(vectors)

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """See `Encoder.encode_tokens`."""
        found: dict[int, TokenVectors] = {}
        for row, coded, states, vector in self._passes(texts, progress):
            found[row] = TokenVectors(
                vector=unit(vector),
                tokens=unit(states),
                pieces=np.array(coded.ids, dtype=np.int64),
                offsets=np.array(coded.offsets, dtype=np.int64).reshape(-1, 2),
            )
        return [found[row] for row in range(len(texts))]

    def _passes(
        self, texts: Sequence[str], progress: Progress | None
    ) -> Iterator[tuple[int, Any, Vectors, NDArray[np.float32]]]:
        """(row, tokens, states of the tokens, pooled vector) of each text, shorter ones first."""
        coded = self._tokenizer.encode_batch(list(texts))
        for rows in batches([len(item.ids) for item in coded], progress):
            states, vectors = self._states([coded[row].ids for row in rows])
            for row, own, vector in zip(rows, states, vectors, strict=True):
                yield row, coded[row], own[: len(coded[row].ids)], vector


class PackagedEncoder(GraphEncoder):
    """all-MiniLM-L6-v2 with its own layers or with ours."""

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        """name: DEFAULT_MODEL or PACKAGED_MODEL. Raises ModelError where its files are missing or are not those that
        were published."""
        base = packaged.packaged_weights()
        own = None if name == PACKAGED_MODEL else packaged.own_weights(packaged.ENCODER_WEIGHTS, _WITHOUT_OWN)
        identity = ModelIdentity(name, _identity(own), WIDTH, packaged.PACKAGED_MAX_LENGTH, "mean")
        super().__init__(identity, load_tokenizer(packaged.packaged_folder(), identity.max_length))
        self._bert = Bert(packaged.tensors_of(own or base), packaged.word_embeddings(base))

    def _states(self, pieces: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        states = self._bert.states(pieces)
        return states, np.stack([own[: len(ids)].mean(axis=0) for own, ids in zip(states, pieces, strict=True)])


_WITHOUT_OWN = f"--model {PACKAGED_MODEL}"
_MOST_TEXTS, _MOST_TOKENS = 32, 2048
"""Of one pass. Beyond some thousand tokens a larger pass is no faster, and takes more memory."""


def batches(lengths: Sequence[int], progress: Progress | None = None) -> Iterator[list[int]]:
    """Rows of texts of like length, by their lengths in tokens, as many as go into one pass."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    done = 0
    while done < len(order):
        end = done + 1
        while end < min(len(order), done + _MOST_TEXTS) and (end - done + 1) * lengths[order[end]] <= _MOST_TOKENS:
            end += 1
        yield order[done:end]
        done = end
        if progress is not None:
            progress(done, len(order))


def whole_words(vocabulary: Iterable[str]) -> frozenset[str]:
    """The pieces of a vocabulary that are words by themselves."""
    return frozenset(piece for piece in vocabulary if piece.isalpha())


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length 1; a zero vector stays one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), dtype=np.float32)


def load_encoder(model: str = DEFAULT_MODEL, cache: Path | None = None) -> Encoder:
    """An encoder by name or folder. cache: where the export of a model that does not ship is kept.

    Raises ModelError where the model is not there or is not what it claims to be.
    """
    if model in (TUNED_MODEL, PACKAGED_MODEL):
        return PackagedEncoder(model)
    from peerqa.models.exported import exported_encoder

    return exported_encoder(model, cache)


def _identity(own: Path | None) -> str:
    """One hash over the files that decide the vectors; those have been verified against their own hashes."""
    parts = [packaged.PUBLISHED_SHA256] + ([packaged.SHA256[own.name]] if own else [])
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
