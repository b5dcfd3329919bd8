"""Which models an assistant uses, and how they are loaded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from peerqa.errors import ModelError, Problem
from peerqa.models.batching import BatchingEncoder
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.notices import Notice

_EXPORTED = "models"
"""Folder in that of the index, where models that do not ship are kept as they were exported."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. model: name or folder of the embedding model. reranker: name or folder of the
    cross-encoder that reorders the best passages, or "none"."""

    model: str = DEFAULT_MODEL
    reranker: str = DEFAULT_RERANKER


def load_models(
    settings: Settings, index: Path, encoder: Encoder | None, cross_encoder: CrossEncoder | None
) -> tuple[Encoder, CrossEncoder | None, list[Notice]]:
    """The models to use, and a warning for one that had to be left out. index: its
    folder, where exported models are kept."""
    if encoder is not None:
        return encoder, cross_encoder, []
    with ThreadPoolExecutor(1) as pool:  # side by side: both read and hash tens of megabytes
        loading = pool.submit(lambda: cross_encoder or load_cross_encoder(settings.reranker))
        encoder = BatchingEncoder(load_encoder(settings.model, index / _EXPORTED))
    try:
        return encoder, loading.result(), []
    except ModelError as error:
        if settings.reranker != DEFAULT_RERANKER:
            raise  # one that was asked for by name is not left out
        return encoder, None, [Notice(Problem.RETRIEVAL_ALONE, reason=error.notice)]
