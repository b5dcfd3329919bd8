"""Chooses the language of a request: that of the address, else that of the setting, else that of the browser.

The conversation has an address for each language ("/" and "/fr/"), since Gradio makes its labels once; the other pages
are made for each request.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from peerqa.wording import strings


class LanguageChooser:
    """Sets the language of a request, and redirects "/" to the conversation in that language.

    fixed: the language of the setting; None asks the browser. The HTTP interface always speaks English.
    """

    def __init__(self, app: ASGIApp, *, fixed: str | None = None) -> None:
        self.app = app
        self.fixed = fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(("/api/", "/gradio_api/", "/static/", "/assets/")):
            await self.app(scope, receive, send)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        asked = query.pop("lang", [""])[0]
        first = scope["path"].split("/")[1]
        home = first if first in strings.LANGUAGES else ""
        wanted = asked if asked in strings.LANGUAGES else home or self.fixed or _of_browser(scope)
        target = "/" if wanted == strings.DEFAULT else f"/{wanted}/"
        if scope["path"] in ("/", f"/{home}", f"/{home}/") and scope["path"] != target and wanted != home:
            if wanted == strings.DEFAULT:
                query["lang"] = [wanted]  # else a browser that prefers another language would be sent back
            rest = urlencode(query, doseq=True)
            await RedirectResponse(f"{target}?{rest}" if rest else target, 307)(scope, receive, send)
            return
        with strings.using(wanted, self.fixed or _of_browser(scope)):
            await self.app(scope, receive, send)


def _of_browser(scope: Scope) -> str:
    return strings.preferred(Headers(scope=scope).get("accept-language", ""))
