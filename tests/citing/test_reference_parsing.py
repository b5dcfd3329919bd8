"""Entries of a reference list, as APA 7 (chapters 9 and 10) and others write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_reference, parse_references
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text

ENTRIES: list[tuple[str, dict[str, Any]]] = [
    (
        "Adams, B., & Cole, D. (2016). A title: With subtitle. Journal of Work, 12(3), 45–67. https://doi.org/10.1000/xyz",
        {
            "key": "adams-2016",
            "authors": ["Adams", "Cole"],
            "year": "2016",
            "title": "A title: With subtitle",
            "container": "Journal of Work",
            "volume": "12",
            "issue": "3",
            "pages": "45–67",
            "doi": "10.1000/xyz",
            "url": None,
        },
    ),
    (
        "Adams, B. (2016, May 4). A post. Site. https://a.org/b",
        {"year": "2016", "title": "A post", "url": "https://a.org/b"},
    ),
    (
        "World Health Organization. (2014). Health for all.",
        {"authors": ["World Health Organization"], "key": "world-health-organization-2014", "container": None},
    ),
    (
        "American Psychological Association [APA]. (2017). Guide (7th ed.).",
        {"authors": ["American Psychological Association"], "title": "Guide"},
    ),
    (
        "O'Brien, M., van der Berg, P., & Hiller-Venegas, S. (n.d.). Undated.",
        {"authors": ["O'Brien", "van der Berg", "Hiller-Venegas"], "year": "n.d.", "key": "obrien-nd"},
    ),
    ("Quinn, Z. (in press). Later. Journal.", {"year": "in press", "key": "quinn-in-press"}),
    ("Adams, B. (Ed.). (2016). A book. Press.", {"authors": ["Adams"], "title": "A book", "container": None}),
    (
        "Adams, B. (2016). A chapter. In C. Diaz & E. Ford (Eds.), The book of peers (2nd ed., pp. 12–34). Press.",
        {"title": "A chapter", "container": "The book of peers", "pages": "12–34", "authors": ["Adams"]},
    ),
    ("Adams, B., Cole, D., … Zed, Z. (2016). Many. Journal, 1(1), 2.", {"authors": ["Adams", "Cole", "Zed"]}),
    ("King, M. L., Jr. (1963). Why. Press.", {"authors": ["King"], "year": "1963"}),
    (
        "Adams, B. (2016). Is this so? Journal of Work, 12(3), 45–67.",
        {"title": "Is this so?", "container": "Journal of Work"},
    ),
    (
        "Adams, B. (2016). What works? A review of peers. Journal of Work, 12(1), 2.",
        {"title": "What works? A review of peers", "container": "Journal of Work"},
    ),
    (
        "Cole, D. (2016). Peers in the U.S. health system. Journal, 3, 12.",
        {"title": "Peers in the U.S. health system", "container": "Journal", "volume": "3", "pages": "12"},
    ),
    (
        "Cole, D. (2016). Peers. Journal, 3(Suppl. 1), S12–S15.",
        {"volume": "3", "issue": "Suppl. 1", "pages": "S12–S15"},
    ),
    ("Cole, D. (2016a). Peers. doi:10.1000/abc.", {"year": "2016a", "doi": "10.1000/abc", "key": "cole-2016a"}),
    (
        "Cole, D. (2016). Peers. Retrieved May 4, 2017, from https://a.org/b_(c)",
        {"title": "Peers", "url": "https://a.org/b_(c)"},
    ),
    ("Cole, D. [@cole]. (2016, May 4). A post [Post]. Site.", {"authors": ["Cole"], "title": "A post"}),
    (
        "Tseris E. (2020). Peers: A role, Social Work, 73(2), 162-174",
        {"title": "Peers: A role", "container": "Social Work"},
    ),
    ("Cole, D. (2016) Peers without stop. Journal, 3(1), 2-3", {"title": "Peers without stop", "container": "Journal"}),
    # other styles
    (
        "1. Adams B, Cole D. Peers at work. J Work. 2016;12(3):45-67. doi: 10.1000/x",
        {
            "authors": ["Adams", "Cole"],
            "year": "2016",
            "title": "Peers at work",
            "container": "J Work",
            "volume": "12",
            "pages": "45-67",
            "doi": "10.1000/x",
        },
    ),
    (
        "Adams, Betty, and David Cole. 2016. “Peers at Work.” Journal of Work 12 (3): 45–67.",
        {"authors": ["Adams", "Cole"], "title": "Peers at Work", "container": "Journal of Work", "issue": "3"},
    ),
    ("Adams, Betty. “Peers at Work.” Journal of Work, vol. 12, no. 3, 2016.", {"authors": ["Adams"], "year": "2016"}),
]


def fields(reference: Reference) -> dict[str, Any]:
    names = ("key", "year", "title", "container", "volume", "issue", "pages", "doi", "url")
    return {
        **{name: getattr(reference, name) for name in names},
        "authors": [author.family for author in reference.authors],
    }


@pytest.mark.parametrize(("text", "expected"), ENTRIES, ids=[text[:50] for text, _ in ENTRIES])
def test_entry(text: str, expected: dict[str, Any]) -> None:
    reference = parse_reference(text)
    assert {name: value for name, value in fields(reference).items() if name in expected} == expected
    assert reference.text == text


def parse(*entries: str) -> tuple[Reference, ...]:
    body = "\n\n".join(entries)
    return parse_references(read_plain_text("own.txt", f"Introduction\n\nPeers help.\n\nReferences\n\n{body}\n", ""))


def test_keys_are_told_apart_by_the_title() -> None:
    references = parse(
        "Cole, D. (2016). A review of apples. Journal.",
        "Cole, D., & Diaz, E. (2016). The use of pears. Journal.",
        "Cole, D. (2016). Untold. Journal.",
        "Cole, D. (2016). Untold. Journal.",
        "Cole, D. (2017). Apples. Journal.",
    )
    assert [reference.key for reference in references] == [
        "cole-2016-apples",
        "cole-2016-use",
        "cole-2016",
        "cole-2016-2",
        "cole-2017",
    ]


def test_a_dash_repeats_the_authors_above() -> None:
    _, second = parse("Cole, Dan. 2016. Apples. Bern: Press.", "———. 2017. Pears. Bern: Press.")
    assert [author.family for author in second.authors] == ["Cole"]
    assert second.key == "cole-2017"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Cole, D. (2016). One.", "Cole (2016)"),
        ("Cole, D., & Diaz, E. (n.d.). One.", "Cole & Diaz (n.d.)"),
        ("Cole, D., Diaz, E., & Ford, F. (2016). One.", "Cole et al. (2016)"),
    ],
)
def test_label(text: str, label: str) -> None:
    assert parse_reference(text).label == label


def test_places_and_notation() -> None:
    text = "# T\n\nPeers help.\n\n## References\n\nCole, D. (2016). *One\nbig title*. [Journal](https://a.org).\n"
    document = read_markdown("own.md", text, "")
    (reference,) = parse_references(document)
    assert reference.text == "Cole, D. (2016). One big title. Journal."
    assert document.text[reference.start : reference.end].startswith("Cole, D.")
    assert reference.line == 7
    assert reference.title == "One big title"


PIECES = [
    "Cole, D.",
    "& ",
    "(2016). ",
    "A title. ",
    "In ",
    "(Eds.), ",
    "Journal, ",
    "12(3), ",
    "45–67. ",
    "[@a]",
    "1. ",
]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_entry(text: str) -> None:
    reference = parse_reference(text)
    assert reference.text == text
    assert reference.key == parse_reference(text).key
    assert reference.key.strip("-") == reference.key != ""
    assert not any(part == "" for part in (reference.title, reference.container, reference.doi, reference.url))
