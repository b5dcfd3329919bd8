"""The page in each language and the HTTP interface together answer no more questions at once than one limit says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from html import unescape

import pytest
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant
from peerqa.answering.answer import Answer
from peerqa.web.app import WebSettings, create_app
from peerqa.wording import strings

HERE = "http://127.0.0.1"
AT_ONCE, WAITING = 2, 1
PATIENCE = 120
"""Seconds after which a test that hangs fails; a busy machine needs a few."""


class SlowAssistant(FakeAssistant):
    """Answers a question that begins with "Wait" only when it is let go; counts how many it answers at once."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        documents: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Answer:
        if not question.startswith("Wait"):
            return super().ask(question, history, documents, tags)
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        self.go_on.wait()
        with self._lock:
            self.now -= 1
        return super().ask(question, history, documents, tags)


@pytest.fixture
def assistant() -> SlowAssistant:
    return SlowAssistant()


@pytest.fixture
def client(assistant: SlowAssistant) -> Iterator[TestClient]:
    settings = WebSettings(max_concurrent=AT_ONCE, max_waiting=WAITING)
    with TestClient(create_app(assistant, settings=settings), base_url=HERE) as started:
        yield started


@pytest.fixture
def others(assistant: SlowAssistant) -> Iterator[ThreadPoolExecutor]:
    """Visitors who ask at the same time."""
    with ThreadPoolExecutor(10) as pool:
        try:
            yield pool
        finally:
            assistant.go_on.set()


def by_program(client: TestClient) -> int:
    """The status."""
    answered = client.post("/api/ask", json={"question": "Wait, what challenges?"})
    if answered.status_code == 503:
        assert answered.headers["retry-after"] == "1"
        assert answered.json() == {"detail": strings.BUSY}
    return answered.status_code


def on_page(client: TestClient, language: str = "") -> str:
    """What the page shows."""
    sent = json.dumps({"questions": [{"question": "Wait, what challenges?"}]})
    body = {"data": [sent, None], "event_data": None, "fn_index": 0, "trigger_id": 1}
    asked = client.post(f"{language}/gradio_api/run/predict", json={**body, "session_hash": "a"})
    shown: str = asked.json()["data"][0][1]["content"][0]["text"]
    return unescape(shown)


def test_the_page_and_programs_share_one_limit(
    assistant: SlowAssistant, client: TestClient, others: ThreadPoolExecutor
) -> None:
    english: Future[str] = others.submit(on_page, client)
    french: Future[str] = others.submit(on_page, client, "/fr")
    for _ in range(AT_ONCE):
        assert assistant.begun.acquire(timeout=PATIENCE)
    assert by_program(client) == 503
    # Of two more on the page one may wait, whichever comes first; the other is refused at once.
    more = [others.submit(on_page, client), others.submit(on_page, client, "/fr")]
    busy = [strings.BUSY]
    with strings.using("fr"):
        busy.append(strings.BUSY)
    (first,) = wait(more, timeout=PATIENCE, return_when=FIRST_COMPLETED).done
    assert any(line in first.result() for line in busy)
    assistant.go_on.set()
    assert all("These range from" in one.result() for one in (english, french, *more) if one != first)
    assert by_program(client) == 200
    assert assistant.most == AT_ONCE


def test_the_page_waits_for_programs(assistant: SlowAssistant, client: TestClient, others: ThreadPoolExecutor) -> None:
    programs = [others.submit(by_program, client) for _ in range(AT_ONCE)]
    for _ in programs:
        assert assistant.begun.acquire(timeout=PATIENCE)
    waiting = others.submit(on_page, client)
    assert by_program(client) == 503
    assert assistant.now == AT_ONCE
    assistant.go_on.set()
    assert [one.result() for one in programs] == [200] * AT_ONCE
    assert "These range from" in waiting.result()
    assert assistant.most == AT_ONCE
