"""The assistant that keeps what was not answered: it answers as the other one does, whatever becomes of the file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fake_assistant import FakeAssistant
from peerqa.feedback.assistant import FeedbackAssistant
from peerqa.feedback.gaps import KeptQuestions


def test_it_keeps_what_was_not_answered_in_a_section_too(tmp_path: Path) -> None:
    kept = KeptQuestions(tmp_path / "kept.sqlite")
    assistant = FeedbackAssistant(FakeAssistant(), kept)
    for question in ("What challenges?", "hello", "the price?"):
        assistant.ask(question)
    assistant.within("Challenges to Peer Support").ask("which price?")
    assert [question for _, question in kept.questions()] == ["the price?", "which price?"]


def test_an_answer_is_given_even_if_its_question_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "kept.sqlite"
    kept = KeptQuestions(path)
    path.write_text("this is no database, whatever its name says" * 50)
    with caplog.at_level(logging.ERROR, "peerqa.feedback"):
        answer = FeedbackAssistant(FakeAssistant(), kept).ask("the price?")
    assert answer.status == "not_covered"
    assert "kept.sqlite" in caplog.text
    assert "the price?" not in caplog.text
