"""The web application: the HTTP interface, the pages and the conversation behind its gate, as one FastAPI app."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from peerqa.answering.asking import Assistant, QuestionLimiter, log_failure
from peerqa.feedback.assistant import FeedbackAssistant
from peerqa.feedback.gaps import KEEP_DAYS, KeptQuestions
from peerqa.http.routes import create_router, install_error_handlers, installed_version
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
from peerqa.web.chat.conversation import create_page
from peerqa.web.chat.gradio_document import Shell
from peerqa.web.chat.turns import Answering
from peerqa.web.feedback_routes import create_feedback_router
from peerqa.web.language_middleware import LanguageChooser
from peerqa.web.routes import create_documents_router
from peerqa.web.security import BodyLimit, HostCheck, PageGate, SecurityHeaders
from peerqa.web.static_files import MORE_STATIC_FILES, STATIC_FILES, static_file
from peerqa.web.views.page import render_missing
from peerqa.wording import strings

_log = logging.getLogger("peerqa.web")
LOCAL_HOSTS = ("127.0.0.1", "localhost")
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "sans-serif")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the page may be reached, and what it keeps.

    allowed_hosts: the names by which a request may call the server ("*.example.org": all names below that one). The
    address that a request arrived at is always allowed. allowed_origins: the sites ("https://course.example.org") that
    may embed the page and call its API. max_question_length: in characters. max_concurrent: how many questions are
    answered at once, by the page in all languages and the API together. max_waiting: how many questions of the page
    may wait for their turn besides. language: of the interface, where an address names none; None asks the browser.
    keep_questions: the file for questions that were not answered, and for thumbs; None keeps nothing. keep_days: how
    long they are kept.
    """

    allowed_hosts: tuple[str, ...] = LOCAL_HOSTS
    allowed_origins: tuple[str, ...] = ()
    max_question_length: int = 1000
    max_concurrent: int = 8
    max_waiting: int = 64
    language: str | None = None
    keep_questions: Path | None = None
    keep_days: int = KEEP_DAYS


def create_app(assistant: Assistant, *, settings: WebSettings | None = None) -> FastAPI:
    """The application for one assistant; run it with `peerqa.web.server.serve` or any ASGI server."""
    settings = settings or WebSettings()
    app = FastAPI(
        title="peerqa", version=installed_version(), docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    install_error_handlers(app)
    starters = CoveredStarters(assistant)
    if settings.keep_questions is not None:
        kept = KeptQuestions(settings.keep_questions, settings.keep_days)
        assistant = FeedbackAssistant(assistant, kept)
        app.include_router(create_feedback_router(kept, settings.max_question_length))
    limiter = QuestionLimiter(settings.max_concurrent, settings.max_waiting)
    app.include_router(create_router(assistant, max_question_length=settings.max_question_length, limiter=limiter))
    app.include_router(create_documents_router(assistant, frame_ancestors=settings.allowed_origins, starters=starters))
    for name, media_type in (STATIC_FILES | MORE_STATIC_FILES).items():
        app.get(f"/static/{name}", include_in_schema=False)(_static_route(name, media_type))
    _add_middleware(app, settings)
    app.state.gradio = [
        _mount_page(app, assistant, settings, limiter, language, starters)
        for language in sorted(strings.LANGUAGES, key=lambda code: code == strings.DEFAULT)  # last: "/" takes the rest
    ]
    return app


class CoveredStarters:
    """A call returns the starters that the reviews answer; they are tried again only when the reviews have changed."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._of: int | None = None
        self._covered: tuple[Suggestion, ...] = ()

    def __call__(self) -> tuple[Suggestion, ...]:
        version = self._assistant.library.database.version()
        if version != self._of:
            self._covered = covered_starters(self._assistant)
            self._of = version
        return self._covered


def covered_starters(assistant: Assistant) -> tuple[Suggestion, ...]:
    """The starters that the reviews answer. One made from a heading is not tried, since its section answers it."""
    covered = tuple(one for one in assistant.starters if isinstance(one, Notice) or _answers(assistant, one))
    for starter in assistant.starters:
        if starter not in covered:
            _log.warning("a starter is left out, since the reviews do not answer it: %s", starter)
    return covered


def _answers(assistant: Assistant, question: str) -> bool:
    try:
        return assistant.ask(question).status == "answered"
    except Exception as error:  # the page comes up all the same
        log_failure(error)
        return False


def _static_route(name: str, media_type: str) -> Callable[[Request], Response]:
    """A route for one file, read and packed once; its address carries a hash, so a browser may keep it."""
    content = static_file(name)
    packed = gzip.compress(content, mtime=0)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

    def serve_static(request: Request) -> Response:
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(content, media_type=media_type, headers=headers)

    return serve_static


def _add_middleware(app: FastAPI, settings: WebSettings) -> None:
    """Add what every request passes. The last one added is the outermost: refusals carry the headers too."""
    app.add_middleware(BodyLimit)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
    )
    app.add_middleware(LanguageChooser, fixed=settings.language)
    app.add_middleware(HostCheck, allowed=settings.allowed_hosts)
    app.add_middleware(SecurityHeaders, frame_ancestors=settings.allowed_origins)


def _mount_page(
    app: FastAPI,
    assistant: Assistant,
    settings: WebSettings,
    limiter: QuestionLimiter,
    language: str,
    starters: Callable[[], Sequence[Suggestion]],
) -> FastAPI:
    """Mount the conversation at the address of its language, with the gate before it. Returns Gradio's application."""
    prefix = "" if language == strings.DEFAULT else f"/{language}"
    answering = Answering(assistant, settings.max_question_length, limiter, settings.keep_questions is not None)
    page = create_page(
        answering, language=language, unasked=lambda header: settings.language or strings.preferred(header)
    )
    options: dict[str, Any] = {
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "enable_monitoring": False,
        "max_file_size": "1kb",
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "theme": gr.themes.Base(font=_FONTS, font_mono=("ui-monospace", "monospace")),
    }
    gr.mount_gradio_app(app, page, path=prefix, **options)
    mount = app.router.routes[-1]
    assert isinstance(mount, Mount)
    gradio = mount.app
    assert isinstance(gradio, FastAPI)
    keeps = settings.keep_days if settings.keep_questions is not None else None
    shell = Shell(answering, starters, keeps)
    mount.app = PageGate(
        gradio,
        rewrite=shell.rewrite,
        frame_ancestors=settings.allowed_origins,
        missing=lambda: render_missing(several=assistant.library.count() > 1),
        prefix=prefix,
    )
    return gradio
