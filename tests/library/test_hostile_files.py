"""A file that cannot be read costs one line, and the others are read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from peerqa.errors import CorpusError
from peerqa.library import parallel_reading
from peerqa.library.parallel_reading import read_all
from peerqa.reading.files import read_document
from peerqa.text.document import Document

ALIASES = "a: &a [x, x]\n" + "\n".join(f"{two}: &{two} [*{one}, *{one}]" for one, two in pairwise("abcdefgh"))
FRONT_MATTERS = {
    "a date that is none": ("date: 2020-99-99", True),
    "a long number": (f"title: {'9' * 10_000}", True),
    "a number to the base of sixty": (f"title: {'1:' * 5_000}1", True),
    "aliases that multiply": (ALIASES, False),
    "deep nesting": (f"a: {'[' * 5_000}", False),
    "an object": ("a: !!python/object/apply:os.getcwd []", True),
    "more than is read": (f"a: {'x' * 100_000}", True),
}


@pytest.mark.parametrize("case", FRONT_MATTERS)
def test_a_hostile_front_matter_costs_one_line_at_most(case: str, tmp_path: Path) -> None:
    front_matter, is_read = FRONT_MATTERS[case]
    body = "# Review\n\nPeers help in many ways.\n"
    (tmp_path / "bad.md").write_text(f"---\n{front_matter}\n---\n\n{body}", "utf-8")
    (tmp_path / "good.md").write_text(body, "utf-8")
    bad, good = read_all([tmp_path / "bad.md", tmp_path / "good.md"], tmp_path, 1)
    assert not isinstance(good, CorpusError)
    assert isinstance(bad, CorpusError) != is_read
    if isinstance(bad, CorpusError):
        assert str(bad).startswith("bad.md, line ")
        assert "\n" not in str(bad)


def test_a_fault_in_reading_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bad.md", "good.md"):
        (tmp_path / name).write_text("# Review\n\nPeers help in many ways.\n", "utf-8")

    def faulty(path: Path, corpus: Path) -> Document:
        if path.name == "bad.md":
            raise ZeroDivisionError
        return read_document(path, corpus)

    monkeypatch.setattr(parallel_reading, "read_document", faulty)
    bad, good = read_all([tmp_path / "bad.md", tmp_path / "good.md"], tmp_path, 1)
    assert str(bad) == f"{tmp_path / 'bad.md'}: cannot be read (ZeroDivisionError)"
    assert not isinstance(good, CorpusError)
