"""A passage -> HTML: its words as they stand, highlights marked, in-text citations live, notation left out.

Offsets of highlights, citations and markup all count within the passage's text, so the text is cut at every one of
their ends and each piece knows what it lies in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from peerqa.answering.answer import AnswerPassage, Highlight
from peerqa.web.views.escape import escape
from peerqa.wording import strings

_LIST_MARKER = re.compile(r"\n[ \t]*([*+\-•]|\d{1,3}[.)])[ \t]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters inside the same highlight and the same citation (each an index, or None)."""

    start: int
    end: int
    highlight: int | None
    citation: int | None


def note_id(passage_id: str, citation: int) -> str:
    """The id of the element that holds what the popover of a citation shows."""
    return f"{passage_id}-c{citation}"


def pieces(passage: AnswerPassage, start: int, end: int) -> Iterator[Piece]:
    """Cut `passage.text[start:end]` at the ends of highlights, citations and markup, and drop the markup."""
    highlights = [(span.start, span.end) for span in passage.highlights]
    citations = [(span.start, span.end) for span in passage.citations]
    cuts = {position for span in (*highlights, *citations, *passage.markup) for position in span}
    cuts = {position for position in cuts if start < position < end} | {start, end}
    ordered = sorted(cuts)
    for left, right in pairwise(ordered):
        if _inside(list(passage.markup), left) is None:
            yield Piece(left, right, _inside(highlights, left), _inside(citations, left))


def _inside(spans: list[tuple[int, int]], position: int) -> int | None:
    """The first of the spans that holds the position."""
    return next((i for i, (start, end) in enumerate(spans) if start <= position < end), None)


def visible_text(passage: AnswerPassage, start: int, end: int) -> str:
    """What a reader sees of `passage.text[start:end]`, as plain text."""
    return " ".join("".join(passage.text[p.start : p.end] for p in pieces(passage, start, end)).split())


def render_text(passage: AnswerPassage, passage_id: str, start: int, end: int, *, mark: bool) -> str:
    """`passage.text[start:end]` as HTML; with `mark`, its highlights stand in <mark>."""
    return _render(passage, passage_id, start, end, _marked if mark else None)


def render_sentences(passage: AnswerPassage, passage_id: str) -> str:
    """The whole passage as HTML; each highlight is an element with an id that names where it starts."""
    return _render(
        passage,
        passage_id,
        0,
        len(passage.text),
        lambda highlight, inner: f'<span class="sentence" id="{passage_id}-at{highlight.start}">{inner}</span>',
    )


def _render(
    passage: AnswerPassage, passage_id: str, start: int, end: int, wrap: Callable[[Highlight, str], str] | None
) -> str:
    breaks = _list_breaks(passage)
    html: list[str] = []
    runs = groupby(pieces(passage, start, end), key=lambda piece: piece.highlight if wrap else None)
    for highlight, run in runs:
        inner = _render_run(passage, passage_id, list(run), breaks)
        html.append(inner if highlight is None or wrap is None else wrap(passage.highlights[highlight], inner))
    return "".join(html)


def _marked(highlight: Highlight, inner: str) -> str:
    """A sentence that answers, marked as the review's own or as reporting a cited work."""
    kind, title = ("cited", strings.CITED_WORDS) if highlight.attribution == "cited" else ("own", strings.OWN_WORDS)
    return f'<mark class="{kind}" title="{escape(title)}">{inner}</mark>'


def _render_run(passage: AnswerPassage, passage_id: str, run: list[Piece], breaks: dict[int, int]) -> str:
    """Pieces of one highlight, those of one citation together in its link."""
    html: list[str] = []
    for citation, group in groupby(run, key=lambda piece: piece.citation):
        inner = "".join(_render_piece(passage, piece, breaks) for piece in group)
        if citation is None or not inner.strip():
            html.append(inner)
            continue
        sure = "cite" if passage.citations[citation].status == "resolved" else "cite unsure"
        html.append(f'<a class="{sure}" href="#{note_id(passage_id, citation)}" role="button">{inner}</a>')
    return "".join(html)


def _render_piece(passage: AnswerPassage, piece: Piece, breaks: dict[int, int]) -> str:
    """The words of one piece; a line break before a list item is kept, any other is a space."""
    html: list[str] = []
    position = piece.start
    for newline in sorted(place for place in breaks if piece.start <= place < piece.end):
        html.append(escape(passage.text[position:newline]))
        html.append(
            '<br><span class="bullet"></span>' if _inside(list(passage.markup), breaks[newline]) is not None else "<br>"
        )
        position = newline + 1
    html.append(escape(passage.text[position : piece.end]))
    return "".join(html)


def _list_breaks(passage: AnswerPassage) -> dict[int, int]:
    """Where a line break begins a list item: its offset, and the offset of the item's marker."""
    return {match.start(): match.start(1) for match in _LIST_MARKER.finditer(passage.text)}
