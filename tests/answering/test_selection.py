"""Which sentences are shown, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerqa.answering.selection import Selected, select
from peerqa.retrieval.parameters import shipped_parameters
from peerqa.retrieval.retriever import Hit

NUMBERS = replace(
    shipped_parameters().selection, passage_weight=0.5, margin=0.2, continuation_bonus=0.1, most_highlights=3
)
TEXTS = {0: ("Rain falls.", "This makes it wet.", "Snow lies.", "Hail hurts."), 1: ("Wind blows.", "They say so.")}


def shown(*hits: Hit) -> list[tuple[int, tuple[int, ...]]]:
    found = select(hits, lambda hit, number: TEXTS[hit.row][number], NUMBERS)
    return [(one.hit.row, one.sentences) for one in found]


def test_the_best_sentence_leads_wherever_it_stands() -> None:
    assert shown(Hit(0, 1.0, (0.85, 0.1, 0.9, 1.0))) == [(0, (3, 2, 0))]


def test_no_passage_is_given_a_sentence_that_has_not_earned_it() -> None:
    assert shown(Hit(0, 1.0, (1.0, 0.1, 0.1, 0.1)), Hit(1, 1.0, (0.7, 0.6))) == [(0, (0,))]


def test_a_sentence_of_a_worse_passage_is_worth_less() -> None:
    first = Hit(0, 1.0, (1.0, 0.1, 0.1, 0.1))
    assert shown(first, Hit(1, 0.9, (0.9, 0.1))) == [(0, (0,)), (1, (0,))]
    assert shown(first, Hit(1, 0.7, (0.9, 0.1))) == [(0, (0,))]


def test_the_passage_of_the_best_sentence_comes_first() -> None:
    assert shown(Hit(0, 1.0, (0.9, 0.1, 0.1, 0.1)), Hit(1, 0.95, (1.0, 0.1))) == [(1, (0,)), (0, (0,))]


def test_what_goes_on_from_the_best_is_taken_along() -> None:
    assert shown(Hit(0, 1.0, (1.0, 0.75, 0.1, 0.1))) == [(0, (0, 1))]  # "This makes ..."
    assert shown(Hit(0, 1.0, (0.1, 0.1, 1.0, 0.75))) == [(0, (2,))]  # "Hail hurts."


def test_two_that_only_stand_together_stay_together() -> None:
    assert shown(Hit(0, 1.0, (0.95, 1.0, 0.9, 0.1))) == [(0, (0, 1, 2))]


def test_at_most_so_many_are_shown() -> None:
    assert shown(Hit(0, 1.0, (1.0, 1.0, 1.0, 1.0))) == [(0, (0, 1, 2))]


@pytest.mark.parametrize("hits", [(), (Hit(0, 1.0, ()),)])
def test_nothing_is_made_of_nothing(hits: tuple[Hit, ...]) -> None:
    nothing: tuple[Selected, ...] = ()
    assert select(hits, lambda hit, number: "", NUMBERS) == nothing
