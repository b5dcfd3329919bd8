"""Starters: questions to begin with, for each audience. The front matter gives them; else one is made of each heading.

A question made of a heading claims nothing: it asks what stands under it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any, Literal, TypeVar

from peerqa.notices import Notice

Audience = Literal["students", "practitioners", "instructors"]
_T = TypeVar("_T")
AUDIENCES: tuple[Audience, ...] = ("students", "practitioners", "instructors")
MOST = 6
"""Starters that are shown at most."""


class SuggestionKind(Enum):
    """Kinds of questions that are made for a review. heading: of the section."""

    ABOUT_SECTION = "about-section"


Suggestion = str | Notice
"""A question to ask next: as an author wrote it, or a notice of a SuggestionKind. `str()` is the question to ask."""

# Words in the headings that each audience looks for; a heading goes to the first audience whose words it has.
_LOOKED_FOR: dict[Audience, re.Pattern[str]] = {
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
class Outline:
    """What questions to begin with are made from: the front matter of a review, and its headings with paragraphs."""

    metadata: Mapping[str, str | tuple[str, ...]]
    headings: tuple[str, ...]

    @classmethod
    def of_values(cls, metadata: Mapping[str, Any], headings: Sequence[str]) -> Outline:
        """An outline from JSON values."""
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in metadata.items()}
        return cls(given, tuple(headings))


def about(heading: str) -> Notice:
    """The question that asks what the review says under a heading."""
    return Notice(SuggestionKind.ABOUT_SECTION, heading=heading)


def starters_of(reviews: Sequence[Outline]) -> tuple[Suggestion, ...]:
    """At most six questions, each once: the audiences take turns, and within each audience the reviews do.

    Questions from the front matter of any review replace all questions made of headings.
    """
    given = _in_turns([_listed(review, "starters") for review in reviews])
    by_audience = [list(_in_turns([_listed(review, f"starters-{one}") for review in reviews])) for one in AUDIENCES]
    written = tuple(dict.fromkeys([*_in_turns(by_audience), *given]))
    if written:
        return written[:MOST]
    by_heading: dict[Audience, list[Notice]] = {audience: [] for audience in AUDIENCES}
    for heading in _distinctive_headings(reviews):
        audience = next(one for one, words in _LOOKED_FOR.items() if words.search(heading))
        by_heading[audience].append(about(heading))
    return tuple(_in_turns([by_heading[audience] for audience in AUDIENCES]))[:MOST]


def _distinctive_headings(reviews: Sequence[Outline]) -> Iterator[str]:
    """The headings that only one review has, the reviews in turns; "Introduction" in two of them leads nowhere."""
    own = [list(dict.fromkeys(review.headings)) for review in reviews]
    shared = Counter(heading for headings in own for heading in headings)
    return _in_turns([[heading for heading in headings if shared[heading] == 1] for headings in own])


def _in_turns(lists: Sequence[Sequence[_T]]) -> Iterator[_T]:
    """The first item of each list, then the second of each, and so on."""
    return (one for row in zip_longest(*lists) for one in row if one is not None)


def _listed(review: Outline, key: str) -> tuple[str, ...]:
    """What the front matter of a review says under a key, as a tuple."""
    value = review.metadata.get(key)
    return value if isinstance(value, tuple) else (value,) if value else ()
