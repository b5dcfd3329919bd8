"""What the wording of a question tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn")

import style


def write(folder: Path, unanswered: str) -> None:
    rows = []
    for number in range(60):
        answered = number % 2 == 0
        words = "what was found" if answered else unanswered
        rows.append(
            {"doc": f"d{number % 10 // 2}", "question": f"{words} in trial {number // 2}?", "gold": [[0, 0]] * answered}
        )
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))


def test_a_set_whose_wording_tells_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "did the dose")
    style.measure(tmp_path, 5, 3)
    assert "AUROC by the question alone 1.000" in capsys.readouterr().out


def test_the_same_question_twice_tells_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "what was found")
    style.measure(tmp_path, 5, 3)
    assert "AUROC by the question alone 0.500" in capsys.readouterr().out
