"""The folder of the corpus against the library: which files are new, changed or gone, and the library brought up to
date with them. A file has changed if its size or time has, and its content too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from peerqa.errors import CorpusError, Problem, StoreError
from peerqa.index.building import Builder, Progress
from peerqa.index.vector_table import find_model, live_model
from peerqa.index.verifying import find_damage
from peerqa.library.database import SET_ASIDE, Database
from peerqa.library.parallel_reading import read_all
from peerqa.library.records import as_json, kept_notices
from peerqa.library.review import Review
from peerqa.library.storing import PARSER_VERSION, FileState
from peerqa.models.encoder import Encoder, ModelIdentity
from peerqa.notices import Notice, to_values
from peerqa.reading.files import companions, corpus_files, unread_files

_FEW = 8
"""Files up to which no further process is started to read them."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How the corpus differs from the library.

    changed: files to read. touched: files whose time alone differs. gone: paths in the library without a file.
    """

    changed: tuple[tuple[Path, FileState], ...] = ()
    touched: tuple[FileState, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone)


@dataclass(slots=True)
class _Known:
    """A file as the library knows it. sha256: "" for one that could not be read."""

    state: FileState
    sha256: str
    parser: str


def find_changes(database: Database, corpus: Path, files: Sequence[Path] | None = None) -> Changes:
    """Compare the files of the corpus with the library. files: of the corpus, if they are known. Raises CorpusError if
    there is no corpus."""
    known = _known(database)
    changed, touched, found = [], [], set()
    for path in corpus_files(corpus) if files is None else files:
        name = _name(path, corpus)
        found.add(name)
        state = _state(path, name)
        before = known.get(name)
        if before is None or before.parser != PARSER_VERSION or before.state.companions != state.companions:
            changed.append((path, state))
        elif before.state != state:
            if before.sha256 and state.size == before.state.size and _sha256(path) == before.sha256:
                touched.append(state)
            else:
                changed.append((path, state))
    return Changes(tuple(changed), tuple(touched), tuple(sorted(known.keys() - found)))


def is_current(database: Database, identity: ModelIdentity) -> bool:
    """Whether the vectors of this encoder are those that answer."""
    with database.reading() as connection:
        live, wanted = live_model(connection), find_model(connection, identity)
    return live is not None and wanted is not None and live.number == wanted.number


def update(
    database: Database,
    corpus: Path,
    encoder: Encoder,
    progress: Progress | None = None,
    workers: int | None = None,
    repair: bool = False,
) -> None:
    """Bring the library up to date with the corpus and the encoder.

    workers: processes that read files; None for as many as it takes. repair: look at everything in the library first;
    if something is wrong with it, it is made anew, and only what is not whole is embedded again. Raises CorpusError if
    nothing in the corpus can be read, IndexDamaged (unless it is to be repaired), IndexBusy, StoreError.
    """
    files = corpus_files(corpus)  # before anything is made: there may be no corpus
    with database.lock():
        if repair and database.exists() and find_damage(database):
            database.set_aside()
        aside = Database(database.folder, SET_ASIDE)
        spare = aside if aside.exists() else None  # set aside just now, or by a repair that was interrupted
        if not database.exists():
            database.create()
        builder = Builder(database, encoder, progress or (lambda work, done, total: None), spare)
        _update(builder, corpus, files, workers)
        if spare is not None:
            spare.close()
            database.remove_set_aside()
        remove_earlier_format(database.folder)


def _update(builder: Builder, corpus: Path, files: Sequence[Path], workers: int | None) -> None:
    database = builder.database
    changes = find_changes(database, corpus, files)
    failures = _Failures()
    paths, states = [path for path, _ in changes.changed], [state for _, state in changes.changed]
    read = read_all(paths, corpus, _workers(len(paths), workers))
    builder.add(failures.without(zip(read, states, strict=True)), total=len(paths))
    builder.remove([*changes.gone, *(state.path for state, _ in failures.found)])
    _note(database, changes.touched, failures)
    _check_not_empty(database, failures)
    builder.finish()


def has_earlier_format(folder: Path) -> bool:
    """Whether a folder holds an index of peerqa 0.1, which kept no library."""
    return (folder / "CURRENT").exists()


def remove_earlier_format(folder: Path) -> None:
    """Remove the files of such an index; one that cannot be removed stays."""
    with suppress(OSError):
        (folder / "CURRENT").unlink(missing_ok=True)
    for path in folder.glob("generation-*"):
        shutil.rmtree(path, ignore_errors=True)


def warnings_of(database: Database, corpus: Path) -> list[Notice]:
    """A warning for each file of the corpus that is not read, or not whole."""
    with database.reading() as connection:
        unread = [row[0] for row in connection.execute("SELECT reason FROM unread ORDER BY path")]
        parts = [
            row[0] for row in connection.execute("SELECT warnings FROM documents WHERE warnings <> '[]' ORDER BY path")
        ]
    found = [Notice(Problem.LEFT_OUT, reason=kept_notices(json.loads(reason))) for reason in unread]
    found += [warning for part in parts for warning in kept_notices(json.loads(part))]
    return found + [Notice(Problem.FORMAT_NOT_READ, path=path) for path in unread_files(corpus)]


# ---- what is known of the files -------------------------------------------------------------------------------------


def _known(database: Database) -> dict[str, _Known]:
    """The files that the library knows, by path; none if there is no library."""
    if not database.exists():
        return {}
    with database.reading() as connection:
        documents = connection.execute("SELECT path, size, modified, companions, sha256, parser FROM documents")
        known = {row["path"]: _Known(FileState(*tuple(row)[:4]), row["sha256"], row["parser"]) for row in documents}
        unread = connection.execute("SELECT path, size, modified, parser FROM unread")
        known.update((row["path"], _Known(FileState(*tuple(row)[:3]), "", row["parser"])) for row in unread)
    return known


def _name(path: Path, corpus: Path) -> str:
    return path.relative_to(corpus).as_posix() if corpus.is_dir() else path.name


def _state(path: Path, name: str) -> FileState:
    stat = path.stat()
    beside = companions(path)
    digest = hashlib.sha256("".join(_sha256(one) for one in beside).encode()).hexdigest() if beside else ""
    return FileState(name, stat.st_size, stat.st_mtime_ns, digest)


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


# ---- reading the files ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Failures:
    """The files that could not be read, each with the reason."""

    found: list[tuple[FileState, CorpusError]] = field(default_factory=list)

    def without(self, read: Iterable[tuple[Review | CorpusError, FileState]]) -> Iterator[tuple[Review, FileState]]:
        """The reviews; what is none is noted."""
        for result, state in read:
            if isinstance(result, CorpusError):
                self.found.append((state, result))
            else:
                yield result, state


def _workers(files: int, asked: int | None) -> int:
    """How many processes read so many files; one is this process itself."""
    return asked or (1 if files <= _FEW else 2)


def _note(database: Database, touched: Sequence[FileState], failures: _Failures) -> None:
    """Note the new times of files whose content is known, and the files that could not be read."""
    if not touched and not failures.found:
        return
    with database.writing() as connection:
        _touch(connection, touched)
        connection.executemany(
            "INSERT OR REPLACE INTO unread VALUES (?, ?, ?, ?, ?)",
            [
                (state.path, state.size, state.modified, PARSER_VERSION, as_json(to_values(error.notice)))
                for state, error in failures.found
            ],
        )


def note_times(database: Database, touched: Sequence[FileState]) -> None:
    """Note the new times of files whose content is known; where the library cannot be written, they stay unknown."""
    with suppress(StoreError), database.writing() as connection:
        _touch(connection, touched)


def _touch(connection: sqlite3.Connection, touched: Sequence[FileState]) -> None:
    connection.executemany(
        "UPDATE documents SET modified = ? WHERE path = ?", [(state.modified, state.path) for state in touched]
    )


def _check_not_empty(database: Database, failures: _Failures) -> None:
    """Raise the first reason why a file could not be read, if none could."""
    with database.reading() as connection:
        empty = connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None
        reason = connection.execute("SELECT reason FROM unread ORDER BY path LIMIT 1").fetchone()
    if empty:
        if failures.found:
            raise failures.found[0][1]
        notice = kept_notices(json.loads(reason[0]))
        raise CorpusError(notice.code, **notice.values)
