"""The library on disk: one SQLite file that holds every review as it was read, and what is searched of it.

It is the one source of truth: whatever lies beside it is derived from it and can be made again. Any SQLite tool can
read it; docs/library.md shows the tables and some useful queries. A document is added, replaced or removed in one
transaction. Writers take turns, readers never wait (write-ahead log).
"""

from __future__ import annotations

import hashlib
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from peerqa.errors import IndexBusy, IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.library.tables import APPLICATION, SCHEMA, TABLES
from peerqa.notices import Notice

FILE = "library.sqlite"
SET_ASIDE = "library.damaged.sqlite"
"""Name of a library that cannot be used as it is, while another one is built in its place."""
_NEW = "library.new.sqlite"
_ENDINGS = ("", "-wal", "-shm")
"""Of the names of a library's file and of those that SQLite keeps beside it."""
_LOCK = "write.lock"
_SECONDS_FOR_A_TRANSACTION = 20.0
_SECONDS_FOR_A_BUILD = 5.0


class Database:
    """The connections to a library's file: several to read, one at a time to write. Threads may share it."""

    def __init__(self, folder: Path, name: str = FILE) -> None:
        """folder: the library's. name: of its file. Nothing is opened or made before it is needed."""
        self.folder = folder
        self.path = folder / name
        self._lock = FileLock(folder / _LOCK, timeout=_SECONDS_FOR_A_BUILD)
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._opened_as = (os.getpid(), 0)
        self._held = threading.local()

    def exists(self) -> bool:
        """Whether there is a library here; says nothing of its state."""
        return self.path.is_file()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for a build; a thread may nest it. Raises IndexBusy if another process keeps it for longer
        than some seconds, StoreError if the folder cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise IndexBusy(Problem.INDEX_BUSY, path=self.folder) from None
        except OSError as error:
            raise not_writable(self.folder, error.strerror or error) from error
        try:
            yield
        finally:
            self._lock.release()

    def set_aside(self) -> None:
        """Give the file another name, SET_ASIDE, so that one can be made in its place. Raises StoreError."""
        self.close()
        try:
            for ending in _ENDINGS:
                self.folder.joinpath(SET_ASIDE + ending).unlink(missing_ok=True)
                with suppress(FileNotFoundError):
                    self.path.with_name(FILE + ending).rename(self.folder / (SET_ASIDE + ending))
        except OSError as error:
            raise not_writable(self.folder, error.strerror or error) from error

    def remove_set_aside(self) -> None:
        """Remove the file that was set aside, if there is one."""
        for ending in _ENDINGS:
            with suppress(OSError):
                self.folder.joinpath(SET_ASIDE + ending).unlink(missing_ok=True)

    def create(self) -> None:
        """Make the file with its tables, empty; it has its name only when it is whole. Raises StoreError, IndexBusy."""
        with self.lock(), _told(self.path):
            new = self.folder / _NEW
            # What an interrupted build left would be taken for a part of the new file.
            left = [_NEW + ending for ending in _ENDINGS] + [self.path.name + ending for ending in _ENDINGS[1:]]
            try:
                for name in left:
                    (self.folder / name).unlink(missing_ok=True)
                _make_tables(new)
                os.replace(new, self.path)
            except OSError as error:
                raise not_writable(self.folder, error.strerror or error) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, which no other thread uses meanwhile; its rows have names.

        All that a thread reads inside is of one state of the library, whatever others write; inside it may read again.
        Raises StoreError if there is no library, IndexDamaged, IndexMismatch if its tables are of another version.
        """
        held: sqlite3.Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        # A connection must not cross a fork, nor outlive its file: a build may put another one in its place.
        place = (os.getpid(), self._file_number())
        if self._opened_as != place:
            self._idle, self._opened_as = queue.LifoQueue(), place
        idle = self._idle
        with _told(self.path):
            try:
                connection = idle.get_nowait()
            except queue.Empty:
                connection = self._opened()
            self._held.connection, self._held.version = connection, None
            try:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            finally:
                self._held.connection = None
            idle.put(connection)

    def _file_number(self) -> int:
        """What tells this file from another one of the same name; 0 if there is none."""
        try:
            return self.path.stat().st_ino
        except OSError:
            return 0

    def _opened(self) -> sqlite3.Connection:
        if not self.exists():
            raise StoreError(Problem.NO_INDEX, path=self.folder)
        # In a folder that cannot be written, SQLite cannot make the files by which readers and writers agree.
        fixed = "" if os.access(self.folder, os.W_OK) else "&immutable=1"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=ro{fixed}",
            uri=True,
            timeout=_SECONDS_FOR_A_TRANSACTION,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _give_names(connection)
            self._check_kind(connection)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA mmap_size = 1073741824")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that happens inside goes live together at the end, or not at all.

        Raises IndexBusy if another process writes for longer than some seconds, StoreError if the disk refuses.
        """
        with _told(self.path):
            connection = sqlite3.connect(self.path, timeout=_SECONDS_FOR_A_TRANSACTION, isolation_level=None)
            try:
                _give_names(connection)
                self._check_kind(connection)
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute(
                        "INSERT INTO properties VALUES ('version', 1) "
                        "ON CONFLICT (name) DO UPDATE SET value = value + 1"
                    )
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
            finally:
                connection.close()

    def checkpoint(self) -> None:
        """Move what the log of changes holds into the file, as far as no reader needs it there. Raises StoreError."""
        with _told(self.path):
            connection = sqlite3.connect(self.path, timeout=_SECONDS_FOR_A_TRANSACTION, isolation_level=None)
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def version(self) -> int:
        """A number that changes with every transaction; 0 if there is no library."""
        within = getattr(self._held, "connection", None) is not None  # inside, all that is read is of one version
        if within and self._held.version is not None:
            return int(self._held.version)
        if not within and not self.exists():
            return 0
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM properties WHERE name = 'version'").fetchone()
            found = int(row[0]) if row else 0
            self._held.version = found
        return found

    def close(self) -> None:
        """Close the connections for reading that are not in use; the next use opens one again."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def check(self) -> list[str]:
        """What SQLite's own check of the file finds; nothing if it is whole. Raises IndexDamaged."""
        with self.reading() as connection:
            return [row[0] for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]

    def _check_kind(self, connection: sqlite3.Connection) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION:
            raise damaged(self.path, Notice(Problem.NOT_A_LIBRARY))
        if version != SCHEMA:
            raise IndexMismatch(Problem.INDEX_FORMAT, path=self.path, found=version, known=SCHEMA)


def _make_tables(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}; {TABLES} COMMIT;"
        )
    finally:
        connection.close()


def _give_names(connection: sqlite3.Connection) -> None:
    """Let rows have names. Damaged text is read too, since the digests tell in which document it stands."""
    connection.row_factory = sqlite3.Row
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, each in one line that names the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said or "busy" in said:
            raise IndexBusy(Problem.INDEX_BUSY, path=path) from error
        if any(word in said for word in ("malformed", "corrupt", "no such", "disk image")):
            raise damaged(path, said) from error
        raise not_writable(path, said) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except UnicodeDecodeError as error:  # how Python's sqlite3 fails at an error that names damaged text
        raise damaged(path, error.reason) from error


def damaged(path: Path, reason: object) -> IndexDamaged:
    """The error for a library that is not as it was written. reason: what is wrong with it."""
    return IndexDamaged(Problem.INDEX_DAMAGED, path=path, reason=reason if isinstance(reason, Notice) else str(reason))


def not_writable(path: Path, reason: object) -> StoreError:
    """The error for a library that the disk does not let us write. reason: what the system says."""
    return StoreError(Problem.INDEX_NOT_WRITABLE, path=path, reason=str(reason))


def digest_of(*parts: object) -> str:
    """A digest of values: text, numbers, bytes or None. It tells damage, and is no protection against forgery."""
    lengths_and_parts: list[bytes] = []
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        lengths_and_parts += (len(data).to_bytes(8, "little"), data)
    return hashlib.blake2b(b"".join(lengths_and_parts), digest_size=16).hexdigest()
