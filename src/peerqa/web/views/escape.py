"""Text from a question, a review or a file name -> text that neither HTML nor Markdown can read as syntax.

Gradio renders HTML even where Markdown is off, and its sanitizer lets pictures, forms and overlays through; so nothing
that we did not write ourselves reaches it unescaped.
"""

from __future__ import annotations

import string
from urllib.parse import quote, urlsplit

# Every ASCII punctuation mark that HTML or Markdown can read as syntax inside a line becomes a numeric reference.
_HARMLESS = ",.;?-"
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation if mark not in _HARMLESS}
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


def escape(text: str) -> str:
    """`text` for an element or a quoted attribute; line breaks and control characters become spaces."""
    valid = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be sent
    return valid.translate(_CONTROLS).translate(_REFERENCES)


def safe_link(address: str | None) -> str | None:
    """`address` if it is an http(s) link with a host, with unusual characters percent-encoded; else None."""
    if not address or any(character.isspace() or not character.isprintable() for character in address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in address:
        return None
    return quote(address, safe="%/:=&?~#+!$,;@()*[]'")
