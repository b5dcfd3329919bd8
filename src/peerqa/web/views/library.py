"""The library: every review with its counts, narrowed by words, tag, format and year, and chosen from for a chat.

All of it is links and forms with GET, so that it works without a script and each view has an address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from peerqa.library.review import Review
from peerqa.text.document import Document
from peerqa.text.person_names import fold
from peerqa.web.views.addresses import about_link, ask_link, home_link, library_link, reading_link
from peerqa.web.views.escape import escape
from peerqa.web.views.export import spoken
from peerqa.wording import strings

FORMATS = {
    ".md": "Markdown", ".markdown": "Markdown", ".txt": "Text", ".text": "Text", ".html": "HTML", ".htm": "HTML",
    ".wiki": "MediaWiki", ".mediawiki": "MediaWiki", ".docx": "Word", ".odt": "OpenDocument", ".epub": "EPUB",
    ".xhtml": "HTML", ".tex": "LaTeX", ".latex": "LaTeX", ".xml": "JATS", ".nxml": "JATS", ".jats": "JATS",
    ".pdf": "PDF",
}  # fmt: skip
"""What a reader calls the format of a file, by the end of its name."""
_MOST_TAGS = 8
"""Tags shown with a review; an article may have dozens of keywords."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader looks for; "" asks for nothing. text: words that must all begin some word of what is searched."""

    text: str = ""
    tag: str = ""
    format: str = ""
    year: str = ""

    def fit(self, review: Review) -> bool:
        """Whether a review is shown."""
        document = review.document
        return (
            (not self.tag or self.tag in tags_of(document))
            and (not self.format or self.format == format_of(document))
            and (not self.year or self.year == year_of(document))
            and (not self.text.strip() or _holds(_searched(document), self.text))
        )


def tags_of(document: Document) -> tuple[str, ...]:
    """The tags, or keywords, that a review gives itself."""
    given = document.metadata.get("tags") or document.metadata.get("keywords") or ()
    listed = re.split(r"[,;]", given) if isinstance(given, str) else given
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in listed))))


def format_of(document: Document) -> str:
    """The format of the file that a review was read from."""
    suffix = PurePosixPath(document.name).suffix.lower()
    return FORMATS.get(suffix, suffix.removeprefix(".").upper())


def year_of(document: Document) -> str:
    """The year of its date, or ""."""
    year = re.search(r"\b(?:1[5-9]|20)\d\d\b", document.date or "")
    return year[0] if year else ""


def _searched(document: Document) -> str:
    headings = (section.heading for section in document.sections)
    return " ".join([document.title, document.author or "", document.name, *tags_of(document), *headings])


def _holds(text: str, wanted: str) -> bool:
    words = re.findall(r"[^\W_]+", fold(text))
    return all(any(word.startswith(start) for word in words) for start in re.findall(r"[^\W_]+", fold(wanted)))


def render_library(reviews: Sequence[Review], filters: Filters) -> str:
    """The body of the page: the filters, and the reviews that fit, by title."""
    shown = sorted((one for one in reviews if filters.fit(one)), key=lambda one: fold(one.document.title))
    count = strings.shown_of(len(shown), len(reviews))
    told = f'<p class="shown-of" role="status">{escape(count)}'
    if filters != Filters():
        told += f' <a href="{escape(library_link())}">{escape(strings.SHOW_ALL)}</a>'
    listed = _listed(shown) if shown else f"<p>{escape(strings.NOTHING_FITS)}</p>"
    return f"<h1>{escape(strings.LIBRARY)}</h1>{_filters(reviews, filters)}{told}</p>{listed}"


# ---- the filters ----------------------------------------------------------------------------------------------------


def _filters(reviews: Sequence[Review], filters: Filters) -> str:
    documents = [review.document for review in reviews]
    years = _counted((year_of(one) for one in documents), newest_first=True)
    fields = (
        f'<p class="words"><label for="text">{escape(strings.FILTER_TEXT)}</label>'
        f'<input type="search" id="text" name="text" maxlength="200" value="{escape(filters.text)}"></p>'
        + _select("tag", strings.TAG, _counted(tag for one in documents for tag in tags_of(one)), filters.tag)
        + _select("format", strings.FORMAT, _counted(map(format_of, documents)), filters.format)
        + _select("year", strings.YEAR, years, filters.year)
    )
    return (
        f'<form class="filters" role="search" action="/library" method="get">{_language()}{fields}'
        f'<p><button type="submit">{escape(strings.FILTER)}</button></p></form>'
    )


def _counted(values: Iterable[str], *, newest_first: bool = False) -> list[tuple[str, int]]:
    """Each value with how many reviews have it, in the order of the alphabet."""
    return sorted(((one, count) for one, count in Counter(values).items() if one), reverse=newest_first)


def _select(name: str, label: str, options: Sequence[tuple[str, int]], chosen: str) -> str:
    if not options:
        return _hidden(name, chosen) if chosen else ""
    if chosen and chosen not in dict(options):
        options = [(chosen, 0), *options]
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(value)} ({count})</option>'
        for value, count in options
    )
    return (
        f'<p><label for="{name}">{escape(label)}</label><select id="{name}" name="{name}">'
        f'<option value="">{escape(strings.ANY)}</option>{items}</select></p>'
    )


def _language() -> str:
    """What a form needs so that the next page speaks the language of this one; its address takes no query along."""
    said = strings.parameter()
    return "" if said is None else _hidden("lang", said)


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


# ---- the reviews ----------------------------------------------------------------------------------------------------


def _listed(reviews: Sequence[Review]) -> str:
    """The reviews, in a form that asks the ones that are ticked."""
    items = "".join(_item(number, review) for number, review in enumerate(reviews, start=1))
    button = f'<p class="ask-ticked"><button type="submit">{escape(strings.ASK_TICKED)}</button></p>'
    return f'<form action="{home_link()}" method="get">{_language()}<ul class="library">{items}</ul>{button}</form>'


def _item(number: int, review: Review) -> str:
    document = review.document
    name = escape(document.name)
    about = escape(about_link(document.name))
    facts = [document.author, year_of(document) or document.date, format_of(document)]
    byline = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    tags = tags_of(document)
    links = "".join(f'<a href="{escape(library_link(tag=tag))}">{escape(tag)}</a>' for tag in tags[:_MOST_TAGS])
    tagged = f'<p class="tags">{links}</p>' if tags else ""
    of = f'aria-describedby="title-{number}"'
    return (
        f'<li class="review"><h2 id="title-{number}">'
        f'<a href="{about}"{spoken(review)}>{escape(document.title)}</a></h2>'
        f'<p class="byline">{byline}</p>{tagged}{_counts(review)}<p class="ways">'
        f'<a href="{escape(ask_link([document.name]))}" {of}>{escape(strings.ASK_THIS)}</a>'
        f'<a href="{about}" {of}>{escape(strings.ABOUT)}</a>'
        f'<a href="{escape(reading_link(document.name))}" {of}>{escape(strings.WHOLE_REVIEW)}</a>'
        f'<label class="check"><input type="checkbox" name="document" value="{name}" {of}> '
        f"{escape(strings.TICK)}</label></p></li>"
    )


def _counts(review: Review) -> str:
    departing = sum(citation.status == "corrected" for citation in review.citations)
    facts = (
        (strings.PASSAGES, len(review.passages)),
        (strings.WORDS, review.words),
        (strings.WORKS, len(review.references)),
        (strings.CITATIONS, len(review.citations)),
        (strings.DEPARTURES, departing),
    )
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{strings.figure(fact)}</dd></div>" for term, fact in facts)
    return f'<dl class="facts">{items}</dl>'
