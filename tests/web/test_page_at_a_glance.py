"""An answer at a glance, on each width; all its states accessible, by keyboard too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from browsing import BOX, HERE, QUESTION, PatientBrowser, Visit, accessible, axe, serving, settled

VISIBLE = """selector => { const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
  const free = document.querySelector("#question-box .input-container").getBoundingClientRect().top;
  return top >= 0 && bottom <= free; }"""
CONTROLS = ":is(a[href], button, summary, input, textarea):visible"
SENTENCES = """() => [...document.querySelectorAll("#conversation .answer *")]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(one => one.textContent.trim())"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const bar = document.querySelector("#masthead .bar").getBoundingClientRect().bottom;
  const free = document.querySelector("#question-box .input-container").getBoundingClientRect().top;
  const fixed = one.closest("#question-box, #masthead, #review-pane, #said") !== null;
  const outlined = style.outlineStyle !== "none" || one.closest(".input-container") !== null;
  const name = one.outerHTML.slice(0, 80);
  return { name, outlined, inView: fixed || (box.bottom > bar && box.top < free), left: one === document.body };
}"""


def test_question_lead_and_source_are_in_view_on_a_phone(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, viewport={"width": 390, "height": 844}, has_touch=True)
    page = visit.page
    visit.ask(QUESTION)
    settled(page)
    for selector in ("#conversation h2.question", ".lead .words", ".lead .source"):
        assert page.evaluate(VISIBLE, selector), selector
    assert page.locator(f"#conversation .message {CONTROLS}").count() <= 16
    small = page.locator(f"#conversation {CONTROLS}, #masthead {CONTROLS}").evaluate_all(
        "all => all.filter(one => !one.matches('a.cite')).map(one => [one.outerHTML.slice(0, 60), "
        "one.getBoundingClientRect().width, one.getBoundingClientRect().height])"
    )
    assert [one for one in small if min(one[1:]) < 24] == []
    tools = page.locator("details.tools > summary:visible").first.bounding_box()
    assert tools is not None
    assert min(tools["width"], tools["height"]) >= 44
    visit.close()


def test_no_sentence_stands_twice_in_an_answer(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    visit.ask(QUESTION)
    visit.page.click(".rest > summary")
    shown = Counter(text for text in visit.page.evaluate(SENTENCES) if len(text) > 40)
    assert shown
    assert max(shown.values()) == 1
    visit.close()


def test_a_list_is_the_sentence_with_line_breaks(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    visit.ask("What does it range from?")
    items = page.locator(".lead .items li").all_inner_texts()
    assert items == [
        "lack of clarity of their role,",
        "lack of respect for their role and expertise, ¶\u00a015",
        "inadequate hours provided by the employer, ¶\u00a016",
        "power differentials, and maintaining boundaries. ¶\u00a017",
    ]
    assert "only line breaks were added" in page.inner_text(".list-note")
    page.locator(".lead .items a").first.click()
    page.locator("#review-pane #passage-15.marked").wait_for()
    visit.close()


def test_why_opens_without_moving_what_is_below(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    visit.ask(QUESTION)
    settled(page)
    place = "document.querySelector('.rest > summary').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.locator("details.tools > summary").first.click()
    page.locator(".why summary:visible").click()
    assert page.locator(".why ol").first.is_visible()
    assert page.evaluate(place) == before
    page.keyboard.press("Escape")
    assert page.locator("details.tools[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('details.tools > summary')")
    visit.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_keyboard_alone_reaches_everything_and_sees_where_it_is(
    browser: PatientBrowser, address: str, width: int
) -> None:
    visit = Visit(browser, address, viewport={"width": width, "height": 700})
    page = visit.page
    visit.ask(QUESTION)
    visit.ask("the price?")
    page.evaluate("document.activeElement.blur(); getSelection().collapse(document.querySelector('h1'), 0)")
    page.evaluate("document.querySelector('#masthead a.new').focus()")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["left"]:
            break
        reached.append(focused)
    assert [one["name"] for one in reached if not one["outlined"] or not one["inView"]] == []
    assert any("submit-button" in one["name"] for one in reached)
    assert sum("<summary" in one["name"] for one in reached) >= 5
    visit.close()


# ---- all states


@pytest.fixture(scope="module")
def many(chromium: str) -> Iterator[str]:
    """The address of a server over 2,000 reviews."""
    with serving(str(HERE / "many_reviews.py"), "2000") as (_, url):
        yield url


@accessible
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_no_violation_in_any_state(
    browser: PatientBrowser, address: str, many: str, width: int, scheme: str
) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    visit = Visit(browser, address, **options, reduced_motion="reduce", bypass_csp=True)
    page = visit.page
    found = {"first visit": axe(page)}

    def ask(question: str, state: str) -> None:
        visit.ask(question)
        found[state] = axe(page)

    ask(QUESTION, "lead")
    ask("What does it range from?", "list")
    page.locator("details.tools > summary:visible").last.click()
    found["menu"] = axe(page)
    page.keyboard.press("Escape")
    page.locator("#conversation .lead .source a.read").last.click()
    page.locator("#passage-13 .marked").wait_for()
    found["pane" if width > 1000 else "sheet"] = axe(page)
    page.locator(":is(#review-pane, #review-sheet) .passage a.cite").first.click()
    page.locator("#citation-popover").wait_for()
    found["citation"] = axe(page)
    page.keyboard.press("Escape")
    if width < 1000:
        page.keyboard.press("Escape")
        page.locator("#review-sheet").wait_for(state="hidden")
    ask("the price?", "refusal")
    ask("Dans quelle langue ?", "refused language")
    page.route("**/run/predict", lambda route: route.fulfill(status=500, body="{}"))
    page.fill(BOX, "Why?")
    page.keyboard.press("Enter")
    page.locator("#pending .failure").wait_for()
    found["error"] = axe(page)
    page.unroute("**/run/predict")
    page.route("**/run/predict", lambda route: None)
    page.locator("button.again").click()
    page.locator("#pending .skeleton").wait_for()
    found["waiting"] = axe(page)
    page.unroute("**/run/predict")
    for name, place in (
        ("about", f"{address}about"), ("embed", f"{address}?embed=1"), ("library", f"{many}library"), ("many", many),
    ):  # fmt: skip
        page.goto(place)
        found[name] = axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert {state: lines for state, lines in found.items() if lines} == {}
    visit.context.close()
