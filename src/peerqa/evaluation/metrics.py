"""Measures of ranking, refusal and calibration as pure functions, with their usual definitions.

A question for which nothing was found scores zero; it is never left out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Sequence

import numpy as np


def hit_at_1(ranking: Sequence[Hashable], right: Collection[Hashable]) -> float:
    """1 if the first item is right, else 0."""
    return float(bool(ranking) and ranking[0] in right)


def reciprocal_rank(ranking: Sequence[Hashable], right: Collection[Hashable]) -> float:
    """1 / rank of the first right item, 0 if there is none; the mean over questions is MRR (Voorhees 1999)."""
    return next((1.0 / rank for rank, item in enumerate(ranking, 1) if item in right), 0.0)


def recall_at(k: int, ranking: Sequence[Hashable], right: Collection[Hashable]) -> float:
    """Share of the right items that are among the first k; 0 if there is no right item."""
    wanted = set(right)
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else 0.0


def ndcg_at(k: int, ranking: Sequence[Hashable], gains: dict[Hashable, float]) -> float:
    """Discounted cumulative gain of the first k items, divided by that of the best order (Järvelin & Kekäläinen 2002).
    gains: the gain of each right item; others have 0."""
    found = sum(gains.get(item, 0.0) / math.log2(rank + 1) for rank, item in enumerate(ranking[:k], 1))
    best = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:k], 1))
    return found / best if best else 0.0


def share_within_words(budget: int, sentences: Sequence[tuple[Hashable, int]], right: Collection[Hashable]) -> float:
    """Share of the right sentences that are read to their end within a budget of words. sentences: in reading order,
    each with its number of words."""
    wanted, read, found = set(right), 0, set()
    for item, words in sentences:
        read += words
        if read > budget:
            break
        found.add(item)
    return len(wanted & found) / len(wanted) if wanted else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a positive scores higher than a negative, a tie counting half; nan if one kind is missing."""
    if not len(positives) or not len(negatives):
        return math.nan
    above = np.asarray(positives, dtype=float)[:, None]
    below = np.asarray(negatives, dtype=float)[None, :]
    return float((above > below).mean() + 0.5 * (above == below).mean())


def refused_at(share: float, positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Share of the negatives below the threshold that refuses `share` (0 to 1) of the positives; nan if there is none
    of one kind."""
    if not len(positives) or not len(negatives):
        return math.nan
    threshold = float(np.quantile(np.asarray(positives, dtype=float), share))
    return float((np.asarray(negatives, dtype=float) < threshold).mean())


def calibration_bins(
    confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """(mean confidence, share of true outcomes, number) of each of `bins` equal parts of 0 to 1 that is not empty."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        groups.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, outcome))
    return [
        (sum(c for c, _ in group) / len(group), sum(o for _, o in group) / len(group), len(group))
        for _, group in sorted(groups.items())
    ]


def expected_calibration_error(confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10) -> float:
    """Mean distance between confidence and share of true outcomes over bins, weighted by their size (Naeini et al.
    2015); nan without outcomes."""
    found = calibration_bins(confidences, outcomes, bins)
    total = sum(count for _, _, count in found)
    return sum(count * abs(confidence - share) for confidence, share, count in found) / total if total else math.nan


def bootstrap_interval(
    values: Sequence[float], level: float = 0.95, samples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """(low, high) of the percentile bootstrap interval of the mean (Efron 1979); nan without values."""
    if not len(values):
        return math.nan, math.nan
    drawn = np.random.default_rng(seed).choice(np.asarray(values, dtype=float), (samples, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
