"""The words of what stages have to say: each code has its sentence, in both languages, with the values it is given."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import peerqa
from peerqa.answering.answer import Answer
from peerqa.answering.notices import AnswerNotice
from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.errors import CorpusError, Problem, SectionError
from peerqa.library.starter_questions import SuggestionKind, about
from peerqa.notices import Notice
from peerqa.reading.converters.converted import Converted, notice_as_json, notice_of_json
from peerqa.wording.catalogue import using
from peerqa.wording.notices import WORDS, worded
from placeholders import placeholders

SOURCE = Path(peerqa.__file__).parent
CODES: list[Enum] = [*AnswerNotice, *SuggestionKind, *Problem, *Discrepancy, *Preference]


def test_each_code_has_its_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == set(CODES)


def test_a_notice_is_worded_in_the_language_in_use_and_its_text_is_english() -> None:
    notice = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section="Hours")
    with using("fr"):
        assert worded(notice) == "La section «\u00a0Hours\u00a0» ne répond pas à cette question."
        assert str(notice) == "The section “Hours” does not answer this."
        assert Answer("?", "?", "not_covered", 0.0, notice=notice).message == str(notice)
    assert worded(notice) == str(notice)


@pytest.mark.parametrize(
    ("reviews", "english", "french"),
    [
        (1, "The review does not answer this.", "La revue ne répond pas à cette question."),
        (2, "The reviews do not answer this.", "Les revues ne répondent pas à cette question."),
    ],
)
def test_one_review_or_several_do_not_answer(reviews: int, english: str, french: str) -> None:
    notice = Notice(AnswerNotice.NOT_COVERED, reviews=reviews)
    assert str(notice) == english
    with using("fr"):
        assert worded(notice) == french


def test_notices_of_the_same_code_and_values_are_one() -> None:
    assert len({about("Hours"), about("Hours"), about("Pay")}) == 2
    assert about("Hours") != about("Pay")
    assert repr(about("Hours")) == "Notice(SuggestionKind.ABOUT_SECTION, heading='Hours')"


def _uses_of_codes() -> Iterator[tuple[str, str, set[str]]]:
    """(place, name of the Problem, names of the values) for each call in the package that is given a Problem."""
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            for given in call.args:
                if isinstance(given, ast.Attribute) and ast.unparse(given.value) == "Problem":
                    yield f"{path.name}:{given.lineno}", given.attr, {str(one.arg) for one in call.keywords}


def test_each_problem_is_told_with_the_values_that_its_words_name() -> None:
    uses = list(_uses_of_codes())
    assert len(uses) > 80
    for place, name, values in uses:
        words = WORDS[Problem[name]]
        named = placeholders(words) if isinstance(words, str) else set(inspect.signature(words).parameters)
        assert values == named, f"{place}: {name}"


def test_each_problem_is_used() -> None:
    named = {
        node.attr
        for path in SOURCE.rglob("*.py")
        if path.name not in ("problems.py", "errors.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Problem"
    }
    assert named | {"NO_SECTION_OF_NAME"} == {problem.name for problem in Problem}  # SectionError itself has that one


def test_an_error_is_its_line_and_french_where_the_reader_is() -> None:
    error = CorpusError(Problem.NOT_READABLE, path="{a}.md", reason="Permission denied")
    assert str(error) == worded(error) == "{a}.md: cannot be read (Permission denied)"
    with using("fr"):
        assert worded(error) == "{a}.md\u00a0: ne peut pas être lu (Permission denied)"
        assert str(error) == "{a}.md: cannot be read (Permission denied)"


def test_a_problem_within_a_problem_is_worded_with_it() -> None:
    damaged = Notice(Problem.INDEX_DAMAGED, path="a", reason=Notice(Problem.FILE_MISSING))
    alone = Notice(Problem.RETRIEVAL_ALONE, reason=damaged)
    assert str(alone) == "a: it is missing; run `peerqa build` (answers come from retrieval alone)"
    with using("fr"):
        assert worded(alone).startswith("a\u00a0: il manque\u00a0; lancez `peerqa build` (les réponses")


@pytest.mark.parametrize(
    ("names", "listed"),
    [(["a.md"], "a.md"), ([f"{n}" for n in range(10)], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
     ([f"{n}" for n in range(12)], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more")],
)  # fmt: skip
def test_an_error_names_at_most_ten_reviews(names: list[str], listed: str) -> None:
    error = CorpusError(Problem.NO_REVIEW_OF_NAME, name="x", names=names)
    assert str(error) == f"no review is called x; there are {listed}"


def test_an_error_names_the_sections_that_there_are() -> None:
    assert str(SectionError("x", ("A", "B"))) == "no section is called “x”; the sections are: A; B"
    with using("fr"):
        assert worded(SectionError("x")).endswith("les sections sont\u00a0: aucune")


def test_a_notice_crosses_from_the_converter_to_its_parent() -> None:
    notice = Notice(Problem.PANDOC_FAILED, form="docx", reason=Notice(Problem.EXIT_STATUS, status=64))
    assert notice_of_json(notice_as_json(notice)) == notice
    converted = Converted("markdown", "text", {"code": "a", "values": "b"}, warnings=[notice])
    assert Converted.from_json(converted.to_json()) == converted
    assert "\n" not in notice_as_json(Notice(Problem.NOT_JATS, reason="a\nb"))
