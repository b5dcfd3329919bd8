"""The reference lists of a document: one at its end, or one for each chapter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from peerqa.citing.reference import Reference
from peerqa.text.document import Document


class ReferenceLists:
    """The reference lists of a document. A new list begins where text of the body stands between two entries.

    ranges: the indices of the entries of each list among the references.
    """

    def __init__(self, document: Document, references: Sequence[Reference]) -> None:
        body = [paragraph.start for paragraph in document.paragraphs]
        firsts: list[int] = []
        above = -1
        for index, reference in enumerate(references):
            before = bisect_right(body, reference.start)
            if before != above:
                firsts.append(index)
            above = before
        self.ranges = [range(a, b) for a, b in zip(firsts, [*firsts[1:], len(references)], strict=False)]
        self._starts = [references[first].start for first in firsts]

    def list_of(self, position: int) -> int:
        """Index of the list of the chapter that holds `position`: the first list behind it, else the last list."""
        return min(bisect_right(self._starts, position), len(self.ranges) - 1)
