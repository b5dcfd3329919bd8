"""Everything in a library against its digests: SQLite's own check, each row that answers quote, each vector, each file.

Reading does the same for what it reads; this is for all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from peerqa.errors import IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.index.library_vectors import file_of
from peerqa.index.vector_files import verify
from peerqa.index.vector_table import check_vectors, read_model
from peerqa.library.database import Database, damaged
from peerqa.library.records import read_review
from peerqa.library.works import read_work
from peerqa.notices import Notice


def find_damage(database: Database) -> list[Notice]:
    """What is wrong with a library, each as a line; nothing if it is whole. Raises IndexBusy."""
    try:
        said = database.check()
        if said:
            return [damaged(database.path, one).notice for one in said]
        # A row that several look at is one line.
        return list(dict.fromkeys([*_damaged_rows(database), *_damaged_files(database)]))
    except (IndexDamaged, IndexMismatch) as error:
        return [error.notice]


def _damaged_rows(database: Database) -> Iterator[Notice]:
    with database.reading() as connection:
        for (model,) in connection.execute("SELECT id FROM models").fetchall():
            read_model(connection, model)
        for (number,) in connection.execute("SELECT id FROM documents ORDER BY path").fetchall():
            row = connection.execute("SELECT * FROM documents WHERE id = ?", (number,)).fetchone()
            try:
                read_review(connection, row)
                check_vectors(connection, row["id"], row["path"])
            except IndexDamaged as error:
                yield error.notice
            except (ValueError, KeyError, TypeError, IndexError):  # a digest protects it, so it was written so
                yield Notice(Problem.ROWS_CHANGED, document=row["path"])
        for (work,) in connection.execute("SELECT id FROM works").fetchall():
            try:
                read_work(connection, work, str(database.path))
            except IndexDamaged as error:
                yield error.notice
        orphans = {row["table"] for row in connection.execute("PRAGMA foreign_key_check")}
        for table in sorted(orphans):
            yield damaged(database.path, table).notice


def _damaged_files(database: Database) -> Iterator[Notice]:
    with database.reading() as connection:
        rows = connection.execute("SELECT * FROM vector_files").fetchall()
    for row in rows:
        file = file_of(row)
        try:
            whole = verify(database.folder, file)
        except StoreError as error:
            yield error.notice
            continue
        if not whole:
            yield damaged(database.folder / file.name, Notice(Problem.OTHER_HASH)).notice
