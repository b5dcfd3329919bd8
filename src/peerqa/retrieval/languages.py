"""Whether a question is in a language that the reviews are not in: py3langid, asked only where something hints at it.

A few words of the field can look like any language, so a question counts as foreign only if it has no word that is
surely English, if many of its words are unknown to the reviews, and if the detector is sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

KNOWN = tuple("en fr de es it pt nl pl sv da no fi cs ro hu tr ru uk el ar he fa hi zh ja ko".split())
"""Languages that are told apart, by their ISO 639-1 codes."""
_SURE = 0.75
"""Probability from which the detector is believed. Of 17,544 questions in English 16 reach it, all of them keywords."""
_UNKNOWN = 0.5
"""Share of the words of a question that the reviews do not have, from which the detector is asked."""
_SURELY_ENGLISH = frozenset(
    "the of is are does do did how why which who what when where and with about there can should would could has have "
    "were their they this that these from into than between".split()
)
_SAMPLE = 20
"""Passages from which the languages of the reviews are told."""
_WORD = re.compile(r"[^\W\d_]+")


class LanguageDetector:
    """Tells questions in other languages than those of the reviews. Threads may share it."""

    def __init__(self, sample: Callable[[int], tuple[str, ...]], has: Callable[[str], bool]) -> None:
        """sample: gives so many passages of the reviews, taken evenly. has: whether the reviews have a word, in lower
        case."""
        self._sample, self._has = sample, has

    @property
    def languages(self) -> frozenset[str]:
        """The languages of the reviews, as far as a sample of their passages tells."""
        return _languages_of(self._sample(_SAMPLE))

    def foreign(self, question: str) -> str | None:
        """The language of a question if no review is in it; None if one is, or if that is not sure."""
        words = [word.casefold() for word in _WORD.findall(question)]
        unspaced = any(ord(character) > 0x2E7F for character in question)  # Chinese, Japanese, Korean
        if not _SURELY_ENGLISH.isdisjoint(words) or (len(words) < 3 and not unspaced):
            return None
        if sum(not self._has(word) for word in words) < _UNKNOWN * len(words):
            return None
        language, probability = _detect(question)
        return language if probability >= _SURE and language not in self.languages else None


@lru_cache(maxsize=8)
def _languages_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_detect(text)[0] for text in texts)


def _detect(text: str) -> tuple[str, float]:
    """The likeliest language of a text, and its probability, 0 to 1."""
    language, probability = _identifier().classify(text)
    return str(language), float(probability)


@cache
def _identifier() -> Any:
    """The detector; loading it takes a second, so it is loaded when first asked."""
    from py3langid import langid

    path = Path(langid.MODEL_DIR) / langid.MODEL_FILE
    identifier = langid.LanguageIdentifier.from_modelpath(path, norm_probs=True)
    identifier.set_languages([code for code in KNOWN if code in identifier.labels])
    return identifier
