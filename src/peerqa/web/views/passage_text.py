"""A passage -> its words cut for display: highlights, in-text citations, list items, notation left out.

Offsets of highlights, citations and markup all count within the passage's text, so the text is cut at every one of
their ends and each piece knows what it lies in. The template parts/passage_text.html makes HTML of it. The pieces are
named tuples, since a whole review has thousands of them, and those are made faster than data classes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from peerqa.answering.answer import AnswerPassage, Context, Highlight

_LIST_MARKER = re.compile(r"\n[ \t]*([*+\-•]|\d{1,3}[.)])[ \t]")


class Piece(NamedTuple):
    """A run of characters inside the same highlight and the same citation (each an index, or None)."""

    start: int
    end: int
    highlight: int | None
    citation: int | None


class Line(NamedTuple):
    """Words without a line break; `item`: they begin an item of a list, on a line of their own.

    bullet: the marker of the item is notation, which is left out, so that a bullet is drawn in its place.
    """

    text: str
    item: bool = False
    bullet: bool = False


class Segment(NamedTuple):
    """The words of one citation, or between two. note: the id of the note that the citation opens, "" outside one.

    sure: the citation was resolved without a doubt.
    """

    lines: tuple[Line, ...]
    note: str = ""
    sure: bool = True


class Run(NamedTuple):
    """The words of one highlight, or between two (`highlight` is None). strong: they stand out."""

    highlight: Highlight | None
    segments: tuple[Segment, ...]
    strong: bool = False


def note_id(passage_id: str, citation: int) -> str:
    """The id of the element that holds what the popover of a citation shows."""
    return f"{passage_id}-c{citation}"


def pieces(passage: AnswerPassage, start: int, end: int) -> Iterator[Piece]:
    """Cut `passage.text[start:end]` at the ends of highlights, citations and markup, and drop the markup."""
    highlights = [(span.start, span.end) for span in passage.highlights]
    citations = [(span.start, span.end) for span in passage.citations]
    ends = {position for span in (*highlights, *citations, *passage.markup) for position in span}
    cuts = sorted({position for position in ends if start < position < end} | {start, end})
    notation, highlight, citation = (_holders(spans, cuts) for spans in (passage.markup, highlights, citations))
    for index, (left, right) in enumerate(pairwise(cuts)):
        if notation[index] is None:
            yield Piece(left, right, highlight[index], citation[index])


def _holders(spans: Sequence[tuple[int, int]], cuts: list[int]) -> list[int | None]:
    """For each cut, the index of the first span that holds the text from there to the next cut, or None."""
    holders: list[int | None] = [None] * len(cuts)
    for index in reversed(range(len(spans))):
        start, end = spans[index]
        for cut in range(bisect_left(cuts, start), bisect_left(cuts, end)):
            holders[cut] = index
    return holders


def visible_text(passage: AnswerPassage, start: int, end: int) -> str:
    """What a reader sees of `passage.text[start:end]`, as plain text."""
    return " ".join("".join(passage.text[p.start : p.end] for p in pieces(passage, start, end)).split())


def context_words(passage: AnswerPassage, context: Context) -> str:
    """What a reader sees of a context; where it stands before the passage, its notation is not known and is kept."""
    if context.start < 0:
        return " ".join(context.text.split())
    return visible_text(passage, context.start, context.end)


def runs(passage: AnswerPassage, passage_id: str) -> tuple[Run, ...]:
    """The whole passage, a run for each highlight and for what stands between two.

    passage_id: the id of the passage's element; those of its citations' notes begin with it.
    """
    breaks = _list_breaks(passage)
    return tuple(
        Run(None if index is None else passage.highlights[index], _segments(passage, passage_id, list(run), breaks))
        for index, run in groupby(pieces(passage, 0, len(passage.text)), key=lambda piece: piece.highlight)
    )


def excerpt(passage: AnswerPassage, passage_id: str, start: int, end: int) -> tuple[Run, ...]:
    """`passage.text[start:end]` as one run, whatever is highlighted in it; without words, none."""
    found = list(pieces(passage, start, end)) if start < end else []
    return (Run(None, _segments(passage, passage_id, found, _list_breaks(passage))),) if found else ()


def _segments(
    passage: AnswerPassage, passage_id: str, found: list[Piece], breaks: dict[int, int]
) -> tuple[Segment, ...]:
    """Pieces of one highlight, those of one citation together; a citation without visible words is no link."""
    segments: list[Segment] = []
    for citation, group in groupby(found, key=lambda piece: piece.citation):
        lines: list[Line] = []
        for piece in group:
            lines += _lines(passage, piece, breaks)
        if citation is None or not any(line.item or line.text.strip() for line in lines):
            segments.append(Segment(tuple(lines)))
            continue
        sure = passage.citations[citation].status == "resolved"
        segments.append(Segment(tuple(lines), note_id(passage_id, citation), sure))
    return tuple(segments)


def _lines(passage: AnswerPassage, piece: Piece, breaks: dict[int, int]) -> list[Line]:
    """The words of one piece; a line break before a list item is kept, any other will be a space."""
    newlines = [place for place in breaks if piece.start <= place < piece.end]
    lines = [Line(passage.text[piece.start : newlines[0] if newlines else piece.end])]
    for newline, end in pairwise([*newlines, piece.end]):
        bullet = any(start <= breaks[newline] < stop for start, stop in passage.markup)
        lines.append(Line(passage.text[newline + 1 : end], item=True, bullet=bullet))
    return lines


def _list_breaks(passage: AnswerPassage) -> dict[int, int]:
    """Where line breaks begin items of a list, in order: the offset of each, and that of the item's marker."""
    return {match.start(): match.start(1) for match in _LIST_MARKER.finditer(passage.text)}
