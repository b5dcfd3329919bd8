"""What a date of publication looks like: patterns for use inside larger ones."""

from __future__ import annotations

import re

YEAR = r"(?:1[5-9]|20)\d\d"
"""A year from 1500 to 2099."""

UNDATED = r"(?:n\.\s?d\.?|in press|forthcoming)"
"""What stands for the year of a work that has none, or none yet."""

_YEAR_ALONE = re.compile(rf"\b{YEAR}\b")


def year_in(text: str | None) -> str | None:
    """The first year of a text, "2022" in "6 May 2022"; None if it has none."""
    found = _YEAR_ALONE.search(text or "")
    return found[0] if found else None
