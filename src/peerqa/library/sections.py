"""The sections of reviews by name: which there are to ask in, and which passages stand in one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from peerqa.library.review import Review
from peerqa.text.document import Section


def headings(reviews: Sequence[Review]) -> tuple[str, ...]:
    """The headings that have a passage under them, or under a heading below them; in text order, each once."""
    found = (section.heading for review in reviews for section in review.document.sections)
    holding = {_plain(name) for review in reviews for one in _filled(review) for name in (one.heading, *one.path)}
    return tuple(heading for heading in dict.fromkeys(found) if _plain(heading) in holding - {""})


def rows_in(reviews: Sequence[Review], heading: str) -> tuple[int, ...]:
    """The rows in the index of all passages under a heading and the headings below it; none if no review has it.

    Case and extra white space do not count. Sections of several reviews may share a heading.
    """
    passages = ((review, passage) for review in reviews for passage in review.passages)
    spans = {review.document.name: list(_spans(review, heading)) for review in reviews}
    return tuple(
        row
        for row, (review, passage) in enumerate(passages)
        if any(start <= passage.start < end for start, end in spans[review.document.name])
    )


def headings_in(reviews: Sequence[Review], heading: str) -> tuple[str, ...]:
    """The headings with paragraphs from this one down: itself, and those below it."""
    below = (
        section.heading
        for review in reviews
        for section in review.document.sections
        if section.paragraphs and _is_under(section, _plain(heading))
    )
    return tuple(dict.fromkeys(filter(None, below)))


def _filled(review: Review) -> Iterator[Section]:
    """The sections in which a passage begins."""
    starts = sorted(passage.start for passage in review.passages)
    return (one for one in review.document.sections if bisect_left(starts, one.start) < bisect_left(starts, one.end))


def _spans(review: Review, heading: str) -> Iterator[tuple[int, int]]:
    """The spans of the sections of a review that have this heading or stand below it."""
    wanted = _plain(heading)
    return ((one.start, one.end) for one in review.document.sections if wanted and _is_under(one, wanted))


def _is_under(section: Section, wanted: str) -> bool:
    """Whether a section has this heading or stands below it. wanted: as `_plain` gives it."""
    return wanted in (_plain(section.heading), *(_plain(above) for above in section.path))


def _plain(heading: str) -> str:
    """A heading without case and extra white space, to compare it with others."""
    return " ".join(heading.split()).casefold()
