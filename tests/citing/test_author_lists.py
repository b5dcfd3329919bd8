"""Authors of entries in the styles that people use; the entries are made up."""

from __future__ import annotations

import pytest

from growth import assert_linear
from peerqa.citing.author_lists import leading_authors
from peerqa.citing.reference_parsing import parse_reference


@pytest.mark.parametrize(
    ("entry", "families", "year", "title"),
    [
        (
            "Smith, J. A., & Lee, B. (2010). Walking to work. Feet, 2(3), 4–9.",
            ["Smith", "Lee"],
            "2010",
            "Walking to work",
        ),
        (
            "Smith, J.A. and Lee, B., 2010. Walking to work. Feet, 2(3), pp. 4-9.",
            ["Smith", "Lee"],
            "2010",
            "Walking to work",
        ),
        ("Smith JA, Lee B. Walking to work. Feet. 2010;2(3):4-9.", ["Smith", "Lee"], "2010", "Walking to work"),
        (
            "[3] J. A. Smith and B. Lee, “Walking to work,” Feet, vol. 2, 2010.",
            ["Smith", "Lee"],
            "2010",
            "Walking to work",
        ),
        (
            "Smith, John, and Brenda Lee. 2010. “Walking to Work.” Feet 2 (3): 4–9.",
            ["Smith", "Lee"],
            "2010",
            "Walking to Work",
        ),
        (
            "Smith, John, and Brenda Lee. Walking to Work. London: Foot Press, 2010.",
            ["Smith", "Lee"],
            "2010",
            "Walking to Work",
        ),
        ("Smith, John A. “Walking to Work.” Feet, vol. 2, no. 3, 2010, pp. 4–9.", ["Smith"], "2010", "Walking to Work"),
        ("John A. Smith, Walking to Work (London: Foot Press, 2010).", ["Smith"], "2010", "Walking to Work"),
        ("J. Smith, B. Lee, Walking to work, in: Proc. of FOOT-1, 2010.", ["Smith", "Lee"], "2010", "Walking to work"),
        ("World Foot Organization. (2010). Walking to work.", ["World Foot Organization"], "2010", "Walking to work"),
        (
            "Binstock, R. H. (Ed.). (1990). Handbook of feet (3rd ed.). Foot Press.",
            ["Binstock"],
            "1990",
            "Handbook of feet",
        ),
    ],
)
def test_reads_an_entry_in_the_usual_styles(entry: str, families: list[str], year: str, title: str) -> None:
    reference = parse_reference(entry)
    assert [author.family for author in reference.authors] == families
    assert (reference.year, reference.title) == (year, title)


def test_names_end_where_the_title_begins() -> None:
    text = "Smith, J., Lee, B., Walking to work, London, 2010."
    authors, end = leading_authors(text)
    assert [author.family for author in authors] == ["Smith", "Lee"]
    assert text[end:].startswith(", Walking")
    assert leading_authors("Walking to work. A study of feet.") == ((), 0)


@pytest.mark.parametrize("piece", ["Smith, J., ", "Smith ", "A. ", "Smith and ", ", ", "Al-", "van der "])
def test_reading_authors_takes_linear_time(piece: str) -> None:
    assert_linear(lambda size: parse_reference(piece * size + "2010"), 400)
