"""Question sets: questions with the sentences that answer them, read from JSON lines.

Each line is {"id", "question", "kind", "history", "answers": [{"sentences": [...], "essential": true}]}. `answers` is
empty if the review does not answer; then `kind` says how near it comes ("unanswerable-near", "unanswerable-far").
Sentences are given word for word; each answer may have a "line" and a "document" too, which are not read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerqa.errors import Problem, QuestionSetError
from peerqa.notices import Notice

NEAR, FAR = "unanswerable-near", "unanswerable-far"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with the sentences that answer it: the essential ones, and those that are right too (`also`)."""

    id: str
    question: str
    kind: str
    history: tuple[str, ...]
    essential: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether the review answers."""
        return bool(self.essential or self.also)


def read_questions(path: Path) -> list[GoldQuestion]:
    """Read a question set. Raises QuestionSetError, which names the file and the line, if it cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or Notice(Problem.NOT_UTF8)
        raise QuestionSetError(Problem.NOT_READABLE, path=path, reason=reason) from None
    questions = [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise QuestionSetError(Problem.QUESTION_SET_EMPTY, path=path)
    return questions


def _question(path: Path, number: int, line: str) -> GoldQuestion:
    try:
        row = json.loads(line)
        answers = row.get("answers", [])
        return GoldQuestion(
            id=str(row.get("id", number)),
            question=str(row["question"]),
            kind=str(row.get("kind", "question" if answers else NEAR)),
            history=tuple(str(item) for item in row.get("history", [])),
            essential=_sentences(answers, True),
            also=_sentences(answers, False),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise QuestionSetError(Problem.QUESTION_SET_LINE, path=path, line=number) from None


def _sentences(answers: Sequence[dict[str, Any]], essential: bool) -> tuple[str, ...]:
    return tuple(
        on_one_line(str(sentence))
        for answer in answers
        if bool(answer.get("essential", True)) is essential
        for sentence in answer["sentences"]
    )


def on_one_line(sentence: str) -> str:
    """A sentence with single spaces, to compare it with others."""
    return " ".join(sentence.split())
