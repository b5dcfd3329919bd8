"""Hits -> Answer: the passages that help, the sentences in them that answer, their citations, or "not in the review".

The Answer is the one object that every interface shows; `to_dict` is its JSON, stable since version 0.1.
It does not search, and it does not format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["answered", "not_covered", "greeting", "unclear"]
Attribution = Literal["review", "cited"]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A whole sentence of a passage that answers; `start` and `end` count within the passage's text.

    `attribution` is "cited" where the sentence reports a cited work, "review" where the review speaks for itself.
    """

    start: int
    end: int
    text: str
    attribution: Attribution

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "attribution": self.attribution}


@dataclass(frozen=True, slots=True)
class AnswerCitation:
    """An in-text citation inside a passage; offsets count within the passage's text, references best first."""

    mention: str
    start: int
    end: int
    status: str
    reason: str | None
    references: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "mention": self.mention,
            "start": self.start,
            "end": self.end,
            "status": self.status,
            "reason": self.reason,
            "references": list(self.references),
        }


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of a review, word for word: `document.text[start:end] == text`.

    `paragraph` counts the body paragraphs of the document from 1. `markup` holds the spans of `text` that are
    notation and not words (the asterisks of Markdown); a reader is shown the text without them.
    """

    id: str
    document: str
    section: str
    paragraph: int
    text: str
    start: int
    end: int
    highlights: tuple[Highlight, ...]
    citations: tuple[AnswerCitation, ...]
    markup: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "document": self.document,
            "section": self.section,
            "paragraph": self.paragraph,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "highlights": [highlight.to_dict() for highlight in self.highlights],
            "citations": [citation.to_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class AnswerReference:
    """An entry of the reference list that a passage of the answer cites; `text` is the entry as the review has it."""

    key: str
    authors: tuple[str, ...]
    year: str | None
    title: str | None
    container: str | None
    doi: str | None
    url: str | None
    text: str

    @property
    def link(self) -> str | None:
        """The DOI as a link, else the entry's own link, else None."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "authors": list(self.authors),
            "year": self.year,
            "title": self.title,
            "container": self.container,
            "doi": self.doi,
            "url": self.url,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the review says to a question.

    `status` is "answered", "not_covered" (then `passages` holds what comes nearest, and nothing in them claims to
    answer), "greeting" or "unclear" (then there are no passages). `message` is a friendly line for those three, and
    `suggestions` are questions to go on with: starters, or follow-ups. `confidence` lies in 0..1.
    """

    question: str
    interpreted_question: str
    status: Status
    confidence: float
    passages: tuple[AnswerPassage, ...] = ()
    references: tuple[AnswerReference, ...] = ()
    message: str | None = None
    suggestions: tuple[str, ...] = ()

    @property
    def works(self) -> int:
        """How many works of the reference list the passages rest on."""
        return len(self.references)

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year of those works; None where no work has a year."""
        years = [int(r.year[:4]) for r in self.references if r.year and r.year[:4].isdigit()]
        return (min(years), max(years)) if years else None

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data, ready for JSON."""
        return {
            "question": self.question,
            "interpreted_question": self.interpreted_question,
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "passages": [passage.to_dict() for passage in self.passages],
            "references": [reference.to_dict() for reference in self.references],
            "evidence": {"works": self.works, "years": list(self.years) if self.years else None},
            "message": self.message,
            "suggestions": list(self.suggestions),
        }
