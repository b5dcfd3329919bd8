"""What we replace in Gradio's page and rely on there: one test each, so that another version of Gradio fails loudly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from browsing import PatientBrowser, Visit
from fake_assistant import FakeAssistant
from peerqa.web.app import create_app
from peerqa.web.chat import gradio_document

HERE = "http://127.0.0.1"
FRONTEND = Path(str(resources.files("gradio"))) / "templates" / "frontend"


@pytest.fixture(scope="module")
def original() -> str:
    """Gradio's own document, as it comes to `assemble`."""
    app = create_app(FakeAssistant())
    gradio = app.state.gradio[-1]
    return TestClient(gradio, base_url=HERE).get("/").text


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("OPENING", 1), ("MANIFEST", 1), ("CONFIGURATION", 2), ("IFRAME_RESIZER", 1), ("SCRIPTS", 1), ("SHEETS", 1),
        ("HEAD_END", 1), ("APPLICATION", 1), ("BODY_END", 1),
    ],
)  # fmt: skip
def test_what_is_replaced_is_there(original: str, name: str, times: int) -> None:
    pattern = getattr(gradio_document, name)
    found = original.count(pattern) if isinstance(pattern, str) else len(pattern.findall(original))
    assert found == times


def test_social_tags_are_those_of_another_host(original: str) -> None:
    assert len(gradio_document.SOCIAL_TAGS.findall(original)) > 5
    assert "gradio.app" not in gradio_document.SOCIAL_TAGS.sub("", original)


@pytest.mark.parametrize("tag", ["script", "link", "style", "meta", "gradio-app"])
def test_nothing_else_is_in_the_document(original: str, tag: str) -> None:
    """Whatever a later version adds is to be looked at before it is sent to anybody."""
    known = {"script": 6, "link": 2, "style": 1, "gradio-app": 1}
    found = re.findall(rf"<{tag}[\s>]", gradio_document.SOCIAL_TAGS.sub("", original))
    assert len(found) == known.get(tag, 2)


def test_what_is_sent_has_ours_first_and_gradio_last() -> None:
    sent = TestClient(create_app(FakeAssistant()), base_url=HERE).get("/").text
    order = ["<title>", "/static/peerqa.css", 'id="masthead"', 'id="plain"', "<gradio-app", "gradio_config", "/assets/"]
    places = [sent.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize("words", ["/gradio_api", "run/predict", "heartbeat"])
def test_the_requests_that_wait_for_a_connection_are_known_by_their_addresses(words: str) -> None:
    scripts = "".join(path.read_text("utf-8") for path in FRONTEND.glob("assets/index-*.js"))
    config = TestClient(create_app(FakeAssistant()), base_url=HERE).get("/config").text
    assert words in scripts + config or words.split("/")[0] in scripts


@pytest.fixture
def asked(browser: PatientBrowser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address)
    visit.ask("What challenges?")
    yield visit
    visit.close()


@pytest.mark.parametrize(
    "selector",
    [
        "gradio-app .gradio-container main > .column", "#question-box textarea", "#question-box .submit-button",
        "#conversation-box textarea", "#conversation .message-wrap", "#conversation .user-row h2.question",
        "#conversation .bot-row .answer", '#conversation [data-testid="bot"]', '#conversation [data-testid="user"]',
    ],
)  # fmt: skip
def test_the_markup_that_scripts_and_styles_name_is_there(asked: Visit, selector: str) -> None:
    assert asked.page.locator(selector).count() == 1


def test_the_sanitizer_keeps_what_an_answer_needs(asked: Visit) -> None:
    page = asked.page
    for kept in (
        "a.where[href^='/p/']", "a.ask[href*='q=']", "details.tools > summary[title]", "button.copy", "span.copied",
        ".sentence[id]", "details.rest", ".notes .note[id]", "a.cite[role=button]",
    ):  # fmt: skip
        assert page.locator(f"#conversation {kept}").count() > 0, kept
