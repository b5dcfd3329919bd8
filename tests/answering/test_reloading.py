"""A corpus that changes: only what is new is embedded, what was removed is gone, and a server notices."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from peerqa.answering.assistant import Assistant
from peerqa.answering.reloading import ReloadingAssistant
from peerqa.errors import CorpusError, IndexMismatch, SectionError
from peerqa.index.vectors import Index
from peerqa.web.app import create_app
from several_reviews import HOURS, QUESTION, TEXTS, several
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL


def long_review(passages: int) -> str:
    parts = (f"Peers met {'many ' * (number % 7)}people on day {number}. They spoke." for number in range(passages))
    return "# Long\n\n" + "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("passages", [1, 10, 40])
def test_what_is_embedded_is_what_was_added(tmp_path: Path, passages: int) -> None:
    several(tmp_path)
    (tmp_path / "corpus" / "long.md").write_text(long_review(passages), "utf-8")
    encoder = StubEncoder()
    added = Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=encoder, parameters=ANSWER_ALL)
    assert len(encoder.encoded) == passages + 2 * passages  # each passage, and its two sentences
    assert len(added.documents) == len(TEXTS) + 1
    again = StubEncoder()
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=again)
    assert again.encoded == []


def test_a_review_that_was_removed_is_gone(tmp_path: Path) -> None:
    before = several(tmp_path)
    assert "hours.md" in {passage.document for passage in before.ask(QUESTION).passages}
    (tmp_path / "corpus" / "hours.md").unlink()
    encoder = StubEncoder()
    after = Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=encoder, parameters=ANSWER_ALL)
    assert encoder.encoded == []
    assert [document.name for document in after.documents] == ["trust.md", "walking.txt"]
    answer = after.ask(QUESTION)
    assert answer.passages
    assert "hours.md" not in str(answer.to_dict())
    with pytest.raises(CorpusError, match="hours"):
        after.ask(QUESTION, documents=["hours.md"])
    opened = Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder(), parameters=ANSWER_ALL)
    assert opened.ask(QUESTION) == answer


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 120
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def serving(tmp_path: Path) -> ReloadingAssistant:
    places = tmp_path / "corpus", tmp_path / "index"
    opened = several(tmp_path)
    return ReloadingAssistant(opened, lambda: opened.reopened(*places), places[1], look_every=0.0)


def test_a_server_answers_from_what_was_built_meanwhile(tmp_path: Path) -> None:
    live = serving(tmp_path)
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    assert len(live.documents) == 3
    (corpus / "hours.md").unlink()
    assert len(live.documents) == 3  # until somebody builds
    Assistant.build(corpus, index, encoder=StubEncoder())
    assert wait_for(lambda: len(live.documents) == 2)
    assert "hours.md" not in str(live.ask(QUESTION).to_dict())
    assert {review.document.name for review in live.reviews} == {"trust.md", "walking.txt"}
    (corpus / "hours.md").write_text(HOURS, "utf-8")
    Assistant.build(corpus, index, encoder=StubEncoder())
    assert wait_for(lambda: len(live.documents) == 3)
    assert live.warnings == ()
    assert live.starters


def test_the_page_follows(tmp_path: Path) -> None:
    live = serving(tmp_path)
    client = TestClient(create_app(live), base_url="http://127.0.0.1")
    assert 'class="narrowed"' in client.get("/?section=Trust").text
    assert "3 reviews" in client.get("/").text
    assert "“Trust”" in unescape(client.get("/embed").text)
    (tmp_path / "corpus" / "trust.md").unlink()
    (tmp_path / "corpus" / "walking.txt").unlink()
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
    assert wait_for(lambda: len(live.documents) == 1)
    assert "Hours of Peer Workers</h1>" in client.get("/").text
    assert 'id="scope" class="unknown"' in client.get("/?section=Trust").text
    assert 'class="narrowed"' in client.get("/?section=Hours").text
    starters = unescape(client.get("/embed").text)
    assert "“Trust”" not in starters
    assert "“Boundaries”" in starters
    assert {one.section for one in live.within("Boundaries").ask(QUESTION).passages} == {"Boundaries"}
    with pytest.raises(SectionError):
        live.within("Trust")


def test_a_server_does_not_build_over_the_index_of_a_newer_one(tmp_path: Path) -> None:
    live = serving(tmp_path)
    newer = StubEncoder()
    newer.identity = dataclasses.replace(newer.identity, sha256="f" * 64)
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=newer)
    assert wait_for(lambda: live.warnings != ())
    assert "the old ones still answer" in str(live.warnings[-1])
    assert live.ask(QUESTION).passages
    assert Index.load(tmp_path / "index").identity.model_sha256 == "f" * 64


def test_where_the_new_index_cannot_be_opened_the_old_one_answers_and_it_is_said(tmp_path: Path) -> None:
    live = serving(tmp_path)
    Assistant.build(tmp_path / "corpus", tmp_path / "other", encoder=StubEncoder("another model"))
    (tmp_path / "index").rename(tmp_path / "old")
    (tmp_path / "other").rename(tmp_path / "index")
    assert wait_for(lambda: live.warnings != ())
    assert "the old ones still answer" in str(live.warnings[-1])
    assert "another model" in str(live.warnings[-1])
    assert live.ask(QUESTION).passages
    with pytest.raises(IndexMismatch):
        Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
