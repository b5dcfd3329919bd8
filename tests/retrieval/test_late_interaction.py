"""Late interaction against a few loops of numpy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from peerqa.index.token_table import TokenTable
from peerqa.retrieval.late_interaction import LateInteraction

PASSAGES = 12


def table(seed: int = 3) -> TokenTable:
    """Passages of 0 to 9 tokens with up to three sentences, the first token of each outside of any sentence."""
    chance = np.random.default_rng(seed)
    lengths = [0, 1, *chance.integers(2, 10, PASSAGES - 2)]
    starts = np.cumsum([0, *lengths]).astype(np.int64)
    vectors = chance.normal(size=(starts[-1], 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sentences = []
    for start, length in zip(starts, lengths, strict=False):
        cuts = sorted({min(1, length), length // 2, length})
        sentences += [(start + a, start + b) for a, b in pairwise(cuts)] or [(start, start)]
    pieces = chance.integers(0, 20, starts[-1]).astype(np.int32)
    offsets = np.zeros((starts[-1], 2), dtype=np.int32)
    return TokenTable(vectors.astype(np.float16), pieces, offsets, starts, np.array(sentences, dtype=np.int64))


def question(count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(7)
    tokens = chance.normal(size=(count, 16)).astype(np.float32)
    return tokens / np.linalg.norm(tokens, axis=1, keepdims=True), chance.random(count).astype(np.float32) + 0.1


def greatest(token: np.ndarray, vectors: np.ndarray) -> float:
    return max((float(token @ vector.astype(np.float32)) for vector in vectors), default=0.0)


def sentences_of(table: TokenTable, rows: list[int]) -> list[int]:
    spans = [(table.passages[row], table.passages[row + 1]) for row in rows]
    return [n for n, (a, b) in enumerate(table.sentences) if a < b and any(s <= a and b <= e for s, e in spans)]


@pytest.mark.parametrize("ready", [0, 10**9])
@pytest.mark.parametrize("rows", [list(range(PASSAGES)), [0], [1, 4, 5], [11, 2, 7]])
def test_each_token_of_the_question_is_matched_with_its_nearest(rows: list[int], ready: int) -> None:
    tokens, weights = question()
    one = table()
    sentences = sentences_of(one, rows)
    found = LateInteraction(one, most_ready=ready).match(tokens, weights, rows, sentences)
    share = weights / weights.sum()
    passages = [[greatest(t, one.vectors[one.passages[r] : one.passages[r + 1]]) for r in rows] for t in tokens]
    inside = [[greatest(t, one.vectors[slice(*one.sentences[s])]) for s in sentences] for t in tokens]
    assert np.allclose(found.passages, passages, atol=1e-5)
    assert np.allclose(found.sentences, np.array(inside).reshape(len(tokens), len(sentences)), atol=1e-5)
    assert np.allclose(found.passage_scores, share @ np.array(passages), atol=1e-5)
    assert found.weights.sum() == pytest.approx(1)


def test_a_question_made_of_a_passage_finds_it_with_score_one() -> None:
    one = table()
    own = one.vectors[one.passages[6] : one.passages[7]].astype(np.float32)
    found = LateInteraction(one).match(own, np.ones(len(own), np.float32), list(range(PASSAGES)), [])
    assert found.passage_scores.argmax() == 6
    assert found.passage_scores[6] == pytest.approx(1, abs=2e-3)
    assert found.sentence_scores.shape == (0,)


def test_a_token_counts_by_how_few_passages_hold_it() -> None:
    one = table()
    holding = [sum(piece in one.pieces[a:b] for a, b in pairwise(one.passages)) for piece in range(21)]
    weights = LateInteraction(one).weights(range(21))
    assert np.allclose(weights, [np.log(1 + PASSAGES / (1 + count)) for count in holding], atol=1e-5)
    assert weights[20] == weights.max()  # no passage holds it


def test_the_best_token_of_a_sentence_for_each_of_the_question() -> None:
    one = table()
    tokens, _ = question()
    sentence = len(one.sentences) - 1
    first, end = one.sentences[sentence]
    best, similar = LateInteraction(one).best_tokens(tokens, sentence)
    expected = tokens @ one.vectors[first:end].astype(np.float32).T
    assert (best == first + expected.argmax(axis=1)).all()
    assert np.allclose(similar, expected.max(axis=1), atol=1e-5)


def test_a_sentence_without_tokens_matches_nothing() -> None:
    one = table()
    tokens, _ = question()
    empty = next(n for n, (a, b) in enumerate(one.sentences) if a == b)
    assert (LateInteraction(one).best_tokens(tokens, empty)[1] == 0).all()


def test_a_table_survives_the_way_through_named_arrays() -> None:
    one = table()
    back = TokenTable.of_arrays(one.arrays())
    assert all(np.array_equal(value, back.arrays()[name]) for name, value in one.arrays().items())
    with pytest.raises(KeyError):
        TokenTable.of_arrays({name: value for name, value in one.arrays().items() if name != "token_pieces"})
