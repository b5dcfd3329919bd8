"""Document, passage, work -> what is shown of them in an answer, on a page, in a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from peerqa.answering.answer import (
    AnswerCitation,
    AnswerPassage,
    AnswerReference,
    Attribution,
    Highlight,
    ListedEntry,
)
from peerqa.citing.reference import Reference
from peerqa.library.passages import Passage
from peerqa.library.works import Work
from peerqa.retrieval.retriever import TermMatch
from peerqa.text.document import Document


def shown_passage(
    document: Document,
    passage: Passage,
    term_matches: Mapping[int, tuple[TermMatch, ...]],
    key_of_work: Callable[[str], str] = str,
) -> AnswerPassage:
    """A passage as it is shown.

    term_matches: the number of each sentence to highlight, with the words that match. key_of_work: turns the key of an
    entry in the passage's own review into the key of its work among all reviews.
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
