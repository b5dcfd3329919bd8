"""Several reviews: added, limited to, removed; only what is new is embedded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peerqa import Assistant
from peerqa.errors import CorpusError
from peerqa.library.importing import add_files
from stub_encoder import StubEncoder

EXAMPLES = Path(__file__).parents[2] / "examples"
BREAD = "# Bread\n\nSourdough needs time (Miller, 2012).\n\n# References\n\nMiller, J. (2012). Dough. Oven Press.\n"


def test_a_file_is_copied_if_it_can_be_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    bad = tmp_path / "bad.md"
    bad.write_text("")
    added = list(add_files([EXAMPLES / "walking.md", bad, tmp_path / "missing.md"], corpus))
    assert [item.error is None for item in added] == [True, False, False]
    assert [path.name for path in corpus.iterdir()] == ["walking.md"]
    assert added[0].review is not None
    assert len(added[0].review.references) == 5


def test_another_file_of_the_same_name_is_not_replaced(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "walking.md").write_text(BREAD)
    list(add_files([EXAMPLES / "walking.md"], corpus))
    again, other = add_files([EXAMPLES / "walking.md", tmp_path / "new"], corpus)
    assert again.error is None
    assert other.error is not None
    assert "other content" in str(other.error)
    assert (corpus / "walking.md").read_bytes() == (EXAMPLES / "walking.md").read_bytes()


def test_a_folder_is_added_with_what_is_in_it(tmp_path: Path) -> None:
    source = tmp_path / "course" / "week1"
    source.mkdir(parents=True)
    (source / "bread.md").write_text(BREAD)
    (source / "sheet.xls").write_text("x")
    added = list(add_files([tmp_path / "course"], tmp_path / "corpus"))
    assert [(item.name, item.error is None) for item in added] == [("week1/bread.md", True), ("sheet.xls", False)]


def test_only_the_added_review_is_embedded_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    list(add_files([EXAMPLES / "walking.md"], corpus))
    Assistant.open(corpus, index, encoder=StubEncoder())
    (corpus / "bread.md").write_text(BREAD)
    encoder = StubEncoder()
    both = Assistant.open(corpus, index, encoder=encoder)
    assert encoder.encoded
    assert all("ourdough" in text for text in encoder.encoded)
    assert both.ask("Does sourdough need time?").passages[0].document == "bread.md"
    (corpus / "bread.md").unlink()
    encoder = StubEncoder()
    left = Assistant.open(corpus, index, encoder=encoder)
    assert encoder.encoded == []
    assert {passage.document for passage in left.rank("Does sourdough need time?").passages} == {"walking.md"}


def test_answers_can_be_limited_to_a_review(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    list(add_files([EXAMPLES / "walking.md"], corpus))
    (corpus / "bread.md").write_text(BREAD)
    encoder = StubEncoder()
    assistant = Assistant.open(corpus, tmp_path / "index", encoder=encoder)
    before = len(encoder.encoded)
    limited = assistant.limited_to(["walking"])
    assert len(encoder.encoded) == before
    assert {passage.document for passage in limited.rank("sourdough").passages} == {"walking.md"}
    alone = tmp_path / "alone"
    list(add_files([EXAMPLES / "walking.md"], alone))
    question = "Why is shade good in summer?"
    as_if_alone = Assistant.open(alone, tmp_path / "index2", encoder=encoder).ask(question)
    answer = limited.ask(question)
    # Words weigh by how many passages of the whole library have them, so the score is not that of the review alone.
    assert [passage.id for passage in answer.passages] == [passage.id for passage in as_if_alone.passages]
    told = ("status", "references", "message", "suggestions", "section")
    assert [answer.to_dict()[name] for name in told] == [as_if_alone.to_dict()[name] for name in told]
    for no_answer in ("hello", "?!"):
        alone_too = Assistant.open(alone, tmp_path / "index2", encoder=encoder).ask(no_answer)
        assert limited.ask(no_answer).to_dict() == alone_too.to_dict()
    assert [document.name for document in limited.documents] == ["walking.md"]
    assert [review.document.name for review in limited.reviews] == ["walking.md"]
    assert [passage.document for passage in limited.limited_to(["bread"]).rank("sourdough").passages] == []
    with pytest.raises(CorpusError, match=r"no review is called cheese; there are bread\.md, walking\.md"):
        assistant.limited_to(["cheese"])


@pytest.mark.model
def test_add_in_the_shell(tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("")
    places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    done = subprocess.run(
        [sys.executable, "-m", "peerqa", "add", str(EXAMPLES / "walking.md"), str(bad), *places],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "walking.md: “Walking in the City”, 3 sections, 4 paragraphs, 1 of them table; 5 works" in done.stdout
    assert "bad.md: the file is empty (left out)" in done.stderr
    assert "Traceback" not in done.stderr
