"""Measures of an answer as it is read: the highlighted sentences, in the order in which people read them.

Words are counted, not sentences, so that a long wrong sentence costs more than a short one. A refused question scores
zero in every share.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

FIRST_WORDS = 40
"""Words that people read at a glance."""
READING = (
    ("precision", "share of the highlighted words that belong to an essential or also-right sentence"),
    ("recall", "share of the words of the essential sentences that are highlighted"),
    ("F1", "harmonic mean of the two"),
    ("lead right", "the first highlighted sentence is essential or also right"),
    (f"in {FIRST_WORDS} words", f"an essential sentence begins within the first {FIRST_WORDS} words highlighted"),
    ("words", "words highlighted"),
    ("dangling", "a highlighted sentence points back to one that is not shown before it"),
)
"""The measures of reading, each with what it says. A question that is refused has 0 words."""


def reading(
    highlights: Sequence[str], essential: Collection[str], right: Collection[str], dangling: bool
) -> dict[str, float]:
    """The measures of READING for one answerable question.

    highlights: in reading order; none if it was refused. essential, right: the essential sentences, and all that are
    right. dangling: whether a highlight points back to a sentence that is not shown.
    """
    shown = {text: words(text) for text in highlights}
    wanted = {text: words(text) for text in essential}
    total, needed = sum(shown.values()), sum(wanted.values())
    precision = sum(count for text, count in shown.items() if text in right) / total if total else 0.0
    recall = sum(count for text, count in wanted.items() if text in shown) / needed if needed else 0.0
    values = (
        precision,
        recall,
        2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        float(bool(highlights) and highlights[0] in right),
        float(_begins_early(highlights, essential)),
        float(total),
        float(dangling),
    )
    return dict(zip((name for name, _ in READING), values, strict=True))


def words(text: str) -> int:
    """The number of words of a text."""
    return len(text.split())


def _begins_early(highlights: Sequence[str], essential: Collection[str]) -> bool:
    read = 0
    for text in highlights:
        if text in essential:
            return True
        read += words(text)
        if read >= FIRST_WORDS:
            return False
    return False
