"""A missing word is told only where it is missing in any form."""

from __future__ import annotations

import pytest

from peerqa.answering.assistant import Assistant
from peerqa.answering.refusals import missing_words, near_sections, words_of_review
from peerqa.retrieval.query import Query


def missing(little: Assistant, typed: str, read: str | None = None) -> tuple[str, ...]:
    question = Query(typed, typed if read is None else read, (), "question")
    return missing_words(question, [words_of_review(review) for review in little.reviews])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("How common is it in Germany?", ("Germany",)),
        ("Do dentists hope?", ("dentists",)),
        ("What challenges are there for a hospitalised consumer?", ()),  # "hospitals"
        ("Which study compares types of effects?", ()),  # words that ask
        ("Tell me about Tseris", ()),
        ("Do PSWs find it adviser-like?", ()),  # in the reference list
    ],
)
def test_only_what_occurs_in_no_form_is_missing(little: Assistant, typed: str, words: tuple[str, ...]) -> None:
    assert missing(little, typed) == words


def test_what_was_read_as_something_else_is_not_missing(little: Assistant) -> None:
    assert missing(little, "housr in QoL", "hours in quality of life") == ()


def test_of_too_many_reviews_nothing_is_claimed() -> None:
    question = Query("Germany", "Germany", (), "question")
    assert missing_words(question, [frozenset({"france"})] * 50) == ("Germany",)
    assert missing_words(question, [frozenset({"france"})] * 51) == ()
    assert missing_words(question, []) == ()


def test_sections_are_named_once(little: Assistant) -> None:
    passages = little.reviews[0].passages
    assert near_sections(passages) == ("Introduction", "Challenges", "Benefits")
    assert near_sections(passages[1:3]) == ("Challenges",)
