"""The corpus -> the library, brought up to date: what has not changed is neither read nor embedded again.

Each document goes live in a transaction of its own, so an interrupted build goes on where it was, and memory does not
grow with the corpus. The files of FAISS are written last, from the vectors in the library.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import StoreError
from peerqa.index.library_vectors import KINDS, stored_file
from peerqa.index.passage_vectors import AT_ONCE, PassageVectors, embed
from peerqa.index.token_codes import LEAST_TO_TRAIN, PARTS, Float16Codec, TokenCodec, shipped_codec, train_codec
from peerqa.index.vector_files import looks_whole, write_vectors
from peerqa.index.vector_table import (
    Row,
    StoredModel,
    add_model,
    find_model,
    forget_pieces,
    live_model,
    make_live,
    put_rows,
    remove_models_but,
    row_of,
    take_rows,
    vectors_after,
    vectors_of_a_row,
)
from peerqa.library.database import Database
from peerqa.library.passages import EmbeddedText
from peerqa.library.records import embedded_of
from peerqa.library.review import Review
from peerqa.library.storing import FileState, add_review, remove_review
from peerqa.models.encoder import Encoder

Progress = Callable[[str, int, int], None]
"""Called with the name of the work, how many texts are done, and how many there are."""
ToAdd = tuple[Review, FileState]

MOST_UNCODED = 300
"""Reviews of a first build up to which token vectors are kept in 16 bits, some 100 kB a passage. Codes take a twelfth,
and cost a point on the twelve articles (first passage right .819, coded .806; essential ones in three .864, .856)."""
SMALL = 5_000
"""Passages up to which the files of FAISS are written anew with every change."""
MOST_AFTER = 0.05
"""Share of the passages of a larger library that may be searched beside these files, or may be gone from the library
and still in them, before they are written anew."""
_BATCH = 20_000


@dataclass(slots=True)
class Builder:
    """Brings the library up to date for one encoder. Whoever uses it holds the lock of the database."""

    database: Database
    encoder: Encoder
    report: Progress = lambda work, done, total: None
    spare: Database | None = None
    """A library that is about to be replaced; what it still has of vectors is taken from there."""

    def add(self, reviews: Iterable[ToAdd], total: int = 0) -> None:
        """Add reviews, each in place of the one of its path. total: how many there will be, for the progress."""
        done = 0
        for batch in _batches(reviews):
            model, made = self._embedded([text for review, _ in batch for text in review.embedded_texts], total)
            for review, file in batch:
                self._store(review, file, model, made)
                done += 1
                self.report("reviews", done, max(total, done))

    def remove(self, paths: Iterable[str]) -> None:
        """Remove the reviews of these paths."""
        for path in paths:
            with self.database.writing() as connection:
                forget_pieces(connection, path)
                remove_review(connection, path)
                connection.execute("DELETE FROM unread WHERE path = ?", (path,))

    def finish(self) -> None:
        """Embed what lacks vectors of this encoder, let it answer, and write the files of FAISS where they are due."""
        with self.database.reading() as connection:
            live, model = live_model(connection), find_model(connection, self.encoder.identity)
        # A review goes live with the vectors of the encoder that adds it; so only those of another one can be missing.
        if live is None or model is None or live.number != model.number or self._has_other_models():
            model = self._embed_missing()
        if model is not None and (live is None or live.number != model.number):
            with self.database.writing() as connection:
                # A server that has the old model loaded goes on with its vectors until the next build.
                remove_models_but(connection, [model.number, *([live.number] if live else [])])
                make_live(connection, model)
        elif model is not None and self._has_other_models():
            with self.database.writing() as connection:
                remove_models_but(connection, [model.number])
        if model is not None:
            self._write_files(model)
        self._remove_other_files()
        self.database.checkpoint()

    def _has_other_models(self) -> bool:
        with self.database.reading() as connection:
            return bool(connection.execute("SELECT count(*) > 1 FROM models").fetchone()[0])

    # -- vectors --

    def _embedded(self, texts: Sequence[EmbeddedText], planned: int = 0) -> tuple[StoredModel | None, dict[str, Row]]:
        """The model, and the rows of vectors of these texts by digest: known ones, and those that are made now.

        planned: how many reviews are being added.
        """
        identity = self.encoder.identity
        with self.database.reading() as connection:
            model = find_model(connection, identity)
            rows = take_rows(connection, model, texts) if model else {}
        rows = {**self._from_spare(texts, model), **rows}
        wanted = list({text.digest: text for text in texts if text.digest not in rows}.values())
        made = list(embed(wanted, self.encoder))
        if model is None and texts:
            codec = self._spare_codec() or self._codec(made, planned)
            with self.database.writing() as connection:
                model = add_model(connection, identity, codec)
            rows = self._from_spare(texts, model) or rows
        if model is not None:
            rows.update((text.digest, row_of(model.codec, text, one)) for text, one in zip(wanted, made, strict=True))
        return model, rows

    def _from_spare(self, texts: Sequence[EmbeddedText], model: StoredModel | None) -> dict[str, Row]:
        """The rows that the spare library has of these texts, if their token vectors are coded alike."""
        if self.spare is None:
            return {}
        with suppress(StoreError), self.spare.reading() as connection:
            found = find_model(connection, self.encoder.identity)
            if found is None:
                return {}
            if model is None or model.codec.to_bytes() == found.codec.to_bytes():
                return take_rows(connection, found, texts)
        return {}

    def _spare_codec(self) -> TokenCodec | None:
        if self.spare is None:
            return None
        with suppress(StoreError), self.spare.reading() as connection:
            found = find_model(connection, self.encoder.identity)
            return found.codec if found else None
        return None

    def _codec(self, made: Sequence[PassageVectors], planned: int) -> TokenCodec:
        """How token vectors of this encoder are coded: in 16 bits where the library will be small; else as shipped, or
        as trained on these."""
        identity = self.encoder.identity
        with self.database.reading() as connection:
            there = connection.execute("SELECT count(*) FROM documents").fetchone()[0]
        if there + planned <= MOST_UNCODED:
            return Float16Codec(identity.dimension)
        codec = shipped_codec(identity)
        if codec is None and sum(len(one.tokens) for one in made) >= LEAST_TO_TRAIN:
            codec = train_codec(np.concatenate([one.tokens for one in made]), PARTS)
        return codec or Float16Codec(identity.dimension)

    def _store(self, review: Review, file: FileState, model: StoredModel | None, rows: dict[str, Row]) -> None:
        path = review.document.name
        with self.database.writing() as connection:
            forget_pieces(connection, path)
            remove_review(connection, path)
            numbers = add_review(connection, review, file)
            if model is not None:
                texts = review.embedded_texts
                put_rows(connection, model, [(n, rows[text.digest]) for n, text in zip(numbers, texts, strict=True)])

    def _embed_missing(self) -> StoredModel | None:
        """Embed the passages that have no vectors of this encoder, as after a change of the model."""
        last, done = 0, 0
        model: StoredModel | None = None
        with self.database.reading() as connection:
            model = find_model(connection, self.encoder.identity)
            number = model.number if model else -1
            total = connection.execute(f"SELECT count(*) {_WITHOUT_VECTORS}", (number, 0)).fetchone()[0]
        while done < total:
            with self.database.reading() as connection:
                rows = connection.execute(
                    f"SELECT passages.* {_WITHOUT_VECTORS} ORDER BY passages.id LIMIT ?", (number, last, AT_ONCE)
                ).fetchall()
            if not rows:
                break
            texts = [embedded_of(row) for row in rows]
            model, made = self._embedded(texts)
            assert model is not None
            number, last = model.number, rows[-1]["id"]
            with self.database.writing() as connection:
                ready = ((row["id"], made[text.digest]) for row, text in zip(rows, texts, strict=True))
                put_rows(connection, model, ready)
            done += len(rows)
            self.report("passages", done, total)
        return model

    # -- the files of FAISS --

    def _write_files(self, model: StoredModel) -> None:
        with self.database.reading() as connection:
            due = [kind for kind in KINDS if _is_due(connection, self.database, model, kind)]
        for kind in due:
            with self.database.reading() as connection:
                last = connection.execute(
                    "SELECT coalesce(max(passage), 0) FROM vectors WHERE model = ?", (model.number,)
                ).fetchone()[0]
                count = connection.execute(
                    f"SELECT coalesce(sum({vectors_of_a_row(model, kind)}), 0) FROM vectors WHERE model = ?",
                    (model.number,),
                ).fetchone()[0]
            if not count:
                continue
            file = write_vectors(
                self.database.folder,
                kind,
                model.identity.dimension,
                int(count),
                partial(self._vectors, model, kind, last),
                partial(self.report, f"index of {kind}"),
            )
            with self.database.writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO vector_files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (model.number, kind, file.name, file.sha256, file.count, file.size, file.type, file.recall, last),
                )

    def _vectors(
        self, model: StoredModel, kind: str, last: int
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """All vectors of a kind up to a passage, in batches."""
        after = 0
        while after < last:
            with self.database.reading() as connection:
                numbers, vectors = vectors_after(connection, model, after, kind, _BATCH)
                row = connection.execute(
                    "SELECT max(passage) FROM (SELECT passage FROM vectors WHERE model = ? AND passage > ? "
                    "ORDER BY passage LIMIT ?)",
                    (model.number, after, _BATCH),
                ).fetchone()
            if row[0] is None:
                return
            after = row[0]
            kept = numbers <= last
            yield numbers[kept], vectors[kept]

    def _remove_other_files(self) -> None:
        """Remove the files of vectors that the library no longer names; one that is in use stays until later."""
        with self.database.reading() as connection:
            named = {row[0] for row in connection.execute("SELECT name FROM vector_files")}
        for path in self.database.folder.glob("*.faiss"):
            if path.name not in named:
                with suppress(OSError):
                    path.unlink()


def _is_due(connection: sqlite3.Connection, database: Database, model: StoredModel, kind: str) -> bool:
    """Whether the file of a kind is missing, damaged, or too far behind the library."""
    stored, passages = stored_file(connection, model, kind), stored_file(connection, model, "passages")
    if stored is None or passages is None or not looks_whole(database.folder, stored.file):
        return True
    whole = connection.execute("SELECT coalesce(sum(passages), 0) FROM documents").fetchone()[0]
    behind = connection.execute("SELECT count(*) FROM passages WHERE id > ?", (stored.last,)).fetchone()[0]
    # Both files are written from the same passages, of which that of the passages holds one vector each.
    gone = passages.file.count - (whole - behind)
    if whole <= SMALL:
        return bool(behind or gone)
    return bool(behind > MOST_AFTER * whole or gone > MOST_AFTER * passages.file.count)


def _batches(reviews: Iterable[ToAdd]) -> Iterator[list[ToAdd]]:
    """Reviews in groups of about as many passages as are embedded at once."""
    batch: list[ToAdd] = []
    passages = 0
    for review, file in reviews:
        batch.append((review, file))
        passages += len(review.passages)
        if passages >= AT_ONCE:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


_WITHOUT_VECTORS = (
    "FROM passages LEFT JOIN vectors ON vectors.passage = passages.id AND vectors.model = ? "
    "WHERE vectors.passage IS NULL AND passages.id > ?"
)
