"""A question about a review or its works -> what is told of them, and the sentences that belong to it.

Nothing here is searched: the answer lies in the front matter, the reference list and the citations. Only works about a
topic are looked up by a search, which is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from peerqa.answering.bibliographic_questions import Asked, BibliographicQuestion
from peerqa.answering.notices import AnswerNotice
from peerqa.citing.reference import Reference
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.notices import Notice
from peerqa.text.words import fold, stems_of

Sentences = tuple[Passage, tuple[int, ...]]
"""A passage, and the numbers of some of its sentences."""
Entry = tuple[str, str]
"""The name of a document, and the key of an entry of its reference list."""


@dataclass(frozen=True, slots=True)
class BibliographicAnswer:
    """What is told, the sentences that belong to it in text order, and the entries of the works in question."""

    notice: Notice
    sentences: tuple[Sentences, ...] = ()
    entries: tuple[Entry, ...] = ()


def bibliographic_answer(
    question: BibliographicQuestion, reviews: Sequence[Review], search: Callable[[str], Sequence[Sentences]]
) -> BibliographicAnswer | None:
    """The answer from the reviews that are asked; None if the question is one for a search after all.

    search: topic -> the sentences that speak of it; empty if none does.
    """
    if question.asked is Asked.WORKS_OF_YEARS:
        return _of_years(question.years, reviews)
    if question.asked is Asked.WORKS_BY:
        return _by(question, reviews)
    if question.asked is Asked.WORKS_ABOUT:
        return _about(question.words, reviews, search)
    return _of_review(question.asked, reviews[0]) if len(reviews) == 1 else None


def _of_review(asked: Asked, review: Review) -> BibliographicAnswer | None:
    """What there is to say of one review itself."""
    document, title = review.document, review.document.title
    if asked is Asked.AUTHOR:
        told = Notice(AnswerNotice.REVIEW_AUTHOR, title=title, author=document.author)
        return BibliographicAnswer(told if document.author else Notice(AnswerNotice.NO_AUTHOR, title=title))
    if asked is Asked.DATE:
        told = Notice(AnswerNotice.REVIEW_DATE, title=title, date=document.date)
        return BibliographicAnswer(told if document.date else Notice(AnswerNotice.NO_DATE, title=title))
    if asked is Asked.NUMBER_OF_WORKS:
        if not review.references:
            return BibliographicAnswer(Notice(AnswerNotice.NO_WORKS, title=title))
        entries = tuple((document.name, entry.key) for entry in review.references)
        told = Notice(AnswerNotice.NUMBER_OF_WORKS, title=title, number=len(entries))
        return BibliographicAnswer(told, entries=entries)
    summary = document.metadata.get("summary")
    sentences = tuple(_of_itself(review))
    if isinstance(summary, str) and summary:
        return BibliographicAnswer(Notice(AnswerNotice.REVIEW_SUMMARY, title=title, summary=summary), sentences)
    if not sentences:
        return None
    return BibliographicAnswer(Notice(AnswerNotice.REVIEW_SUBJECT, title=title), sentences)


_SUMMARIES = re.compile(r"\W*(?:abstract|summary|executive summary|overview|plain language summary)\W*", re.IGNORECASE)
_OF_ITSELF = re.compile(
    r"\b(?:this|the present|the current|our) (?:\w+ )?(?:review|paper|article|report|thesis|chapter|essay|study)\b"
    r"[^.]{0,30}\b(?:aim|explore|examine|discuss|describe|review|present|investigate|will|summari[sz]e|address|focus|"
    r"consider|look|ask|identif|evaluate|assess|analy[sz]e|outline|highlight)",
    re.IGNORECASE,
)


def _of_itself(review: Review) -> Iterator[Sentences]:
    """The sentences in which a review says what it is about: its abstract, else those that speak of "this review"."""
    for passage in review.passages:
        if _SUMMARIES.fullmatch(passage.section):
            yield passage, tuple(range(min(3, len(passage.sentences))))
            return
    for passage in review.passages:
        found = tuple(n for n in range(len(passage.sentences)) if _OF_ITSELF.search(passage.sentence(n)))
        if found:
            yield passage, found[:2]
            return


def _of_years(years: tuple[int, int], reviews: Sequence[Review]) -> BibliographicAnswer:
    """The works of some years."""
    first, last = years
    wanted = [(review, [entry for entry in review.references if first <= _year(entry) <= last]) for review in reviews]
    number = sum(len(entries) for _, entries in wanted)
    span = str(first) if first == last else f"{first or ''}–{last if last < _OPEN else ''}"
    code = AnswerNotice.WORKS_OF_YEARS if number else AnswerNotice.NO_WORKS_OF_YEARS
    return _answer(Notice(code, years=span, number=number), wanted)


_OPEN = 9999


def _by(question: BibliographicQuestion, reviews: Sequence[Review]) -> BibliographicAnswer | None:
    """The works of some authors; None if no list has a work of theirs."""
    names = _surnames(question.words)
    wanted = [
        (
            review,
            [
                entry
                for entry in review.references
                if names and _are_authors(names, entry) and question.years[0] in (0, _year(entry))
            ],
        )
        for review in reviews
    ]
    number = sum(len(entries) for _, entries in wanted)
    if not number:
        return None
    found = _answer(Notice(AnswerNotice.WORKS_BY, name=question.words, number=number), wanted)
    # "Moll et al. found ..." says more of what they found than a claim with their name in brackets.
    return replace(
        found, sentences=tuple(sorted(map(_telling_first, found.sentences), key=lambda one: not _tells(*one)))
    )


def _telling_first(sentences: Sentences) -> Sentences:
    passage, numbers = sentences
    return passage, tuple(sorted(numbers, key=lambda number: not _tells(passage, (number,))))


def _tells(passage: Passage, numbers: Sequence[int]) -> bool:
    """Whether any of the sentences names the authors whom it cites in its own words."""
    spans = [passage.sentences[number] for number in numbers]
    return any(
        one.kind != "parenthetical" and start <= one.start < end for one in passage.citations for start, end in spans
    )


def _about(
    topic: str, reviews: Sequence[Review], search: Callable[[str], Sequence[Sentences]]
) -> BibliographicAnswer | None:
    """The works whose titles have all words of a topic, or that are cited where a review speaks of it."""
    cited: list[tuple[Sentences, list[str]]] = []
    for passage, numbers in search(topic):
        citing = {number: keys for number in numbers if (keys := _cited_in(passage, number))}
        if citing:
            cited.append(((passage, tuple(citing)), [key for keys in citing.values() for key in keys]))
    stems = set(stems_of(topic))
    titled = [
        (review.document.name, entry.key)
        for review in reviews
        for entry in review.references
        if stems <= set(stems_of(entry.title or ""))
    ]
    entries = dict.fromkeys([*((one[0].document, key) for one, keys in cited for key in keys), *titled])
    if not entries:
        return None
    told = Notice(AnswerNotice.WORKS_ABOUT, topic=topic, number=len(entries))
    return BibliographicAnswer(told, tuple(one for one, _ in cited), tuple(entries))


def _answer(notice: Notice, wanted: Sequence[tuple[Review, list[Reference]]]) -> BibliographicAnswer:
    """The works that are told of, with the sentences that cite them."""
    sentences = tuple(one for review, entries in wanted for one in citing(review, {entry.key for entry in entries}))
    return BibliographicAnswer(
        notice, sentences, tuple((review.document.name, entry.key) for review, entries in wanted for entry in entries)
    )


def citing(review: Review, keys: set[str]) -> Iterator[Sentences]:
    """The sentences of a review that cite any of the entries; of an ambiguous citation the likeliest entry counts."""
    if not keys:
        return
    for passage in review.passages:
        numbers = tuple(n for n in range(len(passage.sentences)) if keys & set(_cited_in(passage, n)))
        if numbers:
            yield passage, numbers


def _cited_in(passage: Passage, number: int) -> list[str]:
    """The keys of the entries that a sentence cites."""
    start, end = passage.sentences[number]
    return [one.references[0] for one in passage.citations if one.references and start <= one.start < end]


def _year(entry: Reference) -> int:
    """The year of an entry; -1 if it has none."""
    year = (entry.year or "")[:4]
    return int(year) if year.isdigit() else -1


_JOINTS = re.compile(r"\bet al\b\.?|\band (?:colleagues|others|co-?workers)\b|\band\b|&|,|'s\b", re.IGNORECASE)


def _surnames(name: str) -> list[str]:
    """The names in "Moll et al." or "Repper and Carter", folded."""
    parts = (fold(part.strip(" .")) for part in _JOINTS.split(name.replace("’", "'")))
    return [part for part in parts if part]


def _are_authors(names: Sequence[str], entry: Reference) -> bool:
    """Whether an entry is by these authors: the first name is that of its first author, the others are among them."""
    families = [fold(author.family) for author in entry.authors]
    return bool(families) and names[0] == families[0] and set(names) <= set(families)
