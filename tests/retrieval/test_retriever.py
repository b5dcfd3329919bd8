"""Retrieval over a corpus without a model: the right passage first, and every signal as numpy has it."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from peerqa.index.collection import Collection
from peerqa.index.passage_vectors import embed
from peerqa.library.passages import EmbeddedText
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.parameters import shipped_parameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, Retriever
from peerqa.text.words import STOPWORDS, words_of
from stored import library_of, reviews_of
from stub_encoder import StubEncoder

COUNT = 130
PARAMETERS = shipped_parameters().retrieval
SYLLABLES = [a + b for a in "bdfklmnprt" for b in "aeiou"]


def generated_text() -> str:
    """Passages of three sentences of made-up words; a few words are everywhere, most are rare."""
    chance = random.Random(5)
    words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(600)]
    text = "# Generated\n\n"
    for number in range(COUNT):
        text += f"## {words[number].capitalize()} {words[number + 1]}\n\n" if number % 7 == 0 else ""
        for _ in range(3):
            chosen = chance.choices(words[:40], k=4) + chance.sample(words, 5)
            text += " ".join(chosen).capitalize() + ". "
        text += "\n\n"
    return text


class Bench:
    """A retriever and all that it is made of."""

    def __init__(self, folder: Path) -> None:
        self.encoder = StubEncoder()
        (review,) = reviews_of({"a.md": generated_text()})
        self.texts: tuple[EmbeddedText, ...] = review.embedded_texts
        self.collection = Collection(library_of(folder, [review], self.encoder), self.encoder.identity)
        self.first = self.collection.candidates().numbers[0]
        self.retriever = self.with_candidates(PARAMETERS.candidates)

    def with_candidates(self, candidates: int) -> Retriever:
        lexicon = Lexicon(self.collection, PARAMETERS.bm25_k1, PARAMETERS.bm25_b)
        return Retriever(self.collection, self.encoder, lexicon, replace(PARAMETERS, candidates=candidates))

    def row(self, hit: Hit) -> int:
        """The place of the passage of a hit in the text."""
        return hit.row - self.first

    def search(self, text: str, *history: str) -> RetrievalResult:
        return self.retriever.search(Query(text, text, history, "question"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def sentence(bench: Bench, row: int, number: int = 1) -> str:
    start, end = bench.texts[row].sentences[number]
    return bench.texts[row].text[start:end]


@pytest.mark.parametrize("row", range(0, COUNT, 13))
def test_a_sentence_finds_its_own_passage_and_itself_in_it(bench: Bench, row: int) -> None:
    best = bench.search(sentence(bench, row)).hits[0]
    assert bench.row(best) == row
    assert int(np.argmax(best.sentences)) == 1


def test_hits_come_best_first_each_once_with_a_score_for_each_sentence(bench: Bench) -> None:
    hits = bench.search(sentence(bench, 3) + " " + sentence(bench, 90)).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.row for hit in hits}) == len(hits)
    assert all(len(hit.sentences) == len(bench.texts[bench.row(hit)].sentences) for hit in hits)
    assert {3, 90} == {bench.row(hit) for hit in hits[:2]}


@pytest.mark.parametrize("row", range(4, COUNT, 18))
def test_a_few_candidates_give_the_same_first_hits_as_all_passages(bench: Bench, row: int) -> None:
    asked = " ".join(sentence(bench, row).split()[4:]) + " " + " ".join(sentence(bench, (row + 9) % COUNT).split()[4:])
    found = {}
    for candidates in (15, COUNT):
        query = Query(asked, asked, (), "question")
        found[candidates] = bench.with_candidates(candidates).search(query).hits
    few, every = found[15], found[COUNT]
    assert len(few) < COUNT == len(every)
    assert [hit.row for hit in few[:2]] == [hit.row for hit in every[:2]]
    scores = {hit.row: hit for hit in every}
    assert all(hit.score == pytest.approx(scores[hit.row].score, abs=1e-5) for hit in few)
    assert all(hit.sentences == pytest.approx(scores[hit.row].sentences, abs=1e-5) for hit in few)


def test_an_earlier_question_weighs_less_than_the_question_itself(bench: Bench) -> None:
    asked, earlier = sentence(bench, 20), sentence(bench, 60)
    rows = [bench.row(hit) for hit in bench.search(asked, earlier).hits]
    assert rows[0] == 20
    assert rows.index(60) < 5
    assert bench.search(asked, earlier).hits != bench.search(asked).hits


def test_the_signals_are_those_of_brute_force(bench: Bench) -> None:
    asked = sentence(bench, 44)
    found = bench.search(asked)
    query = bench.encoder.encode([asked])[0]
    passages = np.stack([bench.encoder.encode([text.text])[0] for text in bench.texts])
    own = np.stack([bench.encoder.encode([sentence(bench, 44, number)])[0] for number in range(3)])
    assert found.signals["nearest_passage"] == pytest.approx(float((passages @ query).max()), abs=1e-4)
    assert found.signals["sentence_of_best_passage"] == pytest.approx(float((own @ query).max()), abs=1e-4)
    assert found.signals["late_interaction"] == pytest.approx(1, abs=2e-3)
    assert found.signals["stems_covered"] == pytest.approx(1)
    assert [found.signals[name] for name in ("weak_terms", "weakest_terms")] == pytest.approx([1, 1], abs=2e-3)
    assert all(np.isfinite(value) for value in found.signals.values())


def test_words_that_the_corpus_has_not_are_not_covered(bench: Bench) -> None:
    signals = bench.search("xyzzy plugh quux").signals
    assert signals["stems_covered"] == signals["bm25"] == 0
    assert signals["weak_terms"] < 0.6


@pytest.mark.parametrize("history", [(), ("Earlier {},",)])
def test_term_matches_are_words_of_the_question_and_of_the_sentence(bench: Bench, history: tuple[str, ...]) -> None:
    asked = f"What of the {sentence(bench, 70)[:-1]}, then?"
    earlier = tuple(text.format(sentence(bench, 71)) for text in history)
    typed = set(re.findall(r"\w+", " ".join([asked, *earlier])))
    found = bench.search(asked, *earlier)
    explained = [
        (hit.row, number, found.explain(hit.row, number))
        for hit in found.hits[:4]
        for number in range(len(hit.sentences))
    ]
    assert any(matches for _, _, matches in explained)
    for row, number, matches in explained:
        words = re.findall(r"\w+", sentence(bench, row - bench.first, number))
        assert all(match.question_word in typed and match.text_word in words for match in matches)
        assert not {match.question_word.casefold() for match in matches} & STOPWORDS
        weights = [match.weight for match in matches]
        assert weights == sorted(weights, reverse=True)
        assert all(0 <= weight <= 1 for weight in weights)
    exact = [match for match in explained[1][2] if match.text_word in words_of(asked)]
    assert all(match.question_word.casefold() == match.text_word.casefold() for match in exact)


@pytest.mark.parametrize("asked", ["…", "?!", "the", "日本語", "a " * 900, "x" * 2000])
def test_any_question_finds_something(bench: Bench, asked: str) -> None:
    found = bench.search(asked)
    assert found.hits
    assert all(np.isfinite(hit.score) for hit in found.hits)


@pytest.mark.parametrize(
    ("heading", "lengths"),
    [
        ("Short", [5, 7, 9, 20, 31, 8, 3, 12, 40]),
        ("Short", [5, 100, 10, 4, 70]),
        ("A heading " * 9, [5, 20, 7, 30]),
        ("A heading " * 40, [5, 40, 7]),
        ("Short", [140]),
    ],
)
def test_a_passage_longer_than_the_model_reads_is_read_to_its_end(heading: str, lengths: list[int]) -> None:
    text = f"# T\n\n## {heading}\n\n" + " ".join(
        f"Word{number} " + " ".join(f"w{number}x{place}" for place in range(length - 1)) + "."
        for number, length in enumerate(lengths)
    )
    encoder = StubEncoder(max_length=32)
    (passage,) = reviews_of({"a.md": text})[0].embedded_texts
    (vectors,) = embed([passage], encoder)
    assert (np.diff(vectors.offsets[:, 0]) > 0).all()
    for (first, end), (start, stop) in zip(vectors.ranges, passage.sentences, strict=True):
        words = [passage.text[a:b] for a, b in vectors.offsets[first:end]]
        assert [word for word in words if word != "."] == passage.text[start:stop].rstrip(".").split()
    assert len(encoder.encoded) < 20
