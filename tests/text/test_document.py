"""Addresses: every part of a document is a slice of its text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peerqa.errors import CorpusError
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document, Paragraph

REVIEW = Path(__file__).parents[2] / "corpus" / "peer-support-in-mental-health.md"
PARSERS: dict[str, Callable[[str, str, str], Document]] = {"own.md": read_markdown, "own.txt": read_plain_text}


def test_plain_leaves_out_markup() -> None:
    document = Document("own.md", "Peers *help* staff.", "Own", (), markup=((6, 7), (11, 12)))
    plain = document.plain(0, 19)
    assert plain.text == "Peers help staff."
    assert plain.offsets == (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19)
    assert plain.span(6, 10) == (7, 11)
    assert plain.span(6, 6) == (7, 7)
    assert document.plain(7, 9).text == "he"
    assert document.plain(6, 7).text == ""


def test_line_counts_from_one() -> None:
    document = Document("own.txt", "a\nbc\n\nd", "Own", ())
    assert [document.line(offset) for offset in range(7)] == [1, 1, 2, 2, 2, 3, 4]


@settings(max_examples=100, deadline=None)
@given(st.text("ab *", max_size=30), st.data())
def test_plain_is_the_text_without_its_markup(text: str, data: st.DataObject) -> None:
    markup = tuple((index, index + 1) for index, character in enumerate(text) if character == "*")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    plain = Document("own.md", text, "Own", (), markup=markup).plain(start, end)
    assert plain.text == text[start:end].replace("*", "")
    assert len(plain.offsets) == len(plain.text) + 1
    assert all(text[offset] == character for offset, character in zip(plain.offsets, plain.text, strict=False))


def test_a_thousand_slices() -> None:
    document = read_markdown(REVIEW.name, REVIEW.read_text(encoding="utf-8"), "")
    chance = random.Random(7)
    for _ in range(1000):
        start, end = sorted(chance.randrange(len(document.text) + 1) for _ in range(2))
        plain = document.plain(start, end)
        assert "".join(document.text[offset] for offset in plain.offsets[:-1]) == plain.text
        assert start <= min(plain.offsets)
        assert plain.offsets[-1] == end
        assert plain.text == document.text[start:end]  # the review has no markup inside its paragraphs


PIECES = [
    "# ", "## ", "- ", "* ", "1. ", "> ", "**", "*", "_", "`", "```", "~~", "[", "](https://a.org)", "![", "<b>",
    "</b>", "<!--", "-->", "|", "---", "===", "\\", "\n", "\n\n", "\t", "    ", " ", "Peers help staff.",
    "They do (Cole, 2014).", "References", "Introduction", "Cole, D. (2014). One. Journal.", "Author: Jo", "Title: Own",
    "e.g.", "é", "\u2028", "\u00a0", "\x0b", "𝒳", "“A”", "No stop", "a", ".", "?",
]  # fmt: skip

sources = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=60),
)


def read(name: str, text: str) -> Document | CorpusError:
    """The document, or why it is refused."""
    try:
        return PARSERS[name](name, text, "")
    except CorpusError as error:
        return error


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=200, deadline=None)
@given(sources)
@example("---\n`\n---")
@example("---\nnone\n---\nPeers help staff.")
def test_any_source_has_true_addresses_or_is_refused_in_a_line(name: str, text: str) -> None:
    document = read(name, text)
    if isinstance(document, CorpusError):
        # Only a front matter that is no list of values may be refused, and its one line says so.
        assert name == "own.md"
        assert text.startswith("---")
        assert re.fullmatch(r"own\.md(?:, line \d+)?: the front matter .+", str(document))
        return
    assert document.text == text
    assert all(left < right for left, right in document.markup)
    assert all(one[1] <= other[0] for one, other in zip(document.markup, document.markup[1:], strict=False))
    position = 0
    for section in document.sections:
        assert position <= section.start <= section.end <= len(text)
        position = section.start
        for paragraph in section.paragraphs:
            assert position <= paragraph.start < paragraph.end <= section.end
            assert_covered(document, paragraph)
            position = paragraph.end
    assert [paragraph.number for paragraph in document.paragraphs] == list(
        range(1, 1 + sum(len(section.paragraphs) for section in document.sections))
    )
    for start, end in document.reference_entries:
        assert text[start:end].strip() == text[start:end] != ""


LIST_MARKS = re.compile(r"(?:[\s>]|[-*+•]|\(?(?:\d+|[a-z])[.)])*")


def assert_covered(document: Document, paragraph: Paragraph) -> None:
    """The sentences follow each other, and only white space, markup and list marks are between them."""
    position = paragraph.start
    spans = [(sentence.start, sentence.end) for sentence in paragraph.sentences]
    for left, right in [*spans, (paragraph.end, paragraph.end)]:
        assert position <= left <= right <= paragraph.end
        rest = document.plain(position, left).text
        assert not rest.strip() or (paragraph.kind == "list" and LIST_MARKS.fullmatch(rest))
        position = right
