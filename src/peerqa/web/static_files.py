"""Our own style sheets and scripts: which a page loads, and the addresses under which a browser may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

_SCRIPT = "text/javascript; charset=utf-8"
_SHEET = "text/css; charset=utf-8"
STATIC_FILES = {
    "peerqa.css": _SHEET,
    "peerqa.js": _SCRIPT,
    "reading.js": _SCRIPT,
    "taking.js": _SCRIPT,
}
"""What every page loads, in this order, with its media type."""
MORE_STATIC_FILES = {
    "embedding.js": _SCRIPT,
    "builder.js": _SCRIPT,
    "choosing.js": _SCRIPT,
    "library.css": _SHEET,
}
"""What only some pages load."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that a page loads; `version` is a short hash of its content, so that a browser fetches a changed one."""

    name: str
    version: str
    is_sheet: bool


def static_file(name: str) -> bytes:
    """The content of one of our style sheets or scripts."""
    return (resources.files("peerqa.web") / "static" / name).read_bytes()


def loaded_files(more: Iterable[str] = ()) -> list[StaticFile]:
    """What a page loads: what every page does, and the files named."""
    return [StaticFile(name, _version(name), name.endswith(".css")) for name in (*STATIC_FILES, *more)]


@cache
def _version(name: str) -> str:
    return hashlib.sha256(static_file(name)).hexdigest()[:12]
