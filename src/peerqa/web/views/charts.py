"""Counts -> a bar chart as SVG, with the same figures as a table beside it.

Drawn here rather than by a plotting library: bars are rectangles, and what pygal or matplotlib write brings scripts or
fixed colours, where these take the colours of the page, light and dark, and run nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.web.views.escape import escape

_HEIGHT, _BASE, _TOP = 180, 150, 18
_STEP, _BAR = 44, 30
_ROW, _LABEL, _REACH = 26, 210, 330


def columns(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """Upright bars, for few short labels such as years."""
    most = max((count for _, count in counts), default=1) or 1
    width = _STEP * len(counts) + 8
    bars = []
    for index, (label, count) in enumerate(counts):
        height = round((_BASE - _TOP) * count / most)
        x, middle = 4 + _STEP * index, 4 + _STEP * index + _BAR // 2
        bars.append(
            f'<rect x="{x}" y="{_BASE - height}" width="{_BAR}" height="{height}" rx="3"/>'
            + (f'<text x="{middle}" y="{_BASE - height - 5}">{count}</text>' if count else "")
            + f'<text class="label" x="{middle}" y="{_BASE + 18}">{escape(label)}</text>'
        )
    return _svg(title, width, _HEIGHT, "columns", "".join(bars))


def rows(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """Lying bars, for longer labels such as authors."""
    most = max((count for _, count in counts), default=1) or 1
    bars = []
    for index, (label, count) in enumerate(counts):
        y = 4 + _ROW * index
        length = round((_REACH - 30) * count / most)
        short = label if len(label) <= 30 else label[:29] + "…"
        bars.append(
            f'<text class="label" x="{_LABEL - 8}" y="{y + 14}">{escape(short)}</text>'
            f'<rect x="{_LABEL}" y="{y}" width="{max(length, 1)}" height="{_ROW - 8}" rx="3"/>'
            f'<text class="count" x="{_LABEL + length + 6}" y="{y + 14}">{count}</text>'
        )
    return _svg(title, _LABEL + _REACH, _ROW * len(counts) + 8, "rows", "".join(bars))


def _svg(title: str, width: int, height: int, kind: str, inner: str) -> str:
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {width} {height}" style="max-width:{width * 1.2:.0f}px" role="img" '
        f'aria-label="{escape(title)}">{inner}</svg>'
    )


def table(caption: str, heads: tuple[str, str], counts: Sequence[tuple[str, int]]) -> str:
    """The figures of a chart, for those who do not see it."""
    body = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{count}</td></tr>' for label, count in counts)
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
