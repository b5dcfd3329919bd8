"""Chromium, and servers for it to visit. What its tests share beside these is in browsing.py."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import CHROMIUM, FLAGS, HERE, NAMES, PATIENCE, SERVE, PatientBrowser, Visit, serving

SERVE_TO = (
    "import sys; from fake_assistant import FakeAssistant; from peerqa.web.server import serve; "
    "from peerqa.web.app import WebSettings; "
    "serve(FakeAssistant(), port=0, settings=WebSettings(allowed_origins=(sys.argv[1],)))"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that uses the browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without it, all that needs it is skipped."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the PATH")
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[PatientBrowser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS, timeout=1000 * PATIENCE)
        yield PatientBrowser(launched)
        launched.close()


@pytest.fixture(scope="session")
def address(chromium: str) -> Iterator[str]:
    """The address of a server of its own over the fake assistant."""
    with serving("-c", SERVE) as (_, url):
        yield url


@pytest.fixture
def visit(browser: PatientBrowser, address: str) -> Iterator[Visit]:
    """A visit to the page, which must have been a quiet one when the test is over."""
    opened = Visit(browser, address)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def library(chromium: str) -> Iterator[str]:
    """The address of a server of its own over several reviews."""
    with serving(str(HERE / "several_reviews.py")) as (_, url):
        yield url


@pytest.fixture(scope="session")
def course(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A folder served on another site than the page: the folder, its address, the address of the page."""
    folder = tmp_path_factory.mktemp("course")
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    outside = f"http://localhost:{host.server_address[1]}"
    with serving("-c", SERVE_TO, outside) as (_, page_address):
        yield folder, outside, page_address
    host.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass
