"""Typos are corrected to words that there are; words that there are stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerqa.library.vocabulary import Vocabulary
from peerqa.retrieval.spelling import Speller, dictionary
from stored import library_of, reviews_of

CORPUS = (
    "boundaries boundaries boundary clients medication adherence workers worker peer define Tseris über hours hours"
)
LANGUAGE = {"ours": 9, "talk": 9, "their": 9, "there": 9, "what": 9, "house": 9, "boundless": 9}


class Counted:
    """The words of the reviews, from their counts."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts

    def count(self, word: str) -> int:
        return self.counts.get(word, 0)

    def starting_with(self, letter: str) -> Mapping[str, int]:
        return {word: count for word, count in self.counts.items() if len(word) >= 4 and word.startswith(letter)}


def words_in(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in re.findall(r"[^\W\d_]+", text))


SPELLER = Speller(Counted(words_in(CORPUS)), lambda: ["jargon"], lambda: LANGUAGE)


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
    assert Speller(Counted({"staffs": 1, "stuffy": 9}), list, dict).correct("stafff") == "staffs"
    assert Speller(Counted({"hoursy": 1}), list, lambda: {"hoursx": 99}).correct("hoursz") == "hoursy"
    assert Speller(Counted({"hoursa": 1, "hoursb": 9}), list, dict).correct("hoursz") == "hoursb"
    assert Speller(Counted({}), list, lambda: {"hoursa": 1, "hoursb": 9}).correct("hoursz") == "hoursb"


@given(st.text(max_size=80))
def test_correcting_changes_letters_only_and_only_to_known_words(text: str) -> None:
    corrected = SPELLER.correct(text)
    assert SPELLER.correct(corrected) == corrected
    for before, after in zip(text.split(), corrected.split(), strict=True):
        assert before == after or set(words_in(after)) & {*words_in(CORPUS), *LANGUAGE}


def test_the_words_of_a_library_are_counted_in_small_letters(tmp_path: Path) -> None:
    text = (
        "# A\n\nPeers help peers; it's 2 PEERS. The Quality of Life (QoL) is low (Tseris, 2020).\n\n## References\n\n"
    )
    entry = "Tseris, E. (2020). The expansion. *Australian Social Work*, 73(2), 162–174.\n"
    words = Vocabulary(library_of(tmp_path, reviews_of({"a.md": text + entry})))
    assert words.count("peers") == 3
    assert words.count("tseris") == 2  # in the passage, and as the author of an entry
    assert words.count("expansion") == 0
    assert words.in_lower_case("peers")
    assert not words.in_lower_case("tseris")
    assert words.starting_with("p") == {"peers": 3}
    assert Speller(words, list, dict).correct("pers and Tserris") == "peers and tseris"


def test_the_dictionary_has_the_words_of_the_language() -> None:
    assert {"hospital", "their", "boundary"} <= set(dictionary())
    assert "bounderies" not in dictionary()


def test_the_words_of_the_language_are_loaded_for_an_unknown_word_only() -> None:
    asked: list[str] = []

    def language() -> dict[str, int]:
        asked.append("loaded")
        return {"hours": 9}

    speller = Speller(Counted({"pay": 1}), lambda: ["wages", "work"], language)
    assert speller.correct("pay and wages of those who worked") == "pay and wages of those who worked"
    assert asked == ["loaded"]  # for "those"
    assert (
        Speller(Counted({"those": 1}), lambda: ["wages", "work"], language).correct("those who worked")
        == "those who worked"
    )
    assert asked == ["loaded"]
