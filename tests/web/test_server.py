"""Listening: on which address, and to which names the server answers, over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from fake_assistant import FakeAssistant
from peerqa.errors import ServeError
from peerqa.web import server
from peerqa.web.app import LOCAL_HOSTS, WebSettings
from peerqa.web.security import HostCheck

PATIENCE = 120
"""Seconds after which a test that hangs fails; a busy machine needs a few."""


def can_listen(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.bind((address, 0))
    except OSError:
        return False
    return True


needs_second_address = pytest.mark.skipif(not can_listen(socket.AF_INET, "127.0.0.2"), reason="only on Linux")
needs_ipv6 = pytest.mark.skipif(not can_listen(socket.AF_INET6, "::1"), reason="no IPv6 here")


@dataclass
class Running:
    """A server that runs in a thread of this process."""

    url: str = ""
    started: threading.Event = field(default_factory=threading.Event)
    server: server.Server | None = None

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def get(self, address: str, host: str, path: str = "/healthz") -> tuple[int, str]:
        """Status and body of a request to an address that calls the server by the name of a host."""
        connection = http.client.HTTPConnection(address, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Host": host.replace("PORT", str(self.port))})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@contextmanager
def serving(host: str, settings: WebSettings | None = None) -> Iterator[Running]:
    running = Running()

    class Noted(server.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            running.server, running.url = self, self._url
            running.started.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "Server", Noted)
        thread = threading.Thread(
            target=server.serve, args=(FakeAssistant(), host, 0), kwargs={"settings": settings}, daemon=True
        )
        thread.start()
        assert running.started.wait(PATIENCE)
    assert running.server is not None
    try:
        yield running
    finally:
        running.server.should_exit = True
        thread.join(PATIENCE)


@needs_second_address
def test_a_server_for_all_addresses_answers_to_each_of_them_and_to_the_names_of_the_machine() -> None:
    with serving("0.0.0.0", WebSettings(allowed_hosts=(*LOCAL_HOSTS, "reviews.example.edu"))) as running:
        assert running.url == f"http://127.0.0.1:{running.port}/"
        for address, host in (
            ("127.0.0.1", "127.0.0.1:PORT"),
            ("127.0.0.2", "127.0.0.2:PORT"),
            ("127.0.0.2", "127.0.0.2"),
            ("127.0.0.2", "localhost:PORT"),
            ("127.0.0.2", f"{socket.gethostname()}:PORT"),
            ("127.0.0.2", "reviews.example.edu"),
            ("127.0.0.2", "Reviews.Example.edu.:PORT"),
        ):
            assert running.get(address, host)[0] == 200, host
        assert "Peer Support in Mental Health" in running.get("127.0.0.2", "127.0.0.2:PORT", "/")[1]
        for address, host in (
            ("127.0.0.2", "evil.example"),
            ("127.0.0.1", "127.0.0.2:PORT"),  # not the address that the request arrived at
            ("127.0.0.1", "192.0.2.7:PORT"),
            ("127.0.0.1", "0.0.0.0:PORT"),
        ):
            status, said = running.get(address, host)
            assert status == 400, host
            assert "--allow-host" in json.loads(said)["detail"]
            assert "evil" not in said


@needs_second_address
def test_a_server_for_one_address_answers_to_it() -> None:
    with serving("127.0.0.2") as running:
        assert running.url == f"http://127.0.0.2:{running.port}/"
        assert running.get("127.0.0.2", "127.0.0.2:PORT")[0] == 200
        assert running.get("127.0.0.2", socket.gethostname() + ".example:PORT")[0] == 400
        with pytest.raises(ConnectionRefusedError):
            running.get("127.0.0.1", "127.0.0.1:PORT")


@needs_ipv6
def test_a_server_listens_on_an_ipv6_address() -> None:
    with serving("::1") as running:
        assert running.url == f"http://[::1]:{running.port}/"
        for host in ("[::1]:PORT", "[::1]", "[0:0::1]:PORT", "localhost:PORT"):
            assert running.get("::1", host)[0] == 200, host
        for host in ("[::2]:PORT", "::1", "[evil.example]", "evil.example:PORT"):
            assert running.get("::1", host)[0] == 400, host


@needs_ipv6
@needs_second_address
@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="IPv6 sockets take no IPv4 here")
def test_a_server_for_all_ipv6_addresses_takes_ipv4_too() -> None:
    with serving("::") as running:
        assert running.url == f"http://[::1]:{running.port}/"
        for address, host in (("::1", "[::1]:PORT"), ("127.0.0.2", "127.0.0.2:PORT"), ("::1", "localhost")):
            assert running.get(address, host)[0] == 200, host
        assert running.get("127.0.0.2", "evil.example")[0] == 400


def test_what_cannot_be_listened_on_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"^port {port} .* in use.*--port$"):
            server.serve(FakeAssistant(), port=port)
    for host, port in (("127.0.0.1", 99999), ("nowhere.invalid", 0), ("192.0.2.7", 0), ("x" * 70, 0), ("a b", 0)):
        with pytest.raises(ServeError, match=rf"^cannot listen on {host}:{port} .*--host and --port$"):
            server.serve(FakeAssistant(), host, port)


# ---- the check alone


def status(host: str | None, *allowed: str, arrived: str = "10.0.0.7") -> int:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def over_network(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [] if host is None else [(b"host", host.encode("latin-1"))]
        await HostCheck(app, allowed=allowed)({**scope, "headers": headers, "server": (arrived, 80)}, receive, send)

    return TestClient(over_network).get("/").status_code


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("one.example", ["one.example"]),
        ("ONE.example:8080", ["one.EXAMPLE"]),
        ("one.example.", ["one.example"]),
        ("a.b.example", ["*.example"]),
        ("anything", ["*"]),
        ("[2001:db8::1]:80", ["2001:DB8:0::1"]),
        ("[2001:db8::1]", ["[2001:db8::1]"]),
        ("10.0.0.7:80", []),
    ],
)
def test_a_host_that_is_allowed(host: str, allowed: list[str]) -> None:
    assert status(host, *allowed) == 200


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        (None, ["one.example"]),
        ("", ["one.example"]),
        ("", []),
        ("two.example", ["one.example"]),
        ("one.example.evil", ["one.example"]),
        ("evilone.example", ["one.example", "*.one.example"]),
        ("example", ["*.example"]),
        ("one.example@evil", ["one.example"]),
        ("evil/one.example", ["one.example"]),
        ("one.example:80:80", ["one.example"]),
        ("[one.example]", ["one.example"]),
        ("10.0.0.8", []),
        ("2001:db8::1", ["2001:db8::1"]),
    ],
)
def test_a_host_that_is_not(host: str | None, allowed: list[str]) -> None:
    assert status(host, *allowed) == 400


def test_the_address_that_a_request_arrived_at_may_be_written_in_several_ways() -> None:
    assert status("10.0.0.7", arrived="::ffff:10.0.0.7") == 200
    assert status("[::ffff:10.0.0.7]", arrived="10.0.0.7") == 200
    assert status("[fe80::1]", arrived="fe80::1%eth0") == 200
    assert status("evil.example", arrived="evil.example") == 400  # a name is none
