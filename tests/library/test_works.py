"""Works of several lists: the same one is one, others stay apart, and keys tell all of them apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_assistant import library_of
from peerqa.library.review import Review, read_review
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.works import Work
from peerqa.reading.markdown import read_markdown

MOLL = "Moll, S., & Sherman, D. (2009). Work transitions for peer support providers. *Work*, 33(4), 449–458."


def review(name: str, *entries: str) -> Review:
    text = "# T\n\nPeers work.\n\n## References\n\n" + "\n\n".join(entries) + "\n"
    made = read_review(read_markdown(name, text, name))
    assert len(made.references) == len(entries)
    return made


def groups(*lists: list[str]) -> list[tuple[str, ...]]:
    """The reviews of each work, one list of entries a review, named a, b, ..."""
    reviews = [review(name, *entries) for name, entries in zip("abcd", lists, strict=False)]
    return [work.documents for work in works_of(library_of(reviews))]


def works_of(library: StoredLibrary) -> list[Work]:
    """The works in the lists of a library, each once, in the order of their first entries."""
    found: dict[str, Work] = {}
    for listed in library:
        for entry in listed.references:
            work = library.work_of(listed.document.name, entry.key)
            assert work is not None
            assert found.setdefault(work.key, work) == work
    return list(found.values())


@pytest.mark.parametrize(
    "other",
    [
        MOLL,
        "Moll S, Sherman D. (2009). Work Transitions for Peer-Support Providers. Work 33: 449–458.",
        "Moll, S. (2009a). Work transitions for peer support providers: unique challenges. *Work*, 33(4), 449–458.",
        "Moll, S., & Sherman, D. (2009). Work transitons for peer support providers. *Work*, 33(4).",
    ],
)
def test_one_work_in_two_spellings(other: str) -> None:
    assert groups([MOLL], [other]) == [("a", "b")]
    both = library_of([review("a", MOLL), review("b", other)])
    (work,) = works_of(both)
    assert [entry.text for _, entry in work.entries] == [
        r.text for name in (MOLL, other) for r in review("x", name).references
    ]
    assert both.work_of("b", work.entries[1][1].key) == work
    assert both.work_of("b", "nobody-1999") is None


def test_a_doi_joins_what_is_spelt_otherwise() -> None:
    doi = " https://doi.org/10.3233/WOR-2009-0893"
    other = "Mol, S. (2009). Transitions at work. *Work*. doi:10.3233/wor-2009-0893"
    assert groups([MOLL + doi], [other]) == [("a", "b")]
    assert groups([MOLL], [other]) == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MOLL, MOLL.replace("2009", "2010")),
        (MOLL, MOLL.replace("Moll, S.", "Noll, S.")),
        (MOLL, MOLL.replace("Work transitions for peer", "Pay and hours for peer")),
        (MOLL.replace("providers", "providers I"), MOLL.replace("providers", "providers II")),
        (MOLL.replace("providers", "providers, part 1"), MOLL.replace("providers", "providers, part 2")),
        (
            "Cole, D. (2014). Introduction. *Journal of Work*, 1(2).",
            "Cole, D. (2014). Introduction. *Peer Review*, 3(4).",
        ),
        # The DOI of the entry below, copied by mistake.
        (MOLL + " https://doi.org/10.1/a", "Diaz, A. (2011). Quite another thing here. *J*, 1. https://doi.org/10.1/a"),
    ],
)
def test_two_works_stay_two(one: str, other: str) -> None:
    assert groups([one], [other]) == [("a",), ("b",)]


def test_a_list_that_tells_two_entries_apart_is_believed() -> None:
    assert groups([MOLL, MOLL], [MOLL]) == [("a", "b"), ("a",)]


def test_keys_of_other_works_differ_and_the_first_keeps_its_own() -> None:
    one = "Cole, D. (2014). Hours of peer workers. *Journal*, 1(2)."
    other = "Cole, E. (2014). Trust among peer workers. *Journal*, 5(6)."
    third = "Cole, F. (2014). *Was*. Press."
    works = works_of(library_of([review("a", one), review("b", other), review("c", third), review("d", third, other)]))
    assert [work.key for work in works] == ["cole-2014", "cole-2014-trust", "cole-2014-other"]
    assert [work.documents for work in works] == [("a",), ("b", "d"), ("c", "d")]


ENTRIES = st.builds(
    "{}, D. ({}). {}. *Journal*, 1(2), 3–4.{}".format,
    st.sampled_from(["Cole", "Diaz", "Côté"]),
    st.sampled_from(["2014", "2014a", "n.d."]),
    st.sampled_from(
        ["Hours of many peer workers", "Hours of many peer worker", "Trust", "Was", "Pay and trust at work"]
    ),
    st.sampled_from(["", " https://doi.org/10.1000/one", " https://doi.org/10.1000/two"]),
)


@given(st.lists(st.lists(ENTRIES, min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_entry_is_in_one_work_and_no_two_works_share_a_key(lists: list[list[str]]) -> None:
    reviews = [review(f"{number}.md", *entries) for number, entries in enumerate(lists)]
    works = works_of(library_of(reviews))
    assert len({work.key for work in works}) == len(works)
    listed = [(name, entry.key) for work in works for name, entry in work.entries]
    assert sorted(listed) == sorted((one.document.name, entry.key) for one in reviews for entry in one.references)
    assert all(len(set(work.documents)) == len(work.entries) for work in works)
    if len(reviews) == 1:
        assert [work.key for work in works] == [entry.key for entry in reviews[0].references]
