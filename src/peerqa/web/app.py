"""The web application: the JSON interface, the static files and the Gradio page behind its gate, as one FastAPI app."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from peerqa.feedback.gaps import KEEP_DAYS, KeptQuestions
from peerqa.http.routes import Assistant, create_router, install_error_handlers, log_failure
from peerqa.library.review import Review
from peerqa.library.sections import headings
from peerqa.library.starter_questions import about
from peerqa.web.chat.conversation import create_page
from peerqa.web.chat.gradio_document import Shell
from peerqa.web.feedback_routes import FeedbackAssistant, create_feedback_router
from peerqa.web.language_middleware import LanguageChooser
from peerqa.web.routes import create_documents_router
from peerqa.web.security import BodyLimit, PageGate, SecurityHeaders
from peerqa.web.static_files import MORE_STATIC_FILES, STATIC_FILES, static_file
from peerqa.wording import strings

_log = logging.getLogger("peerqa.web")
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "sans-serif")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the page may be reached, and what it keeps.

    `allowed_origins` ("https://course.example.org") may embed it and call its API. `keep_questions` names the file
    for questions that the review did not answer, and for thumbs; without it nothing is kept. `language` is that of the
    interface where an address names none; None asks the browser.
    """

    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
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
    app = FastAPI(title="peerqa", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    install_error_handlers(app)
    starters = CoveredStarters(assistant)
    if settings.keep_questions is not None:
        kept = KeptQuestions(settings.keep_questions, settings.keep_days)
        assistant = FeedbackAssistant(assistant, kept)
        app.include_router(create_feedback_router(kept, settings.max_question_length))
    app.include_router(
        create_router(
            assistant, max_question_length=settings.max_question_length, max_concurrent=settings.max_concurrent
        )
    )
    app.include_router(create_documents_router(assistant, frame_ancestors=settings.allowed_origins, starters=starters))
    for name, media_type in (STATIC_FILES | MORE_STATIC_FILES).items():
        app.get(f"/static/{name}", include_in_schema=False)(_static_route(name, media_type))
    _add_middleware(app, settings)
    app.state.gradio = [
        _mount_page(app, assistant, settings, language, starters)
        for language in sorted(
            strings.LANGUAGES, key=lambda code: code == strings.DEFAULT
        )  # "/" takes all that is left
    ]
    return app


class CoveredStarters:
    """Gives the starters that the reviews do answer; they are tried again only where the reviews have changed."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._of: Sequence[Review] | None = None
        self._covered: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        reviews = self._assistant.reviews
        if reviews is not self._of:
            self._covered = covered_starters(self._assistant)
            self._of = reviews
        return self._covered


def covered_starters(assistant: Assistant) -> tuple[str, ...]:
    """The starters that the reviews do answer, tried once; those made of a heading ask what stands under it."""
    made = {about(heading) for heading in headings(assistant.reviews)}
    covered = tuple(text for text in assistant.starters if text in made or _answers(assistant, text))
    for text in assistant.starters:
        if text not in covered:
            _log.warning("a starter is left out, since the reviews do not answer it: %s", text)
    return covered


def _answers(assistant: Assistant, question: str) -> bool:
    try:
        return assistant.ask(question).status == "answered"
    except Exception as error:  # the page comes up all the same
        log_failure(error)
        return False


def _static_route(name: str, media_type: str) -> Callable[[], Response]:
    """A route for one file, read once; its address carries a hash, so a browser may keep it."""
    content = static_file(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}

    def serve_static() -> Response:
        return Response(content, media_type=media_type, headers=headers)

    return serve_static


def _add_middleware(app: FastAPI, settings: WebSettings) -> None:
    """The last one added is the outermost: headers are on every response, refusals included."""
    app.add_middleware(BodyLimit)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
    )
    app.add_middleware(LanguageChooser, fixed=settings.language)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False)
    app.add_middleware(SecurityHeaders, frame_ancestors=settings.allowed_origins)


def _mount_page(
    app: FastAPI, assistant: Assistant, settings: WebSettings, language: str, starters: Callable[[], Sequence[str]]
) -> FastAPI:
    """Mount Gradio at the address of a language, behind everything above, and put the gate before it."""
    prefix = "" if language == strings.DEFAULT else f"/{language}"
    page = create_page(
        assistant,
        max_question_length=settings.max_question_length,
        max_concurrent=settings.max_concurrent,
        max_waiting=settings.max_waiting,
        language=language,
        starters=starters(),
        rated=settings.keep_questions is not None,
        unasked=lambda header: settings.language or strings.preferred(header),
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
    with strings.using(language):
        shell = Shell(assistant, keeps)
    mount.app = PageGate(gradio, rewrite=shell.rewrite, frame_ancestors=settings.allowed_origins, prefix=prefix)
    return gradio
