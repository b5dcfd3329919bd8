"""Late interaction: each token of a question looks for its most similar token in a text.

This is how ColBERT scores (Khattab & Zaharia 2020), on the token vectors that the embedding model gives anyway: for
each token of the question the greatest cosine with a token of the text. The score is the weighted mean of these; the
fewer passages hold a token, the more it weighs. Nothing is learnt. The module takes vectors, and knows neither texts
nor the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.collection import Candidates

Floats = NDArray[np.float32]


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


def token_weights(pieces: Sequence[int], frequencies: Mapping[int, int], count: int) -> Floats:
    """(q,) float32, the weight of each token of a question: ln(1 + N / (1 + n)) where n of N passages hold it.

    pieces: the tokens' numbers in the vocabulary. frequencies: in how many passages each is; count: of passages.
    """
    holding = np.array([frequencies.get(int(piece), 0) for piece in pieces], dtype=np.float32)
    return np.asarray(np.log1p(count / (1.0 + holding)), dtype=np.float32)


def interact(tokens: Floats, weights: Floats, candidates: Candidates) -> Interaction:
    """Match a question with passages and their sentences.

    tokens: (q, d) float32, the vectors of the question's tokens, of length 1. weights: (q,), their weights, of any sum.
    """
    share = np.asarray(weights / weights.sum(), dtype=np.float32)
    similar = tokens @ candidates.tokens.T
    return Interaction(
        share,
        _greatest(similar, candidates.bounds[:-1], candidates.bounds[1:]),
        _greatest(similar, candidates.ranges[:, 0], candidates.ranges[:, 1]),
    )


def best_tokens(tokens: Floats, candidates: Candidates, sentence: int) -> tuple[NDArray[np.int64], Floats]:
    """For each token of a question, the token of a sentence that is most similar to it: (q,) int64, its row among those
    of the candidates, and (q,) float32, their cosine. Both are 0 if the sentence has no token."""
    first, end = (int(value) for value in candidates.ranges[sentence])
    if first == end:
        return np.zeros(len(tokens), dtype=np.int64), np.zeros(len(tokens), dtype=np.float32)
    similar = tokens @ candidates.tokens[first:end].T
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
