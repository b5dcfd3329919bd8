"""The addresses of passages and reviews, and the receipts in them.

The address of a passage may name sentences (`at`: the offset in the passage at which each begins) and carry a receipt
(`quote`: the first digits of the SHA-256 of their words). By its receipt the page tells whether the words have changed
since the link was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote, urlencode

from peerqa.wording import strings

RECEIPT_LENGTH = 16
"""How many hexadecimal digits of a receipt stand in a link; a page accepts 8 to 64."""


class Quotable(Protocol):
    """A passage as far as its address needs it: an id, a text, and the sentences in it that can be named."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def highlights(self) -> Sequence[Spanned]: ...


class Spanned(Protocol):
    """A span of a text: offsets of its first character and of the one after its last."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def quoted(passage: Quotable, starts: Sequence[int]) -> str:
    """The words that a link is made for: the sentences that start there, joined by a space, or the whole passage."""
    spans = sorted((one.start, one.end) for one in passage.highlights if one.start in starts)
    chosen = [passage.text[start:end] for start, end in spans]
    return " ".join(chosen) if chosen else passage.text


def passage_link(passage: Quotable, starts: Sequence[int] = ()) -> str:
    """The address of a passage with its receipt."""
    receipt = sha256(quoted(passage, starts))[:RECEIPT_LENGTH]
    query = urlencode([*(("at", start) for start in starts), ("quote", receipt)])
    return f"/p/{_quoted(passage.id)}?{query}{_in_language('&')}"


def passage_page_link(passage_id: str, start: int | None = None) -> str:
    """The address of a passage without a receipt. start: the offset at which the sentence begins that is named."""
    if start is None:
        return f"/p/{_quoted(passage_id)}{_in_language()}"
    return f"/p/{_quoted(passage_id)}?at={start}{_in_language('&')}"


def review_link(document: str) -> str:
    """The address of a whole review."""
    return f"/read/{_quoted(document)}{_in_language()}"


def about_link(document: str) -> str:
    """The address of the page about a review."""
    return f"/about/{_quoted(document)}{_in_language()}"


def about_all_link() -> str:
    """The address of the page about the only review; where there are several, it shows the library."""
    return f"/about{_in_language()}"


def library_link(**filters: str) -> str:
    """The address of the library, narrowed where filters are given."""
    query = urlencode({name: value.encode("utf-8", "replace") for name, value in filters.items()})
    return f"/library?{query}{_in_language('&')}" if query else f"/library{_in_language()}"


def ask_link(documents: Sequence[str]) -> str:
    """The address of a conversation that is limited to some reviews."""
    home = home_link()
    mark = "&" if "?" in home else "?"
    return f"{home}{mark}{urlencode([('document', name.encode('utf-8', 'replace')) for name in documents])}"


def question_link(
    questions: Sequence[str], section: str = "", documents: Sequence[str] = (), more: Sequence[tuple[str, str]] = ()
) -> str:
    """The address that asks a question again, behind those that it follows from; the last one is the question.

    more: what else the address says, as names and values.
    """
    said = [("q", one) for one in questions] + [("document", name) for name in documents]
    said += [("section", section)] if section else []
    home = home_link()
    mark = "&" if "?" in home else "?"
    pairs = [(name, value.encode("utf-8", "replace")) for name, value in [*said, *more]]
    return f"{home}{mark}{urlencode(pairs, quote_via=quote)}"


def embed_link() -> str:
    """The address of the page where an instructor puts an embed together."""
    return f"/embed{_in_language()}"


def home_link() -> str:
    """The address of the conversation."""
    home = "/" if strings.language() == strings.DEFAULT else f"/{strings.language()}/"
    return home + _in_language() if home == "/" else home


def _in_language(mark: str = "?") -> str:
    """The query parameter that keeps the language on the next page; "" where that page has it anyway."""
    said = strings.parameter()
    return "" if said is None else f"{mark}lang={said}"


def anchor(passage_id: str) -> str:
    """The id of a passage within the page of its review: "passage-14" or "passage-14-2"."""
    return "passage-" + passage_id.rsplit(":", 1)[-1].replace(".", "-")


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="/:")
