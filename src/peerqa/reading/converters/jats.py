"""JATS XML, the format of journals and PubMed Central -> text in blocks, with the links from citations to entries.

The file is parsed with defusedxml, which refuses entities; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from peerqa.errors import Problem
from peerqa.notices import Notice
from peerqa.reading.converters.converted import Converted, UnreadableFile

_BLOCKS = {"p", "sec", "list", "disp-quote", "table-wrap", "fig", "boxed-text", "fn-group", "fn", "table-wrap-foot"}
_SKIPPED = {"graphic", "media", "object-id", "alternatives", "inline-graphic", "tex-math", "annotation"}


def read_jats(path: str) -> Converted:
    """The article in a JATS file. Raises UnreadableFile if it is not readable as JATS."""
    try:
        root = parse(path).getroot()
    except DefusedXmlException:
        raise UnreadableFile(Problem.XML_ENTITIES) from None
    except ParseError as error:
        raise UnreadableFile(Problem.NOT_JATS, reason=" ".join(str(error).split())) from None
    article = root if root is None or root.tag == "article" else root.find(".//article")
    if article is None or article.find("body") is None:
        raise UnreadableFile(Problem.NO_ARTICLE)
    return _Writer().write(article)


class _Writer:
    """Writes the words of an article block by block, and keeps the places of its links."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[tuple[str, int, int, int, list[tuple[int, int]]]] = []
        self._links: list[tuple[int, int, str]] = []
        self._skipped = 0

    def write(self, article: Element) -> Converted:
        for part in ("front/article-meta/abstract", "body", "back/app-group", "back/fn-group"):
            for element in article.findall(part):
                if part.endswith("abstract"):
                    self._block("heading", ["Abstract"], 1)
                self._children(element, 1)
        entries = self._references(article)
        warnings = [Notice(Problem.FORMULAS_LEFT_OUT, number=self._skipped)] if self._skipped else []
        links = [(start, end, entries[key]) for start, end, key in self._links if key in entries]
        if len(links) < len(self._links):
            warnings.append(Notice(Problem.LINKS_WITHOUT_ENTRY, number=len(self._links) - len(links)))
        return Converted(
            "blocks", "".join(self._parts), metadata=_metadata(article), blocks=self._blocks, links=links,
            warnings=warnings,
        )  # fmt: skip

    def _block(self, kind: str, pieces: list[Any], level: int = 0) -> int:
        """Write one block; return its start. pieces: words, or (words, identifiers of entries) for a link."""
        begin = start = self._length
        text, links = "", []
        for piece in pieces:
            words, targets = (piece, "") if isinstance(piece, str) else piece
            words = re.sub(r"\s+", " ", words)
            words = words.lstrip() if not text or text.endswith(" ") else words
            links += [(start + len(text), start + len(text + words.rstrip()), key) for key in targets.split()]
            text += words
        text = text.rstrip()
        if not any(character.isalnum() for character in text):
            return begin
        self._links += [(left, min(right, start + len(text)), key) for left, right, key in links if left < right]
        self._blocks.append((kind, start, start + len(text), level, []))
        self._parts.append(text + "\n\n")
        self._length += len(text) + 2
        return begin

    def _children(self, element: Element, level: int, kind: str = "text") -> None:
        for child in element:
            if child.tag == "title":
                self._block("heading", list(_inline(child)), min(level, 6))
            elif child.tag == "sec":
                self._children(child, level + (element.tag == "sec"))
            elif child.tag == "p":
                self._paragraph(child, level, kind)
            elif child.tag == "list":
                self._list(child, level)
            elif child.tag == "table-wrap":
                self._figure(child)
                self._table(child)
            elif child.tag == "fig":
                self._figure(child)
                self._skipped += child.find("graphic") is not None
            elif child.tag == "disp-quote":
                self._children(child, level, "quote")
            elif child.tag in ("boxed-text", "fn-group", "fn", "app", "table-wrap-foot", "fig-group"):
                self._children(child, level, kind)
            elif child.tag == "disp-formula":
                self._skipped += 1

    def _paragraph(self, element: Element, level: int, kind: str) -> None:
        """A paragraph; lists, tables and quotations inside it are blocks of their own."""
        pieces: list[Any] = [element.text or ""]
        for child in element:
            if child.tag in _BLOCKS:
                self._block(kind, pieces)
                pieces = []
                holder = Element("holder")
                holder.append(child)
                self._children(holder, level, kind)
            else:
                pieces += _whole(child)
            pieces.append(child.tail or "")
        self._block(kind, pieces)

    def _list(self, element: Element, level: int) -> None:
        first = len(self._blocks)
        for item in element.findall("list-item"):
            self._children(item, level)
        items = self._blocks[first:]
        if len(items) > 1 and all(block[0] == "text" for block in items):
            self._blocks[first:] = [("list", items[0][1], items[-1][2], 0, [(block[1], block[2]) for block in items])]

    def _figure(self, element: Element) -> None:
        pieces = [piece for part in element.findall("label") for piece in (*_inline(part), ". ")]
        for caption in element.findall("caption"):
            for part in caption:
                pieces += [*_inline(part), " "]
        self._block("caption", pieces)

    def _table(self, element: Element) -> None:
        rows = [
            " | ".join("".join(cell.itertext()).strip() for cell in row if cell.tag in ("td", "th"))
            for row in element.iter("tr")
        ]
        self._block("table", [" ; ".join(row for row in rows if row.strip(" |"))])
        for foot in element.findall("table-wrap-foot"):
            self._children(foot, 1)

    def _references(self, article: Element) -> dict[str, int]:
        """Write the reference list; return the start of each entry by its identifier."""
        places: dict[str, int] = {}
        entries = [entry for entry in article.iter("ref") if _entry_text(entry)]
        if entries:
            self._block("heading", ["References"], 1)
        for entry in entries:
            start = self._block("text", [_entry_text(entry)])
            for part in (entry, *entry):
                places.setdefault(part.get("id") or "", start)
        return places


def _inline(element: Element) -> Iterator[Any]:
    """The words inside an element, as pieces of `_Writer._block`."""
    yield element.text or ""
    for child in element:
        yield from _whole(child)
        yield child.tail or ""


def _whole(child: Element) -> Iterator[Any]:
    if child.tag in _SKIPPED:
        return
    if child.tag == "break":
        yield " "
    elif child.tag == "xref" and child.get("ref-type") == "bibr" and child.get("rid"):
        yield "".join(child.itertext()), child.get("rid") or ""
    elif child.tag == "sup" and child.find(".//xref[@ref-type='bibr']") is not None:
        # A raised citation number must not run into the word before it.
        yield from (
            piece.translate(_RAISED) if isinstance(piece, str) else (piece[0].translate(_RAISED), piece[1])
            for piece in _inline(child)
        )
    else:
        yield from _inline(child)


_RAISED = str.maketrans("0123456789-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


def _metadata(article: Element) -> dict[str, str]:
    meta = article.find("front/article-meta")
    if meta is None:
        return {}
    found: dict[str, str] = {}
    title = meta.find("title-group/article-title")
    if title is not None:
        found["title"] = _text(title)
    names = [_name(name) for name in meta.findall("contrib-group/contrib/name")]
    others = [_text(part) for tag in ("string-name", "collab") for part in meta.findall(f"contrib-group/contrib/{tag}")]
    found["author"] = ", ".join([*(f"{given} {family}".strip() for family, given in names), *others])
    dates = [date for date in meta.findall("pub-date") if date.find("year") is not None]
    if dates:
        parts = [dates[0].findtext(part) or "" for part in ("year", "month", "day")]
        numbers = [part.zfill(2) for part in parts if part.isdigit()]
        found["date"] = "-".join(numbers)
    found["doi"] = next((_text(item) for item in meta.findall("article-id") if item.get("pub-id-type") == "doi"), "")
    return {key: value for key, value in found.items() if value}


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(name: Element) -> tuple[str, str]:
    return (name.findtext("surname") or "").strip(), (name.findtext("given-names") or "").strip()


def _entry_text(entry: Element) -> str:
    """An entry as the journal prints it; made from its fields, in the form of APA, if the file has only these."""
    mixed = entry.find(".//mixed-citation")
    citation = mixed if mixed is not None else entry.find(".//element-citation")
    if citation is None:
        return _text(entry)
    name = citation.find(".//name/surname")
    if mixed is not None and (name is None or (name.tail or "").strip(" ,") != (name.tail or "")):
        return _text(mixed)
    return _from_fields(citation)


def _from_fields(citation: Element) -> str:
    def field(tag: str) -> str:
        found = citation.find(tag)
        return _text(found) if found is not None else ""

    group = citation.find("person-group[@person-group-type='author']")
    people = [_name(name) for name in (group if group is not None else citation).iter("name")]
    names = [f"{family}, {_initials(given)}".rstrip(", ") for family, given in people]
    names += [_text(collab) for collab in citation.iter("collab")]
    authors = ", ".join(names[:-1]) + (", & " if len(names) > 1 else "") + (names[-1] if names else "")
    title, source = field("article-title") or field("chapter-title"), field("source")
    head = f"{authors} ({field('year') or 'n.d.'}). " if authors else ""
    tail = "" if authors else f" ({field('year') or 'n.d.'})."
    where = source + (f", {field('volume')}" if field("volume") else "")
    where += f"({field('issue')})" if field("issue") else ""
    where += f", {field('fpage')}–{field('lpage')}" if field("fpage") and field("lpage") else ""
    doi = next((_text(item) for item in citation.iter("pub-id") if item.get("pub-id-type") == "doi"), "")
    link = f" https://doi.org/{doi}" if doi else ""
    words = ". ".join(part for part in (title, where) if part)
    return f"{head}{words}.{tail}{link}" if head or words else _text(citation)


def _initials(given: str) -> str:
    if re.fullmatch(r"[^\W\d_a-zß-ÿ]{1,4}", given):
        return " ".join(f"{letter}." for letter in given)
    return " ".join(f"{part[0]}." for part in re.findall(r"[^\W\d_]+", given))
