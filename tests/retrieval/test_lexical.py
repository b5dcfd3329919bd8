"""BM25 over stems against its own formula."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.retrieval.lexical import Lexicon
from peerqa.text.words import stems_of

WORDS = ["peer", "support", "worker", "hour", "pay", "trust"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8)


K1, B = 1.2, 0.75


def lexicon_of(texts: list[str]) -> Lexicon:
    return Lexicon(texts, K1, B)


def bm25(texts: list[str], query: list[str], k1: float = K1, b: float = B) -> list[float]:
    """Robertson & Zaragoza (2009) with Lucene's idf."""
    bags = [Counter(stems_of(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for stem in query:
            holding = sum(stem in other for other in bags)
            idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            score += idf * bag[stem] / (bag[stem] + k1 * (1 - b + b * bag.total() / mean)) if bag[stem] else 0.0
        scores.append(score)
    return scores


@given(TEXTS, st.lists(st.sampled_from([*WORDS, "unheard"]), max_size=5))
def test_scores_are_those_of_bm25(texts: list[str], query: list[str]) -> None:
    scores = lexicon_of(texts).scores(query)
    assert scores.shape == (len(texts),)
    assert scores.tolist() == pytest.approx(bm25(texts, query), abs=1e-4)


@given(TEXTS)
def test_a_rarer_stem_says_more(texts: list[str]) -> None:
    lexicon = lexicon_of(texts)
    counts = {word: sum(word in text.split() for text in texts) for word in WORDS}
    for one in WORDS:
        for other in WORDS:
            if counts[one] < counts[other]:
                assert lexicon.rarity(stems_of(one)[0]) > lexicon.rarity(stems_of(other)[0])
    assert lexicon.rarity("unheard") >= max(lexicon.rarity(stems_of(word)[0]) for word in WORDS)


@pytest.mark.parametrize("texts", [[""], ["…", "***"], ["the of"]])
def test_texts_without_words_can_be_searched(texts: list[str]) -> None:
    lexicon = lexicon_of(texts)
    assert lexicon.scores(["peer"]).tolist() == [0.0] * len(texts)
    assert lexicon.scores([]).tolist() == [0.0] * len(texts)


def test_the_stems_of_a_text() -> None:
    assert lexicon_of(["Workers working", "hours"]).stems_in(0) == {"worker", "work"}
