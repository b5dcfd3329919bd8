"""Passages and sentences as vectors that can be searched exactly, kept on disk and checked on the way back.

    Index.build(identity, …).save(Path("index"))
    index = Index.load(Path("index"), expect=identity)
    index.search_passages(query_vectors, k=10)  ->  a list of Neighbours per query, best first

The only importer of faiss. It takes vectors and never text; where they come from is `peerqa.models.encoder`, how a
generation of files gets to disk and back is `peerqa.index.store`.

A generation holds passages.jsonl (one JSON object a passage), passages.faiss and sentences.faiss (exact inner product),
sentence_rows.npy (the passage of each sentence) and one .npy for each further array. Nothing in it is a pickle.
"""

from __future__ import annotations

import dataclasses
import io
import platform
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from peerqa.errors import IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.index.store import Generation, Store, damaged, encode_json, strict_json
from peerqa.notices import Notice

_KIND = {"type": "IndexFlatIP", "metric": "inner product"}
_ARRAY_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,80}")
_ROWS = "sentence_rows"
_UNIT_TOLERANCE = 1e-3  # of a vector's length
_SCORE_TOLERANCE = 1e-4  # between processors, which add in different orders
_CANARIES = 3  # queries with a known answer, for each of the two sets of vectors
_faiss_limits = threading.Lock()  # FAISS keeps its limits for the whole process


@dataclass(frozen=True, slots=True)
class Identity:
    """What the vectors depend on. An index answers only questions encoded under the same identity."""

    model: str
    model_sha256: str
    dimension: int
    max_length: int  # tokens
    pooling: str
    chunking_version: str  # version of the rules by which passages and texts are cut


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The row of a passage or a sentence, and its inner product with the query: higher is better, 1 the most."""

    row: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Passages, their sentences, and the vectors of both. Made by `build` or `load`; threads may share it.

    items: one JSON object a passage, as given. sentence_rows: (m,) int64, the passage row of each sentence.
    arrays: the further arrays, read-only. warning: that an older generation stands in, or None.
    """

    identity: Identity
    corpus_sha256: str
    items: tuple[dict[str, Any], ...] = field(repr=False)
    sentence_rows: NDArray[np.int64] = field(repr=False)
    arrays: Mapping[str, NDArray[Any]] = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)
    warning: Notice | None
    _passages: Any = field(repr=False)  # faiss.IndexFlatIP, as is the next
    _sentences: Any = field(repr=False)

    @classmethod
    def build(
        cls,
        identity: Identity,
        corpus_sha256: str,
        items: Iterable[Mapping[str, Any]],
        passage_vectors: NDArray[np.float32],
        sentence_vectors: NDArray[np.float32],
        sentence_rows: NDArray[np.int64],
        arrays: Mapping[str, NDArray[Any]] | None = None,
        documents: Sequence[Mapping[str, Any]] = (),
    ) -> Index:
        """An index in memory.

        passage_vectors: (n, d) float32 of length one, a row an item. sentence_vectors: (m, d), likewise.
        sentence_rows: (m,) int64 in [0, n). arrays: name -> array without objects, kept beside. documents: what the
        manifest says about the files of the corpus (path, size, sha256). Raises StoreError, which names the row, where
        something does not fit.
        """
        kept = tuple(strict_json(encode_json(dict(item))) for item in items)
        passages, sentences = _fill(passage_vectors, "passage"), _fill(sentence_vectors, "sentence")
        further = {name: _frozen(name, array) for name, array in (arrays or {}).items()}
        manifest = {
            "identity": dataclasses.asdict(identity),
            "corpus_sha256": corpus_sha256,
            "documents": [dict(document) for document in documents],
            "passages": {**_KIND, "count": len(kept), "canaries": _canaries(passages)},
            "sentences": {**_KIND, "count": sentences.ntotal, "canaries": _canaries(sentences)},
            "arrays": sorted(further),
            "versions": _versions(),
        }
        rows = _frozen(_ROWS, sentence_rows)
        if _ROWS in further:
            raise StoreError(Problem.NAME_OF_INDEX_ITSELF, name=_ROWS)
        return cls(identity, corpus_sha256, kept, rows, further, manifest, None, passages, sentences)._validated()

    def save(self, store: Store | Path) -> None:
        """Write a new generation, open it again, query it, and let it go live. Raises what `Store.commit` raises."""
        files = {
            "passages.jsonl": b"".join(encode_json(item) + b"\n" for item in self.items),
            "passages.faiss": faiss.serialize_index(self._passages).tobytes(),
            "sentences.faiss": faiss.serialize_index(self._sentences).tobytes(),
        }
        for name, array in {_ROWS: self.sentence_rows, **self.arrays}.items():
            np.save(buffer := io.BytesIO(), array, allow_pickle=False)
            files[f"{name}.npy"] = buffer.getvalue()
        store = store if isinstance(store, Store) else Store(store)
        store.commit(files, self.manifest, lambda generation: self._from(generation, None, self.identity))

    @classmethod
    def load(cls, store: Store | Path, expect: Identity | None = None) -> Index:
        """The index that is live, verified down to the rank of a few known queries.

        Raises IndexMismatch where it is not what `expect` says, IndexDamaged where it cannot be trusted, StoreError
        where there is none. `warning` says so where an older generation had to stand in.
        """
        generation, warning = (store if isinstance(store, Store) else Store(store)).load()
        return cls._from(generation, warning, expect)

    @classmethod
    def _from(cls, generation: Generation, warning: Notice | None, expect: Identity | None) -> Index:
        path, manifest = generation.path, generation.manifest
        try:
            identity = Identity(**manifest["identity"])
            items = tuple(strict_json(line) for line in generation.read("passages.jsonl").split(b"\n")[:-1])
            rows = _parse_array(_ROWS, generation)
            arrays = {name: _parse_array(name, generation) for name in manifest["arrays"]}
            both = [_parse_vectors(name, generation) for name in ("passages", "sentences")]
            index = cls(identity, manifest["corpus_sha256"], items, rows, arrays, manifest, warning, *both)._validated()
        except StoreError as error:
            raise IndexDamaged(Problem.INDEX_DAMAGED, path=path, reason=_without_advice(error)) from error
        except Exception as error:  # whole, but another program's: it may be anything
            raise damaged(path, Problem.NOT_AN_INDEX, kind=type(error).__name__) from error
        if expect is not None:
            _compare(path, identity, expect)
        return index

    def search_passages(self, queries: NDArray[np.float32], k: int) -> list[list[Neighbour]]:
        """The k passages nearest to each query, best first.

        queries: (q, d) or (d,). k: clamped to what there is. Raises IndexMismatch for another dimension.
        """
        return _search(self._passages, queries, k)

    def search_sentences(self, queries: NDArray[np.float32], k: int) -> list[list[Neighbour]]:
        """The k sentences nearest to each query, as `search_passages`; `sentence_rows[row]` is a sentence's passage."""
        return _search(self._sentences, queries, k)

    def vectors(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Copies of the passage vectors (n, d) and the sentence vectors (m, d), for a rebuild to use again."""
        return _vectors(self._passages), _vectors(self._sentences)

    def _validated(self) -> Index:
        """Itself, where its parts fit each other. Raises StoreError."""
        count, rows = len(self.items), self.sentence_rows
        if count == 0:
            raise StoreError(Problem.NO_PASSAGE)
        if not isinstance(self.corpus_sha256, str) or not all(isinstance(item, dict) for item in self.items):
            raise StoreError(Problem.NOT_TEXT_OR_OBJECT)
        for found, name in ((self._passages, "passages"), (self._sentences, "sentences")):
            if found.d != self.identity.dimension:
                expected = self.identity.dimension
                raise StoreError(Problem.OTHER_DIMENSIONS, name=name, found=found.d, dimension=expected)
            _check_number(found, self.manifest[name]["count"], name)
        _check_number(self._passages, count, "passages")
        if rows.shape != (self._sentences.ntotal,) or rows.dtype != np.int64:
            found_type = f"{rows.dtype}{rows.shape}"
            raise StoreError(Problem.SENTENCE_ROWS_TYPE, found=found_type, number=self._sentences.ntotal)
        if rows.size and not (rows.min() >= 0 and rows.max() < count):
            raise StoreError(Problem.SENTENCE_ROWS_RANGE, last=count - 1)
        return self


def _without_advice(error: StoreError) -> Notice:
    """What is wrong, for an error that names it in turn and says itself what to do."""
    if not isinstance(error, IndexDamaged):
        return error.notice
    return Notice(Problem.IN_FILE, path=error.notice.values["path"], reason=error.notice.values["reason"])


def _check_number(vectors: Any, number: object, name: str) -> None:
    if vectors.ntotal != number:
        raise StoreError(Problem.OTHER_NUMBER_OF_VECTORS, found=vectors.ntotal, number=number, name=name)


def _fill(vectors: NDArray[np.float32], name: str) -> Any:
    if vectors.ndim != 2 or vectors.dtype != np.float32 or vectors.shape[1] == 0:
        raise StoreError(Problem.NOT_FLOAT_ROWS, name=name, found=f"{vectors.dtype}{vectors.shape}")
    _check_length(vectors, name)
    made = faiss.IndexFlatIP(vectors.shape[1])
    made.add(np.ascontiguousarray(vectors))
    return made


def _check_length(vectors: NDArray[np.float32], name: str) -> None:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    wrong = np.flatnonzero(~(np.abs(lengths - 1) <= _UNIT_TOLERANCE))  # written so that NaN is wrong too
    if wrong.size:
        raise StoreError(Problem.NOT_UNIT_LENGTH, name=name, row=wrong[0], length=lengths[wrong[0]])


def _vectors(vectors: Any) -> NDArray[np.float32]:
    return np.asarray(vectors.reconstruct_n(0, vectors.ntotal), dtype=np.float32)


def _search(vectors: Any, queries: NDArray[np.float32], k: int) -> list[list[Neighbour]]:
    queries = np.ascontiguousarray(np.atleast_2d(queries), dtype=np.float32)
    if queries.ndim != 2 or queries.shape[1] != vectors.d:
        raise IndexMismatch(Problem.QUERY_SHAPE, shape=queries.shape[1:], dimension=vectors.d)
    if not np.isfinite(queries).all():
        raise StoreError(Problem.QUERY_NOT_FINITE)
    k = max(0, min(k, vectors.ntotal))
    if k == 0 or len(queries) == 0:
        return [[] for _ in queries]
    scores, rows = vectors.search(queries, k)
    return [
        [Neighbour(int(row), float(score)) for row, score in zip(*found, strict=True) if row >= 0]
        for found in zip(rows, scores, strict=True)
    ]


def _canaries(vectors: Any) -> list[dict[str, Any]]:
    """A few queries, spread over the rows and lying between two of them, with the row and the score they found."""
    made = []
    for row in range(0, vectors.ntotal, max(1, -(-vectors.ntotal // _CANARIES))):
        between = vectors.reconstruct(row) + vectors.reconstruct((row + 1) % vectors.ntotal)
        query = [round(float(value), 4) for value in between]  # short in JSON, and the same float32 when read back
        best = _search(vectors, np.array(query, dtype=np.float32), 1)[0][0]
        made.append({"query": query, "row": best.row, "score": best.score})
    return made


def _check_canaries(vectors: Any, canaries: list[dict[str, Any]]) -> None:
    for canary in canaries:
        query = np.array(canary["query"], dtype=np.float32)
        best = _search(vectors, query, 1)[0][0].score
        expected = float(query @ vectors.reconstruct(canary["row"]))  # compared by score, since rows can tie
        if max(abs(best - canary["score"]), abs(expected - canary["score"])) > _SCORE_TOLERANCE:
            raise StoreError(Problem.OTHER_ANSWER)


def _parse_vectors(name: str, generation: Generation) -> Any:
    parsed, described = _deserialize(generation.read(f"{name}.faiss")), generation.manifest[name]
    exact = type(parsed) is faiss.IndexFlatIP and parsed.metric_type == faiss.METRIC_INNER_PRODUCT
    if not exact or {key: described[key] for key in _KIND} != _KIND:
        raise StoreError(Problem.NOT_EXACT_INDEX, name=f"{name}.faiss")
    _check_length(_vectors(parsed), name)
    _check_canaries(parsed, described["canaries"])
    return parsed


def _deserialize(data: bytes) -> Any:
    """Let FAISS parse the bytes, and allocate no more than there are."""
    set_limit = getattr(faiss, "set_deserialization_vector_byte_limit", lambda limit: None)  # older ones have none
    get_limit = getattr(faiss, "get_deserialization_vector_byte_limit", lambda: None)
    with _faiss_limits:
        before = get_limit()
        set_limit(len(data))
        try:
            return faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        finally:
            set_limit(before)


def _frozen(name: str, array: NDArray[Any]) -> NDArray[Any]:
    if not _ARRAY_NAME.fullmatch(name) or array.dtype.hasobject:
        raise StoreError(Problem.NOT_AN_ARRAY, name=name)
    copy = np.array(array, order="C")
    copy.flags.writeable = False
    return copy


def _parse_array(name: str, generation: Generation) -> NDArray[Any]:
    return _frozen(name, np.lib.format.read_array(io.BytesIO(generation.read(f"{name}.npy")), allow_pickle=False))


def _compare(path: Path, found: Identity, expected: Identity) -> None:
    built, wanted = dataclasses.asdict(found), dataclasses.asdict(expected)
    differing = tuple((key, built[key], wanted[key]) for key in wanted if built[key] != wanted[key])
    if differing:
        raise IndexMismatch(Problem.BUILT_WITH_OTHERS, path=path, differing=differing)


def _versions() -> dict[str, str]:
    versions = {"faiss": faiss.__version__, "numpy": np.__version__, "python": platform.python_version()}
    with suppress(metadata.PackageNotFoundError):  # run from its sources, it has no version
        versions["peerqa"] = metadata.version("peerqa")
    return versions
