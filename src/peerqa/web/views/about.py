"""A review -> the page about it: its facts, its reference list with where each work is cited, its citation report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from peerqa.answering.answer import shown_reference
from peerqa.citing.report import CitationReport, Finding, FindingKind, check
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.web.views.addresses import anchor, reading_link
from peerqa.web.views.answer_card import render_reference
from peerqa.web.views.charts import columns, rows, table
from peerqa.web.views.escape import escape
from peerqa.web.views.export import spoken
from peerqa.wording import strings

_KINDS: tuple[FindingKind, ...] = ("no-entry", "departure", "ambiguous", "never-cited", "no-link")


def render_about(review: Review) -> str:
    """The body of the page."""
    report = check(review.document, review.references, review.citations)
    return (
        f"<h1{spoken(review)}>{escape(review.document.title)}</h1>{_facts(review)}{_pictures(review, report)}"
        f"{_references(review, report)}{_report(review, report)}"
    )


def _facts(review: Review) -> str:
    document = review.document
    facts = [
        (strings.AUTHOR, document.author),
        (strings.DATE, document.date),
        (strings.WORDS, strings.figure(review.words)),
        (strings.PASSAGES, str(len(review.passages))),
        (strings.WORKS, str(len(review.references))),
        (strings.CITATIONS, str(len(review.citations))),
    ]
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(fact)}</dd></div>" for term, fact in facts if fact)
    link = f'<a href="{escape(reading_link(document.name))}">{escape(strings.WHOLE_REVIEW)}</a>'
    return f'<dl class="facts">{items}</dl><p class="ways">{link}</p>'


def _pictures(review: Review, report: CitationReport) -> str:
    """Works by year and citations by work."""
    if not review.references:
        return ""
    years = Counter(one.year[:4] for one in review.references if one.year and one.year[:4].isdigit())
    span = [str(year) for year in range(int(min(years)), int(max(years)) + 1)] if years else []
    by_year = [(year, years[year]) for year in (span if len(span) <= 40 else sorted(years))]
    if without := len(review.references) - sum(years.values()):
        by_year.append((strings.NO_YEAR, without))
    cited = sorted(((one.label, report.cited(one.key)) for one in review.references), key=lambda row: -row[1])
    return _figure(strings.WORKS_BY_YEAR, (strings.YEAR, strings.WORKS), by_year, upright=True) + _figure(
        strings.CITATIONS_BY_WORK, (strings.WORK, strings.CITATIONS), cited, upright=False
    )


def _figure(title: str, heads: tuple[str, str], counts: Sequence[tuple[str, int]], *, upright: bool) -> str:
    """A picture, with its figures as a table behind a click."""
    drawn = (columns if upright else rows)(title, counts)
    figures = table(title, heads, counts)
    return (
        f"<h2>{escape(title)}</h2><figure>"
        f'<div class="drawn" role="region" tabindex="0" aria-label="{escape(title)}">{drawn}</div>'
        f"<details><summary>{escape(strings.AS_TABLE)}</summary>{figures}</details></figure>"
    )


def _references(review: Review, report: CitationReport) -> str:
    """The reference list: how often and where each work is cited."""
    items = []
    for number, reference in enumerate(review.references, start=1):
        count = report.cited(reference.key)
        places = [
            passage for passage in review.passages if any(reference.key in one.references for one in passage.citations)
        ]
        links = " ".join(_place(passage) for passage in places)
        entry = render_reference(shown_reference(reference, review.document.name), spoken(review))
        told = f'<p class="cited-where">{escape(strings.cited_times(count))} {links}</p>'
        items.append(f'<li id="reference-{number}">{entry}{told}</li>')
    heading = f'<h2 id="references">{escape(strings.REFERENCE_LIST)}</h2>'
    return f'{heading}<ul class="entries">{"".join(items)}</ul>' if items else ""


def _place(passage: Passage) -> str:
    """A link to a passage in the review, by its number."""
    title = strings.place(passage.section or strings.NO_SECTION, passage.paragraph, passage.page)
    link = f"{escape(reading_link(passage.document))}#{anchor(passage.id)}"
    return f'<a href="{link}" title="{escape(title)}">¶&nbsp;{passage.paragraph}</a>'


def _report(review: Review, report: CitationReport) -> str:
    """What `peerqa check` says."""
    resolved = sum(citation.status == "resolved" for citation in report.citations)
    summary = strings.report_summary(len(report.citations), resolved, len(report.findings))
    parts = []
    for kind in _KINDS:
        found = [finding for finding in report.findings if finding.kind == kind]
        if found:
            items = "".join(f"<li>{_finding(finding)}</li>" for finding in found)
            parts.append(f"<h3>{escape(strings.finding(kind))} ({len(found)})</h3><ul class='findings'>{items}</ul>")
    nothing = "" if parts else f"<p>{escape(strings.NOTHING_TO_MEND)}</p>"
    return f"<h2>{escape(strings.CITATION_REPORT)}</h2><p>{escape(summary)}</p>{''.join(parts)}{nothing}"


def _finding(finding: Finding) -> str:
    about = "" if finding.kind in ("never-cited", "no-link") else f"<strong>{escape(finding.about)}</strong>: "
    message = escape(strings.reason(finding.message))
    return f'<span class="line">{escape(strings.line(finding.line))}</span> {about}{message}'
