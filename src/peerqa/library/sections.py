"""The sections of a library by name: which there are to ask in, and which headings stand below one.

Case and extra white space do not count, and sections of several reviews may share a heading.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

MOST_HEADINGS = 500
"""Headings that are listed at most; a library of thousands of reviews has too many to choose from."""


def plain_heading(heading: str) -> str:
    """A heading without case and extra white space, to compare it with others."""
    return " ".join(heading.split()).casefold()


def headings(connection: sqlite3.Connection, documents: Sequence[str] = ()) -> tuple[str, ...]:
    """The headings that have a passage under them, or under a heading below them; in text order, each once.

    documents: the names of the reviews to look in; all if none is named.
    """
    within, values = _within(documents)
    rows = connection.execute(
        "SELECT sections.heading FROM sections JOIN documents ON documents.id = sections.document "
        "WHERE sections.plain <> '' AND EXISTS (SELECT 1 FROM headings JOIN passages ON "
        "passages.document = headings.document AND passages.section = headings.section "
        f"WHERE headings.document = sections.document AND headings.plain = sections.plain) {within} "
        "GROUP BY sections.heading ORDER BY min(documents.path || char(0) || printf('%08d', sections.number)) LIMIT ?",
        (*values, MOST_HEADINGS),
    )
    return tuple(row[0] for row in rows)


def headings_below(connection: sqlite3.Connection, heading: str, documents: Sequence[str] = ()) -> tuple[str, ...]:
    """The headings with paragraphs from this one down: itself, and those below it; in text order, each once.

    documents: as for `headings`.
    """
    within, values = _within(documents)
    rows = connection.execute(
        "SELECT sections.heading FROM headings JOIN sections ON sections.document = headings.document AND "
        "sections.number = headings.section JOIN documents ON documents.id = sections.document "
        f"WHERE headings.plain = ? AND sections.paragraphs > 0 AND sections.heading <> '' {within} "
        "GROUP BY sections.heading ORDER BY min(documents.path || char(0) || printf('%08d', sections.number)) LIMIT ?",
        (plain_heading(heading), *values, MOST_HEADINGS),
    )
    return tuple(row[0] for row in rows)


def following_heading(connection: sqlite3.Connection, document: str, heading: str) -> str | None:
    """The heading of the next section with paragraphs after the last one of that heading; None if there is none."""
    row = connection.execute(
        "SELECT sections.heading FROM sections JOIN documents ON documents.id = sections.document "
        "WHERE documents.path = ? AND sections.heading <> '' AND sections.paragraphs > 0 AND sections.number > "
        "(SELECT max(number) FROM sections AS these WHERE these.document = documents.id AND these.heading = ?) "
        "ORDER BY sections.number LIMIT 1",
        (document, heading),
    ).fetchone()
    return str(row[0]) if row else None


def _within(documents: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """A condition for the named documents, and its value."""
    if not documents:
        return "", ()
    return "AND documents.path IN (SELECT value FROM json_each(?))", (json.dumps(list(documents)),)
