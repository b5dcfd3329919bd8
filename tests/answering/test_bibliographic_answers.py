"""What is told of a review and its works, with the sentences that cite them."""

from __future__ import annotations

import pytest

from peerqa.answering.answer import Answer
from peerqa.answering.assistant import Assistant


def keys(answer: Answer) -> list[str]:
    return [reference.key for reference in answer.references]


def test_facts_of_the_review_are_told(little: Assistant) -> None:
    title = little.reviews[0].document.title
    for question, said in [
        ("Who wrote this review?", f"“{title}” is by A. Writer."),
        ("when was it published", f"“{title}” is dated 2023-04-05."),
        ("How many works does the review cite?", f"The reference list of “{title}” has 2 works."),
    ]:
        answer = little.ask(question)
        assert (answer.status, answer.message, answer.confidence) == ("answered", said, 1.0)
        assert not any(highlight for passage in answer.passages for highlight in passage.highlights)


def test_the_works_of_a_year_come_with_the_sentences_that_cite_them(little: Assistant) -> None:
    answer = little.ask("What do you cite from 2009?")
    assert answer.message == "The reference list has one work from 2009; these sentences cite it."
    assert keys(answer)[0] == "moll-2009"
    shown = [highlight.text for passage in answer.passages for highlight in passage.highlights]
    assert shown
    assert all("Moll" in text for text in shown)
    assert little.ask("What do you cite from 1999?").message == "The reference list has no work from 1999."


def test_what_an_author_found_leads_with_sentences_that_name_the_author(little: Assistant) -> None:
    answer = little.ask("What did Moll et al. find?")
    assert answer.status == "answered"
    assert keys(answer)[0] == "moll-2009"
    assert answer.passages[0].highlights[0].text.startswith("Moll et al. found")


@pytest.mark.parametrize("question", ["What did parents find?", "What did Moll et al. find on hours?"])
def test_what_is_no_author_is_searched(little_answering: Assistant, question: str) -> None:
    assert little_answering.ask(question).confidence < 1


def test_a_section_is_searched_for_everything(little: Assistant) -> None:
    assert little.within("Challenges").ask("Who wrote this review?").confidence < 1


@pytest.mark.model
def test_works_about_a_topic_are_those_cited_where_it_is_spoken_of(real: Assistant) -> None:
    answer = real.ask("which studies are about young people?")
    assert keys(answer)[0] == "hiller-venegas-2022"
    assert "youth" in answer.passages[0].highlights[0].text
    assert real.ask("which studies are about penguins?").status == "not_covered"
