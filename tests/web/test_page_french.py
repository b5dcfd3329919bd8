"""The interface in French: every text is there, the browser or the address chooses, the answers stay as they are."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

import peerqa.web
from browsing import QUESTION, PatientBrowser, Visit
from fake_assistant import FakeAssistant
from peerqa.library.starter_questions import about
from peerqa.web.app import WebSettings, create_app
from peerqa.web.views.answer_card import render_answer
from peerqa.web.views.suggestions import suggestion_links
from peerqa.wording import strings
from peerqa.wording.messages import MESSAGES, PLURALS
from peerqa.wording.notices import worded

HERE = "http://127.0.0.1"
NAME = "peer-support-in-mental-health.md"
FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(FakeAssistant()), base_url=HERE, follow_redirects=False)


def test_each_text_that_the_code_names_is_there() -> None:
    known = {*MESSAGES, *PLURALS, *(f"{name}_MANY" for name in PLURALS), *vars(strings)}
    for path in [*Path(peerqa.web.__file__).parent.rglob("*.py"), Path(peerqa.__file__).parent / "http" / "routes.py"]:
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
    assert "Travaux par année" in client.get("/about?lang=fr").text
    fixed = TestClient(create_app(FakeAssistant(), settings=WebSettings(language="fr")), base_url=HERE)
    assert "Travaux par année" in fixed.get("/about").text
    assert "Works by year" in fixed.get("/about?lang=en").text
    assert fixed.get("/fr/config").status_code == 200
    for closed in ("/fr/gradio_api/upload", "/fr/docs", "/fr/gradio_api/file=/etc/hostname", "/fr/monitoring"):
        assert client.get(closed).status_code in (404, 405)


def _own_links(html: str) -> list[str]:
    """The addresses of this server that a page leads to, but for its style sheet and within itself."""
    found = re.findall(r'href="(/[^"#]*|&#47;[^"]*)"', html)
    return [link.replace("&#47;", "/") for link in found if "static" not in link]


@pytest.mark.parametrize("path", ["/about", f"/read/{NAME}", f"/p/{NAME}:16", "/p/nothing", "/embed"])
def test_a_language_that_the_address_names_stays_on_the_way(client: TestClient, path: str) -> None:
    asked = client.get(f"{path}?lang=en", headers=FRENCH).text
    assert '<html lang="en">' in asked
    links = _own_links(asked)
    assert links
    assert [link for link in links if not re.search("lang(=|&#61;)en", link)] == []
    plain = client.get(path).text
    assert [link for link in _own_links(plain) if "lang" in link] == []
    assert '<html lang="fr">' in client.get(path, headers=FRENCH).text


def test_the_masthead_says_the_language_only_to_those_who_would_get_another(client: TestClient) -> None:
    asked = client.get("/?lang=en", headers=FRENCH).text
    assert f'href="/read/{NAME}?lang=en"' in unescape(asked)
    assert f'href="/read/{NAME}"' in unescape(client.get("/").text)
    assert f'href="/read/{NAME}"' in unescape(client.get("/fr/", headers=FRENCH).text)
    assert f'href="/read/{NAME}?lang=fr"' in unescape(client.get("/fr/").text)


def test_the_words_of_a_review_carry_its_language_where_the_reader_has_another(client: TestClient) -> None:
    assistant = FakeAssistant()
    library = {review.document.name: review for review in assistant.reviews}
    answer = assistant.ask(QUESTION)
    english_page = render_answer(answer, turn=1, titles={}, library=library)
    assert "lang=" not in english_page
    with strings.using("fr"):
        french_page = render_answer(answer, turn=1, titles={}, library=library)
        assert french_page.count('<p class="words" lang="en">') == 3
        assert french_page.count('<span class="entry" lang="en">') == 5
        assert strings.lang_attribute("fr-CA") == ""
        assert strings.lang_attribute("de") == ' lang="de"'
        assert strings.lang_attribute('x" onclick="y') == ' lang="en"'
    for path in (f"/read/{NAME}", f"/p/{NAME}:16?at=0", "/about"):
        assert 'lang="en"' in client.get(path, headers=FRENCH).text.split("<main", 1)[1]
        assert 'lang="' not in client.get(path).text.split("<main", 1)[1]


def test_a_question_made_of_a_heading_is_offered_in_french_and_asked_as_it_is() -> None:
    made = about("Benefits of Peer Support")
    asked = "What does the review say about “Benefits of Peer Support”?"
    with strings.using("fr"):
        links = suggestion_links((made, "What is a PSW?"), None, earlier=["Why?"])
    assert links[0][1:] == ("", "Que dit la revue au sujet de «\u00a0Benefits of Peer Support\u00a0»\u00a0?")
    assert parse_qs(urlsplit(links[0][0]).query) == {"q": ["Why?", asked]}
    assert links[1][1:] == (' lang="en"', "What is a PSW?")
    assert str(made) == worded(made) == asked


def test_a_french_browser_gets_a_french_page(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, locale="fr-CA")
    page = visit.page
    assert page.url == address + "fr/"
    assert page.inner_text("#question-box .submit-button") == "Demander"
    page.wait_for_selector("#review-pane .passage")
    visit.ask(QUESTION)
    assert page.locator(".quote .words[lang=en]").count() == 3
    assert page.get_attribute("nav.next a.ask", "lang") == "en"
    assert page.inner_text(".rest summary") == "2 autres phrases"
    assert "These range from lack of clarity" in page.locator(".quote .words").first.inner_text()
    page.locator("a.read").first.click()
    page.wait_for_selector("#review-pane #passage-13.marked, #review-pane #passage-13 .marked")
    assert page.inner_text(".review-head .count") == "passage 1 sur 3"
    assert "Sommaire" in page.inner_text("#review-pane")
    visit.ask("hello")
    assert page.locator(".answer").last.inner_text().startswith("Bonjour")
    assert page.locator("#masthead a", has_text="English").get_attribute("href").startswith("/?lang=en")
    visit.close()
