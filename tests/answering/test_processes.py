"""Questions answered in several processes: where, with which errors, and what remains when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any, cast

import pytest

from peerqa.answering.answer import Answer
from peerqa.answering.processes import AnsweringProcesses
from peerqa.errors import CorpusError, Problem, SectionError
from stub_assistant import opening


@pytest.fixture(scope="module")
def processes() -> Iterator[AnsweringProcesses]:
    answering = AnsweringProcesses(opening(), opening, 2)
    yield answering
    answering.close()


def process_of(answer: Answer) -> int:
    return int(answer.question.split()[0])


def test_another_process_answers_and_gets_all_that_was_asked(processes: AnsweringProcesses) -> None:
    answer = processes.ask("do cats sleep", ["what do cats do"], documents=["cats.md"])
    assert answer.question.endswith("None do cats sleep ['what do cats do']")
    assert process_of(answer) != os.getpid()


def test_what_is_no_question_is_answered_here(processes: AnsweringProcesses) -> None:
    assert cast(Any, processes).name == "fake"


def test_a_section_goes_along_and_the_whole_stays_whole(processes: AnsweringProcesses) -> None:
    assert " Cats x" in processes.within("Cats").ask("x").question
    assert " None x" in processes.ask("x").question
    with pytest.raises(SectionError) as raised:
        processes.within("nowhere")
    assert raised.value.headings == ("Cats", "Dogs")


def test_an_error_arrives_as_it_was_raised(processes: AnsweringProcesses) -> None:
    with pytest.raises(CorpusError) as raised:
        processes.ask("x", documents=["missing.md"])
    assert str(raised.value) == str(CorpusError(Problem.NO_REVIEW_OF_NAME, name="missing.md", names=("cats.md",)))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_process_that_was_killed_is_replaced(processes: AnsweringProcesses) -> None:
    killed = process_of(processes.ask("x"))
    os.kill(killed, signal.SIGKILL)
    for _ in range(4):
        assert process_of(processes.ask("x")) not in (killed, os.getpid())
