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
    REVIEW_AUTHOR = "review-author"  # title; author
    NO_AUTHOR = "no-author"  # title
    REVIEW_DATE = "review-date"  # title; date
    NO_DATE = "no-date"  # title
    NUMBER_OF_WORKS = "number-of-works"  # title; number: of the entries of its reference list
    NO_WORKS = "no-works"  # title
    REVIEW_SUMMARY = "review-summary"  # title; summary: its own
    REVIEW_SUBJECT = "review-subject"  # title
    WORKS_OF_YEARS = "works-of-years"  # years: one, or the first and the last; number: of works
    NO_WORKS_OF_YEARS = "no-works-of-years"  # years
    WORKS_BY = "works-by"  # name: as it was typed; number: of works
    WORKS_ABOUT = "works-about"  # topic: as it was typed; number: of works
    OTHER_LANGUAGE = "other-language"  # language: ISO 639-1 code of the question's
    NOT_COVERED_WORDS = "not-covered-words"  # reviews: how many were asked; words: of the question, that they lack
