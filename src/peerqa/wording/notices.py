"""The words of notices in the language in use."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.citing.discrepancies import told
from peerqa.notices import Notice
from peerqa.wording import answers, discrepancies
from peerqa.wording.catalogue import gettext

WORDS = {**answers.WORDS, **discrepancies.WORDS}
"""Code -> message with placeholders, or a function that makes the whole text of the values."""


def worded(said: object) -> str:
    """What was said, in words: a notice as its sentence; anything else, such as a question of a review, as it is."""
    if not isinstance(said, Notice):
        return str(said)
    words = WORDS[said.code]
    values = {name: worded(value) if isinstance(value, Notice) else value for name, value in said.values.items()}
    return gettext(words).format(**values) if isinstance(words, str) else words(**values)


def reason(wrong: Sequence[Notice]) -> str:
    """What is wrong with a citation or an entry, by its discrepancies; "" if nothing is."""
    return "; ".join(map(worded, told(wrong)))
