"""Question sets: read from JSON lines, and refused with file and line if they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.errors import QuestionSetError
from peerqa.evaluation.questions import NEAR, GoldQuestion, read_questions


def test_a_question_set_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"question": "q1", "answers": [{"sentences": ["A  one.", "B."]}, {"sentences": ["C."], "essential": false}]}\n'
        '\n{"id": "mine", "question": "q2", "history": ["q1"]}\n',
        "utf-8",
    )
    assert read_questions(path) == [
        GoldQuestion("1", "q1", "question", (), ("A one.", "B."), ("C.",)),
        GoldQuestion("mine", "q2", NEAR, ("q1",), (), ()),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no question"), ("not json", "line 1"), ('{"question": "q"}\n[1]', "line 2"), ('{"answers": []}', "line 1")],
)
def test_a_bad_question_set_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(QuestionSetError, match=said) as caught:
        read_questions(path)
    assert "questions.jsonl" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_question_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"nothing\.jsonl"):
        read_questions(tmp_path / "nothing.jsonl")
