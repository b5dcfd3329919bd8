"""Ten times the text takes about ten times as long, whatever is repeated in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from growth import assert_linear
from peerqa.citing.author_date import find_written
from peerqa.citing.reference_parsing import parse_reference
from peerqa.citing.resolving import find_citations
from peerqa.reading.entry_splitting import split_entries
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.reading.structure import Block, assemble
from peerqa.text.abbreviations import find_abbreviations
from peerqa.text.document import Document

LIST = tuple(
    parse_reference(text)
    for text in ("Moll, S., & Cole, T. (2009). Work. Journal.", "World Health Organization. (2014). Peers. Site.")
)


def citations(text: str) -> object:
    return find_citations(assemble("own.txt", text, [Block("text", 0, len(text))], ""), LIST)


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "find_written": lambda text: list(find_written(text)),
    "find_citations": citations,
    "find_abbreviations": find_abbreviations,
    "parse_reference": parse_reference,
    "read_plain_text": lambda text: read_plain_text("own.txt", text, ""),
    "read_markdown": lambda text: read_markdown("own.md", text, ""),
    "split_entries": lambda text: split_entries(Document("own.txt", text, "Own", ()), [(0, len(text))]),
}
REPEATED = [
    "(", "[", "[a](", "*", "`", "<a", "<!--", "A, ", "Smith, ", "Smith & ", "Moll found ", "Moll said (2009). ",
    "(2014) ", "a ", ". ", "1990, ", "2014; ", "et al. ", "& ", " ", "-", "a\n\n", "- a\n",
    "Cole, D. (2014). One.\n", "(A", "World ",
]  # fmt: skip


def repeating(function: Callable[[str], object], piece: str) -> Callable[[int], object]:
    """The function, called with so many characters of a text that repeats one piece."""
    return lambda size: function((piece * size)[:size])


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_linear_time(name: str, piece: str) -> None:
    assert_linear(repeating(FUNCTIONS[name], piece), 1_000)
