"""The library: every review with its counts, narrowed by words, tag, format and year, and chosen from for a chat.

All of it is links and forms with GET, so that it works without a script and each view has an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

from peerqa.library.asked_library import Library
from peerqa.library.listing import DocumentSummary, Filters, format_of
from peerqa.web.views.addresses import about_link, ask_link, library_link, review_link
from peerqa.web.views.page import render_page
from peerqa.web.views.templating import declared_language
from peerqa.wording import strings

_ON_A_PAGE = 50
"""Reviews that are listed on one page."""
_MOST_TAGS = 8
"""Tags shown with a review; an article may have dozens of keywords."""


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
    ticked: bool


def render_library(library: Library, filters: Filters, number: int = 1, ticked: Sequence[str] = ()) -> str:
    """The page: the filters, and the reviews that fit, by title.

    number: of the page of the list, from 1. ticked: names of the reviews to be asked, on whatever page they stand.
    """
    count, everything = library.count(filters), library.count()
    pages = max(1, -(-count // _ON_A_PAGE))
    number = min(number, pages)
    shown = library.search(filters, (number - 1) * _ON_A_PAGE, _ON_A_PAGE)
    return render_page(
        "library.html",
        title=strings.LIBRARY,
        kind="",
        several=everything > 1,
        language=strings.parameter() or "",
        text=filters.text,
        choices=_choices(library, filters),
        narrowed=filters != Filters(),
        library_link=library_link(),
        shown_of=strings.shown_of(count, everything),
        reviews=[_listed(review, ticked) for review in shown],
        page_of=strings.page_of(number, pages) if pages > 1 else "",
        earlier_page=str(number - 1) if number > 1 else "",
        later_page=str(number + 1) if number < pages else "",
        used_filters=[(name, value) for name, value in asdict(filters).items() if value] if pages > 1 else [],
        ticked=list(dict.fromkeys(ticked)),
        ticked_elsewhere=[name for name in dict.fromkeys(ticked) if name not in {one.name for one in shown}],
    )


def _choices(library: Library, filters: Filters) -> list[Choice]:
    """The filters by tag, format and year."""
    return [
        _choice("tag", strings.TAG, library.values("tag"), filters.tag),
        _choice("format", strings.FORMAT, library.values("format"), filters.format),
        _choice("year", strings.YEAR, library.values("year")[::-1], filters.year),
    ]


def _choice(name: str, label: str, options: Sequence[tuple[str, int]], chosen: str) -> Choice:
    """The filter; a value of the address that no review has is offered too, since it is in use."""
    if options and chosen and chosen not in dict(options):
        options = [(chosen, 0), *options]
    return Choice(name, label, tuple(options), chosen)


def _listed(review: DocumentSummary, ticked: Sequence[str]) -> ListedReview:
    facts = (review.author, review.year or review.date, format_of(review.name))
    return ListedReview(
        name=review.name,
        title=review.title,
        lang=declared_language(review.lang),
        byline=tuple(fact for fact in facts if fact),
        tags=tuple((library_link(tag=tag), tag) for tag in review.tags[:_MOST_TAGS]),
        counts=_counts(review),
        ask_link=ask_link([review.name]),
        about_link=about_link(review.name),
        review_link=review_link(review.name),
        ticked=review.name in ticked,
    )


def _counts(review: DocumentSummary) -> tuple[tuple[str, str], ...]:
    """What can be counted in a review, each count with its name."""
    facts = (
        (strings.PASSAGES, review.passages),
        (strings.WORDS, review.words),
        (strings.WORKS, review.works),
        (strings.CITATIONS, review.citations),
        (strings.DEPARTURES, review.corrected),
    )
    return tuple((name, strings.figure(fact)) for name, fact in facts)
