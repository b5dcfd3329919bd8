"""Stub until the real one is merged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class VectorFile:
    name: str
    sha256: str
    count: int
    size: int
    type: str
    recall: float | None


Batches = Callable[[], Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]]


def write_vectors(
    folder: Path, kind: str, dimension: int, count: int, batches: Batches, progress: Any = None
) -> VectorFile:
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    for ids, vectors in batches():
        index.add_with_ids(vectors, ids)
    data = faiss.serialize_index(index).tobytes()
    sha = hashlib.sha256(data).hexdigest()
    name = f"{kind}-{sha[:16]}.faiss"
    (folder / name).write_bytes(data)
    return VectorFile(name, sha, count, len(data), "exact", None)


class Vectors:
    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def open(cls, folder: Path, file: VectorFile) -> Vectors:
        return cls(faiss.read_index(str(folder / file.name)))

    def search(self, query: Any, k: int, within: Any = None) -> Any:
        params = None if within is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(within))
        scores, ids = self._index.search(query[None], min(k, self._index.ntotal), params=params)
        kept = ids[0] >= 0
        return ids[0][kept], scores[0][kept]


def verify(folder: Path, file: VectorFile) -> bool:
    return (folder / file.name).exists()
