"""Turns of the page without a page: what a question is answered with in a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.answering.asking import Assistant, QuestionLimiter
from peerqa.web.chat.turns import Answering, Asked, Turn, Turns


def next_turn(
    assistant: Assistant,
    question: object,
    turns: Turns = (),
    limit: int = 1000,
    *,
    documents: Sequence[str] = (),
    section: str = "",
) -> Turn:
    """The turn that follows on others. limit: the most characters of a question."""
    asked = Asked(str(question), section, tuple(documents))
    return Answering(assistant, limit, QuestionLimiter(1, 0)).next_turn(asked, turns)
