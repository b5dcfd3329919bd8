"""The HTML document around Gradio's page: the head, and the masthead that says what the review is.

The masthead is part of the document, so it is there before any script has run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from importlib import resources
from urllib.parse import parse_qs

from peerqa.http.routes import Assistant, DocumentSummary
from peerqa.web.chat.filters import render_chooser, render_scope
from peerqa.web.views.addresses import about_all_link, home_link, library_link, reading_link
from peerqa.web.views.embed import COLOURS
from peerqa.web.views.escape import escape
from peerqa.web.views.export import spoken
from peerqa.wording import strings

_SCRIPT = "text/javascript; charset=utf-8"
STATIC_FILES = {
    "peerqa.css": "text/css; charset=utf-8",
    "peerqa.js": _SCRIPT,
    "reading.js": _SCRIPT,
    "taking.js": _SCRIPT,
}
MORE_STATIC_FILES = {
    "embedding.js": _SCRIPT,
    "builder.js": _SCRIPT,
    "choosing.js": _SCRIPT,
    "library.css": "text/css; charset=utf-8",
}

# A quotation mark in the accent colour; as data it costs no request.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' "
    "rx='7' fill='%230c5f66'/%3E%3Cpath fill='white' d='M7 21v-6q0-5 5-6v3q-2 1-2 3h3v6zm11 0v-6q0-5 5-6v3q-2 1-2 3h3"
    "v6z'/%3E%3C/svg%3E"
)
_SOCIAL_TAGS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


def static_file(name: str) -> bytes:
    """One of our own style sheets or scripts."""
    return (resources.files("peerqa.web") / "static" / name).read_bytes()


def masthead(
    documents: Sequence[DocumentSummary],
    warning: str | None,
    keep_days: int | None = None,
    query: dict[str, list[str]] | None = None,
    lang: str = "",
) -> str:
    """The header of the page: the reviews, who wrote them and when, how many works they cite, and what this is.

    keep_days: how long unanswered questions are kept, which is said; None where they are not. query: of the address.
    lang: the attribute that says the language of the only review, if it has to be said.
    """
    promise = strings.PROMISE if len(documents) == 1 else strings.PROMISE_MANY
    note = f'<p class="warning">{escape(warning)}</p>' if warning else ""
    note += f'<p class="keeps">{escape(strings.keeps(keep_days))}</p>' if keep_days else ""
    if len(documents) == 1:
        named = f"<h1{lang}>{escape(documents[0].title)}</h1>{_byline(documents[0])}"
    else:
        facts = (strings.reviews(len(documents)), strings.works_cited(sum(one.works for one in documents)))
        byline = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
        named = f'<h1>{escape(strings.APPLICATION)}</h1><p class="byline">{byline}</p>'
    links = "".join(
        f'<a href="{reading_link(document.name)}" class="whole">{escape(strings.WHOLE_REVIEW)}</a>'
        for document in documents
        if len(documents) == 1
    )
    others = [(code, words) for code, words in strings.LANGUAGES.items() if code != strings.language()]
    links += _overview(several=len(documents) > 1)
    links += "".join(
        f'<a href="/?lang={code}" lang="{code}" hreflang="{code}">{escape(words["LANGUAGE_NAME"])}</a>'
        for code, words in others
    )
    more = f'<p class="more">{links}</p>'
    said = f'<p class="promise">{escape(promise)}</p>{render_chooser(documents, query or {})}{more}{note}'
    return f'<header id="masthead">{named}{said}{script_words()}</header>'


def _overview(*, several: bool) -> str:
    """The link to the library, or to the page about the only review."""
    if several:
        return f'<a href="{library_link()}">{escape(strings.LIBRARY)}</a>'
    return f'<a href="{about_all_link()}">{escape(strings.ABOUT)}</a>'


def script_words() -> str:
    """The words that the scripts say, out of sight."""
    said = {
        "copied": strings.COPIED,
        "selected": strings.SELECTED,
        "nothing": strings.NOTHING_TO_TAKE,
        "thanks": strings.THANKS,
        "works": strings.WORKS_CITED,
        "reference": strings.REFERENCE,
        "close": strings.CLOSE,
        "made": strings.SAYS_ABOUT.split("{heading}")[0],
    }
    words = "".join(f'<span class="{name}">{escape(text)}</span>' for name, text in said.items())
    return f'<div class="words" hidden>{words}</div>'


def _byline(document: DocumentSummary) -> str:
    """Author, date and the size of the reference list, as far as they are known."""
    facts = [fact for fact in (document.author, document.date, strings.works_cited(document.works)) if fact]
    return '<p class="byline">' + "".join(f"<span>{escape(fact)}</span>" for fact in facts) + "</p>"


def head() -> str:
    """What every page of ours has in its head: colour scheme, icon, style sheet and scripts."""
    links = "".join(sheet(name) if name.endswith(".css") else script(name) for name in STATIC_FILES)
    return f'<meta name="color-scheme" content="light dark"><link rel="icon" href="{_ICON}">{links}'


def sheet(name: str) -> str:
    """The element that loads one of our style sheets."""
    return f'<link rel="stylesheet" href="/static/{name}?v={_digest(name)}">'


def script(name: str) -> str:
    """The element that loads one of our scripts."""
    return f'<script src="/static/{name}?v={_digest(name)}" defer></script>'


def plain_page(title: str, body: str, kind: str, *, several: bool = False) -> str:
    """A whole page of ours that needs no script: `body` is HTML, `kind` the class of its <main>.

    several: there is more than one review.
    """
    links = f'<a href="{home_link()}">{escape(strings.ASK_MANY if several else strings.ASK_THE_REVIEW)}</a>'
    links += _overview(several=several)
    more = sheet("library.css") if several else ""
    return (
        f'<!doctype html><html lang="{strings.language()}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head()}{more}'
        f"{script('builder.js') if kind == 'embedding' else ''}</head>"
        f'<body class="page">{script_words()}<nav class="site">{links}</nav>'
        f'<main id="main" class="reading {kind}">{body}</main></body></html>'
    )


class Shell:
    """Rewrites Gradio's document: our head and masthead, a nonce on every script, no address of another host."""

    def __init__(self, assistant: Assistant, keep_days: int | None = None) -> None:
        """assistant: looked at anew for each request, since its reviews may change."""
        self._assistant = assistant
        self._keep_days = keep_days
        self._head = head()
        self._several = sheet("library.css") + script("choosing.js")
        self._language = strings.language()

    def _masthead(self, asked: dict[str, list[str]]) -> str:
        """Made for each request: its links say the language only where the reader would else get another."""
        reviews = self._assistant.reviews
        lang = spoken(reviews[0]) if len(reviews) == 1 else ""
        return masthead(self._assistant.documents, self._assistant.warning, self._keep_days, asked, lang)

    def _limits(self, asked: dict[str, list[str]]) -> str:
        """The line on the section that an address asks for, in the reviews that it names."""
        named = set(asked.get("document", ()))
        reviews = self._assistant.reviews
        kept = [review for review in reviews if review.document.name in named]
        return render_scope(kept or reviews, asked.get("section", [""])[0])

    def rewrite(self, html: str, nonce: str, query: str) -> str:
        """The document to send; in its address `embed=1` asks for the compact form, `colour` for an accent.

        `section` asks for one section alone, `starter` for other questions to begin with.
        """
        asked = parse_qs(query)
        embedded = "1" in asked.get("embed", ())
        scope = self._limits(asked)
        chosen = embedded or scope or "starter" in asked
        classes = ["embedded"] if embedded else []
        classes += [f"colour-{name}" for name in asked.get("colour", ())[:1] if name in COLOURS]
        html = html.replace('lang="en"', f'lang="{self._language}"', 1)
        html = _SOCIAL_TAGS.sub("", html)
        html = html.replace('<link rel="manifest" href="/manifest.json" />', "")
        added = self._head + (self._several if len(self._assistant.documents) > 1 else "")
        html = html.replace("</head>", f"{added}{script('embedding.js') if chosen else ''}</head>", 1)
        header = self._masthead(asked).replace("</header>", f"{scope}</header>")
        html = html.replace("<gradio-app", f"{header}<gradio-app", 1)
        html = html.replace("<html\n", f'<html class="{" ".join(classes)}"\n' if classes else "<html\n", 1)
        return html.replace("<script", f'<script nonce="{nonce}"')


def _digest(name: str) -> str:
    """A short hash, so that a browser fetches a changed file again."""
    return hashlib.sha256(static_file(name)).hexdigest()[:12]
