"""Search by words: BM25 over stems (Robertson & Zaragoza 2009; the library is bm25s, the stemmer Snowball).

A word that few passages hold says more than one that all hold. Beyond that the module knows only stems and stop words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import bm25s
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
        self._bm25 = bm25s.BM25(method="lucene", k1=k1, b=b)
        self._bm25.index(stems, show_progress=False)

    def scores(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """(n,) float32, the BM25 score of each text for these stems: 0 if it holds none, higher is better."""
        known = [stem for stem in stems if stem in self._document_frequency]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def rarity(self, stem: str) -> float:
        """The inverse document frequency of a stem: ln(1 + (N - n + 0.5) / (n + 0.5)) where n of N texts hold it."""
        count = self._document_frequency.get(stem, 0)
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def stems_in(self, row: int) -> frozenset[str]:
        """The stems of a text."""
        return self._stems[row]
