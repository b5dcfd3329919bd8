"""Finds the places that cite by number ("[3, 7–9]", "(3)", "word³"), in documents that cite by number.

A number in brackets may be a footnote, a year, an interval or an equation, so no mark is judged by itself. A document
cites by number if it has a reference list whose numbers are those of the marks, and does not cite by author and year.
One form of marks (brackets, parentheses or superscripts) is assumed for the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from peerqa.citing.chapter_lists import ReferenceLists
from peerqa.citing.reference import Reference
from peerqa.text.document import Document, Paragraph, PlainText


@dataclass(frozen=True, slots=True)
class NumberedMark:
    """One cited number at `document.text[start:end]`; numbers inside a range ("7–9") have the place of its dash.

    entry: its index among the references; None if its list lacks the number. highest: the last number of that list.
    """

    start: int
    end: int
    number: int
    entry: int | None
    highest: int


Numbers = list[tuple[int, int, int]]
"""(start, end, number) of each number in one pair of brackets or one superscript; offsets count in the document."""

_DASH = r"[-–—−‐‑]"
# Each space can be matched in one way only; with two, thirty numbers would be tried in 2³⁰ ways.
_SERIES = rf"\d{{1,4}}(?:\s*(?:{_DASH}|[,;](?:\s*(?:and\b|&))?|and\b|&)\s*\d{{1,4}})*"
_IN_SERIES = re.compile(rf"(\d+)|({_DASH})")
_PREFIX = r"(?:(?:refs?\.?|references?|see(?:\s+also)?|e\.\s?g\.,?|cf\.|nos?\.?)\s+)?"
_LOCATOR = r"(?:\s*[,:;]\s*(?:(?:pp?|paras?|chap|ch|figs?|tables?|sec|eqs?|vol)\b|§)[^\[\]()]{0,40})?"
_BRACKETS = re.compile(rf"\[\s*{_PREFIX}(?P<series>{_SERIES}){_LOCATOR}\s*\]", re.IGNORECASE)
_PARENTHESES = re.compile(rf"\(\s*{_PREFIX}(?P<series>{_SERIES}){_LOCATOR}\s*\)", re.IGNORECASE)
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TO_ASCII = str.maketrans(_RAISED + "⁻˒‚", "0123456789-,,")
_UNICODE = re.compile(rf"(?P<series>[{_RAISED}]+(?:[,;˒‚⁻–—\-‑]\s?[{_RAISED}]+)*)")
_CARET = re.compile(rf"\^[\[(]?(?P<series>{_SERIES})[\])]?\^?")
_TAGGED = re.compile(r"<sup\b[^<>]*>(?P<inside>.{1,200}?)</sup>", re.IGNORECASE | re.DOTALL)
_NOTATION = re.compile(r"<[^<>]*>|\]\([^()\s]*\)|[\[\]\\]")
_WHOLE_SERIES = re.compile(rf"\s*(?P<series>{_SERIES})\s*")

_NO_BRACKETS_AFTER = re.compile(r"(?:\b(?:CI|CrI|interval|range[ds]?|between)\s*|[=<>≤≥∈±×]\s*|(?<!\w)\w|\d)$", re.I)
_NO_PARENTHESES_AFTER = re.compile(
    r"(?:\b(?:CI|interval|range[ds]?|between|equations?|eqs?\.?|tables?|figs?\.?|figures?|hypothes[ie]s|steps?|items?|"
    r"phases?|sections?|chapters?|appendix|footnotes?|levels?)\s*|[=<>≤≥∈±×%]\s*|(?<!\w)\w|\d|(?:\A|[^\w.])(?!(?:19|20)\d\d\s)[\d.,]+\s+)$",
    re.IGNORECASE,
)
_RAISED_BEFORE = re.compile(
    r"(?:[.,;:!?)\]”\"’'»]|(?!(?:mol|kcal|cal|min|sec|rad|log|sin|cos|tan|exp|chi|eta|phi|rho|tau|beta|CO2)\b)"
    r"\b(?:[^\W\d_]{3,}|[A-Z]{2}|[^\W_]*[^\W\d_]-\d+))[*_]{0,3}\s?$"
)
_HIGHEST = 1500
"""A greater number is a year or a quantity."""

# What a form of marks needs to be accepted: the share of the marks whose numbers are all in the list, and the share of
# the list that they cite. Both are higher for a list whose entries have no numbers.
_NEEDED = {"brackets": (0.6, 0.4), "superscripts": (0.7, 0.4), "parentheses": (0.75, 0.6)}
_NEEDED_UNNUMBERED = {"brackets": (0.9, 0.6), "superscripts": (0.9, 0.6)}


def find_numbered(
    document: Document,
    plains: Sequence[tuple[Paragraph, PlainText]],
    references: Sequence[Reference],
    lists: ReferenceLists,
    named: int,
) -> list[tuple[Paragraph, NumberedMark]]:
    """The marks of a document, in no order; none if it does not cite by number.

    named: how many citations by author and year fit the list. If they are many, numbers are something else.
    """
    if not references:
        return []
    tables = [_numbers_of(document, [references[index] for index in part], part) for part in lists.ranges]
    best: list[tuple[Paragraph, Numbers]] = []
    most = 0
    for form, marks in _FORMS.items():
        found = [(paragraph, group) for paragraph, plain in plains for group in marks(document, paragraph, plain)]
        known = _known(found, tables, lists)
        if known > most and _believed(form, found, known, tables, lists, named):
            best, most = found, known
    return [
        (paragraph, mark)
        for paragraph, group in best
        if group and _plausible(group, table := tables[lists.list_of(group[0][0])][0])
        for mark in _marks(group, table)
    ]


# ---- the numbers of the list ----------------------------------------------------------------------------------------

_OWN_NUMBER = re.compile(r"\s*(?:\[\^?(\d{1,4})\]:?|\((\d{1,4})\)|(\d{1,4})[.)](?=\s)|(\d{1,3})\s(?=[^\W\d_]))")
_NUMBER_BEFORE = re.compile(r"(?:\A|\n)[ \t>]*[\[(^]*(\d{1,4})[\]).:]*[ \t]*\Z")


def _numbers_of(document: Document, entries: Sequence[Reference], places: range) -> tuple[dict[int, int], bool]:
    """(number -> index among the references, whether the entries show their numbers); if not, they are counted."""
    written: list[int | None] = []
    for entry in entries:
        before = _NUMBER_BEFORE.search(document.text[max(0, entry.start - 16) : entry.start])
        own = _OWN_NUMBER.match(entry.text)
        number = before[1] if before else next((digits for digits in own.groups() if digits), None) if own else None
        written.append(int(number) if number else None)
    numbers = [number for number in written if number is not None]
    table: dict[int, int] = {}
    if len(numbers) >= 0.8 * len(written):
        rising = sum(a < b for a, b in pairwise(numbers))
        if len(numbers) == 1 or rising >= 0.8 * (len(numbers) - 1):
            for number, place in zip(written, places, strict=True):
                if number is not None:
                    table.setdefault(number, place)
            return table, True
        if set(numbers) == {1}:  # Markdown lets each item of a numbered list say "1."
            return dict(enumerate(places, 1)), True
    return dict(enumerate(places, 1)), False


# ---- marks of each form ---------------------------------------------------------------------------------------------


def _in_brackets(document: Document, paragraph: Paragraph, plain: PlainText) -> Iterator[Numbers]:
    if "[" not in plain.text:
        return
    last: Numbers = []
    last_end = 0
    for match in _BRACKETS.finditer(plain.text):
        if _NO_BRACKETS_AFTER.search(plain.text, max(0, match.start() - 20), match.start()) or (
            match.start() == 0 and re.match(r"\s+[^\W\d_a-z]", plain.text[match.end() : match.end() + 3])
        ):
            continue
        between = plain.text[last_end : match.start()]
        group = list(_series(match["series"], match.start("series"), plain))
        if last and len(last) == len(group) == 1 and re.fullmatch(rf"\s?{_DASH}\s?", between):
            # "[7]–[9]"
            dash = plain.span(last_end, match.start())
            yield [(*dash, number) for number in range(last[0][2] + 1, min(group[0][2], last[0][2] + 100))]
        yield group
        last, last_end = group, match.end()


def _in_parentheses(document: Document, paragraph: Paragraph, plain: PlainText) -> Iterator[Numbers]:
    if "(" not in plain.text:
        return
    matches = list(_PARENTHESES.finditer(plain.text))
    listed = _enumeration(plain.text, matches)
    for match in matches:
        before = _NO_PARENTHESES_AFTER.search(plain.text, max(0, match.start() - 20), match.start())
        if not before and match.start() > 0 and match.start() not in listed:
            yield list(_series(match["series"], match.start("series"), plain))


_COUNTS = re.compile(r"(?:[^\w)]\s*|\b(?:and|or)\s+)$")


def _enumeration(text: str, matches: Sequence[re.Match[str]]) -> set[int]:
    """The starts of numbers that enumerate items in the text, as in "(1) ...; (2) ...", and so cite nothing."""
    listed: list[int] = []
    for match in matches:
        words_follow = re.match(r"\s+[^\W\d_]", text[match.end() : match.end() + 3])
        next_number = match["series"] == str(len(listed) + 1)
        if next_number and words_follow and _COUNTS.search(text, max(0, match.start() - 6), match.start()):
            listed.append(match.start())
    return set(listed) if len(listed) > 1 else set()


def _raised(document: Document, paragraph: Paragraph, plain: PlainText) -> Iterator[Numbers]:
    for pattern in (_UNICODE, _CARET):
        for match in pattern.finditer(plain.text):
            if _RAISED_BEFORE.search(plain.text, max(0, match.start() - 24), match.start()):
                yield list(_series(match["series"].translate(_TO_ASCII), match.start("series"), plain))
    raw = document.text[paragraph.start : paragraph.end]
    for match in _TAGGED.finditer(raw) if "<" in raw else ():
        inside = _NOTATION.sub(lambda notation: " " * len(notation[0]), match["inside"])
        series = _WHOLE_SERIES.fullmatch(inside)
        if series and _RAISED_BEFORE.search(raw, max(0, match.start() - 24), match.start()):
            offset = paragraph.start + match.start("inside") + series.start("series")
            yield list(_series(series["series"], 0, PlainText(series["series"], range(offset, offset + 201))))


def _series(series: str, offset: int, plain: PlainText) -> Iterator[tuple[int, int, int]]:
    """(start, end, number) of each number of "3, 7–9"; numbers inside a range have the place of its dash."""
    last: int | None = None
    dash: tuple[int, int] | None = None
    for match in _IN_SERIES.finditer(series):
        span = plain.span(offset + match.start(), offset + match.end())
        if match[2]:
            dash = span
            continue
        number = int(match[1])
        if dash and last is not None and number - last < 100:
            yield from ((*dash, between) for between in range(last + 1, number))
        yield (*span, number)
        last, dash = number, None


_FORMS = {"brackets": _in_brackets, "superscripts": _raised, "parentheses": _in_parentheses}


# ---- is it how this document cites? ---------------------------------------------------------------------------------

Tables = Sequence[tuple[dict[int, int], bool]]


def _known(found: Sequence[tuple[Paragraph, Numbers]], tables: Tables, lists: ReferenceLists) -> int:
    """How many marks hold only numbers of their list."""
    return sum(
        all(number in tables[lists.list_of(group[0][0])][0] for _, _, number in group) for _, group in found if group
    )


def _believed(
    form: str,
    found: Sequence[tuple[Paragraph, Numbers]],
    known: int,
    tables: Tables,
    lists: ReferenceLists,
    named: int,
) -> bool:
    needed = (_NEEDED if all(numbered for _, numbered in tables) else _NEEDED_UNNUMBERED).get(form)
    if needed is None or known < (1 if needed is _NEEDED.get(form) else 3):
        return False
    if named > (known / 2 if form != "parentheses" else known / 20):
        return False
    cited = {
        (lists.list_of(start), number)
        for _, group in found
        for start, _, number in group
        if number in tables[lists.list_of(start)][0]
    }
    groups = sum(bool(group) for _, group in found)
    return known >= needed[0] * groups and len(cited) >= needed[1] * sum(len(table) for table, _ in tables)


def _plausible(group: Numbers, table: dict[int, int]) -> bool:
    """Whether a mark may cite: its numbers are in the list or not far above its highest."""
    highest = max(table)
    most = min(highest + max(10, highest // 2), _HIGHEST)
    return all(min(table) <= number <= most for _, _, number in group)


def _marks(group: Numbers, table: dict[int, int]) -> Iterator[NumberedMark]:
    for start, end, number in group:
        yield NumberedMark(start, end, number, table.get(number), max(table))
