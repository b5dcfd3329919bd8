"""Words as evidence: BM25 over stemmed words (Robertson & Zaragoza 2009; the library is bm25s, the stemmer Snowball).

A word that occurs in few passages says more than one that occurs in all; that is all this module knows of language,
but for a short list of words that say nothing.
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
"""English words that carry no subject; they are left out of the lexical evidence only."""


@lru_cache(maxsize=4)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order, without possessive endings."""
    return [re.sub(r"['’].*$", "", match[0]).casefold() for match in _WORD.finditer(text)]


def stems_of(text: str, language: str = "english") -> list[str]:
    """The stems of a text's content words, in order; the words themselves where it has no content word."""
    words = words_of(text)
    content = [word for word in words if word not in STOPWORDS]
    stems: list[str] = _stemmer(language).stemWords(content or words)
    return stems


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
