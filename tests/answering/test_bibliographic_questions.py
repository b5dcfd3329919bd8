"""Questions about a review and its works are told from questions on its subject."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peerqa.answering.bibliographic_questions import Asked, BibliographicQuestion, bibliographic_question

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("typed", "asked", "rest"),
    [
        ("Who wrote this review?", Asked.AUTHOR, ((0, 0), "")),
        ("who is the author", Asked.AUTHOR, ((0, 0), "")),
        ("who wrote it?", Asked.AUTHOR, ((0, 0), "")),
        ("When was the review published?", Asked.DATE, ((0, 0), "")),
        ("when was this written", Asked.DATE, ((0, 0), "")),
        ("How many works does the review cite?", Asked.NUMBER_OF_WORKS, ((0, 0), "")),
        ("how many sources are cited", Asked.NUMBER_OF_WORKS, ((0, 0), "")),
        ("What’s this review about?", Asked.SUBJECT, ((0, 0), "")),
        ("can you summarise the literature review please", Asked.SUBJECT, ((0, 0), "")),
        ("What do you cite from 2022?", Asked.WORKS_OF_YEARS, ((2022, 2022), "")),
        ("which studies are from 2019?", Asked.WORKS_OF_YEARS, ((2019, 2019), "")),
        ("works since 2020", Asked.WORKS_OF_YEARS, ((2020, 9999), "")),
        ("what is cited from between 2010 and 2015", None, None),
        ("which works were published between 2010 and 2015", Asked.WORKS_OF_YEARS, ((2010, 2015), "")),
        ("sources before 2010", Asked.WORKS_OF_YEARS, ((0, 2009), "")),
        ("What did Moll et al. find?", Asked.WORKS_BY, ((0, 0), "Moll et al.")),
        ("what did Repper & Carter (2011) conclude", Asked.WORKS_BY, ((2011, 2011), "Repper & Carter")),
        ("which works are by Tseris", Asked.WORKS_BY, ((0, 0), "Tseris")),
        ("Which studies are about young people?", Asked.WORKS_ABOUT, ((0, 0), "young people")),
        ("what do you cite on pay and hours?", Asked.WORKS_ABOUT, ((0, 0), "pay and hours")),
    ],
)
def test_it_is_told_what_is_asked(typed: str, asked: Asked | None, rest: tuple[tuple[int, int], str] | None) -> None:
    expected = BibliographicQuestion(asked, *rest) if asked and rest else None
    assert bibliographic_question(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "who wrote the training curriculum?",
        "who created the first peer support group",
        "when was the programme published",
        "when did it start?",
        "how many studies were included?",
        "how many participants does the review report?",
        "what is this study about hours about",
        "what did Moll et al. find on hours?",
        "which studies found that pay is low?",
        "which study from 2019 has the largest sample",
        "what happened in 2019?",
        "in 2019",
        "what was published about pay in 2019 and why",
        "what does the review say about challenges?",
        "summarise the challenges",
        "overview of the benefits",
    ],
)
def test_a_question_on_the_subject_is_left_to_the_search(typed: str) -> None:
    assert bibliographic_question(typed) is None


def test_after_other_questions_it_may_be_something_else() -> None:
    assert bibliographic_question("who wrote it?", follows=True) is None
    assert bibliographic_question("who wrote this review?", follows=True) is not None


def test_no_question_of_the_evaluation_is_taken_but_for_a_name() -> None:
    """Names are held against the reference list before such a question is taken."""
    for path in ("evaluation/questions.jsonl", "evaluation/articles/questions.jsonl"):
        for line in (ROOT / path).read_text("utf-8").splitlines():
            row = json.loads(line)
            found = bibliographic_question(row["question"], bool(row["history"]))
            assert found is None or found.asked is Asked.WORKS_BY, row["question"]
