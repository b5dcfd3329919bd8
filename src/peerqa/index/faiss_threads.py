"""FAISS in one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import faiss


@contextmanager
def one_thread() -> Iterator[None]:
    """Let FAISS work in the calling thread alone.

    A question is little work. Divided among threads, which then wait for each other, it takes several times as long
    where a processor is busy, as with many readers at once.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # of the calling thread, as OpenMP has it
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
