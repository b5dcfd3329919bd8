"""The page in a real browser: asking, citations by mouse and keyboard, small screens, and nothing that leaks."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_assistant import PAYLOADS

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

HERE = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SERVE = "from fake_assistant import FakeAssistant; from peerqa.web.server import serve; serve(FakeAssistant(), port=0)"
QUESTION = "What challenges do peer support workers face?"
BOX = "#question-box textarea"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=f"no browser: none of {', '.join(NAMES)} is on the PATH"),
]


def _start() -> tuple[subprocess.Popen[str], str]:
    """A server in its own process on a free port, and the address that it prints once it is ready."""
    paths = [str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://\S+", said)
    if found is None:
        process.kill()
        pytest.fail(f"the server did not start: {said}{process.stdout.read()}")
    return process, found[0]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process, url = _start()
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


class Visit:
    """One page in a context of its own, with what it complained of and whom it called."""

    def __init__(self, browser: Any, address: str, query: str = "", **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = address
        self.page.goto(address + query)
        self.page.wait_for_selector(BOX)

    def ask(self, question: str) -> None:
        before = self.page.locator(".answer").count()
        self.page.fill(BOX, question)
        self.page.keyboard.press("Enter")
        self.wait_for_answers(before + 1)

    def wait_for_answers(self, number: int) -> None:
        self.page.wait_for_function("n => document.querySelectorAll('.answer').length >= n", arg=number)

    def questions(self) -> list[str]:
        return list(self.page.locator("h2.question").all_inner_texts())

    def close(self) -> None:
        """End the visit; whatever was done in it, it made no noise, called nobody else and kept nothing."""
        stored = self.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        cookies = self.context.cookies()
        self.context.close()
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))] == []
        assert stored == []
        assert cookies == []


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    opened = Visit(browser, address)
    yield opened
    opened.close()


def test_a_question_is_answered_word_for_word(visit: Visit) -> None:
    page = visit.page
    assert page.title() == "Peer Support in Mental Health"
    assert "17 works cited" in page.inner_text("#masthead")
    assert page.locator("button.example").count() == 4
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.wait_for_answers(1)
    assert visit.questions() == [QUESTION]
    assert page.input_value(BOX) == ""
    assert page.locator(".quote p").first.inner_text() == (
        "These range from lack of clarity of their role, lack of respect for their role and expertise, inadequate "
        "hours provided by the employer, power differentials, and maintaining boundaries."
    )
    assert page.locator(".card mark").count() == 3
    assert page.inner_text(".rests") == "These passages cite 5 works, 2009–2022."
    assert page.locator("[data-testid=bot][aria-label]").count() == 0
    page.click("details.references summary")
    assert page.get_attribute(".references li:nth-child(3) a", "href") == "https://doi.org/10.3233/WOR-2009-0893"
    page.locator(".quote .where").nth(2).click()
    assert page.evaluate("document.activeElement.id") == "turn1-p3"


def test_a_citation_opens_by_mouse(visit: Visit) -> None:
    page, popover = visit.page, visit.page.locator("#citation-popover")
    visit.ask(QUESTION)
    page.locator(".quote a.cite", has_text="Repper").hover()
    popover.wait_for(state="visible")
    assert "Repper, J., & Carter, T. (2011)" in popover.inner_text()
    popover.locator("a").hover()
    page.wait_for_timeout(500)
    assert popover.locator("a").get_attribute("href") == "https://doi.org/10.3109/09638237.2011.583947"
    page.mouse.move(5, 5)
    popover.wait_for(state="detached")
    page.locator(".quote a.cite.unsure").first.click()
    popover.wait_for(state="visible")
    assert "the text writes “Braiser”; the list has “Brasier”" in popover.inner_text()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    assert popover.is_visible()
    page.mouse.click(5, 5)
    popover.wait_for(state="detached")


def test_a_citation_opens_by_keyboard_and_old_ones_stay_alive(visit: Visit) -> None:
    page, popover = visit.page, visit.page.locator("#citation-popover")
    visit.ask(QUESTION)
    visit.ask("And the boundaries?")
    assert "Read as: Why is maintaining boundaries hard" in page.locator(".answer").nth(1).inner_text()
    page.locator(".quote button.copy").nth(1).focus()
    page.keyboard.press("Tab")
    popover.wait_for(state="visible")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == "https://doi.org/10.1111/1742-6723.13848"
    page.keyboard.press("Escape")
    popover.wait_for(state="detached")
    assert page.evaluate("document.activeElement.className") == "cite unsure"
    page.keyboard.press("Enter")
    popover.wait_for(state="visible")
    page.keyboard.press("Escape")
    popover.wait_for(state="detached")


def test_starters_and_follow_ups_ask(visit: Visit) -> None:
    visit.page.locator("button.example").first.click()
    visit.wait_for_answers(1)
    visit.page.locator("button.option").first.click()
    visit.wait_for_answers(2)
    visit.ask("please explode")
    visit.ask("hello")
    visit.ask("the price?")
    assert visit.questions()[:2] == [QUESTION, "Why is maintaining boundaries hard for peer support workers?"]
    answers = visit.page.locator(".answer").all_inner_texts()
    assert answers[2] == "Something went wrong here, and your question was not answered. Please try again."
    assert answers[3].startswith("Hello! Ask me about the review")
    assert answers[4].startswith("The review does not answer this.")
    visit.page.wait_for_timeout(700)
    top = visit.page.locator("h2.question").last.evaluate("e => e.getBoundingClientRect().top")
    assert -2 <= top <= 40


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_screen_never_scrolls_sideways(browser: Any, address: str, width: int, scheme: str) -> None:
    options = {"viewport": {"width": width, "height": 700}, "color_scheme": scheme, "has_touch": True}
    visit = Visit(browser, address, "?q=What+challenges%3F", **options)
    visit.wait_for_answers(1)
    page = visit.page
    page.click("details.references summary")
    page.locator(".quote a.cite").first.tap()
    page.locator("#citation-popover").wait_for(state="visible")
    box = page.locator("#citation-popover").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    visit.ask("the price?")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    visit.close()


def test_markup_in_a_passage_stays_text(visit: Visit) -> None:
    page = visit.page
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    visit.ask("something hostile")
    words = " ".join(" ".join(PAYLOADS).replace("\u0000", "").split())
    for selector in (".card .passage", ".quote p:first-child", ".read-as i"):
        assert " ".join(page.locator(selector).text_content().split()) == words
    foreign = "#conversation .message :is(img, svg, iframe, form, input, style, script, object, b)"
    assert page.locator(foreign).count() == 0
    assert page.locator("#conversation .message a:not(.where)").count() == 0
    assert page.locator(".option :not(span)").count() == 0


def test_markup_in_a_question_stays_text_and_the_compact_page_is_compact(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "?embed=1")
    hostile = '<img src=x onerror="alert(1)"> **bold** [x](javascript:alert(1)) hello'
    visit.ask(hostile)
    assert visit.questions() == [hostile]
    assert visit.page.locator("#conversation img, #conversation h2 a, #conversation strong").count() == 0
    assert not visit.page.locator("#masthead .byline").is_visible()
    visit.close()


def test_a_signal_ends_the_server_while_a_page_is_open(browser: Any) -> None:
    process, url = _start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(BOX)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    assert time.monotonic() - began < 10
    context.close()
