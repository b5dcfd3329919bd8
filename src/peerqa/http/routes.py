"""The typed HTTP interface: `POST /api/ask` and `GET /healthz`.

It translates between HTTP and the assistant and does nothing else. A bad request is a 4xx with one line in
`detail`; a failure inside the assistant is a 500 with one line, logged without the question.
"""

from __future__ import annotations

import logging
import threading
import traceback
import unicodedata
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from peerqa.answering.answer import Answer
from peerqa.errors import CorpusError, Problem, QuestionError, SectionError
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
from peerqa.wording import strings
from peerqa.wording.notices import worded

MAX_HISTORY = 10  # earlier questions that one request may send, and that the page passes on
MAX_DOCUMENTS = 100  # reviews that one request may name
MAX_SECTION = 500  # characters of a heading
_KNOWN_PLACES = (
    "body",
    "question",
    "history",
    "documents",
    "section",
)  # what an error may name: a reader's own keys are not repeated

_log = logging.getLogger("peerqa.web")


class DocumentSummary(Protocol):
    """What the page says of a review."""

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


class Assistant(Protocol):
    """What the interfaces need of an assistant; `ask` is called from several threads at once."""

    @property
    def documents(self) -> Sequence[DocumentSummary]: ...
    @property
    def reviews(self) -> Sequence[Review]: ...
    @property
    def starters(self) -> Sequence[Suggestion]: ...
    @property
    def warnings(self) -> Sequence[Notice]: ...
    def within(self, section: str) -> Assistant: ...
    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer: ...


def checked_question(question: object, limit: int) -> str:
    """The question as one line of text without control characters; raises QuestionError where there is none."""
    if not isinstance(question, str):
        raise QuestionError(Problem.NO_QUESTION)
    if len(question) > limit:
        raise QuestionError(Problem.QUESTION_TOO_LONG, limit=limit)
    if any(unicodedata.category(character) == "Cs" for character in question):
        raise QuestionError(Problem.QUESTION_NOT_TEXT)
    words = "".join(" " if unicodedata.category(c) == "Cc" else c for c in question).split()
    if not words:
        raise QuestionError(Problem.NO_QUESTION)
    return " ".join(words)


def log_failure(error: Exception) -> None:
    """Log what failed and where, but not the message of the error: it may hold the reader's question."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("ask failed with %s at %s", type(error).__name__, " < ".join(reversed(places[-4:])))


class AskRequest(BaseModel):
    """A question, the earlier questions of the same conversation, oldest first, and what to answer from.

    documents: the reviews to ask, each named by its file, as `document` of a passage names it; without any, all are
    asked. section: the heading to search under in them; without it, everything is searched.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    history: Annotated[list[str], Field(max_length=MAX_HISTORY)] = []
    documents: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=MAX_DOCUMENTS)] = []
    section: Annotated[str, Field(max_length=MAX_SECTION)] | None = None


def create_router(assistant: Assistant, *, max_question_length: int, max_concurrent: int) -> APIRouter:
    """The routes; more than `max_concurrent` questions at a time get a 503."""
    router = APIRouter()
    slots = threading.BoundedSemaphore(max_concurrent)
    version = _version()

    @router.get("/healthz")
    def health() -> dict[str, str | int]:
        passages = sum(document.passages for document in assistant.documents)
        return {"status": "ok", "documents": len(assistant.documents), "passages": passages, "version": version}

    @router.post("/api/ask")
    def ask(request: AskRequest) -> dict[str, Any]:
        try:
            question = checked_question(request.question, max_question_length)
            history = [checked_question(earlier, max_question_length) for earlier in request.history]
        except QuestionError as error:
            raise HTTPException(422, worded(error)) from None
        if not slots.acquire(blocking=False):
            raise HTTPException(503, strings.BUSY, headers={"Retry-After": "1"})
        try:
            chosen = assistant if request.section is None else assistant.within(request.section)
            return chosen.ask(question, history, request.documents).to_dict()
        except SectionError as error:
            raise HTTPException(422, _no_such_section(error)) from None
        except CorpusError:
            raise HTTPException(422, strings.NO_SUCH_REVIEW) from None
        except Exception as error:  # whatever it is, the reader gets one line and the log gets no question
            log_failure(error)
            raise HTTPException(500, strings.FAILED) from None
        finally:
            slots.release()

    return router


def _no_such_section(error: SectionError) -> str:
    """The line that names the sections that there are in what is asked, and not what was sent."""
    return f"section: there is none of this name; there are: {'; '.join(error.headings) or 'none'}"


def install_error_handlers(app: FastAPI) -> None:
    """Every error of our own routes is JSON with one line in `detail` that does not repeat the input."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str) and part in _KNOWN_PLACES)
        return JSONResponse({"detail": f"{place or 'body'}: {first['msg']}"}, status_code=422)

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return JSONResponse({"detail": str(error.detail)}, status_code=error.status_code, headers=error.headers)


def _version() -> str:
    """The installed version; a source tree without metadata has none."""
    try:
        return metadata.version("peerqa")
    except metadata.PackageNotFoundError:
        return "0+unknown"
