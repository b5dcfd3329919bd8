"""What interfaces and retrieval ask of a library: reviews one at a time, lists by the page, and counts.

Nothing is read before it is asked for, and whatever is kept in memory is of bounded size. Threads may share a library.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from peerqa.errors import CorpusError, Problem
from peerqa.library.asked_library import Library
from peerqa.library.database import Database
from peerqa.library.listing import EVERYTHING, SUMMARIES, DocumentSummary, Filters, format_of, summary_of, where
from peerqa.library.passages import Passage
from peerqa.library.records import citations_in, heading_of, passage_of, read_document, read_review
from peerqa.library.review import Review
from peerqa.library.sections import following_heading, headings, headings_below, plain_heading
from peerqa.library.starter_questions import Outline, Suggestion, starters_of
from peerqa.library.works import Work, read_work
from peerqa.text.document import Document

_KEPT = 64
"""Reviews, and documents without structure, that are kept in memory, those used last."""
_KEPT_PASSAGES = 1024
_OUTLINED = 24
"""Reviews, the first by name, that questions to begin with are made from."""
_T = TypeVar("_T")


class Titles(Mapping[str, str]):
    """The titles of the reviews of a library by name, each read when it is asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getitem__(self, name: str) -> str:
        if name not in self._library:
            raise KeyError(name)
        return self._library.document(name).title

    def __len__(self) -> int:
        return self._library.count()

    def __iter__(self) -> Iterator[str]:
        return iter(self._library.names())


class StoredLibrary:
    """The library in a database. All methods raise IndexDamaged for rows that are not what was written."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {}
        self._keeping = threading.Lock()
        self._version = 0

    # -- reviews --

    def get(self, name: str) -> Review | None:
        """See `Library.get`."""

        def read(connection: sqlite3.Connection) -> Review | None:
            row = connection.execute("SELECT * FROM documents WHERE path = ?", (name,)).fetchone()
            return None if row is None else read_review(connection, row)

        return self._ready("reviews", name, read, _KEPT)

    def __iter__(self) -> Iterator[Review]:
        """Every review, whole, by name: for what has to look at all of them."""
        for name in self.names():
            review = self.get(name)
            if review is not None:
                yield review

    def __contains__(self, name: object) -> bool:
        with self.database.reading() as connection:
            return connection.execute("SELECT 1 FROM documents WHERE path = ?", (name,)).fetchone() is not None

    def names(self) -> list[str]:
        """The names of all reviews, in the order of the alphabet."""
        with self.database.reading() as connection:
            return [row[0] for row in connection.execute("SELECT path FROM documents ORDER BY path")]

    def only(self) -> Review | None:
        """The review, if there is just one."""
        with self.database.reading() as connection:
            found = connection.execute("SELECT path FROM documents LIMIT 2").fetchall()
        return self.get(found[0][0]) if len(found) == 1 else None

    def document(self, name: str) -> Document:
        """The text of a review without its structure. Raises CorpusError if there is none of that name."""

        def read(connection: sqlite3.Connection) -> Document | None:
            row = connection.execute("SELECT * FROM documents WHERE path = ?", (name,)).fetchone()
            return None if row is None else read_document(row)

        document = self._ready("documents", name, read, _KEPT)
        if document is None:
            raise CorpusError(Problem.NO_REVIEW_OF_NAME, name=name, names=())
        return document

    def named(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names of the reviews that are meant, each as its path, its file name, or that without its ending.

        Raises CorpusError for a name that no review has.
        """
        found: dict[str, None] = {}
        with self.database.reading() as connection:
            for name in names:
                rows = connection.execute(
                    "SELECT path FROM documents WHERE path = :name OR path LIKE :below ESCAPE '\\' "
                    "OR path LIKE :start ESCAPE '\\' OR path LIKE :both ESCAPE '\\' ORDER BY path",
                    _name_patterns(name),
                )
                matching = [row[0] for row in rows if name in _names_of(row[0])]
                if not matching:
                    known = connection.execute("SELECT path FROM documents ORDER BY path LIMIT 50")
                    raise CorpusError(Problem.NO_REVIEW_OF_NAME, name=name, names=tuple(row[0] for row in known))
                found.update(dict.fromkeys(matching))
        return tuple(found)

    def of_tags(self, tags: Sequence[str]) -> tuple[str, ...]:
        """The names of the reviews that have one of these tags. Raises CorpusError for a tag that no review has."""
        for tag in tags:
            if not self.count(Filters(tag=tag)):
                known = tuple(one for one, _ in self.values("tag", 50))
                raise CorpusError(Problem.NO_REVIEW_OF_TAG, tag=tag, tags=known)
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT path FROM tags JOIN documents ON documents.id = tags.document "
                "WHERE tag IN (SELECT value FROM json_each(?)) ORDER BY path",
                (json.dumps(list(tags)),),
            )
            return tuple(row[0] for row in rows)

    # -- lists --

    def search(self, filters: Filters = EVERYTHING, offset: int = 0, limit: int = 50) -> list[DocumentSummary]:
        """See `Library.search`."""
        fit, values = where(filters)
        with self.database.reading() as connection:
            rows = connection.execute(
                f"{SUMMARIES} {fit} ORDER BY sorted, path LIMIT ? OFFSET ?", (*values, limit, offset)
            )
            return [summary_of(row) for row in rows]

    def count(self, filters: Filters = EVERYTHING) -> int:
        """See `Library.count`."""
        fit, values = where(filters)
        with self.database.reading() as connection:
            return int(connection.execute(f"SELECT count(*) FROM documents {fit}", values).fetchone()[0])

    def summaries(self, names: Sequence[str] | None = None) -> list[DocumentSummary]:
        """The reviews of these names, or all, by name."""
        with self.database.reading() as connection:
            rows = connection.execute(f"{SUMMARIES} WHERE {_named(names)} ORDER BY path", _these(names))
            return [summary_of(row) for row in rows]

    def totals(self) -> tuple[int, int, int]:
        """How many reviews, passages and entries of reference lists there are."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(passages), 0), coalesce(sum(works), 0) FROM documents"
            ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def values(self, kind: str, limit: int = 500) -> list[tuple[str, int]]:
        """The values of a filter ("tag", "format" or "year"), each with how many reviews have it, in the order of the
        alphabet; of more than `limit` tags, the most used."""
        with self.database.reading() as connection:
            if kind == "tag":
                rows = connection.execute(
                    "SELECT tag, count(DISTINCT document) AS reviews FROM tags GROUP BY tag "
                    "ORDER BY reviews DESC, tag LIMIT ?",
                    (limit,),
                ).fetchall()
            elif kind == "year":
                rows = connection.execute("SELECT year, count(*) FROM documents GROUP BY year").fetchall()
            else:
                counts: dict[str, int] = {}
                for (path,) in connection.execute("SELECT path FROM documents"):
                    counts[format_of(path)] = counts.get(format_of(path), 0) + 1
                rows = list(counts.items())
        return sorted((str(row[0]), int(row[1])) for row in rows if row[0])

    # -- passages and sections --

    def passage(self, number: int) -> Passage:
        """The passage of that number. Raises KeyError if there is none."""

        def read(connection: sqlite3.Connection) -> Passage | None:
            row = connection.execute(f"{_PASSAGES} WHERE passages.id = ?", (number,)).fetchone()
            if row is None:
                return None
            path, document = row["path"], row["document"]
            near = citations_in(connection, document, path, row["begins"], row["ends"])
            return passage_of(row, path, heading_of(connection, document, row["section"], path), near)

        passage = self._ready("passages", number, read, _KEPT_PASSAGES)
        if passage is None:
            raise KeyError(number)
        return passage

    def number_of(self, name: str) -> int:
        """The number of the passage of that id. Raises KeyError if there is none."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT id FROM passages WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return int(row[0])

    def passage_named(self, name: str) -> Passage | None:
        """The passage of that id ("path:paragraph"); None if there is none."""
        with suppress(KeyError), self.database.reading():
            return self.passage(self.number_of(name))
        return None

    def passage_numbers(
        self, documents: Sequence[str] | None = None, section: str | None = None
    ) -> frozenset[int] | None:
        """The numbers of the passages of the reviews of these names, under a heading; None if nothing limits them."""
        if documents is None and section is None:
            return None
        under = "" if section is None else _UNDER_THIS
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT passages.id FROM passages JOIN documents ON documents.id = passages.document "
                f"WHERE {_named(documents)} {under}",
                {**_these(documents), "heading": plain_heading(section or "")},
            )
            return frozenset(row[0] for row in rows)

    def headings(self, documents: Sequence[str] = ()) -> tuple[str, ...]:
        """The headings that passages stand under; see peerqa.library.sections."""
        with self.database.reading() as connection:
            return headings(connection, documents)

    def headings_below(self, heading: str, documents: Sequence[str] = ()) -> tuple[str, ...]:
        """The headings from this one down; see peerqa.library.sections."""
        with self.database.reading() as connection:
            return headings_below(connection, heading, documents)

    def following_heading(self, document: str, heading: str) -> str | None:
        """The heading after this one in a review; see peerqa.library.sections."""
        with self.database.reading() as connection:
            return following_heading(connection, document, heading)

    def starters(self, documents: Sequence[str] | None = None) -> tuple[Suggestion, ...]:
        """Questions to begin with, made from the first by name of all reviews, or of the named ones."""

        def read(connection: sqlite3.Connection) -> tuple[Suggestion, ...]:
            rows = connection.execute(
                "SELECT metadata, (SELECT json_group_array(heading) FROM (SELECT heading FROM sections WHERE "
                "document = documents.id AND paragraphs > 0 AND heading <> '' ORDER BY number)) AS headings "
                f"FROM documents WHERE {_named(documents)} ORDER BY path LIMIT :most",
                {**_these(documents), "most": _OUTLINED},
            )
            return starters_of([Outline.of_values(*map(json.loads, row)) for row in rows])

        return self._ready("starters", None if documents is None else tuple(documents), read, _KEPT)

    # -- works --

    def work_of(self, document: str, key: str) -> Work | None:
        """The work of the entry that has this key in the list of this document; None if there is no such entry."""

        def read(connection: sqlite3.Connection) -> Work | None:
            row = connection.execute(
                "SELECT entries.work FROM entries JOIN documents ON documents.id = entries.document "
                "WHERE documents.path = ? AND entries.key = ?",
                (document, key),
            ).fetchone()
            return None if row is None else read_work(connection, row[0], document)

        return self._ready("works", (document, key), read, _KEPT_PASSAGES)

    # -- what is kept in memory --

    def _ready(self, kind: str, key: Hashable, read: Callable[[sqlite3.Connection], _T], most: int) -> _T:
        """What was read under this key, or what is read now. Nothing is kept over a change of the library."""
        version = self.database.version()
        with self._keeping:
            if version != self._version:
                self._kept, self._version = {}, version
            kept = self._kept.setdefault(kind, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                found: _T = kept[key]
                return found
        with self.database.reading() as connection:
            found = read(connection)
        with self._keeping:
            kept[key] = found
            while len(kept) > most:
                kept.popitem(last=False)
        return found


_UNDER_THIS = (
    "AND EXISTS (SELECT 1 FROM headings WHERE headings.plain = :heading AND headings.document = passages.document "
    "AND headings.section = passages.section)"
)
_PASSAGES = "SELECT passages.*, documents.path FROM passages JOIN documents ON documents.id = passages.document"


def _named(names: Sequence[str] | None) -> str:
    """A condition for the documents of these names; None for all. `_these` gives its value."""
    return "1" if names is None else "documents.path IN (SELECT value FROM json_each(:names))"


def _these(names: Sequence[str] | None) -> dict[str, str | int]:
    return {"names": json.dumps(list(names or ()))}


def _names_of(path: str) -> tuple[str, ...]:
    """What a review can be called: its path in the corpus, its file name, that without its ending."""
    file = path.rsplit("/", 1)[-1]
    return path, file, file.rsplit(".", 1)[0]


def _name_patterns(name: str) -> dict[str, str]:
    """Patterns for LIKE that match a path which may be called by this name."""
    plain = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"name": name, "below": f"%/{plain}", "start": f"{plain}.%", "both": f"%/{plain}.%"}
