"""Search by words: BM25 over stems (Robertson & Zaragoza 2009, in Lucene's form; the stemmer is Snowball).

A word that few passages hold says more than one that all hold. SQLite's full-text search proposes the passages; here is
what their scores are made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from peerqa.index.collection import Collection, IndexedPassage


class Lexicon:
    """BM25 over the passages of a collection."""

    def __init__(self, collection: Collection, k1: float, b: float) -> None:
        """k1, b: the parameters of BM25 (see RetrievalParameters.bm25_k1 and bm25_b)."""
        self._collection, self._k1, self._b = collection, k1, b

    def rarities(self, stems: Sequence[str]) -> dict[str, float]:
        """The inverse document frequency of stems: ln(1 + (N - n + 0.5) / (n + 0.5)) where n of N passages hold one."""
        total = self._collection.count
        counts = self._collection.passages_with_stem(stems)
        return {
            stem: float(np.log(1 + (total - counts.get(stem, 0) + 0.5) / (counts.get(stem, 0) + 0.5))) for stem in stems
        }

    def score(self, passage: IndexedPassage, stems: Sequence[str], rarities: Mapping[str, float]) -> float:
        """The BM25 score of a passage for these stems: 0 if it holds none, higher is better. rarities: of the stems,
        which are the same for every passage."""
        held = Counter(passage.stems)
        length = len(passage.stems) / self._collection.average_stems
        damping = self._k1 * (1 - self._b + self._b * length)
        return sum(rarities[stem] * held[stem] / (held[stem] + damping) for stem in stems if stem in held)
