"""The façade: corpus and index in, answers out. The one place where the stages are wired.

    Assistant.open("corpus", "index").ask("What challenges do peer support workers face?")

It reads the corpus, opens the index (or builds it, where it is missing or the corpus has changed), and asks.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from peerqa.answering.answer import Answer, Composer
from peerqa.errors import CorpusError, IndexMismatch, ModelError, SectionError
from peerqa.index.building import (
    CHUNKING_VERSION,
    Progress,
    build_index,
    corpus_hash,
    embedded_texts,
    identity_of,
    part_of_index,
)
from peerqa.index.store import Store
from peerqa.index.token_table import TokenTable
from peerqa.index.vectors import Identity, Index
from peerqa.library.passages import Passage, write_out
from peerqa.library.review import Review, read_review
from peerqa.library.sections import headings, rows_in
from peerqa.library.works import Works
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, ModelIdentity, load_encoder
from peerqa.reading.files import read_folder, unread_files
from peerqa.retrieval.late_interaction import LateInteraction
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.query import Query, QueryParser
from peerqa.retrieval.reranking import Reranker
from peerqa.retrieval.retriever import RetrievalResult, Retriever

LONGEST_QUESTION = 2000
"""In characters. What is longer is a text and not a question; the rest is not read."""
_NAMED = 10
"""How many reviews an error names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. model: name or folder of the embedding model. reranker: name or folder of the
    cross-encoder that reorders the best passages, or "none"."""

    model: str = DEFAULT_MODEL
    reranker: str = DEFAULT_RERANKER


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What the page says of a review. works: entries of its reference list; passages: as indexed."""

    name: str
    title: str
    author: str | None
    date: str | None
    works: int
    passages: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages and sentences (passage, number) in the order of their scores, and the signals of confidence.

    question: as it was read and searched.
    """

    question: Query
    passages: tuple[Passage, ...]
    sentences: tuple[tuple[Passage, int], ...]
    signals: Mapping[str, float]


class Assistant:
    """Answers questions from a set of reviews. Made by `open` or `build`; threads may share it."""

    def __init__(
        self,
        reviews: Sequence[Review],
        index: Index,
        encoder: Encoder,
        warnings: Sequence[str] = (),
        cross_encoder: CrossEncoder | None = None,
        works: Works | None = None,
    ) -> None:
        """works: those of a larger set that the reviews are part of."""
        self._reviews, self._index, self._encoder, self._cross_encoder = tuple(reviews), index, encoder, cross_encoder
        self._works = works or Works(reviews)
        self._limited: OrderedDict[tuple[str, ...], Assistant] = OrderedDict()
        self._limiting = threading.Lock()
        self._passages = tuple(passage for review in reviews for passage in review.passages)
        texts = embedded_texts(reviews)
        names = [author.family for review in reviews for work in review.references for author in work.authors]
        self._query_parser = QueryParser(
            _abbreviations(reviews), [p.text for p in self._passages], names, encoder.vocabulary
        )
        interaction = LateInteraction(TokenTable.of_arrays(dict(index.arrays)))
        lexicon = Lexicon(
            [f"{passage.heading} {text}" for passage, text in zip(self._passages, _lexical_texts(reviews), strict=True)]
        )
        self._retriever = Retriever(index, encoder, interaction, self._passages, texts, lexicon)
        self._reranker = Reranker(cross_encoder, self._passages, texts) if cross_encoder else None
        self._composer = Composer(reviews, self._works)
        self.warnings = tuple(warnings)
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
    ) -> Assistant:
        """Open the index of a corpus; build it first where there is none or where the corpus has changed.

        encoder, cross_encoder: stand in for the models of the settings; with an encoder alone nothing is reranked. One
        that cannot be loaded is left out, with a warning. Raises CorpusError, ModelError, IndexMismatch (the index is
        of another model), IndexDamaged, IndexBusy.
        """
        encoder, cross_encoder, unread = _models(settings or Settings(), encoder, cross_encoder)
        return cls._over(Path(corpus), Path(index), encoder, cross_encoder, unread, progress)

    @classmethod
    def _over(
        cls,
        corpus: Path,
        index: Path,
        encoder: Encoder,
        cross_encoder: CrossEncoder | None,
        unread: Sequence[str] = (),
        progress: Progress | None = None,
        upgrade: bool = True,
    ) -> Assistant:
        """See `open`. upgrade: whether an index of the model's other weights is built again, or refused."""
        reviews, warnings = _read(corpus)
        warnings += unread
        store = Store(index)
        if store.has_index():
            found = Index.load(store)
            # The digests too: whatever changes how a text is read or cut must not leave rows that mean another passage.
            stale = (
                found.corpus_sha256 != corpus_hash(reviews)
                or found.identity.chunking_version != CHUNKING_VERSION
                or [item.get("embedded") for item in found.items] != [text.digest for text in embedded_texts(reviews)]
            )
            upgraded = upgrade and _upgraded(found.identity, encoder.identity)
            if not upgraded:
                _check_model(found.identity, encoder.identity, index)
            if not stale and not upgraded:
                return cls(
                    reviews, found, encoder, [*warnings, *([found.warning] if found.warning else [])], cross_encoder
                )
        return cls(reviews, build_index(reviews, store, encoder, progress), encoder, warnings, cross_encoder)

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
    ) -> Assistant:
        """Build the index of a corpus, whatever stands in its folder. What has not changed is not embedded again."""
        encoder, cross_encoder, unread = _models(settings or Settings(), encoder, cross_encoder)
        reviews, warnings = _read(Path(corpus))
        warnings += unread
        return cls(
            reviews, build_index(reviews, Store(Path(index)), encoder, progress), encoder, warnings, cross_encoder
        )

    def reopened(self, corpus: str | Path, index: str | Path) -> Assistant:
        """Another one over the same folders as they are now, with the model that is loaded. Raises as `open` does.

        An index of the model's other weights is refused: a newer peerqa has built it, and would build it again in turn.
        """
        return Assistant._over(Path(corpus), Path(index), self._encoder, self._cross_encoder, upgrade=False)

    def limited_to(self, names: Sequence[str]) -> Assistant:
        """One that answers from some of the reviews alone, named by path, file name or file name without ending.

        One that is narrowed to a section stays so. Some are kept ready, at most as many passages in all as there are.
        Raises CorpusError for a name that no review has, SectionError where the section is in none of those named.
        """
        wanted: set[str] = set()
        for name in names:
            found = {review.document.name for review in self._reviews if name in _names_of(review.document.name)}
            if not found:
                raise CorpusError(f"no review is called {name}; {_known_names(self._reviews)}")
            wanted |= found
        kept = [review for review in self._reviews if review.document.name in wanted]
        if not wanted or len(kept) == len(self._reviews):
            return self
        chosen = tuple(review.document.name for review in kept)
        with self._limiting:
            ready = self._limited.pop(chosen, None) or Assistant(
                kept, part_of_index(self._index, kept), self._encoder, self.warnings, self._cross_encoder, self._works
            )
            self._limited[chosen] = ready
            while len(self._limited) > 1 and sum(len(one._passages) for one in self._limited.values()) > len(
                self._passages
            ):
                self._limited.popitem(last=False)
        # What is kept ready is never narrowed: an assistant and those narrowed from it share it.
        return ready.within(self._section[0]) if self._section else ready

    def within(self, section: str) -> Assistant:
        """One that answers from the passages under one heading alone, and those below it; nothing is read anew.

        Raises SectionError for a heading that no review has, or that has no text.
        """
        rows = rows_in(self._reviews, section)
        if not rows:
            known = headings(self._reviews)
            listed = "; ".join(known) or "none"
            raise SectionError(f"no section is called “{section}”; the sections are: {listed}", known)
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
        """What there is to ask."""
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
    def starters(self) -> tuple[str, ...]:
        """Questions to begin with."""
        return self._composer.starters

    @property
    def warning(self) -> str | None:
        """What could not be read or had to stand in, on one line; None where all is well."""
        return "; ".join(self.warnings) or None

    # -- asking --

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """Answer a question. history: the questions asked before it, the latest last.

        documents: the reviews to answer from, as `limited_to` names them; all where none is named. Raises CorpusError
        for a name that no review has, SectionError where they lack the section that this assistant is narrowed to.
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
        said = f"The section “{section}” does not answer this." if answer.status == "not_covered" else answer.message
        return replace(answer, section=section, message=said, suggestions=())  # what leads on leads out of it

    def search(self, question: str, history: Sequence[str] = ()) -> tuple[Query, RetrievalResult | None]:
        """The question as it was read, and what retrieval found for it, the reader's judgement included; None for what
        is no question. The rows of its hits count the passages of `reviews` in order."""
        read = self._query_parser.read(question[:LONGEST_QUESTION], [item[:LONGEST_QUESTION] for item in history])
        if read.kind != "question":
            return read, None
        found = self._retriever.search(read, self._section[1] if self._section else None)
        return read, self._reranker.rerank(read, found) if self._reranker and found.hits else found

    def rank(self, question: str, history: Sequence[str] = ()) -> Ranking:
        """All that is ranked for a question, beyond what an answer shows; for evaluation."""
        read, result = self.search(question, history)
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
        )

    def sentence(self, passage: Passage, number: int) -> str:
        """The words of a sentence of a passage."""
        start, end = passage.sentences[number]
        return passage.text[start - passage.start : end - passage.start]


# ---- building -------------------------------------------------------------------------------------------------------


def _read(corpus: Path) -> tuple[list[Review], list[str]]:
    documents, errors = read_folder(corpus)
    reviews = [read_review(document) for document in documents]
    warnings = [f"{error} (left out)" for error in errors]
    warnings += [warning for review in reviews for warning in review.document.warnings]
    warnings += [f"{path}: its format is not read" for path in unread_files(corpus)]
    return reviews, warnings


def _models(
    settings: Settings, encoder: Encoder | None, cross_encoder: CrossEncoder | None
) -> tuple[Encoder, CrossEncoder | None, list[str]]:
    """The models to use, and a line on what had to be left out."""
    if encoder is not None:
        return encoder, cross_encoder, []
    encoder = load_encoder(settings.model)
    try:
        return encoder, cross_encoder or load_cross_encoder(settings.reranker), []
    except ModelError as error:
        if settings.reranker != DEFAULT_RERANKER:
            raise  # what was asked for by name must not be left out in silence
        return encoder, None, [f"{error} (answers come from retrieval alone)"]


def _known_names(reviews: Sequence[Review]) -> str:
    names = [review.document.name for review in reviews]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"there are {', '.join(names[:_NAMED])}{more}"


def _names_of(name: str) -> tuple[str, ...]:
    file = name.rsplit("/", 1)[-1]
    return name, file, file.rsplit(".", 1)[0]


def _abbreviations(reviews: Sequence[Review]) -> dict[str, str]:
    """What the reviews define, first come first served."""
    found: dict[str, str] = {}
    for review in reviews:
        for short, long in review.abbreviations.items():
            found.setdefault(short, long)
    return found


def _lexical_texts(reviews: Sequence[Review]) -> list[str]:
    """What is matched by words: all words of a passage, its cited authors among them."""
    return [write_out(passage.text, review.abbreviations) for review in reviews for passage in review.passages]


def _upgraded(found: Identity, model: ModelIdentity) -> bool:
    """Whether the model of that name has other weights than when the index was made, as after an upgrade of peerqa."""
    return found.model == model.name and bool(model.sha256) and found.model_sha256 != model.sha256


def _check_model(found: Identity, model: ModelIdentity, folder: Path) -> None:
    """Raise IndexMismatch where the index is of another model; a recipe of an older peerqa is rebuilt instead."""
    wanted = identity_of(model)
    if replace(found, chunking_version=wanted.chunking_version, model=wanted.model) != wanted or (
        not model.sha256 and found.model != model.name
    ):
        same = " with these settings" if found.model == model.name else ""
        raise IndexMismatch(
            f"the index in {folder} is of the model {found.model}, not of {model.name}{same}; "
            f"run `peerqa build --model {model.name}` again, or ask with --model {found.model}"
        )
