"""Our own style sheets and scripts: which a page loads, and the addresses under which a browser may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from peerqa.web.bundles import bundle

_SCRIPT = "text/javascript; charset=utf-8"
_SHEET = "text/css; charset=utf-8"
STATIC_FILES = {"peerqa.css": _SHEET}
"""What every page loads, with its media type."""
MORE_STATIC_FILES = {"peerqa.js": _SCRIPT, "pages.js": _SCRIPT, "builder.js": _SCRIPT}
"""The script of the conversation, that of the pages without Gradio, and what the page for instructors needs beside."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that a page loads; `version` is a short hash of its content, so that a browser fetches a changed one."""

    name: str
    version: str
    is_sheet: bool


def static_file(name: str) -> bytes:
    """One of our style sheets or scripts, with all that it imports."""
    return bundle(name)


def loaded_files(more: Iterable[str] = ()) -> list[StaticFile]:
    """What a page loads: what every page does, and the files named."""
    return [StaticFile(name, _version(name), name.endswith(".css")) for name in (*STATIC_FILES, *more)]


@cache
def _version(name: str) -> str:
    return hashlib.sha256(static_file(name)).hexdigest()[:12]
