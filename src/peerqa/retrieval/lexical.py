"""Search by words: BM25 over stems (Robertson & Zaragoza 2009; the library is bm25s, the stemmer Snowball).

A word that few passages hold says more than one that all hold. Beyond that the module knows only stems and stop words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
STOPWORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but by can could did do "
    "does doing during each else ever every few for from further get got had has have having he her here hers him his "
    "how i if in into is it its itself just let like many may me might more most much must my no nor not of off on "
    "once "
    "only or other our out over own per please same say says she should so some such tell than that the their them "
    "then "
    "there these they this those through to too under until up us very want was we were what when where whether which "
    "while who whom whose why will with would you your yours s t don isn doesn aren".split()
)
"""English words that name no subject. Search by words leaves them out; search by vectors does not."""


@lru_cache(maxsize=4)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def words_of(text: str) -> list[str]:
    """The words of a text, lower case, in order, without possessive endings."""
    return [re.sub(r"['’].*$", "", match[0]).casefold() for match in _WORD.finditer(text)]


def stems_of(text: str, language: str = "english") -> list[str]:
    """The stems of the content words of a text, in order; of all its words if none is a content word."""
    words = words_of(text)
    content = [word for word in words if word not in STOPWORDS]
    stems: list[str] = _stemmer(language).stemWords(content or words)
    return stems


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
