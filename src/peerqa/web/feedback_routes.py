"""The route that keeps thumbs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from peerqa.errors import KeptQuestionsError
from peerqa.feedback.gaps import KeptQuestions, Thumb
from peerqa.http.routes import QuestionError, checked_question, log_failure


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
            raise HTTPException(422, str(error)) from None
        except KeptQuestionsError as error:
            log_failure(error)
            raise HTTPException(500, "The file of kept questions cannot be written.") from None

    return router
