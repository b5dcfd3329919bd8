"""Typos in a question, corrected to words of the reviews.

A word is taken for a typo only if neither the reviews nor the language has it. It is corrected to a word of the reviews
that is one or two edits away (Damerau 1964: insertion, deletion, substitution, transposition), or to a word of the
language that is one edit away. If there is no such word it stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Collection as Some
from functools import cached_property, lru_cache
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"(?<![\w'’@./-])[^\W\d_]{4,}(?![\w@])")
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers")


@lru_cache(maxsize=2)
def dictionary(language: str = "en") -> Mapping[str, int]:
    """The words of a language, lower case, each with its count in a large body of text (pyspellchecker's)."""
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = SpellChecker(language=language).word_frequency.dictionary
    return counts


class Words(Protocol):
    """The words of the reviews, folded, with their counts."""

    def count(self, word: str) -> int: ...
    def starting_with(self, letter: str) -> Mapping[str, int]: ...


class Speller:
    """Corrects typos. Threads may share it.

    The words of the language take half a second to load, so they are not asked for before a word of a question is
    neither in the reviews nor in the vocabulary.
    """

    def __init__(
        self,
        words: Words,
        vocabulary: Callable[[], Some[str]],
        language: Callable[[], Mapping[str, int]] = dictionary,
    ) -> None:
        """words: those of the reviews. vocabulary: gives further words that are no typos. language: gives the words of
        the language, with their counts."""
        self._words, self._load_vocabulary, self._load_language = words, vocabulary, language

    @cached_property
    def _vocabulary(self) -> Some[str]:
        return self._load_vocabulary()

    @cached_property
    def _language(self) -> Mapping[str, int]:
        return self._load_language()

    @cached_property
    def _language_by_start(self) -> Mapping[str, Mapping[str, int]]:
        """The words of the language to correct to, by their first letter."""
        found: dict[str, dict[str, int]] = {}
        for word, count in self._language.items():
            if len(word) >= 4:
                found.setdefault(word[0], {})[word] = count
        return found

    def correct(self, text: str) -> str:
        """The text with typos corrected; a corrected word is lower case."""
        return _WORD.sub(lambda match: self._corrected(match[0]), text)

    def _corrected(self, word: str) -> str:
        folded = word.casefold()
        if not word.isascii() or (word[1:] != word[1:].lower()) or self._knows(folded):
            return word
        allowed = 1 if len(folded) < 6 else 2
        best: tuple[int, bool, int, str] | None = None
        for start in dict.fromkeys(folded[:2]):
            own, foreign_words = self._words.starting_with(start), self._language_by_start.get(start, {})
            choices = [*own, *(word for word in foreign_words if word not in own)]
            for candidate, distance, _ in process.extract(
                folded, choices, scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                # The first letter is rarely wrong, but it may have changed places with the second.
                if candidate[0] != folded[0] and candidate[:2] != folded[1::-1]:
                    continue
                foreign = candidate not in own
                if foreign and distance > 1:
                    continue
                count = foreign_words[candidate] if foreign else own[candidate]
                rank = (int(distance), foreign, -count, candidate)
                best = rank if best is None else min(best, rank)
        return best[3] if best else word

    def _knows(self, word: str) -> bool:
        """Whether a word is known, or is a regular form of one that is."""
        forms = {word, *_stripped(word)}
        return any(self._words.count(form) or (len(form) >= 3 and form in self._vocabulary) for form in forms) or any(
            form in self._language for form in forms
        )


def _stripped(word: str) -> Iterator[str]:
    """The words that this one may be a regular form of."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 4:
            yield from (stem, stem + "e")
    if word.endswith("ies"):
        yield word[:-3] + "y"
