"""The façade; and, with the real model, that the review on peer support is answered well."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest

from peerqa.answering.assistant import LONGEST_QUESTION, Assistant
from peerqa.errors import CorpusError
from peerqa.library.listing import DocumentSummary
from stub_encoder import StubEncoder

ROOT = Path(__file__).parents[2]
CHALLENGES = "What challenges do peer support workers face?"


def test_it_says_what_there_is_to_ask(little: Assistant) -> None:
    words, citations = little.reviews[0].words, len(little.reviews[0].citations)
    summary = DocumentSummary("peers.md", "Peers at Work", "A. Writer", "2023-04-05", 2, 5, words, citations, 0, "2023")
    assert little.documents == (summary,)
    assert any("Challenges" in str(starter) for starter in little.starters)
    assert little.warnings == ()


def test_it_warns_of_what_it_cannot_read(corpus: Path, tmp_path: Path) -> None:
    (corpus / "scan.pdf").write_bytes(b"%PDF")
    assistant = Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder())
    assert any("scan.pdf" in str(warning) for warning in assistant.warnings)
    assert not any("\n" in str(warning) for warning in assistant.warnings)


def test_a_corpus_that_is_not_there_is_told_and_leaves_no_index(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        Assistant.open(tmp_path / "nowhere", tmp_path / "index", encoder=StubEncoder())
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    "question", ["\udcff hours", "\x00hours\x00", "hours " * 5000, "\x1b[31mhours", "ho\u200burs", "١٢ hours"]
)
def test_any_text_can_be_asked(little: Assistant, question: str) -> None:
    answer = little.ask(question, [question])
    assert answer.question == question
    assert len(answer.interpreted_question) <= 2 * LONGEST_QUESTION + 100
    json.dumps(answer.to_dict()).encode()


def test_the_same_question_has_the_same_answer_from_many_threads(little: Assistant) -> None:
    questions = [f"What {word} do PSWs face?" for word in ("challenges", "hours", "pay", "boundaries")] * 8
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(little.ask, questions))
    assert together == [little.ask(question) for question in questions]


def test_many_can_be_asked_without_holding_up_an_event_loop(little: Assistant) -> None:
    answers = []

    async def ask(question: str) -> None:
        answers.append(await little.aask(question, ["What hours do PSWs work?"]))

    async def everybody() -> None:
        async with anyio.create_task_group() as group:
            for word in ("challenges", "hours", "pay"):
                group.start_soon(ask, f"What {word} do PSWs face?")

    anyio.run(everybody)
    alone = [little.ask(answer.question, ["What hours do PSWs work?"]) for answer in answers]
    assert answers == alone
    assert len({answer.question for answer in answers}) == 3


def test_an_opened_index_answers_as_the_one_just_built(corpus: Path, tmp_path: Path) -> None:
    one = Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder())
    other = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    for question in ("inadequate hours", "What helps consumers?", "hello"):
        assert one.ask(question) == other.ask(question)


# ---- with the model

with_model = pytest.mark.model


@with_model
def test_the_overview_of_challenges_comes_first(real: Assistant) -> None:
    answer = real.ask(CHALLENGES)
    assert answer.status == "answered"
    assert answer.passages[0].text.startswith("There are many challenges that PSWs face")


@with_model
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("psw hours", "Inadequate hours were another challenge for PSWs"),
        ("do peer wrkers help with medicaton adherance", "medication"),
        ("peer worker bounderies with cleints", "PSWs maintaining boundaries with consumers"),
    ],
)
def test_short_and_misspelt_questions_are_answered(real: Assistant, typed: str, sentence: str) -> None:
    answer = real.ask(typed)
    assert answer.status == "answered"
    assert sentence in answer.passages[0].text
    assert any(sentence in highlight.text for highlight in answer.passages[0].highlights)


@with_model
@pytest.mark.parametrize("question", ["What is the capital of Mongolia?", "How do I bake bread?"])
def test_another_subject_is_not_covered(real: Assistant, question: str) -> None:
    answer = real.ask(question)
    assert answer.status == "not_covered"
    assert not any(passage.highlights for passage in answer.passages)


@with_model
def test_a_follow_up_is_answered_from_what_was_asked_before(real: Assistant) -> None:
    answer = real.ask("what about their hours?", [CHALLENGES])
    assert answer.status == "answered"
    assert "Inadequate hours were another challenge" in answer.passages[0].text
    assert CHALLENGES in answer.interpreted_question


def gold() -> list[dict[str, Any]]:
    lines = (ROOT / "evaluation" / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@with_model
def test_the_gold_questions_are_answered_from_the_right_passage(real: Assistant) -> None:
    first = among_three = count = 0
    for row in gold():
        essential = [sentence for answer in row["answers"] if answer["essential"] for sentence in answer["sentences"]]
        if essential:
            ranked = [passage.text for passage in real.rank(row["question"], row["history"]).passages[:3]]
            holds = [any(sentence in text for sentence in essential) for text in ranked]
            count, first, among_three = count + 1, first + holds[0], among_three + any(holds)
    assert first / count >= 0.7
    assert among_three / count >= 0.8


@with_model
def test_gold_answers_stand_in_the_source(real: Assistant) -> None:
    text = real.reviews[0].document.text
    for row in gold()[::6]:
        answer = real.ask(row["question"], row["history"])
        assert all(passage.text == text[passage.start : passage.end] for passage in answer.passages)
