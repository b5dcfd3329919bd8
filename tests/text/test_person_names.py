"""Names: what a surname looks like, how names compare, what stands for an organisation."""

from __future__ import annotations

import re

import pytest

from peerqa.text.person_names import INITIALS, SURNAME, abbreviates, initials_of, is_organisation


@pytest.mark.parametrize(
    "name",
    [
        "Cole",
        "van der Berg",
        "Hiller-Venegas",
        "O'Brien",
        "O’Brien",
        "al-Hassan",
        "McNeil",
        "D’Angelo",
        "Öztürk",
        "Ивановa",
        "St. John",
    ],
)
def test_surnames(name: str) -> None:
    assert re.fullmatch(SURNAME, name)


@pytest.mark.parametrize("name", ["cole", "2014", "Cole’", "-Cole", "van der", ""])
def test_no_surnames(name: str) -> None:
    assert re.fullmatch(SURNAME, name) is None


@pytest.mark.parametrize("initials", ["J.", "J. A.", "J.A.", "J.-P.", "Yu."])
def test_initials(initials: str) -> None:
    assert re.fullmatch(INITIALS, initials)


@pytest.mark.parametrize("name", ["World Health Organization", "Government of BC", "BCcampus", "UNICEF", "mHealth"])
def test_organisations(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize("name", ["Cole", "McNeil", "O'Brien", "van der Berg", "Hiller-Venegas", "De La Cruz"])
def test_persons(name: str) -> None:
    assert not is_organisation(name)


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("APA", "American Psychological Association", True),
        ("Government of BC", "Government of British Columbia", True),
        ("W.H.O.", "World Health Organization", True),
        ("Government of AB", "Government of British Columbia", False),
        ("Government", "Government of British Columbia", False),
        ("American Psychological Association", "APA", False),
        ("APA", "APA", False),
        ("", "APA", False),
    ],
)
def test_abbreviates(short: str, full: str, expected: bool) -> None:
    assert abbreviates(short, full) == expected


def test_initials_of() -> None:
    assert initials_of("The Ministry of Health and Long-Term Care") == "mhltc"
