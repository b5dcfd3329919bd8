"""Hits -> Hits read once more: the reader looks at the best passages and helps to order them and their sentences.

Retrieval is good at finding what is spoken of, the reader at telling whether it is answered; so its judgement is added
to retrieval's scores, and its signals go to confidence. The parameters are in mixture.json, made by
`python benchmarks/fit_reranking.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from peerqa.library.passages import EmbeddedText, Passage
from peerqa.models.cross_encoder import CrossEncoder, CrossEncoderScores, probability
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult

_TEMPERATURE = 3.0
"""Tried on the articles: 1, 2 and 3 are alike for passages; 3 orders sentences a little better."""


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How much the reader counts. candidates: passages that it reads. passage: what a passage gains that surely
    answers. sentence: what a sentence gains that surely answers."""

    candidates: int
    passage: float
    sentence: float


@lru_cache(maxsize=1)
def fitted_fusion_weights() -> FusionWeights:
    """The parameters that ship with the package."""
    return FusionWeights(**json.loads(resources.files(__package__).joinpath("mixture.json").read_text("utf-8")))


class Reranker:
    """Reads the best hits of a set of passages once more. Threads may share it."""

    def __init__(
        self,
        cross_encoder: CrossEncoder,
        passages: Sequence[Passage],
        texts: Sequence[EmbeddedText],
        fusion_weights: FusionWeights | None = None,
    ) -> None:
        """passages, and texts: what was embedded of each, in the order of the index's rows."""
        self.fusion_weights = fusion_weights or fitted_fusion_weights()
        self._cross_encoder = cross_encoder
        self._read = [
            (passage.heading, tuple(text.text[start:end] for start, end in text.sentences))
            for passage, text in zip(passages, texts, strict=True)
        ]

    def rerank(self, question: Query, result: RetrievalResult) -> RetrievalResult:
        """The same hits, the best of them read, in their new order, with the reader's signals beside the others."""
        chosen = result.hits[: self.fusion_weights.candidates]
        scores = self._cross_encoder.read(
            question.written_out, question.history, [self._read[hit.row] for hit in chosen]
        )
        hits = [mixed(hit, one, self.fusion_weights) for hit, one in zip(chosen, scores, strict=True)]
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        # What is read only gains, so what was not read stays behind it.
        ranked = (*(hits[position] for position in order), *result.hits[self.fusion_weights.candidates :])
        return replace(result, hits=ranked, signals={**result.signals, **_signals(scores)})


def mixed(hit: Hit, scores: CrossEncoderScores, fusion_weights: FusionWeights) -> Hit:
    """A hit with what the reader makes of it added to its scores."""
    gain = fusion_weights.passage * _softened((scores.passage + scores.best) / 2)
    sentences = tuple(
        score + gain + fusion_weights.sentence * _softened(logit)
        for score, logit in zip(hit.sentences, scores.sentences, strict=True)
    )
    return Hit(hit.row, hit.score + gain, sentences)


def _softened(logit: float) -> float:
    """0..1 of a logit, the surer of itself the reader is the less it adds (a temperature, Guo et al. 2017)."""
    return probability(logit / _TEMPERATURE)


def _signals(scores: Sequence[CrossEncoderScores]) -> dict[str, float]:
    """What the reader tells confidence; see confidence.py for what each is for.

    Means over all that it read: where nothing answers, passages near the best one get a low logit too, and a mean is
    less often fooled than the highest.
    """
    if not scores:
        return {}
    return {
        "read_passages": sum(_held(one.passage) for one in scores) / len(scores),
        "read_sentences": sum(_held(one.best) for one in scores) / len(scores),
    }


def _held(logit: float) -> float:
    """A logit within what a few hundred questions can tell."""
    return max(-6.0, min(6.0, logit))
