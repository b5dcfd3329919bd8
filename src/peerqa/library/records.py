"""A review as rows of the library's tables, and back: what is read from there is what was parsed.

What an answer quotes carries a digest, which is checked whenever it is read: a row that has changed is an error, and
never an answer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from peerqa.citing.citation import Citation
from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.citing.reference import Reference
from peerqa.errors import IndexDamaged, Problem
from peerqa.library.database import digest_of
from peerqa.library.passages import EmbeddedText, Passage
from peerqa.library.review import Review
from peerqa.notices import from_values, to_values
from peerqa.text.document import Document, Paragraph, Section, Sentence
from peerqa.text.person_names import Author

Row = Mapping[str, Any] | sqlite3.Row

_QUOTED = {
    "documents": (
        "path sha256 title author date metadata text markup links pages warnings works passages citations"
    ).split(),
    "passages": (
        "document number name section heading paragraph begins ends text sentences opens_section page cited "
        "embedded embedded_sentences"
    ).split(),
    "entries": (
        "document number key begins ends line text authors year title container doi url volume issue pages"
    ).split(),
    "citations": "document number begins ends mention status entries rest".split(),
    "sections": "document number heading level path begins ends paragraphs".split(),
    "paragraphs": "document number section kind begins ends sentences".split(),
}
"""The columns of each table that its digests are of."""


def with_digest(table: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row, and the digest of those that answers quote."""
    return {**values, "digest": _digest(table, values)}


def checked(table: str, row: sqlite3.Row, path: str) -> sqlite3.Row:
    """The row. path: of its document. Raises IndexDamaged if it is not what was written."""
    if row["digest"] != _digest(table, row):
        raise changed(path)
    return row


def kept_notices(values: Any) -> Any:
    """The notice, or the several, that a library keeps as these JSON values. Raises KeyError, ValueError."""
    return from_values(values, (Problem, Discrepancy, Preference))


def changed(path: str) -> IndexDamaged:
    """The error for rows of a document that are not what was written."""
    return IndexDamaged(Problem.ROWS_CHANGED, document=path)


def _digest(table: str, row: Row) -> str:
    return digest_of(*(row[name] for name in _QUOTED[table]))


def as_json(value: object) -> str:
    """A value as compact JSON."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


# ---- to rows --------------------------------------------------------------------------------------------------------


def document_values(review: Review) -> dict[str, Any]:
    """The columns of a document that answers quote, and how many rows there are of it."""
    document = review.document
    return {
        "path": document.name,
        "sha256": document.sha256,
        "title": document.title,
        "author": document.author,
        "date": document.date,
        "metadata": as_json(dict(document.metadata)),
        "text": document.text,
        "markup": as_json(document.markup),
        "links": as_json(document.links),
        "pages": as_json(document.pages),
        "warnings": as_json([to_values(one) for one in document.warnings]),
        "works": len(review.references),
        "passages": len(review.passages),
        "citations": len(review.citations),
    }


def section_values(document: int, number: int, section: Section) -> dict[str, Any]:
    """The columns of a section."""
    return {
        "document": document,
        "number": number,
        "heading": section.heading,
        "level": section.level,
        "path": as_json(section.path),
        "begins": section.start,
        "ends": section.end,
        "paragraphs": len(section.paragraphs),
    }


def paragraph_values(document: int, section: int, paragraph: Paragraph) -> dict[str, Any]:
    """The columns of a paragraph. section: the number of the one that it stands in."""
    return {
        "document": document,
        "number": paragraph.number,
        "section": section,
        "kind": paragraph.kind,
        "begins": paragraph.start,
        "ends": paragraph.end,
        "sentences": as_json([(one.start, one.end) for one in paragraph.sentences]),
    }


def entry_values(document: int, number: int, entry: Reference) -> dict[str, Any]:
    """The columns of an entry of the reference list."""
    authors = [(one.family, one.given, one.organisation, one.aliases) for one in entry.authors]
    return {
        "document": document,
        "number": number,
        "key": entry.key,
        "begins": entry.start,
        "ends": entry.end,
        "line": entry.line,
        "text": entry.text,
        "authors": as_json(authors),
        **{name: getattr(entry, name) for name in "year title container doi url volume issue pages".split()},
    }


def citation_values(document: int, number: int, citation: Citation) -> dict[str, Any]:
    """The columns of a citation."""
    rest = {
        "line": citation.line,
        "sentence": citation.sentence,
        "kind": citation.kind,
        "year": citation.year,
        "discrepancies": [to_values(one) for one in citation.discrepancies],
        "year_span": citation.year_span,
    }
    return {
        "document": document,
        "number": number,
        "begins": citation.start,
        "ends": citation.end,
        "mention": citation.mention,
        "status": citation.status,
        "entries": as_json(citation.references),
        "rest": as_json(rest),
    }


def passage_values(document: int, number: int, section: int, passage: Passage, text: EmbeddedText) -> dict[str, Any]:
    """The columns of a passage. section: the number of the one that it stands in."""
    return {
        "document": document,
        "number": number,
        "name": passage.id,
        "section": section,
        "heading": passage.heading,
        "paragraph": passage.paragraph,
        "begins": passage.start,
        "ends": passage.end,
        "text": passage.text,
        "sentences": as_json(passage.sentences),
        "opens_section": int(passage.opens_section),
        "page": passage.page,
        "cited": len(passage.citations),
        "embedded": text.text,
        "embedded_sentences": as_json(text.sentences),
    }


# ---- and back -------------------------------------------------------------------------------------------------------


def read_document(row: sqlite3.Row, sections: tuple[Section, ...] = (), entries: Iterable[Reference] = ()) -> Document:
    """A document from its row. Without sections it has its text, but no structure. Raises IndexDamaged."""
    checked("documents", row, row["path"])
    metadata = json.loads(row["metadata"])
    return Document(
        name=row["path"],
        text=row["text"],
        title=row["title"],
        sections=sections,
        reference_entries=tuple((one.start, one.end) for one in entries),
        author=row["author"],
        date=row["date"],
        metadata={key: tuple(value) if isinstance(value, list) else value for key, value in metadata.items()},
        markup=spans(row["markup"]),
        sha256=row["sha256"],
        warnings=kept_notices(json.loads(row["warnings"])),
        links=cast("tuple[tuple[int, int, int], ...]", spans(row["links"])),
        pages=tuple(json.loads(row["pages"])),
    )


def read_review(connection: sqlite3.Connection, row: sqlite3.Row) -> Review:
    """The review of a row of documents, whole. Raises IndexDamaged."""
    number, path = row["id"], row["path"]
    entries = tuple(
        entry_of(one, path)
        for one in connection.execute("SELECT * FROM entries WHERE document = ? ORDER BY number", (number,))
    )
    document = read_document(row, _sections(connection, number, path), entries)
    citations = tuple(citations_in(connection, number, path))
    passages = tuple(
        passage_of(one, path, document.sections[one["section"]].heading, citations)
        for one in connection.execute("SELECT * FROM passages WHERE document = ? ORDER BY number", (number,))
    )
    if [len(entries), len(citations), len(passages)] != [row[name] for name in ("works", "citations", "passages")]:
        raise changed(path)
    return Review(document, entries, citations, passages)


def _sections(connection: sqlite3.Connection, number: int, path: str) -> tuple[Section, ...]:
    paragraphs: dict[int, list[Paragraph]] = {}
    for row in connection.execute("SELECT * FROM paragraphs WHERE document = ? ORDER BY number", (number,)):
        checked("paragraphs", row, path)
        sentences = tuple(Sentence(start, end) for start, end in json.loads(row["sentences"]))
        paragraph = Paragraph(row["number"], row["begins"], row["ends"], sentences, row["kind"])
        paragraphs.setdefault(row["section"], []).append(paragraph)
    sections = []
    for row in connection.execute("SELECT * FROM sections WHERE document = ? ORDER BY number", (number,)):
        checked("sections", row, path)
        own = tuple(paragraphs.get(row["number"], ()))
        if len(own) != row["paragraphs"]:
            raise changed(path)
        above = tuple(json.loads(row["path"]))
        sections.append(Section(row["heading"], row["level"], row["begins"], row["ends"], own, above))
    return tuple(sections)


def heading_of(connection: sqlite3.Connection, number: int, section: int, path: str) -> str:
    """The heading of a section of a document. Raises IndexDamaged."""
    row = connection.execute("SELECT * FROM sections WHERE document = ? AND number = ?", (number, section)).fetchone()
    if row is None:
        raise changed(path)
    return str(checked("sections", row, path)["heading"])


def entry_of(row: sqlite3.Row, path: str) -> Reference:
    """An entry from its row. Raises IndexDamaged."""
    checked("entries", row, path)
    authors = tuple(
        Author(family, given, organisation, tuple(aliases))
        for family, given, organisation, aliases in json.loads(row["authors"])
    )
    names = "key year title container doi url text volume issue pages line".split()
    return Reference(authors=authors, start=row["begins"], end=row["ends"], **{name: row[name] for name in names})


def citations_in(
    connection: sqlite3.Connection, number: int, path: str, start: int = 0, end: int = 2**62
) -> Iterator[Citation]:
    """The citations of a document that begin between two places of its text, in its order. Raises IndexDamaged."""
    rows = connection.execute(
        "SELECT * FROM citations WHERE document = ? AND begins >= ? AND begins < ? ORDER BY number",
        (number, start, end),
    )
    for row in rows:
        checked("citations", row, path)
        rest = json.loads(row["rest"])
        left, right = rest["sentence"]
        span = rest["year_span"]
        yield Citation(
            mention=row["mention"],
            start=row["begins"],
            end=row["ends"],
            line=rest["line"],
            sentence=(left, right),
            kind=rest["kind"],
            year=rest["year"],
            status=row["status"],
            discrepancies=kept_notices(rest["discrepancies"]),
            references=tuple(json.loads(row["entries"])),
            year_span=(span[0], span[1]) if span else None,
        )


def passage_of(row: sqlite3.Row, path: str, section: str, citations: Iterable[Citation]) -> Passage:
    """A passage from its row, with those of the document's citations that lie inside. Raises IndexDamaged."""
    checked("passages", row, path)
    start, end = row["begins"], row["ends"]
    inside = tuple(one for one in citations if start <= one.start and one.end <= end)
    if len(inside) != row["cited"] or not row["name"].startswith(f"{path}:"):
        raise changed(path)
    return Passage(
        id=row["name"],
        document=path,
        section=section,
        heading=row["heading"],
        paragraph=row["paragraph"],
        start=start,
        end=end,
        text=row["text"],
        sentences=spans(row["sentences"]),
        citations=inside,
        opens_section=bool(row["opens_section"]),
        page=row["page"],
    )


def embedded_of(row: sqlite3.Row) -> EmbeddedText:
    """What is embedded of a passage, from its row."""
    return EmbeddedText(row["embedded"], spans(row["embedded_sentences"]))


def spans(text: str) -> tuple[Any, ...]:
    """Tuples from a JSON list of lists."""
    return tuple(tuple(span) for span in json.loads(text))
