"""Document > Section > Paragraph > Sentence: text with addresses.

Every part is a pair of offsets into `Document.text`, the decoded source, so that each word shown to a reader can be
traced to its place. This module reads no files and knows nothing of citations.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from peerqa.notices import Notice

Span = tuple[int, int]
ParagraphKind = Literal["text", "list", "quote", "table", "caption"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: `document.text[start:end]`, without the white space around it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body. Its sentences cover all of it except white space and list marks between them.

    `number` counts the body paragraphs of the document from 1.
    """

    number: int
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    kind: ParagraphKind = "text"

    def sentence_at(self, offset: int) -> Span:
        """The span of the sentence that holds a place of the document; of the whole paragraph if none does."""
        holding = ((item.start, item.end) for item in self.sentences if item.start <= offset < item.end)
        return next(holding, (self.start, self.end))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the paragraphs under it; `heading` is "" for the paragraphs before the first heading.

    `start` is where the heading begins; `end` is where the next section, or the reference list, begins. `path` holds
    the headings above this one, outermost first.
    """

    heading: str
    level: int
    start: int
    end: int
    paragraphs: tuple[Paragraph, ...]
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainText:
    """The words of a slice without its notation. `offsets[i]` is the place of `text[i]` in the document's text.

    `offsets` has one more item than `text`: the end of the slice.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The place in the document of `text[start:end]`; an empty slice gives an empty span."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True)
class Document:
    """A review as it was read.

    name: its path below the corpus folder, with "/" between the parts.
    text: the decoded source (line ends are "\\n"); all offsets count its characters.
    sections: the body in order; the reference list is not among them.
    reference_entries: one span an entry of the reference list.
    markup: spans of `text`, in order, that are notation and not words (emphasis marks, link targets).
    metadata: what else the source says of itself ("course", "source", "summary", ...).
    sha256: of the file's bytes.
    links: (start, end, start of the entry) for each place of `text` that the source itself links to an entry.
    pages: the offset at which each page begins; empty if the source has no pages.
    warnings: what of the source could not be read.
    """

    name: str
    text: str
    title: str
    sections: tuple[Section, ...]
    reference_entries: tuple[Span, ...] = ()
    author: str | None = None
    date: str | None = None
    metadata: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    markup: tuple[Span, ...] = ()
    sha256: str = ""
    warnings: tuple[Notice, ...] = ()
    links: tuple[tuple[int, int, int], ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """All body paragraphs, in order."""
        return (paragraph for section in self.sections for paragraph in section.paragraphs)

    def paragraph_at(self, offset: int) -> Paragraph | None:
        """The body paragraph that holds `offset`; None if it lies outside of all."""
        return next((part for part in self.paragraphs if part.start <= offset < part.end), None)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, offset: int) -> int:
        """The line of the source, counted from 1, in which `offset` lies."""
        return bisect_right(self._line_starts, offset)

    def page(self, offset: int) -> int | None:
        """The page, counted from 1, on which `offset` lies; None if the source has no pages."""
        return bisect_right(self.pages, offset) or None if self.pages else None

    def plain(self, start: int, end: int) -> PlainText:
        """The words of `text[start:end]` without notation, each with its place in the document."""
        kept: list[Span] = []
        position = start
        first = bisect_right(self.markup, (start, start)) - 1
        for index in range(max(first, 0), len(self.markup)):
            left, right = self.markup[index]
            if left >= end:
                break
            if right <= position:
                continue
            kept.append((position, max(left, position)))
            position = right
        if not kept:
            return PlainText(self.text[start:end], range(start, end + 1))
        kept.append((position, end))
        offsets = [offset for left, right in kept for offset in range(left, right)]
        return PlainText("".join([self.text[left:right] for left, right in kept]), (*offsets, end))
