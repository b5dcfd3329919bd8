"""What the benchmarks of a large library are made of: an encoder that costs nothing, and copies of reviews.

Embedding a hundred thousand passages takes hours of a processor, and how long a search takes depends little on which
passage is near to which. So the vectors of passages are those of a pool of real ones, with noise.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peerqa.library.database import Database, digest_of
from peerqa.library.records import with_digest

if TYPE_CHECKING:
    from peerqa.models.encoder import Encoder, Progress, TokenVectors, Vectors

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
NOISE = 0.8
"""Share of the difference of two others that is added to a vector."""


def near(real: Floats, rows: Ids, chance: np.random.Generator, noise: float = NOISE) -> Floats:
    """(m, d) vectors near those in m rows of (n, d) real ones: each with a share of the difference of two others, so
    that the noise points where real vectors differ. Plain noise would be easier to search."""
    one, other = (real[chance.integers(0, len(real), len(rows))] for _ in range(2))
    made = real[rows] + np.float32(noise / math.sqrt(2)) * (one - other)
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-12), dtype=np.float32)


class StandIn:
    """An encoder with the identity of the real one, whose vectors of passages are real ones with noise."""

    def __init__(self, real: Encoder, sentences: Floats, pool: Sequence[TokenVectors], seed: int = 0) -> None:
        """sentences: (n, d) real vectors. pool: texts that the real model has read."""
        self.identity = real.identity
        self._real = real
        self._tokens = np.concatenate([one.tokens for one in pool])
        self._sentences = sentences
        self._chance = np.random.default_rng(seed)

    @property
    def vocabulary(self) -> frozenset[str]:
        return self._real.vocabulary

    def _some(self, pool: Floats, count: int) -> Floats:
        return near(pool, self._chance.integers(0, len(pool), count), self._chance)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._some(self._sentences, len(texts))

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        from peerqa.models.encoder import TokenVectors

        vectors = self._some(self._sentences, len(texts))
        coded = self._real._tokenizer.encode_batch(list(texts))  # type: ignore[attr-defined]
        return [
            TokenVectors(
                vector=vector,
                tokens=self._some(self._tokens, len(one.ids)),
                pieces=np.array(one.ids, dtype=np.int64),
                offsets=np.array(one.offsets, dtype=np.int64).reshape(-1, 2),
            )
            for one, vector in zip(coded, vectors, strict=True)
        ]


# ---- copies ---------------------------------------------------------------------------------------------------------

_BLOBS = ("passage_vector", "sentence_vectors", "tokens", "pieces", "offsets", "ranges")
_AT_ONCE = 2_000


def copy_reviews(database: Database, corpus: Path, copies: int) -> None:
    """Add further copies of every review of a library, with all that search reads: the passages as they are, and their
    vectors with noise.

    The copies have no sections, citations and entries of their own, so they can be found and not quoted. The files of
    FAISS are not written.
    """
    with database.reading() as connection:
        documents, passages = (
            connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] for table in ("documents", "passages")
        )
    sizes = {"documents": int(documents), "passages": int(passages)}
    columns = {table: _columns(database, table) for table in ("documents", "passages", "vectors")}
    for copy in range(1, copies + 1):
        shift = {name: copy * size for name, size in sizes.items()}
        with database.writing() as connection:
            _copy_documents(connection, corpus, columns["documents"], copy, shift["documents"], sizes["documents"])
        for start in range(0, sizes["passages"], _AT_ONCE):
            with database.writing() as connection:
                _copy_passages(connection, columns, copy, shift, start, min(start + _AT_ONCE, sizes["passages"]))
    with database.writing() as connection:
        for table in ("pieces", "stem_counts"):
            connection.execute(f"UPDATE {table} SET passages = passages * ?", (copies + 1,))


def _columns(database: Database, table: str) -> list[str]:
    with database.reading() as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        marks = ", ".join(f":{name}" for name in rows[0])
        connection.executemany(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})", rows)


def _copy_documents(
    connection: sqlite3.Connection, corpus: Path, columns: Sequence[str], copy: int, shift: int, count: int
) -> None:
    made = []
    for row in connection.execute("SELECT * FROM documents WHERE id <= ?", (count,)).fetchall():
        values = {name: row[name] for name in columns}
        beside = corpus / f"copy-{copy}" / values["path"]
        beside.parent.mkdir(parents=True, exist_ok=True)
        if not beside.exists():
            os.link(corpus / values["path"], beside)
        values |= {"id": values["id"] + shift, "path": f"copy-{copy}/{values['path']}"}
        values["digest"] = with_digest("documents", values)["digest"]
        made.append(values)
    _insert(connection, "documents", made)


def _copy_passages(
    connection: sqlite3.Connection,
    columns: dict[str, list[str]],
    copy: int,
    shift: dict[str, int],
    start: int,
    end: int,
) -> None:
    """Copy the passages whose numbers are above `start`, up to `end`."""
    made = []
    for row in connection.execute("SELECT * FROM passages WHERE id > ? AND id <= ?", (start, end)).fetchall():
        values = {name: row[name] for name in columns["passages"]}
        values |= {
            "id": values["id"] + shift["passages"],
            "document": values["document"] + shift["documents"],
            "name": f"copy-{copy}/{values['name']}",
        }
        values["digest"] = with_digest("passages", values)["digest"]
        made.append(values)
    _insert(connection, "passages", made)
    connection.execute(
        "INSERT INTO stems SELECT passage + ?, stems FROM stems WHERE passage > ? AND passage <= ?",
        (shift["passages"], start, end),
    )
    rows = connection.execute("SELECT * FROM vectors WHERE passage > ? AND passage <= ?", (start, end)).fetchall()
    vectors = [{name: row[name] for name in columns["vectors"]} for row in rows]
    chance = np.random.default_rng((copy, start))
    for name in ("passage_vector", "sentence_vectors"):
        _add_noise(vectors, name, chance)
    for values in vectors:
        values["passage"] += shift["passages"]
        values["digest"] = digest_of(values["embedded"], *(values[name] for name in _BLOBS))
    _insert(connection, "vectors", vectors)


def _add_noise(rows: Sequence[dict[str, Any]], name: str, chance: np.random.Generator) -> None:
    """Replace the vectors in a column of some rows with others near them."""
    if not rows:
        return
    dimension = len(rows[0]["passage_vector"]) // 2
    parts = [np.frombuffer(row[name], dtype="<f2").astype(np.float32).reshape(-1, dimension) for row in rows]
    real = np.concatenate(parts)
    made = near(real, np.arange(len(real)), chance)
    ends = np.cumsum([len(part) for part in parts])
    for row, own in zip(rows, np.split(made, ends[:-1]), strict=True):
        row[name] = own.astype("<f2").tobytes()
