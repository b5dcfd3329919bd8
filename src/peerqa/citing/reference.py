"""Reference: one entry of a reference list, in the fields that all citation styles have."""

from __future__ import annotations

from dataclasses import dataclass

from peerqa.text.person_names import Author


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list; a field that it lacks is None.

    key: first author and year, with a word of the title if two works share these; the same in every run and format.
    year: "2014", "2014a", "n.d." or "in press".
    text: the entry word for word, without notation, on one line.
    start, end: its place in `Document.text`. line: its first line, from 1.
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
    def names(self) -> str:
        """Its authors as running text names them: "Moll et al."; its title if it has none."""
        names = [author.family for author in self.authors] or [self.title or self.text[:40]]
        return f"{names[0]} et al." if len(names) > 2 else " & ".join(names)

    @property
    def label(self) -> str:
        """The work as running text cites it: "Moll et al. (2009)"."""
        return f"{self.names} ({self.year or 'no year'})"
