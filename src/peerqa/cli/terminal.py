"""What is written to a terminal: safe lines, safe JSON, colours where they are wanted, a progress bar."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from peerqa.answering.asking import Progress
    from peerqa.cli.rendering import Style

_COMMANDING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that JSON leaves as they are and that can command a terminal or turn the order of its letters round."""


def one_line(text: str) -> str:
    """The text on one line and without control characters, which the name of a file may hold."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def as_json(value: object) -> str:
    """Indented JSON in which characters that could command a terminal are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _COMMANDING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def style_of(stream: TextIO) -> Style:
    """How text is laid out on a stream: in colour on a terminal, unless NO_COLOR or TERM=dumb says otherwise."""
    from peerqa.cli.rendering import Style

    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style.of_terminal(colour)


@contextlib.contextmanager
def progress_bars() -> Iterator[Progress]:
    """A function that reports progress as a bar on stderr, one for each stage; shows nothing outside a terminal."""
    bars: dict[str, Any] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in bars:
            from tqdm import tqdm  # only now: a question to an index that is there has no progress to show

            bars[what] = tqdm(total=total, desc=what, unit="text", leave=False, disable=None)
        bars[what].n = done
        bars[what].refresh()

    try:
        yield report
    finally:
        for bar in bars.values():
            bar.close()
