"""Slips of the pen, mended against the corpus's own words.

A word is taken for a slip only if neither the reviews nor the model's vocabulary has it, and is mended only to a word
that is one or two edits away (Damerau 1964: insertion, deletion, substitution, transposition). What has no such word
stays as it was typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

_WORD = re.compile(r"(?<![\w'’@./-])[^\W\d_]{4,}(?![\w@])")
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers")


class Speller:
    """Knows which words there are."""

    def __init__(self, words: Mapping[str, int], vocabulary: Iterable[str]) -> None:
        """words: those of the corpus, lower case, with their counts. vocabulary: words of the language, lower case."""
        self._corpus = {word: count for word, count in words.items() if len(word) >= 4 and word.isalpha()}
        self._known = {word for word in vocabulary if len(word) >= 3} | set(words)
        self._by_start: dict[str, list[str]] = {}
        for word in self._known:
            if len(word) >= 4:
                self._by_start.setdefault(word[0], []).append(word)

    def mend(self, text: str) -> str:
        """The text with slips mended; a mended word is lower case."""
        return _WORD.sub(lambda match: self._mended(match[0]), text)

    def _mended(self, word: str) -> str:
        folded = word.casefold()
        if not word.isascii() or (word[1:] != word[1:].lower()) or self._knows(folded):
            return word
        allowed = 1 if len(folded) < 6 else 2
        best: tuple[int, bool, int, str] | None = None
        for candidate in (*self._by_start.get(folded[0], ()), *self._by_start.get(folded[1], ())):
            # The first letter is rarely wrong, but it may have changed places with the second.
            if candidate[0] != folded[0] and candidate[:2] != folded[1::-1]:
                continue
            distance = OSA.distance(folded, candidate, score_cutoff=allowed)
            if distance > allowed:
                continue
            rank = (distance, candidate not in self._corpus, -self._corpus.get(candidate, 0), candidate)
            best = rank if best is None else min(best, rank)
        return best[3] if best else word

    def _knows(self, word: str) -> bool:
        """Whether the word, or the word that it is a regular form of, is known."""
        if word in self._known:
            return True
        for ending in _ENDINGS:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= 4 and (stem in self._known or stem + "e" in self._known):
                return True
        return word.endswith("ies") and word[:-3] + "y" in self._known


def count_words(texts: Iterable[str]) -> Counter[str]:
    """The words of the texts, lower case, with their counts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(match.casefold() for match in re.findall(r"[^\W\d_]+", text))
    return counts
