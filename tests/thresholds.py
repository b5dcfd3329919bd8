"""Parameters with a confidence that a test can rely on."""

from __future__ import annotations

from dataclasses import replace

from peerqa.retrieval.confidence import Confidence, Logistic
from peerqa.retrieval.parameters import ConfidenceParameters, Parameters, shipped_parameters


def with_threshold(threshold: float) -> Parameters:
    """The shipped parameters, but the confidence in every answer is .25, and an answer needs at least the threshold: 0
    answers everything, 1 nothing."""
    even = Logistic(0.0, {})
    confidence = Confidence(even, even, threshold)
    return replace(shipped_parameters(), confidence=ConfidenceParameters(confidence, confidence))


ANSWER_ALL = with_threshold(0)
ANSWER_NOTHING = with_threshold(1)
