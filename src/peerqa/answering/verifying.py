"""Whether an index is whole, and of the corpus as it is."""

from __future__ import annotations

from pathlib import Path

from peerqa.errors import Problem, StoreError
from peerqa.index.updating import find_changes
from peerqa.index.verifying import find_damage
from peerqa.library.database import Database
from peerqa.notices import Notice


def verify(corpus: str | Path, index: str | Path) -> list[Notice]:
    """What is wrong, each as a line that says what to do; nothing if all is well.

    Raises CorpusError if there is no corpus, StoreError if there is no index.
    """
    database = Database(Path(index))
    if not database.exists():
        raise StoreError(Problem.NO_INDEX, path=index)
    damage = find_damage(database)
    if damage:
        return damage
    changes = find_changes(database, Path(corpus))
    changed = [Notice(Problem.NOT_IN_INDEX, path=path) for path, _ in changes.changed]
    return changed + [Notice(Problem.NOT_IN_CORPUS, path=path) for path in changes.gone]
