"""The reference list under each of its usual headings, and one list a chapter."""

from __future__ import annotations

import pytest

from peerqa.citing.chapter_lists import ReferenceLists
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document

HEADINGS = [
    "References", "REFERENCES", "Reference list", "Reference List:", "List of references", "References cited",
    "Works cited", "Works Cited", "Works Consulted", "Literature", "Literature cited", "Bibliography",
    "Selected bibliography", "Annotated Bibliography", "Sources", "Sources consulted", "Notes and references",
    "7. References", "7 References", "VII. References", "3.2 Bibliography", "Chapter 4: References", "A. References",
    "Chapter 2 References", "References for Chapter 2", "Références", "Références bibliographiques", "Bibliographie",
    "Literaturverzeichnis", "Literatur", "Quellen", "Referencias", "Bibliografía", "Referências", "Literatuurlijst",
]  # fmt: skip
ENTRIES = "Adams, B. (2016). One. Journal, 1(1), 1–2.\n\nCole, T. (2014). Two. Journal, 2(1), 3–4.\n"
TEXT = "It helps many people, as they say themselves (Adams, 2016; Cole, 2014).\n"


def keys(document: Document) -> list[tuple[str, ...]]:
    return [citation.references for citation in find_citations(document, parse_references(document))]


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("level", [1, 2, 4])
def test_headings_in_markdown(heading: str, level: int) -> None:
    text = f"# Title\n\n## Introduction\n\n{TEXT}\n{'#' * level} {heading}\n\n{ENTRIES}"
    assert keys(read_markdown("own.md", text, "")) == [("adams-2016",), ("cole-2014",)]


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_without_markup(heading: str) -> None:
    for form in (heading, f"{heading}\n{'=' * len(heading)}"):
        document = read_plain_text("own.txt", f"Introduction\n\n{TEXT}\n{form}\n\n{ENTRIES}", "")
        assert keys(document) == [("adams-2016",), ("cole-2014",)]
    assert keys(read_markdown("own.md", f"# T\n\n{TEXT}\n**{heading}**\n\n{ENTRIES}", "")) == [
        ("adams-2016",),
        ("cole-2014",),
    ]


@pytest.mark.parametrize("heading", ["Reference groups", "Sources of support", "Literature review", "The literature"])
def test_other_headings(heading: str) -> None:
    document = read_markdown("own.md", f"# T\n\n## {heading}\n\n{TEXT}\n## References\n\n{ENTRIES}", "")
    assert [section.heading for section in document.sections] == [heading]
    assert keys(document) == [("adams-2016",), ("cole-2014",)]


CHAPTERS = """# Book

## Chapter 1

It helps (Adams, 2016). It lasts (Lee, 2014). All agree (Only, 2001; Ford, 2011).

### References

Adams, B. (2016). Apples. Journal.

Lee, J. (2014). Early pears. Journal.

Only, A. (2001). Once. Journal.

## Chapter 2

It helps (Adams, 2016). It lasts (Lee, 2014). All agree (Only, 2001).

### Works cited

Adams, B. (2016). Apples. Journal.

Ford, C. (2011). Cars. Journal.

Lee, K. (2014). Late plums. Journal.

## Afterword

It is well (Lee, 2014).
"""


def test_a_citation_is_resolved_to_the_list_of_its_chapter_first() -> None:
    document = read_markdown("own.md", CHAPTERS, "")
    references = parse_references(document)
    places = {reference.key: place for place, reference in enumerate(references)}
    citations = find_citations(document, references)
    assert [(citation.mention, places[citation.references[0]]) for citation in citations] == [
        ("Adams, 2016", 0), ("Lee, 2014", 1), ("Only, 2001", 2), ("Ford, 2011", 4),
        ("Adams, 2016", 3), ("Lee, 2014", 5), ("Only, 2001", 2),
        ("Lee, 2014", 5),
    ]  # fmt: skip
    assert {citation.status for citation in citations} == {"resolved"}


def test_lists_are_parted_by_text() -> None:
    document = read_markdown("own.md", CHAPTERS, "")
    lists = ReferenceLists(document, parse_references(document))
    assert lists.ranges == [range(3), range(3, 6)]
    places = [CHAPTERS.index(text) for text in ("It helps (Adams", "## Chapter 2", "## Afterword")]
    assert [lists.list_of(place) for place in places] == [0, 1, 1]
    assert ReferenceLists(document, ()).ranges == []


def test_two_lists_without_text_between_are_one() -> None:
    text = f"# T\n\n{TEXT}\n## References\n\n{ENTRIES}\n## Bibliography\n\nFord, C. (2011). Cars. Journal.\n"
    document = read_markdown("own.md", text, "")
    assert ReferenceLists(document, parse_references(document)).ranges == [range(3)]
