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

from peerqa.errors import PeerqaError

NEAR, FAR = "unanswerable-near", "unanswerable-far"


class QuestionSetError(PeerqaError):
    """A question set that cannot be read."""


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
        raise QuestionSetError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from None
    questions = [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise QuestionSetError(f"{path}: holds no question; give one JSON object a line")
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
        raise QuestionSetError(
            f"{path}, line {number}: not a question; it wants a JSON object with “question” and “answers” "
            "(a list of {“sentences”: [...], “essential”: true})"
        ) from None


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
