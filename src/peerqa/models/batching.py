"""Questions that arrive together are encoded in one pass.

A pass over one question leaves most of a processor waiting for memory; over ten it takes hardly longer. So while one
pass runs, the questions that arrive wait, and the next pass takes all of them. A question that comes alone is encoded
at once, in its own thread: nothing waits for others that might come.

The cross-encoder needs no such thing: its passes are long, and threads share them as they come (runtime.side_by_side).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from peerqa.models.encoder import Encoder, ModelIdentity, Progress, TokenVectors, Vectors

MOST_AT_ONCE = 32
"""Texts of one pass. Thirty short questions take some 50 ms, so nobody waits long for others; more gain nothing."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class _Waiting(Generic[_Item, _Result]):
    """Items that one caller waits for, with what became of them."""

    __slots__ = ("done", "error", "items", "results")

    def __init__(self, items: Sequence[_Item]) -> None:
        self.items = items
        self.results: Sequence[_Result] = ()
        self.error: BaseException | None = None
        self.done = False


class Batches(Generic[_Item, _Result]):
    """Calls a function of many items with the items of several callers together. For threads that share it.

    First come, first served; each call of the function takes at most so many items, but never divides a caller's.
    There is no thread of its own: the caller that finds the function idle calls it for all that wait.
    """

    def __init__(self, function: Callable[[Sequence[_Item]], Sequence[_Result]], most: int) -> None:
        """function: returns one result for each item; its calls never overlap. most: items of one call."""
        self._function, self._most = function, most
        self._queue: deque[_Waiting[_Item, _Result]] = deque()
        self._changed = threading.Condition()
        self._running = False

    def __call__(self, items: Sequence[_Item]) -> Sequence[_Result]:
        """The function's results for these items. Raises what the function raises for them."""
        own: _Waiting[_Item, _Result] = _Waiting(items)
        with self._changed:
            self._queue.append(own)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: own.done or not self._running)
                if own.done:
                    break
                self._running = True
                batch = self._next()
            try:
                self._work_out(batch)
            finally:
                with self._changed:
                    self._running = False
                    self._changed.notify_all()
        if own.error is not None:
            raise own.error
        return own.results

    def _next(self) -> list[_Waiting[_Item, _Result]]:
        """Those that have waited longest, as many as go into one call."""
        batch = [self._queue.popleft()]
        count = len(batch[0].items)
        while self._queue and count + len(self._queue[0].items) <= self._most:
            batch.append(self._queue.popleft())
            count += len(batch[-1].items)
        return batch

    def _work_out(self, batch: Sequence[_Waiting[_Item, _Result]]) -> None:
        try:
            results = self._function([item for one in batch for item in one.items])
            begin = 0
            for one in batch:
                one.results = results[begin : begin + len(one.items)]
                begin += len(one.items)
        except BaseException as error:
            if isinstance(error, Exception) and len(batch) > 1:
                for one in batch:  # the items of one caller must not spoil those of the others
                    self._work_out([one])
                return
            for one in batch:
                one.error = error
        finally:
            for one in batch:
                one.done = True


class BatchingEncoder:
    """An encoder that reads the questions of several threads in one pass. Longer work, as for an index, goes to the
    encoder as it comes."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._batches: Batches[str, TokenVectors] = Batches(encoder.encode_tokens, MOST_AT_ONCE)

    @property
    def identity(self) -> ModelIdentity:
        return self._encoder.identity

    @property
    def vocabulary(self) -> frozenset[str]:
        return self._encoder.vocabulary

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`."""
        return self._encoder.encode(texts, progress)

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """See `Encoder.encode_tokens`. The vectors of a text differ by rounding alone, whatever it is encoded with."""
        if progress is not None or not 0 < len(texts) <= MOST_AT_ONCE:
            return self._encoder.encode_tokens(texts, progress)
        return list(self._batches(texts))
