"""A review comes back from the library as it was parsed, and counts are those of a library that was built at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_review import REVIEW
from peerqa.index.building import Builder
from peerqa.index.verifying import find_damage
from peerqa.library.database import Database
from peerqa.library.review import Review, read_review
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.storing import FileState
from peerqa.reading.files import read_document
from stored import library_of, reviews_of, rows
from stub_encoder import StubEncoder

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("walking.*"))


def stored(folder: Path, review: Review) -> Review | None:
    return StoredLibrary(library_of(folder, [review])).get(review.document.name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.suffix)
def test_a_review_of_any_format_comes_back_as_it_was_parsed(path: Path, tmp_path: Path) -> None:
    review = read_review(read_document(path, ROOT / "examples"))
    assert review.passages
    assert stored(tmp_path, review) == review


def test_discrepancies_and_warnings_come_back(tmp_path: Path) -> None:
    text = REVIEW.replace("(Tseris, 2020)", "(Tserris, 2020; Holmes, 2009; Moll et al., 2010)").replace(
        "---\n\n#", "tags: [peers, 'a; b']\nlang: en\n---\n\n#"
    )
    review = reviews_of({"peers.md": text})[0]
    assert {one.status for one in review.citations} >= {"corrected", "missing"}
    assert any(one.discrepancies for one in review.citations)
    back = stored(tmp_path / "one", review)
    assert back == review
    assert back is not None
    assert [str(d) for one in back.citations for d in one.discrepancies] == [
        str(d) for one in review.citations for d in one.discrepancies
    ]
    bare = reviews_of({"bare.md": "# Bare\n\nNothing is cited (Nobody, 1999).\n"})[0]
    assert bare.document.warnings
    assert stored(tmp_path / "two", bare) == bare


@pytest.mark.parametrize(
    "words", ["\u2028 é \u0301 𝔘 🙂", "'; DROP TABLE passages; --", "a \x01 b", '"quoted" \\ back']
)
def test_any_words_come_back(words: str, tmp_path: Path) -> None:
    review = reviews_of({f"{words.split()[0]}.md": f"# T {words}\n\nPeers said {words} to all.\n"})[0]
    assert stored(tmp_path, review) == review


# ---- counts

COUNTED = (
    "SELECT word, count, lower FROM words ORDER BY word",
    "SELECT piece, passages FROM pieces WHERE passages <> 0 ORDER BY piece",
    "SELECT count(*), sum(length(stems)), (SELECT sum(stems) FROM documents) FROM stems",
    "SELECT stem, passages FROM stem_counts ORDER BY stem",
    "SELECT path, key, (SELECT count(*) FROM entries AS same WHERE same.work = entries.work) "
    "FROM entries JOIN documents ON documents.id = document ORDER BY path, key",
    "SELECT count(*) FROM works",
    "SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY tag",
    "SELECT plain, count(*) FROM headings GROUP BY plain ORDER BY plain",
)
WORKS = [
    "Cole, D. (2014). Hours of many peers at work. *Journal*, 1(2), 3–4.",
    "Diaz, A. (2011). Trust among several kinds of peers. *Work*, 3(4), 5–6.",
    "Moll, S. (2009). Work transitions of peers. *Work*, 33(4), 449–458. https://doi.org/10.3233/WOR-2009-0893",
]
SENTENCES = [
    "Peers work few hours (Cole, 2014).",
    "Trust grows in the ward (Diaz, 2011).",
    "A peer support worker (PSW) has lived experience.",
    "PEERS met peers; Moll (2009) said so.",
]
TEXTS = st.tuples(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4),
    st.lists(st.sampled_from(WORKS), max_size=3, unique=True),
    st.sampled_from(["Hours", "Pay"]),
).map(
    lambda made: (
        f"---\ntags: [{made[2]}]\n---\n\n# T\n\n## {made[2]}\n\n"
        + "\n\n".join(made[0])
        + "\n\n## References\n\n"
        + "\n\n".join(made[1])
    )
)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), TEXTS)), min_size=1, max_size=8)


@settings(max_examples=15)
@given(STEPS)
def test_counts_are_those_of_a_library_that_was_built_at_once(steps: list[tuple[str, str | None]]) -> None:
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder, "index"))
        database.create()
        for letter, text in steps:
            name = f"{letter}.md"
            builder = Builder(database, StubEncoder())
            if text is None:
                builder.remove([name])
                texts.pop(name, None)
            else:
                builder.add([(reviews_of({name: text})[0], FileState(name, 0, 0))])
                texts[name] = text
            builder.finish()
        anew = library_of(Path(folder, "anew"), reviews_of(dict(sorted(texts.items()))))
        for query in COUNTED:
            assert rows(database, query) == rows(anew, query), query
        assert find_damage(database) == []
