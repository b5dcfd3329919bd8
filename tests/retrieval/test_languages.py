"""A question in another language than the reviews is told from keywords that only look so."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.library.vocabulary import Vocabulary
from peerqa.retrieval.languages import LanguageDetector
from peerqa.retrieval.query import QueryParser
from peerqa.retrieval.spelling import Speller
from stored import library_of, reviews_of

ENGLISH = ["Peer support workers have lived experience of illness, and they support others in hospitals."]
FRENCH = ["Les pairs aidants ont vécu la maladie, et ils soutiennent les autres patients à l’hôpital."]


def detector(texts: list[str]) -> LanguageDetector:
    words = {word.casefold().strip(".,") for text in texts for word in text.split()}
    return LanguageDetector(lambda count: tuple(texts[:count]), words.__contains__)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Quels sont les défis des pairs aidants ?", "fr"),
        ("Welche Vorteile hat diese Unterstützung?", "de"),
        ("¿Cuáles son los beneficios del apoyo?", "es"),
        ("同伴支持的好处是什么", "zh"),
    ],
)
def test_another_language_is_told(question: str, language: str) -> None:
    assert detector(ENGLISH).foreign(question) == language


@pytest.mark.parametrize(
    "question",
    ["What is burnout?", "psw hours", "HADS questionnaire", "burnout", "support workers in hospitals", "who r they"],
)
def test_english_is_left_alone(question: str) -> None:
    assert detector(ENGLISH).foreign(question) is None


def test_a_review_in_french_may_be_asked_in_french() -> None:
    assert detector(FRENCH).foreign("Quels sont les défis de cette pratique ?") is None


def test_a_foreign_question_is_not_corrected(tmp_path: Path) -> None:
    words = Vocabulary(library_of(tmp_path, reviews_of({"a.md": "# T\n\n" + ENGLISH[0] + "\n"})))
    parser = QueryParser(words, Speller(words, frozenset), detector(ENGLISH), 3)
    read = parser.read("Welche Vorteile hat diese Unterstützung?")
    assert (read.kind, read.language, read.written_out) == ("foreign", "de", read.text)
