"""The routes of the pages that the server renders whole: a review, a passage, the library, and what they export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from peerqa.answering.asking import MAX_DOCUMENTS, Assistant
from peerqa.citing.export import Format, export
from peerqa.library.listing import Filters
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.web.security import document_policy
from peerqa.web.static_files import static_file
from peerqa.web.views.about import render_about
from peerqa.web.views.embed import render_builder
from peerqa.web.views.export import disposition, named_works
from peerqa.web.views.library import render_library
from peerqa.web.views.page import render_missing
from peerqa.web.views.passage_page import find, render_passage_page
from peerqa.web.views.review_pane import render_review

_Filter = Annotated[str, Query(max_length=200)]


def create_documents_router(
    assistant: Assistant, *, frame_ancestors: Sequence[str], starters: Callable[[], Sequence[Suggestion]]
) -> APIRouter:
    """The routes of the pages.

    frame_ancestors: the origins whose pages may embed these. starters: gives the questions that /embed offers.
    """
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    headers = {"Content-Security-Policy": document_policy(frame_ancestors)}

    def page(html: str, status: int = 200) -> HTMLResponse:
        return HTMLResponse(html, status, headers)

    def review_of(name: str) -> Review | None:
        """The review of that name; without a name, the only one there is."""
        return assistant.library.get(name) if name else assistant.library.only()

    def several() -> bool:
        return assistant.library.count() > 1

    def missing() -> HTMLResponse:
        return page(render_missing(several=several()), 404)

    @router.get("/read/{name:path}")
    def read(name: str) -> HTMLResponse:
        review = review_of(name)
        return missing() if review is None else page(render_review(review, several=several()))

    @router.get("/p/{passage_id:path}")
    def passage(
        passage_id: str,
        at: Annotated[tuple[int, ...], Query(max_length=20)] = (),
        quote: str = "",
    ) -> HTMLResponse:
        found = find(assistant.library, passage_id, at, quote)
        return missing() if found is None else page(render_passage_page(found, several=several()))

    @router.get("/about")
    def about_all() -> HTMLResponse:
        return library() if several() else about("")

    @router.get("/library")
    def library(
        text: _Filter = "",
        tag: _Filter = "",
        format: _Filter = "",
        year: _Filter = "",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
        document: Annotated[tuple[str, ...], Query(max_length=MAX_DOCUMENTS)] = (),
    ) -> HTMLResponse:
        return page(render_library(assistant.library, Filters(text, tag, format, year), number, document))

    @router.get("/about/{name:path}")
    def about(name: str) -> HTMLResponse:
        review = review_of(name)
        return missing() if review is None else page(render_about(review, several=several()))

    @router.get("/embed")
    def embed() -> HTMLResponse:
        return page(render_builder(assistant.library, starters()))

    @router.get("/embed.js")
    def embed_script() -> Response:
        kept = {"Cache-Control": "public, max-age=3600"}
        return Response(static_file("embed.js"), media_type="text/javascript; charset=utf-8", headers=kept)

    @router.get("/export/references.{form}")
    def references(
        form: Format, work: Annotated[tuple[str, ...], Query(max_length=500)] = (), name: _Filter = ""
    ) -> Response:
        found = named_works(assistant.library, work)
        named = {"Content-Disposition": disposition(name, form)}
        return PlainTextResponse(export(found, form), headers=named) if found else missing()

    return router
