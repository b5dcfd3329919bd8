"""Words as evidence: BM25 over stemmed words (Robertson & Zaragoza 2009; the library is bm25s, the stemmer Snowball).

A word that occurs in few passages says more than one that occurs in all; that is all this module knows of language,
but for a short list of words that say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from peerqa.text.words import stems_of


class Lexicon:
    """BM25 over a set of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """texts: at least one; each is a passage with its heading."""
        stems = [stems_of(text) or [""] for text in texts]
        self.size = len(texts)
        self._stems = [frozenset(passage) for passage in stems]
        self._document_frequency = Counter(stem for passage in stems for stem in set(passage))
        self._bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._bm25.index(stems, show_progress=False)

    def scores(self, stems: Sequence[str]) -> NDArray[np.float32]:
        """(n,) BM25 scores of the texts, 0 where no stem occurs; higher is better."""
        known = [stem for stem in stems if stem in self._document_frequency]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def rarity(self, stem: str) -> float:
        """The inverse document frequency of a stem, ln(1 + (N - n + 0.5) / (n + 0.5)); greatest for an unknown one."""
        count = self._document_frequency.get(stem, 0)
        return float(np.log(1 + (self.size - count + 0.5) / (count + 0.5)))

    def stems_in(self, row: int) -> frozenset[str]:
        """The stems of a text."""
        return self._stems[row]
