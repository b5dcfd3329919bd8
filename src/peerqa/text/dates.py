"""The pattern of a year of publication, for use inside larger patterns."""

from __future__ import annotations

import re

YEAR = r"(?:1[5-9]|20)\d\d"
"""A year from 1500 to 2099."""

UNDATED = r"(?:n\.\s?d\.?|in press|forthcoming)"
"""What replaces the year of a work without a date, or of one that is not yet published."""

_YEAR_ALONE = re.compile(rf"\b{YEAR}\b")


def year_in(text: str | None) -> str | None:
    """The first year of a text, "2022" in "6 May 2022"; None if it has none."""
    found = _YEAR_ALONE.search(text or "")
    return found[0] if found else None
