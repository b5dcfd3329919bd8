"""Late interaction: each token of a question looks for its most similar token in a text.

The scoring of ColBERT (Khattab & Zaharia 2020) on the token vectors that the embedding model gives anyway: for each
token of the question the greatest cosine with a token of the text; these are averaged, a token that few passages hold
counting more. Nothing is learnt. It takes vectors, and knows neither texts nor the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.token_table import TokenTable

Floats = NDArray[np.float32]
_READY = 16_000_000  # numbers, so 64 MB


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """How a question met the passages: similarities of its tokens with each passage and sentence, best token each.

    weights: (q,) float32, adding up to 1. passages: (q, n) greatest cosine of each question token in each passage.
    sentences: (q, m), likewise in each sentence that was asked for.
    """

    weights: Floats
    passages: Floats
    sentences: Floats

    @property
    def passage_scores(self) -> Floats:
        """(n,) at most 1; higher is better."""
        return np.asarray(self.weights @ self.passages, dtype=np.float32)

    @property
    def sentence_scores(self) -> Floats:
        """(m,) at most 1; higher is better."""
        return np.asarray(self.weights @ self.sentences, dtype=np.float32)


class LateInteraction:
    """Scores passages of a token table against questions. Threads may share it."""

    def __init__(self, table: TokenTable) -> None:
        self.table = table
        self._count = len(table.passages) - 1
        # A small table is kept ready in the type that is multiplied; a large one is turned candidate by candidate.
        self._ready = table.vectors.astype(np.float32) if table.vectors.size <= _READY else None
        rows = np.repeat(np.arange(self._count), np.diff(table.passages))
        pairs = np.unique(np.stack([table.pieces.astype(np.int64), rows], axis=1), axis=0)
        pieces, counts = np.unique(pairs[:, 0], return_counts=True)
        self._frequency = dict(zip(pieces.tolist(), counts.tolist(), strict=True))

    def weights(self, pieces: Sequence[int]) -> Floats:
        """(q,) how much each token of a question counts: ln(1 + N / (1 + n)), n of N passages holding it."""
        frequencies = np.array([self._frequency.get(int(piece), 0) for piece in pieces], dtype=np.float32)
        return np.asarray(np.log1p(self._count / (1.0 + frequencies)), dtype=np.float32)

    def meet(self, tokens: Floats, weights: Floats, rows: Sequence[int], sentences: Sequence[int]) -> Interaction:
        """Let the tokens of a question, (q, d) of length 1, meet the passages `rows` and the sentences `sentences`."""
        table = self.table
        share = np.asarray(weights / weights.sum(), dtype=np.float32)
        own = np.asarray(rows, dtype=np.int64)
        starts, ends = table.passages[own], table.passages[own + 1]
        if len(rows) == self._count:
            vectors = self._ready if self._ready is not None else table.vectors.astype(np.float32)
            shift = np.zeros(self._count, dtype=np.int64)
        else:
            parts = [table.vectors[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
            vectors = np.concatenate(parts).astype(np.float32)
            # Where a passage begins among the candidates, against where it begins in the table.
            shift = np.zeros(self._count, dtype=np.int64)
            shift[own] = np.cumsum([0, *(ends - starts)[:-1]]) - starts
        similar = tokens @ vectors.T
        chosen = table.sentences[np.asarray(sentences, dtype=np.int64)].reshape(-1, 2)
        moved = shift[np.searchsorted(table.passages, chosen[:, 0], side="right") - 1]
        return Interaction(
            share,
            _greatest(similar, starts + shift[own], ends + shift[own]),
            _greatest(similar, chosen[:, 0] + moved, chosen[:, 1] + moved),
        )

    def best_tokens(self, tokens: Floats, sentence: int) -> tuple[NDArray[np.int64], Floats]:
        """For each question token the token of the table, within a sentence, that it met, and their cosine."""
        first, end = (int(value) for value in self.table.sentences[sentence])
        if first == end:
            return np.zeros(len(tokens), dtype=np.int64), np.zeros(len(tokens), dtype=np.float32)
        similar = tokens @ self.table.vectors[first:end].astype(np.float32).T
        best = similar.argmax(axis=1)
        return first + best, np.asarray(similar[np.arange(len(tokens)), best], dtype=np.float32)


def _greatest(similar: Floats, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
    """(q, k) the greatest value of each row of `similar` in each of k ranges of columns; 0 for an empty range."""
    if len(starts) == 0:
        return np.zeros((len(similar), 0), dtype=np.float32)
    # reduceat wants each bound to be a column: one more stands for the end.
    padded = np.concatenate([similar, np.zeros((len(similar), 1), dtype=np.float32)], axis=1)
    bounds = np.minimum(np.stack([starts, ends], axis=1).ravel(), similar.shape[1])
    best = np.maximum.reduceat(padded, bounds, axis=1)[:, ::2]
    best[:, starts >= ends] = 0
    return np.asarray(best, dtype=np.float32)
