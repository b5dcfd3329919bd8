"""Late interaction: each token of a question looks for its most similar token in a text.

This is how ColBERT scores (Khattab & Zaharia 2020), on the token vectors that the embedding model gives anyway: for
each token of the question the greatest cosine with a token of the text. The score is the weighted mean of these; the
fewer passages hold a token, the more it weighs. Nothing is learnt. The module takes vectors, and knows neither texts
nor the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.token_table import TokenTable

Floats = NDArray[np.float32]
MOST_READY = 16_000_000
"""Most numbers of a token table that are kept in 32 bits (64 MB)."""


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """How well the tokens of a question match passages and sentences.

    weights: (q,) float32, the weight of each token of the question; they add up to 1. passages: (q, n) float32, the
    greatest cosine of each token of the question with a token of each passage. sentences: (q, m), the same for
    sentences.
    """

    weights: Floats
    passages: Floats
    sentences: Floats

    @property
    def passage_scores(self) -> Floats:
        """(n,) float32, the score of each passage: at most 1, higher is better."""
        return np.asarray(self.weights @ self.passages, dtype=np.float32)

    @property
    def sentence_scores(self) -> Floats:
        """(m,) float32, the score of each sentence: at most 1, higher is better."""
        return np.asarray(self.weights @ self.sentences, dtype=np.float32)


class LateInteraction:
    """Scores passages of a token table against questions. Threads may share it."""

    def __init__(self, table: TokenTable, most_ready: int = MOST_READY) -> None:
        """table: the tokens of all passages. most_ready: see MOST_READY."""
        self.table = table
        self._count = len(table.passages) - 1
        # A small table is kept in the 32 bits that are multiplied; of a large one only the candidates are converted.
        self._ready = table.vectors.astype(np.float32) if table.vectors.size <= most_ready else None
        rows = np.repeat(np.arange(self._count), np.diff(table.passages))
        pairs = np.unique(np.stack([table.pieces.astype(np.int64), rows], axis=1), axis=0)
        pieces, counts = np.unique(pairs[:, 0], return_counts=True)
        self._frequency = dict(zip(pieces.tolist(), counts.tolist(), strict=True))

    def weights(self, pieces: Sequence[int]) -> Floats:
        """(q,) float32, the weight of each token: ln(1 + N / (1 + n)) where n of N passages hold it. pieces: the
        tokens' numbers in the vocabulary."""
        frequencies = np.array([self._frequency.get(int(piece), 0) for piece in pieces], dtype=np.float32)
        return np.asarray(np.log1p(self._count / (1.0 + frequencies)), dtype=np.float32)

    def match(self, tokens: Floats, weights: Floats, rows: Sequence[int], sentences: Sequence[int]) -> Interaction:
        """Match a question with some passages and sentences.

        tokens: (q, d) float32, the vectors of the question's tokens, of length 1. weights: (q,), their weights, of any
        sum. rows, sentences: the numbers of the passages and of the sentences in the table; each sentence lies in one
        of the passages.
        """
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
        """For each token of a question, the token of a sentence that is most similar to it: (q,) int64, its row in the
        table, and (q,) float32, their cosine. Both are 0 if the sentence has no token."""
        first, end = (int(value) for value in self.table.sentences[sentence])
        if first == end:
            return np.zeros(len(tokens), dtype=np.int64), np.zeros(len(tokens), dtype=np.float32)
        similar = tokens @ self.table.vectors[first:end].astype(np.float32).T
        best = similar.argmax(axis=1)
        return first + best, np.asarray(similar[np.arange(len(tokens)), best], dtype=np.float32)


def _greatest(similar: Floats, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
    """(q, k) float32, the greatest value of each row of `similar` within k ranges of columns; 0 for an empty range."""
    if len(starts) == 0:
        return np.zeros((len(similar), 0), dtype=np.float32)
    # reduceat takes no bound behind the last column, so a column is added for it.
    padded = np.concatenate([similar, np.zeros((len(similar), 1), dtype=np.float32)], axis=1)
    bounds = np.minimum(np.stack([starts, ends], axis=1).ravel(), similar.shape[1])
    best = np.maximum.reduceat(padded, bounds, axis=1)[:, ::2]
    best[:, starts >= ends] = 0
    return np.asarray(best, dtype=np.float32)
