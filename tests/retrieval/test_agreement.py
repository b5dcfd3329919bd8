"""What retrieval finds through the library is what numpy finds over all vectors, as the encoder gives them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from peerqa.index import building
from peerqa.index.building import Builder
from peerqa.index.collection import Collection
from peerqa.index.passage_vectors import PassageVectors, embed
from peerqa.library.database import Database
from peerqa.library.review import Review
from peerqa.library.storing import FileState
from peerqa.retrieval.late_interaction import token_weights
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.parameters import shipped_parameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Retriever
from stored import reviews_of, rows
from stub_encoder import StubEncoder

PARAMETERS = shipped_parameters().retrieval
SYLLABLES = [a + b for a in "bdfklmnprt" for b in "aeiou"]
WORDS = ["".join([*random.Random(number).choices(SYLLABLES, k=3), str(number)]) for number in range(300)]
SECTIONS = ["Hours", "Pay", "Trust"]
NEAR = 2e-3
"""Vectors are kept in 16 bits."""


def text_of(seed: int, paragraphs: int) -> str:
    """A review with paragraphs of some sentences, each of five to nine made-up words."""
    chance = random.Random(seed)
    parts = [f"---\ntags: [{['odd', 'even'][seed % 2]}]\n---\n\n# Review {seed}\n"]
    for number in range(paragraphs):
        parts += [f"## {SECTIONS[number // 10 % 3]}\n"] if number % 10 == 0 else []
        sentences = (" ".join(chance.choices(WORDS, k=chance.randint(5, 9))) for _ in range(chance.randint(1, 4)))
        parts.append(" ".join(f"{one.capitalize()}." for one in sentences) + "\n")
    return "\n".join(parts)


REVIEWS = reviews_of({f"{seed}.md": text_of(seed, 40) for seed in range(4)})
TEXTS = [text for review in REVIEWS for text in review.embedded_texts]
PASSAGES = [passage for review in REVIEWS for passage in review.passages]


class Bench:
    """The library in one of its states, and the vectors of all its passages by number."""

    def __init__(self, folder: Path, state: str) -> None:
        self.encoder = StubEncoder()
        self.database = Database(folder)
        self.database.create()
        first, rest = (REVIEWS, []) if state == "in files" else (REVIEWS[:2], REVIEWS[2:])
        self.add(first, finish=state != "no files")
        self.add(rest, finish=state == "partly in files")
        if state == "no files":
            Builder(self.database, self.encoder)._embed_missing()
        names = dict(rows(self.database, "SELECT name, id FROM passages"))
        self.collection = Collection(self.database, self.encoder.identity)
        self.vectors = dict(zip((names[one.id] for one in PASSAGES), embed(TEXTS, StubEncoder()), strict=True))
        self.numbers = sorted(self.vectors)

    def add(self, reviews: list[Review], finish: bool) -> None:
        builder = Builder(self.database, self.encoder)
        builder.add((review, FileState(review.document.name, 0, 0)) for review in reviews)
        if finish:
            builder.finish()


@pytest.fixture(scope="module", params=["in files", "partly in files", "no files"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "partly in files":  # as in a large library, where a few more are searched beside the files
            patch.setattr(building, "SMALL", 0)
            patch.setattr(building, "MOST_AFTER", 2.0)
        made = Bench(tmp_path_factory.mktemp("bench"), request.param)
    files = rows(made.database, "SELECT count(*), coalesce(max(last), 0) FROM vector_files")[0]
    whole = files == (2, max(made.numbers))
    assert {"in files": whole, "partly in files": files[0] == 2 and not whole, "no files": files == (0, 0)}[
        request.param
    ]
    return made


def questions(count: int) -> list[str]:
    """Words of two passages each, and a word that no passage has."""
    chance = random.Random(9)
    parts = [" ".join(chance.sample(chance.choice(TEXTS).text.split(), 3)) for _ in range(2 * count)]
    return [f"{one} {other} unheard" for one, other in zip(parts[::2], parts[1::2], strict=True)]


def limits(bench: Bench) -> list[list[int] | None]:
    return [None, bench.numbers[::2], bench.numbers[5:12], bench.numbers[-130:], []]


@pytest.mark.parametrize("kind", ["passages", "sentences"])
def test_the_nearest_are_those_of_brute_force(bench: Bench, kind: str) -> None:
    for asked in questions(12):
        query = bench.encoder.encode([asked])[0]
        for within in limits(bench):
            best = {
                number: float(np.max(own @ query))
                for number in (bench.numbers if within is None else within)
                for own in [
                    bench.vectors[number].passage[None] if kind == "passages" else bench.vectors[number].sentences
                ]
            }
            found = bench.collection.nearest(kind, query, 20, within)
            assert len(found) == len(set(found))
            assert set(found) <= set(best)
            scores = [best[number] for number in found]
            assert scores == pytest.approx(sorted(scores, reverse=True), abs=NEAR)
            left = [score for number, score in best.items() if number not in found]
            assert len(found) == len(best) or len(found) >= (20 if kind == "passages" else 5)
            if kind == "passages" and left and scores:
                assert max(left) <= scores[-1] + NEAR


def test_passages_come_back_with_their_vectors(bench: Bench) -> None:
    found = bench.collection.candidates()
    for place, (number, one) in enumerate(zip(bench.numbers, found.passages, strict=True)):
        expected = bench.vectors[number]
        assert one.number == number
        assert np.allclose(one.vectors.passage, expected.passage, atol=NEAR)
        assert np.allclose(one.vectors.sentences, expected.sentences, atol=NEAR)
        tokens = found.tokens[found.bounds[place] : found.bounds[place + 1]]
        assert np.allclose(tokens, expected.tokens, atol=NEAR)
        for name in ("offsets", "ranges"):
            assert np.array_equal(getattr(one.vectors, name), getattr(expected, name))


def brute_force(bench: Bench, asked: str, within: list[int]) -> dict[int, tuple[float, list[float]]]:
    """The scores of each passage and its sentences, with loops; no question here repeats a heading or asks for a
    definition."""
    (read,) = bench.encoder.encode_tokens([asked])
    kept = [n for n, (a, b) in enumerate(read.offsets) if b > a and asked[a:b].isalnum()]
    holding = {int(p): sum(p in one.pieces for one in bench.vectors.values()) for p in read.pieces[kept]}
    weights = token_weights(read.pieces[kept].tolist(), holding, len(bench.vectors))
    share = weights / weights.sum()

    def interaction(tokens: NDArray[np.float32]) -> float:
        return float(
            sum(w * max(float(t @ one) for one in tokens) for w, t in zip(share, read.tokens[kept], strict=True))
        )

    found = {}
    for number in within:
        own: PassageVectors = bench.vectors[number]
        cosines = [float(vector @ read.vector) for vector in own.sentences]
        score = interaction(own.tokens) + PARAMETERS.best_sentence_weight * max(0, *cosines)
        found[number] = (
            score,
            [
                interaction(own.tokens[first:end])
                + PARAMETERS.sentence_cosine_weight * cosine
                + PARAMETERS.sentence_passage_weight * score
                for (first, end), cosine in zip(own.ranges, cosines, strict=True)
            ],
        )
    return found


@pytest.mark.parametrize("most", [10, 1000])
def test_scores_are_those_of_brute_force(bench: Bench, most: int) -> None:
    parameters = replace(PARAMETERS, candidates=most)
    lexicon = Lexicon(bench.collection, PARAMETERS.bm25_k1, PARAMETERS.bm25_b)
    retriever = Retriever(bench.collection, bench.encoder, lexicon, parameters)
    for asked in questions(4):
        for within in limits(bench):
            allowed = bench.numbers if within is None else within
            expected = brute_force(bench, asked, allowed)
            hits = retriever.search(Query(asked, asked, (), "question"), within).hits
            assert {hit.row for hit in hits} <= set(allowed)
            assert len(hits) == len(allowed) or (most == 10 and len(hits) >= 10)
            for hit in hits:
                score, sentences = expected[hit.row]
                assert hit.score == pytest.approx(score, abs=5 * NEAR)
                assert list(hit.sentences) == pytest.approx(sentences, abs=5 * NEAR)
            best = sorted((score for score, _ in expected.values()), reverse=True)[:2]
            assert [hit.score for hit in hits[:2]] == pytest.approx(best, abs=5 * NEAR)
