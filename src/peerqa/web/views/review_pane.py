"""A review -> the whole of it: contents, headings, passages with live citations, the reference list.

It is a page of its own, and the script shows its <main> in a pane beside the conversation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peerqa.answering.answer import AnswerPassage
from peerqa.answering.presenting import shown_passage
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, passage_link
from peerqa.web.views.citations import CitationNote, listed_entry, note_of
from peerqa.web.views.page import render_page
from peerqa.web.views.passage_text import Run, note_id, runs
from peerqa.web.views.templating import lang_attribute
from peerqa.wording import strings


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage in its review. id: of its element. link: the address of its own page."""

    id: str
    paragraph: int
    link: str
    text: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its passages. level: of its heading in the source. tag: of the element, "h2" to "h4"."""

    number: int
    heading: str
    level: int
    tag: str
    passages: tuple[ShownPassage, ...]


def whole(review: Review, passage: Passage) -> AnswerPassage:
    """A passage with every sentence as a highlight, so that each can be named."""
    return shown_passage(review.document, passage, dict.fromkeys(range(len(passage.sentences)), ()))


def render_review(review: Review, *, several: bool = False) -> str:
    """The page of a whole review. several: there is more than one review."""
    document = review.document
    passages = [whole(review, passage) for passage in review.passages]
    return render_page(
        "review.html",
        title=document.title,
        kind="whole",
        several=several,
        document=document,
        lang=lang_attribute(review),
        language=strings.language(),
        sections=tuple(_sections(review, passages)),
        entries=[listed_entry(review, reference) for reference in review.references],
        notes=tuple(notes(review, passages)),
    )


def _sections(review: Review, passages: list[AnswerPassage]) -> Iterator[ShownSection]:
    for number, section in enumerate(review.document.sections):
        inside = tuple(_shown(one) for one in passages if section.start <= one.start < section.end)
        tag = f"h{min(max(section.level, 2), 4)}"
        yield ShownSection(number, section.heading, section.level, tag, inside)


def _shown(passage: AnswerPassage) -> ShownPassage:
    identifier = anchor(passage.id)
    return ShownPassage(identifier, passage.paragraph, passage_link(passage), runs(passage, identifier))


def notes(review: Review, passages: Iterable[AnswerPassage]) -> Iterator[CitationNote]:
    """What the popovers of the passages' citations show."""
    numbers = {reference.key: number for number, reference in enumerate(review.references, start=1)}
    for passage in passages:
        for index, citation in enumerate(passage.citations):
            targets = [f"reference-{numbers[key]}" for key in citation.references if key in numbers]
            yield note_of(citation, note_id(anchor(passage.id), index), targets)
