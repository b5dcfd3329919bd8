"""Starters: questions to begin with, for each audience. The front matter gives them; else one is made of each heading.

A question made of a heading claims nothing: it asks what stands under it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, TypeVar

from peerqa.library.review import Review

Audience = Literal["students", "practitioners", "instructors"]
_T = TypeVar("_T")
AUDIENCES: tuple[Audience, ...] = ("students", "practitioners", "instructors")
MOST = 6
"""Starters that are shown at most."""

# Words in the headings that an audience comes for. A heading goes to the first audience that matches.
_COMES_FOR: dict[Audience, re.Pattern[str]] = {
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
    """A question to begin with. audience: whom it is for; None if the front matter does not say."""

    question: str
    audience: Audience | None = None


def about(heading: str) -> str:
    """The question that asks what stands under a heading."""
    return f"What does the review say about “{heading}”?"


def starters_of(reviews: Sequence[Review]) -> tuple[Starter, ...]:
    """The starters of some reviews, at most MOST: the audiences take turns, and so do the reviews within each.

    If the front matter of any review gives starters, these are all.
    """
    given = list(_in_turns([[Starter(text) for text in _listed(review, "starters")] for review in reviews]))
    by_audience = [
        list(_in_turns([[Starter(text, one) for text in _listed(review, f"starters-{one}")] for review in reviews]))
        for one in AUDIENCES
    ]
    if given or any(by_audience):
        return tuple(dict.fromkeys([*_in_turns(by_audience), *given]))[:MOST]
    made: dict[Audience, list[Starter]] = {audience: [] for audience in AUDIENCES}
    for heading in _telling_headings(reviews):
        audience = next(one for one, words in _COMES_FOR.items() if words.search(heading))
        made[audience].append(Starter(about(heading), audience))
    return tuple(_in_turns([made[audience] for audience in AUDIENCES]))[:MOST]


def _telling_headings(reviews: Sequence[Review]) -> Iterator[str]:
    """The headings that only one review has; the reviews take turns. "Introduction" in two of them tells nothing."""
    own = [
        list(dict.fromkeys(one.heading for one in review.document.sections if one.paragraphs and one.heading))
        for review in reviews
    ]
    shared = Counter(heading for headings in own for heading in headings)
    return _in_turns([[heading for heading in headings if shared[heading] == 1] for headings in own])


def _in_turns(lists: Sequence[Sequence[_T]]) -> Iterator[_T]:
    """The first item of each list, then the second of each, and so on."""
    return (one for row in zip_longest(*lists) for one in row if one is not None)


def _listed(review: Review, key: str) -> tuple[str, ...]:
    """What the front matter of a review says under a key, as a tuple."""
    value = review.document.metadata.get(key)
    return value if isinstance(value, tuple) else (value,) if value else ()
