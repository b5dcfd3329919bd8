"""Confidence: two logistic regressions, their product, a threshold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.answering.assistant import Assistant
from peerqa.retrieval.confidence import SIGNALS, Confidence, Logistic, ahead

FINITE = st.floats(-1e6, 1e6)


def test_a_regression_is_its_formula() -> None:
    assert Logistic(0.0, {}).of({}) == 0.5
    assert Logistic(-1.0, {"a": 2.0, "b": 0.5}).of({"a": 1.0, "b": 3.0, "unused": 9.0}) == pytest.approx(
        1 / (1 + math.exp(-2.5))
    )


@given(FINITE, FINITE, FINITE)
def test_it_is_a_probability_for_any_signal(intercept: float, weight: float, signal: float) -> None:
    assert 0 <= Logistic(intercept, {"a": weight}).of({"a": signal}) <= 1


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_a_stronger_signal_never_lowers_it(one: float, other: float) -> None:
    regression = Logistic(0.3, {"a": 0.7})
    assert (one < other) <= (regression.of({"a": one}) <= regression.of({"a": other}))


def test_both_must_be_likely() -> None:
    likely, unlikely = Logistic(9.0, {}), Logistic(-9.0, {})
    assert Confidence(likely, unlikely, 0.5).of({}) < 0.01 > Confidence(unlikely, likely, 0.5).of({})
    assert Confidence(likely, likely, 0.5).of({}) > 0.99


def test_a_missing_signal_is_told() -> None:
    with pytest.raises(KeyError, match="absent"):
        Logistic(0.0, {"absent": 1.0}).of({})


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ([(2.0, "a"), (1.0, "a"), (0.5, "a"), (0.0, "a"), (-9.0, "a")], 1.5),  # the next three
        ([(2.0, "a"), (1.9, "b"), (1.0, "a"), (1.8, "b")], 1.0),  # those of its own review alone
        ([(2.0, "a"), (1.5, "b")], 0.5),  # of another, where its own has none
    ],
)
def test_how_far_the_best_passage_is_ahead(ranked: list[tuple[float, str]], expected: float) -> None:
    assert ahead(ranked, 3, 0.2) == pytest.approx(expected)


def test_one_passage_alone_is_as_far_ahead_as_it_is_said_to_be() -> None:
    assert ahead([(3.0, "b")], 3, 0.2) == 0.2


def test_retrieval_gives_every_signal_that_there_is(little: Assistant) -> None:
    assert little.rank("What challenges do PSWs face?").signals.keys() == SIGNALS.keys()
