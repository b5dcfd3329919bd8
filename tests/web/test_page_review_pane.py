"""The review as pages: the whole of it, one passage with its receipt, and beside the conversation in the browser."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from browsing import QUESTION, PatientBrowser, Visit, settled
from fake_assistant import PAYLOADS, REVIEW, FakeAssistant, shipped
from peerqa.library.review import read_review
from peerqa.reading.files import read_document
from peerqa.web.app import create_app
from peerqa.web.views.addresses import passage_link, sha256
from peerqa.web.views.escape import escape
from peerqa.web.views.passage_page import find
from peerqa.web.views.review_pane import whole
from peerqa.wording import strings

HERE = "http://127.0.0.1"
NAME = "peer-support-in-mental-health.md"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(FakeAssistant()), base_url=HERE)


def test_the_whole_review_is_a_page(client: TestClient) -> None:
    page = client.get(f"/read/{NAME}")
    assert page.status_code == 200
    assert page.text.count('class="passage"') == 24
    assert page.text.count('<li id="reference-') == 17
    assert page.text.count('href="#section-') == 7
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert client.get("/read/").text == page.text
    assert client.get("/read/../../etc/hostname").status_code == 404
    missing = client.get("/read/other.md")
    assert missing.status_code == 404
    assert strings.NO_SUCH_PAGE in missing.text


def test_a_passage_has_a_page_with_a_receipt(client: TestClient) -> None:
    review = FakeAssistant().reviews[0]
    shown = whole(review, review.passages[15])
    link = passage_link(shown, [shown.highlights[0].start])
    page = client.get(link)
    assert page.status_code == 200
    assert escape(strings.RECEIPT_HOLDS) in page.text
    assert review.document.sha256 in page.text
    assert sha256(shown.highlights[0].text) in page.text
    assert page.text.count("<mark") == 1
    assert "Tseris E. &#40;2020&#41;" in page.text
    assert client.get(f"/p/{NAME}:16").status_code == 200
    for bad in (f"/p/{NAME}:99", "/p/", "/p/x:1", f"/p/{NAME}:99?quote=0123456789"):
        assert client.get(bad).status_code == 404
    assert client.get(f"/p/{NAME}:16?at=x").status_code == 422
    assert escape(strings.RECEIPT_BROKEN) in client.get(f"/p/{NAME}:16?quote=0123456789abcdef").text


def test_a_receipt_follows_its_words_and_says_when_they_are_gone() -> None:
    library = shipped()
    review = FakeAssistant().reviews[0]
    shown = whole(review, review.passages[15])
    start = shown.highlights[1].start
    receipt = sha256(shown.highlights[1].text)
    moved = find(library, f"{NAME}:3", [start], receipt)
    assert moved is not None
    assert moved.passage.id == shown.id
    assert moved.starts == (start,)
    assert moved.receipt == strings.RECEIPT_MOVED
    gone = find(library, shown.id, [start], sha256("other words"))
    assert gone is not None
    assert gone.receipt == strings.RECEIPT_BROKEN
    assert find(library, "nowhere:1", [], sha256("other words")) is None


def test_markup_in_a_review_stays_text(tmp_path: Any) -> None:
    text = REVIEW.read_text("utf-8")
    hostile = " ".join(one for one in PAYLOADS if "\u0000" not in one and "#" not in one).replace("<!--", "")
    path = tmp_path / "hostile.md"
    path.write_text(text.replace("There are many challenges", hostile + " There are many challenges"), "utf-8")
    client = TestClient(create_app(FakeAssistant([read_review(read_document(path))])), base_url=HERE)
    for place in ("/read/", *(f"/p/hostile.md:{number}" for number in range(12, 16))):
        page = client.get(place).text
        assert page.count("<script") == page.count('<script src="/static/')
        assert "<img" not in page
        assert "<iframe" not in page
        assert "<svg" not in page


def test_the_review_opens_beside_the_conversation(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    page.wait_for_selector("#review-pane .passage")
    assert page.locator("#review-pane .passage").count() == 24
    visit.ask(QUESTION)
    page.wait_for_selector("#review-pane #passage-13 .marked")
    assert page.locator("#review-pane .marked").count() == 3
    page.locator("#review-pane .section-name", has_text="Challenges to Peer Support").wait_for()
    assert page.inner_text(".review-head .count") == "match 1 of 3"
    page.click(".rest > summary")
    link = page.locator(".rest a.read").last
    link.click()
    page.wait_for_function("document.querySelector('.review-head .count').textContent === 'match 3 of 3'")
    settled(page)
    assert link.evaluate("link => link === document.activeElement")  # the pane moves, and nothing else
    inside = """id => { const box = document.getElementById(id).getBoundingClientRect();
      return box.top > 50 && box.bottom < innerHeight; }"""
    assert page.evaluate(inside, "passage-18")
    page.get_by_role("button", name="Match before").click()
    settled(page)
    assert page.inner_text(".review-head .count") == "match 2 of 3"
    assert page.evaluate(inside, "passage-15")
    page.keyboard.press("Control+k")
    page.keyboard.type("boundaries")
    page.wait_for_function("/match 1 of \\d/.test(document.querySelector('.review-head .count').textContent)")
    page.keyboard.press("Enter")
    assert page.inner_text(".review-head .count").startswith("match 2 of ")
    page.keyboard.press("Escape")
    assert page.inner_text(".review-head .count") == "match 1 of 3"
    page.locator("#passage-18 a.cite").first.focus()
    page.keyboard.press("Enter")
    page.locator("#citation-popover").wait_for(state="visible")
    assert "Moll, S." in page.inner_text("#citation-popover")
    page.keyboard.press("Escape")
    page.locator("#review-pane .contents summary").click()
    page.locator("#review-pane .contents a").last.click()
    assert page.evaluate("document.activeElement.id") == "references"
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    page.get_by_role("button", name="Close").click()
    page.locator("html:not(.two-panes)").wait_for()
    page.locator(".lead a.read").first.click()
    page.locator("html.two-panes").wait_for()
    page.go_back()
    page.locator("html:not(.two-panes)").wait_for()
    assert visit.questions() == [QUESTION]
    visit.close()


@pytest.mark.parametrize("width", [390, 320])
def test_the_review_is_a_sheet_on_a_small_screen(browser: PatientBrowser, address: str, width: int) -> None:
    visit = Visit(browser, address, viewport={"width": width, "height": 700}, has_touch=True)
    page = visit.page
    visit.ask(QUESTION)
    assert not page.locator("#review-sheet").is_visible()
    page.locator(".rest > summary").tap()
    page.locator(".rest a.read").first.tap()
    page.wait_for_selector("#review-sheet #passage-15 .marked")
    page.locator("#review-sheet .section-name", has_text="Challenges to Peer Support").wait_for()
    page.locator("#passage-15 a.cite.unsure").first.tap()
    page.locator("#citation-popover").wait_for(state="visible")
    assert "Brasier" in page.inner_text("#citation-popover")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#review-sheet").wait_for(state="hidden")
    page.wait_for_function("document.activeElement.className === 'where read'")
    visit.close()


def test_the_page_about_a_review_counts_its_works(client: TestClient) -> None:
    page = client.get("/about").text
    assert page == client.get(f"/about/{NAME}").text
    assert page.count('<li id="reference-') == 17
    assert page.count('<table class="chart">') == 2
    assert escape("Cited 7 times:") in page
    assert f'href="/read/{NAME}#passage-16"' in unescape(page)
    assert "Braiser" in page
    assert client.get("/about/other.md").status_code == 404
    (review,) = FakeAssistant().reviews
    other = read_review(replace(review.document, name="other.md"))
    several = TestClient(create_app(FakeAssistant([review, other])), base_url=HERE)
    assert several.get("/about").text.count('<li class="review">') == 2
