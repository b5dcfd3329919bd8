"""How the time of a function grows with its input, measured so that a busy machine does not change the verdict."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

TIMES = 10
"""How much longer the long input is than the short one."""
ALLOWED = 3.0
"""How far the growth may be from linear; quadratic time is off by TIMES."""
ATTEMPTS = 5
TOO_SHORT = 0.01
"""In seconds of processor time: what takes less is noise."""


def assert_linear(function: Callable[[int], object], size: int) -> None:
    """Fail if a function of a size takes far more than ten times as long for ten times the size, in every attempt.

    Only processor time counts, and the best of all attempts, so other processes cannot make the verdict worse.
    """
    short = long = float("inf")
    for _ in range(ATTEMPTS):
        short = min(short, _seconds(function, size))
        long = min(long, _seconds(function, TIMES * size))
        if long <= max(TIMES * ALLOWED * short, TOO_SHORT):
            return
    raise AssertionError(f"{short:.4f} s for a size of {size}, {long:.4f} s for {TIMES} times that")


def _seconds(function: Callable[[int], object], size: int) -> float:
    start = process_time()
    function(size)
    return process_time() - start
