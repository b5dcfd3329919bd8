"""The vectors of passages in the tables of a library: written, found again by the text that they are of, and read.

The vectors of several models can stand side by side, so that a server goes on with its own while another process
builds with another model.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import IndexDamaged, Problem
from peerqa.index.passage_vectors import PassageVectors
from peerqa.index.token_codes import TokenCodec
from peerqa.library.database import digest_of
from peerqa.library.passages import EmbeddedText
from peerqa.library.records import changed, spans
from peerqa.models.encoder import ModelIdentity

Floats = NDArray[np.float32]
_BLOBS = ("passage_vector", "sentence_vectors", "tokens", "pieces", "offsets", "ranges")
Row = tuple[object, ...]
"""The columns of a passage's vectors, from the digest of the text to that of the row."""
_COLUMNS = ", ".join(("embedded", *_BLOBS, "digest"))


@dataclass(frozen=True, slots=True)
class StoredModel:
    """An encoder whose vectors are in the library. number: in its tables."""

    number: int
    identity: ModelIdentity
    codec: TokenCodec


@dataclass(frozen=True, slots=True, eq=False)
class CodedVectors:
    """The vectors of one passage as they are kept. tokens: their codes, one after the other; all else as in
    PassageVectors."""

    passage: Floats
    sentences: Floats
    tokens: bytes
    offsets: NDArray[np.int64]
    ranges: NDArray[np.int64]


# ---- models ---------------------------------------------------------------------------------------------------------


def live_model(connection: sqlite3.Connection) -> StoredModel | None:
    """The model whose vectors answer; None before the first build. Raises IndexDamaged."""
    row = connection.execute(
        "SELECT * FROM models WHERE id = (SELECT value FROM properties WHERE name = 'model')"
    ).fetchone()
    return None if row is None else _model_of(row)


def read_model(connection: sqlite3.Connection, number: int) -> StoredModel:
    """The model of that number in the tables. Raises IndexDamaged."""
    return _model_of(connection.execute("SELECT * FROM models WHERE id = ?", (number,)).fetchone())


def find_model(connection: sqlite3.Connection, identity: ModelIdentity) -> StoredModel | None:
    """The model of that identity; None if the library has no vectors of it. Raises IndexDamaged."""
    row = connection.execute("SELECT * FROM models WHERE identity = ?", (_as_json(identity),)).fetchone()
    return None if row is None else _model_of(row)


def add_model(connection: sqlite3.Connection, identity: ModelIdentity, codec: TokenCodec) -> StoredModel:
    """Add a model. codec: how its token vectors are coded."""
    values = _as_json(identity), codec.to_bytes()
    made = connection.execute(
        "INSERT INTO models (identity, codec, digest) VALUES (?, ?, ?)", (*values, digest_of(*values))
    )
    return StoredModel(int(made.lastrowid or 0), identity, codec)


def make_live(connection: sqlite3.Connection, model: StoredModel) -> None:
    """Let the vectors of this model answer from now on."""
    connection.execute("INSERT OR REPLACE INTO properties VALUES ('model', ?)", (model.number,))


def remove_models_but(connection: sqlite3.Connection, kept: Iterable[int]) -> None:
    """Remove all other models with their vectors."""
    numbers = json.dumps(sorted(set(kept)))
    for table, column in (("vectors", "model"), ("pieces", "model"), ("vector_files", "model"), ("models", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT value FROM json_each(?))", (numbers,))


def _model_of(row: sqlite3.Row) -> StoredModel:
    if row["digest"] != digest_of(row["identity"], row["codec"]):
        raise IndexDamaged(Problem.MODEL_CHANGED)
    identity = ModelIdentity(**json.loads(row["identity"]))
    return StoredModel(row["id"], identity, TokenCodec.of_bytes(row["codec"]))


def _as_json(identity: ModelIdentity) -> str:
    return json.dumps(dataclasses.asdict(identity), sort_keys=True)


# ---- vectors --------------------------------------------------------------------------------------------------------


def take_rows(connection: sqlite3.Connection, model: StoredModel, texts: Iterable[EmbeddedText]) -> dict[str, Row]:
    """The rows of vectors for those texts that the library has, by digest, as `put_rows` writes them again; without
    those that are not what was written."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM vectors WHERE model = ? AND embedded IN (SELECT value FROM json_each(?))",
        (model.number, json.dumps([text.digest for text in texts])),
    )
    return {row["embedded"]: tuple(row) for row in rows if row["digest"] == digest_of(*tuple(row)[:-1])}


def row_of(codec: TokenCodec, text: EmbeddedText, vectors: PassageVectors) -> Row:
    """The row of a passage's vectors, as `put_rows` writes it."""
    blobs = (
        vectors.passage.astype("<f2").tobytes(),
        vectors.sentences.astype("<f2").tobytes(),
        codec.encode(np.ascontiguousarray(vectors.tokens, dtype=np.float32)),
        vectors.pieces.astype("<u4").tobytes(),
        vectors.offsets.astype("<u4").tobytes(),
        vectors.ranges.astype("<u4").tobytes(),
    )
    return text.digest, *blobs, digest_of(text.digest, *blobs)


def put_rows(connection: sqlite3.Connection, model: StoredModel, rows: Iterable[tuple[int, Row]]) -> None:
    """Write the vectors of passages, each with the number of its passage."""
    marks = ", ".join("?" * (3 + len(_BLOBS) + 1))
    pieces: list[Any] = []
    for passage, (digest, *rest) in rows:
        connection.execute(f"INSERT INTO vectors VALUES ({marks})", (passage, model.number, digest, *rest))
        pieces.append(rest[_BLOBS.index("pieces")])
    _count_pieces(connection, model.number, pieces, 1)


def forget_pieces(connection: sqlite3.Connection, path: str) -> None:
    """No longer count the vocabulary's pieces in the passages of a document, which is about to be removed."""
    rows = connection.execute(
        "SELECT model, pieces FROM vectors WHERE passage IN (SELECT passages.id FROM passages JOIN documents ON "
        "documents.id = passages.document WHERE documents.path = ?)",
        (path,),
    ).fetchall()
    for model in {row["model"] for row in rows}:
        _count_pieces(connection, model, [row["pieces"] for row in rows if row["model"] == model], -1)


def _count_pieces(connection: sqlite3.Connection, model: int, passages: Iterable[bytes], sign: int) -> None:
    """Count the pieces of some passages, each once a passage."""
    counts = Counter(piece for own in passages for piece in set(np.frombuffer(own, dtype="<u4").tolist()))
    connection.executemany(
        "INSERT INTO pieces VALUES (?, ?, ?) ON CONFLICT (model, piece) DO UPDATE SET "
        "passages = passages + excluded.passages",
        [(piece, model, sign * count) for piece, count in counts.items()],
    )


def read_vectors(row: sqlite3.Row, text: EmbeddedText, dimension: int, path: str) -> CodedVectors:
    """The vectors of a text in a row. path: of the document. Raises IndexDamaged if they are of another text, or not
    those that were written."""
    if row["vectors_digest"] != digest_of(text.digest, *(row[name] for name in _BLOBS)):
        raise changed(path)
    return CodedVectors(
        _floats(row["passage_vector"], dimension)[0],
        _floats(row["sentence_vectors"], dimension),
        row["tokens"],
        np.frombuffer(row["offsets"], dtype="<u4").astype(np.int64).reshape(-1, 2),
        np.frombuffer(row["ranges"], dtype="<u4").astype(np.int64).reshape(-1, 2),
    )


def vectors_of_a_row(model: StoredModel, kind: str) -> str:
    """An SQL expression for the number of vectors of a kind in a row. kind: "passages" or "sentences"."""
    return "1" if kind == "passages" else f"length(sentence_vectors) / {2 * model.identity.dimension}"


def vectors_after(
    connection: sqlite3.Connection, model: StoredModel, after: int, kind: str, limit: int = -1
) -> tuple[NDArray[np.int64], Floats]:
    """The vectors of the passages, or of the sentences, behind a passage: (n,) numbers of passages, and (n, d).

    kind: "passages" or "sentences". limit: of passages; negative for all.
    """
    column = "passage_vector" if kind == "passages" else "sentence_vectors"
    rows = connection.execute(
        f"SELECT passage, {column} FROM vectors WHERE model = ? AND passage > ? ORDER BY passage LIMIT ?",
        (model.number, after, limit),
    ).fetchall()
    dimension = model.identity.dimension
    parts = [_floats(row[1], dimension) for row in rows]
    numbers = np.repeat(np.array([row[0] for row in rows], dtype=np.int64), [len(part) for part in parts])
    return numbers, np.concatenate(parts) if parts else np.zeros((0, dimension), dtype=np.float32)


def _floats(data: bytes, dimension: int) -> Floats:
    return np.frombuffer(data, dtype="<f2").astype(np.float32).reshape(-1, dimension)


def check_vectors(connection: sqlite3.Connection, document: int, path: str) -> None:
    """Raise IndexDamaged unless each passage of a document has vectors of the live model, all as they were written."""
    live = connection.execute("SELECT value FROM properties WHERE name = 'model'").fetchone()
    missing = connection.execute(
        "SELECT count(*) FROM passages WHERE document = ? AND NOT EXISTS "
        "(SELECT 1 FROM vectors WHERE passage = passages.id AND model = ?)",
        (document, live[0] if live else None),
    ).fetchone()[0]
    if missing and live:
        raise changed(path)
    rows = connection.execute(
        "SELECT passages.embedded AS words, passages.embedded_sentences, vectors.* "
        "FROM vectors JOIN passages ON passages.id = vectors.passage WHERE passages.document = ?",
        (document,),
    )
    for row in rows:
        text = EmbeddedText(row["words"], spans(row["embedded_sentences"]))
        whole = row["digest"] == digest_of(text.digest, *(row[name] for name in _BLOBS))
        if not whole or row["embedded"] != text.digest:
            raise changed(path)
