"""Documents of paragraphs or sentences that are given as strings."""

from __future__ import annotations

from peerqa.reading.paragraphs import document_of_paragraphs, document_of_sentences


def test_paragraphs_stand_under_their_headings() -> None:
    given = [("", "Before. It starts."), ("Hours", "Too  few\nhours."), ("Hours", "Still."), ("Pay", "Low.")]
    document = document_of_paragraphs("article", "On Work", given)
    assert document.title == "On Work"
    assert [section.heading for section in document.sections] == ["", "Hours", "Pay"]
    texts = [document.text[part.start : part.end] for part in document.paragraphs]
    assert texts == ["Before. It starts.", "Too few hours.", "Still.", "Low."]
    assert [len(part.sentences) for part in document.paragraphs] == [2, 1, 1, 1]


def test_sentences_are_kept_as_they_are_given() -> None:
    given = ["One. Not two.", "and a third"]
    document = document_of_sentences("row", "Heading", given)
    (paragraph,) = document.paragraphs
    assert [document.text[s.start : s.end] for s in paragraph.sentences] == given
