"""How heavy the page is, and how long a reader waits for an answer to be painted.

    python benchmarks/page.py [--corpus FOLDER] [--index FOLDER] [--number 20] [--remembered]

Prints the requests and kilobytes (as sent) of a first visit, the milliseconds to its first contentful paint without
scripts (also of a page with an answer, and at 50 kB/s), those from pressing Enter to the next paint, and those from
there to the painted answer, less those of Assistant.ask. Needs Chromium and playwright (pip install playwright). With
--remembered the answers are made beforehand, so that the page alone is timed.
"""

from __future__ import annotations

import json
import shutil
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from data_sets import ROOT
from peerqa.cli.scripts import Parser, ScriptError, run

if TYPE_CHECKING:
    from peerqa import Answer, Assistant

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PAINTED = """() => { window.painted = window.next = 0;
  const answers = () => document.querySelectorAll('#conversation .answer').length, known = answers();
  window.addEventListener('keydown', () => {
    window.pressed = performance.now();
    requestAnimationFrame(() => setTimeout(() => { window.next = performance.now(); }));
  }, {once: true, capture: true});
  new MutationObserver((_, observer) => {
    if (answers() <= known) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
  }).observe(document.body, {childList: true, subtree: true}); }"""


FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


class Timed:
    """An assistant that remembers how long it took, in milliseconds."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.took: list[float] = []
        self.known: dict[str, Answer] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.assistant, name)

    def remember(self, questions: Sequence[str]) -> None:
        """Make the answers to these questions now, and give them later without any work."""
        self.known = {question: self.assistant.ask(question) for question in questions}

    def ask(
        self, question: str, history: Sequence[str] = (), documents: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> Answer:
        began = time.perf_counter()
        known = None if documents or tags else self.known.get(question)
        answer = known or self.assistant.ask(question, history, documents, tags)
        self.took.append(1000 * (time.perf_counter() - began))
        return answer


def start(assistant: Timed) -> str:
    """Serve the page in a thread; returns its address."""
    import uvicorn

    from peerqa.web.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(assistant), port=0, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"


def first_load(browser: Any, address: str) -> tuple[int, float]:
    """Requests and kilobytes of a visit with an empty cache, until nothing more is loaded."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sizes: dict[str, float] = {}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_selector("#question-box textarea")
    page.wait_for_timeout(2000)
    context.close()
    return len(sizes), sum(sizes.values()) / 1000


def first_paint(browser: Any, address: str, bytes_a_second: int = 0) -> float:
    """Milliseconds to the first contentful paint with an empty cache and without scripts; the median of five visits.

    bytes_a_second: of the network; 0 for the loopback as it is.
    """
    measured = []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        if bytes_a_second:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            slow = {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": bytes_a_second}
            session.send("Network.emulateNetworkConditions", slow)
        page.goto(address)
        while (painted := float(page.evaluate(FIRST_PAINT))) < 0:  # no timer runs in the page, whose scripts are off
            time.sleep(0.05)
        measured.append(painted)
        context.close()
    return statistics.median(measured)


def waits(browser: Any, address: str, assistant: Timed, questions: Sequence[str]) -> list[tuple[float, float, float]]:
    """For each question milliseconds (from Enter to the painted answer, to the next paint, of Assistant.ask)."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.wait_for_selector("#question-box textarea")
    page.wait_for_timeout(1000)
    measured = []
    for question in questions:
        page.fill("#question-box textarea", question)
        page.wait_for_timeout(150)
        page.evaluate(PAINTED)
        page.keyboard.press("Enter")
        page.wait_for_function("() => window.painted > 0")
        painted, following = page.evaluate("[window.painted - window.pressed, window.next - window.pressed]")
        measured.append((painted, following, assistant.took[-1]))
        page.wait_for_timeout(250)
    page.close()
    return measured


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--corpus", default=ROOT / "corpus", help="folder of the reviews (default: corpus)")
    parser.add_argument("--index", default=ROOT / "index", help="folder of their index (default: index)")
    parser.add_argument("--questions", type=Path, default=ROOT / "evaluation" / "questions.jsonl", help="question set")
    parser.add_argument("--number", type=int, default=20, help="questions to ask (default: 20)")
    parser.add_argument("--remembered", action="store_true", help="make the answers before they are asked for")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    from peerqa import Assistant

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise ScriptError("Chromium is not installed; install it with the package manager of your system")
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines() if line.strip()]
    assistant = Timed(Assistant.open(options.corpus, options.index))
    questions = [row["question"] for row in rows[: options.number]]
    if options.remembered:
        assistant.remember(questions)
    address = start(assistant)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        requests, kilobytes = first_load(browser, address)
        measured = waits(browser, address, assistant, questions)
        answered = f"{address}?{urlencode({'q': questions[0]})}"
        paints = [first_paint(browser, address), first_paint(browser, answered), first_paint(browser, answered, 50_000)]
        browser.close()
    above = [painted - asked for painted, _, asked in measured]
    print(f"first load: {requests} requests, {kilobytes:.0f} kB")
    print(
        f"first contentful paint without scripts: {paints[0]:.0f} ms, with an answer {paints[1]:.0f} ms, "
        f"that at 50 kB/s {paints[2]:.0f} ms"
    )
    print(f"Enter to the next paint: median {statistics.median(following for _, following, _ in measured):.0f} ms")
    print(f"Assistant.ask: median {statistics.median(asked for _, _, asked in measured):.0f} ms")
    print(
        f"Enter to paint above it: median {statistics.median(above):.0f} ms, "
        f"90th percentile {sorted(above)[int(0.9 * len(above))]:.0f} ms, of {len(above)} questions"
    )


if __name__ == "__main__":
    run(main)
