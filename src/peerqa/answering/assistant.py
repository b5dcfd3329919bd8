"""The façade: corpus and index in, answers out.

    Assistant.open("corpus", "index").ask("What challenges do peer support workers face?")

It reads the corpus, opens the index (and builds it first if it is missing or the corpus has changed), and asks.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from peerqa.answering.answer import Answer
from peerqa.answering.asking import DocumentSummary
from peerqa.answering.composing import Composer
from peerqa.answering.notices import AnswerNotice
from peerqa.answering.opening import open_index, read_reviews
from peerqa.errors import CorpusError, ModelError, Problem, SectionError
from peerqa.index.building import Progress, build_index, part_of_index
from peerqa.index.store import Store
from peerqa.index.vectors import Index
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.library.sections import headings, rows_in
from peerqa.library.starter_questions import Suggestion
from peerqa.library.works import Works
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.notices import Notice
from peerqa.retrieval.parameters import Parameters, shipped_parameters
from peerqa.retrieval.pipeline import RetrievalPipeline
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import RetrievalResult

_MODELS = "models"
"""Folder in that of the index, where models that do not ship are kept as they were exported."""
LONGEST_QUESTION = 2000
"""In characters. Of a longer text only the beginning is read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. model: name or folder of the embedding model. reranker: name or folder of the
    cross-encoder that reorders the best passages, or "none"."""

    model: str = DEFAULT_MODEL
    reranker: str = DEFAULT_RERANKER


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that was ranked for a question, best first, and the signals by which confidence decides.

    question: as it was understood and searched. sentences: each as its passage and its number there. confidence: the
    probability that the reviews answer.
    """

    question: Query
    passages: tuple[Passage, ...]
    sentences: tuple[tuple[Passage, int], ...]
    signals: Mapping[str, float]
    confidence: float


class Assistant:
    """Answers questions from a set of reviews. Made by `open` or `build`; threads may share it."""

    def __init__(
        self,
        reviews: Sequence[Review],
        index: Index,
        encoder: Encoder,
        warnings: Sequence[Notice] = (),
        cross_encoder: CrossEncoder | None = None,
        works: Works | None = None,
        parameters: Parameters | None = None,
    ) -> None:
        """index: of just these reviews, built with this encoder. works: those of a larger set of reviews that these are
        part of. parameters: None for those that ship with the package."""
        self._reviews, self._index, self._encoder, self._cross_encoder = tuple(reviews), index, encoder, cross_encoder
        self._parameters = parameters or shipped_parameters()
        self._works = works or Works(reviews)
        self._limited: OrderedDict[tuple[str, ...], Assistant] = OrderedDict()
        self._limiting = threading.Lock()
        self._passages = tuple(passage for review in reviews for passage in review.passages)
        self._pipeline = RetrievalPipeline(reviews, index, encoder, cross_encoder, self._parameters)
        self._composer = Composer(reviews, self._parameters, self._works)
        self.warnings = (*warnings, *([index.warning] if index.warning else []))
        self._section: tuple[str, tuple[int, ...]] | None = None  # the heading and the rows that it is limited to

    # -- making one --

    @classmethod
    def open(
        cls,
        corpus: str | Path = "corpus",
        index: str | Path = "index",
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        cross_encoder: CrossEncoder | None = None,
        progress: Progress | None = None,
        parameters: Parameters | None = None,
    ) -> Assistant:
        """Open the index of a corpus; build it first if there is none or the corpus has changed.

        encoder, cross_encoder: used instead of the models of the settings; with an encoder alone nothing is reranked. A
        default cross-encoder that cannot be loaded is left out, with a warning. parameters: of retrieval, reranking,
        selection and confidence; None for those that ship with the package. Raises CorpusError, ModelError,
        IndexMismatch (the index is of another model), IndexDamaged, IndexBusy.
        """
        encoder, cross_encoder, unread = _models(settings or Settings(), Path(index) / _MODELS, encoder, cross_encoder)
        reviews, warnings = read_reviews(Path(corpus))
        found = open_index(reviews, Path(index), encoder, progress)
        return cls(reviews, found, encoder, [*warnings, *unread], cross_encoder, parameters=parameters)

    @classmethod
    def build(
        cls,
        corpus: str | Path = "corpus",
        index: str | Path = "index",
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        cross_encoder: CrossEncoder | None = None,
        progress: Progress | None = None,
        parameters: Parameters | None = None,
    ) -> Assistant:
        """Build the index of a corpus, whatever its folder holds. What has not changed is not embedded again.

        Takes what `open` takes. Raises CorpusError, ModelError, IndexBusy, StoreError.
        """
        encoder, cross_encoder, unread = _models(settings or Settings(), Path(index) / _MODELS, encoder, cross_encoder)
        reviews, warnings = read_reviews(Path(corpus))
        built = build_index(reviews, Store(Path(index)), encoder, progress)
        return cls(reviews, built, encoder, [*warnings, *unread], cross_encoder, parameters=parameters)

    def reopened(self, corpus: str | Path, index: str | Path) -> Assistant:
        """Open the folders as they are now, with the models that are loaded. Raises what `open` raises.

        An index that was made with other weights of the model is refused (IndexMismatch): a newer peerqa has built it,
        and would build it again in turn.
        """
        reviews, warnings = read_reviews(Path(corpus))
        found = open_index(reviews, Path(index), self._encoder, upgrade=False)
        return Assistant(reviews, found, self._encoder, warnings, self._cross_encoder, parameters=self._parameters)

    def limited_to(self, names: Sequence[str]) -> Assistant:
        """An assistant that answers from some of the reviews alone.

        names: of reviews, each as a path in the corpus, a file name, or a file name without its ending. If this
        assistant is narrowed to a section, so is the new one. Recently used ones are kept ready, with at most as many
        passages in all as there are. Raises CorpusError for a name that no review has, SectionError if no named review
        has the section.
        """
        wanted: set[str] = set()
        for name in names:
            found = {review.document.name for review in self._reviews if name in _names_of(review.document.name)}
            if not found:
                names = tuple(review.document.name for review in self._reviews)
                raise CorpusError(Problem.NO_REVIEW_OF_NAME, name=name, names=names)
            wanted |= found
        kept = [review for review in self._reviews if review.document.name in wanted]
        if not wanted or len(kept) == len(self._reviews):
            return self
        chosen = tuple(review.document.name for review in kept)
        with self._limiting:
            ready = self._limited.pop(chosen, None) or self._part(kept)
            self._limited[chosen] = ready
            while len(self._limited) > 1 and sum(len(one._passages) for one in self._limited.values()) > len(
                self._passages
            ):
                self._limited.popitem(last=False)
        # What is kept ready is never narrowed: an assistant and those narrowed from it share it.
        return ready.within(self._section[0]) if self._section else ready

    def _part(self, reviews: Sequence[Review]) -> Assistant:
        index = part_of_index(self._index, reviews)
        return Assistant(
            reviews, index, self._encoder, self.warnings, self._cross_encoder, self._works, self._parameters
        )

    def within(self, section: str) -> Assistant:
        """An assistant that answers only from the passages under one heading and the headings below it.

        Nothing is read or built again. Raises SectionError for a heading that no review has, or that has no text.
        """
        rows = rows_in(self._reviews, section)
        if not rows:
            raise SectionError(section, headings(self._reviews))
        narrowed = copy.copy(self)
        narrowed._section = section, rows
        return narrowed

    # -- what it knows --

    @property
    def reviews(self) -> tuple[Review, ...]:
        """The reviews with their reference lists, citations and passages."""
        return self._reviews

    @property
    def documents(self) -> tuple[DocumentSummary, ...]:
        """The reviews that can be asked, each in a few facts."""
        return tuple(
            DocumentSummary(
                review.document.name,
                review.document.title,
                review.document.author,
                review.document.date,
                len(review.references),
                len(review.passages),
            )
            for review in self._reviews
        )

    @property
    def starters(self) -> tuple[Suggestion, ...]:
        """Questions to begin with."""
        return self._composer.starters

    # -- asking --

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """Answer a question.

        history: the questions asked before it, the latest last. documents: the reviews to answer from, as `limited_to`
        names them; all reviews if none is named. Raises CorpusError for a name that no review has, SectionError if none
        of them has the section that this assistant is narrowed to.
        """
        if documents:
            return self.limited_to(documents).ask(question, history)
        read, result = self.search(question, history)
        if result is None:
            return self._composer.without_search(question, read)
        answer = self._composer.compose(question, read, result)
        if self._section is None:
            return answer
        section, _ = self._section
        refused = answer.status == "not_covered"
        notice = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section=section) if refused else answer.notice
        return replace(answer, section=section, notice=notice, suggestions=())  # they lead to other sections

    def search(
        self, question: str, history: Sequence[str] = (), within: Sequence[int] | None = None
    ) -> tuple[Query, RetrievalResult | None]:
        """The question as it was understood, and what was found for it, reranked; None if it is no question.

        history: the questions asked before it, the latest last. The rows of the hits count the passages of `reviews` in
        order. within: the rows to search, in place of those that this assistant is limited to.
        """
        earlier = [item[:LONGEST_QUESTION] for item in history]
        if within is None and self._section:
            within = self._section[1]
        return self._pipeline.search(question[:LONGEST_QUESTION], earlier, within)

    def rank(self, question: str, history: Sequence[str] = (), within: Sequence[int] | None = None) -> Ranking:
        """All that is ranked for a question, beyond what an answer shows; for evaluation and training. within: see
        `search`."""
        read, result = self.search(question, history, within)
        result = result or RetrievalResult((), {})
        sentences = [
            (score, self._passages[hit.row], number)
            for hit in result.hits
            for number, score in enumerate(hit.sentences)
        ]
        sentences.sort(key=lambda item: -item[0])
        return Ranking(
            read,
            tuple(self._passages[hit.row] for hit in result.hits),
            tuple((passage, number) for _, passage, number in sentences),
            result.signals,
            self._parameters.confidence.of(result.signals) if result.hits else 0.0,
        )

    def sentence(self, passage: Passage, number: int) -> str:
        """The words of a sentence of a passage."""
        start, end = passage.sentences[number]
        return passage.text[start - passage.start : end - passage.start]


def _models(
    settings: Settings, cache: Path, encoder: Encoder | None, cross_encoder: CrossEncoder | None
) -> tuple[Encoder, CrossEncoder | None, list[Notice]]:
    """The models to use, and a warning for one that had to be left out. cache: the folder of exported models."""
    if encoder is not None:
        return encoder, cross_encoder, []
    with ThreadPoolExecutor(1) as pool:  # side by side: both read and hash tens of megabytes
        loading = pool.submit(lambda: cross_encoder or load_cross_encoder(settings.reranker))
        encoder = load_encoder(settings.model, cache)
    try:
        return encoder, loading.result(), []
    except ModelError as error:
        if settings.reranker != DEFAULT_RERANKER:
            raise  # one that was asked for by name is not left out
        return encoder, None, [Notice(Problem.RETRIEVAL_ALONE, reason=error.notice)]


def _names_of(name: str) -> tuple[str, ...]:
    """What a review can be called: its path in the corpus, its file name, that without its ending."""
    file = name.rsplit("/", 1)[-1]
    return name, file, file.rsplit(".", 1)[0]
