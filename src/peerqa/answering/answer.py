"""Hits -> Answer: the passages that help, the sentences in them that answer, their citations, or "not in the review".

The Answer is the one object that every interface shows; `to_dict` is its JSON, stable since version 0.1.
It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from peerqa.answering.notices import AnswerNotice
from peerqa.citing.discrepancies import reason
from peerqa.citing.reference import Reference
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion, about, starters_of
from peerqa.library.works import Work, Works
from peerqa.notices import Notice
from peerqa.retrieval.confidence import fitted_for
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, TermMatch
from peerqa.text.document import Document
from peerqa.text.near_duplicates import Shingles, shingles, stands_in

Status = Literal["answered", "not_covered", "greeting", "unclear"]
Attribution = Literal["review", "cited"]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A whole sentence of a passage that answers; `start` and `end` count within the passage's text.

    `attribution` is "cited" where the sentence reports a cited work, "review" where the review speaks for itself.
    `because` holds the words of the question and the words of the text that they met, weightiest first. `page` is that
    on which the sentence begins, for sources that have pages.
    """

    start: int
    end: int
    text: str
    attribution: Attribution
    term_matches: tuple[TermMatch, ...] = ()
    page: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "attribution": self.attribution,
            "page": self.page,
            "because": [
                {"question_word": met.question_word, "text_word": met.text_word, "weight": met.weight}
                for met in self.term_matches
            ],
        }


@dataclass(frozen=True, slots=True)
class AnswerCitation:
    """An in-text citation inside a passage; offsets count within the passage's text, references best first.

    `references` are keys of the answer's references; `entries` are the keys of the same entries in the list of the
    passage's own review, which differ only where another review's work has them. They are no part of the JSON.
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
    """A passage of another review that says the same in nearly the same words, and is therefore not shown."""

    id: str
    document: str

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "document": self.document}


@dataclass(frozen=True, slots=True)
class AnswerPassage:
    """A passage of a review, word for word: `document.text[start:end] == text`.

    `paragraph` counts the body paragraphs of the document from 1. `markup` holds the spans of `text` that are
    notation and not words (the asterisks of Markdown); a reader is shown the text without them. `page` is that on
    which it begins, for sources that have pages. `also_in` are the passages of other reviews that repeat it.
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
            "citations": [citation.to_dict() for citation in self.citations],
            "also_in": [repeat.to_dict() for repeat in self.also_in],
        }


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """The entry of a work in the list of one review: its key there, and its words as that review has them."""

    document: str
    key: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"document": self.document, "key": self.key, "text": self.text}


@dataclass(frozen=True, slots=True)
class AnswerReference:
    """A work that a passage of the answer cites; `text` is its entry as the review has it.

    `key` names the work among all reviews, and is the entry's own but where two reviews use one key for two works.
    `entries` are those of all reviews that have the work in their lists. `document` names the review whose entry is
    shown: the one of the best passage that cites it. It is no part of the JSON.
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
        """The key of the entry that is shown in the list of its own review."""
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
class Answer:
    """What the review says to a question. `interpretation` is the question as it was read, in full.

    `status` is "answered", "not_covered" (then `passages` holds what comes nearest, and nothing in them claims to
    answer), "greeting" or "unclear" (then there are no passages). `notice` is what to tell the reader in those three
    cases, and `suggestions` are questions to go on with: starters, or follow-ups. `confidence` lies in 0..1. `section`
    is the heading that the search was limited to, if it was.
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
        """How many works of the reference list the passages rest on; of an ambiguous citation, its best candidate."""
        return len(self._rested_on)

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year of those works; None where no work has a year."""
        years = [int(r.year[:4]) for r in self._rested_on if r.year and r.year[:4].isdigit()]
        return (min(years), max(years)) if years else None

    @property
    def _rested_on(self) -> tuple[AnswerReference, ...]:
        """The references that some citation of a passage names first."""
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
        }


Explain = Callable[[int, int], tuple[TermMatch, ...]]


# ---- from hits to an answer -----------------------------------------------------------------------------------------

_NOTICE_OF = {"greeting": AnswerNotice.GREETING, "empty": AnswerNotice.EMPTY, "unreadable": AnswerNotice.UNCLEAR}
"""What is told for each kind of what is no question."""
MOST_PASSAGES = 4
_WITHIN = 0.25
"""A further passage helps if its score is at most this much below the best one's."""
CHIEF_HIGHLIGHTS = 3
_CHIEF_WITHIN = 0.3
"""The three best sentences are highlighted, unless they are this much below the best one."""
MOST_HIGHLIGHTS = 6
_FURTHER_WITHIN = 0.15
"""Of the next best, those as near as this are highlighted where they come after the chief ones."""
NEAREST = 2
"""How many passages are shown where the review does not answer."""
_COMPARED = 30
"""Among the best passages of several reviews, how many are looked at for repeats of those that are shown."""


class Composer:
    """Makes answers from what retrieval found in a set of reviews."""

    def __init__(self, reviews: Sequence[Review], works: Works | None = None) -> None:
        """works: those of a larger set that the reviews are part of, so that keys stay what they are there."""
        self._passages = [(review, passage) for review in reviews for passage in review.passages]
        self._works = works or Works(reviews)
        self._several = len(reviews) > 1
        self._shingles: dict[int, Shingles] = {}
        self.starters = tuple(dict.fromkeys(starters_of(reviews)))
        self._not_covered = Notice(AnswerNotice.NOT_COVERED, reviews=len(reviews))
        self._next_section = dict(_next_sections(reviews))

    def without_search(self, asked: str, question: Query) -> Answer:
        """What is told, and suggested, for what is no question."""
        status: Status = "greeting" if question.kind == "greeting" else "unclear"
        notice = Notice(_NOTICE_OF[question.kind])
        return Answer(asked, question.text, status, 0.0, notice=notice, suggestions=self.starters)

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question, or what comes nearest where the review does not answer it."""
        parameters = fitted_for(result.signals)
        confidence = parameters.of(result.signals) if result.hits else 0.0
        if confidence < parameters.threshold:
            nearest = self._distinct(result.hits, NEAREST)
            passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
            return self._answer(asked, question, "not_covered", confidence, passages, self._not_covered, self.starters)
        best = result.hits[0].score
        distinct = self._distinct(result.hits, MOST_PASSAGES)
        near = [(hit, same) for hit, same in distinct if hit.score >= best - _WITHIN]
        chosen = _highlighted([hit for hit, _ in near])
        shown = [(hit, same) for hit, same in near if chosen[hit.row]]
        passages = tuple(self._passage(hit, chosen[hit.row], result.explain, same) for hit, same in shown)
        follow_ups = self._follow_ups([hit for hit, _ in shown])
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _distinct(self, hits: Sequence[Hit], most: int) -> list[tuple[Hit, list[Hit]]]:
        """The best hits, each with those of other reviews that repeat it and are therefore passed over."""
        if not self._several:
            return [(hit, []) for hit in hits[:most]]
        kept: list[tuple[Hit, list[Hit]]] = []
        for hit in hits[:_COMPARED]:
            document = self._passages[hit.row][1].document
            for shown, same in kept:
                other = self._passages[shown.row][1].document != document
                if other and stands_in(self._shingles_of(shown.row), self._shingles_of(hit.row)):
                    same.append(hit)
                    break
            else:
                if len(kept) < most:
                    kept.append((hit, []))
        return kept

    def _shingles_of(self, row: int) -> Shingles:
        if row not in self._shingles:
            self._shingles[row] = shingles(self._passages[row][1].text)
        return self._shingles[row]

    def _answer(
        self,
        asked: str,
        question: Query,
        status: Status,
        confidence: float,
        passages: tuple[AnswerPassage, ...],
        notice: Notice | None,
        suggestions: tuple[Suggestion, ...],
    ) -> Answer:
        references: dict[str, AnswerReference] = {}
        for passage in passages:
            for key in (key for citation in passage.citations for key in citation.entries):
                work = self._work(passage.document, key)
                references.setdefault(work.key, shown_work(work, passage.document))
        interpretation = _interpretation(question)
        said = {same_words(asked), same_words(str(interpretation))}
        leading = tuple(one for one in suggestions if same_words(str(one)) not in said)
        works = tuple(references.values())
        return Answer(asked, interpretation, status, confidence, passages, works, notice, leading)

    def _work(self, document: str, key: str) -> Work:
        work = self._works.of(document, key)
        assert work is not None, "a citation names an entry of its own review's list"
        return work

    def _passage(self, hit: Hit, chosen: Sequence[int], explain: Explain, same: Sequence[Hit]) -> AnswerPassage:
        review, passage = self._passages[hit.row]
        term_matches = {index: explain(hit.row, index) for index in chosen}
        shown = shown_passage(review.document, passage, term_matches, lambda key: self._work(passage.document, key).key)
        repeats = (self._passages[other.row][1] for other in same)
        return replace(shown, also_in=tuple(Repeat(other.id, other.document) for other in repeats))

    def _follow_ups(self, hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
        """Questions that lead on: the section after that of the best passage, and starters on other sections."""
        sections = {self._passages[hit.row][1].section for hit in hits}
        best = self._passages[hits[0].row][1]
        following = self._next_section.get((best.document, best.section))
        leading: list[Suggestion] = [about(following)] if following and following not in sections else []
        leading += [one for one in self.starters if not any(section and section in str(one) for section in sections)]
        return tuple(dict.fromkeys(leading))[:4]


def _interpretation(question: Query) -> str | Notice:
    """The question in full, for the reader to check."""
    if not question.history:
        return question.written_out
    return Notice(AnswerNotice.GOING_ON_FROM, question=question.written_out, earlier=question.history[-1])


def _highlighted(hits: Sequence[Hit]) -> dict[int, list[int]]:
    """Which sentences of each passage (by row) to highlight, in text order.

    The best sentences of all passages together, in the order in which they are read, and then the best sentence of
    each of the first three passages that has none.
    """
    ranked = sorted(
        ((score, place, number) for place, hit in enumerate(hits) for number, score in enumerate(hit.sentences)),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    if not ranked:
        return {hit.row: [] for hit in hits}
    best = ranked[0][0]
    chosen = {(place, number) for score, place, number in ranked[:CHIEF_HIGHLIGHTS] if score >= best - _CHIEF_WITHIN}
    last = max(chosen)
    for score, place, number in ranked[CHIEF_HIGHLIGHTS:MOST_HIGHLIGHTS]:
        if score >= best - _FURTHER_WITHIN and (place, number) > last:
            chosen.add((place, number))
    for place, hit in enumerate(hits[:3]):
        if hit.sentences and not any(other == place for other, _ in chosen):
            chosen.add((place, max(range(len(hit.sentences)), key=hit.sentences.__getitem__)))
    return {hit.row: sorted(number for other, number in chosen if other == place) for place, hit in enumerate(hits)}


def shown_passage(
    document: Document,
    passage: Passage,
    term_matches: Mapping[int, tuple[TermMatch, ...]],
    key_of_work: Callable[[str], str] = str,
) -> AnswerPassage:
    """A passage as it is shown.

    because: the numbers of the sentences to highlight, each with the words that met. key_of_work: turns the key of an
    entry into that of its work among several reviews.
    """
    start = passage.start
    return AnswerPassage(
        id=passage.id,
        document=passage.document,
        section=passage.section,
        paragraph=passage.paragraph,
        text=passage.text,
        start=start,
        end=passage.end,
        highlights=tuple(_highlight(document, passage, index, term_matches[index]) for index in sorted(term_matches)),
        citations=tuple(
            AnswerCitation(
                c.mention,
                c.start - start,
                c.end - start,
                c.status,
                c.discrepancies,
                tuple(dict.fromkeys(map(key_of_work, c.references))),
                c.references,
            )
            for c in passage.citations
        ),
        markup=tuple(
            (max(left, start) - start, min(right, passage.end) - start)
            for left, right in document.markup
            if left < passage.end and start < right
        ),
        page=passage.page,
    )


def _highlight(document: Document, passage: Passage, index: int, term_matches: tuple[TermMatch, ...]) -> Highlight:
    start, end = passage.sentences[index]
    cited = any(start <= citation.start < end for citation in passage.citations)
    text = document.text[start:end]
    attribution: Attribution = "cited" if cited else "review"
    return Highlight(start - passage.start, end - passage.start, text, attribution, term_matches, document.page(start))


def same_words(question: str) -> str:
    """A question as it is compared with others: without case, punctuation and white space."""
    return " ".join("".join(c if c.isalnum() else " " for c in question.casefold()).split())


def shown_work(work: Work, document: str) -> AnswerReference:
    """A work as it is shown where this document cites it: in that document's spelling, with the others' beside."""
    entry = next(entry for name, entry in work.entries if name == document)
    listed = tuple(ListedEntry(name, one.key, one.text) for name, one in work.entries)
    return replace(shown_reference(entry, document), key=work.key, entries=listed)


def shown_reference(reference: Reference, document: str) -> AnswerReference:
    """An entry of a document's reference list as it is shown."""
    return AnswerReference(
        key=reference.key,
        authors=tuple(author.family for author in reference.authors),
        year=reference.year,
        title=reference.title,
        container=reference.container,
        doi=reference.doi,
        url=reference.url,
        text=reference.text,
        document=document,
    )


def _next_sections(reviews: Sequence[Review]) -> Iterator[tuple[tuple[str, str], str]]:
    """((document, heading), the heading after it), for sections that hold paragraphs."""
    for review in reviews:
        headings = [section.heading for section in review.document.sections if section.paragraphs and section.heading]
        for heading, following in pairwise(headings):
            yield (review.document.name, heading), following
