"""What interfaces ask of a library: reviews one at a time, lists by the page, and counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from peerqa.library.database import Database
from peerqa.library.listing import DocumentSummary, Filters
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.library.works import Work
from peerqa.text.document import Document


class Library(Protocol):
    """The reviews that can be asked. Nothing is read before it is asked for."""

    @property
    def database(self) -> Database:
        """Where it is kept."""
        ...

    def get(self, name: str) -> Review | None:
        """The review of that name (its path below the corpus folder), whole; None if there is none."""
        ...

    def search(self, filters: Filters = ..., offset: int = 0, limit: int = 50) -> list[DocumentSummary]:
        """A page of the reviews that fit, by title."""
        ...

    def count(self, filters: Filters = ...) -> int:
        """How many reviews fit."""
        ...

    def names(self) -> list[str]:
        """The names of all reviews, in the order of the alphabet."""
        ...

    def only(self) -> Review | None:
        """The review, if there is just one."""
        ...

    def summaries(self, names: Sequence[str] | None = None) -> list[DocumentSummary]:
        """The reviews of these names, or all, by name."""
        ...

    def totals(self) -> tuple[int, int, int]:
        """How many reviews, passages and entries of reference lists there are."""
        ...

    def values(self, kind: str, limit: int = 500) -> list[tuple[str, int]]:
        """The values of a filter ("tag", "format" or "year"), each with how many reviews have it."""
        ...

    def passage_named(self, name: str) -> Passage | None:
        """The passage of that id ("path:paragraph"); None if there is none."""
        ...

    def passage(self, number: int) -> Passage:
        """The passage of that number. Raises KeyError if there is none."""
        ...

    def passage_numbers(
        self, documents: Sequence[str] | None = None, section: str | None = None
    ) -> frozenset[int] | None:
        """The numbers of the passages of the reviews of these names, under a heading; None if nothing limits them."""
        ...

    def document(self, name: str) -> Document:
        """The text of a review without its structure. Raises CorpusError if there is none of that name."""
        ...

    def headings(self, documents: Sequence[str] = ()) -> tuple[str, ...]:
        """The headings that passages stand under."""
        ...

    def headings_below(self, heading: str, documents: Sequence[str] = ()) -> tuple[str, ...]:
        """The headings from this one down."""
        ...

    def work_of(self, document: str, key: str) -> Work | None:
        """The work of the entry that has this key in the list of this document; None if there is no such entry."""
        ...

    def __iter__(self) -> Iterator[Review]: ...

    def __contains__(self, name: object) -> bool: ...
