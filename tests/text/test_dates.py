"""Dates: the pattern of a year, and the year of a text."""

from __future__ import annotations

import re

import pytest

from peerqa.text.dates import UNDATED, YEAR, year_in


@pytest.mark.parametrize("year", ["1500", "1999", "2000", "2099"])
def test_years(year: str) -> None:
    assert re.fullmatch(YEAR, year)


@pytest.mark.parametrize("number", ["1499", "2100", "999", "20144"])
def test_numbers_that_are_no_years(number: str) -> None:
    assert re.fullmatch(YEAR, number) is None


@pytest.mark.parametrize("words", ["n.d.", "n. d.", "n.d", "in press", "forthcoming"])
def test_what_stands_for_a_year(words: str) -> None:
    assert re.fullmatch(UNDATED, words)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("6 May 2022", "2022"),
        ("2021-05-06", "2021"),
        ("1998 and 2001", "1998"),
        ("12022", None),
        ("", None),
        (None, None),
    ],
)
def test_the_year_of_a_text(text: str | None, year: str | None) -> None:
    assert year_in(text) == year
