"""Building an index: only what is new is encoded, and an index that does not fit is told from one that does."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import peerqa
from conftest import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.errors import IndexBusy, IndexDamaged, IndexMismatch, StoreError
from peerqa.index.store import Store
from peerqa.index.token_table import TokenTable
from peerqa.index.vectors import Index
from stub_encoder import StubEncoder

SECOND = "# Second\n\n## Pay\n\nPay is low in most cities. Housing costs a lot.\n\nUnions ask for more.\n"


def built(corpus: Path, index: Path) -> list[str]:
    """The texts that a build gave to the encoder."""
    encoder = StubEncoder()
    Assistant.build(corpus, index, encoder=encoder)
    return encoder.encoded


def same_index(one: Index, other: Index) -> bool:
    vectors = all(np.array_equal(a, b) for a, b in zip(one.vectors(), other.vectors(), strict=True))
    arrays = all(np.array_equal(array, other.arrays[name]) for name, array in one.arrays.items())
    return vectors and arrays and one.items == other.items


def test_what_has_not_changed_is_not_encoded_again(corpus: Path, tmp_path: Path) -> None:
    first = built(corpus, tmp_path / "index")
    passages = [
        p for r in Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder()).reviews for p in r.passages
    ]
    assert len(first) == len(passages) + sum(len(passage.sentences) for passage in passages)
    assert built(corpus, tmp_path / "index") == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda folder: (folder / "more.md").write_text(SECOND), 2 + 3),
        (lambda folder: (folder / "a.md").write_text(SECOND), 2 + 3),  # comes first, so that all rows move
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("felt less alone", "felt strong")), 1 + 2),
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("Tseris, 2020", "Moll et al., 2009")), 0),
        (lambda folder: (folder / "peers.md").rename(folder / "renamed.md"), 0),
        (lambda folder: (folder / "peers.md").write_text(REVIEW.replace("## Benefits", "## What helps")), 1 + 2),
    ],
    ids=["added", "added before", "edited", "another citation", "renamed", "another heading"],
)
def test_only_what_changed_is_encoded_and_the_index_is_as_if_built_anew(
    corpus: Path, tmp_path: Path, change: object, expected: int
) -> None:
    built(corpus, tmp_path / "index")
    assert callable(change)
    change(corpus)
    assert len(built(corpus, tmp_path / "index")) == expected
    built(corpus, tmp_path / "anew")
    assert same_index(Index.load(tmp_path / "index"), Index.load(tmp_path / "anew"))


def test_what_left_the_corpus_leaves_the_index(corpus: Path, tmp_path: Path) -> None:
    (corpus / "more.md").write_text(SECOND)
    built(corpus, tmp_path / "index")
    (corpus / "peers.md").unlink()
    assert built(corpus, tmp_path / "index") == []
    assert {item["document"] for item in Index.load(tmp_path / "index").items} == {"more.md"}


def test_the_same_words_in_two_documents_are_encoded_once(corpus: Path, tmp_path: Path) -> None:
    (corpus / "copy.md").write_text(REVIEW)
    once = built(corpus, tmp_path / "index")
    (corpus / "copy.md").unlink()
    assert sorted(built(corpus, tmp_path / "anew")) == sorted(once)


def test_the_tokens_of_the_index_are_those_of_the_encoder(corpus: Path, tmp_path: Path) -> None:
    assistant = Assistant.build(corpus, tmp_path, encoder=StubEncoder())
    index = Index.load(tmp_path)
    table = TokenTable.of_arrays(dict(index.arrays))
    passages = [passage for review in assistant.reviews for passage in review.passages]
    assert len(index.items) == len(passages) == len(table.passages) - 1
    assert len(table.sentences) == len(index.sentence_rows) == sum(len(passage.sentences) for passage in passages)
    assert np.allclose(np.linalg.norm(table.vectors.astype(np.float32), axis=1), 1, atol=1e-2)
    assert all(first < end for first, end in table.sentences)
    assert (np.diff(table.passages) > 0).all()


# ---- opening


def test_open_builds_where_nothing_is_and_then_reads_it(corpus: Path, tmp_path: Path) -> None:
    first, second = StubEncoder(), StubEncoder()
    Assistant.open(corpus, tmp_path / "index", encoder=first)
    Assistant.open(corpus, tmp_path / "index", encoder=second)
    assert first.encoded
    assert second.encoded == []


@pytest.mark.parametrize("name", ["peers.md", "more.md"])
def test_open_builds_again_where_the_corpus_changed(corpus: Path, tmp_path: Path, name: str) -> None:
    Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    (corpus / name).write_text(SECOND)
    found = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder()).ask("Why do unions ask for more pay?")
    assert found.passages[0].document == name


def test_open_builds_again_where_the_chunking_version_is_another(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    monkeypatch.setattr("peerqa.index.building.CHUNKING_VERSION", "next")
    monkeypatch.setattr("peerqa.answering.assistant.CHUNKING_VERSION", "next")
    encoder = StubEncoder()
    Assistant.open(corpus, tmp_path / "index", encoder=encoder)
    assert encoder.encoded
    assert Index.load(tmp_path / "index").identity.chunking_version == "next"


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
    assert Assistant.open(corpus, tmp_path / "index", encoder=upgraded).warnings == ()
    assert upgraded.encoded
    assert Index.load(tmp_path / "index").identity.model_sha256 == "f" * 64


def test_the_same_weights_read_in_another_way_are_another_model(corpus: Path, tmp_path: Path) -> None:
    Assistant.build(corpus, tmp_path / "index", encoder=StubEncoder(max_length=32))
    encoder = StubEncoder(max_length=256)
    with pytest.raises(IndexMismatch):
        Assistant.open(corpus, tmp_path / "index", encoder=encoder)


def test_a_damaged_index_is_told_and_a_build_mends_it(corpus: Path, tmp_path: Path) -> None:
    built(corpus, tmp_path / "index")
    for path in (tmp_path / "index").glob("*/passages.faiss"):
        path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(IndexDamaged, match="run `peerqa build`") as caught:
        Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert "\n" not in str(caught.value)
    assert built(corpus, tmp_path / "index")
    assert Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder()).warnings == ()


def test_an_older_generation_stands_in_only_for_the_corpus_that_it_is_of(corpus: Path, tmp_path: Path) -> None:
    built(corpus, tmp_path / "index")
    built(corpus, tmp_path / "index")
    newest = max((tmp_path / "index").glob("generation-*"))
    (newest / "sentences.faiss").write_bytes(b"")
    assistant = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert any("peerqa build" in str(warning) for warning in assistant.warnings)
    assert assistant.ask("What challenges do PSWs face?").passages
    (corpus / "peers.md").write_text(SECOND)
    again = Assistant.open(corpus, tmp_path / "index", encoder=StubEncoder())
    assert not any("generation" in str(warning) for warning in again.warnings)


def test_a_build_under_way_elsewhere_is_told(corpus: Path, tmp_path: Path) -> None:
    code = "import sys; from peerqa.index.store import Store; from pathlib import Path\n"
    code += "with Store(Path(sys.argv[1])).lock(): print('held', flush=True); sys.stdin.read()"
    source = str(Path(peerqa.__file__).parent.parent)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "index")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": source},
    ) as other:  # fmt: skip
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        encoder = StubEncoder()
        with pytest.raises(IndexBusy, match="another process is building"):
            Assistant.build(corpus, tmp_path / "index", encoder=encoder)
        assert encoder.encoded == []  # told before the work, not after it
        other.stdin.close()
    assert built(corpus, tmp_path / "index")


def test_an_index_folder_that_is_a_file_is_told_before_anything_is_encoded(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("no folder")
    encoder = StubEncoder()
    with pytest.raises(StoreError, match="cannot be written"):
        Assistant.open(corpus, tmp_path / "index", encoder=encoder)
    assert encoder.encoded == []


def test_progress_goes_up_to_all_that_there_is(corpus: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    Assistant.build(corpus, tmp_path, encoder=StubEncoder(), progress=lambda *step: seen.append(step))
    done = [step[1] for step in seen]
    assert done == sorted(done)
    assert seen[-1][1] == seen[-1][2]


def test_an_index_says_what_it_was_made_of(corpus: Path, tmp_path: Path) -> None:
    assistant = Assistant.build(corpus, tmp_path, encoder=StubEncoder())
    document = assistant.reviews[0].document
    listed = Store(tmp_path).load()[0].manifest["documents"]
    assert listed == [{"path": "peers.md", "size": len(document.text), "sha256": document.sha256}]
