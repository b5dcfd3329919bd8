"""Ten times the text takes about ten times as long, whatever is repeated in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from growth import assert_linear
from peerqa.citing.author_date import find_written
from peerqa.citing.reference_keys import with_keys
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


NAMES_AND_NUMBERS = {
    "names joined by &": ("Anna & ", "or (2014)"),
    "names of particles": ("De La Van Berg, ", "of (2014)"),
    "numbers in brackets": ("12, ", "3.5]"),
    "numbers joined by and": ("12, and ", "x]"),
}


@pytest.mark.parametrize("case", NAMES_AND_NUMBERS)
def test_a_list_that_ends_otherwise_is_not_tried_in_all_its_ways(case: str) -> None:
    piece, end = NAMES_AND_NUMBERS[case]
    function = FUNCTIONS["find_citations"]
    assert_linear(lambda size: function(f"[{piece * size}{end}"), 30)


def test_entries_of_one_author_and_year_get_their_keys_in_linear_time() -> None:
    entries = [parse_reference(f"Moll, S. (2009). Work number {number}. Journal.") for number in range(2_000)]
    assert len({one.key for one in with_keys(entries[:50])}) == 50
    assert_linear(lambda size: with_keys(entries[:size]), 200)
