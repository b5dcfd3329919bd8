"""Token vectors as codes of some dozens of bytes, so that those of a million passages fit on a disk.

    codec = shipped_codec(encoder.identity) or train_codec(vectors, PARTS) or Float16Codec(dimension)
    codec.decode(codec.encode(vectors))  ->  vectors near those that went in

Product quantisation (Jégou, Douze & Schmid 2011): a vector is cut into parts, and of each part the nearest of 256
centroids is kept, one byte. The centroids for the encoder that ships come with the package. For another model they are
trained on the first passages of a library and kept with it; where there are too few, each number is kept in 16 bits.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from peerqa.index.faiss_threads import one_thread
from peerqa.models import packaged
from peerqa.models.encoder import ModelIdentity

Floats = NDArray[np.float32]
PARTS = 64
"""Bytes of a coded vector of 384 numbers, as benchmarks/token_codes.py chose it."""
CENTROIDS = 256
LEAST_TO_TRAIN = 39 * CENTROIDS
"""Vectors that training needs: below so many for each centroid FAISS warns that the centroids mean little."""
_FLOAT16 = b"float16 "


class TokenCodec(ABC):
    """Turns token vectors into bytes and back. Threads may share it."""

    dimension: int
    parts: int
    """Bytes of a coded vector."""

    @abstractmethod
    def encode(self, vectors: Floats) -> bytes:
        """The codes of (t, d) vectors one after the other, `parts` bytes each."""

    @abstractmethod
    def decode(self, codes: bytes) -> Floats:
        """(t, d) float32 vectors of length 1, near those that were encoded. Raises ValueError for a part of a code."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """The codec itself, as it is kept with a library; `of_bytes` reads it."""

    @staticmethod
    def of_bytes(data: bytes) -> TokenCodec:
        """The codec of which `to_bytes` made these bytes. Raises ValueError for anything else."""
        if data.startswith(_FLOAT16):
            return Float16Codec(int(data.removeprefix(_FLOAT16)))
        return ProductCodec(np.lib.format.read_array(io.BytesIO(data), allow_pickle=False))


class ProductCodec(TokenCodec):
    """A vector as the numbers of the centroids nearest to its parts."""

    def __init__(self, centroids: NDArray[np.floating]) -> None:
        """centroids: (parts, 256, d / parts), kept in 16 bits. Raises ValueError for anything else."""
        if centroids.ndim != 3 or centroids.shape[1] != CENTROIDS or centroids.dtype.kind != "f":
            raise ValueError("these are no centroids")
        # In 16 bits from the start, so that a codec and the one read back from its bytes give the same vectors.
        self._centroids = centroids.astype(np.float16)
        if not np.isfinite(self._centroids).all():
            raise ValueError("the centroids are not finite")
        self.parts, _, self._width = centroids.shape
        self.dimension = self.parts * self._width
        exact = self._centroids.astype(np.float32)
        self._quantizer: Any = faiss.ProductQuantizer(self.dimension, self.parts, 8)
        faiss.copy_array_to_vector(exact.ravel(), self._quantizer.centroids)
        # The nearest centroid c of a part x has the greatest x·c - |c|²/2: (x, 1) times a matrix of (c, -|c|²/2).
        halves = -(exact**2).sum(axis=2, keepdims=True) / 2
        self._nearness = np.ascontiguousarray(np.concatenate([exact, halves], axis=2).transpose(0, 2, 1))

    def encode(self, vectors: Floats) -> bytes:
        """See `TokenCodec.encode`."""
        # FAISS compares part by part and vector by vector, which takes several times as long.
        codes = np.empty((len(vectors), self.parts), dtype=np.uint8)
        part = np.ones((len(vectors), self._width + 1), dtype=np.float32)
        for number, nearness in enumerate(self._nearness):
            part[:, :-1] = vectors[:, number * self._width : (number + 1) * self._width]
            codes[:, number] = (part @ nearness).argmax(axis=1)
        return codes.tobytes()

    def decode(self, codes: bytes) -> Floats:
        """See `TokenCodec.decode`."""
        numbers = np.frombuffer(codes, dtype=np.uint8).reshape(-1, self.parts)
        if len(numbers) == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with one_thread():
            vectors = np.asarray(self._quantizer.decode(numbers), dtype=np.float32)
        # Means of centroids are shorter than vectors: left so, cosines and with them the ranking would be worse.
        squares = np.einsum("ij,ij->i", vectors, vectors)
        vectors *= (1 / np.sqrt(np.maximum(squares, np.float32(1e-24))))[:, None]
        return vectors

    def to_bytes(self) -> bytes:
        """See `TokenCodec.to_bytes`: a .npy file of the centroids."""
        np.save(buffer := io.BytesIO(), self._centroids, allow_pickle=False)
        return buffer.getvalue()


class Float16Codec(TokenCodec):
    """Each number of a vector in 16 bits: for a library too small to train centroids on."""

    def __init__(self, dimension: int) -> None:
        """Raises ValueError for a dimension below 1."""
        if dimension < 1:
            raise ValueError("vectors have at least one dimension")
        self.dimension, self.parts = dimension, 2 * dimension

    def encode(self, vectors: Floats) -> bytes:
        """See `TokenCodec.encode`."""
        return np.asarray(vectors, dtype="<f2").tobytes()

    def decode(self, codes: bytes) -> Floats:
        """See `TokenCodec.decode`."""
        return np.frombuffer(codes, dtype="<f2").reshape(-1, self.dimension).astype(np.float32)

    def to_bytes(self) -> bytes:
        """See `TokenCodec.to_bytes`."""
        return _FLOAT16 + str(self.dimension).encode("ascii")


def shipped_codec(identity: ModelIdentity) -> TokenCodec | None:
    """The codec that comes with the package for a model; None for any other model, or after another training of it.

    Raises ModelError where its file is not the one that was published.
    """
    name = shipped_name(identity)
    if name not in packaged.SHA256:
        return None
    return TokenCodec.of_bytes(packaged.own_weights(name, f"--model {packaged.PACKAGED_MODEL}").read_bytes())


def shipped_name(identity: ModelIdentity) -> str:
    """Name of the file of a model's codec. It holds the start of the weights' hash: centroids are of one training."""
    return f"token-codes-{identity.sha256[:12]}.npy"


def train_codec(vectors: Floats, parts: int = PARTS) -> TokenCodec | None:
    """A codec learnt from (t, d) vectors like those to be coded; None where there are fewer than LEAST_TO_TRAIN, or
    where d is no multiple of `parts`."""
    count, dimension = vectors.shape
    if count < LEAST_TO_TRAIN or dimension % parts:
        return None
    quantizer = faiss.ProductQuantizer(dimension, parts, 8)
    quantizer.train(np.ascontiguousarray(vectors, dtype=np.float32))
    centroids = faiss.vector_to_array(quantizer.centroids)
    return ProductCodec(centroids.reshape(parts, CENTROIDS, dimension // parts))
