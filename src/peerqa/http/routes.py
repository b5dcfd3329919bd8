"""The HTTP interface: `POST /api/ask` and `GET /healthz`, described in docs/api.md.

It translates between HTTP and the assistant and does nothing else. A request that cannot be answered gets a 4xx status
and one line in `detail`; a failure inside the assistant gets a 500 and one line, and is logged without the question.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from peerqa.answering.asking import (
    Assistant,
    QuestionLimiter,
    TooManyQuestions,
    checked_question,
    log_failure,
)
from peerqa.errors import CorpusError, QuestionError, SectionError
from peerqa.http.schemas import Answer, AskRequest, Health, Problem
from peerqa.wording import strings
from peerqa.wording.notices import worded

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The Host header names another server, or the body cannot be read."},
    413: {"model": Problem, "description": "The body of the request is too large."},
    422: {"model": Problem, "description": "The request is not as described, or names what there is not."},
    500: {"model": Problem, "description": "Something failed on the server; its log says where."},
}
"""The errors that every route with a body can answer with."""
_BUSY: dict[int | str, dict[str, Any]] = {
    503: {"model": Problem, "description": "Too many questions are being answered; try again after `Retry-After`."}
}
_KNOWN_PLACES = frozenset({"body", *AskRequest.model_fields})
"""What an error may name of a request; keys of the sender's own making are not repeated."""


def create_router(assistant: Assistant, *, max_question_length: int, limiter: QuestionLimiter) -> APIRouter:
    """The routes. A question that finds all places of the limiter taken gets a 503."""
    router = APIRouter()
    version = installed_version()

    @router.get("/healthz")
    def health() -> Health:
        """Whether the server is up, and what it answers from."""
        documents, passages, _ = assistant.library.totals()
        return Health(status="ok", documents=documents, passages=passages, version=version)

    @router.post("/api/ask", responses={**PROBLEMS, **_BUSY})
    async def ask(request: AskRequest) -> Answer:
        """Answer a question with the reviews' own sentences and the works that they cite."""
        try:
            question = checked_question(request.question, max_question_length)
            history = [checked_question(earlier, max_question_length) for earlier in request.history]
        except QuestionError as error:
            raise HTTPException(422, worded(error)) from None

        def answer() -> Answer:
            chosen = assistant if request.section is None else assistant.within(request.section)
            return Answer.model_validate(chosen.ask(question, history, request.documents, request.tags).to_dict())

        try:
            return await limiter.run(answer, may_wait=False)
        except TooManyQuestions:
            raise HTTPException(503, strings.BUSY, headers={"Retry-After": "1"}) from None
        except SectionError as error:
            raise HTTPException(422, _no_such_section(error)) from None
        except CorpusError as error:
            raise HTTPException(422, _no_such_review(error)) from None
        except Exception as error:  # whatever it is, the reader gets one line and the log gets no question
            log_failure(error)
            raise HTTPException(500, strings.FAILED) from None

    return router


def _no_such_section(error: SectionError) -> str:
    """One line that names the sections of the reviews that were asked, and does not repeat what was sent."""
    return f"section: there is none of this name; there are: {'; '.join(error.headings) or 'none'}"


def _no_such_review(error: CorpusError) -> str:
    """One line that does not repeat what was sent; of a tag that no review has, it names the tags that there are."""
    known = error.notice.values.get("tags")
    if not isinstance(known, tuple):
        return strings.NO_SUCH_REVIEW
    return f"tags: no review has this one; there are: {'; '.join(known) or 'none'}"


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of our own routes JSON with one line in `detail` that does not repeat the input."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str) and part in _KNOWN_PLACES)
        return JSONResponse({"detail": f"{place or 'body'}: {first['msg']}"}, status_code=422)

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return JSONResponse({"detail": str(error.detail)}, status_code=error.status_code, headers=error.headers)


def installed_version() -> str:
    """The installed version of peerqa; a source tree that is not installed has none."""
    try:
        return metadata.version("peerqa")
    except metadata.PackageNotFoundError:
        return "0+unknown"
