"""Texts -> float32 unit vectors.

Two kinds of model stand behind one protocol. The default is all-MiniLM-L6-v2, which comes as a package, with its
layers fine-tuned for late interaction (training/README.md); it runs on onnxruntime and needs neither torch nor
sentence-transformers. Any other sentence-transformers model, by name or folder, is exported once (exported.py).
Nothing is fetched unless a model is asked for by a name that is not here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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


class PackagedEncoder:
    """all-MiniLM-L6-v2 with its own layers or with ours. Threads may share it."""

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        """name: DEFAULT_MODEL or PACKAGED_MODEL. Raises ModelError where its files are missing or are not those that
        were published."""
        base = packaged.packaged_weights()
        own = None if name == PACKAGED_MODEL else packaged.own_weights(packaged.ENCODER_WEIGHTS, _WITHOUT_OWN)
        layers = packaged.tensors_of(base if own is None else own)
        self._bert = Bert(layers, packaged.word_embeddings(base))
        self._tokenizer = load_tokenizer(packaged.packaged_folder(), packaged.PACKAGED_MAX_LENGTH)
        self.identity = ModelIdentity(name, _identity(own), WIDTH, packaged.PACKAGED_MAX_LENGTH, "mean")
        self._vocabulary: frozenset[str] | None = None

    @property
    def vocabulary(self) -> frozenset[str]:
        """See `Encoder.vocabulary`."""
        if self._vocabulary is None:
            self._vocabulary = frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha())
        return self._vocabulary

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`. Texts of like length go together, so that little is padded."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for rows, coded, states in self._batches(texts, progress):
            for row, item, own in zip(rows, coded, states, strict=True):
                vectors[row] = own[: len(item.ids)].mean(axis=0)
        return unit(vectors)

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """See `Encoder.encode_tokens`."""
        found: dict[int, TokenVectors] = {}
        for rows, coded, states in self._batches(texts, progress):
            for row, item, padded in zip(rows, coded, states, strict=True):
                own = padded[: len(item.ids)]
                found[row] = TokenVectors(
                    vector=unit(own.mean(axis=0)),
                    tokens=unit(own),
                    pieces=np.array(item.ids, dtype=np.int64),
                    offsets=np.array(item.offsets, dtype=np.int64).reshape(-1, 2),
                )
        return [found[row] for row in range(len(texts))]

    def _batches(self, texts: Sequence[str], progress: Progress | None) -> Iterator[tuple[list[int], Any, Vectors]]:
        """(rows, their tokens, their states), texts of like length together."""
        coded = self._tokenizer.encode_batch(list(texts))
        for rows in batches([len(item.ids) for item in coded], progress):
            yield rows, [coded[row] for row in rows], self._bert.states([coded[row].ids for row in rows])


_WITHOUT_OWN = f"--model {PACKAGED_MODEL}"
_MOST_TEXTS, _MOST_TOKENS = 32, 2048
"""Of one pass. Beyond some thousand tokens a larger pass is no faster, and takes more memory."""


def batches(lengths: Sequence[int], progress: Progress | None = None) -> Iterator[list[int]]:
    """Rows of texts of like length, by their lengths in tokens, as many as go into one pass."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    batch: list[int] = []
    done = 0
    for row in order:
        if batch and (len(batch) == _MOST_TEXTS or (len(batch) + 1) * lengths[row] > _MOST_TOKENS):
            yield batch
            done += len(batch)
            if progress is not None:
                progress(done, len(order))
            batch = []
        batch.append(row)
    if batch:
        yield batch
        if progress is not None:
            progress(len(order), len(order))


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
