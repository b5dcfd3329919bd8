"""Near-duplicates: passages of nearly the same words, such as a text that two reviews share.

Passages are compared by their shingles, runs of three words (Broder 1997, "On the resemblance and containment of
documents"). Digits, punctuation and notation are ignored, so the style of the citations makes no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SHINGLE = 3
_MOSTLY = 0.7
"""The share of a passage's shingles that another passage must hold to stand in for it, 0 to 1."""
_WORD = re.compile(r"[^\W\d_]+")

Shingles = frozenset[tuple[str, ...]]


@lru_cache(maxsize=1024)
def shingles(text: str) -> Shingles:
    """The runs of three words of a text; one run of all its words if it has fewer than three."""
    words = _WORD.findall(text.casefold())
    if len(words) < _SHINGLE:
        return frozenset([tuple(words)]) if words else frozenset()
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def stands_in(shown: Shingles, other: Shingles) -> bool:
    """Whether the shown passage holds nearly all words of the other, so that the other need not be shown too."""
    return bool(other) and len(shown & other) >= _MOSTLY * len(other)
