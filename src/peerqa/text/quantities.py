"""Shares, sums of money, ages and counted things in a sentence, as they stand there."""

from __future__ import annotations

import re

from peerqa.text.document import Span
from peerqa.text.words import stems_of

_SPELLED = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion"
)
_ABOUT = (
    r"(?:\b(?:about|approximately|around|roughly|nearly|almost|over|more than|less than|fewer than|up to|at least|at "
    r"most|only)\s+)?"
)
_FIGURE = r"(?<![\w.,–-])\d[\d,.]*(?<=\d)"
_NUMBER = rf"(?:{_FIGURE}|(?<![\w-])(?:one|{_SPELLED})\b(?!-))(?:[\s-](?:and\s+)?(?:{_SPELLED})\b)*"
_RANGE = rf"{_NUMBER}(?:\s?(?:[–-]|to|and)\s?\d[\d,.]*(?<=\d))?"
_SHARE = re.compile(
    rf"{_ABOUT}{_RANGE}\s?(?:%|percent\b|per cent\b)"
    r"(?:\s+of\s+(?:the\s+|all\s+|their\s+)?(?:[a-z][\w-]*\s+){0,3}?(?:[a-z][\w-]*[^s\W]s|people|women|men|children)\b)?|"
    rf"{_ABOUT}\b(?:half|a third|a quarter|two[- ]thirds|three[- ]quarters) of\b(?:\s+the)?\s+[a-z][\w-]*",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"{_ABOUT}(?:(?:US|CA|AU)?[$€£]\s?\d[\d,.]*(?<=\d)(?:\s(?:thousand|million|billion))?|"
    rf"{_NUMBER}\s+(?:dollars|euros|pounds|francs|US\$|USD|EUR|GBP|CAD)\b)(?:\s+(?:per|an?|each)\s+\w+)?",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"\baged?\s+(?:between\s+|from\s+)?{_RANGE}(?:\s+years(?:\s+old)?)?|{_ABOUT}{_RANGE}\s+years\s+(?:old\b|of age\b)",
    re.IGNORECASE,
)
_COUNT = re.compile(rf"{_ABOUT}{_NUMBER}(?:\s+(?!(?:one|{_SPELLED})\b)[a-z][\w-]*){{1,3}}", re.IGNORECASE)
_ASKS_SHARE = re.compile(
    r"\b(?:percent|per cent|percentage|proportion|share|fraction|what rate)\b|(?<!\d)(?<!\d )%|\bhow (?:common|many)\b",
    re.IGNORECASE,
)
_ASKS_MONEY = re.compile(r"\bhow much\b|\bwhat\b.*\b(?:costs?|price|pay)\b", re.IGNORECASE)
_ASKS_AGE = re.compile(r"\bhow old\b|\b(?:what|which) ages?\b|\bage (?:range|group)\b", re.IGNORECASE)
_ASKS_COUNT = re.compile(r"\bhow many\s+((?:[\w-]+\s*){1,3})", re.IGNORECASE)
_ANY = re.compile(_NUMBER, re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")


def quantity_asked_for(question: str, sentence: str) -> Span | None:
    """The one quantity in a sentence of the kind that a question asks for, outside of brackets; None if it asks for
    none, or the sentence has none or several."""
    bare = _BRACKETS.sub(lambda found: "_" * len(found[0]), sentence)
    counted = _ASKS_COUNT.search(question)
    kinds = [(_ASKS_SHARE, _SHARE)] if counted else [(_ASKS_SHARE, _SHARE), (_ASKS_MONEY, _MONEY), (_ASKS_AGE, _AGE)]
    spans: list[Span] = []
    if counted:
        stems = set(stems_of(counted[1])[:1])
        spans = [span for one in _COUNT.finditer(bare) if (span := _up_to(one, stems)) is not None]
        if len(_ANY.findall(_YEAR.sub("", bare))) > 1 or any(bare[:start].endswith("of the ") for start, _ in spans):
            return None  # "four of the eight": which of them is meant is not clear
    for asks, pattern in kinds:
        if not spans and asks.search(question):
            spans = [one.span() for one in pattern.finditer(bare)]
    return spans[0] if len(spans) == 1 else None


def _up_to(found: re.Match[str], stems: set[str]) -> Span | None:
    """A counted thing up to the word that names it; None if it is another."""
    for word in re.finditer(r"[^\W\d_][\w-]*", found[0]):
        if not stems.isdisjoint(stems_of(word[0])):
            return found.start(), found.start() + word.end()
    return None
