"""The page of a source that has pages stands with its passages, wherever one is shown or cited."""

from __future__ import annotations

from dataclasses import replace

from fake_assistant import library_of
from peerqa.answering.answer import Answer
from peerqa.answering.presenting import shown_passage
from peerqa.cli.rendering import Style, answer_as_text
from peerqa.library.review import Review, read_review
from peerqa.reading.markdown import read_markdown
from peerqa.web.views.addresses import passage_link
from peerqa.web.views.answer_card import render_answer
from peerqa.web.views.passage_page import find, render_passage_page
from several_reviews import HOURS


def paged() -> Review:
    """Page 2 begins with the second sentence of the first paragraph, page 3 with the next heading."""
    document = read_markdown("hours.pdf", HOURS, "x")
    starts = (0, document.text.index("Few hours"), document.text.index("## Boundaries"))
    return read_review(replace(document, pages=starts))


def test_a_passage_says_its_page_and_a_quote_its_own() -> None:
    review = paged()
    first, second = review.passages
    shown = shown_passage(review.document, first, {0: (), 1: ()})
    assert shown.page == 1
    assert [highlight.page for highlight in shown.highlights] == [1, 2]
    plain = shown.to_dict()
    assert (plain["page"], [one["page"] for one in plain["highlights"]]) == (1, [1, 2])
    answer = Answer("hours?", "hours?", "answered", 0.9, (shown, shown_passage(review.document, second, {0: ()})))
    html = render_answer(answer, turn=1, titles={"hours.pdf": "Hours"}, library={"hours.pdf": review})
    assert "p&#46; 2" in html or "p.\u00a02" in html
    assert "p.\u00a03" in html
    assert "as cited in Writer, 2021, p. 2&#41;" in html
    assert "paragraph 1, page 1" in answer_as_text(answer, Style())
    found = find(library_of([review]), first.id, [shown.highlights[1].start], "")
    assert found is not None
    page = render_passage_page(found)
    assert "as cited in Writer, 2021, p. 2&#41;" in page
    assert passage_link(shown) == passage_link(found.passage)


def test_where_there_are_no_pages_the_paragraph_is_cited() -> None:
    review = read_review(read_markdown("hours.md", HOURS, "x"))
    shown = shown_passage(review.document, review.passages[0], {0: ()})
    assert (shown.page, shown.highlights[0].page) == (None, None)
    found = find(library_of([review]), review.passages[0].id, [0], "")
    assert found is not None
    assert "2021, para. 1&#41;" in render_passage_page(found)
