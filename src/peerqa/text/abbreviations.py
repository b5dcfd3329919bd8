"""Abbreviations that a text itself defines: "peer support worker (PSW)", "World Health Organization [WHO]".

The pairing of long and short form follows Schwartz & Hearst (2003), "A simple algorithm for identifying abbreviation
definitions in biomedical text": the letters of the short form are searched for, from right to left, in the words
before it.
"""

from __future__ import annotations

import re

from peerqa.text.words import SMALL_WORDS

_DEFINITION = re.compile(r"[(\[]\s*([^\W_][\w&./\-]{1,9})\s*(?:[,;][^()\[\]]*)?[)\]]")
_PLURAL = re.compile(r"^([A-Z][A-Za-z]*[A-Z])s$")


def find_abbreviations(text: str) -> dict[str, str]:
    """Short form -> long form, for each definition in the text; of several definitions of one form, the first.

    A plural short form ("PSWs") is given in the singular.
    """
    found: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        short = match[1]
        plural = _PLURAL.match(short)
        short = plural[1] if plural else short
        if not _is_short_form(short):
            continue
        long = _long_form(short, text[max(0, match.start() - 120) : match.start()])
        if long:
            found.setdefault(short, long)
    return found


def _is_short_form(short: str) -> bool:
    return 2 <= len(short) <= 10 and sum(character.isupper() for character in short) >= 2 and not short.isdigit()


def _long_form(short: str, before: str) -> str | None:
    """The shortest run of words right before the parenthesis that spells the short form, or None."""
    before = before.rstrip()
    before = re.split(r"[.;:!?()\[\]]\s", before)[-1]
    words_allowed = min(len(short) + 5, len(short) * 2)
    window = " ".join(before.split()[-words_allowed:])
    letters = [character.casefold() for character in short if character.isalnum()]
    position = len(window) - 1
    for index in range(len(letters) - 1, -1, -1):
        first = index == 0
        while position >= 0 and (
            window[position].casefold() != letters[index] or (first and position > 0 and window[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
        position -= 1
    long = window[position + 1 :].strip(" ,\"“”'‘’")
    return long if _reads_like_long_form(short, long) else None


def _reads_like_long_form(short: str, long: str) -> bool:
    """Whether the words may be a long form. Their letters alone do not tell: "with high social costs (WHO, 2014)"."""
    words = long.split()
    chief = [word for word in words if word.casefold() not in SMALL_WORDS]
    if len(long) <= len(short) or len(words) < 2 or short in words:
        return False
    return words[0].casefold() not in SMALL_WORDS and len(chief) <= len(short)
