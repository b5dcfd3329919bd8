"""The façade: corpus and index in, answers out. The one place where the stages are wired.

    Assistant.open("corpus", "index").ask("What challenges do peer support workers face?")

It reads the corpus, opens the index (or builds it, where it is missing or the corpus has changed), and asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .abbreviations import find_abbreviations
from .answer import Answer, Composer, Review
from .citations import find_citations
from .document import Document
from .embeddings import DEFAULT_MODEL, Encoder, ModelIdentity, SentenceEncoder, Vectors
from .errors import IndexMismatch, StoreError
from .index import Identity, Index
from .lexical import Lexicon
from .passages import Passage, cut_passages, words_without_citations, write_out
from .question import QuestionReader
from .reading import read_corpus, unread_files
from .references import parse_references
from .retrieve import Retriever
from .store import Store

RECIPE = "1"
"""Version of how passages are cut and which words of them are embedded; another recipe asks for a new index."""

LONGEST_QUESTION = 2000
"""In characters. What is longer is a text and not a question; the rest is not read."""

Progress = Callable[[str, int, int], None]
"""Called with (what is done, how much of it is done, how much there is)."""


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


def read_review(document: Document) -> Review:
    """A document with its reference list, its citations and its passages."""
    references = parse_references(document)
    citations = find_citations(document, references)
    return Review(document, references, citations, cut_passages(document, citations))


class Assistant:
    """Answers questions from a set of reviews. Made by `open` or `build`; threads may share it."""

    def __init__(self, reviews: Sequence[Review], index: Index, encoder: Encoder, warnings: Sequence[str] = ()) -> None:
        self._reviews = tuple(reviews)
        self._passages = tuple(passage for review in reviews for passage in review.passages)
        texts, _ = _embedded_texts(reviews)
        self._question_reader = QuestionReader(_abbreviations(reviews), [p.text for p in self._passages])
        lexicon = Lexicon(
            [f"{passage.heading} {text}" for passage, text in zip(self._passages, _lexical_texts(reviews), strict=True)]
        )
        self._retriever = Retriever(index, encoder, texts, lexicon)
        self._composer = Composer(reviews)
        self.warnings = tuple(warnings)

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
            stale = found.corpus_sha256 != _corpus_hash(reviews) or found.identity.recipe != RECIPE
            _check_model(found.identity, encoder.identity, Path(index))
            if not stale:
                return cls(reviews, found, encoder, [*warnings, *([found.warning] if found.warning else [])])
        return cls(reviews, _build(reviews, store, encoder, progress), encoder, warnings)

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
        return cls(reviews, _build(reviews, Store(Path(index)), encoder, progress), encoder, warnings)

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
        return self._composer.compose(question, read, self._retriever.search(read))


# ---- building -------------------------------------------------------------------------------------------------------


def _read(corpus: Path) -> tuple[list[Review], list[str]]:
    reviews = [read_review(document) for document in read_corpus(corpus)]
    warnings = [warning for review in reviews for warning in review.document.warnings]
    warnings += [f"{path}: its format is not read; put Markdown or plain text there" for path in unread_files(corpus)]
    return reviews, warnings


def _build(reviews: Sequence[Review], store: Store, encoder: Encoder, progress: Progress | None) -> Index:
    passages, sentences = _embedded_texts(reviews)
    flat = [text for texts in sentences for text in texts]
    known = _known_vectors(store, encoder)
    vectors = _encode([*passages, *flat], encoder, known, progress)
    rows = np.repeat(np.arange(len(passages), dtype=np.int64), [len(texts) for texts in sentences])
    items = [
        {
            "id": passage.id,
            "document": passage.document,
            "section": passage.section,
            "paragraph": passage.paragraph,
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
            "embedded": _hash(text),
            "sentences": [
                [start, end, _hash(words)] for (start, end), words in zip(passage.sentences, texts, strict=True)
            ],
        }
        for passage, text, texts in zip(_passages(reviews), passages, sentences, strict=True)
    ]
    documents = [{"path": r.document.name, "size": len(r.document.text), "sha256": r.document.sha256} for r in reviews]
    index = Index.build(
        _identity(encoder.identity),
        _corpus_hash(reviews),
        items,
        vectors[: len(passages)],
        vectors[len(passages) :],
        rows,
        documents=documents,
    )
    index.save(store)
    return index


def _passages(reviews: Sequence[Review]) -> list[Passage]:
    return [passage for review in reviews for passage in review.passages]


def _abbreviations(reviews: Sequence[Review]) -> dict[str, str]:
    """What the reviews define, first come first served."""
    found: dict[str, str] = {}
    for review in reviews:
        for short, long in find_abbreviations(review.document.text).items():
            found.setdefault(short, long)
    return found


def _embedded_texts(reviews: Sequence[Review]) -> tuple[list[str], list[list[str]]]:
    """What is embedded: of each passage, and of each of its sentences."""
    passages: list[str] = []
    sentences: list[list[str]] = []
    for review in reviews:
        abbreviations = find_abbreviations(review.document.text)
        for passage in review.passages:
            words = [
                write_out(words_without_citations(review.document, start, end, passage.citations), abbreviations)
                for start, end in passage.sentences
            ]
            heading = write_out(passage.heading, abbreviations)
            passages.append(f"{heading}. {' '.join(words)}" if heading else " ".join(words))
            sentences.append(words)
    return passages, sentences


def _lexical_texts(reviews: Sequence[Review]) -> list[str]:
    """What is matched by words: all words of a passage, its cited authors among them."""
    return [
        write_out(passage.text, find_abbreviations(review.document.text))
        for review in reviews
        for passage in review.passages
    ]


def _known_vectors(store: Store, encoder: Encoder) -> dict[str, Vectors]:
    """The vectors of the index that is there, by the hash of the text they were made of."""
    try:
        index = Index.load(store, expect=_identity(encoder.identity)) if store.has_index() else None
    except StoreError:
        return {}  # it is about to be replaced
    if index is None:
        return {}
    passages, sentences = index.vectors()
    known = {str(item["embedded"]): vector for item, vector in zip(index.items, passages, strict=True)}
    hashes = [str(sentence[2]) for item in index.items for sentence in item["sentences"]]
    known.update(zip(hashes, sentences, strict=True))
    return known


def _encode(texts: Sequence[str], encoder: Encoder, known: dict[str, Vectors], progress: Progress | None) -> Vectors:
    hashes = [_hash(text) for text in texts]
    wanted = {digest: text for digest, text in zip(hashes, texts, strict=True) if digest not in known}
    if wanted:
        report = None if progress is None else (lambda done, total: progress("embedding", done, total))
        made = encoder.encode(list(wanted.values()), report)
        known = {**known, **dict(zip(wanted, made, strict=True))}
    return np.stack([known[digest] for digest in hashes]).astype(np.float32)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _corpus_hash(reviews: Sequence[Review]) -> str:
    lines = sorted(f"{review.document.name}\t{review.document.sha256}" for review in reviews)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _identity(model: ModelIdentity) -> Identity:
    return Identity(model.name, model.sha256, model.dimension, model.max_length, model.pooling, RECIPE)


def _check_model(found: Identity, model: ModelIdentity, folder: Path) -> None:
    """Raise IndexMismatch where the index is of another model; a recipe of an older peerqa is rebuilt instead."""
    if (found.model_sha256, found.dimension) != (model.sha256, model.dimension) or (
        not model.sha256 and found.model != model.name
    ):
        raise IndexMismatch(
            f"the index in {folder} is of the model {found.model}, not of {model.name}; "
            f"run `peerqa build --model {model.name}` again, or ask with --model {found.model}"
        )
