"""The index folder: whole generations of named files, verified before use, replaced in one step.

    index/
      CURRENT                    which generation is served: {"generation": …, "manifest_sha256": …}
      write.lock                 held by the one process that builds
      generation-000007-<id>/    manifest.json (size and SHA-256 of each other file) and the files;
                                 <id> is the start of the manifest's own SHA-256, so that a generation can be verified
                                 without CURRENT
      tmp-<pid>-<random>         a build under way, or what an interrupted one left behind

Whoever loads gets verified bytes, never a path, so nothing can change between the check and the use. Loading takes no
lock: a generation is never written to once it has its name, and it is removed only after two newer builds went live.
What the files hold is known to `peerqa.index.vectors`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from peerqa.errors import IndexBusy, IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.notices import Notice

SCHEMA = 1  # version of the folder and of the manifest; one of another version is refused

_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_CURRENT_LIMIT, _MANIFEST_LIMIT = 4 * 1024, 64 * 1024 * 1024  # bytes
_GENERATION = re.compile(r"generation-([0-9]{6,18})-([0-9a-f]{16})")
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")

Check = Callable[["Generation"], object]  # raises to refuse


@dataclass(frozen=True, slots=True)
class Generation:
    """One verified generation: its manifest, and the bytes of its files exactly as they were hashed."""

    name: str
    path: Path
    manifest: dict[str, Any] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)

    def read(self, name: str) -> bytes:
        """The verified bytes of a file. Raises IndexDamaged if the manifest names no such file."""
        if name not in self.files:
            raise damaged(self.path / name, Problem.FILE_NOT_IN_MANIFEST)
        return self.files[name]


class Store:
    """An index folder. A new Store touches nothing on disk. Threads may share it; a process and its fork may not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "write.lock", timeout=0)

    def has_index(self) -> bool:
        """Whether a build has ever gone live here, whatever its state is now."""
        return os.path.lexists(self.folder / _CURRENT) or bool(self._generations())

    def live(self) -> bytes | None:
        """Version token of the live index; changes with every build; None if there is no index."""
        return self._pointer()

    def load(self) -> tuple[Generation, Notice | None]:
        """The current generation, verified, and None. If it is damaged: the newest older one that can be verified, and
        a warning.

        Raises StoreError if there is no index, IndexDamaged if no generation can be verified, IndexMismatch if the
        index has a format that this peerqa does not read.
        """
        if not self.has_index():
            raise StoreError(Problem.NO_INDEX, path=self.folder)
        before = self._pointer()
        try:
            return self._open_current(), None
        except IndexDamaged as error:
            damage = error
        older = self._newest_verified()
        if self._pointer() != before:  # no damage: a build went live and removed what was being read
            return self.load()
        if older is None:
            raise damage
        return older, Notice(Problem.OLDER_INDEX, reason=damage.notice, generation=older.name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for a build; a thread may nest it. Raises IndexBusy at once if another process holds it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise IndexBusy(Problem.INDEX_BUSY, path=self.folder) from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            self._lock.release()

    def commit(self, files: Mapping[str, bytes], manifest: Mapping[str, Any], check: Check) -> Generation:
        """Write a new generation and make it the live one in one step. The one that was live is kept; older ones are
        removed.

        files: name (lower case, no folder) -> content. manifest: what the manifest should hold beside "schema" and
        "files", as JSON. check: is called with the generation as read back from the disk, and raises to refuse it.

        Raises IndexBusy, StoreError if the disk refuses, and what check raises. The generation that was live then stays
        so. If only the very last step fails, the new one is live but might be lost in a power cut.
        """
        for name in files:
            if not _FILE_NAME.fullmatch(name) or name == _MANIFEST:
                raise StoreError(Problem.FILE_NAME_NOT_ALLOWED, name=name)
        with self.lock():
            served = None
            with suppress(StoreError):
                served = self.load()[0].name
            try:
                self._collect(keep=self._generations())  # frees what interrupted builds left behind
                generation = self._publish(files, manifest, check)
                self._collect(keep=(generation.name, served))
            except OSError as error:
                raise self._unwritable(error) from error
            return generation

    def _publish(self, files: Mapping[str, bytes], manifest: Mapping[str, Any], check: Check) -> Generation:
        """Write, verify and name a generation, then point CURRENT to it. Takes and raises what `commit` does."""
        described = {name: {"size": len(data), "sha256": _sha256(data)} for name, data in files.items()}
        content = encode_json({**manifest, "schema": SCHEMA, "files": described})
        digest = _sha256(content)
        if len(content) > _MANIFEST_LIMIT:
            raise StoreError(Problem.MANIFEST_TOO_LARGE, path=self.folder, size=len(content))
        number = 1 + max((_number(name) for name in self._generations()), default=0)
        name = f"generation-{number:06d}-{digest[:16]}"
        temporary = self.folder / f"tmp-{os.getpid()}-{secrets.token_hex(8)}"
        building = temporary / "generation"
        try:
            building.mkdir(parents=True)
            for file_name, data in files.items():
                _write(building / file_name, data)
            generation = _verify_files(building, strict_json(content))
            check(generation)
            _write(building / _MANIFEST, content)  # last: without it a folder is no generation
            _sync_folder(building)
            os.rename(building, self.folder / name)
            _sync_folder(self.folder)
            _write(temporary / _CURRENT, encode_json({"generation": name, "manifest_sha256": digest}))
            os.replace(temporary / _CURRENT, self.folder / _CURRENT)
            _sync_folder(self.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return dataclasses.replace(generation, name=name, path=self.folder / name)

    def _collect(self, keep: Iterable[str | None]) -> None:
        """Remove interrupted builds (we hold the lock, so no build is under way) and the generations not in `keep`."""
        for name in os.listdir(self.folder):
            if name.startswith("tmp-") or (_GENERATION.fullmatch(name) and name not in keep):
                shutil.rmtree(self.folder / name, ignore_errors=True)

    def _unwritable(self, error: OSError) -> StoreError:
        reason = error.strerror or type(error).__name__
        return StoreError(Problem.INDEX_NOT_WRITABLE, path=self.folder, reason=reason)

    def _generations(self) -> list[str]:
        """The names of the generations, newest first."""
        try:
            names = [name for name in os.listdir(self.folder) if _GENERATION.fullmatch(name)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(Problem.INDEX_NOT_READABLE, path=self.folder, reason=error.strerror) from error
        return sorted(names, key=_number, reverse=True)

    def _pointer(self) -> bytes | None:
        try:
            return _read(self.folder / _CURRENT, limit=_CURRENT_LIMIT)
        except IndexDamaged:
            return None

    def _open_current(self) -> Generation:
        path = self.folder / _CURRENT
        pointer = _strict_object(path, _read(path, limit=_CURRENT_LIMIT), {"generation", "manifest_sha256"})
        name, digest = pointer["generation"], pointer["manifest_sha256"]
        if not isinstance(name, str) or not _GENERATION.fullmatch(name) or not isinstance(digest, str):
            raise damaged(path, Problem.NO_GENERATION_NAMED)
        return self._open(name, digest)

    def _newest_verified(self) -> Generation | None:
        for name in self._generations():
            with suppress(IndexDamaged):  # what is reported is the damage of the current generation
                return self._open(name)
        return None

    def _open(self, name: str, manifest_sha256: str | None = None) -> Generation:
        path = self.folder / name / _MANIFEST
        content = _read(path, limit=_MANIFEST_LIMIT)
        digest = _sha256(content)
        if not name.endswith(digest[:16]) or manifest_sha256 not in (None, digest):
            raise damaged(path, Problem.OTHER_MANIFEST)
        manifest = _strict_object(path, content, {"schema", "files"})
        if manifest["schema"] != SCHEMA:
            raise IndexMismatch(Problem.INDEX_FORMAT, path=path, found=f"{manifest['schema']!r:.20}", known=SCHEMA)
        return _verify_files(path.parent, manifest)


def damaged(path: Path, code: Problem, /, **values: object) -> IndexDamaged:
    """The error for a file of an index that is not what it should be. code, values: what is wrong with it."""
    return IndexDamaged(Problem.INDEX_DAMAGED, path=path, reason=Notice(code, **values))


def encode_json(value: object) -> bytes:
    """One line of JSON in ASCII, which keeps even lone surrogates. Raises StoreError if the value is no JSON."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"), sort_keys=True).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(Problem.NOT_JSON_VALUES, reason=error) from error


def strict_json(data: bytes) -> Any:
    """Parse JSON in UTF-8 without NaN, Infinity or a repeated key. Raises ValueError for anything else."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_distinct)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(made := dict(pairs)) != len(pairs):
        raise ValueError("a key is repeated")
    return made


def _strict_object(path: Path, data: bytes, keys: set[str]) -> dict[str, Any]:
    try:
        value = strict_json(data)
    except ValueError:
        raise damaged(path, Problem.NOT_JSON) from None
    if not isinstance(value, dict) or not keys <= value.keys():
        first, second = sorted(keys)
        raise damaged(path, Problem.KEYS_MISSING, first=first, second=second)
    return value


def _verify_files(folder: Path, manifest: dict[str, Any]) -> Generation:
    files, entries = {}, manifest["files"]
    for name, entry in entries.items() if isinstance(entries, dict) else [("", None)]:
        if not _FILE_NAME.fullmatch(name) or not isinstance(entry, dict) or not isinstance(entry.get("size"), int):
            raise damaged(folder / _MANIFEST, Problem.MANIFEST_ENTRY_NOT_VALID, name=f"{name!r:.120}")
        files[name] = _read(folder / name, size=entry["size"])
        if _sha256(files[name]) != entry.get("sha256"):
            raise damaged(folder / name, Problem.OTHER_HASH)
    return Generation(folder.name, folder, manifest, files)


def _read(path: Path, *, size: int | None = None, limit: int = 0) -> bytes:
    """The bytes of a file of exactly `size` bytes, or of at most `limit`. Raises IndexDamaged."""
    try:
        if not path.is_file():  # a pipe would block
            raise damaged(path, Problem.FILE_MISSING)
        with open(path, "rb") as file:
            found = os.fstat(file.fileno()).st_size
            if size is None and found > limit:
                raise damaged(path, Problem.OVER_SIZE, found=found, limit=limit)
            if size is not None and found != size:
                raise damaged(path, Problem.OTHER_SIZE, found=found, size=size)
            return file.read(found)
    except OSError as error:
        raise damaged(path, Problem.INDEX_FILE_NOT_READABLE, reason=error.strerror) from error


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot open a folder for this
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _number(generation: str) -> int:
    return int(generation.split("-")[1])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
