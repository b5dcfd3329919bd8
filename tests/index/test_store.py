"""The index folder: it serves a whole generation or refuses, whatever happens to the disk or to a builder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from peerqa.errors import IndexBusy, IndexDamaged, IndexMismatch, Problem, StoreError
from peerqa.index import store as store_module
from peerqa.index.store import SCHEMA, Generation, Store, encode_json, strict_json

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and files")


def contents(label: str) -> dict[str, bytes]:
    """Files that can be told apart from those of any other label."""
    return {name: f"{label} {name} ".encode() * times for name, times in (("a.bin", 2), ("b.bin", 4000))}


def commit(store: Store, label: str, check: Callable[[Generation], object] = lambda generation: None) -> Generation:
    return store.commit(contents(label), {"label": label}, check)


def label_of(generation: Generation) -> str:
    """The label of a generation, all of whose files must be of that label."""
    label = generation.manifest["label"]
    assert {name: generation.read(name) for name in ("a.bin", "b.bin")} == contents(label)
    return str(label)


def served(folder: Path) -> str:
    """The label that is served, without any warning."""
    generation, warning = Store(folder).load()
    assert warning is None
    return label_of(generation)


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index with two generations: `old` behind `new`."""
    for label in ("old", "new"):
        commit(Store(tmp_path / "index"), label)
    return tmp_path / "index"


def current(folder: Path) -> Path:
    return folder / str(json.loads((folder / "CURRENT").read_bytes())["generation"])


def previous(folder: Path) -> Path:
    return next(folder / name for name in names(folder, "generation-*") if name != current(folder).name)


# -- the ordinary life of an index -------------------------------------------------------------------------------------


def test_nothing_is_written_before_the_first_build(tmp_path: Path) -> None:
    store = Store(tmp_path / "index")
    assert not store.has_index()
    with pytest.raises(StoreError, match="there is no index here; run `peerqa build`"):
        store.load()
    assert not (tmp_path / "index").exists()


def test_a_build_goes_live_and_keeps_the_one_before(tmp_path: Path) -> None:
    store = Store(tmp_path / "index")
    for label in ("one", "two", "three", "four"):
        generation = commit(store, label)
        assert store.has_index()
        assert served(store.folder) == label == label_of(generation)
        assert generation.path == current(store.folder)
    assert [name[:17] for name in names(store.folder, "generation-*")] == ["generation-000003", "generation-000004"]
    assert names(store.folder, "tmp-*") == []


def test_a_generation_is_named_after_its_manifest(folder: Path) -> None:
    digest = hashlib.sha256((current(folder) / "manifest.json").read_bytes()).hexdigest()
    assert current(folder).name == f"generation-000002-{digest[:16]}"
    assert strict_json((folder / "CURRENT").read_bytes()) == {
        "generation": current(folder).name,
        "manifest_sha256": digest,
    }


def test_loading_writes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    served(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_refused_build_changes_nothing(folder: Path) -> None:
    def refuse(generation: Generation) -> None:
        assert label_of(generation) == "next"
        raise IndexDamaged(Problem.FILE_MISSING)

    with pytest.raises(IndexDamaged, match="it is missing"):
        commit(Store(folder), "next", refuse)
    assert served(folder) == "new"
    assert names(folder, "tmp-*") == []


def test_what_an_interrupted_build_left_is_removed_by_the_next(folder: Path) -> None:
    (folder / "tmp-1-00" / "generation").mkdir(parents=True)
    commit(Store(folder), "next")
    assert names(folder, "tmp-*") == []


def test_a_commit_over_damage_keeps_the_generation_that_was_served(folder: Path) -> None:
    (current(folder) / "b.bin").unlink()
    commit(Store(folder), "next")
    (current(folder) / "b.bin").unlink()
    generation, warning = Store(folder).load()
    assert label_of(generation) == "old"
    assert warning is not None


@pytest.mark.parametrize("name", ["", "..", "../a", "a/b", ".hidden", "A.bin", "manifest.json", "a\n", "a" * 101])
def test_a_file_name_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="not a name"):
        Store(tmp_path / "index").commit({name: b""}, {}, lambda generation: None)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes"])
def test_a_manifest_is_json(tmp_path: Path, value: object) -> None:
    with pytest.raises(StoreError, match="cannot be kept"):
        Store(tmp_path / "index").commit({}, {"key": value}, lambda generation: None)


@pytest.mark.parametrize("data", [b"", b"{", b"NaN", b'{"a":-Infinity}', b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
def test_strict_json_refuses(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        strict_json(data)


def test_any_string_survives_json() -> None:
    text = "é \u2028 \ud800 \x00 𝔘"
    assert strict_json(encode_json({"text": text})) == {"text": text}


def test_an_unusable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(StoreError, match="there is no index here"):
        Store(tmp_path / "index").load()
    with pytest.raises(StoreError, match="cannot be written"):
        commit(Store(tmp_path / "index"), "new")


# -- damage ------------------------------------------------------------------------------------------------------------


def outcome(folder: Path) -> str:
    """ "refused", or the label served with a warning. What is served is whole, and nothing else is ever raised."""
    try:
        generation, warning = Store(folder).load()
    except IndexDamaged as error:
        return "refused" if re.fullmatch(r".+; run `peerqa build`", str(error)) else f"unclear: {error}"
    assert warning is not None
    assert "\n" not in str(warning)
    assert "run `peerqa build`. Until then answers come from generation-" in str(warning)
    return label_of(generation)


def flipped(path: Path, positions: Iterator[int] | range) -> Iterator[None]:
    whole = path.read_bytes()
    for position in positions:
        for mask in (1 << position % 8, 0xFF):
            data = bytearray(whole)
            data[position] ^= mask
            path.write_bytes(data)
            yield
    path.write_bytes(whole)


def test_every_flipped_byte_of_a_small_file_is_found(folder: Path) -> None:
    for name, expected in (("CURRENT", {"new"}), ("manifest.json", {"old"}), ("a.bin", {"old"})):
        path = folder / name if name == "CURRENT" else current(folder) / name
        assert {outcome(folder) for _ in flipped(path, range(path.stat().st_size))} == expected
    shutil.rmtree(previous(folder))
    for name in ("manifest.json", "a.bin"):
        path = current(folder) / name
        assert {outcome(folder) for _ in flipped(path, range(path.stat().st_size))} == {"refused"}
    assert served(folder) == "new"


def test_sampled_flips_of_a_large_file_are_found(folder: Path) -> None:
    path = current(folder) / "b.bin"
    positions = random.Random(1).sample(range(path.stat().st_size), 300)
    assert {outcome(folder) for _ in flipped(path, iter(positions))} == {"old"}


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncate": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: path.write_bytes(b""),
    "zero": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "append": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "enlarge": lambda path: os.truncate(path, 100_000_000),
    "delete": Path.unlink,
    "folder": make_folder,
    "pipe": make_pipe,
}


@posix
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "a.bin", "b.bin"])
def test_gross_damage_is_found(folder: Path, name: str, damage: str) -> None:
    DAMAGE[damage](folder / name if name == "CURRENT" else current(folder) / name)
    assert outcome(folder) == ("new" if name == "CURRENT" else "old")
    if (name, damage) == ("CURRENT", "folder"):
        (folder / name).rmdir()  # somebody's folder is not ours to remove
    commit(Store(folder), "next")  # and a build repairs it
    assert served(folder) == "next"


@pytest.mark.parametrize("name", ["manifest.json", "a.bin", "b.bin"])
def test_a_file_of_another_generation_is_found(folder: Path, name: str) -> None:
    shutil.copy(previous(folder) / name, current(folder) / name)
    assert outcome(folder) == "old"


def test_a_generation_under_the_name_of_another_is_found(folder: Path) -> None:
    new, old = current(folder), previous(folder)
    new.rename(folder / "aside")
    old.rename(new)
    (folder / "aside").rename(old)
    assert outcome(folder) == "refused"


def test_without_any_generation_that_is_whole_it_refuses_and_names_the_current_one(folder: Path) -> None:
    for generation in (current(folder), previous(folder)):
        (generation / "b.bin").unlink()
    with pytest.raises(IndexDamaged, match=re.escape(str(current(folder) / "b.bin"))):
        Store(folder).load()
    shutil.rmtree(current(folder))
    shutil.rmtree(next(folder.glob("generation-*")))
    assert outcome(folder) == "refused"


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Give the current generation another manifest, with hashes that fit it: what another program might write."""
    manifest = json.loads((current(folder) / "manifest.json").read_bytes())
    change(manifest)
    data = json.dumps(manifest).encode()
    digest = hashlib.sha256(data).hexdigest()
    path = current(folder).rename(folder / f"generation-000009-{digest[:16]}")
    (path / "manifest.json").write_bytes(data)
    (folder / "CURRENT").write_bytes(encode_json({"generation": path.name, "manifest_sha256": digest}))


def test_a_newer_format_is_refused_by_name(folder: Path) -> None:
    rewrite(folder, lambda manifest: manifest.update(schema=SCHEMA + 1))
    with pytest.raises(IndexMismatch, match=f"index format {SCHEMA + 1}, but .* upgrade peerqa, or run `peerqa build`"):
        Store(folder).load()


@pytest.mark.parametrize(
    "files",
    [
        None,
        [],
        {"a.bin": None},
        {"a.bin": {"size": "8"}},
        {"a.bin": {"size": -1, "sha256": ""}},
        {"../CURRENT": {"size": 1, "sha256": ""}},
        {"/etc/hostname": {"size": 1, "sha256": ""}},
        {"a.bin": {"size": 10**30, "sha256": ""}},
    ],
)
def test_a_manifest_that_fits_its_hash_is_still_not_believed(folder: Path, files: object) -> None:
    rewrite(folder, lambda manifest: manifest.update(files=files))
    assert outcome(folder) == "old"


# -- interrupted and failing builds ------------------------------------------------------------------------------------


class Steps:
    """Counts the steps by which a build reaches the disk; acts before the one numbered `at`, or halfway in a write."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.at, self.act, self.taken = at, act, 0

    def turn(self) -> bool:
        self.taken += 1
        return self.taken == self.at

    @contextmanager
    def installed(self) -> Iterator[None]:
        originals = {name: getattr(os, name) for name in ("fsync", "rename", "replace", "mkdir")}
        for name, original in originals.items():
            setattr(os, name, self._counted(original))
        store_module.open = self._open  # type: ignore[attr-defined]
        try:
            yield
        finally:
            del store_module.open  # type: ignore[attr-defined]
            for name, original in originals.items():
                setattr(os, name, original)

    def _counted(self, original: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: Any, **options: Any) -> object:
            makes_nothing = original.__name__ == "mkdir" and os.path.isdir(arguments[0])
            if not makes_nothing and self.turn():
                self.act()
            return original(*arguments, **options)

        return step

    def _open(self, path: Path, mode: str) -> Any:
        file = open(path, mode)  # noqa: SIM115
        if "x" not in mode:
            return file
        steps = self

        class Written:
            flush, fileno = file.flush, file.fileno

            def write(self, data: bytes) -> None:
                if steps.turn():
                    file.write(data[: len(data) // 2])
                    file.flush()
                    steps.act()
                file.write(data)

            def __enter__(self) -> Written:
                return self

            def __exit__(self, *raised: object) -> None:
                file.close()

        return Written()


def fail() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def count_steps(folder: Path) -> int:
    commit(Store(folder), "first")
    steps = Steps(0, fail)
    with steps.installed():
        commit(Store(folder), "counted")
    return steps.taken


def test_whichever_step_fails_the_old_generation_serves(tmp_path: Path) -> None:
    total = count_steps(tmp_path / "counted")
    assert total >= 15  # 4 writes, 7 fsyncs, 2 renames, 3 tries at folders
    for at in range(1, total + 1):
        folder = tmp_path / str(at)
        for label in ("old", "new"):
            commit(Store(folder), label)
        steps = Steps(at, fail)
        with steps.installed(), pytest.raises(StoreError, match=r"cannot be written \(No space left on device\)"):
            commit(Store(folder), "next")
        assert steps.taken >= at
        assert served(folder) == ("next" if at == total else "new")  # the last is the fsync after CURRENT
        assert names(folder, "tmp-*") == []
        commit(Store(folder), "after")
        assert served(folder) == "after"
        assert len(names(folder, "generation-*")) == 2


def test_everything_is_flushed_before_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut may lose what was not flushed, so the order of the calls is the guarantee."""
    flushed: set[int] = set()
    names_seen: list[str] = []
    fsync, rename, replace = os.fsync, os.rename, os.replace

    def sync(descriptor: int) -> None:
        flushed.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def named(call: Callable[..., None]) -> Callable[..., None]:
        def step(source: Path, target: Path) -> None:
            for path in (source, *(source.rglob("*") if source.is_dir() else ())):
                assert path.stat().st_ino in flushed, path
            call(source, target)
            flushed.discard(folder.stat().st_ino)
            names_seen.append(target.name)

        return step

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", named(rename))
    monkeypatch.setattr(os, "replace", named(lambda *paths: (check_folder(), replace(*paths))))  # type: ignore[arg-type, func-returns-value]

    def check_folder() -> None:
        assert os.name == "nt" or folder.stat().st_ino in flushed  # the generation's name is safe before CURRENT has it

    commit(Store(folder), "next")
    check_folder()
    assert names_seen == [current(folder).name, "CURRENT"]


def child(*arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, __file__, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@posix
def test_a_builder_killed_at_any_step_leaves_the_old_generation(folder: Path, tmp_path: Path) -> None:
    total = count_steps(tmp_path / "counted")
    for at in range(1, total + 1):
        before = served(folder)
        process = child(folder, "once", at)
        assert process.wait() == -signal.SIGKILL
        finish(process, signal.SIGKILL)
        assert served(folder) == ("child 0" if at == total else before)
    commit(Store(folder), "after")
    assert served(folder) == "after"
    assert names(folder, "tmp-*") == []
    assert len(names(folder, "generation-*")) == 2


@posix
def test_a_builder_killed_at_any_time_leaves_a_whole_generation(folder: Path) -> None:
    moments = random.Random(2)
    for _ in range(25):
        process = child(folder, "forever")
        time.sleep(moments.uniform(0, 0.03))
        finish(process, signal.SIGKILL)
        served(folder)
    commit(Store(folder), "after")  # the lock died with its holder
    assert served(folder) == "after"


# -- builders and readers side by side ---------------------------------------------------------------------------------


def test_two_builders_in_one_process(folder: Path) -> None:
    with (
        Store(folder).lock(),
        pytest.raises(IndexBusy, match=re.escape(f"{folder}: another process is building this index")),
    ):
        commit(Store(folder), "second")
    assert served(folder) == "new"
    store = Store(folder)
    with store.lock():  # the same builder may lock first, to leave early, and commit later
        commit(store, "first")
    assert served(folder) == "first"


@posix
def test_two_builders_in_two_processes(folder: Path) -> None:
    process = child(folder, "pause")  # holds the lock, its files written, nothing live yet
    building = names(folder, "tmp-*")
    try:
        with pytest.raises(IndexBusy):
            commit(Store(folder), "second")
        assert names(folder, "tmp-*") == building != []
        assert served(folder) == "new"
    finally:
        finish(process, signal.SIGCONT)
    assert process.returncode == 0
    assert served(folder) == "child 0"


@posix
def test_readers_see_nothing_of_builds(folder: Path) -> None:
    process = child(folder, "forever")
    until = time.monotonic() + 2
    seen = set()
    try:
        while time.monotonic() < until:
            seen.add(served(folder))
    finally:
        finish(process, signal.SIGKILL)
    assert len(seen) > 10


def test_a_reader_that_loses_its_generation_to_newer_builds_starts_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = store_module._verify_files
    builds = iter(["three", "four", "five"])

    def late(path: Path, manifest: dict[str, Any]) -> Generation:
        monkeypatch.setattr(store_module, "_verify_files", read)
        for label in builds:  # the one being opened is removed under the reader's hands
            commit(Store(folder), label)
        return read(path, manifest)

    monkeypatch.setattr(store_module, "_verify_files", late)
    assert served(folder) == "five"


def build_in_child(folder: Path, manner: str, at: int) -> None:
    def say_ready() -> None:
        print("ready", flush=True)

    def pause(generation: Generation) -> None:
        say_ready()
        signal.sigwait({signal.SIGCONT})

    if manner == "pause":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCONT})
        commit(Store(folder), "child 0", pause)
        return
    say_ready()
    if manner == "once":
        with Steps(at, lambda: os.kill(os.getpid(), signal.SIGKILL)).installed():
            commit(Store(folder), "child 0")
    number = 0
    while manner == "forever":
        commit(Store(folder), f"child {number}")
        number += 1


if __name__ == "__main__":
    build_in_child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
