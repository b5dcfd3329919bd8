"""A cross-encoder without a model: a sentence scores by the words that it shares with the question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from peerqa.models.cross_encoder import CrossEncoderScores


class StubCrossEncoder:
    """Logits from -3 (no word of the question is in the sentence) to 3 (all are)."""

    def __init__(self, name: str = "stub") -> None:
        self.name = name

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        asked = _words(question)
        scored = [tuple(_logit(asked, _words(text)) for text in sentences) for _, sentences in passages]
        return [CrossEncoderScores(max(logits, default=-3.0), logits) for logits in scored]


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"\w+", text.casefold())}


def _logit(asked: set[str], said: set[str]) -> float:
    return 6 * len(asked & said) / max(1, len(asked)) - 3
