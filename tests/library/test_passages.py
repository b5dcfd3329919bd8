"""Passages are slices of their source; what is embedded of them is plain words."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.library.passages import LONGEST_PASSAGE, Passage, embedded_text, words_without_citations, write_out
from peerqa.library.review import Review, read_review
from peerqa.reading.markdown import read_markdown

LIST = """

## References

Lee, K. (2015). A title. *Work*, 1(2), 3–4.

Moll, S., Holmes, J., & Sherman, D. (2009). Work transitions. *Work*, 33(4), 449–458.

Smith, A. (2014). Another title. *Work*, 5(6), 7–8.
"""


def review_of(text: str) -> Review:
    return read_review(read_markdown("a.md", text, hashlib.sha256(text.encode()).hexdigest()))


def passages_of(text: str) -> tuple[Passage, ...]:
    return review_of(text).passages


def sentences(count: int, words: int, start: int = 0) -> str:
    return " ".join(f"Sentence {number}" + " word" * (words - 2) + "." for number in range(start, start + count))


def lengths(passages: tuple[Passage, ...]) -> list[int]:
    return [len(passage.text.split()) for passage in passages]


@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.integers(2, 90), min_size=1, max_size=30)), min_size=1, max_size=6)
)
def test_each_passage_is_a_slice_and_together_they_hold_every_sentence(blocks: list[tuple[bool, list[int]]]) -> None:
    text = "# Title\n\n"
    for number, (heading, sizes) in enumerate(blocks):
        text += f"## Part {number}\n\n" if heading else ""
        text += " ".join(sentences(1, size, place) for place, size in enumerate(sizes)) + "\n\n"
    review = review_of(text)
    document = review.document
    assert all(document.text[passage.start : passage.end] == passage.text for passage in review.passages)
    assert len({passage.id for passage in review.passages}) == len(review.passages)
    inside = [span for passage in review.passages for span in passage.sentences]
    assert inside == [(s.start, s.end) for paragraph in document.paragraphs for s in paragraph.sentences]
    for passage in review.passages:
        assert all(passage.start <= start < end <= passage.end for start, end in passage.sentences)
        assert len(passage.text.split()) <= LONGEST_PASSAGE or len(passage.sentences) == 1


def test_a_paragraph_is_one_passage() -> None:
    first, second = passages_of("# T\n\nOne sentence here. Another one.\n\nA second paragraph.\n")
    assert (first.text, second.text) == ("One sentence here. Another one.", "A second paragraph.")
    assert (first.id, first.paragraph, second.id, second.paragraph) == ("a.md:1", 1, "a.md:2", 2)


@pytest.mark.parametrize("size", [5, 17, 40])
def test_a_long_paragraph_is_cut_between_sentences_into_parts_of_about_equal_length(size: int) -> None:
    parts = passages_of(f"# T\n\n{sentences(3 * LONGEST_PASSAGE // size, size)}\n")
    assert len(parts) >= 3
    assert max(lengths(parts)) - min(lengths(parts)) <= 2 * size
    assert [part.id for part in parts] == [f"a.md:1.{number}" for number in range(1, len(parts) + 1)]
    assert {part.paragraph for part in parts} == {1}
    assert all(part.text.endswith(".") and part.text.startswith("Sentence") for part in parts)


def test_a_sentence_longer_than_a_passage_stays_whole() -> None:
    parts = passages_of(f"# T\n\nShort one. {sentences(1, 2 * LONGEST_PASSAGE)} Short two.\n")
    assert 2 * LONGEST_PASSAGE in [len(part.text.split()) for part in parts]


def test_the_first_passage_under_a_heading_opens_its_section() -> None:
    text = f"# T\n\n## One\n\n{sentences(30, 20)}\n\nMore.\n\n## Two\n\nLast one.\n"
    opening = [passage for passage in passages_of(text) if passage.opens_section]
    assert [(passage.section, passage.id) for passage in opening] == [("One", "a.md:1.1"), ("Two", "a.md:3")]


def test_a_heading_is_given_with_those_above_it() -> None:
    passage = passages_of("# T\n\n## Benefits\n\n### For staff\n\nThey learn.\n")[0]
    assert passage.section == "For staff"
    assert passage.heading.endswith("Benefits – For staff")


def words(sentence: str) -> str:
    review = review_of(f"# T\n\n{sentence}\n{LIST}")
    passage = review.passages[0]
    return words_without_citations(review.document, passage.start, passage.end, passage.citations)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Peers help (Smith, 2014; Lee, 2015).", "Peers help."),
        ("Peers help (see Smith, 2014, for more) and stay.", "Peers help and stay."),
        ("A peer support worker (PSW) helps.", "A peer support worker (PSW) helps."),
        ("Peers (as in all hospitals) help.", "Peers (as in all hospitals) help."),
        ("Moll et al. found that few hours hurt (2009).", "Moll et al. found that few hours hurt."),
        ("Smith (2014) found that it helps.", "Smith found that it helps."),
        ("Peers *really* help (Smith, 2014).", "Peers really help."),
    ],
)
def test_marks_of_citations_are_not_embedded_but_other_parentheses_are(written: str, kept: str) -> None:
    assert words(written) == kept


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("A PSW helps.", "A peer support worker helps."),
        ("Two PSWs help.", "Two peer support workers help."),
        ("The PSW's role, the PSWs’ roles", "The peer support worker's role, the peer support workers’ roles"),
        ("In BC", "In British Columbia"),
        ("Their QALYs", "Their quality adjusted life years"),
        ("PSWX and xPSW and non-PSW and psw", "PSWX and xPSW and non-PSW and psw"),
    ],
)
def test_abbreviations_are_written_out_in_singular_and_plural(text: str, written_out: str) -> None:
    known = {"PSW": "peer support worker", "BC": "British Columbia", "QALY": "quality adjusted life years"}
    assert write_out(text, known) == written_out
    assert write_out(text, {}) == text


def test_the_embedded_text_is_heading_and_sentences_with_their_places() -> None:
    review = review_of(f"# T\n\n## The PSW\n\nPSWs help (Smith, 2014). They stay.\n{LIST}")
    text = embedded_text(review.document, review.passages[0], {"PSW": "peer support worker"})
    assert text.text == "The peer support worker. peer support workers help. They stay."
    assert [text.text[start:end] for start, end in text.sentences] == ["peer support workers help.", "They stay."]
    assert text.text[: text.body] == "The peer support worker. "


def test_only_what_is_embedded_decides_the_digest() -> None:
    def digest(text: str) -> str:
        review = review_of(f"# T\n\n{text}\n{LIST}")
        return embedded_text(review.document, review.passages[0], {}).digest

    assert digest("Peers help (Smith, 2014).") == digest("Peers help (Lee, 2015).") == digest("*Peers* help.")
    assert digest("Peers help. They stay.") != digest("Peers help; they stay.")
