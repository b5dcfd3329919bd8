"""An assistant that keeps the questions which the review did not answer, and the route that keeps thumbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from peerqa.answering.answer import Answer
from peerqa.errors import KeptQuestionsError, QuestionError
from peerqa.feedback.gaps import KeptQuestions, Thumb
from peerqa.http.routes import Assistant, DocumentSummary, checked_question, log_failure
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
from peerqa.wording.catalogue import gettext
from peerqa.wording.notices import worded


class FeedbackAssistant:
    """Asks another assistant, and keeps what that did not answer. A file that fails costs nobody their answer."""

    def __init__(self, assistant: Assistant, kept: KeptQuestions) -> None:
        self._assistant = assistant
        self._kept = kept

    @property
    def documents(self) -> Sequence[DocumentSummary]:
        return self._assistant.documents

    @property
    def reviews(self) -> Sequence[Review]:
        return self._assistant.reviews

    @property
    def starters(self) -> Sequence[Suggestion]:
        return self._assistant.starters

    @property
    def warnings(self) -> Sequence[Notice]:
        return self._assistant.warnings

    def within(self, section: str) -> FeedbackAssistant:
        return FeedbackAssistant(self._assistant.within(section), self._kept)

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        answer = self._assistant.ask(question, history, documents)
        if answer.status == "not_covered":
            try:
                self._kept.keep(question)
            except KeptQuestionsError as error:
                log_failure(error)
        return answer


class Rating(BaseModel):
    """A thumb on an answer: its question, and the ids of the passages that it showed."""

    model_config = ConfigDict(extra="forbid")

    question: str
    passages: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=10)] = []
    thumb: Thumb


def create_feedback_router(kept: KeptQuestions, limit: int) -> APIRouter:
    """`POST /api/feedback`; `limit` is the most characters of a question."""
    router = APIRouter()

    @router.post("/api/feedback", status_code=204)
    def rate(rating: Rating) -> None:
        try:
            kept.rate(checked_question(rating.question, limit), [one for one in rating.passages if one], rating.thumb)
        except QuestionError as error:
            raise HTTPException(422, worded(error)) from None
        except KeptQuestionsError as error:
            log_failure(error)
            raise HTTPException(500, gettext("The file of kept questions cannot be written.")) from None

    return router
