"""The vectors of passages and sentences: searched exactly, saved to disk, verified when they are loaded.

    Index.build(identity, …).save(Path("index"))
    index = Index.load(Path("index"), expect=identity)
    index.search_passages(query_vectors, k=10)  ->  a list of Neighbours per query, best first

This is the only importer of faiss. It takes vectors and never text: `peerqa.models.encoder` makes them, and
`peerqa.index.store` brings the files of a generation to disk and back.

A generation holds passages.jsonl (one JSON object for each passage), passages.faiss and sentences.faiss (exact inner
product), sentence_rows.npy (the passage of each sentence) and one .npy for each further array. Nothing is a pickle.
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
_UNIT_TOLERANCE = 1e-3  # by which the length of a vector may differ from 1
_SCORE_TOLERANCE = 1e-4  # processors add in different orders
_CANARIES = 3  # queries with a known result that are kept for each of the two sets of vectors
_faiss_limits = threading.Lock()  # FAISS keeps its limits for the whole process


@dataclass(frozen=True, slots=True)
class Identity:
    """What the vectors depend on. An index can be searched only with queries that were encoded under the same identity.

    max_length: tokens of a text that the model reads. chunking_version: of the rules by which passages and their texts
    are cut.
    """

    model: str
    model_sha256: str
    dimension: int
    max_length: int
    pooling: str
    chunking_version: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The row of a passage or a sentence, and its inner product with the query: at most 1, higher is better."""

    row: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Passages, their sentences, and the vectors of both. Made by `build` or `load`; threads may share it.

    items: one JSON object for each passage, as given. sentence_rows: (m,) int64, the row of each sentence's passage.
    arrays: the further arrays, read-only. warning: for the user, if an older generation is used; None otherwise.
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

        items: one JSON object for each passage. passage_vectors: (n, d) float32 of length 1, one row for each item.
        sentence_vectors: (m, d), likewise. sentence_rows: (m,) int64, from 0 to n - 1. arrays: name -> array without
        Python objects, saved too. documents: what the manifest says of the files of the corpus (path, size, sha256).
        Raises StoreError, which names the row, if something does not fit.
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
        """Write a generation, load it again, verify it, and make it the live one. Raises what `Store.commit` raises."""
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
        """The live index, verified down to the results of a few known queries.

        Raises IndexMismatch if its identity is not `expect`, IndexDamaged if it cannot be trusted, StoreError if there
        is none. If an older generation is used in its place, `warning` says so.
        """
        generation, warning = (store if isinstance(store, Store) else Store(store)).load()
        return cls._from(generation, warning, expect)

    @classmethod
    def _from(cls, generation: Generation, warning: Notice | None, expect: Identity | None) -> Index:
        """The index in a generation. Raises IndexDamaged, IndexMismatch."""
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
        except Exception as error:  # its hashes are right, but another program may have written anything
            raise damaged(path, Problem.NOT_AN_INDEX, kind=type(error).__name__) from error
        if expect is not None:
            _compare(path, identity, expect)
        return index

    def search_passages(self, queries: NDArray[np.float32], k: int) -> list[list[Neighbour]]:
        """The k passages nearest to each query, best first; all if there are fewer.

        queries: (q, d) or (d,). Raises IndexMismatch if they have another dimension, StoreError if they are not finite.
        """
        return _search(self._passages, queries, k)

    def search_sentences(self, queries: NDArray[np.float32], k: int) -> list[list[Neighbour]]:
        """The k sentences nearest to each query, as `search_passages`; `sentence_rows` tells their passages."""
        return _search(self._sentences, queries, k)

    def vectors(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Copies of the passage vectors (n, d) and the sentence vectors (m, d), float32."""
        return _vectors(self._passages), _vectors(self._sentences)

    def _validated(self) -> Index:
        """This index. Raises StoreError if its parts do not fit each other."""
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
    """What is wrong, without what to do about it, for an error that quotes this one and has advice of its own."""
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
    """A few queries, each between two rows, with the row and the score that it finds; `load` verifies them."""
    made = []
    for row in range(0, vectors.ntotal, max(1, -(-vectors.ntotal // _CANARIES))):
        between = vectors.reconstruct(row) + vectors.reconstruct((row + 1) % vectors.ntotal)
        query = [round(float(value), 4) for value in between]  # short in JSON, and the same float32 when read back
        best = _search(vectors, np.array(query, dtype=np.float32), 1)[0][0]
        made.append({"query": query, "row": best.row, "score": best.score})
    return made


def _check_canaries(vectors: Any, canaries: list[dict[str, Any]]) -> None:
    """Raise StoreError if a kept query no longer finds what it found when the index was built."""
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
    """Let FAISS parse the bytes, without allocating more memory than they take."""
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
    """A read-only copy of an array. Raises StoreError for a name or a type that cannot be saved."""
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
