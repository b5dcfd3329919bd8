"""Blocks of a reference list -> one span an entry.

An entry is a paragraph, a list item or a line of its own. In pasted lists entries are often wrapped over several lines,
or follow each other without blank lines; only the beginning of an entry is recognised, nothing else is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from peerqa.text.dates import UNDATED, YEAR
from peerqa.text.document import Document, Span

_WIDEST_WRAP = 120
"""In characters. A block with a longer line is not wrapped by hand: each of its lines is an entry."""

_NAME = r"[^\W\d_][\w'’.\-]*"
_ENTRY_START = re.compile(
    r"\s*(?:\[\d+\]|\(\d+\)|\d+[.)])\s+\S"  # a number, as in Vancouver style
    rf"|\s*(?:(?:van|von|de|del|della|der|den|du|la|le|di|da|dos|al|"
    rf"el)\s+){{0,3}}{_NAME}(?:\s+{_NAME}){{0,3}},\s*[^\W\d_]\."
    rf"|\s*{_NAME}(?:\s+{_NAME}){{0,9}}(?:\s*[\[(][^\[\]()\n]{{1,20}}[\])])?[.,]?\s*"
    r"\((?:\d{4}|n\.\s?d\.|in press|forthcoming)"
    rf"|\s*(?:\d{{1,3}}\s+)?{_NAME}\s+[^\W\d_a-z]{{1,3}}[.,\s]",
)
_DATE = re.compile(rf"\b{YEAR}[a-z]?\b|\b{UNDATED}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]")
_LINK_ONLY = re.compile(r"\s*<?(?:https?://|doi:|www\.)\S+\s*", re.IGNORECASE)


def split_entries(document: Document, blocks: Sequence[Span]) -> list[Span]:
    """The spans of the entries in order, without white space at their ends, or lines without letter or digit."""
    entries: list[Span] = []
    for start, end in blocks:
        for left, right in _split_block(document.text, start, end):
            words = document.text[left:right]
            if not _WORD.search(words):
                continue
            if entries and _LINK_ONLY.fullmatch(words):
                entries[-1] = (entries[-1][0], right)
            else:
                entries.append((left, right))
    return entries


def _split_block(text: str, start: int, end: int) -> list[Span]:
    lines = _lines(text, start, end)
    if len(lines) < 2:
        return lines
    if max(right - left for left, right in lines) > _WIDEST_WRAP:
        return lines
    groups: list[Span] = [lines[0]]
    for left, right in lines[1:]:
        begins = _ENTRY_START.match(text[left:right]) is not None
        if begins and _DATE.search(text, groups[-1][0], groups[-1][1]):
            groups.append((left, right))
        else:
            groups[-1] = (groups[-1][0], right)
    return groups


def _lines(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    position = start
    for line in text[start:end].split("\n"):
        stripped = line.strip()
        if stripped:
            left = position + line.index(stripped)
            spans.append((left, left + len(stripped)))
        position += len(line) + 1
    return spans
