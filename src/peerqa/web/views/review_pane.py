"""A review -> the HTML of the whole of it: contents, headings, passages with live citations, the reference list."""

from __future__ import annotations

from collections.abc import Iterable

from peerqa.answering.answer import AnswerPassage, shown_passage, shown_reference
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, passage_link
from peerqa.web.views.answer_card import render_citation_note, render_reference
from peerqa.web.views.escape import escape
from peerqa.web.views.export import spoken
from peerqa.web.views.passage_text import note_id, render_sentences
from peerqa.wording import strings


def whole(review: Review, passage: Passage) -> AnswerPassage:
    """A passage with every sentence named."""
    return shown_passage(review.document, passage, dict.fromkeys(range(len(passage.sentences)), ()))


def render_review(review: Review) -> str:
    """The whole review, for a page of its own or a pane beside the conversation."""
    document = review.document
    facts = "".join(f"<span>{escape(fact)}</span>" for fact in (document.author, document.date) if fact)
    title = f'<h1{spoken(review)}>{escape(document.title)}</h1><p class="byline">{facts}</p>'
    return f"{title}{_contents(review)}{_body(review)}{render_entries(review)}{_notes(review)}"


def _contents(review: Review) -> str:
    """The headings, as links."""
    lang = spoken(review)
    items = "".join(
        f'<li class="level{section.level}"><a href="#section-{number}"{lang}>{escape(section.heading)}</a></li>'
        for number, section in enumerate(review.document.sections)
        if section.heading
    )
    last = f'<li><a href="#references">{escape(strings.REFERENCE_LIST)}</a></li>' if review.references else ""
    return (
        f'<details class="contents" open><summary>{escape(strings.CONTENTS)}</summary>'
        f'<nav aria-label="{escape(strings.CONTENTS)}"><ol>{items}{last}</ol></nav></details>'
    )


def _body(review: Review) -> str:
    """Headings and passages in their order."""
    html: list[str] = []
    lang = spoken(review)
    for number, section in enumerate(review.document.sections):
        if section.heading:
            level = min(max(section.level, 2), 4)
            html.append(f'<h{level} id="section-{number}" tabindex="-1"{lang}>{escape(section.heading)}</h{level}>')
        html += [
            _paragraph(whole(review, passage), lang)
            for passage in review.passages
            if section.start <= passage.start < section.end
        ]
    return "".join(html)


def _paragraph(passage: AnswerPassage, lang: str) -> str:
    """A passage, and the link to its own page."""
    name = anchor(passage.id)
    label = escape(strings.paragraph(passage.paragraph))
    ours = f' lang="{strings.language()}"' if lang else ""
    link = f'<a class="pilcrow" href="{escape(passage_link(passage))}" title="{label}" aria-label="{label}"{ours}>¶</a>'
    return f'<p class="passage" id="{name}" tabindex="-1"{lang}>{render_sentences(passage, name)} {link}</p>'


def render_entries(review: Review) -> str:
    """The reference list."""
    items = "".join(
        f'<li id="reference-{number}">'
        f"{render_reference(shown_reference(reference, review.document.name), spoken(review))}</li>"
        for number, reference in enumerate(review.references, start=1)
    )
    if not items:
        return ""
    return f'<h2 id="references" tabindex="-1">{escape(strings.REFERENCE_LIST)}</h2><ul class="entries">{items}</ul>'


def _notes(review: Review) -> str:
    return render_notes(review, (whole(review, passage) for passage in review.passages))


def render_notes(review: Review, passages: Iterable[AnswerPassage]) -> str:
    """What the popovers of the passages' citations show."""
    numbers = {reference.key: number for number, reference in enumerate(review.references, start=1)}
    notes = [
        render_citation_note(
            citation,
            note_id(anchor(passage.id), index),
            [f"reference-{numbers[key]}" for key in citation.references if key in numbers],
        )
        for passage in passages
        for index, citation in enumerate(passage.citations)
    ]
    return f'<div class="notes">{"".join(notes)}</div>'
