"""How the search for vectors grows with their number: time, recall, memory, building, size of the file.

    python benchmarks/scaling.py [DATA] [--sizes 1e4 1e5 1e6] [--sentences FILE] [--noise 0.8] [--json FILE]

The vectors are those of sentences of DATA/library (--sentences keeps them in FILE, since making them takes a while).
Beyond their number they come from noise on real ones: a sentence's vector and .8 of the difference of two others, so
that the noise points where real vectors differ; plain noise would be easier to search. Questions are those of the first
review and the twelve articles. Prints for each size what was built, and in a new process: the time to open; search
without and with a filter to 300 ids, median and 99th percentile on the clock, and the median of the processor's time,
which a busy machine does not lengthen; recall@50 against exact search; memory beyond what the imports take, of its own
and mapped from the file.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpora import articles, first_review
from data_sets import add_data
from library_articles import library_reviews
from peerqa.cli.scripts import Parser, run
from stand_in import near

if TYPE_CHECKING:
    from peerqa.index.vector_files import VectorFile
    from peerqa.models.encoder import Encoder

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
EVERY, PASSAGES, REAL = 12, 20, 12_000
"""One article of so many is read, so many of its passages, and so many sentences in all."""
AT_ONCE = 20_000
SENTENCES = 5
"""Sentences of a passage, whose id they share."""
NEIGHBOURS, FILTERED = 50, 300
ASKED = 300


def sentence_vectors(data: Path, encoder: Encoder) -> Floats:
    """(n, d) vectors of sentences of the library."""
    found: list[Floats] = []
    for review in library_reviews(data, EVERY, 4):
        for text in review.embedded_texts[:PASSAGES]:
            found.append(encoder.encode([text.text[start:end] or " " for start, end in text.sentences]))
        total = sum(map(len, found))
        print(f"\r{total:,} sentences", end="", file=sys.stderr, flush=True)
        if total >= REAL:
            break
    print(file=sys.stderr)
    return np.concatenate(found)


def question_vectors(encoder: Encoder) -> Floats:
    """(n, d) vectors of questions."""
    texts = [gold.question for corpus in (first_review(), *articles()) for gold in corpus.questions]
    return encoder.encode(np.random.default_rng(0).permutation(texts)[:ASKED].tolist())


class Set:
    """So many vectors, made anew at each call in parts: the real ones and, beyond their number, noise on them."""

    def __init__(self, real: Floats, count: int, noise: float) -> None:
        self.real, self.count, self.noise = real, count, noise

    def batches(self) -> Iterator[tuple[Ids, Floats]]:
        for start in range(0, self.count, AT_ONCE):
            rows = np.arange(start, min(start + AT_ONCE, self.count))
            yield rows // SENTENCES, self._vectors(rows)

    def _vectors(self, rows: Ids) -> Floats:
        chance = np.random.default_rng(int(rows[0]))
        made = self.real[rows % len(self.real)].copy()
        new = rows >= len(self.real)
        made[new] = near(self.real, rows[new] % len(self.real), chance, self.noise)
        return made

    def nearest(self, queries: Floats) -> tuple[Ids, Floats]:
        """The exact neighbours of some queries: (q, k) ids and scores."""
        ids = np.zeros((len(queries), 0), dtype=np.int64)
        scores = np.zeros((len(queries), 0), dtype=np.float32)
        for own, vectors in self.batches():
            scores = np.concatenate([scores, queries @ vectors.T], axis=1)
            ids = np.concatenate([ids, np.broadcast_to(own, (len(queries), len(own)))], axis=1)
            best = np.argpartition(-scores, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
            ids, scores = np.take_along_axis(ids, best, axis=1), np.take_along_axis(scores, best, axis=1)
        return ids, scores


def resident() -> tuple[float, float]:
    """Megabytes of this process that are its own, and that are mapped from files (Linux alone; else 0)."""
    path = Path("/proc/self/status")
    lines = dict(line.split(":", 1) for line in path.read_text().splitlines()) if path.exists() else {}
    own, mapped = (int(lines.get(name, "0 kB").split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped


def searched(folder: Path, file: VectorFile, queries: Floats, exact: Ids) -> dict[str, float]:
    """What a new process sees of a file."""
    from peerqa.index.vector_files import Vectors

    Vectors.open(folder, file).search(queries[0], 1)  # what FAISS sets up once
    before = resident()
    begun = time.perf_counter()
    vectors = Vectors.open(folder, file)
    opening = time.perf_counter() - begun
    clock, processor, filtered, shares = [], [], [], []
    highest = file.count // SENTENCES
    for query, wanted in zip(queries, exact, strict=True):
        wall, own = time.perf_counter(), time.thread_time()
        ids, _ = vectors.search(query, NEIGHBOURS)
        processor.append(time.thread_time() - own)
        clock.append(time.perf_counter() - wall)
        shares.append(np.isin(np.unique(wanted), ids).mean())
        some = np.arange(FILTERED) + int(wanted[0]) % max(1, highest - FILTERED)
        own = time.thread_time()
        vectors.search(query, NEIGHBOURS, some)
        filtered.append(time.thread_time() - own)
    after = resident()
    return {
        "open ms": 1000 * opening,
        "search p50 ms": 1000 * float(np.median(clock)),
        "search p99 ms": 1000 * float(np.quantile(clock, 0.99)),
        "search processor ms": 1000 * float(np.median(processor)),
        "filtered processor ms": 1000 * float(np.median(filtered)),
        "recall@50": float(np.mean(shares)),
        "own MB": after[0] - before[0],
        "mapped MB": after[1] - before[1],
    }


def measured(real: Floats, queries: Floats, count: int, noise: float) -> dict[str, Any]:
    """One size: building, and searching in a process of its own."""
    from peerqa.index.vector_files import write_vectors

    every = Set(real, count, noise)
    exact, _ = every.nearest(queries)
    with TemporaryDirectory() as folder:
        begun, own = time.perf_counter(), time.process_time()
        file = write_vectors(Path(folder), "sentences", real.shape[1], count, every.batches)
        built, processor = time.perf_counter() - begun, time.process_time() - own
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as process:
            seen = process.submit(searched, Path(folder), file, queries, exact).result()
    return {
        "vectors": count,
        "type": file.type,
        "build s": built,
        "build processor s": processor,
        "file MB": file.size / 2**20,
        "recall when built": file.recall,
        **seen,
    }


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--sizes", nargs="+", type=float, default=[1e4, 1e5, 1e6], help="numbers of vectors")
    parser.add_argument("--sentences", type=Path, help=".npy file of the real vectors; made if it is not there")
    parser.add_argument("--noise", type=float, default=0.8, help="share of the difference of two others (default: .8)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    from peerqa.models.encoder import load_encoder

    encoder = load_encoder()
    if options.sentences and options.sentences.exists():
        real = np.asarray(np.load(options.sentences), dtype=np.float32)
    else:
        real = sentence_vectors(options.data, encoder)
        if options.sentences:
            np.save(options.sentences, real)
    real = real[np.linalg.norm(real, axis=1) > 0.5]  # a text without a token has no direction
    queries = question_vectors(encoder)
    rows = []
    for size in options.sizes:
        rows.append(measured(real, queries, int(size), options.noise))
        if len(rows) == 1:
            print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
        cells = (f"{value:.4g}" if isinstance(value, float) else f"{value}" for value in rows[-1].values())
        print("| " + " | ".join(cells) + " |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    run(main)
