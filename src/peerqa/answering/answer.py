"""What an answer is made of: passages, highlights, citations and references, as every interface shows them.

`Answer.to_dict` is its JSON, stable since version 0.1. How an answer is composed is in `composing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from peerqa.citing.discrepancies import reason
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
from peerqa.retrieval.retriever import TermMatch

Status = Literal["answered", "not_covered", "greeting", "unclear"]
Attribution = Literal["review", "cited"]


@dataclass(frozen=True, slots=True)
class Focus:
    """The words of a long highlight that answer, word for word; `start` and `end` count within the passage's text."""

    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Highlight:
    """A whole sentence of a passage that answers; `start` and `end` count within the passage's text.

    `focus` are the words within it that answer; None if none stand out. `attribution` is "cited" if the sentence cites
    a work, "review" if the review speaks for itself. `term_matches` are the words of the question that match words of
    the sentence, weightiest first ("because" in the JSON). `page` is that on which it begins, if the source has pages.
    """

    start: int
    end: int
    text: str
    attribution: Attribution
    term_matches: tuple[TermMatch, ...] = ()
    page: int | None = None
    focus: Focus | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "focus": self.focus.to_dict() if self.focus else None,
            "attribution": self.attribution,
            "page": self.page,
            "because": [
                {"question_word": match.question_word, "text_word": match.text_word, "weight": match.weight}
                for match in self.term_matches
            ],
        }


@dataclass(frozen=True, slots=True)
class AnswerCitation:
    """An in-text citation inside a passage; `start` and `end` count within the passage's text.

    `references` are keys of the answer's references, the most likely one first. `entries` are the keys of the same
    works in the reference list of the passage's own review; they differ from `references` only if a work of another
    review has that key. They are no part of the JSON.
    """

    mention: str
    start: int
    end: int
    status: str
    discrepancies: tuple[Notice, ...]
    references: tuple[str, ...]
    entries: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """What the discrepancies tell, as a line in English; None if there are none."""
        return reason(self.discrepancies)

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
class Repeat:
    """A passage of another review that says the same in nearly the same words, and so is not shown."""

    id: str
    document: str

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "document": self.document}


@dataclass(frozen=True, slots=True)
class Context:
    """What stands just before a highlight that points back ("These range from ..."), word for word. `start` and `end`
    count within the passage's text, and are negative before it; `before` is the `start` of the highlight."""

    start: int
    end: int
    text: str
    before: int

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "before": self.before}


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list that a highlight gives ("... include A, B, and C"), word for word.

    `start` and `end` count within the passage's text. `passage` is the id of a passage that goes into it; None if no
    passage is known to.
    """

    start: int
    end: int
    text: str
    passage: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "passage": self.passage}


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of a review, word for word: `document.text[start:end] == text`.

    `highlights` stand in reading order: in the first passage of an answer the first of them is the sentence that
    answers best. `context` belongs to those of them that point back; `items` to those that list several things.
    `paragraph` counts the body paragraphs of the document from 1. `markup` holds the spans of `text` that are notation
    and not words (the asterisks of Markdown); people are shown the text without them. `page` is the page on which the
    passage begins; None if the source has no pages. `also_in` are the passages of other reviews that repeat it.
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
    page: int | None = None
    also_in: tuple[Repeat, ...] = ()
    context: tuple[Context, ...] = ()
    items: tuple[Item, ...] = ()

    def context_of(self, highlight: Highlight) -> Context | None:
        """What is shown before a highlight of this passage; None if it stands alone."""
        return next((one for one in self.context if one.before == highlight.start), None)

    def items_of(self, highlight: Highlight) -> tuple[Item, ...]:
        """The items that a highlight of this passage lists."""
        return tuple(one for one in self.items if highlight.start <= one.start < highlight.end)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "document": self.document,
            "section": self.section,
            "paragraph": self.paragraph,
            "page": self.page,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "highlights": [highlight.to_dict() for highlight in self.highlights],
            "context": [context.to_dict() for context in self.context],
            "items": [item.to_dict() for item in self.items],
            "citations": [citation.to_dict() for citation in self.citations],
            "also_in": [repeat.to_dict() for repeat in self.also_in],
        }


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """A work as the reference list of one review has it: its key and its words there."""

    document: str
    key: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"document": self.document, "key": self.key, "text": self.text}


@dataclass(frozen=True, slots=True)
class AnswerReference:
    """A work that a passage of the answer cites; `text` is its reference list entry as the review has it.

    `key` names the work among all reviews; it is the entry's own key unless two reviews use that key for two works.
    `entries` are the entries of all reviews that list the work. `document` names the review whose entry is shown, that
    of the best passage that cites it; it is no part of the JSON.
    """

    key: str
    authors: tuple[str, ...]
    year: str | None
    title: str | None
    container: str | None
    doi: str | None
    url: str | None
    text: str
    document: str = ""
    entries: tuple[ListedEntry, ...] = ()

    @property
    def own_key(self) -> str:
        """The key that the shown entry has in the list of its own review."""
        return next((entry.key for entry in self.entries if entry.document == self.document), self.key)

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
            "entries": [entry.to_dict() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class NearestSentence:
    """A sentence of a passage, word for word: `passage` is its id, `start` and `end` count within its text."""

    passage: str
    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"passage": self.passage, "start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusal can say beside no.

    `missing` are words of the question that the reviews do not have in any form. `nearest` is the sentence that comes
    nearest, with the id of its passage and its place in the passage's text; it does not answer. `sections` are the
    headings under which the nearest passages stand.
    """

    missing: tuple[str, ...]
    nearest: NearestSentence | None
    sections: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "missing": list(self.missing),
            "nearest": self.nearest.to_dict() if self.nearest else None,
            "sections": list(self.sections),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the review says about a question. `interpretation` is the question as it was understood, in full.

    `status` is "answered", "not_covered" (then `passages` are the nearest ones, without highlights), "greeting" or
    "unclear" (then there are no passages). `notice` is what to tell the reader; None where sentences alone answer, not
    where the question is about the review or its works. `suggestions` are questions to go on with: follow-ups of an
    answer, starters otherwise. `confidence` is the probability that the review answers, 0 to 1. `section` the heading
    that the search was limited to, if any. `refusal` is what can be said beside "not_covered".
    """

    question: str
    interpretation: str | Notice
    status: Status
    confidence: float
    passages: tuple[AnswerPassage, ...] = ()
    references: tuple[AnswerReference, ...] = ()
    notice: Notice | None = None
    suggestions: tuple[Suggestion, ...] = ()
    section: str | None = None
    refusal: Refusal | None = None

    @property
    def interpreted_question(self) -> str:
        """The interpretation in English."""
        return str(self.interpretation)

    @property
    def message(self) -> str | None:
        """The notice as a line in English; None if there is none."""
        return None if self.notice is None else str(self.notice)

    @property
    def works(self) -> int:
        """How many works the passages cite; an ambiguous citation counts for its most likely work."""
        return len(self._cited_works)

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year of those works; None if none of them has a year."""
        years = [int(r.year[:4]) for r in self._cited_works if r.year and r.year[:4].isdigit()]
        return (min(years), max(years)) if years else None

    @property
    def _cited_works(self) -> tuple[AnswerReference, ...]:
        """The references that are the most likely work of some citation."""
        first = {c.references[0] for passage in self.passages for c in passage.citations if c.references}
        return tuple(reference for reference in self.references if reference.key in first)

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
            "suggestions": [str(question) for question in self.suggestions],
            "section": self.section,
            "refusal": self.refusal.to_dict() if self.refusal else None,
        }


def same_words(question: str) -> str:
    """A question without case, punctuation and extra white space, to compare it with others."""
    return " ".join("".join(c if c.isalnum() else " " for c in question.casefold()).split())
