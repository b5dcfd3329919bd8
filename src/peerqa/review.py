"""A document with all that was found in it: its reference list, its citations, its passages."""

from __future__ import annotations

from dataclasses import dataclass

from .citations import Citation, find_citations
from .document import Document
from .passages import Passage, cut_passages
from .references import Reference, parse_references


@dataclass(frozen=True, slots=True)
class Review:
    """A review ready to be indexed, asked or checked."""

    document: Document
    references: tuple[Reference, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]


def read_review(document: Document) -> Review:
    """Parse the reference list, resolve the citations, cut the passages."""
    references = parse_references(document)
    citations = find_citations(document, references)
    return Review(document, references, citations, cut_passages(document, citations))
