"""JATS XML -> the JSON that the benchmarks of citations read: paragraphs with their citation links, and the list.

Written for the twenty articles of `jats`. The entries of the list are written in APA style from the fields of the
XML, since most publishers give fields and no text. Tables, figures and formulas on a line of their own are left out.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Element = ElementTree.Element
_LEFT_OUT = {
    "table-wrap",
    "fig",
    "disp-formula",
    "supplementary-material",
    "graphic",
    "media",
    "fn",
    "tex-math",
    "inline-formula",
}


def article_of(path: Path) -> dict[str, Any]:
    """The article of a JATS file."""
    root = ElementTree.parse(path).getroot()
    entries = [reference for ref in root.iter("ref") if (reference := reference_of(ref))]
    known = {entry["id"] for entry in entries}
    body = root.find("body")
    sections = list(sections_of(body, known)) if body is not None else []
    return {
        "id": path.stem,
        "doi": _text(root.find(".//article-meta/article-id[@pub-id-type='doi']")),
        "title": _text(root.find(".//article-meta//article-title")),
        "sections": sections,
        "references": entries,
    }


def sections_of(element: Element, known: set[str], title: str = "") -> Iterator[dict[str, Any]]:
    """The sections of a body in order, each with the paragraphs that stand directly in it."""
    paragraphs = [
        paragraph for part in _paragraph_elements(element) if (paragraph := paragraph_of(part, known))["text"]
    ]
    if paragraphs:
        yield {"title": title, "paragraphs": paragraphs}
    for child in element.findall("sec"):
        yield from sections_of(child, known, _text(child.find("title")))


def _paragraph_elements(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == "p":
            yield child
        elif child.tag in ("list", "list-item", "disp-quote", "boxed-text"):
            yield from _paragraph_elements(child)


def paragraph_of(element: Element, known: set[str]) -> dict[str, Any]:
    """{"text", "cites": [{"start", "end", "text", "refs"}]} of a paragraph."""
    words = _Words(known)
    words.read(element)
    text = words.text.rstrip()
    return {"text": text, "cites": [cite for cite in words.cites if cite["end"] <= len(text) and cite["text"]]}


class _Words:
    """Text with single spaces, and the places of the citation links in it."""

    def __init__(self, known: set[str]) -> None:
        self.text = ""
        self.cites: list[dict[str, Any]] = []
        self._known = known

    def add(self, text: str | None) -> None:
        for piece in re.split(r"(\s+)", text or ""):
            if not piece.isspace():
                self.text += piece
            elif self.text and not self.text.endswith(" "):
                self.text += " "

    def read(self, element: Element) -> None:
        start = len(self.text)
        self.add(element.text)
        for child in element:
            if child.tag not in _LEFT_OUT:
                self.read(child)
            self.add(child.tail)
        if element.tag == "xref" and element.get("ref-type") == "bibr":
            refs = [key for key in (element.get("rid") or "").split() if key in self._known]
            whole = self.text[start:]
            start += len(whole) - len(whole.lstrip())
            end = start + len(whole.strip())
            if refs:
                self.cites.append({"start": start, "end": end, "text": self.text[start:end], "refs": refs})


def reference_of(ref: Element) -> dict[str, Any] | None:
    """{"text", "authors", "year", "id"} of an entry; None without one."""
    citations = [*ref.iter("element-citation"), *ref.iter("mixed-citation")]
    if not citations:
        return None
    citation = citations[0]
    names = list(_names(citation))
    year = _text(citation.find("year")).strip("()")
    return {
        "text": _entry(citation, [name for name, _ in names], year) if names or year else _text(citation),
        "authors": [family for _, family in names],
        "year": year,
        "id": ref.get("id") or "",
    }


def _names(citation: Element) -> Iterator[tuple[str, str]]:
    """(name as APA writes it, surname) of each author."""
    group = citation.find("person-group")
    for child in [
        *(group if group is not None else citation),
        *(citation.findall("collab") if group is not None else ()),
    ]:
        if child.tag in ("name", "string-name"):
            family, given = _text(child.find("surname")), _text(child.find("given-names"))
            letters = given if re.fullmatch(r"[A-Z]{1,4}", given) else re.findall(r"\b[^\W\d_]", given)
            initials = " ".join(f"{letter}." for letter in letters)
            yield (f"{family}, {initials}" if initials else family), family
        elif child.tag == "collab":
            yield _text(child), _text(child)


def _entry(citation: Element, names: list[str], year: str) -> str:
    authors = ", ".join(names[:-1]) + f", & {names[-1]}" if len(names) > 1 else "".join(names)
    if citation.find(".//etal") is not None:
        authors += ", et al."
    parts = [f"{authors} ({year or 'n.d.'})."] if authors else [f"({year or 'n.d.'})."]
    source = _text(citation.find("source"))
    title = _text(citation.find("article-title")) or _text(citation.find("chapter-title"))
    if title:
        parts.append(title.rstrip(".") + ".")
    volume, issue = _text(citation.find("volume")), _text(citation.find("issue"))
    first, last = _text(citation.find("fpage")), _text(citation.find("lpage"))
    pages = f"{first}–{last}" if first and last else first or _text(citation.find("elocation-id"))
    details = [source.rstrip("."), volume + (f"({issue})" if issue else ""), pages]
    if any(details):
        parts.append(", ".join(detail for detail in details if detail) + ".")
    if publisher := _text(citation.find("publisher-name")):
        parts.append(publisher + ".")
    doi = _text(citation.find("pub-id[@pub-id-type='doi']"))
    if doi:
        parts.append(f"https://doi.org/{doi}")
    return " ".join(parts)


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
