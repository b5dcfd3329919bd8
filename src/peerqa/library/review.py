"""A document with all that was found in it: its reference list, its citations, its passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.library.passages import EmbeddedText, Passage, cut_passages, embedded_text
from peerqa.text.abbreviations import find_abbreviations
from peerqa.text.document import Document


@dataclass(frozen=True)
class Review:
    """A review, ready to be indexed, asked or checked. What follows from its parts is computed once, when needed."""

    document: Document
    references: tuple[Reference, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]

    @cached_property
    def abbreviations(self) -> Mapping[str, str]:
        """Short form -> long form, for the abbreviations that it defines."""
        return find_abbreviations(self.document.text)

    @cached_property
    def embedded_texts(self) -> tuple[EmbeddedText, ...]:
        """What is embedded of each passage."""
        return tuple(embedded_text(self.document, passage, self.abbreviations) for passage in self.passages)

    @cached_property
    def words(self) -> int:
        """The number of words in its paragraphs."""
        text = self.document.text
        return sum(len(text[one.start : one.end].split()) for one in self.document.paragraphs)


def read_review(document: Document) -> Review:
    """Parse the reference list, resolve the citations, cut the passages."""
    # Only here: their patterns take a tenth of a second to compile, and a question to a built index needs none of them.
    from peerqa.citing.reference_parsing import parse_references
    from peerqa.citing.resolving import find_citations

    references = parse_references(document)
    citations = find_citations(document, references)
    return Review(document, references, citations, cut_passages(document, citations))
