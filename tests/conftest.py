"""What several test modules share: a little review, an assistant over it without a model, and one with the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from little_review import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.models.encoder import Encoder, load_encoder
from peerqa.retrieval.parameters import Parameters
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL, ANSWER_NOTHING

ROOT = Path(__file__).parent.parent

# A busy machine is slow, which is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one little review."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "peers.md").write_text(REVIEW, "utf-8")
    return folder


@pytest.fixture
def encoder() -> StubEncoder:
    return StubEncoder()


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the little review, without a model."""
    return _little(tmp_path_factory)


@pytest.fixture(scope="session")
def little_answering(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The same, but it answers whatever is asked."""
    return _little(tmp_path_factory, ANSWER_ALL)


@pytest.fixture(scope="session")
def little_refusing(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The same, but it answers nothing."""
    return _little(tmp_path_factory, ANSWER_NOTHING)


def _little(tmp_path_factory: pytest.TempPathFactory, parameters: Parameters | None = None) -> Assistant:
    folder = tmp_path_factory.mktemp("little")
    (folder / "peers.md").write_text(REVIEW, "utf-8")
    index = tmp_path_factory.mktemp("little-index")
    return Assistant.build(folder, index, encoder=StubEncoder(), parameters=parameters)


@pytest.fixture(scope="session")
def model() -> Encoder:
    """The real model, loaded once."""
    return load_encoder()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, model: Encoder) -> Assistant:
    """An assistant with the real model over the review that ships with the project."""
    return Assistant.build(ROOT / "corpus", tmp_path_factory.mktemp("real-index"), encoder=model)
