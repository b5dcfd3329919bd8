"""Running the application: uvicorn on one socket, one line that says it is ready, and a clean end on a signal."""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import replace
from types import FrameType

import uvicorn
from fastapi import FastAPI

from peerqa.answering.asking import Assistant
from peerqa.errors import Problem, ServeError
from peerqa.web.app import WebSettings, create_app

_GRACE = 5
"""Seconds that requests under way have to finish when the server is told to stop."""


class Server(uvicorn.Server):
    """Prints its address as soon as it listens, and closes the page's event streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, url: str) -> None:
        super().__init__(config)
        self._app = app
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            print(f"peerqa is ready at {self._url} (stop it with Ctrl+C)", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for gradio in self._app.state.gradio:
            gradio.stop_event.set()  # else an open heartbeat would keep the server waiting
        super().handle_exit(sig, frame)


def serve(
    assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, *, settings: WebSettings | None = None
) -> None:
    """Serve until SIGINT or SIGTERM. Raises ServeError if it cannot listen at this address and port.

    host: a name or an address of this machine, or 0.0.0.0 or :: for all of its addresses. Requests may call the server
    by the host, or by the names of the machine where it listens on all addresses, and by `settings.allowed_hosts`.
    """
    settings = settings or WebSettings()
    listener = _listen(host, port)
    with listener:
        everywhere = ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_unspecified
        own = _names_of_the_machine() if everywhere else (host,)
        app = create_app(assistant, settings=replace(settings, allowed_hosts=(*settings.allowed_hosts, *own)))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # an address may hold a question (?q=)
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        shown = ("127.0.0.1" if listener.family == socket.AF_INET else "::1") if everywhere else host
        Server(config, app, _url(shown, listener.getsockname()[1])).run(sockets=[listener])


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _names_of_the_machine() -> tuple[str, ...]:
    """The names that other machines may know this one by. Its addresses are allowed without being listed."""
    name = socket.gethostname()
    return tuple(dict.fromkeys((name, f"{name.partition('.')[0]}.local", socket.getfqdn())))


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is known before the page is built. Raises ServeError."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)  # a name with both: IPv4
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6 and socket.has_dualstack_ipv6():
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # so that :: takes IPv4 too
            listener.bind((address[0], port, *address[2:]))
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ServeError(Problem.PORT_IN_USE, port=port, host=host) from None
        raise ServeError(Problem.CANNOT_LISTEN, host=host, port=port, reason=error) from None
    return listener
