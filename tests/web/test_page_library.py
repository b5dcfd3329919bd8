"""Several reviews in the browser: the library, the control that limits the chat, shared works; accessible to all."""

from __future__ import annotations

from typing import Any

import pytest

from browsing import BOX, PatientBrowser, Visit, accessible, axe
from several_reviews import QUESTION


def test_the_chat_is_limited_from_the_page_and_keeps_its_conversation(browser: PatientBrowser, library: str) -> None:
    visit = Visit(browser, library)
    page = visit.page
    assert "3 reviews" in page.inner_text("#masthead .byline")
    assert page.inner_text(".chooser .asked") == "all 3 reviews"
    visit.ask(QUESTION)
    assert page.locator(".quote .document").first.inner_text() == "Hours of Peer Workers"
    assert page.locator(".also a").first.inner_text() == "Trust among <Peers>"
    page.locator(".chooser summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".chooser button").is_hidden()
    page.get_by_label("Trust among <Peers>").focus()
    page.keyboard.press("Space")
    assert page.inner_text(".chooser .asked") == "Trust among <Peers>"
    assert "?document=trust.md#q=" in page.url
    page.keyboard.press("Escape")
    assert page.get_attribute(".chooser", "open") is None
    visit.ask(QUESTION)
    assert page.locator(".answer").count() == 2
    assert page.locator(".asked-of").all_inner_texts() == ["Asked of: Trust among <Peers>"]
    second = page.locator(".answer").last
    assert set(second.locator(".quote .document").all_text_contents()) == {"Trust among <Peers>"}
    assert second.locator(".also").count() == 0
    second.locator("details.references > summary").click()
    second.locator(".other-lists summary").first.click()
    assert "Hours of Peer Workers: Moll" in second.locator(".other-lists").first.inner_text()
    visit.close()


def test_a_section_is_searched_in_the_reviews_that_are_chosen(browser: PatientBrowser, library: str) -> None:
    visit = Visit(browser, library)
    page = visit.page
    page.goto(f"{library}?section=Trust")
    page.wait_for_selector(BOX)
    visit.ask(QUESTION)
    assert set(page.locator(".quote .document").all_text_contents()) == {"Trust among <Peers>"}
    assert "Searched in: Trust" in page.locator(".answer").last.inner_text()
    page.locator(".chooser summary").click()
    page.get_by_label("Hours of Peer Workers").check()
    visit.ask(QUESTION)
    assert "no section “Trust” in what is asked" in page.locator(".answer").last.inner_text()
    page.locator("#scope .widen").click()
    visit.ask(QUESTION)
    last = page.locator(".answer").last
    assert set(last.locator(".quote .document").all_text_contents()) == {"Hours of Peer Workers"}
    assert page.locator(".asked-of").all_inner_texts() == ["Asked of: Hours of Peer Workers"]
    visit.close()


def test_the_library_works_without_a_script(browser: PatientBrowser, library: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(library + "library")
    assert page.locator("li.review").count() == 3
    page.locator("#tag").select_option("trust")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**tag=trust*")
    assert page.locator("li.review h2").all_inner_texts() == ["Trust among <Peers>"]
    assert page.inner_text(".shown-of").startswith("1 of 3 reviews")
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url("**/library")
    page.get_by_label("Words in title").fill("sleep")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=sleep*")
    assert page.locator("li.review h2").all_inner_texts() == ["Walking and Mood"]
    page.goto(library + "library")
    for box in page.get_by_label("Ask with others").all()[:2]:
        box.check()
    page.get_by_role("button", name="Ask the ticked reviews").click()
    page.wait_for_url("**document=*")
    assert page.url == f"{library}?document=hours.md&document=trust.md"
    assert page.inner_text(".chooser .asked") == "2 of 3 reviews"
    context.close()


@accessible
@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (320, "dark", "fr")])
def test_axe_finds_no_violation_where_there_are_several(
    browser: PatientBrowser,
    library: str,
    width: int,
    scheme: str,
    language: str,
) -> None:
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 800},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    visit = Visit(browser, library, f"?lang={language}", **options, bypass_csp=True)
    page = visit.page
    page.click(".chooser summary")
    found = {"filter": axe(page)}
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click(".chooser summary")
    visit.ask(QUESTION)
    for details in page.locator(".answer > details > summary, .other-lists summary").all():
        details.click()
    found["answered"] = axe(page)
    for path in ("library", "library?tag=trust", "library?text=nowhere", "embed"):
        page.goto(f"{library}{path}{'&' if '?' in path else '?'}lang={language}")
        found[path] = axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto(f"{library}library?lang={language}")
    page.emulate_media(media="print")
    found["paper"] = axe(page)
    assert page.locator(":is(button, input, select):visible").count() == 0
    assert {state: lines for state, lines in found.items() if lines} == {}
    visit.close()
