"""Libraries of thousands of real articles and more, for measuring size and speed.

The texts are real. Embedding a hundred thousand passages takes an hour of a processor, and no measure here depends on
which passage is near to which: so beyond a pool of real passages their vectors are those of the pool with noise, of the
number that the text asks for. Questions are encoded by the real model.
"""

from __future__ import annotations

import random
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peerqa.models.encoder import Encoder, Progress, TokenVectors, Vectors

NOISE = 0.35
"""Length of the noise on a vector of length 1."""


def unpack(data: Path, folder: Path, most: int | None = None) -> list[Path]:
    """The articles of DATA/library/library.tar.xz as JATS files in a folder, the first `most` by name."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(data / "library" / "library.tar.xz") as packed:
        members = [one for one in packed if one.isfile() and one.name.endswith((".xml", ".nxml"))]
        chosen = sorted(members, key=lambda one: one.name)[:most]
        for member in chosen:
            target = folder / Path(member.name).name
            source = packed.extractfile(member)
            if source is not None and not target.exists():
                target.write_bytes(source.read())
    return sorted(folder.glob("*.*xml"))


class StandIn:
    """An encoder with the identity of the real one, whose vectors of passages are those of a pool with noise."""

    def __init__(self, real: Encoder, pool: Sequence[TokenVectors], seed: int = 0) -> None:
        """pool: texts that the real model has read."""
        self.identity = real.identity
        self._real = real
        self._tokens = np.concatenate([one.tokens for one in pool])
        self._vectors = np.array([one.vector for one in pool])
        self._chance = np.random.default_rng(seed)

    @property
    def vocabulary(self) -> frozenset[str]:
        return self._real.vocabulary

    def _near(self, pool: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        rows = self._chance.integers(0, len(pool), count)
        noise = self._chance.standard_normal((count, pool.shape[1]), dtype=np.float32)
        made = pool[rows] + NOISE / np.sqrt(pool.shape[1]) * noise
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._near(self._vectors, len(texts))

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        coded = self._real._tokenizer.encode_batch(list(texts))  # type: ignore[attr-defined]
        made = []
        for one in coded:
            made.append(
                TokenVectors(
                    vector=self._near(self._vectors, 1)[0],
                    tokens=self._near(self._tokens, len(one.ids)),
                    pieces=np.array(one.ids, dtype=np.int64),
                    offsets=np.array(one.offsets, dtype=np.int64).reshape(-1, 2),
                )
            )
        return made


def questions_of(texts: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """Questions made of the words of texts: six words in a row, as somebody types keywords."""
    chance = random.Random(seed)
    made = []
    for text in chance.sample(list(texts), count):
        words = text.split()
        start = chance.randrange(max(1, len(words) - 6))
        made.append(" ".join(words[start : start + 6]))
    return made
