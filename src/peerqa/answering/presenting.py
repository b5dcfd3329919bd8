"""Document, passage, work -> what is shown of them in an answer, on a page, in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from peerqa.answering.answer import (
    AnswerCitation,
    AnswerPassage,
    AnswerReference,
    Attribution,
    Context,
    Focus,
    Highlight,
    Item,
    ListedEntry,
)
from peerqa.answering.focus import focus_of
from peerqa.citing.reference import Reference
from peerqa.library.passages import Passage
from peerqa.library.works import Work
from peerqa.retrieval.retriever import TermMatch
from peerqa.text.document import Document
from peerqa.text.enumerations import items_of
from peerqa.text.openings import points_back
from peerqa.text.words import stems_of

_ITEM_BEGINS, _ITEM_SHARE = 2, 0.5
"""Words of an item, and share of its words, that a passage which goes into it has in its first sentence."""
_MOST_CONTEXT = 2
"""Sentences that are shown before one that points back, if the first of them points back too."""


def shown_passage(
    document: Document,
    passage: Passage,
    term_matches: Mapping[int, tuple[TermMatch, ...]],
    key_of_work: Callable[[str], str] = str,
    before: Passage | None = None,
    question: str = "",
) -> AnswerPassage:
    """A passage as it is shown.

    term_matches: the number of each sentence to highlight, in reading order, with the words that match. key_of_work:
    turns the key of an entry in the passage's own review into the key of its work among all reviews. before: the
    passage before it in its section; None if it opens the section. question: what the sentences answer.
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
        highlights=tuple(_highlight(document, passage, index, term_matches[index], question) for index in term_matches),
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
        context=tuple(_contexts(document, passage, list(term_matches), before)),
        items=tuple(_items(passage, sorted(term_matches))),
    )


def _contexts(
    document: Document, passage: Passage, numbers: Sequence[int], before: Passage | None
) -> Iterator[Context]:
    """The sentences that lead up to highlights which point back and do not follow what they point to."""
    spans = [*(before.sentences if before else ()), *passage.sentences]
    places = [len(spans) - len(passage.sentences) + number for number in numbers]
    for rank, place in enumerate(places):
        first = place
        while 0 < first > place - _MOST_CONTEXT and points_back(document.text[slice(*spans[first])]):
            if first - 1 in places:
                break
            first -= 1
        if first < place and not (rank and places[rank - 1] == place - 1):
            start, end, offset = spans[first][0], spans[place - 1][1], passage.start
            yield Context(start - offset, end - offset, document.text[start:end], spans[place][0] - offset)


def _items(passage: Passage, numbers: Sequence[int]) -> Iterator[Item]:
    """The items of the sentences that list several things."""
    for number in numbers:
        start, end = (place - passage.start for place in passage.sentences[number])
        for left, right in items_of(passage.text[start:end]):
            yield Item(start + left, start + right, passage.text[start + left : start + right])


def goes_into(item: str, passages: Sequence[Passage]) -> str | None:
    """The id of the passage that goes into an item of a list: its first sentence has the two words with which the item
    begins, and at least half of all its words. Only words that tell passages apart count, those that few first
    sentences have. passages: those that may go into it, the likeliest first. None if none does."""
    first = [set(stems_of(_first_sentence(passage))) for passage in passages]
    few = max(2, len(passages) // 4)
    telling = [stem for stem in dict.fromkeys(stems_of(item)) if sum(stem in stems for stems in first) <= few]
    if not telling:
        return None
    shares = [
        len(stems & set(telling)) / len(telling) if stems.issuperset(telling[:_ITEM_BEGINS]) else 0.0 for stems in first
    ]
    best = max(range(len(shares)), key=lambda place: (shares[place], -place), default=None)
    return passages[best].id if best is not None and shares[best] >= _ITEM_SHARE else None


def _first_sentence(passage: Passage) -> str:
    start, end = (place - passage.start for place in passage.sentences[0]) if passage.sentences else (0, 0)
    return passage.text[start:end]


def _highlight(
    document: Document, passage: Passage, index: int, term_matches: tuple[TermMatch, ...], question: str
) -> Highlight:
    start, end = passage.sentences[index]
    cited = any(start <= citation.start < end for citation in passage.citations)
    text = document.text[start:end]
    attribution: Attribution = "cited" if cited else "review"
    offset, page = passage.start, document.page(start)
    span = focus_of(text, question, term_matches)
    focus = Focus(start - offset + span[0], start - offset + span[1], text[slice(*span)]) if span else None
    return Highlight(start - offset, end - offset, text, attribution, term_matches, page, focus)


def shown_work(work: Work, document: str) -> AnswerReference:
    """A work as it is shown for a document that cites it: by that document's entry, with those of all others beside."""
    entry = next(entry for name, entry in work.entries if name == document)
    listed = tuple(ListedEntry(name, one.key, one.text) for name, one in work.entries)
    return replace(shown_reference(entry, document), key=work.key, entries=listed)


def shown_reference(reference: Reference, document: str) -> AnswerReference:
    """An entry of a document's reference list, as it is shown."""
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
