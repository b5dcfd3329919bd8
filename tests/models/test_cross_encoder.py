"""The cross-encoder: its input, its place in an answer, and what happens where it cannot be loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from peerqa.answering.assistant import Assistant, Settings
from peerqa.errors import ModelError, Problem
from peerqa.models.cross_encoder import (
    DEFAULT_RERANKER,
    LOWEST_LOGIT,
    CrossEncoderScores,
    TrainedCrossEncoder,
    load_cross_encoder,
    probability,
)
from peerqa.models.packaged import packaged_folder
from peerqa.models.runtime import multiplies_int8
from peerqa.models.tokens import load_tokenizer
from peerqa.retrieval.confidence import RERANKER_SIGNALS, SIGNALS
from peerqa.retrieval.parameters import Parameters, shipped_parameters
from peerqa.retrieval.reranking import Excerpt, Reranker, passages_read
from peerqa.retrieval.retriever import Hit, RetrievalResult
from stub_encoder import StubEncoder


class StubCrossEncoder:
    """Finds an answer in sentences that hold a word, and nowhere else; remembers what it was given."""

    name = "stub"

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, tuple[str, ...], int]] = []

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        self.asked.append((question, tuple(history), len(passages)))
        each = [tuple(5.0 if self.word in sentence else -5.0 for sentence in sentences) for _, sentences in passages]
        return [CrossEncoderScores(max(logits), logits) for logits in each]


TEXT = """# Cats and dogs

## Cats

Cats sleep much of the day. Cats purr when they are content.

## Dogs

Dogs sleep at night. Dogs bark at strangers.

## Sleep

Sleep is long for cats and short for dogs. Owners sleep too.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "animals.md").write_text(TEXT, "utf-8")
    return tmp_path


SHIPPED = shipped_parameters()


def opened(folder: Path, cross_encoder: StubCrossEncoder | None, parameters: Parameters | None = None) -> Assistant:
    return Assistant.open(
        folder / "corpus",
        folder / "index",
        encoder=StubEncoder(),
        cross_encoder=cross_encoder,
        parameters=parameters,
    )


def test_what_the_reader_finds_comes_first(folder: Path) -> None:
    reranking = replace(SHIPPED.reranking, candidates=6, always_read=6, passage_weight=2.0, sentence_weight=2.0)
    without = opened(folder, None).rank("cats sleep")
    read = opened(folder, StubCrossEncoder("bark"), replace(SHIPPED, reranking=reranking)).rank("cats sleep")
    assert "bark" not in without.passages[0].text
    assert "bark" in read.passages[0].text
    passage, number = read.sentences[0]
    assert "bark" in passage.text[passage.sentences[number][0] - passage.start :][:30]


def test_confidence_follows_the_reader(folder: Path) -> None:
    sure = opened(folder, StubCrossEncoder("cats")).ask("do cats sleep")
    unsure = opened(folder, StubCrossEncoder("unicorn")).ask("do cats sleep")
    assert sure.confidence > unsure.confidence + 0.2


def test_it_reads_the_best_few_with_history(folder: Path) -> None:
    cross_encoder = StubCrossEncoder("purr")
    opened(folder, cross_encoder).ask("and dogs?", ["Do cats sleep?"])
    (question, history, count), *others = cross_encoder.asked
    assert not others
    assert "dogs" in question
    assert len(history) == 1
    assert 1 <= count <= SHIPPED.reranking.candidates


def test_what_was_not_read_stays_behind(folder: Path) -> None:
    assistant = opened(folder, None)
    question, evidence = assistant.search("sleep")
    assert evidence is not None
    cross_encoder = StubCrossEncoder("nothing of the kind")
    weights = replace(SHIPPED.reranking, candidates=2)
    reranker = Reranker(cross_encoder, weights)
    again = reranker.rerank(question, evidence)
    assert cross_encoder.asked[0][2] == 2
    assert [hit.row for hit in again.hits[2:]] == [hit.row for hit in evidence.hits[2:]]
    assert [passage.number for passage in again.passages] == [hit.row for hit in again.hits]
    assert set(again.signals) == {*SIGNALS, *RERANKER_SIGNALS}


def test_what_it_tells_confidence() -> None:
    weights = replace(SHIPPED.reranking, candidates=2, always_read=2, logit_limit=2.0)
    hits = (Hit(0, 1.0, (0.2, 0.9)), Hit(1, 0.9, (0.8,)))
    scores = [CrossEncoderScores(1.0, (5.0, -1.0)), CrossEncoderScores(-3.0, (0.5,))]
    reranker = Reranker(StubCrossEncoder(""), weights)
    assert reranker.signals(hits, scores) == {
        "reranked_passages": 1.0,
        "reranked_sentences": 2.0,
        "reranked_mean": -0.5,
        "reranked_nearest": -1.0,
    }
    assert reranker.signals(hits, scores).keys() == RERANKER_SIGNALS.keys()
    assert reranker.signals((), []) == {}


@pytest.mark.parametrize(
    ("scores", "read"),
    [
        ([1.0, 0.5, 0.4, 0.3], 2),
        ([1.0, 0.95, 0.91, 0.3], 3),
        ([1.0, 0.99, 0.98, 0.97, 0.96, 0.95], 4),
        ([1.0], 1),
        ([], 0),
    ],
)
def test_further_passages_are_read_only_if_they_are_close(scores: list[float], read: int) -> None:
    weights = replace(SHIPPED.reranking, candidates=4, always_read=2, read_margin=0.1)
    assert passages_read([Hit(row, score, ()) for row, score in enumerate(scores)], weights) == read


def test_of_a_long_passage_the_nearest_sentences_are_read_in_their_order() -> None:
    sentences = ["a" * 40, "b" * 40, "c" * 40, "d" * 40]
    hit = Hit(7, 1.0, (0.1, 0.9, 0.2, 0.8))
    excerpt = Excerpt.of(hit, "Cats", sentences, 100)
    assert excerpt.sentences == ("b" * 40, "d" * 40)
    spread = excerpt.spread(CrossEncoderScores(3.0, (1.0, 2.0)))
    assert spread == CrossEncoderScores(3.0, (LOWEST_LOGIT, 1.0, LOWEST_LOGIT, 2.0))
    assert Excerpt.of(hit, "Cats", sentences, 160).sentences == tuple(sentences)
    assert Excerpt.of(hit, "Cats", sentences, 5).sentences == ("b" * 40,)
    assert Excerpt.of(Hit(7, 1.0, ()), "Cats", [], 5).spread(CrossEncoderScores(3.0, ())).sentences == ()


def test_no_hits_are_not_read() -> None:
    reranker = Reranker(StubCrossEncoder("x"), SHIPPED.reranking)
    from peerqa.retrieval.query import Query

    assert reranker.rerank(Query("x", "x", (), "question"), RetrievalResult((), {})).hits == ()
    assert Hit(0, 1.0, ()).sentences == ()


def test_a_reading_without_sentences_is_no_answer() -> None:
    assert CrossEncoderScores(0.0, ()).best < -10
    assert probability(-1000) >= 0
    assert probability(1000) <= 1
    assert probability(0) == 0.5


def test_none_is_none() -> None:
    assert load_cross_encoder("none") is None


@pytest.mark.parametrize("name", ["no/such/folder", "~nobody-of-that-name/reader"])
def test_a_reader_that_is_not_there(name: str) -> None:
    with pytest.raises(ModelError, match="--reranker none"):
        load_cross_encoder(name)


@pytest.mark.parametrize("content", [b"", b"not safetensors at all", b"\x00" * 64])
def test_a_damaged_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_cross_encoder(str(tmp_path))


def test_weights_of_something_else(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"some.weight": torch.zeros(2)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="cannot be used as a cross-encoder: it lacks"):
        load_cross_encoder(str(tmp_path))


def test_without_its_weights_retrieval_answers_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import peerqa.answering.models as module

    def missing(name: str) -> None:
        raise ModelError(Problem.CROSS_ENCODER_MISSING, path=name)

    monkeypatch.setattr(module, "load_encoder", lambda model, cache: StubEncoder())
    monkeypatch.setattr(module, "load_cross_encoder", missing)
    assistant = Assistant.open(folder / "corpus", folder / "index")
    assert assistant.ask("do cats sleep").passages
    assert any("retrieval alone" in str(warning) for warning in assistant.warnings)
    with pytest.raises(ModelError):  # one that was asked for by name is not left out in silence
        Assistant.open(folder / "corpus", folder / "index", settings=Settings(reranker="mine"))


# ---- the real one ---------------------------------------------------------------------------------------------------

PASSAGE = (
    "Meals",
    [
        "The canteen opens at noon and closes at two.",
        "Its tables were bought last year.",
        "Soup is served every day.",
    ],
)


@pytest.mark.model
def test_the_reader_that_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    cross_encoder = load_cross_encoder()
    assert cross_encoder is not None
    assert cross_encoder.name == DEFAULT_RERANKER
    answered, missed = (
        cross_encoder.score(question, (), [PASSAGE])[0]
        for question in ("When does the canteen close?", "How much did the tables cost?")
    )
    assert answered.sentences.index(max(answered.sentences)) == 0
    assert answered.best > missed.best
    alone = cross_encoder.score("When does the canteen close?", (), [PASSAGE])[0]
    together = cross_encoder.score("When does the canteen close?", (), [("", ["Another text."]), PASSAGE])[1]
    assert together.sentences == pytest.approx(alone.sentences, abs=1e-3)  # the others in a batch change nothing


@pytest.mark.model
def test_long_texts_are_cut_and_say_so() -> None:
    from peerqa.models.pairs import LONGEST, encode_pair

    tokenizer = load_tokenizer(packaged_folder())
    read = encode_pair(tokenizer, "word " * 500, ["earlier " * 500], "heading " * 90, ["some words here " * 60] * 9)
    assert len(read.pieces) == len(read.types) == len(read.sentences) <= LONGEST
    assert read.count == 9
    assert set(read.sentences) < set(range(-1, 9))  # the last ones did not fit
    assert json.dumps(read.types).count("0") > 10
    cross_encoder = load_cross_encoder()
    assert cross_encoder is not None
    reading = cross_encoder.score("word " * 500, [], [("", ["some words here " * 60] * 9)])[0]
    assert len(reading.sentences) == 9
    assert reading.sentences[-1] == -20.0


@pytest.mark.model
@pytest.mark.skipif(not multiplies_int8(), reason="this processor does not multiply 8-bit integers exactly")
def test_int8_is_near_32_bits() -> None:
    questions = ("When does the canteen close?", "How much did the tables cost?", "soup")
    exact, fast = TrainedCrossEncoder(precision="float32"), TrainedCrossEncoder(precision="int8")
    for question in questions:
        one, other = (encoder.score(question, (), [PASSAGE])[0] for encoder in (exact, fast))
        assert other.passage == pytest.approx(one.passage, abs=1)
        assert other.sentences == pytest.approx(one.sentences, abs=1)  # of logits between -7 and 4
        assert other.sentences.index(other.best) == one.sentences.index(one.best)
