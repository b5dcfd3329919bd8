"""The measures, on examples small enough to check by hand."""

from __future__ import annotations

import math
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.evaluation import metrics


def test_ranking_measures_by_hand() -> None:
    ranking = ["b", "a", "d", "c"]
    assert metrics.hit_at_1(ranking, {"a"}) == 0
    assert metrics.hit_at_1(ranking, {"a", "b"}) == 1
    assert metrics.reciprocal_rank(ranking, {"a", "c"}) == 1 / 2
    assert metrics.recall_at(3, ranking, {"a", "c"}) == 1 / 2
    # DCG 1/log2(3) + 2/log2(5) over the best order 2/log2(2) + 1/log2(3)
    gains: dict[Hashable, float] = {"a": 1.0, "c": 2.0}
    expected = (1 / math.log2(3) + 2 / math.log2(5)) / (2 + 1 / math.log2(3))
    assert metrics.ndcg_at(5, ranking, gains) == pytest.approx(expected)


def test_an_unanswered_question_scores_zero() -> None:
    assert metrics.hit_at_1([], {"a"}) == metrics.reciprocal_rank([], {"a"}) == metrics.recall_at(3, [], {"a"}) == 0
    assert metrics.ndcg_at(5, [], {"a": 1.0}) == 0
    assert metrics.share_within_words(150, [], {"a"}) == 0


def test_share_within_words_stops_where_the_reader_stops() -> None:
    sentences = [("a", 100), ("b", 50), ("c", 1)]
    assert metrics.share_within_words(150, sentences, {"a", "b", "c"}) == pytest.approx(2 / 3)
    assert metrics.share_within_words(149, sentences, {"a", "b", "c"}) == pytest.approx(1 / 3)


def test_auroc_and_refusal_by_hand() -> None:
    assert metrics.auroc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert math.isnan(metrics.auroc([], [1.0]))
    good = [value / 100 for value in range(100)]
    assert metrics.refused_at(0.05, good, [0.01, 0.9]) == 0.5


def test_calibration_error_by_hand() -> None:
    assert metrics.expected_calibration_error([1.0, 1.0, 0.0, 0.0], [True, True, False, False]) == 0
    assert metrics.expected_calibration_error([0.75] * 4, [True, True, False, False]) == pytest.approx(0.25)
    assert metrics.calibration_bins([0.75] * 4, [True, True, True, False]) == [(0.75, 0.75, 4)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_holds_the_mean(values: list[float]) -> None:
    low, high = metrics.bootstrap_interval(values, samples=200)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_auroc_turns_round_with_its_arguments(good: list[float], bad: list[float]) -> None:
    assert metrics.auroc(good, bad) == pytest.approx(1 - metrics.auroc(bad, good))
