"""One set of vectors with an id each, as a file that is searched where it lies.

    file = write_vectors(folder, "sentences", 384, count, batches)   # a VectorFile, to be kept in the database
    ids, scores = Vectors.open(folder, file).search(query, 50)        # best first, by inner product

A small set is searched exactly. A large one is an inverted file with product quantisation (Jégou, Douze & Schmid 2011;
`peerqa.index.inverted_file`). A file is never changed once it has its name. Damage in one costs neighbours and never
brings a wrong text, since texts are read from the database; what FAISS parses is hashed before, since damage there
could end the process.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import faiss
import numpy as np

from peerqa.errors import IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.index import inverted_file
from peerqa.index.faiss_threads import one_thread
from peerqa.index.inverted_file import Floats, Ids, InvertedFile
from peerqa.notices import Notice

Batches = Callable[[], Iterable[tuple[Ids, Floats]]]
"""Gives all vectors anew at each call, in parts: (n,) ids, ascending over all parts, and (n, d) vectors of length 1."""
Progress = Callable[[int, int], None]
"""Called with (vectors written, all of them)."""
EXACT, INVERTED = "exact", "ivf"
MOST_EXACT = 30_000
"""Vectors that are searched exactly: 46 MB at 384 numbers, read through in some milliseconds."""
_SearchParameters: Any = faiss.SearchParameters  # FAISS's own stubs do not know its arguments
_faiss_limits = threading.Lock()  # FAISS keeps its limits for the whole process
_HASHED_WHOLE = 64 << 20
"""An inverted file of at most so many bytes is hashed whole when it is opened."""


@dataclass(frozen=True, slots=True)
class VectorFile:
    """What the database keeps of a file of vectors.

    name: "<kind>-<start of its SHA-256>.faiss". size: in bytes. type: EXACT or INVERTED. recall: share of the ids of
    the 50 nearest vectors that a search finds, measured when the file was written; None for an exact one.
    """

    name: str
    sha256: str
    count: int
    size: int
    type: str
    recall: float | None


def write_vectors(
    folder: Path, kind: str, dimension: int, count: int, batches: Batches, progress: Progress | None = None
) -> VectorFile:
    """Write a file of `count` vectors, which goes live in one step. kind: what they are of, for the file's name.

    Memory grows by the codes alone, some 110 bytes a vector. Raises StoreError where the disk refuses or `batches` give
    other vectors than that many of that dimension; ValueError for ids that do not ascend and for numbers not finite.
    """
    recall = None
    with _new_file(folder) as temporary:
        checked = _Checked(batches, kind, dimension, count, progress)
        if count <= MOST_EXACT:
            _write_exact(temporary, dimension, checked.counted())
        else:
            recall = inverted_file.write(temporary, dimension, count, checked.parts, checked.counted)
        with open(temporary, "rb+") as stream:
            sha256 = _sha256(stream)
            os.fsync(stream.fileno())
            size = os.fstat(stream.fileno()).st_size
        name = f"{kind}-{sha256[:16]}.faiss"
        os.replace(temporary, folder / name)
    return VectorFile(name, sha256, count, size, EXACT if recall is None else INVERTED, recall)


def verify(folder: Path, file: VectorFile) -> bool:
    """Whether a file is byte for byte what was written; reads all of it."""
    try:
        with open(folder / file.name, "rb") as stream:
            return os.fstat(stream.fileno()).st_size == file.size and _sha256(stream) == file.sha256
    except OSError:
        return False


def looks_whole(folder: Path, file: VectorFile) -> bool:
    """Whether a file has its size and, if it is small, its content; `verify` reads a large one too."""
    if file.size <= _HASHED_WHOLE:
        return verify(folder, file)
    try:
        return (folder / file.name).stat().st_size == file.size
    except OSError:
        return False


class Searchable(Protocol):
    """Vectors with ids. within: sorted ids, each once, to which the search is limited; never empty."""

    dimension: int
    count: int

    def search(self, query: Floats, k: int, within: Ids | None) -> tuple[Ids, Floats]: ...


class Vectors:
    """A file of vectors, open for searching. Threads may share it."""

    def __init__(self, path: Path, searched: Searchable) -> None:
        """See `open`."""
        self._path = path
        self._searched = searched
        self.count = searched.count

    @classmethod
    def open(cls, folder: Path, file: VectorFile) -> Vectors:
        """The vectors of a file. A small file is hashed whole, of a large one what FAISS parses.

        Raises IndexDamaged where it is missing or not what was written.
        """
        path = folder / file.name
        try:
            with open(path, "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                if size != file.size:
                    raise _damaged(path, Problem.OTHER_SIZE, found=size, size=file.size)
                whole = file.type == EXACT or size <= _HASHED_WHOLE
                content = stream.read() if whole else b""
            if whole and hashlib.sha256(content).hexdigest() != file.sha256:
                raise _damaged(path, Problem.OTHER_HASH)
            searched: Searchable = _Exact(content) if file.type == EXACT else InvertedFile(path)
        except FileNotFoundError as error:
            raise _damaged(path, Problem.FILE_MISSING) from error
        except OSError as error:
            raise _damaged(path, Problem.INDEX_FILE_NOT_READABLE, reason=error.strerror) from error
        except (ValueError, RuntimeError) as error:  # the latter is how FAISS refuses
            raise _damaged(path, Problem.NOT_AN_INDEX, kind=type(error).__name__) from error
        if searched.count != file.count:
            raise _damaged(
                path, Problem.OTHER_NUMBER_OF_VECTORS, found=searched.count, number=file.count, name=file.name
            )
        return cls(path, searched)

    def search(self, query: Floats, k: int, within: Ids | None = None) -> tuple[Ids, Floats]:
        """The k vectors nearest to a query: their ids and their inner products with it, best first; fewer if there are
        fewer. An id comes as often as vectors of it are near.

        query: (d,). within: only vectors with these ids. Raises IndexMismatch for a query of another dimension,
        StoreError for one that is not finite.
        """
        query = np.ascontiguousarray(query, dtype=np.float32)
        if query.shape != (self._searched.dimension,):
            raise IndexMismatch(Problem.QUERY_SHAPE, shape=query.shape, dimension=self._searched.dimension)
        if not np.isfinite(query).all():
            raise StoreError(Problem.QUERY_NOT_FINITE)
        chosen = None if within is None else np.unique(np.asarray(within, dtype=np.int64))
        k = min(k, self.count)
        if k <= 0 or (chosen is not None and len(chosen) == 0):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        try:
            with one_thread():
                return self._searched.search(query, k, chosen)
        except OSError as error:  # only an inverted file reads while it searches
            raise _damaged(self._path, Problem.INDEX_FILE_NOT_READABLE, reason=error.strerror) from error


# ---- an exact file --------------------------------------------------------------------------------------------------


def _write_exact(path: Path, dimension: int, parts: Iterable[tuple[Ids, Floats]]) -> None:
    index = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
    for ids, vectors in parts:
        index.add_with_ids(vectors, ids)
    path.write_bytes(faiss.serialize_index(index).tobytes())


class _Exact:
    """All vectors in memory, each compared with the query."""

    def __init__(self, content: bytes) -> None:
        """content: verified. Raises ValueError, RuntimeError where it is no exact index."""
        self._index: Any = _deserialized(content)
        inner = faiss.downcast_index(self._index.index) if isinstance(self._index, faiss.IndexIDMap) else None
        if not isinstance(inner, faiss.IndexFlat) or inner.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("not an exact index by inner product")
        self.dimension, self.count = int(self._index.d), int(self._index.ntotal)

    def search(self, query: Floats, k: int, within: Ids | None) -> tuple[Ids, Floats]:
        """See `Searchable`."""
        chosen = None if within is None else _SearchParameters(sel=faiss.IDSelectorBatch(within))
        scores, ids = self._index.search(query[None], k, params=chosen)
        found = ids[0] >= 0  # FAISS fills up with -1
        return ids[0][found], scores[0][found]


def _deserialized(content: bytes) -> Any:
    """Let FAISS parse the bytes, without allocating more memory than they take."""
    set_limit = getattr(faiss, "set_deserialization_vector_byte_limit", lambda limit: None)  # older ones have none
    get_limit = getattr(faiss, "get_deserialization_vector_byte_limit", lambda: None)
    with _faiss_limits:
        before = get_limit()
        set_limit(len(content))
        try:
            return faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        finally:
            set_limit(before)


# ---- files ----------------------------------------------------------------------------------------------------------


class _Checked:
    """What `Batches` give, checked on the way. Raises StoreError for what does not fit."""

    def __init__(self, batches: Batches, kind: str, dimension: int, count: int, progress: Progress | None) -> None:
        self._batches, self._kind, self._dimension = batches, kind, dimension
        self._count, self._progress = count, progress

    def parts(self) -> Iterator[tuple[Ids, Floats]]:
        """All parts once more."""
        done, last = 0, -1
        for ids, vectors in self._batches():
            ids, vectors = np.asarray(ids, dtype=np.int64), np.ascontiguousarray(vectors, dtype=np.float32)
            if (found := vectors.shape[-1]) != self._dimension:
                raise StoreError(Problem.OTHER_DIMENSIONS, name=self._kind, found=found, dimension=self._dimension)
            if not np.isfinite(vectors).all():
                raise ValueError("vectors that are not finite")
            if len(ids) != len(vectors) or (len(ids) and (ids[0] < last or (np.diff(ids) < 0).any())):
                raise ValueError("ids that do not ascend, or not one for each vector")
            done, last = done + len(ids), int(ids[-1]) if len(ids) else last
            yield ids, vectors
        if done != self._count:
            raise StoreError(Problem.OTHER_NUMBER_OF_VECTORS, found=done, number=self._count, name=self._kind)

    def counted(self) -> Iterator[tuple[Ids, Floats]]:
        """All parts once more, with progress."""
        done = 0
        for ids, vectors in self.parts():
            yield ids, vectors
            done += len(ids)
            if self._progress is not None:
                self._progress(done, self._count)


@contextmanager
def _new_file(folder: Path) -> Iterator[Path]:
    """A name for a file that is not done yet; what is left under it at the end is removed."""
    temporary = folder / f"tmp-{os.getpid()}-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(Problem.INDEX_NOT_WRITABLE, path=folder, reason=reason) from error


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot open a folder for this
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sha256(stream: BinaryIO) -> str:
    total = hashlib.sha256()
    while block := stream.read(1 << 20):
        total.update(block)
    return total.hexdigest()


def _damaged(path: Path, code: Problem, **values: object) -> IndexDamaged:
    return IndexDamaged(Problem.INDEX_DAMAGED, path=path, reason=Notice(code, **values))
