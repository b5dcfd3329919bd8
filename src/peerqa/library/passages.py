"""Document -> Passages: what is found and shown. Each is a slice: `document.text[p.start:p.end] == p.text`.

A passage is a paragraph; a long one is cut between sentences. What is embedded of it is its `EmbeddedText`: the heading
in front, without citation marks, and with the abbreviations that the review defines written out.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from peerqa.citing.citation import Citation
from peerqa.text.document import Document, Paragraph, PlainText, Section, Sentence, Span

LONGEST_PASSAGE = 220
"""In words. With its heading, a passage of this length has at most the 256 tokens that the default model reads."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or part of a long one. Offsets count in `Document.text`.

    id: its name in the corpus; it stays the same while the paragraphs before it do. document: the name of the review.
    section: the heading of its section; heading: the same with the headings above it in front. paragraph: its number in
    the document, from 1. sentences: the spans of its sentences. citations: those inside it. opens_section: whether it
    is the first passage under its heading. page: on which it begins; None if the source has no pages.
    """

    id: str
    document: str
    section: str
    heading: str
    paragraph: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    citations: tuple[Citation, ...]
    opens_section: bool = False
    page: int | None = None

    def sentence(self, number: int) -> str:
        """The words of a sentence, by its number."""
        start, end = self.sentences[number]
        return self.text[start - self.start : end - self.start]


def cut_passages(
    document: Document, citations: Sequence[Citation], longest: int = LONGEST_PASSAGE
) -> tuple[Passage, ...]:
    """The passages of a document, in text order. longest: the most words of a passage, unless one sentence has more."""
    passages = []
    for section in document.sections:
        for paragraph in section.paragraphs:
            parts = _parts(document, paragraph, longest)
            for number, part in enumerate(parts):
                passages.append(
                    _passage(document, section, paragraph, part, number if len(parts) > 1 else None, citations)
                )
    return tuple(passages)


def _parts(document: Document, paragraph: Paragraph, longest: int) -> list[tuple[Sentence, ...]]:
    """The sentences of a paragraph in as few parts as possible, of about equal length, none longer than `longest` words
    (unless one sentence is)."""
    sentences = paragraph.sentences or (Sentence(paragraph.start, paragraph.end),)
    lengths = [len(document.text[sentence.start : sentence.end].split()) for sentence in sentences]
    if sum(lengths) <= longest:
        return [sentences]
    fewest = len(_filled(lengths, longest))
    least = bisect_left(range(longest), True, key=lambda size: len(_filled(lengths, size)) <= fewest)
    bounds = [0, *_filled(lengths, least)]
    return [sentences[first:end] for first, end in pairwise(bounds)]


def _filled(lengths: Sequence[int], size: int) -> list[int]:
    """The number of the sentence behind each part, if parts are filled one after the other up to `size` words. lengths:
    the words of each sentence; one that is longer than `size` is a part of its own."""
    ends: list[int] = []
    filled = 0
    for number, length in enumerate(lengths):
        if number and filled + length > size:
            ends.append(number)
            filled = 0
        filled += length
    return [*ends, len(lengths)]


def _passage(
    document: Document,
    section: Section,
    paragraph: Paragraph,
    sentences: Sequence[Sentence],
    number: int | None,
    citations: Iterable[Citation],
) -> Passage:
    whole = number is None
    start = paragraph.start if whole else sentences[0].start
    end = paragraph.end if whole else sentences[-1].end
    return Passage(
        id=f"{document.name}:{paragraph.number}" + ("" if number is None else f".{number + 1}"),
        document=document.name,
        section=section.heading,
        heading=" – ".join((*section.path, section.heading)) if section.path else section.heading,
        paragraph=paragraph.number,
        start=start,
        end=end,
        text=document.text[start:end],
        sentences=tuple((sentence.start, sentence.end) for sentence in sentences),
        citations=tuple(citation for citation in citations if start <= citation.start and citation.end <= end),
        opens_section=paragraph is section.paragraphs[0] and not number,
        page=document.page(start),
    )


# ---- what is embedded -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """What is embedded of a passage: its heading and its sentences; `sentences` are the spans of these in `text`."""

    text: str
    sentences: tuple[Span, ...]

    @property
    def body(self) -> int:
        """Where the first sentence begins, behind the heading."""
        return self.sentences[0][0] if self.sentences else 0

    @property
    def digest(self) -> str:
        """A hash of the text and of its sentences' spans; texts with equal digests have equal vectors."""
        content = f"{self.sentences}\n{self.text}"
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def embedded_text(document: Document, passage: Passage, abbreviations: Mapping[str, str]) -> EmbeddedText:
    """What is embedded of a passage. abbreviations: short form -> long form, as its review defines them."""
    heading = write_out(passage.heading, abbreviations)
    text = f"{heading}. " if heading else ""
    spans: list[Span] = []
    for start, end in passage.sentences:
        words = write_out(words_without_citations(document, start, end, passage.citations), abbreviations)
        spans.append((len(text), len(text) + len(words)))
        text += words + " "
    return EmbeddedText(text.rstrip(), tuple(spans))


def words_without_citations(document: Document, start: int, end: int, citations: Sequence[Citation]) -> str:
    """The words of a slice on one line, without the marks of its citations.

    A parenthesis that holds a citation is left out as a whole. Of "Cole et al. (2009)" and "Cole et al. found ...
    (2009)" only the year is left out, since people ask who found something.
    """
    plain = document.plain(start, end)
    marks = [
        span
        for citation in citations
        for span in ([(citation.start, citation.end)] if citation.kind == "parenthetical" else [])
        + ([citation.year_span] if citation.year_span else [])
    ]
    narrative = [(citation.start, citation.end) for citation in citations if citation.kind != "parenthetical"]
    numbers = [(citation.start, citation.end) for citation in citations if citation.kind == "numbered"]
    marks += numbers
    gone: list[Span] = []
    for group in re.finditer(r"\s*[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]", plain.text):
        left, right = plain.span(group.start(), group.end())
        within = any(mark[0] <= left and right <= mark[1] for mark in narrative)
        if within or any(mark[0] < right and left < mark[1] for mark in marks):
            gone.append(group.span())
    gone += [
        raised
        for mark in numbers
        if (raised := _raised(plain, *mark)) is not None and not any(left <= raised[0] < right for left, right in gone)
    ]
    kept: list[str] = []
    position = 0
    for left, right in sorted(gone):
        kept.append(plain.text[position:left])
        position = max(position, right)
    kept.append(plain.text[position:])
    return " ".join("".join(kept).split())


def _raised(plain: PlainText, start: int, end: int) -> Span | None:
    """The span in the plain text of a superscript number of the document, with the commas and carets beside it; None if
    nothing of it is in the plain text."""
    last = len(plain.text)
    left, right = bisect_left(plain.offsets, start, 0, last), bisect_left(plain.offsets, end, 0, last)
    before = re.search(r"(?:\^|(?<=[\d⁰¹²³⁴⁵⁶⁷⁸⁹])[,;˒‚⁻–-])$", plain.text[max(0, left - 2) : left])
    left -= len(before[0]) if before else 0
    right += plain.text.startswith("^", right)
    return (left, right) if left < right else None


def write_out(text: str, abbreviations: Mapping[str, str]) -> str:
    """The text with each abbreviation replaced by what it stands for; a plural stays one, and case must match."""
    if not abbreviations:
        return text
    shorts = sorted(abbreviations, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, shorts))})(s?)(?![\w])")
    return pattern.sub(lambda match: _plural(abbreviations[match[1]], match[2]), text)


def _plural(long: str, ending: str) -> str:
    return long if not ending or long.endswith("s") else long + "s"
