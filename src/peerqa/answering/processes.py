"""Several processes that answer questions from one library, behind one assistant.

One process has one Python interpreter, and much of an answer around the networks takes place there, one question at a
time. Here that is shared out, while the page and its sessions, the limit on questions and the file of kept questions
stay in the process that serves: a reader's next question may be answered by any of the processes, since each question
brings its history along.
"""

from __future__ import annotations

import contextlib
import copy
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, cast

from peerqa.answering.answer import Answer
from peerqa.answering.asking import Assistant
from peerqa.errors import PeerqaError
from peerqa.models import runtime

Opening = Callable[[], Assistant]
"""Opens the assistant of a process; it is pickled, so it is a function of a module, or a partial of one."""


class AnsweringProcesses:
    """Passes questions on to processes, and all else that it is asked on to an assistant. Threads may share it."""

    def __init__(self, assistant: Assistant, opening: Opening, processes: int) -> None:
        """assistant: of this process, over the same library. processes: their number; they start at once, and share
        the processors of this process."""
        self._assistant = assistant
        self._section: str | None = None
        self._pool = _Pool(opening, processes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def __copy__(self) -> AnsweringProcesses:
        copied = object.__new__(AnsweringProcesses)
        copied.__dict__.update(self.__dict__)
        return copied

    def within(self, section: str) -> AnsweringProcesses:
        """See `Assistant.within`."""
        narrowed = copy.copy(self)
        narrowed._assistant, narrowed._section = self._assistant.within(section), section
        return narrowed

    def ask(self, *arguments: Any, **named: Any) -> Answer:
        """Answer a question in one of the processes; takes and raises what `Assistant.ask` does."""
        found = self._pool.call(_answer, self._section, arguments, named)
        if isinstance(found, _Raised):
            raise found.error()
        return cast(Answer, found)

    def close(self) -> None:
        """Let the processes answer what they have begun, and end them."""
        self._pool.close()


class _Pool:
    """The processes; started anew if one of them dies, as when the system is short of memory."""

    def __init__(self, opening: Opening, processes: int) -> None:
        self._opening, self._processes = opening, processes
        self._replacing = threading.Lock()
        self._executor = self._started()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function's result in one of the processes. A process that dies meanwhile is replaced once."""
        executor = self._executor
        try:
            return executor.submit(function, *arguments).result()
        except BrokenProcessPool:
            with self._replacing:
                if self._executor is executor:  # else another thread has done so
                    self._executor = self._started()
            return self._executor.submit(function, *arguments).result()

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        share = max(1, runtime.threads() // self._processes)
        executor = ProcessPoolExecutor(
            self._processes, multiprocessing.get_context("spawn"), _start, (self._opening, share)
        )
        for _ in range(self._processes):
            executor.submit(os.getpid)  # a process starts when there is work that no other is free for
        return executor


class _Raised:
    """An error that a user caused, on its way between processes: the arguments of its class are not in it."""

    def __init__(self, error: PeerqaError) -> None:
        self._kind, self._values = type(error), dict(error.__dict__)

    def error(self) -> PeerqaError:
        error = self._kind.__new__(self._kind)
        error.__dict__.update(self._values)
        return error


# ---- in each of the processes ---------------------------------------------------------------------------------------

_own: list[Assistant] = []
"""The assistant of this process."""


def _start(opening: Opening, threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all; the process that serves decides when to end
    threading.Thread(target=_end_with_parent, name="peerqa-parent", daemon=True).start()
    runtime.use_threads(threads)
    _own[:] = [opening()]


def _end_with_parent() -> None:
    """End when the process that serves does, even if it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        with contextlib.suppress(InterruptedError):
            parent.join()
        os._exit(1)


def _answer(section: str | None, arguments: tuple[Any, ...], named: dict[str, Any]) -> Answer | _Raised:
    try:
        assistant = _own[0] if section is None else _own[0].within(section)
        return assistant.ask(*arguments, **named)
    except PeerqaError as error:
        return _Raised(error)
