"""Building a library: what has not changed is neither read nor embedded again, and what does not fit is told."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import peerqa
from little_review import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.answering.opening import open_library
from peerqa.errors import CorpusError, IndexBusy, IndexDamaged, IndexMismatch, StoreError
from peerqa.index import updating
from peerqa.index.updating import update
from peerqa.index.vector_table import live_model
from peerqa.index.verifying import find_damage
from peerqa.library import parallel_reading
from peerqa.library.database import Database
from peerqa.models.encoder import Progress, TokenVectors
from peerqa.reading.files import read_document
from stored import change, rows
from stub_encoder import StubEncoder

SECOND = "# Second\n\n## Pay\n\nPay is low in most cities. Housing costs a lot.\n\nUnions ask for more.\n"
KEPT = {
    "documents": "path sha256 title text digest sorted searched works passages citations corrected words",
    "passages": "name section heading text sentences embedded",
    "entries": "key text authors same",
    "citations": "begins ends mention status entries rest",
    "sections": "number heading plain level path paragraphs",
    "stems": "stems",
    "stem_counts": "stem passages",
    "words": "word count lower",
    "abbreviations": "short long",
    "vectors": "embedded passage_vector sentence_vectors tokens pieces offsets ranges digest",
}
"""What does not depend on the order in which documents came, by table."""


class Built:
    """A build: the texts that it embedded, and the files that it read."""

    def __init__(self, corpus: Path, index: Path, repair: bool = True) -> None:
        encoder = StubEncoder()
        with counted_reads() as self.read:
            Assistant.build(corpus, index, encoder=encoder, repair=repair)
        self.embedded = encoder.encoded


@contextmanager
def counted_reads() -> Iterator[list[str]]:
    """The names of the files that are read meanwhile."""
    read: list[str] = []
    original = read_document
    with pytest.MonkeyPatch.context() as patch:

        def counted(path: Path, corpus: Path) -> object:
            read.append(path.name)
            return original(path, corpus)

        patch.setattr(parallel_reading, "read_document", counted)
        yield read


def contents(index: Path) -> dict[str, list[str]]:
    """All that a library holds, in an order that does not depend on the one in which it was built."""
    database = Database(index)
    found = {
        table: sorted(str(row) for row in rows(database, f"SELECT {', '.join(columns.split())} FROM {table}"))
        for table, columns in KEPT.items()
    }
    found["documents"] = [row.split(", ", 1)[0] for row in found["documents"]]
    pieces = "SELECT piece, passages FROM pieces WHERE passages > 0 ORDER BY piece"
    return {**found, "pieces": [str(row) for row in rows(database, pieces)]}


def test_what_has_not_changed_is_neither_read_nor_embedded_again(corpus: Path, tmp_path: Path) -> None:
    first = Built(corpus, tmp_path / "index")
    (review,) = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder()).reviews
    assert len(first.embedded) == len(review.passages) + sum(len(passage.sentences) for passage in review.passages)
    assert first.read == ["peers.md"]
    again = Built(corpus, tmp_path / "index")
    assert (again.read, again.embedded) == ([], [])
    (corpus / "peers.md").touch()  # of another time, but of the same content
    touched = Built(corpus, tmp_path / "index")
    assert (touched.read, touched.embedded) == ([], [])
    assert not updating.find_changes(Database(tmp_path / "index"), corpus).touched


@pytest.mark.parametrize(
    ("action", "embedded", "read"),
    [
        (lambda folder: (folder / "more.md").write_text(SECOND), 2 + 3, 1),
        (lambda folder: (folder / "a.md").write_text(SECOND), 2 + 3, 1),
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("felt less alone", "felt strong")), 1 + 2, 1),
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("Tseris, 2020", "Moll et al., 2009")), 0, 1),
        (lambda folder: (folder / "peers.md").rename(folder / "renamed.md"), 0, 1),
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("## Benefits", "## What helps")), 1 + 2, 1),
        (lambda folder: (folder / "other.md").unlink(), 0, 0),
    ],
    ids=["added", "added before", "edited", "another citation", "renamed", "another heading", "removed"],
)
def test_only_what_changed_is_embedded_and_the_library_is_as_if_built_anew(
    corpus: Path, tmp_path: Path, action: Callable[[Path], object], embedded: int, read: int
) -> None:
    (corpus / "other.md").write_text("# Other\n\nOthers walk (Tseris, 2020).\n\n" + REVIEW[REVIEW.index("## Ref") :])
    Built(corpus, tmp_path / "index")
    action(corpus)
    built = Built(corpus, tmp_path / "index")
    assert (len(built.embedded), len(built.read)) == (embedded, read)
    Built(corpus, tmp_path / "anew")
    assert contents(tmp_path / "index") == contents(tmp_path / "anew")
    assert find_damage(Database(tmp_path / "index")) == []


def test_the_same_words_in_two_documents_are_embedded_once(corpus: Path, tmp_path: Path) -> None:
    (corpus / "copy.md").write_text(REVIEW)
    once = Built(corpus, tmp_path / "index").embedded
    (corpus / "copy.md").unlink()
    assert sorted(Built(corpus, tmp_path / "anew").embedded) == sorted(once)


def test_a_document_that_can_no_longer_be_read_is_left_out_and_comes_back(corpus: Path, tmp_path: Path) -> None:
    (corpus / "more.md").write_text(SECOND)
    Built(corpus, tmp_path / "index")
    (corpus / "more.md").write_bytes(b"\xff\xfe\xff")
    assistant = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert [one.name for one in assistant.documents] == ["peers.md"]
    assert any("more.md" in str(warning) for warning in assistant.warnings)
    with counted_reads() as read:
        Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert read == []  # what cannot be read is not tried again either
    (corpus / "more.md").write_text(SECOND)
    assistant = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert [one.name for one in assistant.documents] == ["more.md", "peers.md"]
    assert not any("UTF-8" in str(warning) for warning in assistant.warnings)


def test_another_version_of_the_parser_reads_all_again_and_embeds_nothing(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Built(corpus, tmp_path / "index")
    for module in ("peerqa.index.updating", "peerqa.library.storing"):
        monkeypatch.setattr(f"{module}.PARSER_VERSION", "next")
    built = Built(corpus, tmp_path / "index")
    assert (built.read, built.embedded) == (["peers.md"], [])
    assert rows(Database(tmp_path / "index"), "SELECT parser FROM documents") == [("next",)]


def test_many_files_are_read_in_processes_of_their_own(corpus: Path, tmp_path: Path) -> None:
    for number in range(10):
        (corpus / f"{number}.md").write_text(SECOND.replace("low", f"low {number}"))
    (corpus / "bad.md").write_bytes(b"\xff\xfe\xff")
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder(), workers=2)
    Assistant.build(corpus, tmp_path / "anew", encoder=StubEncoder(), workers=1)
    assert contents(tmp_path / "index") == contents(tmp_path / "anew")


# ---- interrupted


class Interrupted(Exception):
    pass


class FailingEncoder(StubEncoder):
    """Embeds so many batches, and then fails."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        self.left -= 1
        if self.left < 0:
            raise Interrupted
        return super().encode_tokens(texts, progress)


@pytest.mark.parametrize("at", range(5))
def test_an_interrupted_build_goes_on_where_it_was(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    for number in range(4):
        (corpus / f"{number}.md").write_text(SECOND.replace("low", f"low {number}"))
    monkeypatch.setattr("peerqa.index.building.AT_ONCE", 1)  # each document in a batch of its own
    whole = Built(corpus, tmp_path / "whole").embedded
    failing = FailingEncoder(2 * at)  # of each document its passages, then its sentences
    with pytest.raises(Interrupted):
        Assistant.build(corpus, tmp_path / "index", encoder=failing)
    database = Database(tmp_path / "index")
    assert len(rows(database, "SELECT path FROM documents")) == at
    assert find_damage(database) == []
    after = Built(corpus, tmp_path / "index")
    assert len(after.read) == 5 - at
    assert not set(after.embedded) & set(failing.encoded) - shared(whole)
    assert contents(tmp_path / "index") == contents(tmp_path / "whole")


def shared(texts: Sequence[str]) -> set[str]:
    """Texts that come twice: sentences that several passages have."""
    return {text for text in texts if texts.count(text) > 1}


def test_a_document_changes_in_one_transaction(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Built(corpus, tmp_path / "index")
    before = contents(tmp_path / "index")
    (corpus / "peers.md").write_text(SECOND)

    def fail(*arguments: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr("peerqa.index.building.put_rows", fail)  # the last of what is written of a document
        with pytest.raises(Interrupted):
            Built(corpus, tmp_path / "index")
    assert contents(tmp_path / "index") == before
    Built(corpus, tmp_path / "index")
    assert rows(Database(tmp_path / "index"), "SELECT title FROM documents") == [("Second",)]


# ---- models


def test_open_says_so_where_the_index_is_of_another_model(corpus: Path, tmp_path: Path) -> None:
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder("one"))
    with pytest.raises(IndexMismatch, match=r"of the model one, not of two; run `peerqa build --model two`") as caught:
        Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder("two"))
    assert "\n" not in str(caught.value)
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder("two"))
    assert Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder("two")).warnings == ()


def test_open_builds_again_where_the_model_of_that_name_has_other_weights(corpus: Path, tmp_path: Path) -> None:
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder())
    upgraded = StubEncoder()
    upgraded.identity = dataclasses.replace(upgraded.identity, sha256="f" * 64)
    with counted_reads() as read:
        assert Assistant.open(corpus, tmp_path / "index", encoder=upgraded).warnings == ()
    assert upgraded.encoded
    assert read == []
    with Database(tmp_path / "index").reading() as connection:
        live = live_model(connection)
    assert live is not None
    assert live.identity.sha256 == "f" * 64


def test_the_same_weights_read_in_another_way_are_another_model(corpus: Path, tmp_path: Path) -> None:
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder(max_length=32))
    with pytest.raises(IndexMismatch):
        Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder(max_length=256))


def test_the_vectors_of_the_model_before_answer_until_the_next_build(corpus: Path, tmp_path: Path) -> None:
    places = corpus, tmp_path / "index"
    old = Assistant.build(*places, encoder=StubEncoder("one"))
    before = old.ask("inadequate hours")
    new = Assistant.build(*places, encoder=StubEncoder("two"))
    assert new.ask("inadequate hours").passages
    assert old.ask("inadequate hours") == before
    Assistant.build(*places, encoder=StubEncoder("two"))
    assert rows(Database(places[1]), "SELECT count(*) FROM models") == [(1,)]
    assert rows(Database(places[1]), "SELECT count(DISTINCT model) FROM vectors") == [(1,)]
    assert find_damage(Database(places[1])) == []
    with pytest.raises(IndexMismatch, match="one"):
        old.ask("inadequate hours")


# ---- repair, and what was there before


def test_a_damaged_index_is_told_and_a_build_embeds_only_what_is_not_whole(corpus: Path, tmp_path: Path) -> None:
    (corpus / "more.md").write_text(SECOND)
    index = tmp_path / "index"
    Built(corpus, index)
    before = contents(index)
    change(index / "library.sqlite", "UPDATE vectors SET tokens = zeroblob(length(tokens)) WHERE passage = 1")
    (damage,) = find_damage(Database(index))
    assert "more.md" in str(damage)
    with pytest.raises(IndexDamaged, match=r"more\.md.*run `peerqa build`") as caught:
        Assistant.open(corpus, index, encoder=StubEncoder()).ask("Why do unions ask for more pay?")
    assert "\n" not in str(caught.value)
    built = Built(corpus, index)
    assert len(built.embedded) == 1 + 2  # the passage, and its two sentences
    assert contents(index) == before
    assert find_damage(Database(index)) == []
    assert not list(index.glob("library.damaged*"))


def test_a_repair_that_was_interrupted_loses_no_vectors(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    Built(corpus, index)
    change(index / "library.sqlite", "UPDATE passages SET text = 'x' || text WHERE number = 0")

    def fail(*arguments: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr("peerqa.index.building.add_review", fail)
        with pytest.raises(Interrupted):
            Built(corpus, index)
    assert Built(corpus, index).embedded == []
    assert find_damage(Database(index)) == []
    assert not list(index.glob("library.damaged*"))


def test_an_index_of_the_earlier_format_is_built_anew_with_one_line(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    (index / "generation-000001-00").mkdir(parents=True)
    (index / "generation-000001-00" / "manifest.json").write_text("{}")
    (index / "CURRENT").write_text("{}")
    _, told = open_library(corpus, index, StubEncoder())
    assert [str(one) for one in told] == [f"{index}: the index was of an earlier format and has been built anew"]
    assert not (index / "CURRENT").exists()
    assert not list(index.glob("generation-*"))
    assert open_library(corpus, index, StubEncoder())[1] == []


def test_a_library_of_another_version_of_the_tables_is_told_and_built_anew(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    Built(corpus, index)
    change(index / "library.sqlite", "PRAGMA user_version = 99")
    with pytest.raises(IndexMismatch, match=r"index format 99, .* upgrade peerqa, or run `peerqa build`"):
        Assistant.open(corpus, index, encoder=StubEncoder())
    Built(corpus, index)
    assert Assistant.open(corpus, index, encoder=StubEncoder()).ask("inadequate hours").passages


# ---- told before the work


def test_a_build_under_way_elsewhere_is_told(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerqa.library.database._SECONDS_FOR_A_BUILD", 0.2)
    code = "import sys; from peerqa.library.database import Database; from pathlib import Path\n"
    code += "with Database(Path(sys.argv[1])).lock(): print('held', flush=True); sys.stdin.read()"
    source = str(Path(peerqa.__file__).parent.parent)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "index")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": source},
    ) as other:  # fmt: skip
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        encoder = StubEncoder()
        with pytest.raises(IndexBusy, match="another process is building"):
            Assistant.build(corpus, tmp_path / "index", encoder=encoder)
        assert encoder.encoded == []  # told before the work, not after it
        other.stdin.close()
    assert Built(corpus, tmp_path / "index").embedded


def test_an_index_folder_that_is_a_file_is_told_before_anything_is_embedded(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("no folder")
    encoder = StubEncoder()
    with pytest.raises(StoreError, match="cannot be written"):
        Assistant.open(corpus, tmp_path / "index", encoder=encoder)
    assert encoder.encoded == []


def test_a_corpus_of_which_nothing_can_be_read_is_told_each_time(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\xff")
    for _ in range(2):
        with pytest.raises(CorpusError, match=r"bad\.md"):
            Assistant.open(tmp_path, tmp_path / "index", encoder=StubEncoder())


def test_progress_goes_up_to_all_that_there_is(corpus: Path, tmp_path: Path) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}

    def note(work: str, done: int, total: int) -> None:
        seen.setdefault(work, []).append((done, total))

    update(Database(tmp_path), corpus, StubEncoder(), note)
    assert "reviews" in seen
    for steps in seen.values():
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]
