"""The folders of corpus and index -> the reviews, and an index that fits them and the encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from peerqa.errors import IndexMismatch, Problem
from peerqa.index.building import Progress, build_index, identity_of, is_stale
from peerqa.index.store import Store
from peerqa.index.vectors import Identity, Index
from peerqa.library.review import Review, read_review
from peerqa.models.encoder import Encoder, ModelIdentity
from peerqa.notices import Notice
from peerqa.reading.files import read_folder, unread_files


def read_reviews(corpus: Path) -> tuple[list[Review], list[Notice]]:
    """The reviews of a corpus, and a warning for each thing that could not be read. Raises CorpusError for none."""
    documents, errors = read_folder(corpus)
    reviews = [read_review(document) for document in documents]
    warnings = [Notice(Problem.LEFT_OUT, reason=error.notice) for error in errors]
    warnings += [warning for review in reviews for warning in review.document.warnings]
    warnings += [Notice(Problem.FORMAT_NOT_READ, path=path) for path in unread_files(corpus)]
    return reviews, warnings


def open_index(
    reviews: list[Review], folder: Path, encoder: Encoder, progress: Progress | None = None, upgrade: bool = True
) -> Index:
    """The index of these reviews in a folder; built if there is none, or if it is of another corpus or an older peerqa.

    upgrade: what to do with an index that was made with other weights of a model of the same name: build it again, or
    raise IndexMismatch. Raises IndexMismatch too if it is of a model of another name, and what the index raises.
    """
    store = Store(folder)
    if not store.has_index():
        return build_index(reviews, store, encoder, progress)
    found = Index.load(store)
    upgraded = upgrade and _is_upgraded(found.identity, encoder.identity)
    if not upgraded:
        _check_model(found.identity, encoder.identity, folder)
    return build_index(reviews, store, encoder, progress) if upgraded or is_stale(found, reviews) else found


def _is_upgraded(found: Identity, model: ModelIdentity) -> bool:
    """Whether the model has other weights than the one of that name that made the index, as after an upgrade."""
    return found.model == model.name and bool(model.sha256) and found.model_sha256 != model.sha256


def _check_model(found: Identity, model: ModelIdentity, folder: Path) -> None:
    """Raise IndexMismatch if the index is of another model. Its chunking version may be another: that is rebuilt."""
    wanted = identity_of(model)
    if replace(found, chunking_version=wanted.chunking_version, model=wanted.model) != wanted or (
        not model.sha256 and found.model != model.name
    ):
        same = found.model == model.name
        problem = Problem.INDEX_OF_OTHER_SETTINGS if same else Problem.INDEX_OF_OTHER_MODEL
        raise IndexMismatch(problem, path=folder, found=found.model, model=model.name)
