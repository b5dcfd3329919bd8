"""Search by words: BM25 over stems (Robertson & Zaragoza 2009, in Lucene's form; the stemmer is Snowball).

A word that few passages hold says more than one that all hold. Beyond that the module knows only stems and stop words.
What a stem adds to the score of each text is computed once, so that a question only adds up (as Lù 2024, "BM25S").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from peerqa.text.words import stems_of


class Lexicon:
    """The stems of a set of texts, with BM25 over them."""

    def __init__(self, texts: Sequence[str], k1: float, b: float) -> None:
        """texts: at least one; each is a passage with its heading. k1, b: the parameters of BM25 (see
        RetrievalParameters.bm25_k1 and bm25_b)."""
        stems = [stems_of(text) or [""] for text in texts]
        self.size = len(texts)
        self._stems = [frozenset(passage) for passage in stems]
        self._document_frequency = Counter(stem for passage in stems for stem in set(passage))
        average = sum(map(len, stems)) / self.size
        rows: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, list[float]] = defaultdict(list)
        for row, passage in enumerate(stems):
            damping = k1 * (1 - b + b * len(passage) / average)
            for stem, count in Counter(passage).items():
                rows[stem].append(row)
                weights[stem].append(self.rarity(stem) * count / (count + damping))
        self._postings = {
            stem: (np.array(rows[stem], dtype=np.int64), np.array(weights[stem], dtype=np.float32)) for stem in rows
        }

    def scores(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """(n,) float32, the BM25 score of each text for these stems: 0 if it holds none, higher is better."""
        total = np.zeros(self.size, dtype=np.float32)
        for stem in stems:
            if stem in self._postings:
                rows, weights = self._postings[stem]
                total[rows] += weights
        return total

    def rarity(self, stem: str) -> float:
        """The inverse document frequency of a stem: ln(1 + (N - n + 0.5) / (n + 0.5)) where n of N texts hold it."""
        count = self._document_frequency.get(stem, 0)
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def stems_in(self, row: int) -> frozenset[str]:
        """The stems of a text."""
        return self._stems[row]
