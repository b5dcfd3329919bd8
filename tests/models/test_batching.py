"""Questions that arrive together are encoded together; nobody waits without need, and nobody pays for another."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from peerqa.models.batching import MOST_AT_ONCE, Batches, BatchingEncoder
from peerqa.models.encoder import TokenVectors, load_encoder
from stub_encoder import StubEncoder

LIMIT = 30
"""Seconds that nobody reaches."""


class Slow:
    """Upper-cases words; its first call waits until `go` is set. calls: the words of each call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.entered, self.go = threading.Event(), threading.Event()

    def __call__(self, words: Sequence[str]) -> list[str]:
        self.calls.append(list(words))
        self.entered.set()
        assert self.go.wait(LIMIT)
        if "bad" in words:
            raise ValueError("bad")
        return [word.upper() for word in words]


def asked_during_the_first(slow: Slow, most: int, requests: Sequence[Sequence[str]]) -> list[Sequence[str] | Exception]:
    """What each of the requests gets that arrive, in this order, while the call for another is under way."""
    batches: Batches[str, str] = Batches(slow, most)
    with ThreadPoolExecutor(len(requests) + 1) as pool:
        first = pool.submit(batches, ["first"])
        assert slow.entered.wait(LIMIT)
        waiting = []
        for number, request in enumerate(requests, 1):
            waiting.append(pool.submit(batches, request))
            while len(batches._queue) < number:
                pass
        slow.go.set()
        assert first.result(LIMIT) == ["FIRST"]
        return [one.exception(LIMIT) or one.result() for one in waiting]  # type: ignore[misc]


def test_who_comes_alone_is_served_at_once() -> None:
    slow = Slow()
    slow.go.set()
    batches: Batches[str, str] = Batches(slow, 10)
    assert batches(["a", "b"]) == ["A", "B"]
    assert batches(["c"]) == ["C"]
    assert slow.calls == [["a", "b"], ["c"]]


def test_those_who_wait_are_served_together_and_each_gets_its_own() -> None:
    slow = Slow()
    assert asked_during_the_first(slow, 10, [["a"], ["b", "c"], ["d"]]) == [["A"], ["B", "C"], ["D"]]
    assert slow.calls == [["first"], ["a", "b", "c", "d"]]


def test_a_call_takes_no_more_than_it_may_and_who_came_first_goes_first() -> None:
    slow = Slow()
    assert asked_during_the_first(slow, 3, [["a"], ["b"], ["c", "d"], ["e"]]) == [["A"], ["B"], ["C", "D"], ["E"]]
    assert slow.calls == [["first"], ["a", "b"], ["c", "d", "e"]]


def test_a_request_that_is_larger_than_a_call_is_served_whole() -> None:
    slow = Slow()
    assert asked_during_the_first(slow, 2, [["a", "b", "c"]]) == [["A", "B", "C"]]


def test_an_error_is_raised_for_the_one_who_causes_it() -> None:
    slow = Slow()
    good, bad, other = asked_during_the_first(slow, 10, [["a"], ["bad"], ["b"]])
    assert (good, other) == (["A"], ["B"])
    assert isinstance(bad, ValueError)


def test_the_encoder_behind_it_is_asked_for_what_it_is_asked() -> None:
    encoder = StubEncoder()
    batching = BatchingEncoder(encoder)
    assert batching.identity == encoder.identity
    assert batching.vocabulary == encoder.vocabulary
    texts = [f"text {number}" for number in range(MOST_AT_ONCE + 1)]
    assert np.array_equal(batching.encode(texts), encoder.encode(texts))
    for some in (texts, texts[:2], []):
        for found, own in zip(batching.encode_tokens(some), encoder.encode_tokens(some), strict=True):
            assert same(found, own, 0)


@pytest.mark.model
def test_a_question_has_the_same_vectors_whoever_asks_beside_it() -> None:
    encoder = load_encoder()
    texts = ["What helps?", "Which barriers do peer support workers meet in their teams, and why?", "hours"]
    for text, found in zip(texts, encoder.encode_tokens(texts), strict=True):
        assert same(found, encoder.encode_tokens([text])[0], 1e-5)


def same(one: TokenVectors, other: TokenVectors, tolerance: float) -> bool:
    return (
        np.array_equal(one.pieces, other.pieces)
        and np.allclose(one.vector, other.vector, atol=tolerance)
        and np.allclose(one.tokens, other.tokens, atol=tolerance)
    )
