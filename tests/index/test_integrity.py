"""What is not as it was written never becomes an answer, and what is written is whole, whatever ends the writing."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import index_robustness
from little_review import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.errors import IndexBusy, IndexDamaged, StoreError
from peerqa.index.verifying import find_damage
from peerqa.library.database import Database
from peerqa.library.records import _QUOTED
from peerqa.library.review import Review
from stored import change, reviews_of, rows
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL

QUESTIONS = ["What challenges do PSWs face?", "Inadequate hours?", "Which consumers took their medication?"]
COLUMNS = {
    **{table: [*columns, "digest"] for table, columns in _QUOTED.items()},
    "vectors": "embedded passage_vector sentence_vectors tokens pieces offsets ranges digest".split(),
    "works": ["key"],
    "models": ["identity", "codec", "digest"],
}
COLUMNS["entries"] += ["work", "linked"]
PLACES = {"document", "number", "work", "identity", "path"}
"""Columns by which rows are found: where one is damaged, the row may not be read at all."""


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Path:
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder())
    return tmp_path / "index"


def assistant_of(index: Path) -> Assistant:
    return Assistant(Database(index), StubEncoder(), parameters=ANSWER_ALL)


def flipped(value: str | bytes | int | None) -> str | bytes | int:
    """The value with one bit of its first byte flipped."""
    if isinstance(value, int):
        return value ^ 1 << 10
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    return chr(ord(value[0]) ^ 1) + value[1:] if isinstance(value, str) and value else "x"


def damage(index: Path, table: str, column: str) -> None:
    with closing(sqlite3.connect(index / "library.sqlite", isolation_level=None)) as connection:
        connection.create_function("flipped", 1, flipped)
        assert connection.execute(f"UPDATE {table} SET {column} = flipped({column})").rowcount


def look(assistant: Assistant) -> None:
    """Answer all questions and show the whole review; what comes back stands in the review."""
    whole = reviews_of({"peers.md": REVIEW})[0].document.text
    for question in QUESTIONS:
        for passage in assistant.ask(question).passages:
            assert passage.text == whole[passage.start : passage.end]
    assistant.library.get("peers.md")


def error_of(index: Path) -> StoreError | None:
    """What looking at everything ends with; None if nothing was noticed."""
    try:
        look(assistant_of(index))
    except StoreError as error:
        return error
    return None


@pytest.mark.parametrize(("table", "column"), [(table, one) for table, columns in COLUMNS.items() for one in columns])
def test_a_flipped_byte_in_any_column_is_an_error_that_names_the_document(index: Path, table: str, column: str) -> None:
    look(assistant_of(index))
    damage(index, table, column)
    found = find_damage(Database(index))
    assert found
    assert not any("\n" in str(one) for one in found)
    told = error_of(index)
    if told is None:
        assert column in PLACES or (table, column) == ("vectors", "embedded")  # the text itself is compared
    else:
        assert isinstance(told, IndexDamaged) or (table, column) == ("models", "identity")
        assert "run `peerqa build" in str(told)
        assert "\n" not in str(told)
        assert "eers.md" in str(told) or table == "models"


@pytest.mark.parametrize("table", [*_QUOTED, "vectors"])
def test_a_row_that_is_gone_is_found(index: Path, table: str) -> None:
    key = "passage" if table == "vectors" else "id" if table in ("documents", "passages") else "number"
    change(index / "library.sqlite", f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
    assert find_damage(Database(index))


def test_text_that_is_no_longer_utf8_names_the_document(index: Path) -> None:
    change(index / "library.sqlite", "UPDATE passages SET text = CAST(x'ff' || substr(text, 2) AS TEXT)")
    with pytest.raises(IndexDamaged, match=r"peers\.md"):
        look(assistant_of(index))


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"SQLite format 3\0" + b"x" * 9000])
def test_a_file_that_is_no_library_is_told_and_a_build_replaces_it(corpus: Path, index: Path, content: bytes) -> None:
    Database(index).set_aside()
    (index / "library.damaged.sqlite").unlink()
    (index / "library.sqlite").write_bytes(content)
    with pytest.raises(IndexDamaged, match="run `peerqa build`") as caught:
        Assistant.open(corpus, index, encoder=StubEncoder())
    assert "\n" not in str(caught.value)
    Assistant.build(corpus, index, encoder=StubEncoder())
    look(assistant_of(index))


@pytest.mark.parametrize("damaged", ["gone", "empty", "flipped"])
def test_a_file_of_vectors_that_is_damaged_changes_no_answer_and_is_written_again(
    corpus: Path, index: Path, damaged: str
) -> None:
    before = assistant_of(index).ask(QUESTIONS[0])
    for path in index.glob("*.faiss"):
        content = path.read_bytes()
        path.unlink() if damaged == "gone" else path.write_bytes(b"" if damaged == "empty" else content[:-1] + b"x")
    assert len(find_damage(Database(index))) == 2
    assert assistant_of(index).ask(QUESTIONS[0]) == before
    encoder = StubEncoder()
    Assistant.build(corpus, index, encoder=encoder)
    assert encoder.encoded == []
    assert find_damage(Database(index)) == []


def outcomes(trial: index_robustness.Trial, folder: Path, count: int) -> Counter[str]:
    found = trial(folder, count, random.Random(3))
    assert found["wrong"] == found["crashed"] == 0, found
    return found


def test_flipped_bits_never_become_an_answer(tmp_path: Path) -> None:
    assert outcomes(index_robustness.flips, tmp_path, 40)["refused"]


def test_a_builder_that_is_killed_leaves_a_whole_library(tmp_path: Path) -> None:
    assert outcomes(index_robustness.kills, tmp_path, 6)["whole"] == 6


def test_a_full_disk_is_told_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    found = outcomes(index_robustness.full_disks, tmp_path, 8)
    assert found["whole"] == 8
    assert found["refused"]


# ---- writers and readers side by side


def test_two_writers_take_turns(index: Path) -> None:
    order: list[str] = []
    begun = threading.Event()

    def write(name: str) -> None:
        with Database(index).writing() as connection:
            order.append(f"{name} begins")
            begun.set()
            threading.Event().wait(0.1)
            connection.execute("INSERT INTO properties VALUES (?, 1)", (name,))
            order.append(f"{name} ends")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [step.split()[1] for step in order] == ["begins", "ends", "begins", "ends"]
    assert len(rows(Database(index), "SELECT * FROM properties WHERE name IN ('one', 'two')")) == 2


def test_a_writer_that_waits_too_long_is_told(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerqa.library.database._SECONDS_FOR_A_TRANSACTION", 0.1)
    with Database(index).writing():
        with pytest.raises(IndexBusy, match="another process"), Database(index).writing():
            pass
        look(assistant_of(index))  # readers do not wait


def test_readers_see_nothing_of_builds(corpus: Path, index: Path) -> None:
    """Each answer and each review is of one state of the corpus, while another thread builds one after the other."""
    texts = [REVIEW, REVIEW.replace("inadequate", "inadequate and unpaid").replace("Peers at Work", "Peers")]
    known = [review for text in texts for review in reviews_of({"peers.md": text})]
    done = threading.Event()
    failed: list[BaseException] = []

    def build_on() -> None:
        try:
            for number in range(12):
                (corpus / "peers.md").write_text(texts[(number + 1) % 2], "utf-8")
                Assistant.build(corpus, index, encoder=StubEncoder(), repair=False)
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    assistant = assistant_of(index)
    builder = threading.Thread(target=build_on)
    builder.start()
    seen: Counter[int] = Counter()
    while not done.is_set():
        for passage in assistant.ask(QUESTIONS[0]).passages:
            assert any(passage.text == one.document.text[passage.start : passage.end] for one in known)
        review = assistant.library.get("peers.md")
        assert isinstance(review, Review)
        seen[next(n for n, one in enumerate(known) if one.passages == review.passages)] += 1
    builder.join()
    assert not failed
    assert seen
    assert len(seen) == 2
