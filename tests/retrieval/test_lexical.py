"""BM25 over the stems of a library against its own formula."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.index.collection import Collection
from peerqa.retrieval.lexical import Lexicon
from peerqa.text.words import stems_of
from stored import library_of_paragraphs
from stub_encoder import StubEncoder

WORDS = ["peer", "support", "worker", "hour", "pay", "trust"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8)
FEW = settings(max_examples=25)

K1, B = 1.2, 0.75


@contextmanager
def collection_of(texts: list[str]) -> Iterator[Collection]:
    encoder = StubEncoder()
    with tempfile.TemporaryDirectory() as folder:
        yield Collection(library_of_paragraphs(Path(folder), texts, encoder), encoder.identity)


def scores_of(collection: Collection, query: list[str]) -> list[float]:
    lexicon = Lexicon(collection, K1, B)
    rarities = lexicon.rarities(query)
    return [lexicon.score(passage, query, rarities) for passage in collection.candidates().passages]


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


@FEW
@given(TEXTS, st.lists(st.sampled_from([*WORDS, "unheard"]), max_size=5))
def test_scores_are_those_of_bm25(texts: list[str], query: list[str]) -> None:
    with collection_of(texts) as collection:
        assert collection.count == len(texts)
        assert scores_of(collection, query) == pytest.approx(bm25(texts, query), abs=1e-4)


@FEW
@given(TEXTS, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
def test_search_by_words_proposes_passages_that_hold_them(texts: list[str], query: list[str]) -> None:
    with collection_of(texts) as collection:
        found = collection.by_words(query, 3)
        numbers = collection.candidates().numbers
        scores = dict(zip(numbers, scores_of(collection, query), strict=True))
        assert sorted(found) == sorted(set(found))
        assert len(found) == min(3, sum(score > 0 for score in scores.values()))
        assert all(scores[number] > 0 for number in found)
        within = [number for number in numbers if number % 2]
        assert set(collection.by_words(query, len(texts), within)) == {one for one in within if scores[one] > 0}


@FEW
@given(TEXTS)
def test_a_rarer_stem_says_more(texts: list[str]) -> None:
    with collection_of(texts) as collection:
        rarity = Lexicon(collection, K1, B).rarities([*(stems_of(word)[0] for word in WORDS), "unheard"])
    counts = {word: sum(word in text.split() for text in texts) for word in WORDS}
    for one in WORDS:
        for other in WORDS:
            if counts[one] < counts[other]:
                assert rarity[stems_of(one)[0]] > rarity[stems_of(other)[0]]
    assert rarity["unheard"] >= max(rarity[stems_of(word)[0]] for word in WORDS)


@pytest.mark.parametrize("texts", [["…"], ["…", "***"], ["the of"]])
def test_texts_without_words_can_be_searched(texts: list[str]) -> None:
    with collection_of(texts) as collection:
        assert collection.count == len(texts)
        assert scores_of(collection, ["peer"]) == [0.0] * len(texts)
        assert scores_of(collection, []) == [0.0] * len(texts)
        assert collection.by_words(["peer"], 5) == collection.by_words([], 5) == []


@pytest.mark.parametrize("asked", ['"', "peer OR hour", "peer*", "NEAR(peer hour)", "stems:peer", "'", '"peer'])
def test_what_search_by_words_is_asked_is_no_query_of_its_own(asked: str) -> None:
    with collection_of(["peer", "hour"]) as collection:
        assert collection.by_words([asked], 5) == []


@pytest.mark.parametrize("word", ["naïve", "Ångström", "日本", "co-worker", "x2y", "straße", "e\u0301tude", "ﬁne"])
def test_any_word_of_a_text_is_found_by_words(word: str) -> None:
    with collection_of(["peer", f"{word} hour", "pay"]) as collection:
        (number,) = collection.by_words(stems_of(word), 5)
        assert number == collection.candidates().numbers[1]


def test_the_stems_of_a_text() -> None:
    with collection_of(["Workers working", "hours"]) as collection:
        assert set(collection.candidates().passages[0].stems) == {"worker", "work"}
        assert collection.passages_with_stem(["worker", "hour", "unheard"]) == {"worker": 1, "hour": 1}
