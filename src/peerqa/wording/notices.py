"""The words of notices in the language in use."""

from __future__ import annotations

from peerqa.notices import Notice
from peerqa.wording import answers
from peerqa.wording.catalogue import gettext

WORDS = {**answers.WORDS}
"""Code -> message with placeholders, or a function that makes the whole text of the values."""


def worded(said: object) -> str:
    """What was said, in words: a notice as its sentence; anything else, such as a question of a review, as it is."""
    if not isinstance(said, Notice):
        return str(said)
    words = WORDS[said.code]
    values = {name: worded(value) if isinstance(value, Notice) else value for name, value in said.values.items()}
    return gettext(words).format(**values) if isinstance(words, str) else words(**values)
