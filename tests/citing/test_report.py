"""The citation report: its JSON, and each kind of finding."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.report import CitationReport, check
from peerqa.citing.resolving import find_citations
from peerqa.reading.files import read_document
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document

REVIEW = Path(__file__).parents[2] / "corpus" / "peer-support-in-mental-health.md"


def report_of(document: Document) -> CitationReport:
    references = parse_references(document)
    return check(document, references, find_citations(document, references))


@cache
def review() -> CitationReport:
    return report_of(read_document(REVIEW))


def own(body: str, *entries: str) -> CitationReport:
    source = f"Introduction\n\n{body}\n\nReferences\n\n" + "\n\n".join(entries) + "\n"
    return report_of(read_plain_text("own.txt", source, ""))


def kinds(report: CitationReport) -> list[tuple[str, str]]:
    return [(finding.kind, finding.about) for finding in report.findings]


def test_json_keys() -> None:
    data: dict[str, Any] = json.loads(json.dumps(review().to_dict()))
    assert set(data) == {"document", "references", "citations", "findings"}
    assert data["document"] == REVIEW.name
    assert len(data["references"]) == 17
    assert len(data["citations"]) == 79
    for entry in data["references"]:
        assert {"key", "text", "cited"} <= set(entry)
    for citation in data["citations"]:
        assert {"mention", "start", "end", "line", "sentence", "status", "reason", "references"} <= set(citation)
    for finding in data["findings"]:
        assert {"kind", "line", "about", "message"} == set(finding)


def test_offsets_count_characters_of_the_source() -> None:
    source = REVIEW.read_text(encoding="utf-8")
    for citation in review().to_dict()["citations"]:
        assert source[citation["start"] : citation["end"]] == citation["mention"]
        assert source.count("\n", 0, citation["start"]) + 1 == citation["line"]
        assert citation["sentence"] in source


def test_every_citation_counts_for_its_first_entry() -> None:
    data = review().to_dict()
    assert sum(entry["cited"] for entry in data["references"]) == 79
    assert all(review().cited(entry["key"]) == entry["cited"] for entry in data["references"])
    assert all(entry["cited"] for entry in data["references"])


def test_findings_of_the_review() -> None:
    messages = [f"{finding.about}: {finding.message}" for finding in review().findings]

    def having(*words: str) -> int:
        return sum(all(word in message for word in words) for message in messages)

    assert having("Braiser", "Brasier") == 5
    assert having("Muschler", "Mutschler") == 1
    assert having("Gillard, 2020", "2015") == 1
    assert having("Wang, Chen, & Deng", "2021", "2022") == 3
    assert Counter(finding.kind for finding in review().findings)["no-entry"] == 0
    assert [finding.about for finding in review().findings if finding.kind == "no-link"] == ["penney-2018"]
    assert [finding.about for finding in review().findings if finding.kind == "never-cited"] == []


def test_each_kind() -> None:
    report = own(
        "It helps (Brown, 2010). It costs (Adans, 2016). It is old (Lee, 2014).",
        "Adams, B. (2016). One. Journal. https://a.org",
        "Ford, F. (2011). Never. Journal. https://doi.org/10.1000/abc",
        "Lee, J. (2014). Apples. Journal.",
        "Lee, K. (2014). Pears. Journal. https://b.org",
    )
    assert kinds(report) == [
        ("no-entry", "Brown, 2010"),
        ("departure", "Adans, 2016"),
        ("ambiguous", "Lee, 2014"),
        ("never-cited", "ford-2011"),
        ("no-link", "lee-2014-apples"),
    ]
    assert [finding.line for finding in report.findings] == [3, 3, 3, 9, 11]
    assert not any("\n" in finding.message for finding in report.findings)


def test_nothing_to_mend() -> None:
    assert own("It helps (Adams, 2016).", "Adams, B. (2016). One. Journal. https://a.org").findings == ()


def test_without_citations_or_list() -> None:
    report = report_of(read_plain_text("own.txt", "Peers help.", ""))
    assert report.to_dict() == {"document": "own.txt", "references": [], "citations": [], "findings": []}
