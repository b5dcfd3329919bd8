"""Questions without an answer: kept only where asked for, text and date only, for a time, and grouped by similarity."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant
from peerqa.cli.main import main
from peerqa.errors import KeptQuestionsError
from peerqa.feedback.gaps import KeptQuestions, as_csv, group
from peerqa.web.app import WebSettings, create_app
from peerqa.web.views.escape import escape
from peerqa.wording import strings

HERE = "http://127.0.0.1"
ASKED = [
    ("2026-01-01", "How much are peer support workers paid?"),
    ("2026-01-02", "Which medication helps with anxiety?"),
    ("2026-01-03", "how much are peer workers paid"),
    ("2026-01-04", "peer support workers paid how much??"),
    ("2026-01-05", "Who won the world cup?"),
    ("2026-01-06", "which medications help with anxiety"),
]


def test_questions_that_are_alike_stand_together() -> None:
    gaps = group(ASKED)
    assert [gap.times for gap in gaps] == [3, 2, 1]
    assert gaps[0].questions[0] == "How much are peer support workers paid?"
    assert (gaps[0].first, gaps[0].last) == ("2026-01-01", "2026-01-04")
    assert group([]) == []


def test_short_forms_are_what_the_reviews_say_that_they_are() -> None:
    asked = [("2026-01-01", "How much are PSWs paid?"), ("2026-01-02", "What is a peer support worker paid?")]
    assert [gap.times for gap in group(asked)] == [1, 1]
    assert [gap.times for gap in group(asked, {"PSW": "peer support worker"})] == [2]
    other = [*asked, ("2026-01-03", "Which hospitals employ psws?"), ("2026-01-04", "Who pays for tickets?")]
    assert [gap.times for gap in group(other, {"PSW": "peer support worker"})] == [2, 1, 1]


def test_a_cell_is_never_a_formula() -> None:
    assert as_csv(group([("2026-01-01", '=HYPERLINK("http://evil.example")')])).splitlines()[1].split(",", 4)[4] == (
        '"\'=HYPERLINK(""http://evil.example"")"'
    )


def test_only_what_was_not_answered_is_kept_and_only_text_and_date(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    settings = WebSettings(keep_questions=path, keep_days=30)
    client = TestClient(create_app(FakeAssistant(), settings=settings), base_url=HERE)
    for question in ("What challenges?", "the price?", "hello"):
        assert client.post("/api/ask", json={"question": question}).status_code == 200
    rating = {"question": "What challenges?", "passages": ["a:1"], "thumb": "up"}
    assert client.post("/api/feedback", json=rating).status_code == 204
    assert client.post("/api/feedback", json={**rating, "thumb": "sideways"}).status_code == 422
    assert client.post("/api/feedback", json={**rating, "question": " "}).status_code == 422
    kept = KeptQuestions(path)
    ((day, question),) = kept.questions()
    assert question == "the price?"
    assert len(day) == 10
    assert kept.ratings() == {"up": 1}
    assert escape(strings.keeps(30)) in client.get("/").text


def test_nothing_is_kept_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    client = TestClient(create_app(FakeAssistant()), base_url=HERE)
    client.post("/api/ask", json={"question": "the price?"})
    assert client.post("/api/feedback", json={"question": "a", "thumb": "up"}).status_code in (404, 405)
    assert 'class="keeps"' not in client.get("/").text
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_old_goes_and_a_purge_leaves_no_words(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    kept = KeptQuestions(path, days=30)
    kept.keep("an old question about canaries")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE unanswered SET asked = '2020-01-01'")
    assert len(KeptQuestions(path).questions()) == 1
    kept.keep("a new question about canaries")
    assert [question for _, question in kept.questions()] == ["a new question about canaries"]
    assert kept.purge() == 1
    assert kept.questions() == []
    assert b"canaries" not in path.read_bytes()


def test_the_shell_lists_and_purges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "kept.sqlite"
    kept = KeptQuestions(path)
    for _, question in ASKED:
        kept.keep(question)
    kept.rate("a", [], "down")
    assert main(["gaps", str(path)]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[1].split()[0] == "3"
    assert "thumbs: 0 up, 1 down" in shown
    assert main(["gaps", str(path), "--csv"]) == 0
    assert capsys.readouterr().out.startswith("group,times,first,last,question\n1,3,")
    assert main(["gaps", str(path), "--purge"]) == 0
    assert "7 entries deleted" in capsys.readouterr().out
    assert main(["gaps", str(tmp_path / "nothing")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("this is no database, whatever its name says" * 50)
    with pytest.raises(KeptQuestionsError, match=r"text\.sqlite: "):
        KeptQuestions(path)
