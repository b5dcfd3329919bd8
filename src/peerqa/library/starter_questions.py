"""Questions to begin with, for each kind of reader: those that the front matter gives, else one for each heading.

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

CrossEncoder = Literal["students", "practitioners", "instructors"]
_T = TypeVar("_T")
PARSERS: tuple[CrossEncoder, ...] = ("students", "practitioners", "instructors")
MOST = 6

# What the headings of reviews are called that this kind of reader comes for; the first kind that fits has it.
_COMES_FOR: dict[CrossEncoder, re.Pattern[str]] = {
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
    reader: CrossEncoder | None = None


def about(heading: str) -> str:
    """The question what stands under a heading."""
    return f"What does the review say about “{heading}”?"


def starters_of(reviews: Sequence[Review]) -> tuple[Starter, ...]:
    """At most six, the kinds of readers in turns, and the reviews in turns within each kind.

    What the front matter gives comes first and alone.
    """
    given = list(_in_turns([[Starter(text) for text in _listed(review, "starters")] for review in reviews]))
    by_reader = [
        list(_in_turns([[Starter(text, one) for text in _listed(review, f"starters-{one}")] for review in reviews]))
        for one in PARSERS
    ]
    if given or any(by_reader):
        return tuple(dict.fromkeys([*_in_turns(by_reader), *given]))[:MOST]
    sorted_out: dict[CrossEncoder, list[Starter]] = {reader: [] for reader in PARSERS}
    for heading in _telling_headings(reviews):
        reader = next(one for one, words in _COMES_FOR.items() if words.search(heading))
        sorted_out[reader].append(Starter(about(heading), reader))
    return tuple(_in_turns([sorted_out[reader] for reader in PARSERS]))[:MOST]


def _telling_headings(reviews: Sequence[Review]) -> Iterator[str]:
    """The headings that one review alone has, the reviews in turns; "Introduction" in two of them leads nowhere."""
    own = [
        list(dict.fromkeys(one.heading for one in review.document.sections if one.paragraphs and one.heading))
        for review in reviews
    ]
    shared = Counter(heading for headings in own for heading in headings)
    return _in_turns([[heading for heading in headings if shared[heading] == 1] for headings in own])


def _in_turns(lists: Sequence[Sequence[_T]]) -> Iterator[_T]:
    return (one for row in zip_longest(*lists) for one in row if one is not None)


def _listed(review: Review, key: str) -> tuple[str, ...]:
    value = review.document.metadata.get(key)
    return value if isinstance(value, tuple) else (value,) if value else ()
