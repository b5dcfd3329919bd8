"""Links from the text of a Markdown source to its reference list: anchors ("[3](#ref3)") and pandoc's citation keys
("[@smith2010]")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from peerqa.text.document import Document, Span

_KEY = r"\w(?:[\w:.#$%&\-+?<>~/]*\w)?"
_CITED = re.compile(rf"(?<![\w@./])-?@(?:\{{(?P<braced>[^{{}}\s]+)\}}|(?P<key>{_KEY}))")
_ANCHORED = re.compile(r"(?<!!)\[(?P<words>(?:\\.|[^\[\]\n\\])+)\]\(#(?P<key>[^()\s]+)\)")
_NAME = re.compile(
    rf"\A\W*\[?@\{{?(?P<at>{_KEY})\}}?\]?[:.]?(?=\W|\Z)"  # [@smith2010] Smith, J. ...
    rf"|\A\W*(?:\[(?P<bracket>(?!\d){_KEY})\]|`(?P<code>{_KEY})`)[:.]?\s"  # [smith2010] Smith, J. ...
    rf"|\{{#(?P<attribute>{_KEY})[^{{}}]*\}}"  # [Smith, J. ...]{{#smith2010}}
    rf"|<(?:a|span|li|p|div)\b[^<>]*\b(?:id|name)=[\"']?(?P<tag>{_KEY})"
)


def with_own_links(document: Document) -> Document:
    """The document with the links that its source has from the text to entries of the reference list."""
    text = document.text
    if not document.reference_entries or ("@" not in text and "](#" not in text):
        return document
    entries: dict[str, int] = {}
    bare: list[Span] = []
    above = max((section.end for section in document.sections), default=0)
    for start, end in document.reference_entries:
        before = text[max(above, start - 200) : start] if above <= start else ""
        names = [*_NAME.finditer(text[start:end]), *_NAME.finditer(before)]
        first = names[0] if names else None
        if first is not None and (first["at"] or first["bracket"] or first["code"]):
            # The key in front of an entry is none of its words.
            start += first.end()
            start += len(text[start:end]) - len(text[start:end].lstrip(" \t\n]:."))
        entries.update((form, start) for name in names for form in _forms(name) if form not in entries)
        bare.append((start, end))
        above = end
    links = [
        link for paragraph in document.paragraphs for link in _links(text, paragraph.start, paragraph.end, entries)
    ]
    if not links:
        return document
    return replace(document, links=(*document.links, *links), reference_entries=tuple(bare))


def _forms(name: re.Match[str]) -> tuple[str, str]:
    """The forms in which the text may cite a key: citeproc names the entry of "smith2010" "ref-smith2010"."""
    key = next(group for group in name.groups() if group)
    return key, key.removeprefix("ref-")


def _links(text: str, start: int, end: int, entries: dict[str, int]) -> Iterator[tuple[int, int, int]]:
    for match in _CITED.finditer(text, start, end):
        key = match["braced"] or match["key"]
        while key and key not in entries and not key[-1].isalnum():
            key = key[:-1]
        if key in entries:
            yield match.start(), match.end(), entries[key]
    for match in _ANCHORED.finditer(text, start, end):
        if match["key"] in entries:
            yield match.start("words"), match.end("words"), entries[match["key"]]
