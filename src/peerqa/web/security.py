"""What stands between the network and Gradio: headers, a body limit, and a gate that opens only the routes of the page.

Pure ASGI, so that the event streams of the page pass through untouched.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024

# All that the page asks of Gradio; every other route of Gradio (uploads, files, proxy, monitoring, ...) is a 404.
_PAGE_ROUTES = re.compile(
    r"/|/config|/theme\.css|/gradio_api/(theme\.css|startup-events|run/predict|heartbeat/[0-9a-z]{1,32}|cancel|reset)"
    r"|/assets/[\w.@+-]+|/static/(js|img)/[\w.-]+"
)


def content_security_policy(nonce: str | None, frame_ancestors: Sequence[str]) -> str:
    """The policy of the page; without a nonce, that of a response which runs nothing at all."""
    ancestors = " ".join(("frame-ancestors", "'self'", *frame_ancestors))
    if nonce is None:
        return f"default-src 'none'; {ancestors}"
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
        "manifest-src 'self'; worker-src 'self' blob:; base-uri 'self'; object-src 'none'; form-action 'self'; "
        f"{ancestors}"
    )


def document_policy(frame_ancestors: Sequence[str]) -> str:
    """The policy of our own pages: scripts and pictures from here only, and no script inside the document."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
        + " ".join(("frame-ancestors", "'self'", *frame_ancestors))
    )


class SecurityHeaders:
    """Puts the headers on every response, and drops the forwarded host of the request, which nobody vouches for."""

    def __init__(self, app: ASGIApp, *, frame_ancestors: Sequence[str]) -> None:
        self.app = app
        self.policy = content_security_policy(None, frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name != b"x-forwarded-host"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self.policy)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app({**scope, "headers": kept}, receive, send_with_headers)


class BodyLimit:
    """Answers 413 to a request whose body is larger than the limit, whether it says so or not."""

    def __init__(self, app: ASGIApp, *, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        body = b"" if declared.isdigit() and int(declared) <= self.limit else None
        more = body is not None
        while more and body is not None:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.limit:
                body = None
        if body is None:
            await _refuse(413, f"A request may have at most {self.limit} bytes.", scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, and then what comes after it (the disconnection)."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"detail": detail}, status_code=status)(scope, receive, send)


class PageGate:
    """Wraps the mounted Gradio application: the routes of the page pass, and its one HTML document is rewritten.

    `rewrite(html, nonce, query)` returns the document to send. `prefix` is where the application is mounted.
    """

    def __init__(
        self, app: ASGIApp, *, rewrite: Callable[[str, str, str], str], frame_ancestors: Sequence[str], prefix: str = ""
    ) -> None:
        self.app = app
        self.prefix = prefix
        self.rewrite = rewrite
        self.frame_ancestors = tuple(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(self.prefix) or "/"
        if scope["type"] != "http" or not _PAGE_ROUTES.fullmatch(path):
            if scope["type"] == "http":
                await _refuse(404, "Not found", scope, receive, send)
            return
        if path == "/":
            await self._document(scope, receive, send)
        elif path.startswith("/assets/"):
            await self.app(scope, receive, _cached(send))
        else:
            await self.app(scope, receive, send)

    async def _document(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page itself, plain and with a fresh nonce; Gradio does not see its query (it would load "deep links")."""
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")

        await self.app({**scope, "headers": plain, "query_string": b""}, receive, collect)
        nonce = secrets.token_urlsafe(16)
        document = self.rewrite(body.decode("utf-8"), nonce, scope["query_string"].decode("latin-1")).encode("utf-8")
        headers = MutableHeaders(scope=start)
        headers["Content-Length"] = str(len(document))
        headers["Content-Security-Policy"] = content_security_policy(nonce, self.frame_ancestors)
        await send(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else document})


def _cached(send: Send) -> Send:
    """Gradio's assets carry a hash in their names: a browser may keep them."""

    async def send_cached(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = "public, max-age=31536000, immutable"
        await send(message)

    return send_cached
