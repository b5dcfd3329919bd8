"""Late interaction against a few loops of numpy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from peerqa.index.collection import Candidates, IndexedPassage
from peerqa.index.token_codes import Float16Codec
from peerqa.index.vector_table import CodedVectors
from peerqa.library.passages import EmbeddedText
from peerqa.retrieval.late_interaction import best_tokens, interact, token_weights

PASSAGES = 12
CODEC = Float16Codec(16)


def passage(number: int, length: int, chance: np.random.Generator) -> IndexedPassage:
    """A passage of so many tokens and up to three sentences, its first token outside of any sentence."""
    vectors = chance.normal(size=(length, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cuts = sorted({min(1, length), length // 2, length})
    sentences = list(pairwise(cuts)) or [(0, 0)]
    own = CodedVectors(
        np.full(16, 0.25, dtype=np.float32),
        np.full((len(sentences), 16), 0.25, dtype=np.float32),
        CODEC.encode(vectors),
        np.zeros((length, 2), dtype=np.int64),
        np.array(sentences, dtype=np.int64),
    )
    return IndexedPassage(number, "a", "", False, 0, "", (), EmbeddedText("", ()), (), own)


def passages(seed: int = 3) -> list[IndexedPassage]:
    """Passages of 0 to 9 tokens."""
    chance = np.random.default_rng(seed)
    lengths = [0, 1, *chance.integers(2, 10, PASSAGES - 2).tolist()]
    return [passage(number, length, chance) for number, length in enumerate(lengths)]


def tokens_of(one: IndexedPassage) -> np.ndarray:
    return CODEC.decode(one.vectors.tokens)


def candidates(rows: list[int] | None = None) -> Candidates:
    every = passages()
    return Candidates.of(every if rows is None else [every[row] for row in rows], CODEC)


def question(count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(7)
    tokens = chance.normal(size=(count, 16)).astype(np.float32)
    return tokens / np.linalg.norm(tokens, axis=1, keepdims=True), chance.random(count).astype(np.float32) + 0.1


def greatest(token: np.ndarray, vectors: np.ndarray) -> float:
    return max((float(token @ vector.astype(np.float32)) for vector in vectors), default=0.0)


@pytest.mark.parametrize("rows", [list(range(PASSAGES)), [0], [1, 4, 5], [11, 2, 7]])
def test_each_token_of_the_question_is_matched_with_its_nearest(rows: list[int]) -> None:
    tokens, weights = question()
    chosen = [passages()[row] for row in rows]
    found = interact(tokens, weights, candidates(rows))
    share = weights / weights.sum()
    whole = [[greatest(token, tokens_of(one)) for one in chosen] for token in tokens]
    inside = [
        [greatest(token, tokens_of(one)[slice(*s)]) for one in chosen for s in one.vectors.ranges] for token in tokens
    ]
    assert np.allclose(found.passages, whole, atol=1e-5)
    assert np.allclose(found.sentences, inside, atol=1e-5)
    assert np.allclose(found.passage_scores, share @ np.array(whole), atol=1e-5)
    assert np.allclose(found.sentence_scores, share @ np.array(inside), atol=1e-5)
    assert found.weights.sum() == pytest.approx(1)


def test_nothing_is_matched_with_nothing() -> None:
    found = interact(*question(), candidates([]))
    assert found.passage_scores.shape == found.sentence_scores.shape == (0,)


def test_a_question_made_of_a_passage_finds_it_with_score_one() -> None:
    own = tokens_of(passages()[6])
    found = interact(own, np.ones(len(own), np.float32), candidates())
    assert found.passage_scores.argmax() == 6
    assert found.passage_scores[6] == pytest.approx(1, abs=2e-3)


def test_a_token_counts_by_how_few_passages_hold_it() -> None:
    chance = np.random.default_rng(3)
    pieces = [chance.integers(0, 20, length) for length in range(PASSAGES)]
    holding = {piece: sum(piece in some for some in pieces) for piece in range(20)}
    weights = token_weights(range(21), holding, PASSAGES)
    expected = [np.log(1 + PASSAGES / (1 + holding.get(piece, 0))) for piece in range(21)]
    assert np.allclose(weights, expected, atol=1e-5)
    assert weights[20] == weights.max()  # no passage holds it


def test_the_best_token_of_a_sentence_for_each_of_the_question() -> None:
    tokens, _ = question()
    several = candidates()
    sentence = len(several.ranges) - 1
    first, end = several.ranges[sentence]
    best, similar = best_tokens(tokens, several, sentence)
    expected = tokens @ several.tokens[first:end].T
    assert (best == first + expected.argmax(axis=1)).all()
    assert np.allclose(similar, expected.max(axis=1), atol=1e-5)


def test_a_sentence_without_tokens_matches_nothing() -> None:
    tokens, _ = question()
    several = candidates()
    empty = next(n for n, (a, b) in enumerate(several.ranges) if a == b)
    assert (best_tokens(tokens, several, empty)[1] == 0).all()


def test_candidates_are_their_passages_one_after_the_other() -> None:
    every, several = passages(), candidates()
    for place, one in enumerate(every):
        tokens = several.tokens[several.bounds[place] : several.bounds[place + 1]]
        assert np.array_equal(tokens, tokens_of(one))
        own = slice(several.first[place], several.first[place + 1])
        assert np.array_equal(several.sentences[own], one.vectors.sentences)
        assert np.array_equal(several.ranges[own], one.vectors.ranges + several.bounds[place])
