"""Questions to begin with, for each kind of reader: those that the front matter gives, else one for each heading.

A question made of a heading claims nothing: it asks what stands under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from .review import Review

Reader = Literal["students", "practitioners", "instructors"]
READERS: tuple[Reader, ...] = ("students", "practitioners", "instructors")
MOST = 6

# What the headings of reviews are called that this kind of reader comes for; the first kind that fits has it.
_COMES_FOR: dict[Reader, re.Pattern[str]] = {
    "instructors": re.compile(
        r"\b(?:discussion|conclusions?|limitations?|gaps?|future|research|evidence|methods?|ethic\w*|critique|quality)\b",
        re.IGNORECASE,
    ),
    "practitioners": re.compile(
        r"\b(?:practice|roles?|benefits?|challenges?|barriers?|implications?|interventions?|recommendations?|polic\w+|"
        r"implement\w+|outcomes?|work|strateg\w+|treatments?|applications?|services?|training)\b",
        re.IGNORECASE,
    ),
    "students": re.compile(""),
}


@dataclass(frozen=True, slots=True)
class Starter:
    """A question to begin with. reader: the kind of reader that it is for; None where the front matter does not say."""

    question: str
    reader: Reader | None = None


def about(heading: str) -> str:
    """The question what stands under a heading."""
    return f"What does the review say about “{heading}”?"


def starters_of(reviews: Sequence[Review]) -> tuple[Starter, ...]:
    """At most six, the kinds of readers in turns; what the front matter gives comes first and alone."""
    given = [Starter(text) for review in reviews for text in _listed(review, "starters")]
    by_reader = [[Starter(text, one) for r in reviews for text in _listed(r, f"starters-{one}")] for one in READERS]
    if given or any(by_reader):
        return tuple(dict.fromkeys([*_in_turns(by_reader), *given]))[:MOST]
    headings = dict.fromkeys(
        section.heading
        for review in reviews
        for section in review.document.sections
        if section.paragraphs and section.heading
    )
    sorted_out: dict[Reader, list[Starter]] = {reader: [] for reader in READERS}
    for heading in headings:
        reader = next(one for one, words in _COMES_FOR.items() if words.search(heading))
        sorted_out[reader].append(Starter(about(heading), reader))
    return tuple(_in_turns([sorted_out[reader] for reader in READERS]))[:MOST]


def _in_turns(lists: Sequence[Sequence[Starter]]) -> Iterator[Starter]:
    return (one for row in zip_longest(*lists) for one in row if one is not None)


def _listed(review: Review, key: str) -> tuple[str, ...]:
    value = review.document.metadata.get(key)
    return value if isinstance(value, tuple) else (value,) if value else ()
