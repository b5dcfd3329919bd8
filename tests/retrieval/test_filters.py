"""Documents, tags and a section limit a question in all three signals, and in the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.answering.assistant import Assistant
from peerqa.errors import CorpusError, SectionError
from peerqa.index.collection import Collection
from peerqa.library.database import Database
from several_reviews import several
from stub_encoder import StubEncoder

QUESTION = "Which hours do peer workers share with the staff?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("filters")


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    return several(folder)


LIMITS = [
    (["hours.md"], [], None, {"hours.md"}),
    (["hours.md", "walking.txt"], [], None, {"hours.md", "walking.txt"}),
    ([], ["trust"], None, {"trust.md"}),
    ([], ["hours", "trust"], None, {"hours.md", "trust.md"}),
    (["hours.md"], ["trust"], None, set()),
    ([], [], "  TRUST ", {"trust.md"}),
    (["trust.md"], ["peers"], "Challenges", {"trust.md"}),
]


@pytest.mark.parametrize(("documents", "tags", "section", "expected"), LIMITS)
def test_each_signal_finds_all_that_is_within_and_nothing_else(
    assistant: Assistant,
    folder: Path,
    documents: list[str],
    tags: list[str],
    section: str | None,
    expected: set[str],
) -> None:
    encoder = StubEncoder()
    within = assistant.library.passage_numbers(documents, tags, section)
    assert within is not None
    assert {assistant.library.passage(number).document for number in within} == expected
    if section:
        names = {assistant.library.passage(number).section.casefold() for number in within}
        assert names == {section.strip().casefold()}
    collection = Collection(Database(folder / "index"), encoder.identity)
    query = encoder.encode([QUESTION])[0]
    assert set(collection.nearest("passages", query, 100, within)) == within
    assert set(collection.nearest("sentences", query, 100, within)) == within
    every = set(collection.by_words(["hour", "trust", "sleep"], 100))
    assert set(collection.by_words(["hour", "trust", "sleep"], 100, within)) == every & within
    assert set(collection.candidates(within).numbers) == within


def test_answers_come_from_what_the_limits_leave(assistant: Assistant) -> None:
    assert {one.document for one in assistant.ask(QUESTION, tags=["trust"]).passages} == {"trust.md"}
    assert {one.document for one in assistant.ask(QUESTION, documents=["walking"]).passages} == {"walking.txt"}
    limited = assistant.limited_to(["trust.md"]).within("Trust")
    assert {(one.document, one.section) for one in limited.ask(QUESTION).passages} == {("trust.md", "Trust")}
    nothing = assistant.ask(QUESTION, documents=["hours.md"], tags=["trust"])
    assert (nothing.status, nothing.passages) == ("not_covered", ())


def test_limits_that_nothing_fits_are_told(assistant: Assistant) -> None:
    with pytest.raises(CorpusError, match="cheese"):
        assistant.ask(QUESTION, tags=["cheese"])
    with pytest.raises(CorpusError, match="cheese"):
        assistant.ask(QUESTION, documents=["cheese"])
    with pytest.raises(SectionError, match="Cheese"):
        assistant.within("Cheese")
    with pytest.raises(SectionError, match="Trust"):
        assistant.within("Trust").ask(QUESTION, documents=["hours.md"])
