"""Sentence boundaries of one paragraph of scholarly prose, as spans of the text.

pysbd, syntok, sentencex, NLTK punkt, blingfire, razdel and spaCy's sentencizer were measured first
(`benchmarks/sentences.py`). None was good enough at once on the golden rules, on academic texts and in speed, so the
rules are our own.
A mark (. ! ? …) ends a sentence unless the word before it is an abbreviation, an initial or a list number, or what
follows does not look like the start of one. No boundary falls inside brackets, short quotations and protected spans.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from peerqa.text.dates import UNDATED, YEAR
from peerqa.text.words import BEFORE_NUMBER, LABELLED, NEVER_LAST, SELDOM_LAST, SENTENCE_OPENERS, WORDS_TOO

__all__ = ["split_sentences"]

Span = tuple[int, int]


_CLOSERS = "\"'”’»›)\\]}*_"
_BEFORE_START = frozenset(".!?…\"'”’»)]")  # what may precede the start of a sentence or a list
_BULLETS = "•⁃‣◦▪●"
_STOP = re.compile(rf"[.!?…．。！？｡](?:[.!?…．。！？｡]|(?<=\.)[ \u00a0]\.)*[{_CLOSERS}]*")
# A citation number right behind the stop: "found.[3][4]", "found.3,4", "found.¹²", "consultation.11 12 Take".
_NOTE = re.compile(
    r"(?:\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\])+|\d{1,3}(?:(?:\s?[,–-]\s?|[ ])\d{1,3})*(?=\s|\Z)"
    r"|[⁰¹²³⁴-⁹](?:[⁻,–]*[⁰¹²³⁴-⁹])*|[†‡§*]+"
)
# What follows a stop: white space, opening marks, a word, and the mark and space behind the word.
_NEXT = re.compile(r"(\s*)([\"'“‘«‹(\[{¿¡*_–—-]*)[ ]?([^\W_]*(?:['’][^\W_]+)?)([.,]?\s*)")
_INITIALS = re.compile(r"(?:[^\W\d_](?:\.[-‐]?|[-‐]))*[^\W\d_]")
_LABEL = re.compile(r"[A-Z]?\d+\w*|[IVXLCivxlc]+|[A-Za-z]")
_LIST_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivx]{2,5}")
_WORD_BREAK = re.compile(rf"[{_BULLETS}\s(\[{{\"'“‘«‹/–—)\]}}”’»,;:|]+")
_GLUED_WORD = re.compile(r"([^\W_]{2,})([ ,]|\.[ ])")

# Brackets and quotations. A quote opens after white space or a bracket and closes where no letter or digit follows.
_FENCE = re.compile(
    r"""[()\[\]“”«»"‘’](?:(?<=[()\[\]“”«»])|(?<=["‘])(?<![^\s(\[—–-].)(?=\S)()|(?<=["’])(?<=\S.)(?!\w))"""
)
_PARTNER = {")": "(", "]": "[", "”": "“", "»": "«", '"': '"', "’": "‘"}
_LONGEST_BRACKET = 1000  # an unclosed bracket further back is an error of the text, not a group
_LONGEST_QUOTATION = 300  # a longer one is a passage of its own, whose sentences a reader wants apart

# The end of a citation in brackets: a year or "n.d.", and page numbers.
_CITATION_END = re.compile(rf"\b(?:{YEAR}[a-z]?|{UNDATED})(?:[,:;]\s?(?:pp?\.\s?)?\d[\d–-]*)?\s*\Z")
_LIST_MARK = re.compile(
    rf"\s(?:(?P<bullet>[{_BULLETS}*–—-])(?=\s|\d)"
    r"|(?P<open>\(?)(?P<value>\d{1,3}|[a-z]|[A-Z](?!\.\s)|[ivx]{2,5})(?P<close>\.\)|[.)])(?=\s))"
)
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


class _Paragraph(NamedTuple):
    text: str
    closed_at: dict[int, int]  # where a bracket or quotation opens -> where it closes
    opened_at: dict[int, int]
    cuts: set[int]  # the boundaries found so far


def split_sentences(text: str, protected: Sequence[Span] = ()) -> list[Span]:
    """The spans of the sentences of one paragraph, in order.

    The spans neither start nor end with white space, and there is nothing but white space between them. List items on
    lines of their own are sentences. A blank line is a boundary, a line break is not. Blank text has no sentences.

    protected: spans that no boundary may cut, such as citations.
    """
    groups = _groups(text)
    cuts = set(_list_starts(text))
    cuts.update(match.end() for match in _BLANK_LINES.finditer(text))
    paragraph = _Paragraph(text, groups, {end: start for start, end in groups.items()}, cuts)
    cuts.update(_lost_stops(paragraph))
    for stop in _STOP.finditer(text):  # in order: whether a number starts a list item depends on earlier cuts
        if (cut := _end_after(paragraph, stop)) is not None:
            cuts.add(cut)
    return _spans(text, sorted(cuts), _fences(text, groups, protected))


def _spans(text: str, cuts: list[int], fences: list[Span]) -> list[Span]:
    """The spans between the cuts, without white space at their ends; cuts inside a fence are ignored."""
    fence_starts = [low for low, _ in fences]

    def is_fenced(position: int) -> bool:
        last = bisect_left(fence_starts, position) - 1
        return last >= 0 and position < fences[last][1]

    spans: list[Span] = []
    for low, high in pairwise((0, *cuts, len(text))):
        piece = text[low:high]
        start, end = high - len(piece.lstrip()), low + len(piece.rstrip())
        if start < end and spans and (is_fenced(start) or is_fenced(spans[-1][1])):
            spans[-1] = (spans[-1][0], end)
        elif start < end:
            spans.append((start, end))
    return spans


def _skip_space_back(text: str, position: int) -> int:
    while position > 0 and text[position - 1].isspace():
        position -= 1
    return position


def _groups(text: str) -> dict[int, int]:
    """Where each bracket or quotation opens -> where it closes; marks without a partner are ignored."""
    groups: dict[int, int] = {}
    waiting: list[int] = []
    counts = dict.fromkeys(_PARTNER.values(), 0)
    for match in _FENCE.finditer(text):
        mark, position = match[0], match.start()
        if match[1] is not None or mark in "([“«":
            waiting.append(position)
            counts[mark] += 1
        elif counts[_PARTNER[mark]]:
            opened_at = position
            while text[opened_at] != _PARTNER[mark] or opened_at == position:  # drop what never closed
                opened_at = waiting.pop()
                counts[text[opened_at]] -= 1
            groups[opened_at] = position
    return groups


def _fences(text: str, groups: dict[int, int], protected: Sequence[Span]) -> list[Span]:
    """The spans that no boundary may cut, in order and without overlap."""
    fences = list(protected)
    for opened_at, closed_at in groups.items():
        if closed_at - opened_at <= (_LONGEST_BRACKET if text[opened_at] in "([" else _LONGEST_QUOTATION):
            fences.append((opened_at, closed_at + 1))
    merged: list[Span] = []
    for start, end in sorted(fences):
        if merged and start < merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        if start + 1 < end:
            merged.append((start, end))
    return merged


def _end_after(paragraph: _Paragraph, stop: re.Match[str]) -> int | None:
    """Where the sentence that this stop ends is over, behind closing marks and citation numbers; None if it goes on."""
    text, end = paragraph.text, stop.end()
    if end < len(text) and not text[end].isspace():
        if _is_glued(text, stop):
            return end
        note = _NOTE.match(text, end)
        if note is None or text[stop.start() - 1 : stop.start()].isdigit():  # "3.5 The" is a decimal
            return None
        if (end := note.end()) < len(text) and not text[end].isspace():
            return None
    following = _NEXT.match(text, end)
    assert following is not None  # every part of the pattern may be empty
    word = following[3]
    if word[:1].islower() and not word[1:2].isupper():  # "mRNA" and "iPhone" may start a sentence
        return None
    if not word and text[following.end() : following.end() + 1] in tuple(",;:!?…"):
        return None
    return None if _goes_on(paragraph, stop, following) else _with_loose_citation(paragraph, end, following)


def _is_glued(text: str, stop: re.Match[str]) -> bool:
    """Whether a sentence starts right behind the stop, without a space: "… was found.The next …"."""
    if stop[0][0] in "．。！？｡":  # these are written without a space
        return not text[stop.end()].isdigit()
    before, after = _word_before(text, stop.start()), _GLUED_WORD.match(text, stop.end())
    if stop[0] != "." or after is None or not after[1].istitle():
        return False
    if before.isalnum() and not before.isupper():
        return after[1].lower() in (NEVER_LAST if after[2] == ". " else SENTENCE_OPENERS)
    return text[stop.start() - 1] == ")"  # "(Cole, 2014).Families"


def _goes_on(paragraph: _Paragraph, stop: re.Match[str], following: re.Match[str]) -> bool:
    """Whether the sentence goes on after this stop even though a capital follows."""
    text, marks = paragraph.text, stop[0].rstrip(_CLOSERS)
    closers = stop[0][len(marks) :]
    if ")" in closers or "]" in closers:  # "(… et al.) Smith": such a stop ends the text of the bracket only
        last = stop.end() - 1 - max(closers[::-1].find(")"), 0)
        before = _skip_space_back(text, paragraph.opened_at.get(last, 0))
        if before and text[before - 1] not in _BEFORE_START and not _opens_sentence(following):
            return True
    if marks != ".":  # three dots between spaces stand for words left out
        return marks.replace(" ", "") == "..." and text[stop.start() - 1 : stop.start()].isspace()
    word = _word_before(text, stop.start())
    return bool(word) and _is_open_abbreviation(paragraph, stop.start(), word, following)


def _is_open_abbreviation(paragraph: _Paragraph, position: int, word: str, following: re.Match[str]) -> bool:
    """Whether the stop at `position` belongs to the abbreviation, initial or list number `word` before it."""
    if (after_glued := word.rfind(".") + 1) and position - len(word) + after_glued in paragraph.cuts:
        word = word[after_glued:]
    text, lower, next_word = paragraph.text, word.lower(), following[3]
    if lower in NEVER_LAST:  # "500 ms. The" is a unit
        return not (word == lower and text[position - len(word) - 2 : position - len(word)].strip().isdigit())
    if lower in BEFORE_NUMBER and _LABEL.fullmatch(next_word) and not _opens_sentence(following):
        return True
    if _LIST_NUMBER.fullmatch(word):
        start = position - len(word)
        label = _word_before(text, _skip_space_back(text, start))
        if label.istitle() and label.lower() in LABELLED:  # "Figure 1. The model" is one caption
            start = _skip_space_back(text, start) - len(label)
        if _starts_sentence(paragraph, start):
            return True
    if lower in WORDS_TOO:
        return next_word[:1].isdigit() and not following[2]
    if lower in ("a.m", "p.m"):  # these end a sentence before any capital but that of a title: "at 6 p.m. Mr Cole"
        return next_word.lower() in NEVER_LAST
    if lower in SELDOM_LAST:
        return not _opens_sentence(following)
    if _INITIALS.fullmatch(word) and ("." in word or word.isupper()):
        label = _word_before(text, _skip_space_back(text, position - len(word)))
        return label.lower().removesuffix("s") not in LABELLED and not _opens_sentence(following)
    return False


def _opens_sentence(following: re.Match[str]) -> bool:
    """Whether the word that follows is one that opens sentences; "A." and "He, K." are names."""
    word, tail = following[3], following[4]
    if not word[:1].isupper() or word.lower() not in SENTENCE_OPENERS or tail.startswith("."):
        return False
    return len(word) > 3 if tail.startswith(",") else bool(tail)


def _starts_sentence(paragraph: _Paragraph, position: int) -> bool:
    text = paragraph.text
    position -= text[position - 1 : position] == "("
    before = _skip_space_back(text, position)
    last, new_line = text[before - 1 : before], "\n" in text[before:position]
    is_cut = not before or before in paragraph.cuts or position in paragraph.cuts
    return is_cut or last in _BULLETS or (new_line and (last in _BEFORE_START or last in ":;"))


def _word_before(text: str, position: int) -> str:
    """The word that ends at `position`, without the marks before it; empty after white space or a closing mark."""
    return _WORD_BREAK.split(text[max(0, position - 24) : position])[-1]


def _with_loose_citation(paragraph: _Paragraph, end: int, following: re.Match[str]) -> int | None:
    """The end of the sentence, behind a citation that follows its stop: "… found. (Cole, 2014) The", "… found. 8 Yet".

    None if the citation has a stop of its own, which ends the sentence.
    """
    text, at = paragraph.text, following.end(1)
    if following[3].isdigit() and not following[2] and len(following[3]) <= 3:
        after = _NEXT.match(text, following.end(3))
        return following.end(3) if after and following[4] == " " and _opens_sentence(after) else end
    close = paragraph.closed_at.get(at)
    if close is None or text[at] not in "([" or (text[at] == "[" and "\n" in following[1]):
        return end
    if text[close - 1].isdigit() and text[close + 1 : close + 2] in (".", ",", ";"):
        return None  # "… found.” (Cole, 2014, p. 3). The": the stop of the citation closes the sentence
    inside = text[max(at + 1, close - 40) : close]
    is_speaker = text[end - 1] in '"”’»' and close - at > 3 and text[close - 1] not in ".!?"  # "… me.” (P3, female) I"
    if not (is_speaker or _CITATION_END.search(inside) or _NOTE.fullmatch(text, at, close + 1)):
        return end
    after = _NEXT.match(text, close + 1)
    is_last = not text[close + 1 : close + 50].strip()
    return close + 1 if is_last or (after and after[1] and after[3][:1].isupper()) else end


def _lost_stops(paragraph: _Paragraph) -> Iterator[int]:
    """Ends of sentences whose stop is missing: behind a citation in parentheses, before a word that opens sentences."""
    text = paragraph.text
    for start, close in paragraph.closed_at.items():
        following = _NEXT.match(text, close + 1) if text[start] == "(" else None
        if not following or not following[1] or following[2] or not _opens_sentence(following):
            continue
        # "Cole (2014) The Art of …" may be a title: after a bare year a small letter or an acronym must follow.
        rest = text[following.end() : following.end() + 2]
        is_safe = not text[start + 1].isdigit() or rest[:1].islower() or rest[:1].isdigit() or rest.isupper()
        if is_safe and _CITATION_END.search(text[max(start + 1, close - 40) : close]):
            yield close + 1


def _list_starts(text: str) -> Iterator[int]:
    """Where list items start: at a bullet or number that begins a line, and at "1. … 2. …" within one line."""
    seen: dict[tuple[str, ...], Span] = {}  # style -> value and position of the item before
    for mark in _LIST_MARK.finditer("\n" + text):  # so that each mark has white space before it
        position = mark.start()
        before = _skip_space_back(text, position)
        last, new_line = text[before - 1 : before], before == 0 or "\n" in text[before:position]
        if bullet := mark["bullet"]:
            if new_line and (bullet in _BULLETS or last in _BEFORE_START or last in ":;"):
                yield position
            elif (bullet,) in seen and (new_line or bullet in _BULLETS):
                yield from (seen[(bullet,)][1], position)
            if new_line:
                seen.setdefault((bullet,), (0, position))
            continue
        value, close = mark["value"], mark["close"]
        kind = "1" if value.isdigit() else "i" if len(value) > 1 else "A" if value.isupper() else "a"
        style, number = (kind, mark["open"], close), int(value) if kind == "1" else ord(value[0])
        is_start = new_line or last in _BEFORE_START
        if style in seen and number == seen[style][0] + 1:
            if is_start or _runs_on(text, seen[style][1], before, mark["open"]):
                yield from (seen[style][1], position)
                seen[style] = (number, position)
                continue
        elif new_line and (last in _BEFORE_START or (kind == "i" and close != ".")):
            yield position
        seen.pop(style, None)
        if is_start:
            seen[style] = (number, position)


def _runs_on(text: str, item: int, end: int, bracket: str) -> bool:
    """Whether the text from `item` to `end` is a list item without a stop, not a part of a sentence ("1) …, 2) …")."""
    if bracket or text[end - 1 : end] in (",", ";") or _word_before(text, end) in ("and", "or", "to", "of"):
        return False
    inside = text[text.find(" ", item) + 1 : end]
    return not any(stop in inside for stop in (". ", "? ", "! "))
