"""From what somebody typed to ranked passages: the stages of retrieval over a set of reviews, put together."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.index.token_table import TokenTable
from peerqa.index.vectors import Index
from peerqa.library.passages import write_out
from peerqa.library.review import Review
from peerqa.models.cross_encoder import CrossEncoder
from peerqa.models.encoder import Encoder
from peerqa.retrieval.late_interaction import LateInteraction
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.parameters import Parameters
from peerqa.retrieval.query import Query, QueryParser
from peerqa.retrieval.reranking import Reranker
from peerqa.retrieval.retriever import RetrievalResult, Retriever


class RetrievalPipeline:
    """The query parser, the retriever and the reranker of some reviews. Threads may share it.

    reranker: None if there is no cross-encoder. The rows of hits count the passages of the reviews in order.
    """

    def __init__(
        self,
        reviews: Sequence[Review],
        index: Index,
        encoder: Encoder,
        cross_encoder: CrossEncoder | None,
        parameters: Parameters,
    ) -> None:
        """index: of just these reviews, built with this encoder."""
        passages = [passage for review in reviews for passage in review.passages]
        texts = [text for review in reviews for text in review.embedded_texts]
        names = [author.family for review in reviews for work in review.references for author in work.authors]
        retrieval = parameters.retrieval
        self.lexicon = Lexicon(_searched_words(reviews), retrieval.bm25_k1, retrieval.bm25_b)
        self.query_parser = QueryParser(
            _abbreviations(reviews), [one.text for one in passages], names, encoder.vocabulary, retrieval.questions_kept
        )
        interaction = LateInteraction(TokenTable.of_arrays(dict(index.arrays)))
        self.retriever = Retriever(index, encoder, interaction, passages, texts, self.lexicon, retrieval)
        self.reranker = Reranker(cross_encoder, passages, texts, parameters.reranking) if cross_encoder else None

    def search(
        self, question: str, history: Sequence[str] = (), within: Sequence[int] | None = None
    ) -> tuple[Query, RetrievalResult | None]:
        """The question as it was understood, and what was found for it, reranked; None if it is no question.

        history: the questions asked before it, the latest last. within: the rows to search; None for all.
        """
        query = self.query_parser.read(question, history)
        if query.kind != "question":
            return query, None
        found = self.retriever.search(query, within)
        return query, self.reranker.rerank(query, found) if self.reranker and found.hits else found


def _abbreviations(reviews: Sequence[Review]) -> dict[str, str]:
    """Short form -> long form; the first review that defines a short form decides what it stands for."""
    found: dict[str, str] = {}
    for review in reviews:
        for short, long in review.abbreviations.items():
            found.setdefault(short, long)
    return found


def _searched_words(reviews: Sequence[Review]) -> list[str]:
    """What search by words sees of each passage: its heading and all of its words, the names that it cites too."""
    return [
        f"{passage.heading} {write_out(passage.text, review.abbreviations)}"
        for review in reviews
        for passage in review.passages
    ]
