"""The page of one passage: its words, its paragraph, its citations, and a receipt that tells whether it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from peerqa.answering.answer import AnswerPassage, Highlight, shown_reference
from peerqa.citing.export import cited_as, secondary_citation
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, passage_link, quoted, reading_link, sha256
from peerqa.web.views.answer_card import render_reference
from peerqa.web.views.escape import escape
from peerqa.web.views.export import reported_works, spoken
from peerqa.web.views.passage_text import render_text
from peerqa.web.views.review_pane import render_notes, whole
from peerqa.wording import strings


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to: the passage, the starts of the sentences that it names, and what its receipt says."""

    review: Review
    passage: AnswerPassage
    starts: tuple[int, ...]
    receipt: str


def find(reviews: Sequence[Review], passage_id: str, starts: Sequence[int], receipt: str) -> Found | None:
    """Follow a link; where its words stand elsewhere by now, go there. None: there is no such passage."""
    receipt = receipt.lower() if 8 <= len(receipt) <= 64 else ""
    named = next((pair for pair in _passages(reviews) if pair[1].id == passage_id), None)
    if named is not None:
        passage = whole(*named)
        known = tuple(one.start for one in passage.highlights if one.start in starts)
        if not receipt:
            return Found(named[0], passage, known, "")
        if sha256(quoted(passage, known)).startswith(receipt):
            return Found(named[0], passage, known, strings.RECEIPT_HOLDS)
    moved = _with_receipt(reviews, receipt, len(starts)) if receipt else None
    if moved is not None:
        return moved
    return None if named is None else Found(named[0], whole(*named), (), strings.RECEIPT_BROKEN)


def _passages(reviews: Sequence[Review]) -> Iterator[tuple[Review, Passage]]:
    return ((review, passage) for review in reviews for passage in review.passages)


def _with_receipt(reviews: Sequence[Review], receipt: str, named: int) -> Found | None:
    """Where the words of a receipt stand now: a whole passage, or `named` sentences in a row."""
    for review, passage in _passages(reviews):
        shown = whole(review, passage)
        starts = [one.start for one in shown.highlights]
        runs = [starts[first : first + named] for first in range(len(starts) - named + 1)] if named else [[]]
        for run in runs:
            if sha256(quoted(shown, run)).startswith(receipt):
                return Found(review, shown, tuple(run), strings.RECEIPT_MOVED)
    return None


def render_passage_page(found: Found) -> str:
    """The body of the page."""
    review, passage = found.review, found.passage
    document = review.document
    marked = replace(passage, highlights=tuple(one for one in passage.highlights if one.start in found.starts))
    name = anchor(passage.id)
    spans = [(one.start, one.end) for one in marked.highlights] or [(0, len(passage.text))]
    words = " ".join(render_text(marked, name, start, end, mark=False) for start, end in spans)
    place = strings.place(passage.section.strip() or strings.NO_SECTION, passage.paragraph, passage.page)
    byline = ", ".join(fact for fact in (document.author, document.date) if fact)
    lang = spoken(review)
    told = f'<p class="receipt-says" role="status">{escape(found.receipt)}</p>' if found.receipt else ""
    context = ""
    if marked.highlights:
        text = render_text(marked, name, 0, len(passage.text), mark=True)
        context = f'<h2>{escape(strings.CONTEXT)}</h2><p class="passage"{lang}>{text}</p>'
    return (
        f"{told}<p class='kicker'>{escape(strings.QUOTE)}</p><h1{lang}>{escape(place)}</h1>"
        f'<blockquote class="quote"><p{lang}>{words}</p><p class="source"><a href="{escape(_in_review(passage))}">'
        f"<cite{lang}>{escape(document.title)}</cite></a> {escape(byline)}</p></blockquote>"
        f"<p class='secondary'>{escape(strings.SECONDARY)}: {escape(_citation(review, marked))}</p>"
        f"{context}{_works(review, marked)}{_receipt(review, passage, found.starts)}{_neighbours(review, passage)}"
    )


def _citation(review: Review, passage: AnswerPassage) -> str:
    """How the quote is cited, each work that it reports once."""
    whole_text = Highlight(0, len(passage.text), passage.text, "review")
    sentences = passage.highlights or (whole_text,)
    works = {work.key: work for one in sentences for work in reported_works(passage, one, review)}
    page = sentences[0].page or passage.page
    return secondary_citation(tuple(works.values()), cited_as(review.document), passage.paragraph, page)


def _in_review(passage: AnswerPassage) -> str:
    return f"{reading_link(passage.document)}#{anchor(passage.id)}"


def _works(review: Review, passage: AnswerPassage) -> str:
    """The entries behind the passage, and the notes that its citations open."""
    lang = spoken(review)
    numbers = {reference.key: number for number, reference in enumerate(review.references, start=1)}
    cited = dict.fromkeys(key for citation in passage.citations for key in citation.references if key in numbers)
    items = "".join(
        f'<li id="reference-{numbers[key]}">'
        f"{render_reference(shown_reference(review.references[numbers[key] - 1], review.document.name), lang)}</li>"
        for key in cited
    )
    works = f'<h2>{escape(strings.REFERENCES)}</h2><ul class="entries">{items}</ul>' if items else ""
    return works + render_notes(review, [passage])


def _receipt(review: Review, passage: AnswerPassage, starts: Sequence[int]) -> str:
    """The hashes by which anybody can tell whether document and quote are what they were."""
    link = passage_link(passage, starts)
    rows = (
        (strings.DOCUMENT_HASH, f"<code>{escape(review.document.sha256)}</code>"),
        (strings.QUOTE_HASH, f"<code>{sha256(quoted(passage, starts))}</code>"),
        (strings.LINK_WITH_RECEIPT, f'<a href="{escape(link)}">{escape(link)}</a>'),
    )
    items = "".join(f"<dt>{escape(term)}</dt><dd>{value}</dd>" for term, value in rows)
    return f"<h2>{escape(strings.RECEIPT)}</h2><p>{escape(strings.RECEIPT_NOTE)}</p><dl class='receipt'>{items}</dl>"


def _neighbours(review: Review, passage: AnswerPassage) -> str:
    """The ways on: the passage before, the one after, the whole review."""
    index = next(number for number, one in enumerate(review.passages) if one.id == passage.id)
    links = [f'<a href="{escape(_in_review(passage))}">{escape(strings.READ_IN_REVIEW)}</a>']
    for other, words in ((index - 1, strings.EARLIER_PASSAGE), (index + 1, strings.LATER_PASSAGE)):
        if 0 <= other < len(review.passages):
            link = passage_link(whole(review, review.passages[other]))
            links.append(f'<a href="{escape(link)}">{escape(words)}</a>')
    return f'<p class="ways">{"".join(links)}</p>'
