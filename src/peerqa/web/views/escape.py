"""Text from a question, a review or a file name -> text that neither HTML nor Markdown can read as syntax.

Why more than Jinja's own escaping: what a card says goes through Gradio's chatbot, which renders HTML even where
Markdown is off, reads Markdown, and has a sanitizer that lets pictures, forms and overlays through. So every mark that
either language gives a meaning is replaced. `templating` escapes with this function in every template, those of pages
too, since cards and pages share parts; nothing else calls it.
"""

from __future__ import annotations

import re
import string
from urllib.parse import quote, urlsplit

# Every ASCII punctuation mark that HTML or Markdown can read as syntax inside a line becomes a numeric reference.
_HARMLESS = ",.;?-"
_REFERENCES = {mark: f"&#{ord(mark)};" for mark in string.punctuation if mark not in _HARMLESS}
_CONTROLS = {chr(code): " " for code in [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]}
_REPLACEMENTS = _REFERENCES | _CONTROLS
_REPLACED = re.compile(f"[{re.escape(''.join(_REPLACEMENTS))}]")


def escape(text: str) -> str:
    """`text` for an element or a quoted attribute; line breaks and control characters become spaces."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be sent
    return _REPLACED.sub(lambda found: _REPLACEMENTS[found[0]], text)


def safe_link(address: str | None) -> str | None:
    """`address` if it is an http(s) link with a host, with unusual characters percent-encoded; else None."""
    if not address or " " in address or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in address:
        return None
    return quote(address, safe="%/:=&?~#+!$,;@()*[]'")
