"""A review into the tables of a library, and out of them again: all of its rows but the vectors, in one transaction."""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerqa.library.listing import searched_words, tags_of
from peerqa.library.passages import write_out
from peerqa.library.records import (
    citation_values,
    document_values,
    entry_values,
    paragraph_values,
    passage_values,
    section_values,
    with_digest,
)
from peerqa.library.review import Review
from peerqa.library.sections import plain_heading
from peerqa.library.works import author_and_year, link_works, remove_unlisted, works_listed_by
from peerqa.text.dates import year_in
from peerqa.text.words import fold, stems_of

PARSER_VERSION = "4"
"""Version of reading, citing and chunking. A document that was read by another version is read again."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether a file of the corpus has changed. path: below the corpus folder. size: in bytes. modified: in
    nanoseconds since 1970. companions: SHA-256 of the files that belong to it; "" if there are none."""

    path: str
    size: int
    modified: int
    companions: str = ""


def add_review(connection: sqlite3.Connection, review: Review, file: FileState) -> list[int]:
    """Write all rows of a review but its vectors; the ids of its passages, in their order. None of its path may be in
    the library."""
    document, stems = review.document, _stems_of(review)
    counts = {
        "size": file.size,
        "modified": file.modified,
        "companions": file.companions,
        "parser": PARSER_VERSION,
        "year": year_in(document.date) or "",
        "sorted": fold(document.title),
        "searched": searched_words(document),
        "corrected": sum(one.status == "corrected" for one in review.citations),
        "words": review.words,
        "stems": sum(map(len, stems)),
    }
    number = _insert(connection, "documents", {**with_digest("documents", document_values(review)), **counts})
    connection.executemany(
        "INSERT INTO tags VALUES (?, ?, ?)", ((number, *tag) for tag in enumerate(tags_of(document)))
    )
    _add_structure(connection, number, review)
    _add_citations(connection, number, review)
    passages = _add_passages(connection, number, review, stems)
    _count_words(connection, _words_of(review), 1)
    _count_stems(connection, stems, 1)
    connection.execute("DELETE FROM unread WHERE path = ?", (document.name,))
    return passages


def remove_review(connection: sqlite3.Connection, path: str) -> bool:
    """Remove all rows of the review of that path, its vectors too; False if there is none."""
    row = connection.execute("SELECT id FROM documents WHERE path = ?", (path,)).fetchone()
    if row is None:
        return False
    number = row[0]
    words, works = _stored_words(connection, number), works_listed_by(connection, number)
    _count_words(connection, words, -1)
    connection.executemany("DELETE FROM words WHERE word = ? AND count <= 0", [(word,) for word, _ in words])
    _count_stems(connection, _stored_stems(connection, number), -1)
    connection.execute("DELETE FROM documents WHERE id = ?", (number,))
    remove_unlisted(connection, works)
    return True


def _add_structure(connection: sqlite3.Connection, number: int, review: Review) -> None:
    for place, section in enumerate(review.document.sections):
        row = with_digest("sections", section_values(number, place, section))
        _insert(connection, "sections", {**row, "plain": plain_heading(section.heading)})
        names = {plain_heading(name) for name in (section.heading, *section.path)} - {""}
        connection.executemany("INSERT INTO headings VALUES (?, ?, ?)", ((name, number, place) for name in names))
        for one in section.paragraphs:
            _insert(connection, "paragraphs", with_digest("paragraphs", paragraph_values(number, place, one)))
    rows = ((number, place, *form, fold(form[0])) for place, form in enumerate(review.abbreviations.items()))
    connection.executemany("INSERT INTO abbreviations VALUES (?, ?, ?, ?, ?)", rows)


def _add_citations(connection: sqlite3.Connection, number: int, review: Review) -> None:
    for place, entry in enumerate(review.references):
        row = with_digest("entries", entry_values(number, place, entry))
        _insert(connection, "entries", {**row, "same": author_and_year(entry)})
    for place, citation in enumerate(review.citations):
        _insert(connection, "citations", with_digest("citations", citation_values(number, place, citation)))
    link_works(connection, number, review.references)


def _add_passages(
    connection: sqlite3.Connection, number: int, review: Review, stems: Sequence[Sequence[str]]
) -> list[int]:
    starts = [section.start for section in review.document.sections]
    made = []
    every = zip(review.passages, review.embedded_texts, stems, strict=True)
    for place, (passage, text, own) in enumerate(every):
        section = max(0, bisect_right(starts, passage.start) - 1)
        values = passage_values(number, place, section, passage, text)
        row = _insert(connection, "passages", with_digest("passages", values))
        connection.execute("INSERT INTO stems VALUES (?, ?)", (row, " ".join(own)))
        made.append(row)
    return made


def _insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    made = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
    return int(made.lastrowid or 0)


# ---- what search by words sees of a passage ----------------------------------------------------------------------


def _stems_of(review: Review) -> list[list[str]]:
    """The stems of each passage: of its heading and all its words, the names that are cited too."""
    return [stems_of(f"{one.heading} {write_out(one.text, review.abbreviations)}") for one in review.passages]


def _stored_stems(connection: sqlite3.Connection, number: int) -> list[list[str]]:
    rows = connection.execute(
        "SELECT stems FROM passages JOIN stems ON stems.passage = passages.id WHERE document = ?", (number,)
    )
    return [row[0].split() for row in rows]


def _count_stems(connection: sqlite3.Connection, passages: Iterable[Sequence[str]], sign: int) -> None:
    counts = Counter(stem for stems in passages for stem in set(stems))
    connection.executemany(
        "INSERT INTO stem_counts VALUES (?, ?) "
        "ON CONFLICT (stem) DO UPDATE SET passages = passages + excluded.passages",
        ((stem, sign * count) for stem, count in counts.items()),
    )
    if sign < 0:
        connection.executemany("DELETE FROM stem_counts WHERE stem = ? AND passages <= 0", [(one,) for one in counts])


# ---- the words of the library ---------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+")


def _words_of(review: Review) -> Counter[tuple[str, bool]]:
    names = (author.family for entry in review.references for author in entry.authors)
    return _counted([passage.text for passage in review.passages], [*review.abbreviations.values(), *names])


def _stored_words(connection: sqlite3.Connection, number: int) -> Counter[tuple[str, bool]]:
    """The words that were counted for a document, from its rows."""
    texts = [row[0] for row in connection.execute("SELECT text FROM passages WHERE document = ?", (number,))]
    others = [row[0] for row in connection.execute("SELECT long FROM abbreviations WHERE document = ?", (number,))]
    families = connection.execute(
        "SELECT json_extract(author.value, '$[0]') FROM entries, json_each(entries.authors) AS author "
        "WHERE document = ?",
        (number,),
    )
    return _counted(texts, [*others, *(row[0] for row in families)])


def _counted(texts: Iterable[str], others: Iterable[str]) -> Counter[tuple[str, bool]]:
    """(folded word, whether it stands in lower case in a passage) -> count. others: what is no passage."""
    counts: Counter[tuple[str, bool]] = Counter()
    for text in texts:
        counts.update((word.casefold(), word.islower()) for word in _WORD.findall(text))
    for text in others:
        counts.update((word.casefold(), False) for word in _WORD.findall(text))
    return counts


def _count_words(connection: sqlite3.Connection, counts: Mapping[tuple[str, bool], int], sign: int) -> None:
    connection.executemany(
        "INSERT INTO words VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET count = count + excluded.count, "
        "lower = lower + excluded.lower",
        ((word, sign * count, sign * count * lower) for (word, lower), count in counts.items()),
    )
