"""Which sentences are shown, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerqa.answering.selection import Selected, asks_widely, select
from peerqa.retrieval.parameters import shipped_parameters
from peerqa.retrieval.retriever import Hit

NUMBERS = replace(
    shipped_parameters().selection,
    passage_weight=0.5,
    margin=0.2,
    wide_margin=0.3,
    continuation_bonus=0.1,
    announced_bonus=0.4,
    most_highlights=3,
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


def test_the_list_that_the_best_sentence_announces_comes_along() -> None:
    texts = {0: ("There are three kinds.", "They include rain, snow, and hail.", "Rain is wet.", "All fall.")}

    def chosen(*scores: float) -> list[tuple[int, ...]]:
        return [one.sentences for one in select([Hit(0, 1.0, scores)], lambda hit, n: texts[hit.row][n], NUMBERS)]

    assert chosen(1.0, 0.45, 0.45, 0.45) == [(0, 1)]
    assert chosen(1.0, 0.35, 0.45, 0.45) == [(0,)]
    assert chosen(0.45, 0.45, 1.0, 0.45) == [(2,)]  # "Rain is wet." announces nothing


def test_a_question_for_several_things_is_shown_more() -> None:
    hit = Hit(0, 1.0, (0.74, 0.1, 0.1, 1.0))
    shown_of = {
        wide: [one.sentences for one in select([hit], lambda hit, n: TEXTS[hit.row][n], NUMBERS, wide)]
        for wide in (False, True)
    }
    assert shown_of == {False: [(3,)], True: [(3, 0)]}


@pytest.mark.parametrize(
    ("question", "wide"),
    [
        ("What are the challenges?", True),
        ("which other kinds exist?", True),
        ("What barriers do nurses face?", True),
        ("list the values", True),
        ("sleep of nurses", True),
        ("limitations", True),
        ("What is sleep?", False),
        ("How long do nurses sleep", False),
        ("sleep of nurses?", False),
        ("nurses who sleep on the ward at night and on days off", False),
    ],
)
def test_which_questions_ask_widely(question: str, wide: bool) -> None:
    assert asks_widely(question) is wide
