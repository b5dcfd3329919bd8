"""References -> APA text, BibTeX, RIS; and secondary citations, of a work as a review cites it (APA 7 §8.6).

APA text has the entries as the review has them; bibtexparser and rispy write BibTeX and RIS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import bibtexparser
import rispy
from bibtexparser.model import Entry, Field

from peerqa.citing.reference import Reference
from peerqa.text.dates import year_in
from peerqa.text.document import Document

Format = Literal["txt", "bib", "ris"]


def export(references: Sequence[Reference], form: Format) -> str:
    """The references in one of the formats; in their order, but "txt" (APA text) in alphabetical order."""
    if form == "bib":
        return as_bibtex(references)
    return as_ris(references) if form == "ris" else as_apa(references)


def as_apa(references: Sequence[Reference]) -> str:
    """The entries, one a paragraph, in alphabetical order."""
    return "\n\n".join(sorted((reference.text for reference in references), key=str.casefold)) + "\n"


# ---- BibTeX ---------------------------------------------------------------------------------------------------------

_LATEX = {ord(mark): f"\\{mark}" for mark in "&%$#_{}"} | {
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
}


def as_bibtex(references: Sequence[Reference]) -> str:
    """The entries for BibTeX and BibLaTeX, in UTF-8, each with the fields that are known."""
    library = bibtexparser.Library()
    for reference in references:
        kind = "article" if reference.volume or reference.container else "misc"
        library.add(Entry(kind, reference.key, [Field(name, value) for name, value in _bibtex_fields(reference)]))
    return str(bibtexparser.write_string(library))


def _bibtex_fields(reference: Reference) -> list[tuple[str, str]]:
    """(name, value) of each field. Links are verbatim, all else is LaTeX; braces keep an organisation in one piece."""
    authors = " and ".join(
        f"{{{author.family.translate(_LATEX)}}}"
        if author.organisation or not author.given
        else f"{author.family}, {author.given}".translate(_LATEX)
        for author in reference.authors
    )
    texts = {
        "title": reference.title,
        "journal": reference.container,
        "year": reference.year,
        "volume": reference.volume,
        "number": reference.issue,
        "pages": re.sub(r"\s*[-–—]\s*", "--", reference.pages) if reference.pages else None,
    }
    fields = [("author", authors)] if authors else []
    fields += [(name, value.translate(_LATEX)) for name, value in texts.items() if value]
    links = {"doi": reference.doi, "url": reference.url}
    return fields + [(name, re.sub(r"[{}\\]", "", value)) for name, value in links.items() if value]


# ---- RIS ------------------------------------------------------------------------------------------------------------


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]
    """Writes no number in front of an entry, since not every program can read it."""

    def set_header(self, count: int) -> str:
        return ""


def as_ris(references: Sequence[Reference]) -> str:
    """The entries for Zotero, EndNote and Mendeley."""
    return str(rispy.dumps([_ris_entry(reference) for reference in references], implementation=_RisWriter)).lstrip()


def _ris_entry(reference: Reference) -> dict[str, Any]:
    first, _, last = re.sub(r"\s*[-–—]\s*", "-", reference.pages or "").partition("-")
    entry = {
        "type_of_reference": "JOUR" if reference.volume or reference.container else "GEN",
        "id": reference.key,
        "authors": [f"{a.family}, {a.given}" if a.given else a.family for a in reference.authors],
        "year": reference.year if reference.year and reference.year[:4].isdigit() else None,
        "title": reference.title,
        "journal_name": reference.container,
        "volume": reference.volume,
        "number": reference.issue,
        "start_page": first,
        "end_page": last,
        "doi": reference.doi,
        "urls": [reference.url] if reference.url else [],
    }
    return {name: _one_line(value) for name, value in entry.items() if value}


def _one_line(value: Any) -> Any:
    """The value without line breaks, which would begin another tag."""
    return [" ".join(item.split()) for item in value] if isinstance(value, list) else " ".join(value.split())


# ---- citing ---------------------------------------------------------------------------------------------------------


def cited_as(document: Document) -> str:
    """A review as it is cited in parentheses: "Anonymous, 2022"; by its title if it names no author."""
    people = [name for name in re.split(r"\s*(?:;|&|\band\b)\s*", document.author or "") if name]
    names = [name.split(",")[0] if "," in name else name.split()[-1] for name in people]
    title = f"“{document.title}”"
    who = title if not names else f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
    return f"{who}, {year_in(document.date) or 'n.d.'}"


def secondary_citation(
    works: Sequence[Reference], review: str, paragraph: int | None = None, page: int | None = None
) -> str:
    """A secondary citation: "(Moll et al., 2009, as cited in Anonymous, 2022)". Without works, it cites the review.

    review: as `cited_as` gives it. page, paragraph: the place of a quotation (APA 7 §8.25, §8.28); the page if known.
    """
    place = f", p. {page}" if page else f", para. {paragraph}" if paragraph else ""
    if not works:
        return f"({review}{place})"
    sources = "; ".join(sorted(dict.fromkeys(_label(work) for work in works), key=str.casefold))
    return f"({sources}, as cited in {review}{place})"


def _label(work: Reference) -> str:
    names = [author.family for author in work.authors] or [f"“{work.title or work.text[:40]}”"]
    return (
        f"{names[0]} et al., {work.year or 'n.d.'}" if len(names) > 2 else f"{' & '.join(names)}, {work.year or 'n.d.'}"
    )
