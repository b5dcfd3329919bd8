"""What stands between the network and Gradio: the host check, headers, a body limit, and a gate for the page's routes.

Plain ASGI, so that the event streams of the page pass through as they are.
"""

from __future__ import annotations

import gzip
import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024

# All that the page asks of Gradio; every other route of Gradio (uploads, files, proxy, monitoring, ...) is a 404.
_PAGE_ROUTES = re.compile(
    r"/|/config|/theme\.css|/gradio_api/(theme\.css|startup-events|run/predict|heartbeat/[0-9a-z]{1,32}|cancel|reset)"
    r"|/assets/[\w.@+-]+|/static/img/[\w.-]+"
)


def content_security_policy(nonce: str | None, frame_ancestors: Sequence[str]) -> str:
    """The policy of the conversation; without a nonce, that of a response which runs no script and loads nothing."""
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


class HostCheck:
    """Answers 400 to a request whose Host header names a server that this one is not.

    Else a site could give its own name the address of this machine, and its scripts could read the answers from a
    visitor's browser (DNS rebinding). The address, in digits, that a request arrived at is no such name and is allowed.
    """

    def __init__(self, app: ASGIApp, *, allowed: Sequence[str]) -> None:
        """allowed: names and addresses; "*.example.org" stands for all names below that one, "*" for all there are."""
        self.app = app
        self.allowed = frozenset(map(_comparable, allowed))
        self.endings = tuple(name[1:] for name in self.allowed if name.startswith("*"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_allowed(scope):
            said = "This server does not answer to that host name; `peerqa serve --allow-host NAME` adds one."
            await _refuse(400, said, scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        named = _HOST_HEADER.fullmatch(Headers(scope=scope).get("host", ""))
        if named is None:
            return False
        host = _comparable(named[1])
        if host in self.allowed or host.endswith(self.endings):
            return True
        server = scope.get("server")
        return _is_address(host) and server is not None and host == _comparable(server[0])


_HOST_HEADER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+)(?::\d*)?")
"""A name, or an address (IPv6 in brackets), and perhaps a port (RFC 9110 §7.2)."""


def _comparable(host: str) -> str:
    """A host as it is compared: in lower case, without brackets, scope or last dot; IPv4 within IPv6 as IPv4."""
    name = host.strip("[]").partition("%")[0].lower().rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class SecurityHeaders:
    """Adds the security headers to every response, and removes from every request X-Forwarded-Host, which may lie."""

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
    """Answers 413 to a request whose body is larger than the limit in bytes, whether it declares its length or not."""

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
    """A `receive` that returns the body that was already read, and after it whatever comes next."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"detail": detail}, status_code=status)(scope, receive, send)


class PageGate:
    """Stands before the mounted Gradio application: only the page's routes pass, and its document is rewritten.

    rewrite: takes the HTML, the nonce and the query, and returns the HTML to send. prefix: where Gradio is mounted.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        rewrite: Callable[[str, str, str], Awaitable[str]],
        frame_ancestors: Sequence[str],
        missing: Callable[[], str],
        prefix: str = "",
    ) -> None:
        """missing: makes the page for an address at which there is nothing."""
        self.app = app
        self.missing = missing
        self.prefix = prefix
        self.rewrite = rewrite
        self.frame_ancestors = tuple(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(self.prefix) or "/"
        if scope["type"] != "http" or not _PAGE_ROUTES.fullmatch(path):
            if scope["type"] == "http":
                await self._nothing_there(scope, receive, send)
            return
        if path == "/":
            await self._document(scope, receive, send)
        elif path.startswith("/assets/"):
            await self.app(scope, receive, _cached(send))
        else:
            await self.app(scope, receive, send)

    async def _nothing_there(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404: a page to a browser, JSON to a program."""
        if "text/html" not in Headers(scope=scope).get("accept", "") or scope["method"] not in ("GET", "HEAD"):
            await _refuse(404, "Not found", scope, receive, send)
            return
        policy = {"Content-Security-Policy": document_policy(self.frame_ancestors)}
        await HTMLResponse(self.missing(), 404, policy)(scope, receive, send)

    async def _document(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page with a new nonce. Gradio does not see the query: it would load sessions."""
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
        query = scope["query_string"].decode("latin-1")
        document = (await self.rewrite(body.decode("utf-8"), nonce, query)).encode("utf-8")
        headers = MutableHeaders(scope=start)
        headers.add_vary_header("Accept-Encoding")
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            document = gzip.compress(document, compresslevel=5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(document))
        headers["Content-Security-Policy"] = content_security_policy(nonce, self.frame_ancestors)
        await send(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else document})


def _cached(send: Send) -> Send:
    """A `send` that lets browsers keep the response: the names of Gradio's assets hold a hash of their content."""

    async def send_cached(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = "public, max-age=31536000, immutable"
        await send(message)

    return send_cached
