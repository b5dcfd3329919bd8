"""Hits -> the sentences that answer together, in the order in which people should read them.

The best sentence leads. Others earn their place by their scores alone, wherever they stand: no passage is given one
because it is third. A sentence that only makes sense behind a chosen one ("This often occurs in ...") stays behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peerqa.retrieval.parameters import SelectionParameters
from peerqa.retrieval.retriever import Hit
from peerqa.text.openings import points_back

SentenceText = Callable[[Hit, int], str]
"""The words of a sentence of a hit, by its number there."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A hit and the numbers of its chosen sentences, in reading order."""

    hit: Hit
    sentences: tuple[int, ...]


def select(hits: Sequence[Hit], text: SentenceText, parameters: SelectionParameters) -> tuple[Selected, ...]:
    """The chosen sentences of the hits, the passage of the best one first. Empty only if no hit has a sentence.

    hits: best first, as many as may be shown.
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
    if behind in worth and points_back(text(hits[lead[0]], behind[1])):
        worth[behind] = min(worth[lead], worth[behind] + parameters.continuation_bonus)
    ranked = sorted(worth, key=lambda one: (one != lead, -worth[one], one))
    chosen = [one for one in ranked[: parameters.most_highlights] if worth[one] >= worth[lead] - parameters.margin]
    places = dict.fromkeys(place for place, _ in chosen)
    return tuple(
        Selected(hits[place], _reading_order([number for other, number in chosen if other == place], hits[place], text))
        for place in places
    )


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
