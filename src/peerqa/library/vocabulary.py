"""The words of a library: which it uses and how often, what its abbreviations stand for, in which texts to look for
more. Read from its tables when they are asked for. Threads may share it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from functools import lru_cache

from peerqa.library.database import Database
from peerqa.text.words import fold

MOST_TEXTS = 2000
"""Passages whose phrases are counted at most."""
MOST_POSTINGS = 4_000
"""About so many passages search by words ranks at most: in a large library, words that many passages hold are left out
beside rarer ones."""
_MOST_SHORT_FORMS = 50_000


def stem_counts(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    """How many passages hold each stem; without those that none holds."""
    counts: dict[str, int] = {}
    for stem in dict.fromkeys(stems):
        row = connection.execute("SELECT passages FROM stem_counts WHERE stem = ?", (stem,)).fetchone()
        if row is not None:
            counts[stem] = row[0]
    return counts


def word_search(connection: sqlite3.Connection, stems: Iterable[str], total: int) -> str:
    """An expression of FTS5 for passages with the rarest of some stems, so that few enough have to be ranked; "" if no
    passage has any of them. total: of the passages."""
    counted = sorted(stem_counts(connection, stems).items(), key=lambda item: (item[1], item[0]))
    if not counted:
        return ""
    chosen = [counted[0][0]]
    postings = float(counted[0][1])
    if postings > MOST_POSTINGS:  # even the rarest is common: passages that have several of them
        for stem, count in counted[1:]:
            chosen.append(stem)
            postings *= count / max(total, 1)
            if postings <= MOST_POSTINGS:
                break
        return " AND ".join(f'"{stem}"' for stem in chosen)
    for stem, count in counted[1:]:
        if postings + count > MOST_POSTINGS:
            break
        chosen.append(stem)
        postings += count
    return " OR ".join(f'"{stem}"' for stem in chosen)


class Vocabulary:
    """The words of all reviews of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._starting_with = lru_cache(maxsize=64)(self._read_starting_with)
        self._short_forms = lru_cache(maxsize=1)(self._read_short_forms)
        self._texts = lru_cache(maxsize=1)(self._read_texts)

    def count(self, word: str) -> int:
        """How often the reviews use a word. word: folded."""
        return self._number("SELECT count FROM words WHERE word = ?", word)

    def in_lower_case(self, word: str) -> bool:
        """Whether a word stands somewhere in lower case. word: folded."""
        return self._number("SELECT lower FROM words WHERE word = ?", word) > 0

    def starting_with(self, letter: str) -> Mapping[str, int]:
        """The words of four letters and more that begin with a letter, each with its count."""
        return self._starting_with(letter, self._database.version())

    def definition(self, short: str) -> tuple[str, str] | None:
        """An abbreviation as the first review by name that defines it spells it, and what it stands for; else None.

        If no review has it in this case, one that has it in another case counts.
        """
        folded, known = fold(short), self._short_forms(self._database.version())
        if known is not None and folded not in known:
            return None
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT short, long FROM abbreviations JOIN documents ON documents.id = abbreviations.document "
                "WHERE folded = ? ORDER BY short <> ?, documents.path, abbreviations.number LIMIT 1",
                (folded, short),
            ).fetchone()
        return None if row is None or row["short"].casefold() != short.casefold() else (row["short"], row["long"])

    def sample(self, count: int) -> tuple[str, ...]:
        """The texts of about so many passages, taken evenly from all reviews."""
        with self._database.reading() as connection:
            first, last = connection.execute("SELECT min(id), max(id) FROM passages").fetchone()
            found: dict[int, str] = {}
            for place in range(count if last else 0):
                wanted = first + (last - first + 1) * place // count
                row = connection.execute("SELECT id, text FROM passages WHERE id >= ? LIMIT 1", (wanted,)).fetchone()
                found[row[0]] = row[1]
            return tuple(found.values())

    def texts(self, stems: tuple[str, ...]) -> tuple[str, ...]:
        """The texts of the passages; in a large library those of the passages that share the most of these stems."""
        return self._texts(stems, self._database.version())

    def _number(self, query: str, value: str) -> int:
        with self._database.reading() as connection:
            row = connection.execute(query, (value,)).fetchone()
        return int(row[0]) if row else 0

    def _read_short_forms(self, version: int) -> frozenset[str] | None:
        """All abbreviations, folded; None if they are too many to keep."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT DISTINCT folded FROM abbreviations LIMIT ?", (_MOST_SHORT_FORMS + 1,))
            found = frozenset(row[0] for row in rows)
        return found if len(found) <= _MOST_SHORT_FORMS else None

    def _read_starting_with(self, letter: str, version: int) -> Mapping[str, int]:
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT word, count FROM words WHERE word >= ? AND word < ? AND length(word) >= 4",
                (letter, letter + "\U0010ffff"),
            )
            return {row[0]: row[1] for row in rows}

    def _read_texts(self, stems: tuple[str, ...], version: int) -> tuple[str, ...]:
        with self._database.reading() as connection:
            total = connection.execute("SELECT coalesce(sum(passages), 0) FROM documents").fetchone()[0]
            if total <= MOST_TEXTS:
                rows = connection.execute("SELECT text FROM passages")
            else:
                wanted = word_search(connection, stems, total) or '""'
                rows = connection.execute(
                    "SELECT passages.text FROM stem_index JOIN passages ON passages.id = stem_index.rowid "
                    "WHERE stem_index MATCH ? ORDER BY rank LIMIT ?",
                    (wanted, MOST_TEXTS // 10),
                )
            return tuple(row[0] for row in rows)
