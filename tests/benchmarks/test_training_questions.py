"""The questions to train on that come with the repository name sentences that there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from question_sets import article_of

QUESTIONS = Path(__file__).parents[2] / "training" / "questions"
DOCUMENTS = sorted(path.stem for path in QUESTIONS.glob("*.json"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_marked_sentence_is_there(name: str) -> None:
    paragraphs = article_of(QUESTIONS, name)["paragraphs"]
    rows = [json.loads(line) for line in (QUESTIONS / f"{name}.questions.jsonl").read_text("utf-8").splitlines()]
    assert rows
    for row in rows:
        assert row["doc"] == name
        assert row["question"].strip()
        marked = [tuple(place) for place in (*row["gold"], *row["also"])]
        assert len(set(marked)) == len(marked), row
        for paragraph, sentence in marked:
            assert paragraphs[paragraph]["sentences"][sentence].strip(), row
