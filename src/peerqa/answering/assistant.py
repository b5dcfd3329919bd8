"""The façade: corpus and library in, answers out.

    Assistant.open("corpus", "index").ask("What challenges do peer support workers face?")

It opens the library (and builds it first if it is missing or the corpus has changed), and asks.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from peerqa.answering.answer import Answer
from peerqa.answering.bibliographic_answers import BibliographicAnswer, bibliographic_answer
from peerqa.answering.bibliographic_questions import bibliographic_question
from peerqa.answering.composing import Composer
from peerqa.answering.models import Settings as Settings
from peerqa.answering.models import load_models
from peerqa.answering.notices import AnswerNotice
from peerqa.answering.opening import open_library
from peerqa.errors import SectionError, StoreError
from peerqa.index.building import Builder, Progress
from peerqa.index.updating import update, warnings_of
from peerqa.library.database import Database
from peerqa.library.listing import DocumentSummary
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.storing import FileState
from peerqa.models.cross_encoder import CrossEncoder
from peerqa.models.encoder import Encoder
from peerqa.notices import Notice
from peerqa.retrieval.parameters import Parameters, shipped_parameters
from peerqa.retrieval.pipeline import RetrievalPipeline
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import RetrievalResult

_NAMED = 50
"""Headings that an error names at most."""
LONGEST_QUESTION = 2000
"""In characters. Of a longer text only the beginning is read."""


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


@dataclass(frozen=True, slots=True)
class _Limits:
    """What an assistant answers from. documents: names of reviews; None for all. section: a heading; None for all."""

    documents: tuple[str, ...] | None = None
    section: str | None = None


class Assistant:
    """Answers questions from a library. Made by `open`, `build` or `of`; threads may share it.

    It follows the library: what another process adds or removes is answered from at once.
    """

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        warnings: Sequence[Notice] = (),
        cross_encoder: CrossEncoder | None = None,
        parameters: Parameters | None = None,
        corpus: Path | None = None,
    ) -> None:
        """database: of a library that has the vectors of this encoder. parameters: None for those that ship with the
        package. corpus: the folder that the library was built from."""
        self.library = StoredLibrary(database)
        self._database, self._encoder, self._cross_encoder = database, encoder, cross_encoder
        self._parameters = parameters or shipped_parameters()
        self._pipeline = RetrievalPipeline(database, encoder, cross_encoder, self._parameters)
        self._composer = Composer(self.library, self._parameters, covers=self._cover)
        self._corpus = corpus
        self._said = tuple(warnings)
        self._warned: tuple[int, tuple[Notice, ...]] = (-1, ())
        self._limits = _Limits()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

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
        workers: int | None = None,
    ) -> Assistant:
        """Open the library of a corpus; build it first if there is none or the corpus has changed.

        encoder, cross_encoder: used instead of the models of the settings; with an encoder alone nothing is reranked. A
        default cross-encoder that cannot be loaded is left out, with a warning. parameters: of retrieval, reranking,
        selection and confidence; None for those that ship with the package. workers: processes that read files; None
        for as many as it takes. Raises CorpusError, ModelError, IndexMismatch (the library is of another model),
        IndexDamaged, IndexBusy.
        """
        encoder, cross_encoder, said = load_models(settings or Settings(), Path(index), encoder, cross_encoder)
        database, told = open_library(Path(corpus), Path(index), encoder, progress, workers=workers)
        return cls(database, encoder, [*told, *said], cross_encoder, parameters, Path(corpus))

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
        workers: int | None = None,
        repair: bool = True,
    ) -> Assistant:
        """Bring the library of a corpus up to date, whatever its folder holds. What has not changed is not read or
        embedded again.

        Takes what `open` takes. repair: look at all that the library holds first, and make it anew if it is damaged.
        Raises CorpusError, ModelError, IndexBusy, StoreError.
        """
        encoder, cross_encoder, said = load_models(settings or Settings(), Path(index), encoder, cross_encoder)
        database = Database(Path(index))
        update(database, Path(corpus), encoder, progress, workers, repair)
        return cls(database, encoder, said, cross_encoder, parameters, Path(corpus))

    @classmethod
    def of(
        cls,
        reviews: Sequence[Review],
        encoder: Encoder,
        *,
        cross_encoder: CrossEncoder | None = None,
        parameters: Parameters | None = None,
    ) -> Assistant:
        """An assistant over some reviews, in a library that is gone with it; for evaluation and training."""
        folder = tempfile.TemporaryDirectory()
        database = Database(Path(folder.name))
        database.create()
        builder = Builder(database, encoder)
        builder.add((review, FileState(review.document.name, 0, 0)) for review in reviews)
        builder.finish()
        made = cls(database, encoder, (), cross_encoder, parameters)
        made._folder = folder
        return made

    def limited_to(self, names: Sequence[str] = (), tags: Sequence[str] = ()) -> Assistant:
        """An assistant that answers from some of the reviews alone; nothing is read or built again.

        names: of reviews, each as a path in the corpus, a file name, or a file name without its ending. tags: a review
        must have one of them, as its front matter writes it. Raises CorpusError for a name or a tag that no review has.
        """
        sets = [self.library.named(names)] if names else []
        sets += [self.library.of_tags(tags)] if tags else []
        sets += [self._limits.documents] if self._limits.documents is not None else []
        if not sets:
            return self
        documents = tuple(name for name in sets[0] if all(name in other for other in map(frozenset, sets[1:])))
        return self._with_limits(replace(self._limits, documents=documents))

    def within(self, section: str) -> Assistant:
        """An assistant that answers only from the passages under one heading and the headings below it.

        Nothing is read or built again. Raises SectionError for a heading that no review has, or that has no text.
        """
        if not self.library.passage_numbers(section=section):
            raise SectionError(section, self.library.headings()[:_NAMED])
        return self._with_limits(replace(self._limits, section=section))

    def _with_limits(self, limits: _Limits) -> Assistant:
        limited = copy.copy(self)
        limited._limits = limits
        covers = limited._cover if limits.section is None else None  # follow-ups lead to other sections
        limited._composer = Composer(self.library, self._parameters, limits.documents, covers)
        return limited

    # -- what it knows --

    @property
    def reviews(self) -> tuple[Review, ...]:
        """The reviews that answer, whole; for programs that look at every one. `library` gives them one at a time."""
        asked = self._limits.documents
        return tuple(review for review in self.library if asked is None or review.document.name in asked)

    @property
    def documents(self) -> tuple[DocumentSummary, ...]:
        """The reviews that answer, each in a few facts, by name. `library` gives them by the page."""
        return tuple(self.library.summaries(self._limits.documents))

    @property
    def starters(self) -> tuple[Suggestion, ...]:
        """Questions to begin with."""
        return self.library.starters(self._limits.documents)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What of the corpus is not in the library, and what else has to be said."""
        if self._corpus is None:
            return self._said
        version = self._database.version()
        if self._warned[0] != version:
            try:
                self._warned = version, tuple(warnings_of(self._database, self._corpus))
            except StoreError as error:
                return (*self._said, error.notice)
        return (*self._said, *self._warned[1])

    # -- asking --

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer:
        """Answer a question.

        history: the questions asked before it, the latest last. documents, tags: the reviews to answer from, as
        `limited_to` takes them; all reviews if none is named. Raises CorpusError for a name or tag that no review has,
        SectionError if none of them has the section that this assistant is narrowed to.
        """
        if documents or tags:
            return self.limited_to(documents, tags).ask(question, history)
        with self._database.reading():  # what is found is still there when it is shown
            return self._ask(question, history)

    def _ask(self, question: str, history: Sequence[str]) -> Answer:
        section = self._limits.section
        told = self._told_of_reviews(question[:LONGEST_QUESTION], history)
        if told is not None:
            return self._composer.compose_bibliographic(question, told)
        read, result = self.search(question, history)
        if result is None:
            return self._composer.without_search(question, read)
        answer = self._composer.compose(question, read, result)
        if section is None:
            return answer
        refused = answer.status == "not_covered"
        notice = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section=section) if refused else answer.notice
        return replace(answer, section=section, notice=notice)

    async def aask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer:
        """`ask`, without holding up the event loop: in a thread."""
        from anyio import to_thread  # only here: a question in the shell does without

        return await to_thread.run_sync(self.ask, question, history, documents, tags)

    def _told_of_reviews(self, question: str, history: Sequence[str]) -> BibliographicAnswer | None:
        """The answer to a question about a review or its works; None for any other question, or of too many reviews."""
        asked = bibliographic_question(question, bool(history))
        if asked is None or self._limits.section is not None:
            return None
        reviews = self._composer.reviews()
        return bibliographic_answer(asked, reviews, self._sentences_about) if reviews else None

    def _cover(self, questions: Sequence[str], document: str) -> list[bool]:
        """Whether a review surely answers each of some questions. The cross-encoder is not asked, which would double
        the time of an answer; instead retrieval has to be surer than for an answer."""
        queries = [self._pipeline.query_parser.read(question) for question in questions]
        self._pipeline.retriever.prepare(queries)
        within = self.library.passage_numbers((document,))
        confidence = self._parameters.confidence.without_reranker
        sure = self._parameters.selection.follow_up_confidence
        return [
            self._told_of_reviews(question, ()) is not None
            or confidence.of(self._pipeline.retriever.search(query, within).signals) >= sure
            for question, query in zip(questions, queries, strict=True)
        ]

    def _sentences_about(self, topic: str) -> list[tuple[Passage, tuple[int, ...]]]:
        """The sentences that speak of a topic, if the reviews do."""
        _, result = self.search(topic)
        if result is None or not result.hits or self._parameters.confidence.refuses(result.signals):
            return []
        return self._composer.widely(result.hits)

    def search(
        self, question: str, history: Sequence[str] = (), within: Set[int] | None = None
    ) -> tuple[Query, RetrievalResult | None]:
        """The question as it was understood, and what was found for it, reranked; None if it is no question.

        history: the questions asked before it, the latest last. The rows of the hits are numbers of passages in the
        library. within: the numbers to search, in place of those that this assistant is limited to.
        """
        earlier = [item[:LONGEST_QUESTION] for item in history]
        limits = self._limits
        if within is None:
            within = self.library.passage_numbers(limits.documents, limits.section)
        if limits.section is not None and not within:
            raise SectionError(limits.section, self.library.headings(limits.documents or ())[:_NAMED])
        return self._pipeline.search(question[:LONGEST_QUESTION], earlier, within)

    def rank(self, question: str, history: Sequence[str] = (), within: Set[int] | None = None) -> Ranking:
        """All that is ranked for a question, beyond what an answer shows; for evaluation and training. within: see
        `search`."""
        with self._database.reading():
            return self._rank(question, history, within)

    def _rank(self, question: str, history: Sequence[str], within: Set[int] | None) -> Ranking:
        read, result = self.search(question, history, within)
        result = result or RetrievalResult((), {})
        sentences = [
            (score, self.library.passage(hit.row), number)
            for hit in result.hits
            for number, score in enumerate(hit.sentences)
        ]
        sentences.sort(key=lambda item: -item[0])
        return Ranking(
            read,
            tuple(self.library.passage(hit.row) for hit in result.hits),
            tuple((passage, number) for _, passage, number in sentences),
            result.signals,
            self._parameters.confidence.of(result.signals) if result.hits else 0.0,
        )

    def sentence(self, passage: Passage, number: int) -> str:
        """The words of a sentence of a passage."""
        return passage.sentence(number)
