"""The page in the states that are easily forgotten: on paper, in French, inside a frame; each accessible to all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from browsing import BOX, QUESTION, PatientBrowser, Visit, accessible, axe, unfold
from fake_assistant import FakeAssistant
from peerqa.web.static_files import static_file
from peerqa.web.views.answer_card import render_answer

SHARED: dict[str, Any] = {"reduced_motion": "reduce", "bypass_csp": True}
SCREEN_ONLY = (
    "button, textarea, .take, .tools, nav, #plain form, #review-pane, #review-sheet, #said, #connection, "
    "#citation-popover"
)
CONTROLS = {
    "button", "checkbox", "combobox", "DisclosureTriangle", "Iframe", "link", "listbox", "menuitem", "option", "radio",
    "searchbox", "slider", "spinbutton", "switch", "tab", "textbox",
}  # fmt: skip
STORED = """() => { try { return [...Object.keys(localStorage), ...Object.keys(sessionStorage)]; }
  catch (error) { if (error.name === "SecurityError") return []; throw error; } }"""
"""What a framed page keeps; a browser that blocks third-party storage lets it keep nothing."""


def nameless(page: Any, frame: Any = None) -> list[str]:
    """The controls without a name in the accessibility tree of a page, or of a frame across sites; there are some."""
    nodes = page.context.new_cdp_session(frame or page).send("Accessibility.getFullAXTree")["nodes"]
    controls = [one for one in nodes if not one["ignored"] and one["role"]["value"] in CONTROLS]
    assert controls
    return [str(one) for one in controls if not one.get("name", {}).get("value", "").strip()]


def test_paper_holds_the_answer_and_no_controls(browser: PatientBrowser, address: str) -> None:
    pdfminer = pytest.importorskip("pdfminer.high_level", reason="pdfminer.six is not installed")
    visit = Visit(browser, address)
    page = visit.page
    visit.ask(QUESTION)
    page.locator("#review-pane .passage").first.wait_for()
    page.locator("nav.next a.ask").first.wait_for()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for selector, number in (("h2.question", 1), (".quote .words", 3), (".quote .source", 3)):
        assert page.locator(f"#conversation {selector}:visible").count() == number
    assert page.locator(f":is({SCREEN_ONLY}):visible").count() == 0
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    text = " ".join(pdfminer.extract_text(io.BytesIO(page.pdf())).split())
    assert QUESTION in text
    assert "These range from lack of clarity of their role" in text
    assert "There are many challenges that PSWs face in the mental health field." in text
    assert "Work transitions for peer support providers in traditional mental health programs" in text
    assert "Copy quote" not in text
    assert page.locator(".references li:visible").count() == 5
    visit.close()


def test_paper_holds_no_thumbs(browser: PatientBrowser) -> None:
    answer = render_answer(FakeAssistant().ask(QUESTION), turn=1, titles={}, rated=True)
    context = browser.new_context()
    page = context.new_page()
    page.set_content(f"<style>{static_file('peerqa.css').decode()}</style><div id=conversation>{answer}</div>")
    assert page.locator(".rate button").count() == 2
    assert page.locator(".rate").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".rate").is_visible()
    context.close()


@accessible
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_paper_in_french_or_for_instructors(
    browser: PatientBrowser,
    address: str,
    scheme: str,
) -> None:
    visit = Visit(browser, address, locale="fr-CA", color_scheme=scheme, **SHARED)
    page = visit.page
    visit.ask(QUESTION)
    unfold(page)
    found = {"french": axe(page)}
    page.emulate_media(media="print")
    found["print"] = axe(page)
    page.emulate_media(media="screen")
    for language in ("fr", "en"):
        page.goto(f"{address}embed?lang={language}")
        page.frame_locator("#preview").locator(BOX).wait_for()
        found[f"embed {language}"] = axe(page)
        found[f"preview {language}"] = axe(page.frames[1])
        assert nameless(page) == []
    assert {state: lines for state, lines in found.items() if lines} == {}
    visit.close()


@accessible
def test_axe_finds_no_violation_inside_a_frame(browser: PatientBrowser, course: tuple[Path, str, str]) -> None:
    folder, outside, page_address = course
    (folder / "framed.html").write_text(
        "<!doctype html><html lang=en><title>Course</title><link rel=icon href=data:,><main><h1>Course</h1>"
        f'<script src="{page_address}embed.js" data-query="section=Conclusion" async></script></main>'
    )
    context = browser.new_context(viewport={"width": 800, "height": 700}, **SHARED)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(outside + "/framed.html")
    page.frame_locator("iframe").locator("#welcome a.ask:visible").first.wait_for()
    frame = page.frames[1]
    found = {"course": axe(page), "empty": axe(frame)}
    frame.fill(BOX, QUESTION)
    frame.press(BOX, "Enter")
    frame.locator(".answer").wait_for()
    unfold(frame)
    found["answered"] = axe(frame) + nameless(page, frame)
    frame.locator("body").press("Escape")  # the menus, which lie over what is below them
    frame.locator(".quote a.cite").first.click()
    frame.locator("#citation-popover").wait_for()
    found["citation"] = axe(frame)
    assert {state: lines for state, lines in found.items() if lines} == {}
    assert frame.evaluate(STORED) == []
    assert [url for url in requests if not url.startswith((page_address, outside, "data:", "blob:"))] == []
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", ["en-CA", "fr-CA"])
def test_every_control_has_a_name(browser: PatientBrowser, address: str, width: int, locale: str) -> None:
    visit = Visit(browser, address, viewport={"width": width, "height": 800}, locale=locale)
    page = visit.page
    found = {"empty": nameless(page)}
    visit.ask(QUESTION)
    unfold(page)
    found["answered"] = nameless(page)
    page.keyboard.press("Escape")  # the menus, which lie over what is below them
    page.locator(".lead .source a.read").click()
    page.wait_for_selector(".marked")
    found["reading"] = nameless(page)
    if width < 1000:
        page.keyboard.press("Escape")
        page.locator("#review-sheet").wait_for(state="hidden")
    visit.ask("the price?")
    found["not covered"] = nameless(page)
    assert {state: lines for state, lines in found.items() if lines} == {}
    visit.close()
