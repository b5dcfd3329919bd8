"""A review -> the page about it: its facts, its reference list with where each work is cited, its citation report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from peerqa.citing.report import FINDING_KINDS, CitationReport, Finding, check
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, review_link
from peerqa.web.views.charts import Chart, chart
from peerqa.web.views.citations import Entry, listed_entry
from peerqa.web.views.page import render_page
from peerqa.web.views.templating import lang_attribute
from peerqa.wording import strings
from peerqa.wording.notices import reason

_MOST_YEARS = 40
"""A span of at most so many years is drawn without a gap; of a longer one, only the years that have works."""


@dataclass(frozen=True, slots=True)
class Place:
    """A passage that cites a work: the link to it in the review, and where that is, in short."""

    link: str
    title: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class ListedWork:
    """An entry of the reference list, how often it is cited, and where."""

    entry: Entry
    cited: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding of the citation report; `about` is the mention or entry in question, "" where the message names it."""

    line: int
    about: str
    message: str


def render_about(review: Review, *, several: bool = False) -> str:
    """The page about a review. several: there is more than one review."""
    document = review.document
    report = check(document, review.references, review.citations)
    resolved = sum(citation.status == "resolved" for citation in report.citations)
    return render_page(
        "about.html",
        title=f"{strings.ABOUT} – {document.title}",
        kind="about",
        several=several,
        heading=document.title,
        lang=lang_attribute(review),
        facts=_facts(review),
        review_link=review_link(document.name),
        charts=_charts(review, report),
        works=tuple(_works(review, report)),
        summary=strings.report_summary(len(report.citations), resolved, len(report.findings)),
        findings=tuple(_findings(report)),
    )


def _facts(review: Review) -> list[tuple[str, str]]:
    """What is known of a review, each fact with its name."""
    document = review.document
    facts = [
        (strings.AUTHOR, document.author),
        (strings.DATE, document.date),
        (strings.WORDS, strings.figure(review.words)),
        (strings.PASSAGES, str(len(review.passages))),
        (strings.WORKS, str(len(review.references))),
        (strings.CITATIONS, str(len(review.citations))),
    ]
    return [(name, fact) for name, fact in facts if fact]


def _charts(review: Review, report: CitationReport) -> tuple[Chart, ...]:
    """Works by year and citations by work."""
    if not review.references:
        return ()
    years = Counter(one.year[:4] for one in review.references if one.year and one.year[:4].isdigit())
    span = [str(year) for year in range(int(min(years)), int(max(years)) + 1)] if years else []
    by_year = [(year, years[year]) for year in (span if len(span) <= _MOST_YEARS else sorted(years))]
    if without := len(review.references) - sum(years.values()):
        by_year.append((strings.NO_YEAR, without))
    cited = sorted(((one.label, report.cited(one.key)) for one in review.references), key=lambda row: -row[1])
    return (
        chart(strings.WORKS_BY_YEAR, (strings.YEAR, strings.WORKS), by_year),
        chart(strings.CITATIONS_BY_WORK, (strings.WORK, strings.CITATIONS), cited),
    )


def _works(review: Review, report: CitationReport) -> Iterator[ListedWork]:
    """The reference list, in its order."""
    for reference in review.references:
        places = tuple(
            _place(passage)
            for passage in review.passages
            if any(reference.key in one.references for one in passage.citations)
        )
        yield ListedWork(listed_entry(review, reference), report.cited(reference.key), places)


def _place(passage: Passage) -> Place:
    title = strings.place(passage.section or strings.NO_SECTION, passage.paragraph, passage.page)
    return Place(f"{review_link(passage.document)}#{anchor(passage.id)}", title, passage.paragraph)


def _findings(report: CitationReport) -> Iterator[tuple[str, list[ShownFinding]]]:
    """What `peerqa check` finds, by kind, each kind under its heading."""
    for kind in FINDING_KINDS:
        found = [_shown(finding) for finding in report.findings if finding.kind == kind]
        if found:
            yield strings.finding(kind), found


def _shown(finding: Finding) -> ShownFinding:
    about = "" if finding.kind in ("never-cited", "no-link") else finding.about
    return ShownFinding(finding.line, about, reason(finding.discrepancies) or "")
