"""Fetching data sets, from a server on this machine that can break off, answer wrongly, or not be there."""

from __future__ import annotations

import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fetch
from data_sets import DATA, DataSet, Download, data_sets, find
from peerqa.cli.scripts import ScriptError

BODY = bytes(range(256)) * 1000


class Server(http.server.ThreadingHTTPServer):
    """Serves BODY at every path; `breaks` counts the answers that are still to break off in the middle."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.breaks = 0
        self.status = 200
        self.ranges: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        if start >= len(BODY):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            self.wfile.write(BODY[start : start + (len(BODY) - start) // 2])
        else:
            self.wfile.write(BODY[start:])

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(fetch, "WAIT", 0.0)
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def wanted(server: Server, sha256: str | None = hashlib.sha256(BODY).hexdigest()) -> Download:
    return Download(f"{server.address}/file.bin", "set/file.bin", sha256, len(BODY))


def test_a_file_is_put_in_place_whole(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "set" / "file.bin"
    assert fetch.download(wanted(server), target)
    assert target.read_bytes() == BODY
    assert [path.name for path in target.parent.iterdir()] == ["file.bin"]


def test_a_file_that_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    target.write_bytes(BODY)
    assert not fetch.download(wanted(server), target)
    assert server.ranges == []


def test_another_file_in_its_place_is_left_alone_and_named(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    target.write_bytes(b"mine")
    with pytest.raises(ScriptError, match=r"delete .*file\.bin to fetch it again"):
        fetch.download(wanted(server), target)
    assert target.read_bytes() == b"mine"


def test_a_wrong_hash_is_refused_and_nothing_is_kept(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=rf"SHA-256 is {hashlib.sha256(BODY).hexdigest()}, but {'0' * 64} was"):
        fetch.download(wanted(server, "0" * 64), tmp_path / "file.bin")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_connection_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.breaks = 2
    assert fetch.download(wanted(server), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-", f"bytes={len(BODY) * 3 // 4}-"]


def test_what_was_received_stays_for_the_next_run(server: Server, tmp_path: Path) -> None:
    server.breaks = fetch.ATTEMPTS
    with pytest.raises(ScriptError, match="run the command again to go on"):
        fetch.download(wanted(server), tmp_path / "file.bin")
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin.part"]
    assert fetch.download(wanted(server), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == BODY


def test_leftovers_that_are_too_long_are_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(BODY + b"more")
    unsized = Download(f"{server.address}/file.bin", "file.bin", hashlib.sha256(BODY).hexdigest())
    assert fetch.download(unsized, tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == BODY


def test_a_file_that_the_server_lacks_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(ScriptError, match="the server says 404"):
        fetch.download(wanted(server), tmp_path / "file.bin")
    assert len(server.ranges) == 1


def test_a_host_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "WAIT", 0.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ScriptError, match=f"127.0.0.1:{port}/x: .*refused") as caught:
        fetch.download(Download(f"http://127.0.0.1:{port}/x", "x"), tmp_path / "x")
    assert len(str(caught.value).splitlines()) == 1


def test_an_unknown_hash_is_printed(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = DataSet("set", "CC0", "", "", (wanted(server, None),))
    assert fetch.fetch(one, tmp_path) == "1 of 1 files fetched"
    assert hashlib.sha256(BODY).hexdigest() in capsys.readouterr().out
    assert fetch.fetch(one, tmp_path) == "is there"


def test_the_table_is_complete() -> None:
    sets = data_sets()
    assert len({one.name for one in sets}) == len(sets)
    for one in sets:
        assert one.licence
        assert one.origin.startswith("https://")
        assert bool(one.downloads) != bool(one.missing)
        assert all(download.url.startswith("https://") for download in one.downloads)
        assert all(len(download.sha256 or "0" * 64) == 64 for download in one.downloads)
        assert bool(one.conversion) == bool(one.made and one.downloads)


def test_what_is_missing_names_its_command_and_what_is_there_is_found(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"fetch\.py .* --only jats"):
        find(tmp_path, "jats/json")
    (tmp_path / "jats" / "json").mkdir(parents=True)
    assert find(tmp_path, "jats/json") == tmp_path / "jats" / "json"


def test_git_ignores_the_folder_of_data() -> None:
    ignored = (DATA.parent.parent / ".gitignore").read_text("utf-8").splitlines()
    assert DATA.relative_to(DATA.parent.parent).as_posix() + "/" in ignored
