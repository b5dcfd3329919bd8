"""The library: every review with its counts, narrowed by words, tag, format and year, and chosen from for a chat.

All of it is links and forms with GET, so that it works without a script and each view has an address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from peerqa.library.review import Review
from peerqa.text.dates import year_in
from peerqa.text.document import Document
from peerqa.text.words import fold
from peerqa.web.views.addresses import about_link, ask_link, library_link, review_link
from peerqa.web.views.page import render_page
from peerqa.web.views.templating import lang_attribute
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
    """What the listed reviews must have; "" asks for nothing.

    text: words, each of which begins a word of the title, the author, the file name, a tag or a heading.
    """

    text: str = ""
    tag: str = ""
    format: str = ""
    year: str = ""

    def fit(self, review: Review) -> bool:
        """Whether a review passes all filters."""
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
    return year_in(document.date) or ""


def _searched(document: Document) -> str:
    headings = (section.heading for section in document.sections)
    return " ".join([document.title, document.author or "", document.name, *tags_of(document), *headings])


def _holds(text: str, wanted: str) -> bool:
    words = re.findall(r"[^\W_]+", fold(text))
    return all(any(word.startswith(start) for word in words) for start in re.findall(r"[^\W_]+", fold(wanted)))


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with its values, (value, number of reviews that have it); `chosen` is the value that is used, or ""."""

    name: str
    label: str
    options: tuple[tuple[str, int], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class ListedReview:
    """A review as the library lists it. tags: each with the address of the library narrowed to it."""

    name: str
    title: str
    lang: Markup
    byline: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, str], ...]
    ask_link: str
    about_link: str
    review_link: str


def render_library(reviews: Sequence[Review], filters: Filters) -> str:
    """The page: the filters, and the reviews that fit, by title."""
    shown = sorted((one for one in reviews if filters.fit(one)), key=lambda one: fold(one.document.title))
    return render_page(
        "library.html",
        title=strings.LIBRARY,
        kind="",
        several=len(reviews) > 1,
        language=strings.parameter() or "",
        text=filters.text,
        choices=_choices([review.document for review in reviews], filters),
        narrowed=filters != Filters(),
        library_link=library_link(),
        shown_of=strings.shown_of(len(shown), len(reviews)),
        reviews=[_listed(review) for review in shown],
    )


def _choices(documents: Sequence[Document], filters: Filters) -> list[Choice]:
    """The filters by tag, format and year."""
    tags = _counted(tag for one in documents for tag in tags_of(one))
    formats = _counted(map(format_of, documents))
    years = _counted((year_of(one) for one in documents), newest_first=True)
    return [
        _choice("tag", strings.TAG, tags, filters.tag),
        _choice("format", strings.FORMAT, formats, filters.format),
        _choice("year", strings.YEAR, years, filters.year),
    ]


def _counted(values: Iterable[str], *, newest_first: bool = False) -> list[tuple[str, int]]:
    """Each value with how many reviews have it, in the order of the alphabet."""
    return sorted(((one, count) for one, count in Counter(values).items() if one), reverse=newest_first)


def _choice(name: str, label: str, options: Sequence[tuple[str, int]], chosen: str) -> Choice:
    """The filter; a value of the address that no review has is offered too, since it is in use."""
    if options and chosen and chosen not in dict(options):
        options = [(chosen, 0), *options]
    return Choice(name, label, tuple(options), chosen)


def _listed(review: Review) -> ListedReview:
    document = review.document
    facts = (document.author, year_of(document) or document.date, format_of(document))
    return ListedReview(
        name=document.name,
        title=document.title,
        lang=lang_attribute(review),
        byline=tuple(fact for fact in facts if fact),
        tags=tuple((library_link(tag=tag), tag) for tag in tags_of(document)[:_MOST_TAGS]),
        counts=_counts(review),
        ask_link=ask_link([document.name]),
        about_link=about_link(document.name),
        review_link=review_link(document.name),
    )


def _counts(review: Review) -> tuple[tuple[str, str], ...]:
    """What can be counted in a review, each count with its name."""
    differing = sum(citation.status == "corrected" for citation in review.citations)
    facts = (
        (strings.PASSAGES, len(review.passages)),
        (strings.WORDS, review.words),
        (strings.WORKS, len(review.references)),
        (strings.CITATIONS, len(review.citations)),
        (strings.DEPARTURES, differing),
    )
    return tuple((name, strings.figure(fact)) for name, fact in facts)
