"""Networks on onnxruntime, which nothing else imports: a graph without weights from a file, its weights from memory.

The graphs in weights/*.onnx hold the structure of the networks alone (some kilobytes, made by
training/build_graphs.py); the weights stay in safetensors, so that a new training replaces one file.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import ModelError, Problem, reason_of

Arrays = Mapping[str, NDArray[Any]]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

MOST_THREADS = 8
"""More threads than this did not shorten a pass over a few hundred tokens."""
_most_threads = MOST_THREADS


class Graph:
    """A network that turns named arrays into arrays. Threads may share it."""

    def __init__(self, path: Path, weights: Arrays | None = None, one_thread: bool = False) -> None:
        """path: the graph's file. weights: what the graph names and leaves out; None for a graph that holds its own.
        one_thread: whether a pass takes place in the thread that asks for it alone, so that passes run side by side
        (`side_by_side`); else it is divided among threads of its own.

        Raises ModelError where it cannot be read.
        """
        runtime = _onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1 if one_thread else threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # A pass grows its arena to the longest text that it has met and would keep that for good.
        options.enable_cpu_mem_arena = False
        if weights is not None:
            # Our own graphs are written in fused operators: there is nothing to find in them, and it takes time.
            options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
            values = [runtime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value)) for value in weights.values()]
            options.add_external_initializers(list(weights), values)
        try:
            self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no class but this
            raise ModelError(Problem.NETWORK_NOT_READABLE, path=path, reason=reason_of(error)) from error

    def run(self, inputs: Arrays) -> list[NDArray[np.float32]]:
        """The outputs for the inputs, in the graph's order."""
        found: list[NDArray[np.float32]] = self._session.run(None, dict(inputs))
        return found


def side_by_side(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """The function's result for each item, worked out in as many threads at a time as there are processors.

    All callers of the process share these threads, first come, first served: whoever asks with one long list waits
    no longer for it, and many callers do not crowd each other out. For functions that spend their time in a Graph of
    one thread. Raises what the function raises.
    """
    if len(items) < 2 or threads() == 1:
        return [function(item) for item in items]
    return list(_workers().map(function, items))


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads(), thread_name_prefix="peerqa-network")


def use_threads(most: int) -> None:
    """Use at most so many threads in this process from now on; networks that are loaded already keep theirs."""
    global _most_threads
    _most_threads = most


def threads() -> int:
    """Threads of one pass: the processors that this process may use, at most MOST_THREADS (or what `use_threads` was
    told)."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, _most_threads))


@lru_cache(maxsize=1)
def multiplies_int8() -> bool:
    """Whether the processor multiplies 8-bit integers exactly and fast (VNNI or AMX; ARM's dot product).

    Without these instructions onnxruntime's int8 products saturate on x86, and are no faster than 32 bits.
    """
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text("ascii", "replace")
    except OSError:
        return False  # Windows and older Macs: the exact way
    return any(flag in flags for flag in ("avx512_vnni", "avx_vnni", "amx_int8"))


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(Problem.PACKAGE_NOT_IMPORTED, package="onnxruntime", reason=error) from error
    return onnxruntime


def padded(rows: Sequence[Sequence[int]], filling: int = 0) -> NDArray[np.int64]:
    """(n, longest) int64: the rows one below the other, filled up on the right."""
    longest = max((len(row) for row in rows), default=0)
    table = np.full((len(rows), longest), filling, dtype=np.int64)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table
