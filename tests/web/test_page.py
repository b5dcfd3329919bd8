"""The page in a real browser: asking, citations by mouse and keyboard, small screens, and nothing that leaks."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from browsing import BOX, PATIENCE, QUESTION, SERVE, PatientBrowser, Visit, serving, settled, timers_have_run
from fake_assistant import PAYLOADS


def test_a_question_is_answered_word_for_word(visit: Visit) -> None:
    page = visit.page
    assert page.title() == "Peer Support in Mental Health"
    assert "17 works cited" in page.inner_text("#masthead")
    assert page.locator("#welcome a.ask:visible").count() == 4
    page.wait_for_function("box => document.activeElement === document.querySelector(box)", arg=BOX)  # on a desktop
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.wait_for_answers(1)
    assert visit.questions() == [QUESTION]
    assert page.input_value(BOX) == ""
    assert page.locator(".lead .leads-up").inner_text() == (
        "There are many challenges that PSWs face in the mental health field."
    )
    assert page.locator(".lead .words").inner_text() == (
        "There are many challenges that PSWs face in the mental health field. These range from lack of clarity of "
        "their role, lack of respect for their role and expertise, inadequate hours provided by the employer, power "
        "differentials, and maintaining boundaries."
    )
    assert page.inner_text(".lead .source") == "Challenges to Peer Support, ¶\u00a013the review’s own words"
    assert page.inner_text(".rest summary") == "2 more sentences"
    assert not page.locator(".rest .words").first.is_visible()
    assert page.locator("[data-testid=bot][aria-label]").count() == 0
    page.click("details.references summary")
    assert page.get_attribute(".references li:nth-child(3) a", "href") == "https://doi.org/10.3233/WOR-2009-0893"
    page.click(".rest > summary")
    assert page.locator(".rest .source .speaker").all_inner_texts() == [
        "citing Brasier et al. (2022)",
        "citing Moll et al. (2009); Repper & Carter (2011)",
    ]


def test_a_citation_opens_by_mouse(visit: Visit) -> None:
    page, popover = visit.page, visit.page.locator("#citation-popover")
    visit.ask(QUESTION)
    page.click(".rest > summary")
    page.locator(".quote a.cite", has_text="Repper").hover()
    popover.wait_for(state="visible")
    assert "Repper, J., & Carter, T. (2011)" in popover.inner_text()
    popover.locator("a").hover()
    timers_have_run(page, 500)
    assert popover.locator("a").get_attribute("href") == "https://doi.org/10.3109/09638237.2011.583947"
    page.mouse.move(5, 5)
    popover.wait_for(state="detached")
    page.locator(".quote a.cite.unsure").first.click()
    popover.wait_for(state="visible")
    assert "the text writes “Braiser”; the list has “Brasier”" in popover.inner_text()
    page.mouse.move(5, 5)
    timers_have_run(page, 500)
    assert popover.is_visible()
    page.mouse.click(5, 5)
    popover.wait_for(state="detached")


def test_a_citation_opens_by_keyboard_and_old_ones_stay_alive(visit: Visit) -> None:
    page, popover = visit.page, visit.page.locator("#citation-popover")
    visit.ask(QUESTION)
    visit.ask("And the boundaries?")
    assert "Read as: Why is maintaining boundaries hard" in page.locator(".answer").nth(1).inner_text()
    page.locator(".rest > summary").first.click()
    page.locator(".rest").first.locator("a.cite").first.focus()
    page.keyboard.press("Shift+Tab")
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
    visit.page.locator("#welcome a.ask").first.click()
    visit.wait_for_answers(1)
    visit.page.locator("nav.next a.ask").first.click()
    visit.wait_for_answers(2)
    visit.ask("please explode")
    visit.ask("hello")
    visit.ask("the price?")
    assert visit.questions()[:2] == [QUESTION, "Why is maintaining boundaries hard for peer support workers?"]
    answers = visit.page.locator(".answer").all_inner_texts()
    assert answers[2].startswith("Something went wrong here, and your question was not answered. Please try again.")
    assert answers[3].startswith("Hello! Ask me about the review")
    assert answers[4].startswith("The review does not answer this.")
    settled(visit.page)
    top = visit.page.locator("h2.question").last.evaluate("e => e.getBoundingClientRect().top")
    assert 30 <= top <= 80  # below the bar


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_screen_never_scrolls_sideways(browser: PatientBrowser, address: str, width: int, scheme: str) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 700}, "color_scheme": scheme, "has_touch": True}
    visit = Visit(browser, address, "?q=What+challenges%3F", **options)
    visit.wait_for_answers(1)
    page = visit.page
    page.click("details.references summary")
    page.click(".rest > summary")
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
    for selector in (".lead .words", ".read-as i"):
        assert " ".join(page.locator(selector).text_content().split()) == words
    foreign = "#conversation .message :is(img, svg, iframe, form, input, style, script, object, b)"
    assert page.locator(foreign).count() == 0
    assert page.locator("#conversation .message a:not(.where, .ask)").count() == 0
    assert page.locator("a.ask :not(span)").count() == 0


def test_markup_in_a_question_stays_text_and_the_compact_page_is_compact(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, "?embed=1")
    hostile = '<img src=x onerror="alert(1)"> **bold** [x](javascript:alert(1)) hello'
    visit.ask(hostile)
    assert visit.questions() == [hostile]
    assert visit.page.locator("#conversation img, #conversation h2 a, #conversation strong").count() == 0
    assert not visit.page.locator("#masthead .byline").is_visible()
    visit.close()


def test_a_signal_ends_the_server_while_a_page_is_open(browser: PatientBrowser) -> None:
    with serving("-c", SERVE) as (process, url):
        context = browser.new_context()
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(BOX)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        context.close()
