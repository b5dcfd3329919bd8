"""What a reader can take from an answer: quote and citation to copy, references to download, a link to share.

The texts to copy stand in the answer, out of sight; the script only puts them on the clipboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import quote, urlencode

from peerqa.answering.answer import Answer, AnswerPassage, Highlight
from peerqa.citing.export import Format, cited_as, secondary_citation
from peerqa.citing.reference import Reference
from peerqa.library import asked_library
from peerqa.library.review import Review
from peerqa.web.views.citations import doubt_of
from peerqa.web.views.passage_text import visible_text


class Library(Protocol):
    """The reviews by the names of their documents."""

    def get(self, name: str, /) -> Review | None: ...
    def __contains__(self, name: object, /) -> bool: ...


FORMATS: tuple[tuple[Format, str], ...] = (("txt", "APA"), ("bib", "BibTeX"), ("ris", "RIS"))
"""The formats of references, each with the name that a reader knows."""
_LONGEST_PART = 60
"""Characters of a review's name, and of a question, in the name of a file."""


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
    doubts = _doubts(passage, highlight)
    return Copies(f"“{words}” {with_place}{doubts}", secondary_citation(works, name) + doubts)


def _doubts(passage: AnswerPassage, highlight: Highlight) -> str:
    """What is doubtful about the citations of a sentence, each once, in brackets behind what is copied."""
    inside = (one for one in passage.citations if highlight.start <= one.start < highlight.end)
    doubts = dict.fromkeys(doubt_of(one, listed=bool(one.entries or one.references)) for one in inside)
    told = "; ".join(doubt.rstrip(".") for doubt in doubts if doubt)
    return f" [{told}]" if told else ""


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
    name = file_name(answer.passages[0].document if answer.passages else "", answer.question)
    links = tuple((form, label, export_link(works, form, name)) for form, label in FORMATS) if works else ()
    return Exports(FORMATS, links, question_link)


def file_name(document: str, question: str) -> str:
    """The name of a file, without its ending, for what answers a question: "peer-support – What challenges"."""
    stem = PurePosixPath(document).stem[:_LONGEST_PART]
    asked = " ".join("".join(mark if mark.isalnum() or mark in "-’'" else " " for mark in question).split())
    return " – ".join(part for part in (stem, asked[:_LONGEST_PART].rstrip()) if part)


def export_link(works: Sequence[str], form: Format, name: str) -> str:
    """Where references can be downloaded; a work is "DOCUMENT:KEY". name: of the file, without its ending."""
    pairs = [("name", name), *(("work", work) for work in works)]
    return f"/export/references.{form}?" + urlencode([(key, value.encode("utf-8", "replace")) for key, value in pairs])


def disposition(name: str, form: Format) -> str:
    """The Content-Disposition of a file of that name (RFC 6266); "references" for a name without a letter."""
    plain = " ".join("".join(mark if mark.isalnum() or mark in "-–’' " else " " for mark in name).split())
    plain = plain[: 2 * _LONGEST_PART + 3] or "references"
    return f"attachment; filename=\"references.{form}\"; filename*=UTF-8''{quote(plain)}.{form}"


def named_works(library: asked_library.Library, names: Sequence[str]) -> list[Reference]:
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
