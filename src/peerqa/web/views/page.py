"""The frame of the pages that the server renders whole (templates/page.html): head, the ways to other pages, the words.

They need no script, print, and can be linked.
"""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.web.static_files import loaded_files
from peerqa.web.views.addresses import about_all_link, home_link, library_link
from peerqa.web.views.templating import render
from peerqa.wording import strings


def render_page(
    template: str, *, title: str, kind: str, several: bool, scripts: Sequence[str] = (), **values: object
) -> str:
    """The whole document of a page. template: of its body, which extends "page.html"; `values` are for the template.

    kind: the class of its <main>, for the style sheet. several: there is more than one review. scripts: what the page
    loads beside those that every page does.
    """
    return render(
        template,
        page_title=title,
        kind=kind,
        files=loaded_files(["pages.js", *scripts]),
        home_link=home_link(),
        several=several,
        overview=overview(several=several),
        **values,
    )


def render_missing(*, several: bool) -> str:
    """The page for an address at which there is nothing."""
    return render_page("missing.html", title=strings.NO_SUCH_PAGE, kind="missing", several=several)


def render_head(more_files: Sequence[str]) -> str:
    """What each of our documents has in its head: colour scheme, icon, style sheets, scripts, and the files named."""
    return render("parts/head.html", files=loaded_files(more_files))


def overview(*, several: bool) -> tuple[str, str]:
    """Address and name of the page with all reviews, or of the page about the only review."""
    return (library_link(), strings.LIBRARY) if several else (about_all_link(), strings.ABOUT)
