"""Signals of retrieval -> the probability that the review answers.

Two questions must both come out well. Is the question on the review's subject at all ("topic")? And do the passages
speak of what exactly is asked ("detail")? Each is a logistic regression on a few signals, and the confidence is their
product. One alone is fooled: by near misses, which share the vocabulary, or by short questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIGNALS = {
    "late_interaction": "late-interaction score of the best passage; of the question alone, not of earlier ones",
    "weak_terms": "quantile (weak_quantile) of the cosines of the question's tokens with the best passage, by weight",
    "weakest_terms": "a lower quantile (weakest_quantile) of them; the tokens of earlier questions are among them",
    "nearest_passage": "highest cosine of the question's vector with that of a passage",
    "nearest_sentence": "highest cosine of the question's vector with that of a sentence",
    "sentence_of_best_passage": "highest cosine of the question's vector with that of a sentence of the best passage",
    "stems_covered": "share of the question's stems, each by its rarity, that the best passage holds (0 to 1)",
    "ahead": "how much the best passage scores above the mean of the next few of its review",
    "bm25": "BM25 score of the best passage, divided by the summed rarity of the question's stems",
}
"""What retrieval tells of every question. The best passage is the one that retrieval ranks first."""
RERANKER_SIGNALS = {
    "reranked_passages": "highest logit that a passage answers, of the passages that the cross-encoder read",
    "reranked_sentences": "highest logit of a sentence of theirs",
    "reranked_mean": "mean of the logits that these passages answer",
    "reranked_nearest": "logit of the sentence of theirs that retrieval ranks first",
}
"""What the cross-encoder adds, where there is one. Logits are limited; see RerankingParameters.logit_limit."""


def ahead(ranked: Sequence[tuple[float, str]], compared: int, alone: float) -> float:
    """The signal of this name. ranked: (score, review) of each passage, best first; at least one. A review that has no
    other passage among them is compared with the rest. compared: passages at most. alone: the signal of one passage."""
    best, review = ranked[0]
    others = [score for score, name in ranked[1:] if name == review] or [score for score, _ in ranked[1:]]
    return best - sum(others[:compared]) / len(others[:compared]) if others else alone


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: 1 / (1 + exp(-(intercept + sum of weight * signal)))."""

    intercept: float
    weights: Mapping[str, float]

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability, 0 to 1. Raises KeyError if a signal is missing."""
        total = self.intercept + sum(weight * signals[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@dataclass(frozen=True, slots=True)
class Confidence:
    """Both regressions, and the probability below which the review is said not to answer."""

    topic: Logistic
    detail: Logistic
    threshold: float

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability that the review answers, 0 to 1. Raises KeyError if a signal is missing."""
        return self.topic.of(signals) * self.detail.of(signals)
