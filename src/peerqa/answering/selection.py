"""Hits -> the sentences that answer together, in the order in which people should read them.

The best sentence leads. Others earn their place by their scores alone, wherever they stand: no passage is given one
because it is third. A sentence that only makes sense behind a chosen one ("This often occurs in ...") stays behind it,
and the list that the best one announces ("There are six kinds.") comes along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peerqa.retrieval.parameters import SelectionParameters
from peerqa.retrieval.retriever import Hit
from peerqa.text.enumerations import announces_several, lists_several
from peerqa.text.openings import points_back

SentenceText = Callable[[Hit, int], str]
"""The words of a sentence of a hit, by its number there."""
_ASKS = re.compile(
    r"\W*(?:what|whats|which|who|whom|whose|how|hows|why|when|where|is|are|am|do|does|did|was|were|can|could|should|"
    r"shall|may|might|has|have|had|will|would|any|give|explain|describe|define|compare|tell|and|but|or|so)\b",
    re.IGNORECASE,
)
_THINGS = (
    "challenges|benefits|effects|factors|reasons|barriers|limitations|advantages|disadvantages|consequences|drawbacks|"
    "problems|differences|strengths|weaknesses|causes|recommendations|methods|measures|outcomes|things|steps|ways|aims|"
    "values|skills|roles|criteria"
)
_ASKS_SEVERAL = re.compile(
    r"\b(?:list|name all|overview|summar\w+)\b|\b(?:what|which) (?:are|were|other|else|kinds?|types?|sorts?|forms?)\b|"
    rf"\b(?:what|which) (?:\w+ )?(?:{_THINGS})\b|^\W*(?:{_THINGS}) ",
    re.IGNORECASE,
)
_MOST_KEYWORDS = 7


def asks_widely(question: str) -> bool:
    """Whether a question asks for several things, or is keywords, which want all that is said of them."""
    words = question.split()
    keywords = not question.rstrip().endswith("?") and not _ASKS.match(question) and len(words) <= _MOST_KEYWORDS
    return bool(keywords or _ASKS_SEVERAL.search(question))


@dataclass(frozen=True, slots=True)
class Selected:
    """A hit and the numbers of its chosen sentences, in reading order."""

    hit: Hit
    sentences: tuple[int, ...]


def select(
    hits: Sequence[Hit], text: SentenceText, parameters: SelectionParameters, wide: bool = False
) -> tuple[Selected, ...]:
    """The chosen sentences of the hits, the passage of the best one first. Empty only if no hit has a sentence.

    hits: best first, as many as may be shown. wide: see `asks_widely`.
    """
    if not hits:
        return ()
    worth = {
        (place, number): score - parameters.passage_weight * (hits[0].score - hit.score)
        for place, hit in enumerate(hits)
        for number, score in enumerate(hit.sentences)
    }
    if not worth:
        return ()
    lead = max(worth, key=lambda one: (worth[one], -one[0], -one[1]))
    behind = (lead[0], lead[1] + 1)
    if behind in worth:
        bonus = _continues(text(hits[lead[0]], lead[1]), text(hits[lead[0]], behind[1]), parameters)
        worth[behind] = min(worth[lead], worth[behind] + bonus)
    ranked = sorted(worth, key=lambda one: (one != lead, -worth[one], one))
    margin = parameters.wide_margin if wide else parameters.margin
    chosen = [one for one in ranked[: parameters.most_highlights] if worth[one] >= worth[lead] - margin]
    places = dict.fromkeys(place for place, _ in chosen)
    return tuple(
        Selected(hits[place], _reading_order([number for other, number in chosen if other == place], hits[place], text))
        for place in places
    )


def _continues(sentence: str, behind: str, parameters: SelectionParameters) -> float:
    """What the sentence behind the best one gains because it goes on from it."""
    if announces_several(sentence) and lists_several(behind):
        return parameters.announced_bonus
    return parameters.continuation_bonus if points_back(behind) else 0.0


def _reading_order(numbers: Sequence[int], hit: Hit, text: SentenceText) -> tuple[int, ...]:
    """Sentences of a passage, given best first: in that order, but one that points back stays behind the one before it
    if that is among them."""
    given = set(numbers)
    joined = {number for number in numbers if number - 1 in given and points_back(text(hit, number))}
    order: list[int] = []
    for number in numbers:
        while number in joined:
            number -= 1
        while number in given and number not in order:
            order.append(number)
            if number + 1 not in joined:
                break
            number += 1
    return tuple(order)
