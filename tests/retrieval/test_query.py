"""What somebody types becomes a Query: greeting or not, in full, and with the questions that it goes on from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import process

from growth import assert_linear
from peerqa.library.vocabulary import Vocabulary
from peerqa.retrieval.languages import LanguageDetector
from peerqa.retrieval.query import QueryParser
from peerqa.retrieval.spelling import Speller, dictionary
from stored import library_of, reviews_of

NAMES = ["Brasier", "Tseris", "Holmes", "Cusick"]
REVIEW = """# Peers

A peer support worker (PSW) has lived experience. Quality of life is what many PSWs hope to improve.

They act on what consumers say. Inadequate hours were a challenge; staff outside said so. Brasier agreed.

The World Health Organization (WHO) has heard of assertive community treatment (ACT) and information technology (IT).

## References

""" + "\n\n".join(f"{name}, A. (201{number}). Of hours. *Work*, 1(2), 3–4." for number, name in enumerate(NAMES))
VOCABULARY = "what does say about their how many the of help with benefits medication cusack holes".split()
CHALLENGES = "What challenges do peer support workers face?"
HOURS = "How many hours do peer support workers get?"
KEPT = 3


def parser_of(folder: Path, *texts: str) -> QueryParser:
    """A parser for the library of some texts."""
    words = Vocabulary(library_of(folder, reviews_of({f"{number}.md": text for number, text in enumerate(texts)})))
    languages = LanguageDetector(words.sample, lambda word: words.count(word) > 0)
    return QueryParser(words, Speller(words, lambda: VOCABULARY), languages, KEPT)


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> QueryParser:
    return parser_of(tmp_path_factory.mktemp("library"), REVIEW)


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "Hello!",
        "hey there",
        "Thank you so much!",
        "thanks",
        "ok cool thanks",
        "Good morning",
        "who are you?",
        "👋 hi",
    ],
)
def test_a_greeting_is_no_question(parser: QueryParser, text: str) -> None:
    assert parser.read(text).kind == "greeting"


@pytest.mark.parametrize(
    "text", ["hi, what hours do PSWs work?", "help with medication", "thanks to whom do they work?"]
)
def test_a_question_that_opens_like_a_greeting_is_a_question(parser: QueryParser, text: str) -> None:
    assert parser.read(text).kind == "question"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u2003", "\x00"])
def test_nothing_is_empty(parser: QueryParser, text: str) -> None:
    assert parser.read(text).kind == "empty"


@pytest.mark.parametrize("text", ["???", "12345", "🙂🙂", "aaaaaaaaaaaaaaaaaa", "why?", "it", "what about them"])
def test_what_names_nothing_is_unreadable(parser: QueryParser, text: str) -> None:
    assert parser.read(text).kind == "unreadable"


@pytest.mark.parametrize(
    "word", ["thank you ", "thanks a lot ", "hi", "ok ", "that is all ", "good day, ", "a", "-", "( "]
)
def test_a_long_run_of_anything_is_read_in_linear_time(parser: QueryParser, word: str) -> None:
    assert_linear(lambda size: parser.read(word * (size // len(word)) + "x"), 500)


def test_a_slip_is_compared_with_few_of_the_words_there_are(
    parser: QueryParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def extract(word: str, choices: Sequence[str], **options: Any) -> list[tuple[str, int, int]]:
        compared.append(len(choices))
        return process.extract(word, choices, **options)

    monkeypatch.setattr("peerqa.retrieval.spelling.process", SimpleNamespace(extract=extract))
    typos = [f"{first}x{second}qz" for first in ascii_lowercase for second in "bcdfgh"]
    parser.read(" ".join(typos))
    assert len(compared) >= len(typos)
    assert sum(compared) < len(typos) * len(dictionary()) / 5


@given(text=st.text(max_size=200), history=st.lists(st.text(max_size=50), max_size=5))
def test_any_text_is_read_to_one_that_a_model_can_take(parser: QueryParser, text: str, history: list[str]) -> None:
    question = parser.read(text, history)
    for kept in (question.text, question.written_out, *question.history):
        kept.encode("utf-8")
        assert "\x00" not in kept
        assert kept == " ".join(kept.split())


def test_half_a_character_is_left_out(parser: QueryParser) -> None:
    assert parser.read("what \udcff hours").text == "what hours"
    assert parser.read("what about them", ["which \ud83d hours\x00"]).history == ("which hours",)


# ---- history


@pytest.mark.parametrize(
    "text", ["what about their hours?", "Why is that?", "and the pay?", "Do they get paid for it?", "hours?"]
)
def test_a_question_that_goes_on_from_an_earlier_one_takes_it_along(parser: QueryParser, text: str) -> None:
    question = parser.read(text, [CHALLENGES])
    assert question.history == (CHALLENGES,)


@pytest.mark.parametrize("text", [HOURS, "Which benefits did consumers of hospital services report?"])
def test_a_question_that_stands_alone_leaves_the_earlier_ones(parser: QueryParser, text: str) -> None:
    assert parser.read(text, [CHALLENGES]).history == ()
    assert parser.read(text, [CHALLENGES]) == parser.read(text)


def test_only_the_latest_questions_count_and_greetings_do_not(parser: QueryParser) -> None:
    earlier = [f"Which challenges came up in part {letter}?" for letter in "abcdef"]
    history = ["hello", *earlier, "thanks", "", "???"]
    assert parser.read("what about their hours?", history).history == tuple(earlier[-KEPT:])


def test_earlier_questions_are_written_out_and_corrected_too(parser: QueryParser) -> None:
    assert parser.read("and their pay?", ["psw chalenge"]).history == ("peer support worker challenge",)


# ---- in full


@pytest.mark.parametrize(
    ("text", "in_full"),
    [
        ("psw hours", "peer support worker hours"),
        ("What do PSWs do?", "What do peer support workers do?"),
        ("psws' pay", "peer support workers' pay"),
        ("the Psw's pay", "the peer support worker's pay"),
        ("QOL of consumers", "quality of life of consumers"),
        ("QoL of consumers", "quality of life of consumers"),
        ("what the WHO says", "what the World Health Organization says"),
        ("ACT teams", "assertive community treatment teams"),
    ],
)
def test_abbreviations_are_written_out(parser: QueryParser, text: str, in_full: str) -> None:
    assert parser.read(text).written_out == in_full
    assert parser.read(text).text == text


@pytest.mark.parametrize(
    "text", ["who says so, and how many act on it?", "what acts help", "Who has lived experience?"]
)
def test_a_word_that_only_looks_like_an_abbreviation_stays(parser: QueryParser, text: str) -> None:
    assert parser.read(text).written_out == text


@pytest.mark.parametrize("text", ["qol of consumers", "non-PSWish work", "PSWX"])
def test_initials_in_small_letters_and_parts_of_words_stay(parser: QueryParser, text: str) -> None:
    assert parser.read(text).written_out == text


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_an_author_is_never_corrected_away(parser: QueryParser, name: str) -> None:
    for written in (name, name.lower()):
        assert (
            parser.read(f"What does {written} say about hours?").written_out == f"What does {written} say about hours?"
        )


def test_a_question_in_capitals_is_read_as_any_other(parser: QueryParser) -> None:
    question = parser.read("HOW MANY HUORS DO PSWS GET?")
    assert question.written_out == "how many hours do peer support workers get?"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("What does PSW stand for?", "PSW"),
        ("what is who short for", None),
        ("What does it mean?", None),
        ("What values does it stand for?", None),
        ("What do PSWs do?", None),
    ],
)
def test_what_an_abbreviation_stands_for_can_be_asked(parser: QueryParser, text: str, short: str | None) -> None:
    assert parser.read(text, [CHALLENGES]).defined == short


def test_an_abbreviation_of_two_parts_is_one_if_a_review_defines_it(tmp_path: Path) -> None:
    parser = parser_of(
        tmp_path, "# T\n\nThe music anxiety inventory for adolescents (MAI-A) asks about nurses (PSW-led).\n"
    )
    assert parser.read("what does MAI-A stand for?").defined == "MAI-A"
    assert parser.read("items of the MAI-A").written_out == "items of the music anxiety inventory for adolescents"
    assert parser.read("items of the PSW-led").written_out == "items of the PSW-led"


def test_a_typo_is_corrected_and_shown(parser: QueryParser) -> None:
    question = parser.read("How many huors do peer suport workers get?")
    assert question.written_out == "How many hours do peer support workers get?"


# ---- what the reviews of a library define


def test_of_two_definitions_that_of_the_first_review_counts_and_one_in_the_same_case_before_all(tmp_path: Path) -> None:
    peer, psychic = "A peer support worker (PSW) helps.", "A professional social worker (PSW) helps."
    other = "Police seldom walk (PsW) here."
    parser = parser_of(tmp_path, *(f"# T\n\n{text}\n" for text in (other, psychic, peer)))
    assert parser.read("What do PSWs do here?").written_out == "What do professional social workers do here?"


def test_in_a_large_library_initials_are_looked_for_where_the_other_words_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# T\n\nThe quality of life of tenants improved.\n\n" + "\n\n".join(
        f"A queue on line {number} is long." for number in range(12)
    )
    assert parser_of(tmp_path / "small", text).read("QoL of tenants").written_out == "queue on line of tenants"
    monkeypatch.setattr("peerqa.library.vocabulary.MOST_TEXTS", 10)
    parser = parser_of(tmp_path / "large", text)
    assert parser.read("QoL of tenants").written_out == "quality of life of tenants"
