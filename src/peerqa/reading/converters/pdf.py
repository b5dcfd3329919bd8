"""PDF -> text in blocks, with the start of each page, by pdfminer.six (MIT), which finds boxes of lines on a page.

A PDF holds glyphs and places but no paragraphs. So lines of a box are joined, as are paragraphs that a page or column
break divides and words that are hyphenated at a line end; running heads and page numbers are removed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from peerqa.errors import Problem
from peerqa.notices import Notice
from peerqa.reading.converters.converted import Converted, UnreadableFile
from peerqa.reading.structure import REFERENCE_HEADING, USUAL_HEADING

MOST_PAGES = 2000


@dataclass(slots=True)
class _Box:
    """Lines that belong together, as one string. size: that of most of its letters, in points."""

    text: str
    page: int
    size: float
    bold: bool
    top: float
    lines: int


def read_pdf(path: str) -> Converted:
    """The text of a PDF. Raises UnreadableFile if it is damaged or locked, or holds only pictures of pages."""
    try:
        from pdfminer.high_level import extract_pages
        from pdfminer.layout import LAParams
    except ImportError:
        raise UnreadableFile(Problem.PDFMINER_MISSING) from None
    title = ""
    boxes: list[_Box] = []
    empty: list[int] = []
    number = 0
    try:
        for number, page in enumerate(extract_pages(path, laparams=LAParams(), maxpages=MOST_PAGES), 1):
            found = [box for element in page if (box := _box(element, number)) is not None]
            boxes.extend(found)
            if not found:
                empty.append(number)
        title = _declared_title(path)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # pdfminer raises what its parsers raise
        reason = " ".join(str(error)[:100].split())
        raise UnreadableFile(Problem.NOT_PDF, kind=type(error).__name__, reason=reason) from None
    if not boxes:
        raise UnreadableFile(Problem.PDF_WITHOUT_TEXT)
    boxes = _without_running_heads(boxes, number)
    words = frozenset(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(box.text for box in boxes).casefold()))
    for box in boxes:
        box.text = _without_line_ends(box.text, words)
    boxes = _joined(boxes)
    title = _printed_title(boxes, title)
    converted = _write(boxes, number)
    if title:
        converted.metadata["title"] = title
    if empty:
        pages = ", ".join(map(str, empty[:10])) + (" ..." if len(empty) > 10 else "")
        converted.warnings.append(Notice(Problem.PAGES_WITHOUT_TEXT, empty=len(empty), number=number, pages=pages))
    return converted


def _box(element: Any, page: int) -> _Box | None:
    from pdfminer.layout import LTChar, LTTextContainer, LTTextLine

    if not isinstance(element, LTTextContainer) or not element.get_text().strip():
        return None
    lines = [line for line in element if isinstance(line, LTTextLine)]
    letters = [letter for line in lines for letter in line if isinstance(letter, LTChar)]
    if not letters:
        return None
    size = Counter(round(letter.size, 1) for letter in letters).most_common(1)[0][0]
    bold = sum("bold" in letter.fontname.lower() for letter in letters) > 0.8 * len(letters)
    return _Box(_unwrap([line.get_text() for line in lines]), page, size, bold, element.y1, len(lines))


_PARTED = "\u2028"
"""Marks, until `_without_line_ends`, a hyphen at a line end that may divide a word."""
_KEPT_PREFIX = frozenset(
    "all anti co cross ex full half high long low multi non peer post pre self semi short well".split()
)


def _declared_title(path: str) -> str:
    """The title in the properties of the file; "" if there is none."""
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    with open(path, "rb") as file:
        value = next((info["Title"] for info in PDFDocument(PDFParser(file)).info if "Title" in info), b"")
    return " ".join(decode_text(value).split()) if isinstance(value, bytes) else ""


def _printed_title(boxes: list[_Box], declared: str) -> str:
    """The declared title if the first page prints it (some programs declare a file name), else its largest line."""
    first = [box for box in boxes[:8] if box.page == 1]
    for box in first:
        if declared and _letters(box.text) == _letters(declared):
            return box.text
    largest = max((box.size for box in boxes), default=0.0)
    found = [box for box in boxes if box.size > largest - 0.2]
    return found[0].text if len(found) == 1 and found[0] in first and 8 < len(found[0].text) < 250 else ""


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _without_line_ends(text: str, words: frozenset[str]) -> str:
    """The text with divided words joined; the hyphen stays if the file elsewhere writes the word with it.

    words: all words of the file, lower case. If these do not decide, the hyphen stays between two words of the file and
    behind a usual prefix.
    """

    def joined(match: re.Match[str]) -> str:
        before, after = match[1], match[2]
        with_hyphen, without = f"{before}-{after}", before + after
        known = with_hyphen.casefold() in words, without.casefold() in words
        if known[0] != known[1]:
            return with_hyphen if known[0] else without
        both_words = min(len(before), len(after)) > 2 and {before.casefold(), after.casefold()} <= words
        return with_hyphen if both_words or before.casefold() in _KEPT_PREFIX else without

    return re.sub(rf"([^\W\d_]+)-{_PARTED}([^\W\d_]+)", joined, text).replace(_PARTED, "")


def _unwrap(lines: list[str]) -> str:
    """The lines joined; _PARTED replaces a hyphen at a line end that may divide a word."""
    text = ""
    for line in lines:
        words = " ".join(line.replace("\u00ad", "-").split())
        if re.search(r"[^\W\d_]-$", text) and words[:1].islower():
            text += _PARTED + words
        else:
            glue = "" if not text or re.search(r"[/–-]$|://\S*$", text) else " "
            text += glue + words
    return _LIGATURES.sub(lambda match: {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}[match[0]], text)


_LIGATURES = re.compile("[ﬁﬂﬀﬃﬄ]")


def _without_running_heads(boxes: list[_Box], pages: int) -> list[_Box]:
    """The boxes without page numbers and without what many pages have at the same height."""
    seen = Counter((re.sub(r"\d+", "#", box.text), round(box.top / 4)) for box in boxes)
    most = max(3, pages // 3)
    return [
        box
        for box in boxes
        if not re.fullmatch(r"(?:page\s*)?[\divxlc]{1,6}(?:\s*(?:of|/)\s*\d+)?", box.text, re.IGNORECASE)
        and (pages < 3 or seen[re.sub(r"\d+", "#", box.text), round(box.top / 4)] < most)
    ]


def _joined(boxes: list[_Box]) -> list[_Box]:
    """The boxes; those between which a page or column break divides a sentence are joined."""
    joined: list[_Box] = []
    for box in boxes:
        last = joined[-1] if joined else None
        goes_on = (
            last is not None
            and abs(last.size - box.size) < 0.6
            and last.text[-1] not in '.?!:”"'
            and (box.text[0].islower() or last.text.endswith((",", "(", "&", ";")))
        )
        if last is not None and goes_on:
            last.text = _without_line_ends(_unwrap([last.text, box.text]), frozenset())
            last.lines += box.lines
        else:
            joined.append(box)
    return joined


def _write(boxes: list[_Box], pages: int) -> Converted:
    sizes: Counter[float] = Counter()
    for box in boxes:
        sizes[box.size] += len(box.text)
    body = sizes.most_common(1)[0][0]
    larger = sorted({box.size for box in boxes if box.size > body + 0.8}, reverse=True)
    text, starts = "", [0]
    blocks: list[tuple[str, int, int, int, list[tuple[int, int]]]] = []
    for box, following in zip(boxes, [*boxes[1:], None], strict=True):
        while len(starts) < box.page:
            starts.append(len(text))
        start = len(text)
        usual = bool(REFERENCE_HEADING.fullmatch(box.text) or USUAL_HEADING.fullmatch(box.text))
        # A bold line above a short box is most likely the head of a table.
        bold = _bold_line(box) and following is not None and len(following.text) > 60
        heading = len(box.text) < 140 and box.lines < 4 and (box.size > body + 0.8 or usual or bold)
        level = larger.index(box.size) + 1 if box.size in larger else len(larger) + 1
        text += box.text + "\n\n"
        blocks.append(("heading" if heading else "text", start, start + len(box.text), min(level, 6), []))
    starts += [len(text)] * (pages - len(starts))
    return Converted("blocks", text, blocks=blocks, pages=starts)


def _bold_line(box: _Box) -> bool:
    return box.bold and box.lines == 1 and box.text[-1] not in ".,;:"
