"""Files -> Reviews, several at a time, in processes of their own.

    python -m peerqa.library.parallel_reading CORPUS    pickled paths on stdin, pickled Reviews or errors on stdout

A worker is started with the interpreter and not forked, since the encoder's threads must not be copied; nor does it run
the caller's program again, as Python's own pools of processes do.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from peerqa.errors import CorpusError, Problem
from peerqa.library.review import Review, read_review
from peerqa.notices import Notice
from peerqa.reading.files import read_document

_AHEAD = 8
"""Files that each worker may be ahead, so that memory does not grow with the corpus."""


def read_one(path: Path, corpus: Path) -> Review | CorpusError:
    """The review of a file, or the error that tells why it is none."""
    try:
        return read_review(read_document(path, corpus))
    except CorpusError as error:
        return error
    except (RecursionError, MemoryError):
        return CorpusError(Problem.NOT_READABLE, path=path, reason=Notice(Problem.NESTED_TOO_DEEP))
    except Exception as error:  # a fault in reading costs this file, and never the others
        return CorpusError(Problem.NOT_READABLE, path=path, reason=type(error).__name__)


def read_all(paths: Sequence[Path], corpus: Path, workers: int) -> Iterator[Review | CorpusError]:
    """What `read_one` returns for each file, in their order; without processes of their own for one worker."""
    if workers <= 1:
        yield from (read_one(path, corpus) for path in paths)
        return
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for _ in range(workers):
        idle.put(_Worker(corpus))

    def read(path: Path) -> Review | CorpusError:
        worker = idle.get()
        try:
            return worker.read(path)
        finally:
            idle.put(worker)

    running: deque[Future[Review | CorpusError]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for path in paths:
                running.append(threads.submit(read, path))
                if len(running) >= _AHEAD * workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)
            for _ in range(workers):
                idle.get().stop()


class _Worker:
    """A process that reads one file after the other. Used by one thread at a time."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path) -> Review | CorpusError:
        """What `read_one` returns; an error that names the file if the process ends before it has read it."""
        if self._process is None:
            command = [sys.executable, "-m", "peerqa.library.parallel_reading", str(self._corpus)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump(path, process.stdin)
            process.stdin.flush()
            found: Review | CorpusError = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.stop()
            reason = Notice(Problem.EXIT_STATUS, status=process.returncode)
            return CorpusError(Problem.CONVERSION_OVER_LIMITS, path=path, reason=reason)
        return found

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    assert stream is not None
                    stream.close()
            process.terminate()
            process.wait()


def _serve(corpus: Path, source: BinaryIO, target: BinaryIO) -> None:
    """Read what is asked for until the source ends."""
    while True:
        try:
            path: Path = pickle.load(source)
        except EOFError:
            return
        pickle.dump(read_one(path, corpus), target)
        target.flush()


if __name__ == "__main__":
    from peerqa.library import parallel_reading  # by this name, so that what is pickled is found by the other side

    with suppress(KeyboardInterrupt, BrokenPipeError):
        parallel_reading._serve(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
