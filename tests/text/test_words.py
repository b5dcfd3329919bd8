"""Words: the forms by which they are compared, and the lists of those that say little."""

from __future__ import annotations

import pytest

from peerqa.text import words
from peerqa.text.words import fold, stems_of, words_of

LISTS = {name: value for name, value in vars(words).items() if isinstance(value, frozenset)}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Müller", "muller"),
        ("O’Brien", "o'brien"),
        ("Young‑Smith", "young-smith"),
        ("U.S.  Army", "us army"),
        ("Weiß", "weiss"),
        ("Ørsted", "orsted"),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_words_are_lower_case_without_possessive_endings() -> None:
    assert words_of("The worker's 2 PEERS’ co-workers") == ["the", "worker", "2", "peers", "co", "workers"]


def test_words_that_say_nothing_are_left_out_unless_there_is_nothing_else() -> None:
    assert stems_of("What are the hours of workers?") == ["hour", "worker"]
    assert stems_of("why is that") == ["whi", "is", "that"]
    assert stems_of("") == []


@pytest.mark.parametrize("name", LISTS)
def test_words_of_a_list_are_in_the_form_in_which_they_are_looked_up(name: str) -> None:
    assert len(LISTS[name]) > 1
    assert all(word == word.lower().strip() != "" for word in LISTS[name])
