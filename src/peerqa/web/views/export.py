"""What a reader can take from an answer: quote and citation to copy, references to download, a link to share.

The texts to copy stand in the answer, out of sight; the script only puts them on the clipboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlencode

from peerqa.answering.answer import Answer, AnswerPassage, Highlight
from peerqa.citing.export import Format, cited_as, secondary_citation
from peerqa.citing.reference import Reference
from peerqa.library.review import Review
from peerqa.library.stored_library import StoredLibrary
from peerqa.web.views.passage_text import visible_text


class Library(Protocol):
    """The reviews by the names of their documents."""

    def get(self, name: str, /) -> Review | None: ...
    def __contains__(self, name: object, /) -> bool: ...


FORMATS: tuple[tuple[Format, str], ...] = (("txt", "APA"), ("bib", "BibTeX"), ("ris", "RIS"))
"""The formats of references, each with the name that a reader knows."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The texts that the buttons of a quote copy: the quote with its citation, and the citation alone."""

    quote: str
    citation: str


@dataclass(frozen=True, slots=True)
class Exports:
    """What can be exported below an answer: the formats for the whole conversation, and two kinds of links.

    references: (format, its name, address) for the works that this answer cites; empty where it cites none.
    question: the address that asks the question again.
    """

    formats: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str, str], ...]
    question: str


def copies(passage: AnswerPassage, highlight: Highlight, library: Library) -> Copies | None:
    """The texts to copy for a sentence; None where its review is not known, so that it cannot be cited."""
    review = library.get(passage.document)
    if review is None:
        return None
    works = reported_works(passage, highlight, review)
    name = cited_as(review.document)
    words = visible_text(passage, highlight.start, highlight.end)
    with_place = secondary_citation(works, name, passage.paragraph, highlight.page)
    return Copies(f"“{words}” {with_place}", secondary_citation(works, name))


def reported_works(passage: AnswerPassage, highlight: Highlight, review: Review) -> list[Reference]:
    """The works that a sentence cites; of an ambiguous citation the best candidate."""
    entries = {reference.key: reference for reference in review.references}
    keys = dict.fromkeys(
        own[0]
        for citation in passage.citations
        for own in [citation.entries or citation.references]
        if own and highlight.start <= citation.start < highlight.end
    )
    return [entries[key] for key in keys if key in entries]


def exports(answer: Answer, library: Library, question_link: str) -> Exports | None:
    """What can be exported below an answer; None where no review is known. question_link: asks the question again."""
    if not library:
        return None
    works = [f"{work.document}:{work.own_key}" for work in answer.references if work.document in library]
    links = tuple((form, label, export_link(works, form)) for form, label in FORMATS) if works else ()
    return Exports(FORMATS, links, question_link)


def export_link(works: Sequence[str], form: Format) -> str:
    """Where references can be downloaded; a work is "DOCUMENT:KEY"."""
    return f"/export/references.{form}?" + urlencode([("work", work) for work in works])


def named_works(library: StoredLibrary, names: Sequence[str]) -> list[Reference]:
    """The works that an export link names, each once.

    Each has the words of the first review that the link names for it, and the key of the work among all reviews.
    """
    found: dict[str, Reference] = {}
    for name in names:
        document, _, key = name.rpartition(":")
        work = library.work_of(document, key)
        if work is not None:
            entry = next(entry for listed, entry in work.entries if listed == document)
            found.setdefault(work.key, replace(entry, key=work.key))
    return list(found.values())
