"""Question -> Hits. Dense and lexical evidence, over passages and their sentences, fused.

It searches the index by vectors and the lexicon by words, and says for each passage how near it is and which of its
sentences are nearest. Whether anything answers is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .embeddings import Encoder, Vectors
from .index import Index
from .lexical import Lexicon, stems_of
from .question import Question

CANDIDATES = 50
"""Passages (and sentences) that the first stage hands on, from each of its signals."""
_PASSAGE_WEIGHT, _SENTENCE_WEIGHT, _LEXICAL_WEIGHT = 0.5, 1.0, 0.3
"""Of the passage's cosine, of its best sentence's, and of BM25 as a share of the best score. Fitted by hand."""
_HISTORY_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its row, its score, and a score for each of its sentences; higher is better."""

    row: int
    score: float
    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that retrieval found for a question: hits, best first, and the signals that confidence is made of."""

    hits: tuple[Hit, ...]
    signals: Mapping[str, float]


class Retriever:
    """Finds passages of a built index. Threads may share it."""

    def __init__(self, index: Index, encoder: Encoder, texts: Sequence[str], lexicon: Lexicon) -> None:
        """texts: what was embedded of each passage, in the order of the index's rows."""
        self._index = index
        self._encoder = encoder
        self._lexicon = lexicon
        self._passages, self._sentences = index.vectors()
        rows = index.sentence_rows
        self._first = np.searchsorted(rows, np.arange(len(texts) + 1))

    def search(self, question: Question) -> Evidence:
        """The passages nearest to a question, best first."""
        vector = self._vector(question)
        stems = [stem for text in (*question.history[-1:], question.written_out) for stem in stems_of(text)]
        lexical = self._lexicon.scores(stems)
        rows = self._candidates(vector, lexical)
        hits = [self._hit(row, vector, lexical) for row in rows]
        hits.sort(key=lambda hit: (-hit.score, hit.row))
        return Evidence(tuple(hits), self._signals(hits, vector, stems))

    def _vector(self, question: Question) -> NDArray[np.float32]:
        texts = [question.written_out, *question.history[-1:]]
        vectors: Vectors = self._encoder.encode(texts)
        mixed = vectors[0] + _HISTORY_WEIGHT * vectors[1:].sum(axis=0)
        return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)

    def _candidates(self, vector: NDArray[np.float32], lexical: NDArray[np.float32]) -> list[int]:
        rows = {neighbour.row for neighbour in self._index.search_passages(vector, CANDIDATES)[0]}
        for neighbour in self._index.search_sentences(vector, CANDIDATES)[0]:
            rows.add(int(self._index.sentence_rows[neighbour.row]))
        best = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        rows.update(int(row) for row in best if lexical[row] > 0)
        return sorted(rows)

    def _hit(self, row: int, vector: NDArray[np.float32], lexical: NDArray[np.float32]) -> Hit:
        sentences = self._sentences[self._first[row] : self._first[row + 1]] @ vector
        highest = float(lexical.max()) or 1.0
        score = (
            _PASSAGE_WEIGHT * float(self._passages[row] @ vector)
            + _SENTENCE_WEIGHT * (float(sentences.max()) if len(sentences) else 0.0)
            + _LEXICAL_WEIGHT * float(lexical[row]) / highest
        )
        return Hit(row, score, tuple(float(value) for value in sentences))

    def _signals(self, hits: Sequence[Hit], vector: NDArray[np.float32], stems: Sequence[str]) -> dict[str, float]:
        if not hits:
            return {"passage": 0.0, "sentence": 0.0, "coverage": 0.0}
        best = hits[0]
        weights = {stem: self._lexicon.rarity(stem) for stem in stems}
        known = sum(weight for stem, weight in weights.items() if self._lexicon.knows(stem))
        return {
            "passage": float(self._passages[best.row] @ vector),
            "sentence": max((max(hit.sentences, default=0.0) for hit in hits[:3]), default=0.0),
            "coverage": known / (sum(weights.values()) or 1.0),
        }
