"""The works in the reference lists of a library, each once, with its entry in every list.

Two entries are of the same work if they share a DOI, or first author, year and title; each list keeps its own spelling.
Two entries of one list are never of the same work: that list tells them apart.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rapidfuzz import fuzz

from peerqa.citing.reference import Reference
from peerqa.library.database import digest_of
from peerqa.library.records import changed, entry_of
from peerqa.text.person_names import Author
from peerqa.text.words import fold

_SAME_TITLE = 93.0
"""Similarity, 0 to 100 (normalised Indel distance), from which two titles differ only by a typo."""
_TELLING_TITLE = 4
"""In words. A shorter title ("Introduction") names one work only together with its container (journal, book)."""
_NUMERAL = re.compile(r"\d+|[ivx]+")


@dataclass(frozen=True, slots=True)
class Work:
    """A work, with its entry in the list of each review that has it, in the order of the reviews.

    key: unique among all works of the library, unlike the key of an entry. entries: (name of the document, entry).
    """

    key: str
    entries: tuple[tuple[str, Reference], ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of the reviews that have it in their lists."""
        return tuple(document for document, _ in self.entries)


# ---- kept in the library --------------------------------------------------------------------------------------------


def link_works(connection: sqlite3.Connection, document: int, entries: Sequence[Reference]) -> None:
    """Give each entry of a document, whose rows are in the library, its work: one that is known, or a new one."""
    used: set[int] = set()
    for number, entry in enumerate(entries):
        work = next((one for one in _candidates(connection, document, entry) if one not in used), None)
        if work is None:
            key = _free_key(connection, entry)
            work = int(connection.execute("INSERT INTO works (key) VALUES (?)", (key,)).lastrowid or 0)
        else:
            key = connection.execute("SELECT key FROM works WHERE id = ?", (work,)).fetchone()[0]
        used.add(work)
        connection.execute(
            "UPDATE entries SET work = ?, linked = ? WHERE document = ? AND number = ?",
            (work, _link_digest(document, number, work, key), document, number),
        )


def works_listed_by(connection: sqlite3.Connection, document: int) -> list[int]:
    """The works in the list of a document."""
    rows = connection.execute("SELECT work FROM entries WHERE document = ? AND work IS NOT NULL", (document,))
    return [row[0] for row in rows]


def remove_unlisted(connection: sqlite3.Connection, works: Sequence[int]) -> None:
    """Remove those of some works that no list has any more."""
    connection.executemany(
        "DELETE FROM works WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM entries WHERE work = ?1)",
        [(work,) for work in works],
    )


def _candidates(connection: sqlite3.Connection, document: int, entry: Reference) -> Iterator[int]:
    """The works that an entry may be of, the likeliest first: by DOI, then by author, year and title."""
    if entry.doi:
        for work, first in _first_entries(connection, document, "doi IS NOT NULL AND lower(doi) = lower(?)", entry.doi):
            if _may_share(first, entry):
                yield work
    for work, first in _first_entries(connection, document, "same = ?", author_and_year(entry)):
        if _same_title(first, entry):
            yield work


def _first_entries(
    connection: sqlite3.Connection, document: int, condition: str, value: str
) -> Iterator[tuple[int, Reference]]:
    """The works with an entry in another document for which a condition holds, each with the one of the document that
    was added first, in the fields by which entries are compared."""
    rows = connection.execute(
        "SELECT work, min(document), authors, year, title, container, doi FROM entries "
        f"WHERE {condition} AND document <> ? AND work IS NOT NULL GROUP BY work ORDER BY work",
        (value, document),
    )
    for row in rows.fetchall():
        authors = tuple(Author(family, given) for family, given, *_ in json.loads(row["authors"])[:1])
        fields = {name: row[name] for name in ("year", "title", "container", "doi")}
        yield row["work"], Reference(key="", authors=authors, url=None, text="", **fields)


def read_work(connection: sqlite3.Connection, work: int, document: str) -> Work:
    """The work of that number in the tables, its entries by the name of their document. document: the name of one that
    has it. Raises IndexDamaged."""
    rows = connection.execute(
        "SELECT entries.*, documents.path, works.key AS work_key FROM entries "
        "JOIN documents ON documents.id = entries.document JOIN works ON works.id = entries.work "
        "WHERE work = ? ORDER BY documents.path, entries.number",
        (work,),
    ).fetchall()
    for row in rows:
        if row["linked"] != _link_digest(row["document"], row["number"], work, row["work_key"]):
            raise changed(row["path"])
    if not rows:
        raise changed(document)
    return Work(rows[0]["work_key"], tuple((row["path"], entry_of(row, row["path"])) for row in rows))


def _link_digest(document: int, number: int, work: int, key: str) -> str:
    """The digest of the link between an entry and its work."""
    return digest_of(document, number, work, key)


def author_and_year(entry: Reference) -> str:
    """What entries of the same work share if they do not share a DOI: without an author, all of the title."""
    author = _first_author(entry) or " ".join(_title(entry))
    return f"{author} {_year(entry)}"


def _free_key(connection: sqlite3.Connection, entry: Reference) -> str:
    """The key of the entry; if another work has it already, with a word of the title added."""

    def is_free(key: str) -> bool:
        return connection.execute("SELECT 1 FROM works WHERE key = ?", (key,)).fetchone() is None

    if is_free(entry.key):
        return entry.key
    word = next((word for word in _title(entry) if word.isascii() and len(word) > 3), "other")
    base = f"{entry.key}-{word}"
    return (
        base if is_free(base) else next(name for name in (f"{base}-{number}" for number in count(2)) if is_free(name))
    )


# ---- when two entries are of one work -------------------------------------------------------------------------------


def _may_share(first: Reference, entry: Reference) -> bool:
    """Whether entries with the same DOI agree in something else too. If not, one of them has another work's DOI."""
    return (
        _first_author(first) == _first_author(entry)
        or _year(first) == _year(entry)
        or _title(first)[:_TELLING_TITLE] == _title(entry)[:_TELLING_TITLE]
    )


def _same_title(one: Reference, other: Reference) -> bool:
    """Whether two entries of the same first author and year have the same title, but for a subtitle or a typo."""
    first, second = sorted((_title(one), _title(other)), key=len)
    if not first:
        return False
    if len(first) < _TELLING_TITLE:
        return first == second and (one.container or "").casefold() == (other.container or "").casefold()
    if first == second:
        return True
    if one.doi and other.doi and one.doi.casefold() != other.doi.casefold():
        return False
    if [word for word in first if _NUMERAL.fullmatch(word)] != [word for word in second if _NUMERAL.fullmatch(word)]:
        return False  # parts of a series
    return second[: len(first)] == first or fuzz.ratio(" ".join(first), " ".join(second)) >= _SAME_TITLE


def _first_author(entry: Reference) -> str:
    return _folded(entry.authors[0].family) if entry.authors else ""


def _year(entry: Reference) -> str:
    """The year without the letter that a list may add to it (2009a)."""
    year = entry.year or ""
    return year[:4] if year[:4].isdigit() else year


def _title(entry: Reference) -> list[str]:
    return _folded(entry.title or "").split()


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))
