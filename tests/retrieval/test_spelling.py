"""Typos are corrected to words that there are; words that there are stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.retrieval.spelling import Speller, count_words, dictionary

CORPUS = (
    "boundaries boundaries boundary clients medication adherence workers worker peer define Tseris über hours hours"
)
LANGUAGE = {"ours": 9, "talk": 9, "their": 9, "there": 9, "what": 9, "house": 9, "boundless": 9}
SPELLER = Speller(count_words([CORPUS]), ["jargon"], lambda: LANGUAGE)


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("bounderies", "boundaries"),
        ("cleints", "clients"),
        ("medicaton adherance", "medication adherence"),
        ("wrkers", "workers"),
        ("Wokrers, please", "workers, please"),
        ("owrkers", "workers"),
        ("huors", "hours"),
        ("thier peer", "their peer"),
        ("Tserris found", "tseris found"),
    ],
)
def test_a_typo_is_corrected(typed: str, corrected: str) -> None:
    assert SPELLER.correct(typed) == corrected


@pytest.mark.parametrize(
    "text",
    [
        "Tseris",
        "TSERIS wrote",
        "talks talked talking talker defining defined",
        "jargon",  # no typo, but nothing to correct to either
        "jargom zyzzyva qwertyuiop",
        "boundlesszz",  # two edits from a word that the corpus has not
        "pee wor",  # too short to tell
        "a.wrkers@work.org www.wrkers.org wrkers2 PSWs wRkers",
        "übor naïve",
        "xorkers",  # a first letter is rarely wrong
    ],
)
def test_what_is_known_or_near_to_nothing_stays(text: str) -> None:
    assert SPELLER.correct(text) == text


def test_the_nearest_word_wins_then_the_one_of_the_corpus_then_the_commoner_one() -> None:
    assert Speller({"staffs": 1, "stuffy": 9}, [], dict).correct("stafff") == "staffs"
    assert Speller({"hoursy": 1}, [], lambda: {"hoursx": 99}).correct("hoursz") == "hoursy"
    assert Speller({"hoursa": 1, "hoursb": 9}, [], dict).correct("hoursz") == "hoursb"
    assert Speller({}, [], lambda: {"hoursa": 1, "hoursb": 9}).correct("hoursz") == "hoursb"


@given(st.text(max_size=80))
def test_correcting_changes_letters_only_and_only_to_known_words(text: str) -> None:
    corrected = SPELLER.correct(text)
    assert SPELLER.correct(corrected) == corrected
    for before, after in zip(text.split(), corrected.split(), strict=True):
        assert before == after or set(count_words([after])) & {*count_words([CORPUS]), *LANGUAGE}


def test_words_are_counted_in_small_letters() -> None:
    assert count_words(["Peers help peers", "it's 2 peers"])["peers"] == 3


def test_the_dictionary_has_the_words_of_the_language() -> None:
    assert {"hospital", "their", "boundary"} <= set(dictionary())
    assert "bounderies" not in dictionary()


def test_the_words_of_the_language_are_loaded_for_an_unknown_word_only() -> None:
    asked: list[str] = []

    def language() -> dict[str, int]:
        asked.append("loaded")
        return {"hours": 9}

    speller = Speller({"pay": 1}, ["wages", "work"], language)
    assert speller.correct("pay and wages of those who worked") == "pay and wages of those who worked"
    assert asked == ["loaded"]  # for "those"
    assert Speller({"those": 1}, ["wages", "work"], language).correct("those who worked") == "those who worked"
    assert asked == ["loaded"]
