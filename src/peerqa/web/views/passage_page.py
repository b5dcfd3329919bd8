"""The page of one passage: its words, its paragraph, its citations, and a receipt that tells whether it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from peerqa.answering.answer import AnswerPassage, Highlight
from peerqa.citing.export import cited_as, secondary_citation
from peerqa.library.asked_library import Library
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, passage_link, quoted, review_link, sha256
from peerqa.web.views.citations import listed_entry
from peerqa.web.views.export import reported_works
from peerqa.web.views.page import render_page
from peerqa.web.views.passage_text import excerpt, runs
from peerqa.web.views.review_pane import notes, whole
from peerqa.web.views.templating import lang_attribute
from peerqa.wording import strings

_MOST_SEARCHED = 50
"""Other reviews that are searched for the words of an old link; a receipt tells nothing of where they are."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to.

    starts: the offsets in the passage at which the sentences begin that the link names. receipt: one line that says
    whether the words have changed since the link was made; "" where the link has no receipt.
    """

    review: Review
    passage: AnswerPassage
    starts: tuple[int, ...]
    receipt: str


def find(library: Library, passage_id: str, starts: Sequence[int], receipt: str) -> Found | None:
    """The passage that a link names, or the one that its words have moved to; None if there is neither.

    starts and receipt are those of the link; a receipt of fewer than 8 or more than 64 digits is ignored.
    """
    receipt = receipt.lower() if 8 <= len(receipt) <= 64 else ""
    named = _named(library, passage_id)
    if named is not None:
        passage = whole(*named)
        known = tuple(one.start for one in passage.highlights if one.start in starts)
        if not receipt:
            return Found(named[0], passage, known, "")
        if sha256(quoted(passage, known)).startswith(receipt):
            return Found(named[0], passage, known, strings.RECEIPT_HOLDS)
    moved = _with_receipt(library, passage_id, receipt, len(starts)) if receipt else None
    if moved is not None:
        return moved
    return None if named is None else Found(named[0], whole(*named), (), strings.RECEIPT_BROKEN)


def _named(library: Library, passage_id: str) -> tuple[Review, Passage] | None:
    """The passage of that id, with its review."""
    passage = library.passage_named(passage_id)
    review = library.get(passage.document) if passage else None
    return (review, passage) if review and passage else None


def _searched_for_words(library: Library, passage_id: str) -> Iterator[Review]:
    """The review that a link names, and then some others: where words may have moved to."""
    own = passage_id.rsplit(":", 1)[0]
    names = dict.fromkeys([own, *library.names()[:_MOST_SEARCHED]])
    return (review for review in map(library.get, names) if review is not None)


def _with_receipt(library: Library, passage_id: str, receipt: str, named: int) -> Found | None:
    """The passage whose words have that receipt, or `named` successive sentences of it; None if there is none.

    passage_id: that of the link; its review is searched first.
    """
    searched = _searched_for_words(library, passage_id)
    for review, passage in ((one, passage) for one in searched for passage in one.passages):
        shown = whole(review, passage)
        starts = [one.start for one in shown.highlights]
        runs = [starts[first : first + named] for first in range(len(starts) - named + 1)] if named else [[]]
        for run in runs:
            if sha256(quoted(shown, run)).startswith(receipt):
                return Found(review, shown, tuple(run), strings.RECEIPT_MOVED)
    return None


def render_passage_page(found: Found, *, several: bool = False) -> str:
    """The page of one passage. several: there is more than one review."""
    review, passage = found.review, found.passage
    document = review.document
    marked = replace(passage, highlights=tuple(one for one in passage.highlights if one.start in found.starts))
    name = anchor(passage.id)
    spans = [(one.start, one.end) for one in marked.highlights] or [(0, len(passage.text))]
    numbers = {reference.key: number for number, reference in enumerate(review.references, start=1)}
    cited = dict.fromkeys(key for one in marked.citations for key in one.references if key in numbers)
    return render_page(
        "passage.html",
        title=f"{passage.section} – {document.title}",
        kind="one",
        several=several,
        receipt_says=found.receipt,
        lang=lang_attribute(review),
        place=strings.place(passage.section.strip() or strings.NO_SECTION, passage.paragraph, passage.page),
        sentences=[excerpt(marked, name, start, end) for start, end in spans],
        review_link=_in_review(passage),
        review_title=document.title,
        byline=", ".join(fact for fact in (document.author, document.date) if fact),
        citation=_citation(review, marked),
        context=runs(marked, name) if marked.highlights else (),
        works=[(numbers[key], listed_entry(review, review.references[numbers[key] - 1])) for key in cited],
        notes=list(notes(review, [marked])),
        document_hash=document.sha256,
        quote_hash=sha256(quoted(passage, found.starts)),
        link=passage_link(passage, found.starts),
        neighbours=list(_neighbours(review, passage)),
    )


def _citation(review: Review, passage: AnswerPassage) -> str:
    """How the quote is cited, each work that it reports once."""
    whole_text = Highlight(0, len(passage.text), passage.text, "review")
    sentences = passage.highlights or (whole_text,)
    works = {work.key: work for one in sentences for work in reported_works(passage, one, review)}
    page = sentences[0].page or passage.page
    return secondary_citation(tuple(works.values()), cited_as(review.document), passage.paragraph, page)


def _in_review(passage: AnswerPassage) -> str:
    """The address of the passage in its review."""
    return f"{review_link(passage.document)}#{anchor(passage.id)}"


def _neighbours(review: Review, passage: AnswerPassage) -> Iterator[tuple[str, str]]:
    """The address and the name of the passage before and of the one after, as far as there are any."""
    index = next(number for number, one in enumerate(review.passages) if one.id == passage.id)
    for other, name in ((index - 1, strings.EARLIER_PASSAGE), (index + 1, strings.LATER_PASSAGE)):
        if 0 <= other < len(review.passages):
            yield passage_link(whole(review, review.passages[other])), name
