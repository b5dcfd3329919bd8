"""An assistant that tells by what it was asked, and in which process; processes that a test starts can import it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import cast

from peerqa.answering.answer import Answer
from peerqa.answering.asking import Assistant
from peerqa.errors import CorpusError, Problem, SectionError


class StubAssistant:
    """Answers with the number of its process, its section and what it was asked."""

    name = "fake"

    def __init__(self, section: str | None = None) -> None:
        self.section = section

    def within(self, section: str) -> StubAssistant:
        if section == "nowhere":
            raise SectionError(section, ("Cats", "Dogs"))
        return StubAssistant(section)

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        if "missing.md" in documents:
            raise CorpusError(Problem.NO_REVIEW_OF_NAME, name="missing.md", names=("cats.md",))
        return Answer(f"{os.getpid()} {self.section} {question} {list(history)}", question, "answered", 1.0)


def opening() -> Assistant:
    """What each process opens."""
    return cast(Assistant, StubAssistant())
