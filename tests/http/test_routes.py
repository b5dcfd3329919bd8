"""The HTTP side: routes, limits, headers, the gate before Gradio."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant
from page_turns import next_turn
from peerqa.answering.answer import Answer
from peerqa.web.app import WebSettings, create_app
from peerqa.web.security import BODY_LIMIT
from peerqa.wording import strings

# Gradio's queue speaks to pandas in a way that newer versions of pandas complain about.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*future.no_silent_downcasting.*"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated.*"),
]

HERE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(assistant: FakeAssistant) -> TestClient:
    return TestClient(create_app(assistant), base_url=HERE)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    """A client of the started application, and the folder that Gradio would copy files to."""
    cache = tmp_path_factory.mktemp("gradio-cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(cache))
        with TestClient(create_app(FakeAssistant()), base_url=HERE) as started:
            yield started, cache


# ---- the JSON interface


def test_ask_gives_the_answer_as_json(client: TestClient, assistant: FakeAssistant) -> None:
    response = client.post("/api/ask", json={"question": "  What\tchallenges?\n", "history": ["Hello", "And then?"]})
    assert response.status_code == 200
    assert assistant.asked[-1] == ("What challenges?", ("Hello", "And then?"))
    assert response.json() == assistant.ask("What challenges?").to_dict()


def test_health(client: TestClient) -> None:
    body = client.get("/healthz").json()
    assert {key: body[key] for key in ("status", "documents", "passages")} == {
        "status": "ok", "documents": 1, "passages": 24,
    }  # fmt: skip
    assert body["version"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"not json", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"question": 3}', 422),
        (b'{"question": null}', 422),
        (b'{"question": ["a"]}', 422),
        (b'{"question": ""}', 422),
        (b'{"question": " \\u0000\\n "}', 422),
        (b'{"question": "\\ud800"}', 422),
        (b'{"question": "a", "history": "b"}', 422),
        (b'{"question": "a", "history": [1]}', 422),
        (b'{"question": "a", "history": [""]}', 422),
        (b'{"question": "a", "more": 1}', 422),
        (b'{"question": {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}}', 422),
        (json.dumps({"question": "a" * 1001}).encode(), 422),
        (json.dumps({"question": "a", "history": ["b"] * 11}).encode(), 422),
        (json.dumps({"question": "a", "history": ["b" * 1001]}).encode(), 422),
        (b'{"question": ' + b"[" * 20000 + b"]" * 20000 + b"}", 422),
        (json.dumps({"question": "a" * BODY_LIMIT}).encode(), 413),
    ],
)
def test_bad_input_is_refused_in_one_line(client: TestClient, content: bytes, status: int) -> None:
    response = client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (status, 400)
    detail = response.json()["detail"]
    assert isinstance(detail, str)
    assert "\n" not in detail
    assert len(detail) < 200


def test_unusual_text_is_answered(client: TestClient) -> None:
    for question in ("a\u0000b", "\u202eabc", "e" + "\u0301" * 999, "\u200b?", "𝐰𝐡𝐲?"):
        assert client.post("/api/ask", json={"question": question}).status_code == 200


def test_a_body_without_a_length_is_limited_too(client: TestClient) -> None:
    chunks = (b" " * 1024 for _ in range(BODY_LIMIT // 1024 + 1))
    assert client.post("/api/ask", content=chunks).status_code == 413


def test_a_failure_is_one_friendly_line_and_logs_no_question(
    client: TestClient, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.post("/api/ask", json={"question": "please explode"})
        turn = next_turn(assistant, "please explode", (), 1000)
    assert response.status_code == 500
    assert response.json() == {"detail": strings.FAILED}
    assert "notice" in turn.html
    assert turn.failed
    assert not turn.answered
    assert "explode" not in turn.html
    assert "RuntimeError" in caplog.text
    assert "explode" not in caplog.text


def test_too_many_at_once_get_a_503() -> None:
    class Nested(FakeAssistant):
        def ask(self, question: str, history: Any = (), documents: Any = (), tags: Any = ()) -> Answer:
            inner = nested.post("/api/ask", json={"question": "again"})
            assert inner.status_code == 503
            return super().ask(question, history)

    nested = TestClient(create_app(Nested(), settings=WebSettings(max_concurrent=1)), base_url=HERE)
    for _ in range(2):
        assert nested.post("/api/ask", json={"question": "once"}).status_code == 200


# ---- headers, hosts, origins


def test_every_response_carries_the_headers(client: TestClient) -> None:
    for path in ("/", "/healthz", "/static/peerqa.js", "/nowhere", "/config"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/healthz").headers["cache-control"] == "no-store"


def test_the_page_has_a_fresh_nonce_on_each_script_and_no_foreign_address(client: TestClient) -> None:
    first, second = client.get("/"), client.get("/")
    nonces = [page.headers["content-security-policy"].split("'nonce-")[1].split("'")[0] for page in (first, second)]
    assert nonces[0] != nonces[1]
    assert first.text.count("<script") == first.text.count(f'<script nonce="{nonces[0]}"') > 3
    packed = client.head("/").headers
    assert packed["content-encoding"] == "gzip"
    assert int(packed["content-length"]) < len(first.content)
    assert "githubusercontent" not in first.text
    assert "gradio.app" not in first.text
    assert "<h1>Peer Support in Mental Health</h1>" in first.text


def test_the_compact_page_is_asked_for_in_the_address(client: TestClient) -> None:
    assert '<html lang="en" class="embedded"' in client.get("/?embed=1").text
    assert "embedded" not in client.get("/?q=embed=1x").text.split("<head>")[0]


def test_only_known_hosts_are_answered(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in client.get("/", headers={"X-Forwarded-Host": "evil.example"}).text


def test_only_configured_origins_may_call_and_embed(assistant: FakeAssistant) -> None:
    settings = WebSettings(allowed_origins=("https://course.example.org",))
    client = TestClient(create_app(assistant, settings=settings), base_url=HERE)
    friend = client.get("/config", headers={"Origin": "https://course.example.org"})
    stranger = client.get("/config", headers={"Origin": "https://evil.example"})
    assert friend.headers["access-control-allow-origin"] == "https://course.example.org"
    assert "access-control-allow-origin" not in stranger.headers
    assert "access-control-allow-credentials" not in friend.headers
    assert "frame-ancestors 'self' https://course.example.org" in client.get("/").headers["content-security-policy"]


# ---- the gate before Gradio


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/gradio_api/file=/etc/hostname", "/gradio_api/file/etc/hostname", "/file=/etc/hostname",
        "/gradio_api/proxy=http://127.0.0.1/", "/monitoring", "/monitoring/summary", "/gradio_api/deep_link", "/docs",
        "/openapi.json", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/api/ask", "/gradio_api/run/ask",
        "/gradio_api/run/typed", "/gradio_api/run/predict/",
        "/gradio_api/call/ask", "/gradio_api/runs", "/login", "/logout", "/user", "/gradio_api/token",
        "/gradio_api/dev/reload", "/gradio_api/app_id", "/svelte/x.js", "/custom_component/x", "/robots.txt",
        "/assets/..%2f..%2froutes.py", "/static/../../routes.py", "/static/%2e%2e/index.html",
        "/gradio_api/stream/a/b/c/playlist.m3u8", "/gradio_api/process_recording", "/gradio_api/vibe-edit/",
        "/pwa_icon", "/static/peerqa.py", "/config/", "/gradio_api/queue/join", "/gradio_api/queue/data",
    ],
)  # fmt: skip
def test_other_routes_of_gradio_are_not_there(client: TestClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert client.request(method, path).status_code in (404, 405)


def test_the_routes_of_the_page_are_there(client: TestClient) -> None:
    for path in ("/", "/config", "/theme.css", "/static/peerqa.css", "/static/peerqa.js"):
        assert client.get(path).status_code == 200
    assert client.head("/").status_code == 200


def test_a_link_to_a_stored_session_is_ignored(client: TestClient) -> None:
    assert client.get("/?deep_link=../../etc").text.count("deep_link_state") == client.get("/").text.count(
        "deep_link_state"
    )


def _events(client: TestClient, function: int, data: list[Any], event_data: Any, session: str) -> str:
    """Send one event of the page as a browser would, and give everything that the server says to it."""
    body = {"data": data, "event_data": event_data, "fn_index": function, "session_hash": session, "trigger_id": 1}
    return client.post("/gradio_api/run/predict", json=body).text


def test_a_file_shaped_value_is_rejected_and_leaks_nothing(running: tuple[TestClient, Path], tmp_path: Path) -> None:
    client, cache = running
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-5d1f0c")
    file_data = {"path": str(secret), "orig_name": "s.txt", "meta": {"_type": "gradio.FileData"}}
    tried = 0
    for function in range(len(client.get("/config").json()["dependencies"])):
        for value in (file_data, [file_data], {"text": file_data}, {"nested": [{"deep": file_data}]}):
            for data, event in (
                ([value, None], None),
                ([json.dumps(value), None], None),
                ([json.dumps({"questions": value}), None], None),
                ([json.dumps({"questions": [{"question": "Why?", "documents": [value]}]}), None], None),
                ([json.dumps({"questions": [value, {"question": value}]}), value], value),
            ):
                said = _events(client, function, data, event, f"session{tried}")
                assert "canary" not in said
                assert "/file=" not in said
                tried += 1
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert tried == 20
    assert kept == []


def test_a_conversation_is_answered_in_one_request(running: tuple[TestClient, Path]) -> None:
    asked = json.dumps({"questions": [{"question": "What challenges?"}, {"question": "the price?"}]})
    said = json.loads(_events(running[0], 0, [asked, None], None, "typed1"))
    shown = [message["content"][0]["text"] for message in said["data"][0]]
    assert len(shown) == 4
    assert "These range from" in shown[1]
    assert strings.NOT_COVERED in shown[3]
    assert not any(one["queue"] for one in running[0].get("/config").json()["dependencies"])
