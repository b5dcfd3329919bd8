"""What retrieval reads of a library: candidates by vectors and by words, and passages with all their vectors.

The library may change at any time: each look at it asks first whether it has, and a passage that is gone is not
returned. So what is read is always verified, and always of the library as it is.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection as Some
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.library_vectors import LibraryVectors, read_library_vectors
from peerqa.index.token_codes import TokenCodec
from peerqa.index.vector_table import CodedVectors, read_vectors
from peerqa.library.database import Database
from peerqa.library.passages import EmbeddedText
from peerqa.library.records import checked, embedded_of, spans
from peerqa.library.vocabulary import stem_counts, word_search
from peerqa.models.encoder import ModelIdentity
from peerqa.text.document import Span

Floats = NDArray[np.float32]

MOST_BYTES = 64 * 1024 * 1024
"""Of passages with their vectors that are kept ready in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexedPassage:
    """A passage as retrieval reads it. number: in the library. sentences: their spans in the document. stems: of the
    heading and the words."""

    number: int
    document: str
    heading: str
    opens_section: bool
    start: int
    text: str
    sentences: tuple[Span, ...]
    embedded: EmbeddedText
    stems: tuple[str, ...]
    vectors: CodedVectors

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.vectors.tokens) + self.vectors.sentences.nbytes + 8 * len(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Some passages, with all their vectors one after the other.

    numbers: of the passages. vectors: (n, d). sentences: (m, d), of which those of passage i begin at row first[i]
    (first: (n + 1,)). tokens: (t, d), likewise with bounds: (n + 1,). ranges: (m, 2), the first token of each sentence
    and the one after its last.
    """

    numbers: tuple[int, ...]
    passages: tuple[IndexedPassage, ...]
    vectors: Floats
    sentences: Floats
    first: NDArray[np.int64]
    tokens: Floats
    bounds: NDArray[np.int64]
    ranges: NDArray[np.int64]

    @classmethod
    def of(cls, passages: Sequence[IndexedPassage], codec: TokenCodec) -> Candidates:
        """The candidates for some passages, whose token vectors are coded in this way."""
        own = [passage.vectors for passage in passages]
        bounds = _starts(len(one.tokens) // codec.parts for one in own)
        none = np.zeros((0, codec.dimension), dtype=np.float32)
        return cls(
            tuple(passage.number for passage in passages),
            tuple(passages),
            np.array([one.passage for one in own], dtype=np.float32).reshape(-1, codec.dimension),
            np.concatenate([none, *(one.sentences for one in own)]),
            _starts(len(one.sentences) for one in own),
            codec.decode(b"".join(one.tokens for one in own)),
            bounds,
            np.concatenate(
                [np.zeros((0, 2), dtype=np.int64)]
                + [one.ranges + start for one, start in zip(own, bounds, strict=False)]
            ),
        )


def _starts(lengths: Iterable[int]) -> NDArray[np.int64]:
    """(n + 1,) where each of n things of these lengths begins, and where the last one ends."""
    return np.cumsum([0, *lengths]).astype(np.int64)


class Collection:
    """The passages of a library, with the vectors of one model. Threads may share it."""

    def __init__(self, database: Database, identity: ModelIdentity) -> None:
        """identity: of the encoder whose vectors are searched."""
        self._database, self._identity = database, identity
        self._state: LibraryVectors | None = None
        self._opening = threading.Lock()
        self._ready: OrderedDict[int, IndexedPassage] = OrderedDict()
        self._ready_bytes = 0
        self._last: tuple[int, tuple[int, ...], Candidates] | None = None

    # -- of the whole collection --

    @property
    def count(self) -> int:
        """How many passages there are."""
        return self._current().count

    @property
    def average_stems(self) -> float:
        """How many stems a passage has on average; at least 1."""
        return self._current().average_stems

    def passages_with_piece(self, pieces: Iterable[int]) -> dict[int, int]:
        """How many passages hold each piece of the encoder's vocabulary; without those that none holds."""
        model = self._current().model.number
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT piece, passages FROM pieces WHERE model = ? AND piece IN (SELECT value FROM json_each(?))",
                (model, json.dumps(sorted(set(map(int, pieces))))),
            )
            return {row[0]: row[1] for row in rows}

    def passages_with_stem(self, stems: Iterable[str]) -> dict[str, int]:
        """How many passages hold each stem; without those that none holds."""
        with self._database.reading() as connection:
            return stem_counts(connection, stems)

    # -- candidates --

    def nearest(self, kind: str, query: Floats, most: int, within: Some[int] | None = None) -> list[int]:
        """The numbers of the passages whose vectors are nearest to a query, best first, or whose sentences are.

        kind: "passages" or "sentences". most: vectors to find. within: the numbers to search; None for all.
        """
        state = self._current()
        chosen = None if within is None else np.fromiter(within, dtype=np.int64, count=len(within))
        return state.nearest(kind, query, most, chosen)

    def by_words(self, stems: Iterable[str], most: int, within: Some[int] | None = None) -> list[int]:
        """The numbers of the passages that search by words finds, best first. within: as for `nearest`."""
        count = self.count
        with self._database.reading() as connection:
            wanted = word_search(connection, stems, count)
            if not wanted:
                return []
            # Without the plus SQLite would look up each of these rows in the index of words, one after the other.
            limit = "" if within is None else "AND +rowid IN (SELECT value FROM json_each(?))"
            values = () if within is None else (json.dumps(list(within)),)
            rows = connection.execute(
                f"SELECT rowid FROM stem_index WHERE stem_index MATCH ? {limit} ORDER BY rank LIMIT ?",
                (wanted, *values, most),
            )
            return [row[0] for row in rows]

    def candidates(self, numbers: Iterable[int] | None = None) -> Candidates:
        """The passages of these numbers with their vectors, in the order of the numbers; without those that are gone.

        None for all passages. Raises IndexDamaged if one is not what was written.
        """
        state = self._current()
        with self._database.reading() as connection:
            if numbers is None:
                model = state.model.number
                found = connection.execute("SELECT passage FROM vectors WHERE model = ? ORDER BY passage", (model,))
                wanted = tuple(row[0] for row in found)
            else:
                wanted = tuple(sorted(set(numbers)))
            last = self._last
            if last is not None and last[:2] == (state.version, wanted):
                return last[2]
            passages = self._passages(connection, wanted, state)
        made = Candidates.of(passages, state.model.codec)
        self._last = (state.version, wanted, made)
        return made

    def _passages(
        self, connection: sqlite3.Connection, numbers: Sequence[int], state: LibraryVectors
    ) -> list[IndexedPassage]:
        with self._opening:
            ready = {number: self._ready[number] for number in numbers if number in self._ready}
        missing = [number for number in numbers if number not in ready]
        if missing:
            rows = connection.execute(_INDEXED, (state.model.number, json.dumps(missing)))
            read = [self._indexed(row) for row in rows]
            ready.update((passage.number, passage) for passage in read)
            self._keep(read, state)
        return [ready[number] for number in numbers if number in ready]

    def _indexed(self, row: sqlite3.Row) -> IndexedPassage:
        path = row["path"]
        checked("passages", row, path)
        text = embedded_of(row)
        return IndexedPassage(
            number=row["id"],
            document=path,
            heading=row["heading"],
            opens_section=bool(row["opens_section"]),
            start=row["begins"],
            text=row["text"],
            sentences=spans(row["sentences"]),
            embedded=text,
            stems=tuple(row["stems"].split()),
            vectors=read_vectors(row, text, self._identity.dimension, path),
        )

    def _keep(self, passages: Iterable[IndexedPassage], state: LibraryVectors) -> None:
        with self._opening:
            if self._state is not state:
                return
            for passage in passages:
                if passage.number not in self._ready:
                    self._ready[passage.number] = passage
                    self._ready_bytes += passage.size
            while self._ready_bytes > MOST_BYTES and self._ready:
                self._ready_bytes -= self._ready.popitem(last=False)[1].size

    # -- the state of the library --

    def _current(self) -> LibraryVectors:
        """The library as it is now; what depends on an earlier version is dropped."""
        version = self._database.version()
        state = self._state
        if state is not None and state.version == version:
            return state
        with self._opening:
            if self._state is None or self._state.version != version:
                with self._database.reading() as connection:
                    self._state = read_library_vectors(connection, self._database, self._identity, version, self._state)
                self._ready, self._ready_bytes, self._last = OrderedDict(), 0, None
            return self._state


_INDEXED = (
    "SELECT passages.*, documents.path, stems.stems, vectors.passage_vector, vectors.sentence_vectors, "
    "vectors.tokens, vectors.pieces, vectors.offsets, vectors.ranges, "
    "vectors.digest AS vectors_digest FROM passages JOIN documents ON documents.id = passages.document "
    "JOIN stems ON stems.passage = passages.id JOIN vectors ON vectors.passage = passages.id AND vectors.model = ? "
    "WHERE passages.id IN (SELECT value FROM json_each(?))"
)
