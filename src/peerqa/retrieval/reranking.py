"""RetrievalResult -> RetrievalResult: the cross-encoder reads the best passages and helps to order them.

Retrieval is good at finding what a passage speaks of, the cross-encoder at telling whether it answers. So what the
cross-encoder finds is added to the scores of retrieval (a weighted fusion), and its signals go to confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from peerqa.library.passages import EmbeddedText, Passage
from peerqa.models.cross_encoder import CrossEncoder, CrossEncoderScores, probability
from peerqa.retrieval.parameters import RerankingParameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult


class Reranker:
    """Reranks the best hits of a set of passages. Threads may share it."""

    def __init__(
        self,
        cross_encoder: CrossEncoder,
        passages: Sequence[Passage],
        texts: Sequence[EmbeddedText],
        parameters: RerankingParameters,
    ) -> None:
        """passages, and texts: what was embedded of each, in the order of the index's rows."""
        self._parameters = parameters
        self._cross_encoder = cross_encoder
        self._inputs = [
            (passage.heading, tuple(text.text[start:end] for start, end in text.sentences))
            for passage, text in zip(passages, texts, strict=True)
        ]

    def rerank(self, question: Query, result: RetrievalResult) -> RetrievalResult:
        """The same hits, the best of them in their new order, and the cross-encoder's signals beside the others."""
        chosen = result.hits[: self._parameters.candidates]
        scores = self._cross_encoder.score(
            question.written_out, question.history, [self._inputs[hit.row] for hit in chosen]
        )
        hits = [fused(hit, one, self._parameters) for hit, one in zip(chosen, scores, strict=True)]
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        # What is reranked only gains, so the other hits stay behind it.
        ranked = (*(hits[position] for position in order), *result.hits[self._parameters.candidates :])
        return replace(result, hits=ranked, signals={**result.signals, **self._signals(scores)})

    def _signals(self, scores: Sequence[CrossEncoderScores]) -> dict[str, float]:
        """The signals that confidence.RERANKER_SIGNALS names; none if nothing was read.

        They are means over all that was read: if nothing answers, the passages near the best one get low logits too,
        and a mean is less often fooled than the highest.
        """
        if not scores:
            return {}
        limit = self._parameters.logit_limit
        return {
            "reranked_passages": sum(_limited(one.passage, limit) for one in scores) / len(scores),
            "reranked_sentences": sum(_limited(one.best, limit) for one in scores) / len(scores),
        }


def fused(hit: Hit, scores: CrossEncoderScores, parameters: RerankingParameters) -> Hit:
    """A hit whose scores hold those of the cross-encoder too."""

    def softened(logit: float) -> float:
        return probability(logit / parameters.temperature)

    gain = parameters.passage_weight * softened((scores.passage + scores.best) / 2)
    sentences = tuple(
        score + gain + parameters.sentence_weight * softened(logit)
        for score, logit in zip(hit.sentences, scores.sentences, strict=True)
    )
    return Hit(hit.row, hit.score + gain, sentences, scores.sentences)


def _limited(logit: float, limit: float) -> float:
    return max(-limit, min(limit, logit))
