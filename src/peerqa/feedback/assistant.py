"""An assistant that keeps the questions which the reviews did not answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from peerqa.answering.answer import Answer
from peerqa.errors import KeptQuestionsError
from peerqa.feedback.gaps import KeptQuestions
from peerqa.library.review import Review

_log = logging.getLogger("peerqa.feedback")


class _DocumentSummary(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def works(self) -> int: ...
    @property
    def passages(self) -> int: ...


class _Assistant(Protocol):
    @property
    def documents(self) -> Sequence[_DocumentSummary]: ...
    @property
    def reviews(self) -> Sequence[Review]: ...
    @property
    def starters(self) -> Sequence[str]: ...
    @property
    def warning(self) -> str | None: ...
    def within(self, section: str) -> _Assistant: ...
    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer: ...


class FeedbackAssistant:
    """Passes questions on to another assistant, and keeps those that it did not answer.

    A file that cannot be written is logged; the answer is given all the same.
    """

    def __init__(self, assistant: _Assistant, kept: KeptQuestions) -> None:
        self._assistant = assistant
        self._kept = kept

    @property
    def documents(self) -> Sequence[_DocumentSummary]:
        return self._assistant.documents

    @property
    def reviews(self) -> Sequence[Review]:
        return self._assistant.reviews

    @property
    def starters(self) -> Sequence[str]:
        return self._assistant.starters

    @property
    def warning(self) -> str | None:
        return self._assistant.warning

    def within(self, section: str) -> FeedbackAssistant:
        """The same, narrowed to a section. Raises what the other assistant raises."""
        return FeedbackAssistant(self._assistant.within(section), self._kept)

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """The other assistant's answer. Raises what the other assistant raises."""
        answer = self._assistant.ask(question, history, documents)
        if answer.status == "not_covered":
            try:
                self._kept.keep(question)
            except KeptQuestionsError as error:  # it names the file, not the question
                _log.error("a question could not be kept: %s", error)
        return answer
