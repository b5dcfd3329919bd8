"""The façade: corpus and index in, answers out. The one place where the stages are wired.

    Assistant.open("corpus", "index").ask("What challenges do peer support workers face?")

It reads the corpus, opens the index (or builds it, where it is missing or the corpus has changed), and asks.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .abbreviations import find_abbreviations
from .answer import Answer, Composer
from .building import RECIPE, Progress, build_index, corpus_hash, embedded_texts, identity_of, part_of_index
from .embeddings import DEFAULT_MODEL, Encoder, ModelIdentity, SentenceEncoder
from .errors import CorpusError, IndexMismatch
from .index import Identity, Index
from .interaction import LateInteraction, TokenTable
from .lexical import Lexicon
from .passages import Passage, write_out
from .question import QuestionReader
from .reading import read_folder, unread_files
from .retrieve import Retriever
from .review import Review, read_review
from .sections import headings, rows_in
from .store import Store

LONGEST_QUESTION = 2000
"""In characters. What is longer is a text and not a question; the rest is not read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. model: name or folder of the embedding model."""

    model: str = DEFAULT_MODEL


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
    """Passages and sentences (passage, number) in the order of their scores, and the signals of confidence."""

    passages: tuple[Passage, ...]
    sentences: tuple[tuple[Passage, int], ...]
    signals: Mapping[str, float]


class Assistant:
    """Answers questions from a set of reviews. Made by `open` or `build`; threads may share it."""

    def __init__(self, reviews: Sequence[Review], index: Index, encoder: Encoder, warnings: Sequence[str] = ()) -> None:
        self._reviews, self._index, self._encoder = tuple(reviews), index, encoder
        self._passages = tuple(passage for review in reviews for passage in review.passages)
        texts = embedded_texts(reviews)
        names = [author.family for review in reviews for work in review.references for author in work.authors]
        self._question_reader = QuestionReader(
            _abbreviations(reviews), [p.text for p in self._passages], names, encoder.vocabulary
        )
        interaction = LateInteraction(TokenTable.of_arrays(dict(index.arrays)))
        lexicon = Lexicon(
            [f"{passage.heading} {text}" for passage, text in zip(self._passages, _lexical_texts(reviews), strict=True)]
        )
        self._retriever = Retriever(index, encoder, interaction, self._passages, texts, lexicon)
        self._composer = Composer(reviews)
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
        progress: Progress | None = None,
    ) -> Assistant:
        """Open the index of a corpus; build it first where there is none or where the corpus has changed.

        encoder: stands in for the model of the settings. Raises CorpusError, ModelError, IndexMismatch (the index is
        of another model), IndexDamaged, IndexBusy.
        """
        encoder = encoder or SentenceEncoder((settings or Settings()).model)
        reviews, warnings = _read(Path(corpus))
        store = Store(Path(index))
        if store.has_index():
            found = Index.load(store)
            # The digests too: whatever changes how a text is read or cut must not leave rows that mean another passage.
            stale = (
                found.corpus_sha256 != corpus_hash(reviews)
                or found.identity.recipe != RECIPE
                or [item.get("embedded") for item in found.items] != [text.digest for text in embedded_texts(reviews)]
            )
            _check_model(found.identity, encoder.identity, Path(index))
            if not stale:
                return cls(reviews, found, encoder, [*warnings, *([found.warning] if found.warning else [])])
        return cls(reviews, build_index(reviews, store, encoder, progress), encoder, warnings)

    @classmethod
    def build(
        cls,
        corpus: str | Path = "corpus",
        index: str | Path = "index",
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        progress: Progress | None = None,
    ) -> Assistant:
        """Build the index of a corpus, whatever stands in its folder. What has not changed is not embedded again."""
        encoder = encoder or SentenceEncoder((settings or Settings()).model)
        reviews, warnings = _read(Path(corpus))
        return cls(reviews, build_index(reviews, Store(Path(index)), encoder, progress), encoder, warnings)

    def limited_to(self, names: Sequence[str]) -> Assistant:
        """One that answers from some of the reviews alone, named by path, file name or file name without ending.

        Raises CorpusError for a name that no review has.
        """
        kept: list[Review] = []
        for name in names:
            found = [review for review in self._reviews if name in _names_of(review.document.name)]
            if not found:
                known = ", ".join(review.document.name for review in self._reviews)
                raise CorpusError(f"no review is called {name}; there are {known}")
            kept.extend(review for review in found if review not in kept)
        return Assistant(kept, part_of_index(self._index, kept), self._encoder, self.warnings)

    def within(self, section: str) -> Assistant:
        """One that answers from the passages under one heading alone, and those below it; nothing is read anew.

        Raises CorpusError for a heading that no review has, or that has no text.
        """
        rows = rows_in(self._reviews, section)
        if not rows:
            known = "; ".join(headings(self._reviews)) or "none"
            raise CorpusError(f"no section is called “{section}”; the sections are: {known}")
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

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question. history: the questions asked before it, the latest last."""
        read = self._question_reader.read(question[:LONGEST_QUESTION], [item[:LONGEST_QUESTION] for item in history])
        if read.kind != "question":
            return self._composer.without_search(question, read)
        if self._section is None:
            return self._composer.compose(question, read, self._retriever.search(read))
        section, rows = self._section
        answer = self._composer.compose(question, read, self._retriever.search(read, rows))
        said = f"The section “{section}” does not answer this." if answer.status == "not_covered" else answer.message
        return replace(answer, section=section, message=said, suggestions=())  # what leads on leads out of it

    def rank(self, question: str, history: Sequence[str] = ()) -> Ranking:
        """All that retrieval ranks for a question, beyond what an answer shows; for evaluation."""
        read = self._question_reader.read(question[:LONGEST_QUESTION], [item[:LONGEST_QUESTION] for item in history])
        evidence = self._retriever.search(read)
        sentences = [
            (score, self._passages[hit.row], number)
            for hit in evidence.hits
            for number, score in enumerate(hit.sentences)
        ]
        sentences.sort(key=lambda item: -item[0])
        return Ranking(
            tuple(self._passages[hit.row] for hit in evidence.hits),
            tuple((passage, number) for _, passage, number in sentences),
            evidence.signals,
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


def _names_of(name: str) -> tuple[str, ...]:
    file = name.rsplit("/", 1)[-1]
    return name, file, file.rsplit(".", 1)[0]


def _abbreviations(reviews: Sequence[Review]) -> dict[str, str]:
    """What the reviews define, first come first served."""
    found: dict[str, str] = {}
    for review in reviews:
        for short, long in find_abbreviations(review.document.text).items():
            found.setdefault(short, long)
    return found


def _lexical_texts(reviews: Sequence[Review]) -> list[str]:
    """What is matched by words: all words of a passage, its cited authors among them."""
    return [
        write_out(passage.text, abbreviations)
        for review in reviews
        for abbreviations in [find_abbreviations(review.document.text)]
        for passage in review.passages
    ]


def _check_model(found: Identity, model: ModelIdentity, folder: Path) -> None:
    """Raise IndexMismatch where the index is of another model; a recipe of an older peerqa is rebuilt instead."""
    wanted = identity_of(model)
    if replace(found, recipe=wanted.recipe, model=wanted.model) != wanted or (
        not model.sha256 and found.model != model.name
    ):
        same = " with these settings" if found.model == model.name else ""
        raise IndexMismatch(
            f"the index in {folder} is of the model {found.model}, not of {model.name}{same}; "
            f"run `peerqa build --model {model.name}` again, or ask with --model {found.model}"
        )
