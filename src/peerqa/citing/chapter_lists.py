"""Which reference list a place of the text uses: a document may have one at its end, or one for each chapter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from peerqa.citing.reference import Reference
from peerqa.text.document import Document


class ReferenceLists:
    """The entries of a document in lists: text of the body between two entries parts their lists.

    `ranges` holds the places of each list's entries among the references.
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

    def own(self, position: int) -> int:
        """Which list belongs to the chapter that holds `position`: the next one, or the last behind the last."""
        return min(bisect_right(self._starts, position), len(self.ranges) - 1)
