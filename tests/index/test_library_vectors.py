"""What a reader takes over from one version of the library to the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from peerqa.index import building
from peerqa.index.building import Builder
from peerqa.index.collection import Collection
from peerqa.index.library_vectors import KINDS
from peerqa.index.vector_files import Vectors
from peerqa.index.vector_table import vectors_after
from peerqa.library.database import Database
from peerqa.library.storing import FileState
from stored import library_of, reviews_of, rows
from stub_encoder import StubEncoder


def review(name: str, words: str) -> str:
    return f"# Review {name}\n\n{words} in the ward. {words} at home.\n\n{words} matter.\n"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    made = library_of(tmp_path, reviews_of({f"{n}.md": review(n, f"Peers{n}") for n in "abc"}))
    monkeypatch.setattr(building, "SMALL", 0)  # from here on as in a large library
    monkeypatch.setattr(building, "MOST_AFTER", 9.0)
    return made


def add(database: Database, name: str, words: str) -> None:
    builder = Builder(database, StubEncoder())
    (made,) = reviews_of({name: review(name, words)})
    builder.add([(made, FileState(name, 0, 0))])
    builder.finish()


def test_a_change_opens_no_file_again_and_reads_what_is_new_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = StubEncoder()
    collection = Collection(database, encoder.identity)
    query = encoder.encode(["Hours"])[0]
    collection.nearest("passages", query, 5)
    opened: list[object] = []
    monkeypatch.setattr(Vectors, "open", lambda *given: opened.append(given))
    for name, words in (("d.md", "Hours"), ("e.md", "Pay"), ("d.md", "Trust")):
        add(database, name, words)
        for kind in KINDS:
            found = set(collection.nearest(kind, query, 100))
            assert {row[0] for row in rows(database, "SELECT id FROM passages WHERE id > 6")} <= found
            state = collection._current()
            with database.reading() as connection:
                numbers, vectors = vectors_after(connection, state.model, state.files[kind][0].last, kind)
            assert np.array_equal(state.after[kind][0], numbers)
            assert np.array_equal(state.after[kind][1], vectors)
    assert not opened


def test_a_file_that_is_gone_is_due_again(database: Database) -> None:
    (name,) = rows(database, "SELECT name FROM vector_files WHERE kind = 'sentences'")[0]
    (database.folder / name).unlink()
    Builder(database, StubEncoder()).finish()
    assert (database.folder / rows(database, "SELECT name FROM vector_files WHERE kind = 'sentences'")[0][0]).exists()
