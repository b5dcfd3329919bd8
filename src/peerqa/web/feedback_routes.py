"""An assistant that keeps the questions which the review did not answer, and the route that keeps thumbs."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException

from peerqa.answering.answer import Answer
from peerqa.answering.asking import Assistant, DocumentSummary, checked_question, log_failure
from peerqa.errors import KeptQuestionsError, QuestionError
from peerqa.feedback.gaps import KeptQuestions
from peerqa.http.routes import PROBLEMS
from peerqa.http.schemas import Rating
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
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


def create_feedback_router(kept: KeptQuestions, limit: int) -> APIRouter:
    """`POST /api/feedback`; `limit` is the most characters of a question."""
    router = APIRouter()

    @router.post("/api/feedback", status_code=204, responses=PROBLEMS)
    def rate(rating: Rating) -> None:
        """Keep a thumb on an answer. The route is there only where the server keeps questions."""
        try:
            kept.rate(checked_question(rating.question, limit), [one for one in rating.passages if one], rating.thumb)
        except QuestionError as error:
            raise HTTPException(422, worded(error)) from None
        except KeptQuestionsError as error:
            log_failure(error)
            raise HTTPException(500, "The file of kept questions cannot be written.") from None

    return router
