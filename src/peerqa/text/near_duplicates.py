"""Which passages say the same in nearly the same words, as where one text stands in two reviews.

Passages are compared by their shingles, runs of three words (Broder 1997, "On the resemblance and containment of
documents"): figures, punctuation and notation count nothing, so that citations in another style make no difference.
"""

from __future__ import annotations

import re

_SHINGLE = 3
_MOSTLY = 0.7
"""The share of a passage's shingles that another must hold to stand in for it."""
_WORD = re.compile(r"[^\W\d_]+")

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """The runs of three words of a text; all of its words where they are fewer."""
    words = _WORD.findall(text.casefold())
    if len(words) < _SHINGLE:
        return frozenset([tuple(words)]) if words else frozenset()
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def stands_in(shown: Shingles, other: Shingles) -> bool:
    """Whether a reader who has seen one passage has seen nearly all words of the other."""
    return bool(other) and len(shown & other) >= _MOSTLY * len(other)
