"""Counts -> a bar chart that is a table: each row has its label, a bar as long as its count, and the count.

So it reads at any width, prints, and says to a screen reader what it shows. It takes the colours of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: label, count, and the length of the bar in percent of the longest."""

    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart; `heads` name the columns of labels and of counts."""

    title: str
    heads: tuple[str, str]
    bars: tuple[Bar, ...]


def chart(title: str, heads: tuple[str, str], counts: Sequence[tuple[str, int]]) -> Chart:
    """The chart of some counts, in their order."""
    most = max((count for _, count in counts), default=1) or 1
    return Chart(title, heads, tuple(Bar(label, count, round(100 * count / most)) for label, count in counts))
