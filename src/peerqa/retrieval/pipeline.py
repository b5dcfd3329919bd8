"""From what somebody typed to ranked passages: the stages of retrieval over a library, put together."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Sequence

from peerqa.index.collection import Collection
from peerqa.library.database import Database
from peerqa.library.vocabulary import Vocabulary
from peerqa.models.cross_encoder import CrossEncoder
from peerqa.models.encoder import Encoder
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.parameters import Parameters
from peerqa.retrieval.query import Query, QueryParser
from peerqa.retrieval.reranking import Reranker
from peerqa.retrieval.retriever import RetrievalResult, Retriever
from peerqa.retrieval.spelling import Speller


class RetrievalPipeline:
    """The query parser, the retriever and the reranker of a library. Threads may share it.

    reranker: None if there is no cross-encoder. The rows of hits are the numbers of passages in the library.
    """

    def __init__(
        self, database: Database, encoder: Encoder, cross_encoder: CrossEncoder | None, parameters: Parameters
    ) -> None:
        """encoder: one whose vectors the library has."""
        retrieval = parameters.retrieval
        self.collection = Collection(database, encoder.identity)
        self.lexicon = Lexicon(self.collection, retrieval.bm25_k1, retrieval.bm25_b)
        vocabulary = Vocabulary(database)
        speller = Speller(vocabulary, lambda: encoder.vocabulary)
        self.query_parser = QueryParser(vocabulary, speller, retrieval.questions_kept)
        self.retriever = Retriever(self.collection, encoder, self.lexicon, retrieval)
        self.reranker = Reranker(cross_encoder, parameters.reranking) if cross_encoder else None

    def search(
        self, question: str, history: Sequence[str] = (), within: Some[int] | None = None
    ) -> tuple[Query, RetrievalResult | None]:
        """The question as it was understood, and what was found for it, reranked; None if it is no question.

        history: the questions asked before it, the latest last. within: the numbers of the passages to search; None for
        all.
        """
        query = self.query_parser.read(question, history)
        if query.kind != "question":
            return query, None
        found = self.retriever.search(query, within)
        return query, self.reranker.rerank(query, found) if self.reranker and found.hits else found
