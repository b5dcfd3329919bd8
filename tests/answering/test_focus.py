"""The words of a long sentence that answer: what is marked, and above all what is not."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.answering.focus import focus_of
from peerqa.retrieval.retriever import TermMatch
from peerqa.text.clauses import parts_of
from peerqa.text.quantities import quantity_asked_for

NURSES = (
    "While nurses on the night shift slept for six hours in the mean (Cole, 2014), drivers in the control group slept "
    "for eight, whereas pilots of long flights hardly slept at all before a landing."
)
MONEY = (
    "In 2019, the council of the town paid 1.2 million dollars for the first three years of a training programme that "
    "people went through."
)


def met(*words: str) -> list[TermMatch]:
    return [TermMatch(word, word, 0.1) for word in words]


def marked(sentence: str, question: str, *words: str) -> str | None:
    span = focus_of(sentence, question, met(*words))
    return sentence[slice(*span)] if span else None


def test_the_clause_that_holds_what_matches_is_marked() -> None:
    assert marked(NURSES, "what about pilots before landing", "pilots", "landing") == (
        "whereas pilots of long flights hardly slept at all before a landing"
    )
    assert marked(NURSES, "drivers of the control group?", "drivers", "control") == (
        "drivers in the control group slept for eight"
    )


@pytest.mark.parametrize(
    ("sentence", "question", "words"),
    [
        (NURSES, "drivers and pilots?", ("drivers", "pilots")),  # two clauses answer together
        (NURSES, "drivers?", ("drivers",)),  # too little matches
        (NURSES, "nurses on nights?", ("nurses", "night")),  # it only grants something
        (NURSES, "how do pilots sleep before landing?", ("pilots", "landing")),  # how: another clause may say it
        (NURSES, "why do pilots not sleep before landing?", ("pilots", "landing")),  # it gives no reason
        (
            "Drivers slept well, whereas pilots hardly slept before a landing.",
            "pilots?",
            ("pilots", "landing"),
        ),  # short
        (
            "Drivers of the control group slept for eight hours in each night of the week; pilots of long flights "
            "slept well before a landing, but they did so where the crew was large.",
            "did pilots sleep before landing?",
            ("pilots", "landing"),
        ),  # what follows takes something back
    ],
)
def test_nothing_is_marked_where_it_is_not_clear_what(sentence: str, question: str, words: Any) -> None:
    assert marked(sentence, question, *words) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how much did the town pay?", "1.2 million dollars"),
        ("what did the training cost", "1.2 million dollars"),
        ("how many years was it paid for?", None),  # two numbers
        ("how many towns paid?", None),
        ("who paid?", None),
    ],
)
def test_the_quantity_that_is_asked_for_is_marked(question: str, expected: str | None) -> None:
    assert marked(MONEY, question, "town", "paid", "training") == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("what percentage quit?", "Nearly 26% of the pregnant women quit (2%).", "Nearly 26% of the pregnant women"),
        ("what share agreed", "Two thirds of staff agreed.", "Two thirds of staff"),
        ("what percentage quit?", "Of these, 26% quit and 12% tried.", None),
        ("how old were they", "They were aged 16–24 and lived in towns.", "aged 16–24"),
        ("how old were they", "All were 18 years old in 2019.", "18 years old"),
        ("which survey found only 58% of them?", "A survey found that 58% of jails did.", None),
        ("how many plans were rated", "In each period raters read five case plans.", "five case plans"),
        ("how many plans were rated", "In each period two raters read five case plans.", None),
        ("how many plans were rated", "Four of the eight plans were rated.", None),
        ("how many plans were rated", "In 2012 there were eight plans.", "eight plans"),
    ],
)  # fmt: skip
def test_quantities(question: str, sentence: str, expected: str | None) -> None:
    span = quantity_asked_for(question, sentence)
    assert (sentence[slice(*span)] if span else None) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "There were three aims: (1) to read more; (2) to write less; and (3) to sleep well at night.",
        "They include, but were not limited to, falls and injuries of the leg.",
        "They read books (in one town; not in others, whereas many write there) and slept well.",
        "Books, papers, and they themselves were read.",
    ],
)
def test_lists_brackets_and_short_parts_are_not_cut(sentence: str) -> None:
    assert parts_of(sentence) == ((0, len(sentence)),)


@given(st.text(alphabet=" ,;()–but whereasandthey4%", max_size=200), st.text(max_size=40))
def test_any_text_gives_spans_within_it(sentence: str, question: str) -> None:
    parts = parts_of(sentence)
    assert parts[0][0] == 0
    assert parts[-1][1] == len(sentence)
    assert all(left <= right for left, right in parts)
    assert all(one[1] <= other[0] for one, other in pairwise(parts))
    span = focus_of(sentence, question, met("whereas", "they"))
    assert span is None or 0 <= span[0] < span[1] <= len(sentence)
    quantity = quantity_asked_for("how many, what percentage, how much " + question, sentence)
    assert quantity is None or 0 <= quantity[0] < quantity[1] <= len(sentence)
