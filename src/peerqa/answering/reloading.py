"""An assistant for a server: after another process has built the index anew, it answers from the new one.

So what `peerqa add` and `peerqa build` change shows without a restart. The new index is opened in a thread while the
old one still answers; if it cannot be opened, the old one is kept and `warnings` say why.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from peerqa.answering.answer import Answer
from peerqa.answering.asking import DocumentSummary
from peerqa.answering.assistant import Assistant
from peerqa.errors import IndexBusy, PeerqaError, Problem
from peerqa.index.store import Store
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice

LOOK_EVERY = 2.0
"""Seconds between two looks at the index folder; it is looked at only when somebody uses the assistant."""

_log = logging.getLogger("peerqa.answering.reloading")


class ReloadingAssistant:
    """Passes everything on to an assistant over the newest index. Threads may share it."""

    def __init__(
        self, assistant: Assistant, reopen: Callable[[], Assistant], index: str | Path, look_every: float = LOOK_EVERY
    ) -> None:
        """assistant: the first one. reopen: opens the index anew; may raise a PeerqaError. look_every: in seconds."""
        self._assistant, self._reopen, self._look_every = assistant, reopen, look_every
        self._store = Store(Path(index))
        self._seen = self._store.live()
        self._next_look = time.monotonic() + look_every
        self._failure: Notice | None = None
        self._opening = threading.Lock()

    @property
    def documents(self) -> tuple[DocumentSummary, ...]:
        return self._current().documents

    @property
    def reviews(self) -> tuple[Review, ...]:
        return self._current().reviews

    @property
    def starters(self) -> tuple[Suggestion, ...]:
        return self._current().starters

    @property
    def warnings(self) -> tuple[Notice, ...]:
        failure = () if self._failure is None else (self._failure,)
        return (*self._current().warnings, *failure)

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        return self._current().ask(question, history, documents)

    def within(self, section: str) -> Assistant:
        """The current assistant, narrowed to a section. It does not follow later builds: use it for one question."""
        return self._current().within(section)

    def _current(self) -> Assistant:
        """The assistant to use now. Starts to open another one if the index has changed."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + self._look_every
            if self._store.live() != self._seen and self._opening.acquire(blocking=False):
                threading.Thread(target=self._open, name="peerqa-reopen", daemon=True).start()
        return self._assistant

    def _open(self) -> None:
        try:
            found = self._store.live()
            self._assistant = self._reopen()
            self._seen, self._failure = found, None
        except IndexBusy:
            pass  # a build is under way: look again
        except PeerqaError as error:
            self._seen = found
            self._failure = Notice(Problem.OLD_REVIEWS_ANSWER, reason=error.notice)
            _log.warning("%s", self._failure)
        except Exception:  # a thread must not end in silence, nor the server with it
            self._seen = found
            self._failure = Notice(Problem.NEW_REVIEWS_NOT_OPENED)
            _log.exception("the index cannot be opened anew")
        finally:
            self._opening.release()
