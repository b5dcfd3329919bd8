"""Libraries on disk that are made of a few texts, without a model."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from peerqa.index.building import Builder
from peerqa.library.database import Database
from peerqa.library.review import Review, read_review
from peerqa.library.storing import FileState
from peerqa.models.encoder import Encoder
from peerqa.reading.markdown import read_markdown
from peerqa.reading.paragraphs import document_of_paragraphs
from stub_encoder import StubEncoder


def reviews_of(texts: Mapping[str, str]) -> list[Review]:
    """The reviews of Markdown texts by name."""
    return [read_review(read_markdown(name, text, name)) for name, text in texts.items()]


def library_of(folder: Path, reviews: list[Review], encoder: Encoder | None = None) -> Database:
    """A library of some reviews, in a folder that has none yet."""
    database = Database(folder)
    database.create()
    builder = Builder(database, encoder or StubEncoder())
    builder.add((review, FileState(review.document.name, 0, 0)) for review in reviews)
    builder.finish()
    return database


def library_of_paragraphs(folder: Path, paragraphs: list[str], encoder: Encoder | None = None) -> Database:
    """A library whose passages are these paragraphs, without a heading."""
    document = document_of_paragraphs("paragraphs", "", [("", text) for text in paragraphs])
    return library_of(folder, [read_review(document)], encoder)


def rows(database: Database, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query finds in a library, as SQLite has it."""
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(query, values)]


def change(path: Path, statement: str, *values: object) -> int:
    """Change a library behind its back; how many rows were changed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement, values).rowcount
