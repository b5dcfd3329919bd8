"""Counts -> the geometry of a bar chart; templates/parts/chart.html draws it as SVG, with its figures in a table.

Drawn here rather than by a plotting library: bars are rectangles, and what pygal or matplotlib write brings scripts or
fixed colours, where these take the colours of the page, light and dark, and run nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# All in units of the SVG, which are pixels where the page is wide enough.
_HEIGHT, _BASE, _TOP = 180, 150, 18
_STEP, _BAR = 44, 30
_ROW, _LABEL, _REACH = 26, 210, 330
_LONGEST_LABEL = 30  # characters


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the chart and the point that it is set at."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its rectangle, its label, and its count, None where that is not written."""

    x: int
    y: int
    width: int
    height: int
    label: Text
    count: Text | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart, with the counts that it shows; `heads` name the columns of their table."""

    title: str
    upright: bool
    width: int
    height: int
    most_width: int
    bars: tuple[Bar, ...]
    heads: tuple[str, str]
    counts: Sequence[tuple[str, int]]


def columns(title: str, heads: tuple[str, str], counts: Sequence[tuple[str, int]]) -> Chart:
    """Upright bars, for few short labels such as years."""
    most = _most(counts)
    bars = []
    for index, (label, count) in enumerate(counts):
        height = round((_BASE - _TOP) * count / most)
        x, y, middle = 4 + _STEP * index, _BASE - height, 4 + _STEP * index + _BAR // 2
        told = Text(middle, y - 5, str(count)) if count else None
        bars.append(Bar(x, y, _BAR, height, Text(middle, _BASE + 18, label), told))
    return _chart(title, True, _STEP * len(counts) + 8, _HEIGHT, bars, heads, counts)


def rows(title: str, heads: tuple[str, str], counts: Sequence[tuple[str, int]]) -> Chart:
    """Lying bars, for longer labels such as authors."""
    most = _most(counts)
    bars = []
    for index, (label, count) in enumerate(counts):
        y = 4 + _ROW * index
        length = round((_REACH - 30) * count / most)
        short = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
        told = Text(_LABEL + length + 6, y + 14, str(count))
        bars.append(Bar(_LABEL, y, max(length, 1), _ROW - 8, Text(_LABEL - 8, y + 14, short), told))
    return _chart(title, False, _LABEL + _REACH, _ROW * len(counts) + 8, bars, heads, counts)


def _most(counts: Sequence[tuple[str, int]]) -> int:
    """The largest count, at least 1, by which the others can be divided."""
    return max((count for _, count in counts), default=1) or 1


def _chart(
    title: str,
    upright: bool,
    width: int,
    height: int,
    bars: Sequence[Bar],
    heads: tuple[str, str],
    counts: Sequence[tuple[str, int]],
) -> Chart:
    return Chart(title, upright, width, height, round(width * 1.2), tuple(bars), heads, counts)
