"""The interface in French: every text is there, the browser or the address chooses, the answers stay as they are."""

from __future__ import annotations

import ast
import string
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import peerqa.web
from fake_assistant import FakeAssistant
from peerqa.web.app import WebSettings, create_app
from peerqa.wording import english, french, strings
from test_page import CHROMIUM, QUESTION, Visit, address, browser  # noqa: F401 - fixtures

HERE = "http://127.0.0.1"
FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(FakeAssistant()), base_url=HERE, follow_redirects=False)


def _fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_text_is_there_in_both_languages_with_the_same_fields() -> None:
    assert set(english.WORDS) == set(french.WORDS)
    assert all(_fields(english.WORDS[name]) == _fields(french.WORDS[name]) for name in english.WORDS)


def test_each_text_that_the_code_names_is_there() -> None:
    known = set(english.WORDS) | set(vars(strings))
    for path in [*Path(peerqa.web.__file__).parent.glob("*.py"), Path(peerqa.__file__).parent / "api.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "strings":
                assert node.attr in known, f"{path.name}: strings.{node.attr}"
    with pytest.raises(AttributeError, match="NOTHING_OF_THE_KIND"):
        strings.NOTHING_OF_THE_KIND  # noqa: B018


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"), ("fr", "fr"), ("fr-CA,en;q=0.8", "fr"), ("en,fr;q=0.9", "en"), ("de,fr;q=0.4,en;q=0.3", "fr"),
        ("fr;q=0", "en"), ("fr;q=x,en;q=0.1", "en"), ("*", "en"), (",;,", "en"),
    ],
)  # fmt: skip
def test_the_browser_chooses(header: str, code: str) -> None:
    assert strings.preferred(header) == code


def test_the_address_and_the_setting_come_before_the_browser(client: TestClient) -> None:
    assert client.get("/?q=a+b&embed=1", headers=FRENCH).headers["location"] == "/fr/?q=a+b&embed=1"
    assert client.get("/?lang=fr").headers["location"] == "/fr/"
    assert client.get("/fr/?lang=en").headers["location"] == "/?lang=en"
    assert client.get("/?lang=en", headers=FRENCH).status_code == 200
    assert 'lang="fr"' in client.get("/fr/").text
    assert "Rien n’est généré" in client.get("/fr/").text
    assert "Nothing is generated" in client.get("/").text
    about = client.get("/about", headers=FRENCH).text
    assert '<html lang="fr">' in about
    assert "Travaux par année" in about
    assert "Works by year" in client.get("/about?lang=en", headers=FRENCH).text
    fixed = TestClient(create_app(FakeAssistant(), settings=WebSettings(language="fr")), base_url=HERE)
    assert "Travaux par année" in fixed.get("/about").text
    assert fixed.get("/fr/config").status_code == 200
    for closed in ("/fr/gradio_api/upload", "/fr/docs", "/fr/gradio_api/file=/etc/hostname", "/fr/monitoring"):
        assert client.get(closed).status_code in (404, 405)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no browser")
def test_a_french_browser_gets_a_french_page(browser: Any, address: str) -> None:  # noqa: F811
    visit = Visit(browser, address, locale="fr-CA")
    page = visit.page
    assert page.url == address + "fr/"
    assert page.inner_text("#question-box .submit-button") == "Demander"
    page.wait_for_selector("#review-pane .passage")
    visit.ask(QUESTION)
    assert page.inner_text(".rests") == "Ces passages citent 5 travaux, 2009–2022."
    assert page.locator(".quote p").first.inner_text().startswith("These range from lack of clarity")
    page.locator("a.read").first.click()
    page.wait_for_selector("#review-pane #passage-13.marked, #review-pane #passage-13 .marked")
    assert "Sommaire" in page.inner_text("#review-pane")
    visit.ask("hello")
    assert page.locator(".answer").last.inner_text().startswith("Bonjour")
    assert page.locator("#masthead a", has_text="English").get_attribute("href") == "/?lang=en"
    visit.close()
