"""How small token vectors can be: codes of several sizes, and what they do to the ranking.

    python benchmarks/token_codes.py [DATA] [--sample FILE] [--vectors 150000] [--only NAME ...] [--write]

Learns each code from token vectors of other texts than those that are asked: some passages of every twelfth article of
DATA/library (--sample keeps the vectors in FILE, since it takes a while to make them). Then the first review and the
twelve articles are indexed with every token vector coded and decoded, and asked with vectors that are not. Prints bytes
a token; the mean cosine of other vectors with their decoded form; first right / R@3 / sentences in 3 without the
cross-encoder, on both sets; and AUROC of the confidence against near misses, on both. "late chunking" keeps token
vectors whole, and takes each sentence's vector as the mean of its tokens' vectors (Günther et al. 2024) instead of
reading the sentence once more. --write puts the centroids of the chosen size into the package.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpora import Corpus, articles, first_review
from data_sets import add_data
from library_articles import library_reviews
from peerqa.cli.scripts import Parser, ScriptError, run
from peerqa.evaluation import metrics
from peerqa.evaluation.questions import NEAR
from peerqa.evaluation.scoring import Outcome, Report, Scored, score
from peerqa.models.encoder import Encoder, Progress, TokenVectors, Vectors, load_encoder, unit
from peerqa.models.packaged import sha256_of
from peerqa.retrieval.parameters import shipped_parameters

if TYPE_CHECKING:
    from peerqa.answering.assistant import Assistant

Floats = NDArray[np.float32]
Code = Callable[[Floats], Floats]
"""Vectors -> what is left of them after coding and decoding."""
EVERY, PASSAGES = 12, 15
"""Articles from which the codes are learnt: one of so many; and the passages of each."""
HELD_OUT = 5000
"""Vectors of the sample that are not learnt from."""
MEASURES = ("first right", "R@3", "S R@3")


def token_sample(data: Path, encoder: Encoder, most: int) -> NDArray[np.float16]:
    """(most, d) token vectors of articles of the library."""
    found: list[NDArray[np.float16]] = []
    for number, review in enumerate(library_reviews(data, EVERY, EVERY - 1), 1):
        texts = [text.text for text in review.embedded_texts]
        random.Random(0).shuffle(texts)
        read = encoder.encode_tokens(texts[:PASSAGES])
        found += [tokens.tokens[1:-1].astype(np.float16) for tokens in read]  # without [CLS] and [SEP]
        total = sum(map(len, found))
        print(f"\r{total:,} token vectors of {number} articles", end="", file=sys.stderr, flush=True)
        if total >= most:
            break
    print(file=sys.stderr)
    if not found:
        raise ScriptError(f"{data}/library holds no article that could be read")
    return np.concatenate(found)[:most]


# ---- codes ----------------------------------------------------------------------------------------------------------


def whole(_: Floats) -> tuple[Code, int]:
    return lambda vectors: vectors.astype(np.float16).astype(np.float32), 768


def int8(_: Floats) -> tuple[Code, int]:
    def code(vectors: Floats) -> Floats:
        scale = np.abs(vectors).max(axis=1, keepdims=True) / 127
        return np.asarray(np.rint(vectors / scale) * scale, dtype=np.float32)

    return code, 384 + 2


def fewer_dimensions(kept: int) -> Callable[[Floats], tuple[Code, int]]:
    """The principal directions of the sample, one byte a number."""

    def learn(sample: Floats) -> tuple[Code, int]:
        _, _, directions = np.linalg.svd(sample[:50_000], full_matrices=False)
        axes = directions[:kept]
        return lambda vectors: unit(int8(sample)[0](vectors @ axes.T) @ axes), kept + 2

    return learn


def product(parts: int, turned: bool = False, length: bool = True) -> Callable[[Floats], tuple[Code, int]]:
    """Product quantisation. turned: after a rotation that is learnt (OPQ, Ge et al. 2013). length: whether what is
    decoded is brought to length 1."""

    def learn(sample: Floats) -> tuple[Code, int]:
        import faiss

        dimension = sample.shape[1]
        rotation: Any = None
        if turned:
            rotation = faiss.OPQMatrix(dimension, parts)
            rotation.niter = 10
            rotation.train(sample[:40_000])
        quantizer: Any = faiss.ProductQuantizer(dimension, parts, 8)
        quantizer.train(rotation.apply(sample) if rotation else sample)

        def code(vectors: Floats) -> Floats:
            given = rotation.apply(vectors) if rotation else np.ascontiguousarray(vectors)
            found = quantizer.decode(quantizer.compute_codes(given))
            found = rotation.reverse_transform(found) if rotation else found
            return unit(found) if length else np.asarray(found, dtype=np.float32)

        return code, parts

    return learn


def residual(parts: int, centroids: int = 1024) -> Callable[[Floats], tuple[Code, int]]:
    """The nearest of many centroids, and product quantisation of what is left (as ColBERTv2, Santhanam et al. 2022)."""

    def learn(sample: Floats) -> tuple[Code, int]:
        import faiss

        coarse: Any = faiss.Kmeans(sample.shape[1], centroids, niter=10)
        coarse.train(sample)
        nearest = coarse.index.search(sample, 1)[1][:, 0]
        quantizer: Any = faiss.ProductQuantizer(sample.shape[1], parts, 8)
        quantizer.train(sample - coarse.centroids[nearest])

        def code(vectors: Floats) -> Floats:
            vectors = np.ascontiguousarray(vectors)
            base = coarse.centroids[coarse.index.search(vectors, 1)[1][:, 0]]
            return unit(base + quantizer.decode(quantizer.compute_codes(vectors - base)))

        return code, parts + 2

    return learn


CODES: dict[str, Callable[[Floats], tuple[Code, int]]] = {
    "float16": whole,
    "int8": int8,
    "PQ 96": product(96),
    "PQ 64": product(64),
    "PQ 64, any length": product(64, length=False),
    "PQ 48": product(48),
    "PQ 32": product(32),
    "OPQ 48": product(48, turned=True),
    "1024 centroids + PQ 48": residual(48),
    "192 dimensions, int8": fewer_dimensions(192),
    "128 dimensions, int8": fewer_dimensions(128),
    "96 dimensions, int8": fewer_dimensions(96),
    "late chunking": whole,
}


class CodingEncoder:
    """An encoder that reads each text once, and gives coded token vectors while `code` is set.

    pooled: whether the vectors of sentences are then means of the token vectors of the passages read before them.
    """

    def __init__(self, inner: Encoder) -> None:
        self.identity, self.vocabulary = inner.identity, inner.vocabulary
        self._inner = inner
        self._vectors: dict[tuple[str, ...], Vectors] = {}
        self._tokens: dict[tuple[str, ...], list[TokenVectors]] = {}
        self._passages: list[tuple[str, TokenVectors]] = []
        self.code: Code | None = None
        self.pooled = False

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if self.code is not None and self.pooled:
            return self._means(texts)
        key = tuple(texts)
        if key not in self._vectors:
            self._vectors[key] = self._inner.encode(texts)
        return self._vectors[key]

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        key = tuple(texts)
        if key not in self._tokens:
            self._tokens[key] = self._inner.encode_tokens(texts)
        if self.code is None:
            return self._tokens[key]
        read = [replace(one, tokens=self.code(one.tokens)) for one in self._tokens[key]]
        self._passages += zip(texts, read, strict=True)
        return read

    def _means(self, sentences: Sequence[str]) -> Vectors:
        """The vectors of sentences, each the mean of its tokens in the passage that holds it; passages in order."""
        found = np.zeros((len(sentences), self.identity.dimension), dtype=np.float32)
        places = iter(self._passages)
        text, read, position = "", None, 0
        for row, sentence in enumerate(sentences):
            while sentence.strip() and (start := text.find(sentence, position)) < 0:
                text, read = next(places)
                position = 0
            if read is None or not sentence.strip():
                continue
            position = start + len(sentence)
            inside = (read.offsets[:, 0] >= start) & (read.offsets[:, 1] <= position)
            inside &= read.offsets[:, 1] > read.offsets[:, 0]
            found[row] = read.tokens[inside].mean(axis=0) if inside.any() else self._inner.encode([sentence])[0]
        self._passages.clear()
        return unit(found)


# ---- what they do to the ranking ------------------------------------------------------------------------------------


def outcome(assistant: Assistant, question: str, history: Sequence[str]) -> Outcome:
    """What is ranked for a question, with the confidence of retrieval alone."""
    ranking = assistant.rank(question, history)
    confidence = 0.0
    if ranking.signals:
        confidence = shipped_parameters().confidence.fitted_for(ranking.signals).of(ranking.signals)
    return Outcome(
        tuple(
            tuple(assistant.sentence(passage, number) for number in range(len(passage.sentences)))
            for passage in ranking.passages
        ),
        tuple(assistant.sentence(passage, number) for passage, number in ranking.sentences[:10]),
        (),
        confidence,
        False,
    )


def corpora() -> Iterator[Corpus]:
    yield first_review()
    yield from articles()


def asked(corpus: Corpus, encoder: CodingEncoder, code: Code, pooled: bool) -> list[Scored]:
    """Every question of a document, whose token vectors are coded."""
    encoder.code, encoder.pooled = code, pooled
    assistant = corpus.assistant(encoder)
    encoder.code = None
    found = []
    for gold in corpus.questions:
        result = outcome(assistant, gold.question, gold.history)
        found.append(Scored(gold, result, score(gold, result) if gold.answerable else {}))
    return found


def write_centroids(sample: Floats, identity: Any) -> None:
    """Put the centroids of the chosen size where the package looks for them, and print their hash."""
    from peerqa.index import token_codes
    from peerqa.models import packaged

    codec = token_codes.train_codec(sample)
    if codec is None:
        raise ScriptError(f"the sample has {len(sample)} vectors, and training needs {token_codes.LEAST_TO_TRAIN}")
    path = Path(packaged.__file__).parent / "weights" / token_codes.shipped_name(identity)
    path.write_bytes(codec.to_bytes())
    print(f"{path}; put its SHA-256 into peerqa/models/packaged.py: {sha256_of(path)}")


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--sample", type=Path, help=".npy file of token vectors; made if it is not there")
    parser.add_argument("--vectors", type=int, default=150_000, help="token vectors to learn from")
    parser.add_argument("--only", nargs="+", choices=list(CODES), default=list(CODES), help="these codes alone")
    parser.add_argument("--write", action="store_true", help="only write the centroids into the package")
    options = parser.parse_args()
    encoder = load_encoder()
    if options.sample and options.sample.exists():
        kept = np.load(options.sample)
    else:
        kept = token_sample(options.data, encoder, options.vectors)
        if options.sample:
            np.save(options.sample, kept)
    sample = np.ascontiguousarray(kept[: options.vectors], dtype=np.float32)
    if options.write:
        write_centroids(sample, encoder.identity)
        return
    memory = CodingEncoder(encoder)
    documents = list(corpora())
    print(f"{'':24}{'bytes':>6}{'cosine':>8}{'review':>24}{'articles':>24}{'AUROC near':>16}", flush=True)
    for name in options.only:
        code, size = CODES[name](sample[HELD_OUT:])
        cosine = float((unit(code(sample[:HELD_OUT])) * unit(sample[:HELD_OUT])).sum(axis=1).mean())
        scored: dict[str, list[Scored]] = defaultdict(list)
        for corpus in documents:
            scored[corpus.source] += asked(corpus, memory, code, name == "late chunking")
            print(f"\r{name}: {corpus.name:40}", end="", file=sys.stderr, flush=True)
        print("\r", end="", file=sys.stderr, flush=True)
        cells, near = "", ""
        for source in scored:
            report = Report(name, tuple(scored[source]))
            cells += f"{' / '.join(f'{report.mean(measure)[0]:.3f}' for measure in MEASURES):>24}"
            near += f"{metrics.auroc(report.confidences(), report.confidences(NEAR)):8.3f}"
        print(f"{name:24}{size:6}{cosine:8.3f}{cells}{near}", flush=True)


if __name__ == "__main__":
    run(main)
