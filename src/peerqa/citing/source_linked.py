"""Citations that the source itself links to entries of the list (by anchors, \\cite keys or JATS xref elements)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.text.document import Document, Paragraph


def with_links(document: Document, references: Sequence[Reference], citations: Sequence[Citation]) -> list[Citation]:
    """The citations as the source links them, and one for each link that is not among them.

    A link is certain, so it overrides the entries that were found by the words.
    """
    keys = {reference.start: reference.key for reference in references}
    links = sorted((start, end, keys[entry]) for start, end, entry in document.links if entry in keys)
    links = sorted([*links, *_inside_ranges(document, [reference.key for reference in references], links)])
    begins = [start for start, _, _ in links]
    settled: list[Citation] = []
    used: set[int] = set()
    for citation in citations:
        spans = [span for span in ((citation.start, citation.end), citation.year_span) if span]
        inside = [
            index
            for left, right in spans
            for index in range(bisect_left(begins, left - 100), bisect_left(begins, right))
            if links[index][1] > left
        ]
        own = [index for index in inside if links[index][2] in citation.references] or inside
        if not own:
            settled.append(citation)
            continue
        used.update(index for index in inside if links[index][2] == links[own[0]][2])
        settled.append(_by_link(citation, links[own[0]][2]))
    cited = {(citation.start, key) for citation in settled for key in citation.references}
    for index, (start, end, key) in enumerate(links):
        paragraph = document.paragraph_at(start)
        if index not in used and paragraph is not None and (start, key) not in cited:
            settled.append(_linked(document, paragraph, start, end, key))
    return settled


_RANGE = re.compile(r"\\?\]?\s?[-–—−‐⁻]\s?\\?\[?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _inside_ranges(
    document: Document, keys: Sequence[str], links: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """(start, end, key) of the entries inside a range whose ends are links ("7–9"), at the place of its dash."""
    places = {key: place for place, key in enumerate(keys)}
    for (start, end, first), (left, right, last) in pairwise(links):
        if _RANGE.fullmatch(document.text[end:left]):
            numbers = [document.text[a:b].strip("[]\\ ").translate(_RAISED) for a, b in ((start, end), (left, right))]
            between = keys[places[first] + 1 : places[last]]
            if all(number.isdecimal() for number in numbers) and int(numbers[1]) - int(numbers[0]) == len(between) + 1:
                yield from ((end, left, key) for key in between)


def _by_link(citation: Citation, key: str) -> Citation:
    """The citation with the entry that the source links; it keeps its discrepancies if it already had that entry."""
    if citation.references[:1] == (key,) and citation.status != "ambiguous":
        return citation
    return replace(citation, references=(key,), status="resolved", discrepancies=())


def _linked(document: Document, paragraph: Paragraph, start: int, end: int, key: str) -> Citation:
    return Citation(
        mention=document.plain(start, end).text, start=start, end=end, line=document.line(start),
        sentence=paragraph.sentence_at(start), kind="parenthetical", year=None, status="resolved",
        discrepancies=(), references=(key,),
    )  # fmt: skip
