"""Plain text, as people paste it: headings usually have no markup.

There are two layouts: each line is a paragraph (a pasted web page), or paragraphs are wrapped by hand with blank lines
between them. A heading is a short line that does not end like a sentence and has text below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peerqa.reading.structure import REFERENCE_HEADING, USUAL_HEADING, Block, assemble
from peerqa.text.document import Document, Span

_WIDEST_WRAP = 120
_LONGEST_HEADING = 110
_MOST_HEADING_WORDS = 16
_UNDERLINE = re.compile(r"\s*([=\-~^_*#])\1{2,}\s*")
_BULLET = re.compile(r"\s*(?:[-*•‣–·]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(\d+(?:\.\d+)*)[.)]?\s+\S")
_ITEM_NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s")
_LABELLED = re.compile(r"[^\W\d_][\w ]{0,30}:\s*\S")
_NUMBER_AT_END = re.compile(r"(?<=[.!?;,:])(?:[⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹⁻,–\-]*|\^[\d,–\-]+\^|\s?\[\d[\d,\s–\-]*\])$")
"""A citation number behind the stop of a sentence."""
_YEAR_IN_PARENTHESES = re.compile(r"\([^()]*\b(?:\d{4}[a-z]?|n\.\s?d\.)[^()]*\)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it. number: from 0. underlined: whether a row of "===" or "---" follows."""

    start: int
    end: int
    text: str
    number: int
    underlined: bool = False


def read_plain_text(name: str, text: str, sha256: str) -> Document:
    """The Document of a plain text."""
    return assemble(name, text, _blocks(_lines(text)), sha256)


def _lines(text: str) -> list[_Line]:
    """The lines that hold a letter or digit. A row of "===" or "---" is no line; it underlines the one above."""
    lines: list[_Line] = []
    position = 0
    for number, raw in enumerate(text.split("\n")):
        stripped = raw.strip()
        if stripped and _UNDERLINE.fullmatch(raw) and lines and lines[-1].number == number - 1:
            last = lines.pop()
            lines.append(_Line(last.start, last.end, last.text, last.number, underlined=raw.strip()[0] in "=-~"))
        elif any(character.isalnum() for character in stripped):
            start = position + raw.index(stripped)
            lines.append(_Line(start, start + len(stripped), stripped, number))
        position += len(raw) + 1
    return lines


def _blocks(lines: Sequence[_Line]) -> list[Block]:
    groups = _paragraph_groups(lines)
    blocks: list[Block] = []
    index = 0
    while index < len(groups):
        group = groups[index]
        if _is_heading(groups, index):
            blocks.append(Block("heading", group[0].start, group[0].end, _level(group[0])))
        elif all(_BULLET.match(line.text) for line in group):
            index = _take_list(groups, index, blocks)
            continue
        else:
            blocks.append(Block("text", group[0].start, group[-1].end))
        index += 1
    return blocks


def _paragraph_groups(lines: Sequence[_Line]) -> list[list[_Line]]:
    """The lines, grouped by paragraph."""
    if not lines:
        return []
    # In a text that is wrapped by hand, a few lines (a link, a table row) may still be over-long.
    longest = sorted(len(line.text) for line in lines)[-1 - len(lines) // 50]
    wrapped = longest <= _WIDEST_WRAP and len(lines) > 1
    groups: list[list[_Line]] = []
    for line in lines:
        previous = groups[-1][-1] if groups else None
        if previous is not None and wrapped and _continues(previous, line, longest):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _continues(previous: _Line, line: _Line, width: int) -> bool:
    """Whether two lines of a text that is wrapped by hand belong to one paragraph."""
    if line.number != previous.number + 1 or previous.underlined or line.underlined:
        return False
    if _names_heading(previous.text) or _names_heading(line.text) or _BULLET.match(line.text):
        return False
    full = len(previous.text) >= 0.7 * width
    ended = previous.text[-1] in '.?!:”"’)'
    if full:
        return True
    # A short line without a stop, before a line with a capital, is a heading or a line of metadata.
    return not ended and not line.text[0].isupper()


def _names_heading(text: str) -> bool:
    return bool(USUAL_HEADING.fullmatch(text) or REFERENCE_HEADING.fullmatch(text))


def _is_heading(groups: Sequence[Sequence[_Line]], index: int) -> bool:
    line = groups[index][0]
    if len(groups[index]) > 1 or _is_item(groups, index):
        return False
    if line.underlined or _names_heading(line.text):
        return True
    if not _looks_like_heading(line.text):
        return False
    for group in groups[index + 1 : index + 4]:
        if not _looks_like_heading(group[0].text) or len(group) > 1:
            return not _LABELLED.match(group[0].text) or _reads_like_text(group) or index == 0
        if _names_heading(group[0].text):
            return True
    return False


def _is_item(groups: Sequence[Sequence[_Line]], index: int) -> bool:
    """Whether a numbered line belongs to a list: the line before or behind it has the neighbouring number."""
    number = _item_number(groups[index])
    beside = [other for other in (index - 1, index + 1) if 0 <= other < len(groups)]
    return number is not None and any(_item_number(groups[other]) == number + other - index for other in beside)


def _item_number(group: Sequence[_Line]) -> int | None:
    match = _ITEM_NUMBER.match(group[0].text) if len(group) == 1 else None
    return int(match[1]) if match else None


def _reads_like_text(group: Sequence[_Line]) -> bool:
    text = " ".join(line.text for line in group)
    return len(text) > 80 or (len(text.split()) > 6 and text[-1] in ".?!")


def _looks_like_heading(text: str) -> bool:
    """Whether a line is short, begins with a capital or digit, does not end like a sentence, and is no metadata and no
    reference."""
    if len(text) > _LONGEST_HEADING or len(text.split()) > _MOST_HEADING_WORDS:
        return False
    text = _NUMBER_AT_END.sub("", text)
    first = next((character for character in text if character.isalnum()), "")
    if text[-1] in ".;,:!" or not (first.isupper() or first.isdigit()):
        return False
    if _BULLET.match(text) and not _NUMBERED.match(text):
        return False
    return not (_LABELLED.match(text) and text.split(":")[0].casefold() in _METADATA) and not (
        _YEAR_IN_PARENTHESES.search(text) or "http" in text
    )


_METADATA = {
    "author", "authors", "by", "date", "course", "class", "instructor", "source", "keywords", "doi", "url", "license",
    "licence", "journal", "institution", "affiliation", "published", "title", "summary", "short summary",
}  # fmt: skip


def _level(line: _Line) -> int:
    numbered = _NUMBERED.match(line.text)
    return numbered[1].count(".") + 1 if numbered else 1


def _take_list(groups: Sequence[Sequence[_Line]], index: int, blocks: list[Block]) -> int:
    """Add the bulleted lines from `index` on to `blocks`, as one list; return the index of the group behind them."""
    items: list[Span] = []
    start = groups[index][0].start
    first = index
    while index < len(groups) and all(_BULLET.match(line.text) for line in groups[index]):
        if index > first and _is_heading(groups, index):
            break
        for line in groups[index]:
            mark = _BULLET.match(line.text)
            items.append((line.start + (mark.end() if mark else 0), line.end))
        index += 1
    if len(items) == 1:
        blocks.append(Block("text", items[0][0], items[0][1]))
    else:
        blocks.append(Block("list", start, items[-1][1], items=tuple(items)))
    return index
