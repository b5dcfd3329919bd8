"""Answers as text for the shell: words without notation, marks or colours, lines of the width."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_assistant import FakeAssistant
from peerqa.answering.answer import Answer, Highlight
from peerqa.cli.rendering import Style, answer_as_text, visible

PLAIN, COLOURED = Style(False, 80), Style(True, 80)


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def answered() -> Answer:
    return FakeAssistant().ask("What challenges do PSWs face?")


@given(st.text())
def test_what_is_visible_cannot_command_a_terminal(text: str) -> None:
    shown = visible(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert visible(shown) == shown
    assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.lists(st.text(min_size=1, max_size=30)), st.integers(40, 100))
def test_lines_have_the_width_unless_one_word_is_longer(words: list[str], width: int) -> None:
    text = " ".join(words)
    wrapped = Style(False, width).wrap(text, "    ")
    assert wrapped.split() == text.split()
    assert all(len(line) <= width or len(line.split()) == 1 for line in wrapped.split("\n"))


def test_colours_do_not_change_where_lines_end() -> None:
    coloured, plain = (answer_as_text(answered(), style) for style in (COLOURED, PLAIN))
    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    assert without_colours(coloured).split("\n")[-3:] == plain.split("\n")[-3:]
    assert all(len(without_colours(line)) <= 80 for line in coloured.split("\n") if "https://" not in line)


def test_the_sentences_that_answer_are_marked() -> None:
    text = " ".join(answer_as_text(answered(), PLAIN).split())
    assert "»These range from lack of clarity of their role" in text  # and not *lack of clarity*
    assert "There are many challenges that PSWs face in the mental health field. »" in text
    assert text.count("»") == text.count("«") == 3


def test_place_note_and_works_are_shown() -> None:
    text = " ".join(answer_as_text(answered(), PLAIN).split())
    assert "[2] Challenges to Peer Support, paragraph 15 peer-support-in-mental-health.md" in text
    assert "note: Braiser et al.: the text writes “Braiser”; the list has “Brasier”" in text
    assert "Works cited there (5, 2009–2022)" in text
    assert text.count("https://doi.org/10.3233/WOR-2009-0893") == 1


def test_one_year_is_shown_once_and_no_year_not_at_all() -> None:
    answer = answered()
    first = answer.references[0]
    assert "(1, 2009)" in answer_as_text(replace(answer, references=(replace(first, year="2009"),)), PLAIN)
    assert "(1)" in answer_as_text(replace(answer, references=(replace(first, year=None),)), PLAIN)


def test_a_question_read_otherwise_than_typed_is_shown() -> None:
    read = FakeAssistant().ask("And why is that?")
    assert f"Read as: {read.interpreted_question}" in " ".join(answer_as_text(read, PLAIN).split())
    assert "Read as" not in answer_as_text(answered(), PLAIN)


def test_what_is_not_covered_comes_with_the_nearest_and_with_starters() -> None:
    text = answer_as_text(FakeAssistant().ask("What is the price?"), PLAIN)
    assert "What comes nearest:" in text
    assert "You could ask:\n  • What challenges" in text
    assert "»" not in text


@pytest.mark.parametrize("style", [PLAIN, COLOURED])
def test_all_words_of_a_passage_are_shown_once(style: Style) -> None:
    answer = answered()
    for passage in answer.passages:
        alone = replace(answer, passages=(passage,), references=())
        shown = " ".join(without_colours(answer_as_text(alone, style)).split()).translate(str.maketrans("", "", "»«"))
        assert passage.text.replace("*", "") in shown


@given(st.data())
def test_any_highlights_leave_the_words_as_they_are(data: st.DataObject) -> None:
    answer = answered()
    passage = answer.passages[0]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(passage.text)), min_size=2, max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    marked = tuple(Highlight(a, b, passage.text[a:b], "review") for a, b in spans)
    alone = replace(answer, passages=(replace(passage, highlights=marked),), references=())
    shown = re.sub(r"[»«\s]", "", answer_as_text(alone, PLAIN))
    assert re.sub(r"[\s*]", "", passage.text) in shown


def test_why_tells_which_words_matched() -> None:
    assert "why:" in answer_as_text(answered(), PLAIN, True)
    assert "why:" not in answer_as_text(answered(), PLAIN)
