"""The route that keeps thumbs."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from peerqa.answering.asking import checked_question, log_failure
from peerqa.errors import KeptQuestionsError, QuestionError
from peerqa.feedback.gaps import KeptQuestions
from peerqa.http.routes import PROBLEMS
from peerqa.http.schemas import Rating
from peerqa.wording.catalogue import gettext
from peerqa.wording.notices import worded


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
            raise HTTPException(500, gettext("The file of kept questions cannot be written.")) from None

    return router
