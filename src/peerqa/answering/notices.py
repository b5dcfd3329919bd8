"""Codes of what an answer tells its reader beside passages, each with the values that belong to it.

They stand apart from the answer, so that wording them loads no index and no model.
"""

from __future__ import annotations

from enum import Enum


class AnswerNotice(Enum):
    """What an answer tells; the comments name the values."""

    GREETING = "greeting"
    EMPTY = "empty"
    UNCLEAR = "unclear"
    GOING_ON_FROM = "going-on-from"  # question: as it was read, in full; earlier: the question before it
    NOT_COVERED = "not-covered"  # reviews: how many were asked
    NOT_COVERED_IN_SECTION = "not-covered-in-section"  # section: its heading
