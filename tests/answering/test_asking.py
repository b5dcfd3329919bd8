"""What all interfaces share: which questions can be asked, and how many at once."""

from __future__ import annotations

import logging
import threading
import unicodedata

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.answering.asking import QuestionLimiter, TooManyQuestions, checked_question, log_failure
from peerqa.errors import Problem, QuestionError


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (None, Problem.NO_QUESTION),
        (3, Problem.NO_QUESTION),
        (["why"], Problem.NO_QUESTION),
        ("", Problem.NO_QUESTION),
        (" \t\x00\n", Problem.NO_QUESTION),
        ("\ud800", Problem.QUESTION_NOT_TEXT),
        ("a" * 11, Problem.QUESTION_TOO_LONG),
    ],
)
def test_what_cannot_be_asked_is_a_code(question: object, problem: Problem) -> None:
    with pytest.raises(QuestionError) as error:
        checked_question(question, 10)
    assert error.value.notice.code is problem
    assert error.value.notice.values == ({"limit": 10} if problem is Problem.QUESTION_TOO_LONG else {})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_can_be_asked_is_one_line_of_the_same_words(question: str) -> None:
    checked = checked_question(f"why {question}", 34)
    assert not any(unicodedata.category(c) == "Cc" for c in checked)
    assert [c for c in checked if c.isalnum()] == [c for c in f"why{question}" if c.isalnum()]
    assert checked_question(checked, 34) == checked


def test_a_failure_is_logged_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise RuntimeError("the question is secret")
    except RuntimeError as error:
        log_failure(error)
    assert "RuntimeError" in caplog.text
    assert "test_a_failure_is_logged_without_its_message" in caplog.text
    assert "secret" not in caplog.text
    assert caplog.records[0].levelno == logging.ERROR


class Work:
    """Work that takes until it is let go, and counts how many do it at once."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.go_on.wait()
        with self._lock:
            self.now -= 1
        return "answered"


def test_questions_wait_for_their_turn_and_those_without_a_place_are_refused() -> None:
    limiter, work = QuestionLimiter(2, 3), Work()
    said: list[str] = []

    async def one(may_wait: bool) -> None:
        try:
            said.append(await limiter.run(work, may_wait=may_wait))
        except TooManyQuestions:
            said.append("refused")

    async def everybody() -> None:
        async with anyio.create_task_group() as group:
            for may_wait in (True, False, False, True, True, True, True, False):
                group.start_soon(one, may_wait)
            await anyio.wait_all_tasks_blocked()
            # Two are answered, three wait; one that may wait found no place, and the two that may not.
            assert said == ["refused"] * 3
            work.go_on.set()
        assert said == ["refused"] * 3 + ["answered"] * 5
        assert await limiter.run(work, may_wait=False) == "answered"  # all places are free again

    anyio.run(everybody)
    assert work.most == 2


def test_a_place_is_free_again_after_a_failure() -> None:
    limiter = QuestionLimiter(1, 0)

    def fail() -> None:
        raise ZeroDivisionError

    async def twice() -> None:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await limiter.run(fail, may_wait=False)

    anyio.run(twice)
