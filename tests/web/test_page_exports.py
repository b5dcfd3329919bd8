"""Exports in the browser: copies, downloads, a link, the conversation; and that all is accessible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browsing import QUESTION, PatientBrowser, Visit, accessible, axe, tool, unfold


def test_a_quote_and_its_citation_are_copied(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, permissions=["clipboard-read", "clipboard-write"])
    page = visit.page
    visit.ask(QUESTION)
    page.click(".rest > summary")
    tool(page, 2, "Copy quote")
    page.locator("#said.shown").wait_for()
    quote = page.evaluate("navigator.clipboard.readText()")
    assert quote.startswith("“PSWs maintaining boundaries with consumers was another identified challenge")
    assert quote.endswith("” (Moll et al., 2009; Repper & Carter, 2011, as cited in Anonymous, 2022, para. 18)")
    tool(page, 0, "Copy citation")
    page.wait_for_function("navigator.clipboard.readText().then(text => text === '(Anonymous, 2022)')")
    tool(page, 0, "Copy link")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('/p/peer-support'))")
    tool(page, 1, "Copy citation")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('2022)'))")
    doubt = page.evaluate("navigator.clipboard.readText()")
    assert doubt == (
        "(Brasier et al., 2022, as cited in Anonymous, 2022) [the text writes “Braiser”; the list has “Brasier”]"
    )
    page.click(".take summary")
    page.click(".take a.share")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('?q=What%20challenges'))")
    visit.close()


def test_where_the_clipboard_is_closed_the_text_is_selected(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit.page
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('closed'))")
    page.reload()
    visit.ask(QUESTION)
    tool(page, 0, "Copy citation")
    page.locator(".copied.shown").wait_for()
    assert page.evaluate("getSelection().toString()") == "(Anonymous, 2022)"
    visit.close()


def test_the_conversation_leaves_as_markdown_and_its_works_as_bibtex(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, accept_downloads=True)
    page = visit.page
    visit.ask(QUESTION)
    visit.ask("the price?")
    page.locator(".take summary").click()
    with page.expect_download() as download:
        page.locator("button.markdown").click()
    name = "peer-support-in-mental-health – What challenges do peer support workers face.md"
    assert download.value.suggested_filename == name
    text = Path(download.value.path()).read_text("utf-8")
    assert text.startswith(
        "# Peer Support in Mental Health\n\n## What challenges do peer support workers face?\n\n> “These"
    )
    assert "The review does not answer this." in text
    assert "## Works cited" in text
    visit.close()


@accessible
@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: PatientBrowser, address: str, width: int, scheme: str) -> None:
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 800},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    visit = Visit(browser, address, **options, bypass_csp=True)
    page = visit.page
    found = {"empty": axe(page)}
    visit.ask(QUESTION)
    unfold(page)
    found["answered"] = axe(page)
    page.keyboard.press("Escape")  # the menus, which lie over what is below them
    page.locator(".quote a.cite").first.click()
    page.locator("#citation-popover").wait_for()
    found["citation"] = axe(page)
    page.keyboard.press("Escape")
    page.locator(".lead .source a.read").click()
    page.wait_for_selector(".marked")
    found["reading"] = axe(page)
    if width < 1000:
        page.keyboard.press("Escape")
        page.locator("#review-sheet").wait_for(state="hidden")
    visit.ask("the price?")
    found["not covered"] = axe(page)
    for path in ("read/", "p/peer-support-in-mental-health.md:16?at=0", "about"):
        page.goto(address + path)
        found[path] = axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert {state: lines for state, lines in found.items() if lines} == {}
    visit.close()


def test_the_works_of_the_whole_conversation_are_downloaded(browser: PatientBrowser, address: str) -> None:
    visit = Visit(browser, address, accept_downloads=True)
    page = visit.page
    visit.ask(QUESTION)
    visit.ask("the price?")
    page.locator(".take summary").first.click()
    for form, said in (
        ("txt", "Moll, S., Holmes, J., Geronimo, J., & Sherman, D. (2009). Work transitions"),
        ("bib", "author = {"),
        ("ris", "AU  - "),
    ):
        with page.expect_download() as download:
            page.locator(f"button.all.{form}").first.click()
        name = f"peer-support-in-mental-health – What challenges do peer support workers face.{form}"
        assert download.value.suggested_filename == name
        text = Path(download.value.path()).read_text("utf-8")
        assert said in text
        assert text.count("10.3233/WOR-2009-0893") == 1
    assert len(page.context.pages) == 1
    visit.close()
