"""The folders of corpus and index -> a library that fits the corpus and the encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from peerqa.errors import IndexMismatch, Problem
from peerqa.index.building import Progress
from peerqa.index.updating import find_changes, has_earlier_format, is_current, note_times, update
from peerqa.index.vector_table import live_model
from peerqa.library.database import Database
from peerqa.models.encoder import Encoder, ModelIdentity
from peerqa.notices import Notice


def open_library(
    corpus: Path,
    folder: Path,
    encoder: Encoder,
    progress: Progress | None = None,
    *,
    upgrade: bool = True,
    workers: int | None = None,
) -> tuple[Database, list[Notice]]:
    """The library of a corpus, and what has to be said of opening it; built or brought up to date where it is needed.

    upgrade: what to do with vectors of a model of the same name with other weights: build again, or raise
    IndexMismatch. Raises IndexMismatch too if they are of a model of another name, CorpusError, and what the index
    raises.
    """
    database = Database(folder)
    if not database.exists():
        earlier = [Notice(Problem.INDEX_OF_EARLIER_FORMAT, path=folder)] if has_earlier_format(folder) else []
        update(database, corpus, encoder, progress, workers)
        return database, earlier
    _check_model(database, encoder.identity, upgrade)
    changes = find_changes(database, corpus)
    if changes or not is_current(database, encoder.identity):
        update(database, corpus, encoder, progress, workers)
    elif changes.touched:
        note_times(database, changes.touched)
    return database, []


def _check_model(database: Database, identity: ModelIdentity, upgrade: bool) -> None:
    """Raise IndexMismatch if the vectors that answer are of another model."""
    with database.reading() as connection:
        live = live_model(connection)
    if live is None:
        return
    found = live.identity
    if upgrade and found.name == identity.name and identity.sha256 and found.sha256 != identity.sha256:
        return  # as after an upgrade of peerqa
    if replace(found, name=identity.name) != identity or (not identity.sha256 and found.name != identity.name):
        same = found.name == identity.name
        problem = Problem.INDEX_OF_OTHER_SETTINGS if same else Problem.INDEX_OF_OTHER_MODEL
        raise IndexMismatch(problem, path=database.folder, found=found.name, model=identity.name)
