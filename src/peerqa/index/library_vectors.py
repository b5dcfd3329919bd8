"""The vectors of a library at one version: those in the files of FAISS, and those that were added after these."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import IndexDamaged, IndexMismatch, Problem
from peerqa.index.vector_files import VectorFile, Vectors
from peerqa.index.vector_table import StoredModel, find_model, vectors_after
from peerqa.library.database import Database
from peerqa.models.encoder import ModelIdentity

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
KINDS = ("passages", "sentences")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of vectors as the library names it. last: the last passage in it."""

    file: VectorFile
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class LibraryVectors:
    """All vectors of one model, by kind, and what ranking takes from the whole library.

    count: of the passages. average_stems: of a passage; at least 1. files: those that can be used. after: the passages
    behind the file, one number for each vector, and the vectors.
    """

    version: int
    model: StoredModel
    count: int
    average_stems: float
    files: Mapping[str, tuple[StoredFile, Vectors]]
    after: Mapping[str, tuple[Ids, Floats]]

    def nearest(self, kind: str, query: Floats, most: int, within: Ids | None) -> list[int]:
        """The numbers of the passages with the `most` nearest vectors of a kind, best first. within: the numbers to
        search; None for all."""
        found: list[tuple[float, int]] = []
        if kind in self.files:
            numbers, scores = self.files[kind][1].search(query, most, within)
            found += zip(scores.tolist(), numbers.tolist(), strict=True)
        numbers, rest = self.after[kind]
        if within is not None and len(numbers):
            kept = np.isin(numbers, within)
            numbers, rest = numbers[kept], rest[kept]
        if len(numbers):
            scores = rest @ query
            best = np.argsort(-scores, kind="stable")[:most]
            found += zip(scores[best].tolist(), numbers[best].tolist(), strict=True)
        found.sort(key=lambda item: (-item[0], item[1]))
        return list(dict.fromkeys(number for _, number in found[:most]))


def read_library_vectors(
    connection: sqlite3.Connection,
    database: Database,
    identity: ModelIdentity,
    version: int,
    before: LibraryVectors | None = None,
) -> LibraryVectors:
    """The vectors of the encoder of that identity. before: those of an earlier version; what has not changed since is
    taken from there. Raises IndexMismatch where there are none."""
    model = find_model(connection, identity)
    if model is None:
        raise IndexMismatch(Problem.INDEX_WITHOUT_MODEL, path=database.folder, model=identity.name)
    count, stems = connection.execute(
        "SELECT coalesce(sum(passages), 0), coalesce(sum(stems), 0) FROM documents"
    ).fetchone()
    known = before if before is not None and before.model.number == model.number else None
    files: dict[str, tuple[StoredFile, Vectors]] = {}
    after: dict[str, tuple[Ids, Floats]] = {}
    for kind in KINDS:
        stored = stored_file(connection, model, kind)
        opened = _opened(database, stored, known.files.get(kind) if known else None)
        if stored is not None and opened is not None:
            files[kind] = stored, opened
        last = _last_in_file(files, kind)
        same = known is not None and _last_in_file(known.files, kind) == last
        after[kind] = _after(connection, model, last, kind, known.after[kind] if known and same else None)
    return LibraryVectors(version, model, int(count), max(stems / max(count, 1), 1.0), files, after)


def _last_in_file(files: Mapping[str, tuple[StoredFile, Vectors]], kind: str) -> int:
    return files[kind][0].last if kind in files else 0


def stored_file(connection: sqlite3.Connection, model: StoredModel, kind: str) -> StoredFile | None:
    """The file of vectors of a kind that the library names; None if it names none."""
    row = connection.execute("SELECT * FROM vector_files WHERE model = ? AND kind = ?", (model.number, kind)).fetchone()
    return None if row is None else StoredFile(file_of(row), row["last"])


def file_of(row: sqlite3.Row) -> VectorFile:
    """A file of vectors from its row."""
    return VectorFile(row["name"], row["sha256"], row["count"], row["size"], row["type"], row["recall"])


def _opened(database: Database, stored: StoredFile | None, before: tuple[StoredFile, Vectors] | None) -> Vectors | None:
    """The file, open for searching; None if it cannot be used. before: the file that was open until now."""
    if stored is None:
        return None
    if before is not None and before[0] == stored:
        return before[1]
    try:
        return Vectors.open(database.folder, stored.file)
    except IndexDamaged:  # the vectors are in the library: they are searched there until the next build
        return None


def _after(
    connection: sqlite3.Connection, model: StoredModel, last: int, kind: str, before: tuple[Ids, Floats] | None
) -> tuple[Ids, Floats]:
    """The vectors of the passages behind `last`. before: what they were at an earlier version."""
    if before is not None and len(before[0]):
        there = [row[0] for row in connection.execute("SELECT id FROM passages WHERE id > ?", (last,))]
        kept = np.isin(before[0], there)
        more = vectors_after(connection, model, int(before[0].max()), kind)
        numbers = np.concatenate([before[0][kept], more[0]])
        if len(np.unique(numbers)) == len(there):
            return numbers, np.concatenate([before[1][kept], more[1]])
    return vectors_after(connection, model, last, kind)
