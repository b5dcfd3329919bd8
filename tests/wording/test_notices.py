"""The words of what stages have to say: each code has its sentence, in both languages, with the values it is given."""

from __future__ import annotations

from enum import Enum

import pytest

from peerqa.answering.answer import Answer, AnswerNotice
from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.library.starter_questions import SuggestionKind, about
from peerqa.notices import Notice
from peerqa.wording.catalogue import using
from peerqa.wording.notices import WORDS, worded

CODES: list[Enum] = [*AnswerNotice, *SuggestionKind, *Discrepancy, *Preference]


def test_each_code_has_its_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == set(CODES)


def test_a_notice_is_worded_in_the_language_in_use_and_its_text_is_english() -> None:
    notice = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section="Hours")
    with using("fr"):
        assert worded(notice) == "La section « Hours » ne répond pas à cette question."
        assert str(notice) == "The section “Hours” does not answer this."
        assert Answer("?", "?", "not_covered", 0.0, notice=notice).message == str(notice)
    assert worded(notice) == str(notice)


@pytest.mark.parametrize(
    ("reviews", "english", "french"),
    [
        (1, "The review does not answer this.", "La revue ne répond pas à cette question."),
        (2, "The reviews do not answer this.", "Les revues ne répondent pas à cette question."),
    ],
)
def test_one_review_or_several_do_not_answer(reviews: int, english: str, french: str) -> None:
    notice = Notice(AnswerNotice.NOT_COVERED, reviews=reviews)
    assert str(notice) == english
    with using("fr"):
        assert worded(notice) == french


def test_notices_of_the_same_code_and_values_are_one() -> None:
    assert len({about("Hours"), about("Hours"), about("Pay")}) == 2
    assert about("Hours") != about("Pay")
    assert repr(about("Hours")) == "Notice(SuggestionKind.ABOUT_SECTION, heading='Hours')"
