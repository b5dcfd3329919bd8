"""An encoder without a model: each word has a vector of its own, made from the word alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from peerqa.models.encoder import ModelIdentity, Progress, TokenVectors, Vectors

_TOKEN = re.compile(r"\w+|[^\w\s]")


class StubEncoder:
    """Words with the same stem are near, all others are not; remembers each text that it was given, in `encoded`."""

    def __init__(self, name: str = "stub", max_length: int = 256, vocabulary: Iterable[str] = ()) -> None:
        self.identity = ModelIdentity(name, hashlib.sha256(name.encode()).hexdigest(), 64, max_length, "mean")
        self.vocabulary = frozenset(vocabulary)
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        read = self.encode_tokens(texts, progress)
        return np.stack([item.vector for item in read]) if read else np.zeros((0, 64), dtype=np.float32)

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        self.encoded.extend(texts)
        read = [self._read(text) for text in texts]
        if progress is not None:
            progress(len(texts), len(texts))
        return read

    def _read(self, text: str) -> TokenVectors:
        text.encode("utf-8")  # a model refuses lone surrogates too
        matches = list(_TOKEN.finditer(text))[: self.identity.max_length - 2]
        words = ["[CLS]", *(match[0] for match in matches), "[SEP]"]
        tokens = np.stack([_vector(word) for word in words])
        mean = tokens[1:-1].mean(axis=0) if matches else tokens[0]
        return TokenVectors(
            vector=np.asarray(mean / np.linalg.norm(mean), dtype=np.float32),
            tokens=tokens,
            pieces=np.array([_piece(word) for word in words], dtype=np.int64),
            offsets=np.array([(0, 0), *(match.span() for match in matches), (0, 0)], dtype=np.int64),
        )


def _stem(word: str) -> str:
    return word.casefold().rstrip("s") or word


@cache
def _vector(word: str) -> NDArray[np.float32]:
    """64 numbers from the hash of a word's stem, of length 1."""
    numbers = np.frombuffer(hashlib.sha512(_stem(word).encode()).digest(), dtype=np.uint8).astype(np.float32) - 127.5
    return np.asarray(numbers / np.linalg.norm(numbers), dtype=np.float32)


@cache
def _piece(word: str) -> int:
    return int.from_bytes(hashlib.sha256(_stem(word).encode()).digest()[:3], "big")
