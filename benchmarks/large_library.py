"""A library of many real articles: building, opening, search and disk.

    python benchmarks/large_library.py [DATA] [--articles 120]

The texts are real. Embedding them all would take an hour of a processor, and no measure here depends on which passage
is near to which: so the vectors of passages are those of a pool of real ones with noise. Questions are runs of six
words of the texts, encoded by the real model; nothing is reranked.
"""

from __future__ import annotations

import random
import statistics
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data_sets import add_data, find
from peerqa.cli.scripts import Parser, run

if TYPE_CHECKING:
    from peerqa.models.encoder import Encoder, Progress, TokenVectors, Vectors

NOISE = 0.35
"""Length of the noise on a vector of length 1."""


def unpack(data: Path, folder: Path, most: int | None = None) -> list[Path]:
    """The articles of DATA/library/library.tar.xz as JATS files in a folder, the first `most` by name."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(find(data, "library/library.tar.xz")) as packed:
        members = [one for one in packed if one.isfile() and one.name.endswith((".xml", ".nxml"))]
        chosen = sorted(members, key=lambda one: one.name)[:most]
        for member in chosen:
            target = folder / Path(member.name).name
            source = packed.extractfile(member)
            if source is not None and not target.exists():
                target.write_bytes(source.read())
    return sorted(folder.glob("*.*xml"))


class StandIn:
    """An encoder with the identity of the real one, whose vectors of passages are those of a pool with noise."""

    def __init__(self, real: Encoder, pool: Sequence[TokenVectors], seed: int = 0) -> None:
        """pool: texts that the real model has read."""
        self.identity = real.identity
        self._real = real
        self._tokens = np.concatenate([one.tokens for one in pool])
        self._vectors = np.array([one.vector for one in pool])
        self._chance = np.random.default_rng(seed)

    @property
    def vocabulary(self) -> frozenset[str]:
        return self._real.vocabulary

    def _near(self, pool: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        rows = self._chance.integers(0, len(pool), count)
        noise = self._chance.standard_normal((count, pool.shape[1]), dtype=np.float32)
        made = pool[rows] + NOISE / np.sqrt(pool.shape[1]) * noise
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._near(self._vectors, len(texts))

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        from peerqa.models.encoder import TokenVectors

        coded = self._real._tokenizer.encode_batch(list(texts))  # type: ignore[attr-defined]
        made = []
        for one in coded:
            made.append(
                TokenVectors(
                    vector=self._near(self._vectors, 1)[0],
                    tokens=self._near(self._tokens, len(one.ids)),
                    pieces=np.array(one.ids, dtype=np.int64),
                    offsets=np.array(one.offsets, dtype=np.int64).reshape(-1, 2),
                )
            )
        return made


def questions_of(texts: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """Questions made of the words of texts: six words in a row, as somebody types keywords."""
    chance = random.Random(seed)
    made = []
    for text in chance.sample(list(texts), count):
        words = text.split()
        start = chance.randrange(max(1, len(words) - 6))
        made.append(" ".join(words[start : start + 6]))
    return made


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--articles", type=int, default=120, help="how many (default: 120)")
    parser.add_argument("--questions", type=int, default=40, help="how many are asked (default: 40)")
    options = parser.parse_args()
    from peerqa.answering.assistant import Assistant, Settings
    from peerqa.library.review import read_review
    from peerqa.models.encoder import load_encoder
    from peerqa.reading.files import read_document

    encoder = load_encoder()
    with TemporaryDirectory() as folder:
        corpus, index = Path(folder) / "corpus", Path(folder) / "index"
        files = unpack(options.data, corpus, options.articles)
        pool = encoder.encode_tokens([one.text for one in read_review(read_document(files[0])).embedded_texts][:30])
        began = time.perf_counter()
        built = Assistant.build(corpus, index, encoder=StandIn(encoder, pool))
        print(f"building: {time.perf_counter() - began:.1f} s, without embedding")
        reviews, passages, works = built.library.totals()
        size = sum(path.stat().st_size for path in index.iterdir())
        print(f"{reviews} reviews, {passages} passages, {works} works; {size / passages / 1000:.1f} kB a passage")
        began = time.perf_counter()
        assistant = Assistant.open(corpus, index, settings=Settings(reranker="none"))
        print(f"opening, models included: {time.perf_counter() - began:.2f} s")
        numbers = sorted(assistant.library.passage_numbers(assistant.library.names()[:3]) or ())
        questions = questions_of([assistant.library.passage(one).text for one in numbers], options.questions)
        for name, asked in (("all", assistant), ("ten reviews", assistant.limited_to(assistant.library.names()[:10]))):
            took = []
            for question in questions:
                began = time.perf_counter()
                asked.search(question)
                took.append(1000 * (time.perf_counter() - began))
            print(f"search, {name}: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms")


if __name__ == "__main__":
    run(main)
