"""What several test modules share: a little review, an assistant over it without a model, and one with the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.answering.assistant import Assistant
from peerqa.models.encoder import SentenceEncoder
from peerqa.retrieval.parameters import Parameters
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL, ANSWER_NOTHING

REVIEW = """---
title: Peers at Work
author: A. Writer
date: 2023-04-05
---

# Peers at Work

## Introduction

Peer support is growing in hospitals (Tseris, 2020). A peer support worker (PSW) has lived experience of illness. \
Quality of life is what many PSWs hope to improve.

## Challenges

There are many challenges that PSWs face, such as inadequate hours, low pay, and unclear roles. These challenges \
differ between hospitals.

Inadequate hours were a challenge for PSWs (Tseris, 2020). Moll et al. found that few hours make it hard to join the \
staff (2009). *Limited* hours may limit the pay of PSWs.

Keeping boundaries with consumers was another challenge (Moll et al., 2009; Nobody, 1999).

## Benefits

Consumers who met a PSW took their medication more often (Moll et al., 2009). They also felt less alone.

## References

Moll, S., Holmes, J., & Sherman, D. (2009). Work transitions for peer providers. *Work*, 33(4), 449–458. \
https://doi.org/10.3233/WOR-2009-0893

Tseris, E. (2020). The expansion of the peer adviser workforce. *Australian Social Work*, 73(2), 162–174. \
https://doi.org/10.1080/0312407X.2019.1675734
"""
ROOT = Path(__file__).parent.parent


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
def model() -> SentenceEncoder:
    """The real model, loaded once."""
    return SentenceEncoder()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, model: SentenceEncoder) -> Assistant:
    """An assistant with the real model over the review that ships with the project."""
    return Assistant.build(ROOT / "corpus", tmp_path_factory.mktemp("real-index"), encoder=model)
