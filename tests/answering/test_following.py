"""A corpus that changes: only what is new is embedded, what was removed is gone, and who serves it follows at once."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from conftest import ROOT
from peerqa.answering.assistant import Assistant
from peerqa.errors import CorpusError, IndexMismatch, SectionError, StoreError
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


BUILD = """
import sys
from peerqa.answering.assistant import Assistant
from stub_encoder import StubEncoder
Assistant.build(sys.argv[1], sys.argv[2], encoder=StubEncoder())
"""


def build_elsewhere(folder: Path) -> None:
    """Build in a process of its own, as somebody does beside a server."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", BUILD, str(folder / "corpus"), str(folder / "index")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": paths})


def named(assistant: Assistant) -> set[str]:
    return {document.name for document in assistant.documents}


def test_what_another_process_builds_is_answered_from_at_once(tmp_path: Path) -> None:
    live = several(tmp_path)
    corpus = tmp_path / "corpus"
    assert len(live.documents) == 3
    (corpus / "hours.md").unlink()
    assert len(live.documents) == 3  # until somebody builds
    build_elsewhere(tmp_path)
    assert named(live) == {"trust.md", "walking.txt"}
    assert "hours.md" not in str(live.ask(QUESTION).to_dict())
    assert {review.document.name for review in live.reviews} == {"trust.md", "walking.txt"}
    (corpus / "hours.md").write_text(HOURS, "utf-8")
    (corpus / "new.md").write_text("# New\n\n## Bread\n\nBakers knead dough for hours before they bake it.\n", "utf-8")
    build_elsewhere(tmp_path)
    assert named(live) == {*TEXTS, "new.md"}
    answer = live.ask("How long do bakers knead dough?")
    assert answer.passages[0].document == "new.md"
    assert "hours.md" in str(live.ask(QUESTION).to_dict())
    assert [str(one).split(";")[0] for one in live.warnings] == ["new.md: no reference list found"]
    assert live.starters


def test_a_text_that_was_changed_is_quoted_as_it_is_now(tmp_path: Path) -> None:
    live = several(tmp_path)
    path = tmp_path / "corpus" / "walking.txt"
    before = path.read_text("utf-8")
    assert "sleep better" in str(live.ask("Who sleeps better?", documents=["walking"]).to_dict())
    path.write_text(before.replace("sleep better", "sleep longer"), "utf-8")
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
    told = str(live.ask("Who sleeps better?", documents=["walking"]).to_dict()["passages"])
    assert "sleep longer" in told
    assert "sleep better" not in told


def test_what_cannot_be_read_meanwhile_is_warned_of(tmp_path: Path) -> None:
    live = several(tmp_path)
    assert not live.warnings
    (tmp_path / "corpus" / "empty.md").write_text(" \n", "utf-8")
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
    assert [str(one) for one in live.warnings] == [f"{tmp_path / 'corpus' / 'empty.md'}: the file is empty (left out)"]


def test_the_page_follows(tmp_path: Path) -> None:
    live = several(tmp_path)
    client = TestClient(create_app(live), base_url="http://127.0.0.1")
    assert 'class="narrowed"' in client.get("/?section=Trust").text
    assert "3 reviews" in client.get("/").text
    assert "“Trust”" in unescape(client.get("/embed").text)
    assert "Walking and Mood" in client.get("/library").text
    (tmp_path / "corpus" / "trust.md").unlink()
    (tmp_path / "corpus" / "walking.txt").unlink()
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
    assert "Hours of Peer Workers</h1>" in client.get("/").text
    assert client.get("/healthz").json()["documents"] == 1
    assert "Walking and Mood" not in client.get("/library").text
    assert client.get("/read/trust.md").status_code == 404
    assert 'id="scope" class="unknown"' in client.get("/?section=Trust").text
    assert 'class="narrowed"' in client.get("/?section=Hours").text
    starters = unescape(client.get("/embed").text)
    assert "“Trust”" not in starters
    assert "“Boundaries”" in starters
    assert {one.section for one in live.within("Boundaries").ask(QUESTION).passages} == {"Boundaries"}
    with pytest.raises(SectionError):
        live.within("Trust")


def test_who_has_the_model_before_goes_on_with_its_vectors(tmp_path: Path) -> None:
    live = several(tmp_path)
    before = live.ask(QUESTION)
    newer = StubEncoder()
    newer.identity = dataclasses.replace(newer.identity, sha256="f" * 64)
    Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder=newer)
    assert live.ask(QUESTION).to_dict() == before.to_dict()
    encoder = StubEncoder()
    encoder.identity = newer.identity
    Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=encoder)
    assert encoder.encoded == []  # it is the newer one's that was opened


def test_an_index_of_another_model_is_no_answer_but_an_error(tmp_path: Path) -> None:
    live = several(tmp_path)
    Assistant.build(tmp_path / "corpus", tmp_path / "other", encoder=StubEncoder("another model"))
    (tmp_path / "index").rename(tmp_path / "old")
    (tmp_path / "other").rename(tmp_path / "index")
    with pytest.raises(StoreError, match="no longer has vectors of stub; start again, or run `peerqa build"):
        live.ask(QUESTION)
    with pytest.raises(IndexMismatch):
        Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=StubEncoder())
    assert Assistant.open(tmp_path / "corpus", tmp_path / "old", encoder=StubEncoder()).ask(QUESTION).references
