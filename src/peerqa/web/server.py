"""Run the application: one line when it is ready, one line when it cannot be, and a clean end on a signal."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace
from types import FrameType

import uvicorn
from fastapi import FastAPI

from peerqa.errors import Problem, ServeError
from peerqa.http.routes import Assistant
from peerqa.web.app import WebSettings, create_app

_GRACE = 5  # seconds that requests in flight have to finish


class Server(uvicorn.Server):
    """Says where it listens once it does, and lets go of the page's open event streams when it is told to stop."""

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
    """Serve until SIGINT or SIGTERM; raises ServeError where the port or the address cannot be had.

    The host is added to the hosts that are answered, but for 0.0.0.0, which is nobody's name: there, name them in
    `settings.allowed_hosts`.
    """
    settings = settings or WebSettings()
    if host not in ("0.0.0.0", *settings.allowed_hosts):
        settings = replace(settings, allowed_hosts=(*settings.allowed_hosts, host))
    listener = _listen(host, port)
    with listener:
        app = create_app(assistant, settings=settings)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # an address may hold a question (?q=)
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        shown = "127.0.0.1" if host == "0.0.0.0" else host
        Server(config, app, f"http://{shown}:{listener.getsockname()[1]}/").run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is known before the page is built."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ServeError(Problem.PORT_IN_USE, port=port, host=host) from None
        raise ServeError(Problem.CANNOT_LISTEN, host=host, port=port, reason=error) from None
    return listener
