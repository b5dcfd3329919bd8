"""Citation, the noun of in-text citations: one work cited at one place of the text, and the entries that it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from peerqa.citing.discrepancies import issues, reason
from peerqa.notices import Notice

if TYPE_CHECKING:
    from peerqa.citing.author_date import Kind  # the patterns there take a twentieth of a second to compile

Status = Literal["resolved", "corrected", "ambiguous", "missing"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation of one work in the text.

    mention: the words that cite, `document.plain(start, end).text`; for the "b" of "2019a, b" the year, "2019b".
    year_span: the place of a year that stands apart from its author, as in "Wang et al. define ... (2021)"; else None.
    status: "resolved"; "corrected" (the text differs from the entry, and `discrepancies` say how); "ambiguous" (several
    entries fit); "missing" (no entry fits).
    references: keys of the entries, best first; empty if missing.
    sentence: the span of the sentence in the document.
    """

    mention: str
    start: int
    end: int
    line: int
    sentence: tuple[int, int]
    kind: Kind
    year: str | None
    status: Status
    discrepancies: tuple[Notice, ...]
    references: tuple[str, ...]
    year_span: tuple[int, int] | None = None

    @property
    def issues(self) -> tuple[str, ...]:
        """The discrepancies in the words of the JSON, such as "year-mismatch"."""
        return issues(self.discrepancies)

    @property
    def reason(self) -> str | None:
        """What the discrepancies tell, as a line in English; None if there are none."""
        return reason(self.discrepancies)
