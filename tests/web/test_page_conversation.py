"""A conversation that cannot be lost: its address, the ways back to it, and a connection that comes and goes."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from browsing import BOX, QUESTION, PatientBrowser, Visit, serving, settled

WIDTHS = [1280, 390]
SECOND = "And the boundaries?"
FRAGMENT = "#q=What+challenges+do+peer+support+workers+face%3F&q=And+the+boundaries%3F"
SERVE_AT = (
    "import sys; from fake_assistant import FakeAssistant; from peerqa.web.server import serve; "
    "serve(FakeAssistant(), port=int(sys.argv[1]))"
)
SERVE_SLOWLY = """
import sys, time
from fake_assistant import FakeAssistant
from peerqa.web.server import serve

class Slow(FakeAssistant):
    def __init__(self):
        super().__init__()
        self.starters = ()  # they are tried before the server is ready
    def ask(self, *given):
        time.sleep(60)

serve(Slow(), port=int(sys.argv[1]))
"""
LOST = "#connection:not(:empty)"


def of_width(browser: PatientBrowser, address: str, width: int, query: str = "", **options: Any) -> Visit:
    return Visit(browser, address, query, viewport={"width": width, "height": 844}, **options)


@pytest.fixture(params=WIDTHS)
def asked(request: pytest.FixtureRequest, browser: PatientBrowser, address: str) -> Iterator[Visit]:
    """A conversation whose second question goes on from the first; it is whole when the test is over."""
    visit = of_width(browser, address, request.param)
    visit.ask(QUESTION)
    visit.ask(SECOND)
    yield visit
    kept(visit)
    visit.close()


def kept(visit: Visit) -> None:
    """The conversation of two questions is there, with its answers."""
    visit.wait_for_answers(2)
    visit.page.locator("#pending").wait_for(state="hidden")
    assert visit.questions() == [QUESTION, SECOND]
    assert "Read as: Why is maintaining boundaries hard" in visit.page.locator(".answer").nth(1).inner_text()
    assert urlsplit(visit.page.url).fragment == FRAGMENT[1:]


def test_the_address_is_the_conversation_and_a_reload_keeps_it(asked: Visit) -> None:
    assert asked.page.url == asked.address + FRAGMENT
    asked.page.reload()


def test_back_and_forward_keep_it(asked: Visit) -> None:
    page = asked.page
    page.locator("#masthead .overview").click()
    page.locator(".reading h1").wait_for()
    page.go_back()
    kept(asked)
    page.go_forward()
    page.locator(".reading h1").wait_for()
    page.go_back()


def test_a_visit_to_another_page_and_back_by_its_link_keeps_it(asked: Visit) -> None:
    asked.page.locator("#masthead .overview").click()
    asked.page.locator("nav.site a").first.click()


def test_a_change_of_language_keeps_it(asked: Visit) -> None:
    page = asked.page
    page.locator("#masthead a", has_text="Français").click()
    page.wait_for_url("**/fr/#q=*")
    asked.wait_for_answers(2)
    assert asked.questions() == [QUESTION, SECOND]
    page.locator("#masthead a", has_text="English").click()
    page.wait_for_url(lambda url: "/fr/" not in url)


def test_a_shared_address_asks_the_same_again(asked: Visit, browser: PatientBrowser) -> None:
    other = Visit(browser, asked.address, urlsplit(asked.page.url)._replace(scheme="", netloc="", path="").geturl())
    kept(other)
    other.close()


def test_a_new_conversation_can_be_undone(asked: Visit) -> None:
    page = asked.page
    assert page.locator("#conversation button[aria-label*=lear]:visible").count() == 0
    page.locator("#masthead .new").click()
    page.locator("#welcome").wait_for()
    assert asked.questions() == []
    assert page.url == asked.address
    page.locator("#said button", has_text="Undo").click()
    kept(asked)
    page.locator("#masthead .new").click()
    page.locator("#welcome").wait_for()
    page.go_back()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_link_to_a_follow_up_carries_what_it_follows_from(browser: PatientBrowser, address: str, width: int) -> None:
    visit = of_width(browser, address, width)
    visit.ask(QUESTION)
    visit.ask(SECOND)
    link = visit.page.locator(".take a.share").last.evaluate("link => link.href")
    assert parse_qs(urlsplit(link).query)["q"] == [QUESTION, SECOND]
    first = visit.page.locator(".take a.share").first.evaluate("link => link.href")
    assert parse_qs(urlsplit(first).query)["q"] == [QUESTION]
    visit.page.goto(link)
    kept(visit)
    assert "?" not in visit.page.url  # and from now on nothing of it is sent with the address
    visit.close()


def test_back_closes_the_sheet_and_keeps_the_conversation(browser: PatientBrowser, address: str) -> None:
    visit = of_width(browser, address, 390, has_touch=True)
    page = visit.page
    visit.ask(QUESTION)
    page.locator("#masthead .whole").click()
    page.locator("#review-sheet[open]").wait_for()
    page.go_back()
    page.locator("#review-sheet[open]").wait_for(state="detached")
    assert visit.questions() == [QUESTION]
    page.go_forward()
    page.locator("#review-sheet[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#review-sheet[open]").wait_for(state="detached")
    assert visit.questions() == [QUESTION]
    visit.close()


# ---- the connection


def complaints_but_for_the_lost_connection(visit: Visit) -> list[str]:
    return [one for one in visit.complaints if not re.search(r"net::ERR_|Failed to load resource", one)]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_question_asked_without_a_connection_is_answered_when_it_is_back(
    browser: PatientBrowser, address: str, width: int
) -> None:
    visit = of_width(browser, address, width)
    page = visit.page
    visit.ask(QUESTION)
    visit.context.set_offline(True)
    page.locator(LOST).wait_for(timeout=1000)
    assert "The connection is lost" in page.inner_text("#connection")
    page.fill(BOX, SECOND)
    page.keyboard.press("Enter")
    page.locator("#pending h2", has_text=SECOND).wait_for()
    page.locator("#masthead .overview").click()  # it would lead to the browser's own page of errors
    assert page.locator(".answer").count() == 1
    visit.context.set_offline(False)
    page.locator("#connection:empty").wait_for(state="attached")
    kept(visit)
    assert complaints_but_for_the_lost_connection(visit) == []
    visit.complaints.clear()
    visit.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_server_that_starts_anew_between_turns(browser: PatientBrowser, width: int) -> None:
    port = str(free_port())
    with serving("-c", SERVE_AT, port) as (first, url):
        visit = of_width(browser, url, width)
        page = visit.page
        visit.ask(QUESTION)
        stop(first)
        page.locator(LOST).wait_for(timeout=1000)
    with serving("-c", SERVE_AT, port):
        page.locator("#connection:empty").wait_for(state="attached")
        visit.ask(SECOND)
        kept(visit)
        page.locator("#masthead .new").click()
        page.locator("#welcome a.ask").first.click()
        visit.wait_for_answers(1)
        assert complaints_but_for_the_lost_connection(visit) == []
        visit.complaints.clear()
        visit.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_server_that_starts_anew_while_it_is_asked(browser: PatientBrowser, width: int) -> None:
    port = str(free_port())
    with serving("-c", SERVE_SLOWLY, port) as (first, url):
        visit = of_width(browser, url, width)
        page = visit.page
        page.fill(BOX, QUESTION)
        with page.expect_request("**/run/predict"):
            page.keyboard.press("Enter")
        page.locator("#pending .skeleton").wait_for()
        stop(first)
        page.locator(LOST).wait_for(timeout=1000)
        page.fill(BOX, SECOND)
        page.keyboard.press("Enter")
    with serving("-c", SERVE_AT, port):
        kept(visit)
        settled(page)
        assert page.locator(LOST).count() == 0
        assert complaints_but_for_the_lost_connection(visit) == []
        visit.complaints.clear()
        visit.close()


def test_a_question_that_fails_stands_and_can_be_asked_again(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    visit.ask("please explode")
    page.locator(".answer.notice", has_text="your question was not answered").wait_for()
    with page.expect_request("**/run/predict"):
        page.locator("button.again").click()
    page.locator("html:not(.asking)").wait_for()
    assert visit.questions() == ["please explode"]
    page.route("**/run/predict", lambda route: route.fulfill(status=500, body="{}"))
    page.fill(BOX, QUESTION)
    page.keyboard.press("Enter")
    page.locator("#pending .failure").wait_for()
    assert visit.questions() == ["please explode", QUESTION]
    page.unroute("**/run/predict")
    page.locator("#pending button.again").click()
    visit.wait_for_answers(2)
    page.locator("#pending").wait_for(state="hidden")
    assert page.locator(".toast-wrap:visible").count() == 0
    visit.complaints.clear()  # of the failure that was made
    visit.close()
