"""Signals of retrieval -> the probability that the review answers.

Two questions must both come out well. Is it on the review's subject at all ("topic")? And do the passages speak of what
exactly is asked ("detail")? Each is a logistic regression on a few signals, and the confidence is their product: one
alone is fooled, by near misses, which share the vocabulary, or by short questions. Where the reader has read the best
passages its judgement is among the signals of detail, and there is a set of parameters for either case. They are in
confidence.json, made by `python benchmarks/fit_confidence.py`; no question put to the first review was used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

READ = "read_passages"
"""A signal that is there where the reader was asked."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """1 / (1 + exp(-(intercept + sum of weight * signal)))."""

    intercept: float
    weights: Mapping[str, float]

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability, 0..1. Raises KeyError where a signal is missing."""
        total = self.intercept + sum(weight * signals[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@dataclass(frozen=True, slots=True)
class Confidence:
    """Both regressions, and the probability below which the review is said not to answer."""

    topic: Logistic
    detail: Logistic
    threshold: float

    def of(self, signals: Mapping[str, float]) -> float:
        """How likely the review answers, 0..1."""
        return self.topic.of(signals) * self.detail.of(signals)


def fitted_for(signals: Mapping[str, float]) -> Confidence:
    """The parameters that ship with the package, for signals with the reader's among them or without."""
    return fitted("reader" if READ in signals else "retrieval")


@lru_cache(maxsize=2)
def fitted(case: str = "retrieval") -> Confidence:
    """The parameters that ship with the package: "retrieval" alone, or retrieval and "reader"."""
    read = json.loads(resources.files(__package__).joinpath("confidence.json").read_text("utf-8"))[case]
    topic, detail = (Logistic(read[part]["intercept"], read[part]["weights"]) for part in ("topic", "detail"))
    return Confidence(topic, detail, read["threshold"])
