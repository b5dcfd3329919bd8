"""What one review or one question costs does not grow with the library: no table is walked through for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from peerqa.index.collection import Collection
from peerqa.index.vector_table import forget_pieces
from peerqa.library import vocabulary
from peerqa.library.database import Database
from peerqa.library.storing import FileState, add_review, remove_review
from peerqa.library.vocabulary import word_search
from stored import library_of, reviews_of
from stub_encoder import StubEncoder

TEXT = """# Review {0}

## Care

Walking helps (Miller, 2001), as others found (Roe & Poe, 2002). Running (R) does too.

## References

Miller, A. (2001). A title of several words {0}. *A Journal*, 1, 2-3. https://doi.org/10.1000/abc{0}

Roe, J., & Poe, M. (2002). Another title of several words. *Another Journal*, 4, 5. https://doi.org/10.1000/common
"""


@contextmanager
def all_looked_up(connection: sqlite3.Connection) -> Iterator[None]:
    """Fail if any statement inside walks through a table or an index instead of looking rows up."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    yield
    connection.set_trace_callback(None)
    ours = (one for one in statements if "'main'.'stem_index_" not in one)  # full-text search asks its own tables
    asked = [one for one in ours if one.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "INSERT")]
    assert asked
    for statement in asked:
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
            step = str(row[3])
            assert not step.startswith("SCAN") or "VIRTUAL TABLE" in step or "CONSTANT ROW" in step, (step, statement)
            assert (">?" not in step and "<?" not in step) or "begins" in step, (step, statement)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return library_of(tmp_path, reviews_of({f"{n}.md": TEXT.format(n) for n in range(4)}))


def test_a_review_is_added_and_removed_by_looking_up(database: Database) -> None:
    (new,) = reviews_of({"new.md": TEXT.format(2)})
    with database.writing() as connection, all_looked_up(connection):
        add_review(connection, new, FileState("new.md", 0, 0))
    with database.writing() as connection, all_looked_up(connection):
        forget_pieces(connection, "new.md")
        remove_review(connection, "new.md")


def test_a_question_reads_its_passages_by_looking_up(database: Database) -> None:
    encoder = StubEncoder()
    collection = Collection(database, encoder.identity)
    query = encoder.encode(["walking"])[0]
    numbers = collection.nearest("passages", query, 3)
    with database.reading() as connection, all_looked_up(connection):
        assert collection.by_words(["walk", "run"], 5)
        assert collection.by_words(["walk", "run"], 5, within=numbers)
        assert collection.passages_with_piece([1, 2, 3]) is not None
        assert collection.candidates(numbers).passages


def test_search_by_words_ranks_few_passages_whatever_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = Collection(database, StubEncoder().identity)
    everywhere = collection.passages_with_stem(["walk"])["walk"]
    monkeypatch.setattr(vocabulary, "MOST_POSTINGS", everywhere)
    with database.reading() as connection:
        assert word_search(connection, ["walk", "unheard"], 4) == '"walk"'
        assert word_search(connection, ["unheard"], 4) == ""
        monkeypatch.setattr(vocabulary, "MOST_POSTINGS", 2 * everywhere)
        assert word_search(connection, ["walk", "run"], 4) == '"run" OR "walk"'
        monkeypatch.setattr(vocabulary, "MOST_POSTINGS", 1)
        assert word_search(connection, ["walk", "run"], 4) == '"run" AND "walk"'  # each of them is too common
    assert collection.by_words(["walk", "run"], 5)
