"""What all interfaces share: the protocol of an assistant, the check of a question, the limit on questions at once.

Nothing here makes a sentence for people: a question that cannot be asked is a code, which the interfaces word.
"""

from __future__ import annotations

import logging
import traceback
import unicodedata
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from anyio import CapacityLimiter, to_thread

from peerqa.answering.answer import Answer
from peerqa.errors import Problem, QuestionError
from peerqa.index.building import Progress as Progress  # so that no interface needs to know the index
from peerqa.library.asked_library import Library
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice

MAX_HISTORY = 10
"""Earlier questions that one request may send, and that the page passes on."""
MAX_DOCUMENTS = 100
"""Reviews that one request may name."""
MAX_SECTION = 500
"""Characters of a heading."""

_log = logging.getLogger("peerqa.answering.asking")
_Result = TypeVar("_Result")


# ---- the assistant --------------------------------------------------------------------------------------------------


class Assistant(Protocol):
    """What an interface needs of an assistant; `ask` is called from several threads at once."""

    @property
    def library(self) -> Library: ...
    @property
    def starters(self) -> Sequence[Suggestion]: ...
    @property
    def warnings(self) -> Sequence[Notice]: ...
    def within(self, section: str) -> Assistant: ...
    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer: ...


# ---- the question ---------------------------------------------------------------------------------------------------


def checked_question(question: object, limit: int) -> str:
    """The question on one line, without control characters. limit: the most characters. Raises QuestionError."""
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
    """Log the type and the place of an error, but not its message, which may hold the question."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("ask failed with %s at %s", type(error).__name__, " < ".join(reversed(places[-4:])))


# ---- the limit ------------------------------------------------------------------------------------------------------


class TooManyQuestions(Exception):
    """As many questions as allowed are being answered or waiting."""


class QuestionLimiter:
    """Limits how many questions are answered at once, by all interfaces of a server together.

    The interfaces share one limiter and one event loop. It also stands in for Gradio's queue, which a browser asks for
    its answer every 50 ms.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        """at_once: questions answered at a time. waiting: questions that may wait for their turn besides."""
        self._threads = CapacityLimiter(at_once)
        self._at_once, self._waiting = at_once, waiting
        self._present = 0  # answered or waiting; counted in the one thread of the event loop

    async def run(self, work: Callable[[], _Result], *, may_wait: bool) -> _Result:
        """Run `work` in a thread and return its result. may_wait: whether the question waits for its turn.

        Raises TooManyQuestions where there is no place.
        """
        if self._present >= self._at_once + (self._waiting if may_wait else 0):
            raise TooManyQuestions
        self._present += 1
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._present -= 1
