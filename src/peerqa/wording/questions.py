"""Words for a question that cannot be asked."""

from __future__ import annotations

from peerqa.answering.asking import QuestionError, QuestionProblem
from peerqa.wording import strings


def question_problem(error: QuestionError) -> str:
    """One line on why a question cannot be asked, in the language that is in use."""
    if error.problem is QuestionProblem.TOO_LONG:
        return strings.too_long(error.limit)
    return strings.NOT_TEXT if error.problem is QuestionProblem.NOT_TEXT else strings.NO_QUESTION
