"""The review in both formats against hand-made gold: structure, 17 references, 79 citations."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.files import read_document
from peerqa.text.document import Document, Paragraph

TESTS = Path(__file__).parents[1]
SOURCES = {
    "md": TESTS.parent / "corpus" / "peer-support-in-mental-health.md",
    "txt": TESTS / "gold" / "peer-support-in-mental-health.txt",
}
OTHER_KEYS = {"bcgov-2021": "government-of-british-columbia-2021"}
"""The gold names one entry by an abbreviation that the list does not have."""

both = pytest.mark.parametrize("source", SOURCES)


def gold(name: str) -> list[dict[str, Any]]:
    lines = (TESTS / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def document(source: str) -> Document:
    return read_document(SOURCES[source])


@cache
def references(source: str) -> tuple[Reference, ...]:
    return parse_references(document(source))


@cache
def citations(source: str) -> tuple[Citation, ...]:
    return find_citations(document(source), references(source))


def words(document: Document, paragraph: Paragraph) -> list[str]:
    return document.plain(paragraph.start, paragraph.end).text.split()


@both
def test_structure(source: str) -> None:
    review = document(source)
    assert (review.title, review.author, review.date) == ("Peer Support in Mental Health", "Anonymous", "2022-12-11")
    assert review.warnings == ()
    assert [section.heading for section in review.sections] == [
        "Introduction",
        "Peer Support Definition",
        "Connections to social work values",
        "Benefits of Peer Support",
        "Challenges to Peer Support",
        "Social Work Role",
        "Conclusion",
    ]
    assert len({section.level for section in review.sections}) == 1
    assert [len(section.paragraphs) for section in review.sections] == [1, 5, 1, 5, 7, 4, 1]
    assert [paragraph.number for paragraph in review.paragraphs] == list(range(1, 25))
    assert {paragraph.kind for paragraph in review.paragraphs} == {"text"}
    assert len(review.reference_entries) == 17
    assert review.metadata["summary"] == (
        "Literature review of the benefits and challenges with peer support in mental health settings."
    )


def test_both_formats_hold_the_same_words() -> None:
    markdown, plain = document("md"), document("txt")
    for one, other in zip(markdown.paragraphs, plain.paragraphs, strict=True):
        assert words(markdown, one) == words(plain, other)
        assert len(one.sentences) == len(other.sentences)
    for entry, same in zip(references("md"), references("txt"), strict=True):
        assert entry.text == same.text


def test_markdown_keeps_every_line_of_the_plain_text() -> None:
    markdown = document("md").text
    labels = ("Course:", "Author:", "Date:", "Short Summary")
    for line in document("txt").text.splitlines():
        if line.strip("| ") and not line.startswith(labels):
            assert line.strip() in markdown


@both
def test_stray_bar_is_in_no_part(source: str) -> None:
    review = document(source)
    assert not any(review.text[start:end].strip() == "|" for start, end in review.reference_entries)
    assert not any("|" in word for paragraph in review.paragraphs for word in words(review, paragraph))


@both
def test_references(source: str) -> None:
    found = [
        {
            "key": entry.key,
            "authors": [author.family for author in entry.authors],
            "year": entry.year,
            "title": entry.title,
            "container": entry.container,
            "doi": entry.doi,
            "url": entry.url,
            "raw": entry.text,
        }
        for entry in references(source)
    ]
    wanted = [
        {**{name: row[name] for name in found[0]}, "key": OTHER_KEYS.get(row["key"], row["key"])}
        for row in gold("references")
    ]
    assert found == wanted


def test_reference_lines() -> None:
    assert [entry.line for entry in references("txt")] == [row["line"] for row in gold("references")]


def as_row(review: Document, citation: Citation) -> dict[str, Any]:
    start, end = citation.sentence
    return {
        "mention": citation.mention,
        "sentence": review.plain(start, end).text,
        "year": citation.year,
        "year_span": review.text[slice(*citation.year_span)] if citation.year_span else None,
        "reference": citation.references[0] if citation.references else None,
        "issue": citation.issues[0] if citation.issues else None,
        "other_issues": list(citation.issues[1:]),
    }


@both
def test_citations(source: str) -> None:
    found = [as_row(document(source), citation) for citation in citations(source)]
    wanted = [
        {**{name: row[name] for name in found[0]}, "reference": OTHER_KEYS.get(row["reference"], row["reference"])}
        for row in gold("citations")
    ]
    assert found == wanted


@both
def test_status_follows_from_the_issues(source: str) -> None:
    for citation in citations(source):
        expected = "ambiguous" if "ambiguous" in citation.issues else "corrected" if citation.issues else "resolved"
        assert citation.status == expected
        assert (citation.reason is None) == (citation.status == "resolved")
        assert (len(citation.references) > 1) == (citation.status == "ambiguous")


def test_lines_of_the_plain_text() -> None:
    assert [citation.line for citation in citations("txt")] == [row["line"] for row in gold("citations")]


def test_kinds() -> None:
    kinds = Counter(citation.kind for citation in citations("txt"))
    assert kinds["author-only"] == 1  # "Braiser identified ...", whose year follows in the same sentence
    assert all(citation.year_span is None for citation in citations("txt") if citation.kind == "parenthetical")


@both
def test_same_result_every_time(source: str) -> None:
    again = parse_references(document(source))
    assert again == references(source)
    assert find_citations(document(source), again) == citations(source)
