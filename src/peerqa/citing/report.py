"""The citation report of a review: where the text and the reference list disagree.

A finding is something to correct: a citation that differs from its entry, a citation without an entry, an entry that is
never cited, an entry without DOI or link. The JSON of `CitationReport.to_dict` is stable since version 0.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from peerqa.citing.citation import Citation
from peerqa.citing.discrepancies import Discrepancy, reason
from peerqa.citing.reference import Reference
from peerqa.notices import Notice
from peerqa.text.document import Document

FindingKind = Literal["no-entry", "departure", "ambiguous", "never-cited", "no-link"]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
"""All kinds, in the order in which a report shows them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to correct. line: of the source, from 1. about: the words that cite, or the key of the entry."""

    kind: FindingKind
    line: int
    about: str
    discrepancies: tuple[Notice, ...]

    @property
    def message(self) -> str:
        """What is to be corrected, as a line in English."""
        return reason(self.discrepancies) or ""

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "line": self.line, "about": self.about, "message": self.message}


@dataclass(frozen=True, slots=True)
class CitationReport:
    """The references and citations of a document, and the findings: by kind, then in the order of the text."""

    document: Document
    references: tuple[Reference, ...]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]

    def cited(self, key: str) -> int:
        """How many citations mean the entry; of an ambiguous one, the first entry counts."""
        return sum(citation.references[:1] == (key,) for citation in self.citations)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data; offsets count characters of the source."""
        cited = Counter(citation.references[0] for citation in self.citations if citation.references)
        return {
            "document": self.document.name,
            "references": [_reference(reference, cited[reference.key]) for reference in self.references],
            "citations": [self._citation(citation) for citation in self.citations],
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def _citation(self, citation: Citation) -> dict[str, Any]:
        return {
            "mention": citation.mention,
            "start": citation.start,
            "end": citation.end,
            "line": citation.line,
            "sentence": self.document.text[citation.sentence[0] : citation.sentence[1]],
            "status": citation.status,
            "reason": citation.reason,
            "references": list(citation.references),
            "kind": citation.kind,
            "year": citation.year,
            "issues": list(citation.issues),
        }


def check(document: Document, references: Sequence[Reference], citations: Sequence[Citation]) -> CitationReport:
    """Compare a document's citations with its reference list."""
    findings = [*_of_citations(citations), *_of_entries(references, citations)]
    return CitationReport(document, tuple(references), tuple(citations), tuple(findings))


_KIND_OF_STATUS: dict[str, FindingKind] = {"corrected": "departure", "ambiguous": "ambiguous", "missing": "no-entry"}


def _of_citations(citations: Sequence[Citation]) -> list[Finding]:
    findings = [
        Finding(_KIND_OF_STATUS[citation.status], citation.line, citation.mention, citation.discrepancies)
        for citation in citations
        if citation.status != "resolved"
    ]
    return sorted(findings, key=lambda finding: FINDING_KINDS.index(finding.kind))


def _of_entries(references: Sequence[Reference], citations: Sequence[Citation]) -> list[Finding]:
    named = {key for citation in citations for key in citation.references}
    never = [
        Finding("never-cited", reference.line, reference.key, (Notice(Discrepancy.NEVER_CITED, entry=reference.label),))
        for reference in references
        if reference.key not in named
    ]
    linkless = [
        Finding("no-link", reference.line, reference.key, (Notice(Discrepancy.NO_LINK, entry=reference.label),))
        for reference in references
        if not reference.doi and not reference.url
    ]
    return never + linkless


def _reference(reference: Reference, cited: int) -> dict[str, Any]:
    return {
        "key": reference.key,
        "line": reference.line,
        "authors": [author.family for author in reference.authors],
        "year": reference.year,
        "title": reference.title,
        "container": reference.container,
        "doi": reference.doi,
        "url": reference.url,
        "text": reference.text,
        "cited": cited,
    }
