"""RetrievalResult -> RetrievalResult: the cross-encoder reads the best passages and helps to order them.

Retrieval is good at finding what a passage speaks of, the cross-encoder at telling whether it answers. So what the
cross-encoder finds is added to the scores of retrieval (a weighted fusion), and its signals go to confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from peerqa.index.collection import IndexedPassage
from peerqa.models.cross_encoder import LOWEST_LOGIT, CrossEncoder, CrossEncoderScores, probability
from peerqa.retrieval.parameters import RerankingParameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult


class Reranker:
    """Reranks the best hits. Threads may share it."""

    def __init__(self, cross_encoder: CrossEncoder, parameters: RerankingParameters) -> None:
        self._parameters = parameters
        self._cross_encoder = cross_encoder

    def rerank(self, question: Query, result: RetrievalResult) -> RetrievalResult:
        """The same hits, the best of them in their new order, and the cross-encoder's signals beside the others."""
        chosen = result.hits[: passages_read(result.hits, self._parameters)]
        excerpts = [
            Excerpt.of(hit, *read_by_cross_encoder(passage), self._parameters.characters_read)
            for hit, passage in zip(chosen, result.passages, strict=False)
        ]
        read = self._cross_encoder.score(
            question.written_out, question.history, [(one.heading, one.sentences) for one in excerpts]
        )
        scores = [excerpt.spread(one) for excerpt, one in zip(excerpts, read, strict=True)]
        hits = [fused(hit, one, self._parameters) for hit, one in zip(chosen, scores, strict=True)]
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        # What is reranked only gains, so the other hits stay behind it.
        ranked = (*(hits[position] for position in order), *result.hits[len(chosen) :])
        passages = (*(result.passages[position] for position in order), *result.passages[len(chosen) :])
        signals = {**result.signals, **self.signals(chosen, scores)}
        return replace(result, hits=ranked, passages=passages, signals=signals)

    def signals(self, chosen: Sequence[Hit], scores: Sequence[CrossEncoderScores]) -> dict[str, float]:
        """The signals that confidence.RERANKER_SIGNALS names; none if nothing was read. chosen: the hits that were
        read, as retrieval has them."""
        if not scores:
            return {}
        limit = self._parameters.logit_limit
        passages = [limited(one.passage, limit) for one in scores]
        sentences = [
            pair
            for hit, one in zip(chosen, scores, strict=True)
            for pair in zip(hit.sentences, one.sentences, strict=True)
        ]
        nearest = max(sentences, key=lambda pair: pair[0], default=(0.0, LOWEST_LOGIT))[1]
        return {
            "reranked_passages": max(passages),
            "reranked_sentences": max(limited(one.best, limit) for one in scores),
            "reranked_mean": sum(passages) / len(passages),
            "reranked_nearest": limited(nearest, limit),
        }


def read_by_cross_encoder(passage: IndexedPassage) -> tuple[str, tuple[str, ...]]:
    """What the cross-encoder reads of a passage: its heading and its sentences."""
    text = passage.embedded
    return passage.heading, tuple(text.text[start:end] for start, end in text.sentences)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the cross-encoder reads of a passage: of a long one, only the sentences that retrieval finds nearest.

    sentences: in the order of the text. numbers: of these sentences in the passage. count: of all its sentences.
    """

    heading: str
    sentences: tuple[str, ...]
    numbers: tuple[int, ...]
    count: int

    @classmethod
    def of(cls, hit: Hit, heading: str, sentences: Sequence[str], characters: int) -> Excerpt:
        """The best sentences of a hit, as many as `characters` hold; at least one, if it has any."""
        chosen: list[int] = []
        left = characters
        for number in sorted(range(len(sentences)), key=lambda number: (-hit.sentences[number], number)):
            left -= len(sentences[number])
            if left < 0 and chosen:
                break
            chosen.append(number)
        chosen.sort()
        return cls(heading, tuple(sentences[number] for number in chosen), tuple(chosen), len(sentences))

    def spread(self, scores: CrossEncoderScores) -> CrossEncoderScores:
        """The scores of the excerpt as scores of the passage: a sentence that was not read has the lowest logit."""
        logits = [LOWEST_LOGIT] * self.count
        for number, logit in zip(self.numbers, scores.sentences, strict=True):
            logits[number] = logit
        return CrossEncoderScores(scores.passage, tuple(logits))


def passages_read(hits: Sequence[Hit], parameters: RerankingParameters) -> int:
    """How many of the hits, best first, the cross-encoder reads: those after the first few only if they are close."""
    close = sum(hit.score >= hits[0].score - parameters.read_margin for hit in hits)
    return min(max(close, parameters.always_read), parameters.candidates, len(hits))


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


def limited(logit: float, limit: float) -> float:
    """The logit as it goes into a signal: none is larger than the limit, with either sign."""
    return max(-limit, min(limit, logit))
