"""The reader: its input, its place in an answer, and what happens where it cannot be loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from peerqa.answering.assistant import Assistant, Settings
from peerqa.errors import ModelError, Problem
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoderScores, load_cross_encoder, probability
from peerqa.models.encoder import PACKAGED_MODEL, find_model
from peerqa.retrieval.reranking import FusionWeights, Reranker, fitted_fusion_weights
from peerqa.retrieval.retriever import Hit, RetrievalResult
from stub_encoder import StubEncoder


class StubReader:
    """A reader that finds an answer in sentences that hold a word, and nowhere else; remembers what it was given."""

    name = "stub"

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, tuple[str, ...], int]] = []

    def read(
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


def opened(folder: Path, cross_encoder: StubReader | None) -> Assistant:
    return Assistant.open(folder / "corpus", folder / "index", encoder=StubEncoder(), cross_encoder=cross_encoder)


def test_what_the_reader_finds_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerqa.retrieval.reranking.fitted_fusion_weights", lambda: FusionWeights(6, 2.0, 2.0))
    without = opened(folder, None).rank("cats sleep")
    read = opened(folder, StubReader("bark")).rank("cats sleep")
    assert "bark" not in without.passages[0].text
    assert "bark" in read.passages[0].text
    passage, number = read.sentences[0]
    assert "bark" in passage.text[passage.sentences[number][0] - passage.start :][:30]


def test_confidence_follows_the_reader(folder: Path) -> None:
    sure = opened(folder, StubReader("cats")).ask("do cats sleep")
    unsure = opened(folder, StubReader("unicorn")).ask("do cats sleep")
    assert sure.confidence > unsure.confidence + 0.2


def test_it_reads_the_best_few_with_history(folder: Path) -> None:
    cross_encoder = StubReader("purr")
    opened(folder, cross_encoder).ask("and dogs?", ["Do cats sleep?"])
    (question, history, count), *others = cross_encoder.asked
    assert not others
    assert "dogs" in question
    assert len(history) == 1
    assert 1 <= count <= fitted_fusion_weights().candidates


def test_what_was_not_read_stays_behind(folder: Path) -> None:
    assistant = opened(folder, None)
    question, evidence = assistant.search("sleep")
    assert evidence is not None
    passages = assistant.reviews[0].passages
    from peerqa.index.building import embedded_texts

    cross_encoder = StubReader("nothing of the kind")
    rereader = Reranker(cross_encoder, passages, embedded_texts(assistant.reviews), FusionWeights(2, 0.5, 0.5))
    again = rereader.rerank(question, evidence)
    assert cross_encoder.asked[0][2] == 2
    assert [hit.row for hit in again.hits[2:]] == [hit.row for hit in evidence.hits[2:]]
    assert {"read_passages", "read_sentences"} <= set(again.signals)


def test_no_hits_are_not_read() -> None:
    rereader = Reranker(StubReader("x"), [], [], FusionWeights(3, 0.1, 0.1))
    from peerqa.retrieval.query import Query

    assert rereader.rerank(Query("x", "x", (), "question"), RetrievalResult((), {})).hits == ()
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
    with pytest.raises(ModelError, match="--reader none"):
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
    with pytest.raises(ModelError, match="no reader"):
        load_cross_encoder(str(tmp_path))


def test_without_its_weights_retrieval_answers_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import peerqa.answering.assistant as module

    def missing(name: str) -> None:
        raise ModelError(Problem.CROSS_ENCODER_NOT_FOUND, path=name)

    monkeypatch.setattr(module, "SentenceEncoder", lambda model: StubEncoder())
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
        cross_encoder.read(question, (), [PASSAGE])[0]
        for question in ("When does the canteen close?", "How much did the tables cost?")
    )
    assert answered.sentences.index(max(answered.sentences)) == 0
    assert answered.best > missed.best
    alone = cross_encoder.read("When does the canteen close?", (), [PASSAGE])[0]
    together = cross_encoder.read("When does the canteen close?", (), [("", ["Another text."]), PASSAGE])[1]
    assert together.sentences == pytest.approx(alone.sentences, abs=1e-3)  # the others in a batch change nothing


@pytest.mark.model
def test_long_texts_are_cut_and_say_so() -> None:
    from tokenizers import Tokenizer

    from peerqa.models.cross_encoder_network import LONGEST, pair

    folder = find_model(PACKAGED_MODEL)
    assert folder is not None
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    read = pair(tokenizer, "word " * 500, ["earlier " * 500], "heading " * 90, ["some words here " * 60] * 9)
    assert len(read.pieces) == len(read.types) == len(read.sentences) <= LONGEST
    assert read.count == 9
    assert set(read.sentences) < set(range(-1, 9))  # the last ones did not fit
    assert json.dumps(read.types).count("0") > 10
    cross_encoder = load_cross_encoder()
    assert cross_encoder is not None
    reading = cross_encoder.read("word " * 500, [], [("", ["some words here " * 60] * 9)])[0]
    assert len(reading.sentences) == 9
    assert reading.sentences[-1] == -20.0
