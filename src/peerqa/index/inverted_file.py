"""A large set of vectors: an inverted file with product quantisation, and the vectors themselves in 8 bits.

The lists whose centroids are nearest to a query propose rows by their short codes, some for each row that is wanted,
and the vectors of these give the scores. Codes have 4 bits for each two numbers, so that a processor compares 32 of
them at once (Jégou, Douze & Schmid 2011; André, Kermarrec & Le Scouarnec 2015; both as FAISS has them). They are held
in memory; the vectors are read from the file row by row, so they take none.

The file holds, each from the beginning of a page: the FAISS index; the id of each row, (n,) int64; the rows, each of
8 bits a number and a scale. At its end stands a trailer with the sizes, and the SHA-256 of the bytes that FAISS parses.
Damage in all the rest moves neighbours and cannot do more: rows that do not exist are left out.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
import shutil
import struct
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Parts = Callable[[], Iterable[tuple[Ids, Floats]]]
"""Gives all vectors anew: (n,) ids, ascending over all parts, and (n, d) vectors."""
WANTED_RECALL = 0.97
"""A search looks into so many lists that it finds this share of the nearest, over the queries that recall is measured
with."""
_MOST_LISTS = 4096
_TRAINED_A_LIST = 40
"""Vectors that the centroid of a list is learnt from; FAISS warns below 39."""
_ROUNDS = 5
"""Of k-means; recall was the same after 10."""
_WIDTH, _BITS = 2, 4
"""Numbers of a vector that share a part of its code, and the bits of that part."""
_PROPOSED = 8
"""Rows that codes propose for each that is wanted."""
_FEW_ROWS = 20_000
"""A search within so many rows reads them all."""
_LEAST_GAIN = 0.003
"""Where half as many lists again find no more than this, the codes lose the rest, and further lists cost time alone."""
_QUERIES, _NEIGHBOURS, _NOISE = 100, 50, 1.5
"""Recall is measured with so many of the vectors, in the ids of so many neighbours, after noise of this length: it
leaves a cosine of .55, as near as questions are to sentences. With half of it, .98 here was .95 for questions."""
_PAGE = 4096
_READ_AT_ONCE = 1 << 22
_TRAILER = struct.Struct("<8sQQ32s")  # mark, bytes of the FAISS index, probes, SHA-256
_MARK = b"peerqa 2"
# FAISS's own stubs do not know the arguments of these.
_SearchParameters: Any = faiss.SearchParametersIVF
_Bitmap: Any = faiss.IDSelectorBitmap
_Index: Any = faiss.IndexIVFPQFastScan


class InvertedFile:
    """An inverted file, open for searching. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, ValueError where it is no such file, RuntimeError where FAISS refuses it."""
        with open(path, "rb") as stream:
            size, self.probes = _read_trailer(stream)
        self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_READ_ONLY)
        if not isinstance(self._index, _Index) or self._index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("not an inverted file by inner product")
        self.dimension, self.count, self.lists = self._index.d, self._index.ntotal, self._index.nlist
        self._row = _row_type(self.dimension)
        ids, self._begin = _begins(size, self.count)
        end = self._begin + self.count * self._row.itemsize + _TRAILER.size
        if end != path.stat().st_size:
            raise ValueError("its parts have other sizes")
        self._ids = np.memmap(path, dtype="<i8", mode="r", offset=ids, shape=(self.count,))
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)
        self._mapped = None if hasattr(os, "pread") else np.memmap(path, self._row, "r", self._begin, (self.count,))

    def search(self, query: Floats, k: int, within: Ids | None) -> tuple[Ids, Floats]:
        """The ids of the k vectors nearest to a query and their inner products, best first. within: sorted ids, each
        once, to which the search is limited. Raises OSError where the file cannot be read."""
        if within is None:
            rows = self._proposed(query, k, self.probes)
        else:
            rows = self._rows_of(within)
            if len(rows) > _FEW_ROWS:
                # The fewer rows are allowed, the more lists hold as many of them.
                probes = min(self.lists, math.ceil(self.probes * self.count / len(rows)))
                allowed = np.zeros(self.count, dtype=bool)
                allowed[rows] = True
                bits = np.packbits(allowed, bitorder="little")
                rows = self._proposed(query, k, probes, _Bitmap(bits))
        scores = self._scores(query, rows)
        best = np.argsort(-scores, kind="stable")[:k]
        return np.asarray(self._ids[rows[best]], dtype=np.int64), scores[best]

    def _proposed(self, query: Floats, k: int, probes: int, allowed: Any = None) -> Ids:
        """The rows that the codes in the nearest lists propose, in ascending order."""
        parameters = _SearchParameters(nprobe=probes, sel=allowed)
        _, rows = self._index.search(query[None], min(_PROPOSED * k, self.count), params=parameters)
        return np.unique(rows[(rows >= 0) & (rows < self.count)])

    def _rows_of(self, ids: Ids) -> Ids:
        """The rows with one of these ids, in ascending order."""
        starts, ends = (np.searchsorted(self._ids, ids, side) for side in ("left", "right"))
        lengths = np.maximum(ends - starts, 0)
        before = np.cumsum(lengths) - lengths
        return np.repeat(starts - before, lengths) + np.arange(lengths.sum())

    def _scores(self, query: Floats, rows: Ids) -> Floats:
        """(m,) inner products of a query with the vectors of m rows, which ascend."""
        if len(rows) == 0:
            return np.zeros(0, dtype=np.float32)
        if self._mapped is not None:
            read = self._mapped[rows]
        else:
            first = np.flatnonzero(np.diff(rows, prepend=rows[0] - 2) != 1)  # where neighbours in the file begin
            lengths = np.diff(np.append(first, len(rows))) * self._row.itemsize
            starts = self._begin + rows[first] * self._row.itemsize
            parts = [os.pread(self._file, *at) for at in zip(lengths.tolist(), starts.tolist(), strict=True)]
            read = np.frombuffer(b"".join(parts), dtype=self._row)
        return np.asarray((read["vector"].astype(np.float32) @ query) * read["scale"], dtype=np.float32)


# ---- writing --------------------------------------------------------------------------------------------------------


def write(path: Path, dimension: int, count: int, parts: Parts, counted: Parts) -> float:
    """Write an inverted file, and return the recall that was measured. Memory grows by codes and ids alone.

    parts, counted: all vectors; the latter are those that progress counts. Raises OSError, and what the parts raise.
    """
    lists = max(1, min(_MOST_LISTS, 4 * math.isqrt(count), count // _TRAINED_A_LIST))
    sample = _sample(parts(), dimension, count, _TRAINED_A_LIST * lists)
    index = _trained(sample, lists)
    nearest = _Nearest(sample)
    del sample
    all_ids = np.zeros(count, dtype="<i8")
    beside = path.with_name(path.name + "-rows")
    try:
        with open(beside, "wb") as rows:
            done = 0
            for ids, vectors in counted():
                index.add_with_ids(vectors, np.arange(done, done + len(ids)))
                nearest.add(ids, vectors)
                rows.write(_rows(vectors).tobytes())
                all_ids[done : done + len(ids)] = ids
                done += len(ids)
        parsed = _write_parts(path, index, all_ids, beside)
    finally:
        beside.unlink(missing_ok=True)
    del index
    return _choose_probes(path, parsed, nearest)


def _trained(sample: Floats, lists: int) -> Any:
    dimension = sample.shape[1]
    parts = dimension // _WIDTH if dimension % _WIDTH == 0 else dimension
    index = _Index(faiss.IndexFlatIP(dimension), dimension, lists, parts, _BITS, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    index.cp.niter = index.pq.cp.niter = _ROUNDS
    index.pq.cp.max_points_per_centroid = 2 * _TRAINED_A_LIST
    index.train(sample)
    return index


def _sample(parts: Iterable[tuple[Ids, Floats]], dimension: int, count: int, wanted: int) -> Floats:
    """At most so many vectors, evenly spread over all."""
    wanted = min(wanted, count)
    chosen = np.arange(wanted) * count // wanted
    sample = np.zeros((wanted, dimension), dtype=np.float32)
    done = 0
    for ids, vectors in parts:
        begin, end = np.searchsorted(chosen, (done, done + len(ids)))
        sample[begin:end] = vectors[chosen[begin:end] - done]
        done += len(ids)
    return sample


class _Nearest:
    """The exact neighbours of some queries: vectors of the set itself, with noise."""

    def __init__(self, sample: Floats) -> None:
        chance = np.random.default_rng(0)
        chosen = sample[np.linspace(0, len(sample) - 1, _QUERIES).astype(np.int64)]
        noise = chance.standard_normal(chosen.shape, dtype=np.float32) * (_NOISE / math.sqrt(chosen.shape[1]))
        noisy = chosen + noise
        self.queries: Floats = noisy / np.maximum(np.linalg.norm(noisy, axis=1, keepdims=True), 1e-12)
        self._scores = np.zeros((len(chosen), 0), dtype=np.float32)
        self._ids = np.zeros((len(chosen), 0), dtype=np.int64)

    def add(self, ids: Ids, vectors: Floats) -> None:
        """Take further vectors into account."""
        scores = np.concatenate([self._scores, self.queries @ vectors.T], axis=1)
        every = np.concatenate([self._ids, np.broadcast_to(ids, (len(scores), len(ids)))], axis=1)
        best = np.argpartition(-scores, min(_NEIGHBOURS, scores.shape[1]) - 1, axis=1)[:, :_NEIGHBOURS]
        self._scores, self._ids = np.take_along_axis(scores, best, axis=1), np.take_along_axis(every, best, axis=1)

    def recall(self, searched: InvertedFile) -> float:
        """The share of the ids of the nearest vectors that a search finds."""
        shares = []
        for query, ids in zip(self.queries, self._ids, strict=True):
            found, _ = searched.search(query, _NEIGHBOURS, None)
            wanted = np.unique(ids)
            shares.append(np.isin(wanted, found).mean())
        return float(np.mean(shares))


def _choose_probes(path: Path, parsed: bytes, nearest: _Nearest) -> float:
    """Set how many lists a search looks into; the recall with these. parsed: the SHA-256 of what FAISS parses."""
    searched = InvertedFile(path)
    recall = nearest.recall(searched)
    while recall < WANTED_RECALL and searched.probes < searched.lists:
        fewer = searched.probes
        searched.probes = min(searched.lists, fewer + max(1, fewer // 2))
        gain = nearest.recall(searched) - recall
        if gain < _LEAST_GAIN:
            searched.probes = fewer
            break
        recall += gain
    with open(path, "rb+") as stream:
        stream.seek(-_TRAILER.size, os.SEEK_END)
        _, size, _, _ = _TRAILER.unpack(stream.read(_TRAILER.size))
        stream.seek(-_TRAILER.size, os.SEEK_END)
        stream.write(_trailer(parsed, size, searched.probes))
    return recall


# ---- the bytes ------------------------------------------------------------------------------------------------------


def _row_type(dimension: int) -> np.dtype[Any]:
    return np.dtype([("vector", "i1", (dimension,)), ("scale", "<f4")])


def _rows(vectors: Floats) -> NDArray[Any]:
    """Each vector as 8 bits a number, with what these are multiplied by."""
    made = np.zeros(len(vectors), dtype=_row_type(vectors.shape[1]))
    scale = np.maximum(np.abs(vectors).max(axis=1, initial=0), np.float32(1e-30)) / 127
    made["vector"], made["scale"] = np.rint(vectors / scale[:, None]), scale
    return made


def _pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE


def _begins(faiss_size: int, count: int) -> tuple[int, int]:
    """Where the ids and the rows begin."""
    ids = _pages(faiss_size)
    return ids, _pages(ids + 8 * count)


def _write_parts(path: Path, index: Any, ids: NDArray[Any], rows: Path) -> bytes:
    """Write all parts; the SHA-256 of what FAISS parses of them."""
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(errno.EIO, "FAISS could not write it", str(path)) from error
    size = path.stat().st_size
    begins = _begins(size, len(ids))
    with open(path, "rb+") as stream, open(rows, "rb") as source:
        parsed = _sha256(stream, size)
        stream.seek(begins[0])
        stream.write(ids.tobytes())
        stream.seek(begins[1])
        shutil.copyfileobj(source, stream, 1 << 20)
        stream.write(_trailer(parsed, size, 1))
    return parsed


def _trailer(parsed: bytes, size: int, probes: int) -> bytes:
    return _TRAILER.pack(_MARK, size, probes, _digest(parsed, size, probes))


def _digest(parsed: bytes, *numbers: int) -> bytes:
    return hashlib.sha256(parsed + struct.pack(f"<{len(numbers)}Q", *numbers)).digest()


def _sha256(stream: BinaryIO, size: int) -> bytes:
    """The SHA-256 of the next bytes of a stream."""
    total = hashlib.sha256()
    while size and (block := stream.read(min(size, _READ_AT_ONCE))):
        total.update(block)
        size -= len(block)
    return total.digest()


def _read_trailer(stream: BinaryIO) -> tuple[int, int]:
    """Bytes of the FAISS index, and probes. Raises ValueError where any of what FAISS parses has changed."""
    if (end := stream.seek(0, os.SEEK_END)) < _TRAILER.size:
        raise ValueError("no trailer")
    stream.seek(end - _TRAILER.size)
    mark, size, probes, digest = _TRAILER.unpack(stream.read(_TRAILER.size))
    stream.seek(0)
    if mark != _MARK or size > end or _digest(_sha256(stream, size), size, probes) != digest:
        raise ValueError("what FAISS would parse has changed")
    return size, probes
