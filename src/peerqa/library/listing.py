"""What lists say of reviews: a summary of each, what narrows a list, and how it is sorted and searched."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import PurePosixPath

from peerqa.text.document import Document
from peerqa.text.words import fold

FORMATS = {
    ".md": "Markdown", ".markdown": "Markdown", ".txt": "Text", ".text": "Text", ".html": "HTML", ".htm": "HTML",
    ".wiki": "MediaWiki", ".mediawiki": "MediaWiki", ".docx": "Word", ".odt": "OpenDocument", ".epub": "EPUB",
    ".xhtml": "HTML", ".tex": "LaTeX", ".latex": "LaTeX", ".xml": "JATS", ".nxml": "JATS", ".jats": "JATS",
    ".pdf": "PDF",
}  # fmt: skip
"""What a reader calls the format of a file, by the end of its name."""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What lists say of a review.

    works: entries of its reference list. words: of its paragraphs. corrected: citations that differ from their entry.
    year: of its date, or "". lang: the language that it names for itself.
    """

    name: str
    title: str
    author: str | None
    date: str | None
    works: int
    passages: int
    words: int = 0
    citations: int = 0
    corrected: int = 0
    year: str = ""
    tags: tuple[str, ...] = ()
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the listed reviews must have; "" asks for nothing.

    text: words, each of which begins a word of the title, the author, the file name, a tag or a heading.
    """

    text: str = ""
    tag: str = ""
    format: str = ""
    year: str = ""


EVERYTHING = Filters()
_FACTS = "title author date works passages words citations corrected year".split()
SUMMARIES = (
    f"SELECT path, {', '.join(_FACTS)}, "
    "json_extract(metadata, '$.lang') AS lang, (SELECT json_group_array(tag) FROM (SELECT tag FROM tags "
    "WHERE document = documents.id ORDER BY number)) AS tags FROM documents"
)
"""Selects what `summary_of` reads."""


def summary_of(row: sqlite3.Row) -> DocumentSummary:
    """A summary from a row of SUMMARIES."""
    values = {name: row[name] for name in _FACTS}
    lang = row["lang"] if isinstance(row["lang"], str) else None
    return DocumentSummary(name=row["path"], tags=tuple(json.loads(row["tags"])), lang=lang, **values)


def where(filters: Filters) -> tuple[str, list[str]]:
    """A WHERE clause for the documents that fit, and its values."""
    conditions: list[str] = []
    values: list[str] = []
    for word in words_to_match(filters.text):
        conditions.append("instr(searched, ?)")
        values.append(f" {word}")
    if filters.tag:
        conditions.append("id IN (SELECT document FROM tags WHERE tag = ?)")
        values.append(filters.tag)
    if filters.format:
        endings = endings_of(filters.format)
        conditions.append("(" + " OR ".join(["lower(path) LIKE '%' || ?"] * len(endings)) + ")")
        values += endings
    if filters.year:
        conditions.append("year = ?")
        values.append(filters.year)
    return ("WHERE " + " AND ".join(conditions) if conditions else ""), values


def tags_of(document: Document) -> tuple[str, ...]:
    """The tags, or keywords, that a review gives itself."""
    given = document.metadata.get("tags") or document.metadata.get("keywords") or ()
    listed = re.split(r"[,;]", given) if isinstance(given, str) else given
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in listed))))


def format_of(name: str) -> str:
    """The format of the file of that name."""
    suffix = PurePosixPath(name).suffix.lower()
    return FORMATS.get(suffix, suffix.removeprefix(".").upper())


def endings_of(format: str) -> tuple[str, ...]:
    """The ends of the names of files of a format."""
    return tuple(ending for ending, name in FORMATS.items() if name == format) or (f".{format.lower()}",)


def searched_words(document: Document) -> str:
    """The words by which a review is found in a list, each with a space before it."""
    headings = (section.heading for section in document.sections)
    text = " ".join([document.title, document.author or "", document.name, *tags_of(document), *headings])
    return "".join(f" {word}" for word in dict.fromkeys(words_to_match(text)))


def words_to_match(text: str) -> list[str]:
    """The words of a text as lists are searched by them."""
    return re.findall(r"[^\W_]+", fold(text))
