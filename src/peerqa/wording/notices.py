"""The words of notices in the language in use."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.citing.discrepancies import told
from peerqa.errors import PeerqaError
from peerqa.notices import Notice
from peerqa.wording import answers, discrepancies, problems
from peerqa.wording.catalogue import Words, gettext

WORDS: Words = {**answers.WORDS, **problems.WORDS, **discrepancies.WORDS}


def worded(said: object) -> str:
    """A notice or an error as its sentence; anything else, such as a question that an author wrote, as its text."""
    said = said.notice if isinstance(said, PeerqaError) else said
    if not isinstance(said, Notice):
        return str(said)
    words = WORDS[said.code]
    values = {name: worded(value) if isinstance(value, Notice) else value for name, value in said.values.items()}
    return gettext(words).format(**values) if isinstance(words, str) else words(**values)


def reason(wrong: Sequence[Notice]) -> str:
    """The discrepancies of a citation or an entry as one line; "" if there are none."""
    return "; ".join(map(worded, told(wrong)))
