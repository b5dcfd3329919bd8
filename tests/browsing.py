"""What the tests of the page in Chromium share beside their fixtures, which are in tests/web/conftest.py.

They wait for what is to be seen, never for a time, and with a limit that a busy machine does not reach.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120
"""In seconds: after these, what is waited for will not come."""
QUESTION = "What challenges do peer support workers face?"
BOX = "#question-box textarea"
SERVE = "from fake_assistant import FakeAssistant; from peerqa.web.server import serve; serve(FakeAssistant(), port=0)"
"""Serves the page over the fake assistant."""
AXE = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
"""Where axe-core is: `npm install --no-save axe-core`, or the file named in AXE."""

accessible = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install --no-save axe-core)")

SETTLED = """milliseconds => new Promise((done, failed) => {
  const patience = setTimeout(() => failed(new Error("the page does not come to rest")), milliseconds);
  const state = () => JSON.stringify([...document.querySelectorAll("*")].map(one => [one.scrollTop, one.offsetHeight]));
  const lasts = one => Number.isFinite(Number(one.effect?.getComputedTiming().endTime));
  let before = "", same = 0;
  const look = () => {
    const moving = document.getAnimations().some(one => one.playState === "running" && lasts(one));
    const now = state();
    same = now === before && !moving ? same + 1 : 0;
    before = now;
    if (same < 10) return requestAnimationFrame(look);
    clearTimeout(patience);
    done();
  };
  look();
})"""


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run Python with arguments that serve the page; yields the process, and the address that it prints when ready."""
    paths = [str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"ready at (http://\S+)", line):
            break
    else:
        pytest.fail(f"the server did not start: {''.join(said)}")
    threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()  # a full pipe would stop it
    try:
        yield process, found[1]
    finally:
        process.terminate()
        process.wait(PATIENCE)


class PatientBrowser:
    """Chromium, whose pages wait as long as a busy machine may need."""

    def __init__(self, launched: Any) -> None:
        self._launched = launched

    def new_context(self, **options: Any) -> Any:
        context = self._launched.new_context(**options)
        context.set_default_timeout(1000 * PATIENCE)
        return context


class Visit:
    """One page in a context of its own, with what it complained of and whom it called."""

    def __init__(self, browser: PatientBrowser, address: str, query: str = "", **options: Any) -> None:
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
        before = self.page.locator("#conversation .answer").count()
        self.page.fill(BOX, question)
        self.page.keyboard.press("Enter")
        self.wait_for_answers(before + 1)

    def wait_for_answers(self, number: int) -> None:
        self.page.wait_for_function("n => document.querySelectorAll('#conversation .answer').length >= n", arg=number)

    def questions(self) -> list[str]:
        return list(self.page.locator("h2.question:visible").all_inner_texts())

    def close(self) -> None:
        """End the visit; whatever was done in it, it made no noise, called nobody else and kept nothing."""
        stored = self.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        cookies = self.context.cookies()
        self.context.close()
        assert self.complaints == [], self.complaints
        assert [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))] == []
        assert stored == []
        assert cookies == []


def unfold(page: Any) -> None:
    """Open all that an answer folds away, the menus of its sentences too."""
    page.evaluate("for (const one of document.querySelectorAll('.answer details')) one.open = true")


def tool(page: Any, sentence: int, label: str) -> None:
    """Use a tool in the menu of a sentence of the conversation, counted from 0."""
    menu = page.locator("#conversation details.tools").nth(sentence)
    menu.locator("> summary").click()
    menu.locator(".panel").get_by_text(label, exact=True).click()


def settled(page: Any) -> None:
    """Wait until nothing in a page or frame moves: no animation runs, nothing scrolls or changes its height."""
    page.evaluate(SETTLED, 1000 * PATIENCE)


def timers_have_run(page: Any, milliseconds: int) -> None:
    """Wait until each timer that the page has set for at most this long has run; they run by the order of time."""
    page.evaluate("milliseconds => new Promise(done => setTimeout(done, milliseconds))", milliseconds + 1)


def axe(page: Any) -> list[str]:
    """What axe-core finds wrong in a page that has come to rest, one line each."""
    settled(page)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
