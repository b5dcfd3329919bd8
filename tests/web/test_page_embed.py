"""The page inside other pages: across sites, with storage blocked, in a frame that keeps its height."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from browsing import BOX, QUESTION, PatientBrowser, settled
from fake_assistant import FakeAssistant
from peerqa.web.app import create_app
from peerqa.web.static_files import static_file
from peerqa.web.views.embed import COLOURS

BLOCKED = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""


def test_the_script_is_small_and_the_builder_is_a_page() -> None:
    client = TestClient(create_app(FakeAssistant()), base_url="http://127.0.0.1")
    script = client.get("/embed.js")
    assert script.status_code == 200
    assert len(script.content) < 3000
    assert script.content == static_file("embed.js")
    builder = client.get("/embed")
    assert builder.text.count('type="checkbox"') == 4
    assert builder.text.count("<option") == 1 + 7 + len(COLOURS) + 3
    assert "frame-src 'self'" in builder.headers["content-security-policy"]


def test_only_known_colours_reach_the_page() -> None:
    client = TestClient(create_app(FakeAssistant()), base_url="http://127.0.0.1")
    assert '<html lang="en" class="embedded colour-plum"' in client.get("/?embed=1&colour=plum").text
    assert '<html lang="en" class="embedded"' in client.get('/?embed=1&colour="><script>').text
    styles = static_file("peerqa.css").decode()
    for colour in COLOURS[1:]:
        pair = r"light-dark\((#\w+), (#\w+)\);\s+"
        ((accent, lit, soft, softly_lit),) = re.findall(
            rf"\.colour-{colour} body \{{\s+--accent: {pair}--accent-soft: {pair}\}}", styles
        )
        for shown, behind in ((accent, "#fbfaf7"), (accent, soft), (lit, "#161513"), (lit, softly_lit)):
            assert _contrast(shown, behind) >= 4.5


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_page_works_across_sites_with_storage_blocked(
    browser: PatientBrowser,
    course: tuple[Path, str, str],
) -> None:
    folder, outside, page_address = course
    starter = "What+about+boundaries%3F"
    (folder / "index.html").write_text(
        "<!doctype html><html lang=en><title>Course</title><link rel=icon href=data:,><h1>Course</h1>"
        f'<script src="{page_address}embed.js" data-query="starter={starter}&amp;colour=plum" async></script>'
    )
    context = browser.new_context(viewport={"width": 800, "height": 700})
    context.add_init_script(BLOCKED)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(outside + "/index.html")
    frame = page.frame_locator("iframe")
    frame.locator("#welcome a.ask:visible").wait_for()
    assert frame.locator("#welcome a.ask:visible").all_inner_texts() == ["What about boundaries?"]
    frame.locator("html.live").wait_for()
    before = page.evaluate("[document.querySelector('iframe').offsetHeight, document.documentElement.scrollHeight]")
    frame.locator("#welcome a.ask:visible").click()
    frame.locator(".answer").wait_for()
    frame.locator(BOX).fill(QUESTION)
    frame.locator(BOX).press("Enter")
    frame.locator(".answer").nth(1).wait_for()
    settled(page)
    after = page.evaluate("[document.querySelector('iframe').offsetHeight, document.documentElement.scrollHeight]")
    assert before == after  # nothing of the page around moves
    assert before[0] == 640
    inner = frame.locator("html").evaluate("e => [e.scrollWidth, innerHeight]")
    assert inner[0] <= 800
    box = frame.locator("#question-box").evaluate("e => e.getBoundingClientRect().bottom")
    assert box <= inner[1] + 1  # the box is in view
    frame.locator(".rest > summary").last.click()
    frame.locator(".quote a.cite:visible").first.click()
    frame.locator("#citation-popover").wait_for()
    assert complaints == []
    context.close()


def test_the_builder_makes_snippets_and_shows_them(browser: PatientBrowser, course: tuple[Path, str, str]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(course[2] + "embed")
    page.fill("#own", 'Why "peers" & hours?')
    page.select_option("#colour", "brick")
    page.select_option("#section", "Challenges to Peer Support")
    page.select_option("#theme", "dark")
    iframe = page.input_value("#snippet-iframe")
    assert "starter=Why+%22peers%22+%26+hours%3F&amp;section=Challenges+to+Peer+Support&amp;colour=brick" in iframe
    assert iframe.count("<iframe") == 1
    assert 'sandbox="allow-scripts allow-same-origin' in iframe
    assert page.input_value("#snippet-link").startswith(course[2] + "?starter=")
    preview = page.frame_locator("#preview")
    preview.locator("body.dark #scope.narrowed").wait_for()
    assert preview.locator(".in-section b").inner_text() == "Challenges to Peer Support"
    assert preview.locator("#welcome a.ask:visible").inner_text() == 'Why "peers" & hours?'
    assert complaints == []
    context.close()


def test_one_section_is_searched_until_a_reader_widens_it(
    browser: PatientBrowser, course: tuple[Path, str, str]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sent: list[dict[str, Any]] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if "/run/" in request.url else None)
    page.goto(course[2] + "?section=challenges+to+peer+support")
    page.locator("#welcome a.ask:visible").first.wait_for()
    assert page.locator("#welcome a.ask:visible").all_inner_texts() == [
        "What does the review say about “Challenges to Peer Support”?"
    ]
    page.fill(BOX, QUESTION)
    page.press(BOX, "Enter")
    page.locator(".answer").wait_for()
    assert "Searched in: Challenges to Peer Support" in page.inner_text(".answer")
    page.locator(".answer button.widen").click()
    page.locator(".answer").nth(1).wait_for()
    assert "Searched in" not in page.locator(".answer").nth(1).inner_text()
    questions = json.loads(sent[-1]["data"][0])["questions"]
    assert [one["section"] for one in questions] == ["Challenges to Peer Support", ""]
    assert page.locator("h2.question").all_inner_texts() == [QUESTION, QUESTION]
    assert page.locator("#scope .in-whole").is_visible()
    page.click("#scope .narrow-again")
    page.fill(BOX, "the price?")
    page.press(BOX, "Enter")
    page.locator(".answer").nth(2).wait_for()
    assert (
        "The section “Challenges to Peer Support” does not answer this." in page.locator(".answer").nth(2).inner_text()
    )
    page.goto(course[2] + "?section=Nothing+of+the+kind")
    assert "There is no section “Nothing of the kind” here" in page.inner_text("#scope")
    page.fill(BOX, QUESTION)
    page.press(BOX, "Enter")
    page.locator(".answer").wait_for()
    assert json.loads(sent[-1]["data"][0])["questions"][-1]["section"] == ""
    context.close()


KEPT_BY_CANVAS = {"src", "width", "height", "title", "name", "sandbox", "style", "allowfullscreen"}
"""What Canvas keeps of an iframe, by its source (canvas_sanitize.rb, 2011–2024): not `allow`, not `loading`."""
KEPT_STYLES = {"border", "width", "height", "max-width", "display"}


class _Frame(HTMLParser):
    """The attributes of the only element of a snippet."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_what_a_course_site_leaves_of_the_iframe_still_works(
    browser: PatientBrowser, course: tuple[Path, str, str]
) -> None:
    folder, outside, page_address = course
    context = browser.new_context(viewport={"width": 900, "height": 800})
    page = context.new_page()
    page.goto(page_address + "embed")
    page.select_option("#section", "Challenges to Peer Support")
    ((tag, attributes),) = _Frame(page.input_value("#snippet-iframe")).found
    assert tag == "iframe"
    assert {"src", "title", "width", "height", "sandbox"} <= set(attributes) & KEPT_BY_CANVAS
    assert {rule.split(":")[0].strip() for rule in attributes["style"].split(";")} <= KEPT_STYLES
    assert attributes["src"].startswith(page_address)
    left = " ".join(f'{name}="{html.escape(attributes[name])}"' for name in attributes if name in KEPT_BY_CANVAS)
    (folder / "cleaned.html").write_text(f"<!doctype html><link rel=icon href=data:,><iframe {left}></iframe>")
    page.goto(outside + "/cleaned.html")
    frame = page.frame_locator("iframe")
    frame.locator(BOX).fill(QUESTION)
    frame.locator(BOX).press("Enter")
    frame.locator(".answer").wait_for()
    assert "Searched in: Challenges to Peer Support" in frame.locator(".answer").inner_text()
    ((tag, attributes),) = _Frame(_script_line(context, page_address)).found
    assert (tag, attributes["src"]) == ("script", page_address + "embed.js")
    context.close()


def _script_line(context: Any, page_address: str) -> str:
    page = context.new_page()
    page.goto(page_address + "embed")
    return str(page.input_value("#snippet-script"))
