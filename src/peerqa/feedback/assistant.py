"""An assistant that keeps the questions which the reviews did not answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from peerqa.answering.answer import Answer
from peerqa.answering.asking import Assistant
from peerqa.errors import KeptQuestionsError
from peerqa.feedback.gaps import KeptQuestions
from peerqa.library.asked_library import Library
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice

_log = logging.getLogger("peerqa.feedback")


class FeedbackAssistant:
    """Passes questions on to another assistant, and keeps those that it did not answer.

    A file that cannot be written is logged; the answer is given all the same.
    """

    def __init__(self, assistant: Assistant, kept: KeptQuestions) -> None:
        self._assistant = assistant
        self._kept = kept

    @property
    def library(self) -> Library:
        return self._assistant.library

    @property
    def starters(self) -> Sequence[Suggestion]:
        return self._assistant.starters

    @property
    def warnings(self) -> Sequence[Notice]:
        return self._assistant.warnings

    def within(self, section: str) -> FeedbackAssistant:
        """The same, narrowed to a section. Raises what the other assistant raises."""
        return FeedbackAssistant(self._assistant.within(section), self._kept)

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer:
        """The other assistant's answer. Raises what the other assistant raises."""
        answer = self._assistant.ask(question, history, documents, tags)
        if answer.status == "not_covered":
            try:
                self._kept.keep(question)
            except KeptQuestionsError as error:  # it names the file, not the question
                _log.error("a question could not be kept: %s", error)
        return answer
