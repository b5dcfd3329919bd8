"""Scores and reports, with an assistant that answers as it is told."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from peerqa.evaluation.questions import FAR, NEAR, GoldQuestion, read_questions
from peerqa.evaluation.report import report_as_html, report_as_table
from peerqa.evaluation.scoring import Outcome, evaluate

ROWS = [
    {"id": "1", "question": "q1", "kind": "fact", "answers": [{"sentences": ["A one."], "essential": True}]},
    {
        "id": "2",
        "question": "q2",
        "kind": "list",
        "history": ["q1"],
        "answers": [
            {"sentences": ["B two.", "C three."], "essential": True},
            {"sentences": ["A one."], "essential": False},
        ],
    },
    {"id": "3", "question": "near", "kind": NEAR, "answers": []},
    {"id": "4", "question": "far", "kind": FAR, "answers": []},
]
ANSWERS = {
    "q1": Outcome((("A one.", "Z."), ("B two.",)), ("A one.", "Z."), ("A one.",), 0.9, False),
    "q2": Outcome(
        (("X.",), ("B two.",), ("C  three.",)), ("X.", "B two.", "Y.", "C three."), ("X.", "B two."), 0.6, False
    ),
    "near": Outcome((("X.",),), ("X.",), ("X.",), 0.7, False),
    "far": Outcome((("X.",),), ("X.",), (), 0.1, True),
}


def _set(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), "utf-8")
    return path


def _ask(gold: GoldQuestion) -> Outcome:
    return ANSWERS[gold.question]


def test_scores_by_hand(tmp_path: Path) -> None:
    report = evaluate(_ask, read_questions(_set(tmp_path)))
    first, second = (item.scores for item in report.scored[:2])
    assert (
        first["first right"] == first["MRR"] == first["R@3"] == first["S R@3"] == first["H R@3"] == first["read"] == 1
    )
    assert second["first right"] == 0
    assert second["MRR"] == 1 / 2
    assert second["R@3"] == 1  # white space does not tell sentences apart
    assert second["S R@3"] == second["H R@3"] == second["read"] == 1 / 2
    assert report.mean("first right")[0] == 1 / 2
    assert report.mean("MRR", "list") == (1 / 2, 1 / 2, 1 / 2, 1)


def test_refusal_counts_each_kind_apart(tmp_path: Path) -> None:
    refusal = evaluate(_ask, read_questions(_set(tmp_path))).refusal()
    assert refusal["AUROC near"] == 1 / 2
    assert refusal["AUROC far"] == 1
    assert (refusal["good refused"], refusal["near refused"], refusal["far refused"]) == (0, 0, 1)


def test_a_sentence_that_was_never_ranked_still_counts_as_missed() -> None:
    gold = GoldQuestion("1", "q", "fact", (), ("Nowhere.", "A one."), ())
    report = evaluate(lambda gold: ANSWERS["q1"], [gold])
    assert report.scored[0].scores["R@3"] == 1 / 2


def test_reports_say_it_all(tmp_path: Path) -> None:
    report = evaluate(_ask, read_questions(_set(tmp_path)), "my <set>")
    table = report_as_table(report)
    assert "all questions" in table
    assert "2 answerable, 1 near misses, 1 off topic" in table
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["questions"] == 4
    assert plain["ranking"]["all"]["MRR"]["questions"] == 2
    assert not any(isinstance(value, float) and math.isnan(value) for value in plain["refusal"].values())


def test_the_page_escapes_and_holds_its_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page = report_as_html(evaluate(_ask, read_questions(_set(tmp_path)), "my <set>"))
    assert "my &lt;set&gt;" in page
    assert "my <set>" not in page
    assert page.count("data:image/png;base64,") == 3
    assert "http" not in page.split("base64")[0]
