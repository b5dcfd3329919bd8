"""Reference, the noun of a reference list: one entry, in the fields that styles of citation share."""

from __future__ import annotations

from dataclasses import dataclass

from peerqa.text.person_names import Author


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list; what the entry does not say is None.

    key: stable among runs and formats: first author and year, and a word of the title where two works share these.
    year: "2014", "2014a", "n.d." or "in press". text: the entry word for word, without notation, on one line.
    start, end: its place in `Document.text`; line: the first line of it, from 1.
    """

    key: str
    authors: tuple[Author, ...]
    year: str | None
    title: str | None
    container: str | None
    doi: str | None
    url: str | None
    text: str
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    start: int = 0
    end: int = 0
    line: int = 0

    @property
    def label(self) -> str:
        """How the work is cited in running text: "Moll et al. (2009)"."""
        names = [author.family for author in self.authors] or [self.title or self.text[:40]]
        cited = f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
        return f"{cited} ({self.year or 'no year'})"
