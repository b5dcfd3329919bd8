"""Keeps the links of a source (anchors, \\cite keys, notes of a wiki) through its conversion to Markdown.

Markdown has no anchors. So each link and each target is marked with characters that no text holds (Unicode
noncharacters), and the marks are removed from the Markdown once their places in it are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

OPEN, STOP, CLOSE, ANCHOR = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_MARK = re.compile(f"{OPEN}(\\d+){STOP}|({CLOSE})|{ANCHOR}(\\d+){STOP}|[{OPEN}{STOP}{CLOSE}{ANCHOR}]")

Inlines = list[dict[str, Any]]
_BACKWARD = re.compile(r"#(?:cite_?ref|fnref|backlink|_ednref|_ftnref)", re.IGNORECASE)
_RAISED = str.maketrans("0123456789-–—", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_NUMBERS = re.compile(r"[\d,;\s–—-]+")


class Linking:
    """Marks the links and targets of one source; the marks hold the number of the target."""

    def __init__(self, labels: dict[str, str] | None = None) -> None:
        self._numbers: dict[str, int] = {}
        self._labels = labels or {}
        self._leading: set[str] = set()
        self._anchored: set[str] = set()

    def opening(self, target: str) -> str:
        return f"{OPEN}{self._numbers.setdefault(target, len(self._numbers))}{STOP}"

    @property
    def lost(self) -> list[str]:
        """Keys that the source cites but has no entry for, in order."""
        return [key for key in self._numbers if key in self._leading and key not in self._anchored]

    def anchor(self, target: str) -> str:
        self._anchored.add(target)
        return f"{ANCHOR}{self._numbers.setdefault(target, len(self._numbers))}{STOP}"

    # -- pandoc's syntax tree --

    def mark(self, node: Any) -> Any:
        """The tree with its links marked. A link inside the document is replaced by its words."""
        if isinstance(node, list):
            return [item for child in node for item in self._marked(child)]
        if isinstance(node, dict):
            return {key: self.mark(value) for key, value in node.items()}
        return node

    def _marked(self, node: Any) -> Iterator[Any]:
        kind = node.get("t") if isinstance(node, dict) else None
        if kind == "Link" and str(node["c"][2][0]).startswith("#"):
            if not _BACKWARD.match(node["c"][2][0]):
                target = node["c"][2][0][1:]
                if target.startswith("ref-"):  # as citeproc names its entries
                    self._leading.add(target)
                yield _string(self.opening(target))
                yield from self.mark(node["c"][1])
                yield _string(CLOSE)
        elif kind == "Cite" and _is_raw(node["c"][1]):
            yield from self._citation(node["c"][0])
        elif kind == "Superscript":
            yield from self._superscript(node)
        elif kind in ("Span", "Link", "Code") and node["c"][0][0]:
            yield _string(self.anchor(node["c"][0][0]))
            yield self.mark(node)
        elif kind == "Div" and node["c"][0][0]:
            marked = self.mark(node)
            _put_first(marked["c"][1], _string(self.anchor(node["c"][0][0])))
            yield marked
        else:
            yield self.mark(node)

    def _superscript(self, node: dict[str, Any]) -> Iterator[Any]:
        """A superscript: numbers become superscript characters, numbers in brackets ("[3]") plain text."""
        inner = node["c"]
        words = _words(inner)
        if re.fullmatch(r"(?:\s*\[[^\[\]]{1,12}\][\s,]*)+", words):
            yield from self.mark(inner)
        elif _NUMBERS.fullmatch(words):
            yield from self.mark(_raised(inner))
        else:
            yield self.mark(node)

    def _citation(self, citations: list[dict[str, Any]]) -> Iterator[Any]:
        """What \\cite prints: the number of the entry ("[3]") or its label ("(Jones, 2012)")."""
        keys = [citation["citationId"] for citation in citations]
        self._leading.update(keys)
        labels = [self._labels.get(key, key) for key in keys]
        named = all(re.fullmatch(r".*\(.+\)", label) for label in labels)
        narrative = named and citations[0]["citationMode"]["t"] == "AuthorInText"
        if not narrative:
            yield _string("(" if named else "[")
        for index, (citation, label) in enumerate(zip(citations, labels, strict=True)):
            shown = label if narrative or not named else re.sub(r"\s*\((.+)\)$", r", \1", label)
            yield from ([_string("; " if named else ", ")] if index else [])
            yield from ([*self.mark(citation["citationPrefix"]), {"t": "Space"}] if citation["citationPrefix"] else [])
            suffix = citation["citationSuffix"]
            yield _string(f"{self.opening(citation['citationId'])}{shown}{CLOSE}{', ' if suffix else ''}")
            yield from self.mark(suffix)
        if not narrative:
            yield _string(")" if named else "]")


def without_marks(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """(the text without marks, (start, end, offset of the target) of each link whose target is in the text)."""
    pieces: list[str] = []
    length = position = 0
    opened: list[tuple[int, str]] = []
    links: list[tuple[int, int, str]] = []
    targets: dict[str, int] = {}
    for mark in _MARK.finditer(text):
        pieces.append(text[position : mark.start()])
        length += mark.start() - position
        position = mark.end()
        if mark[1]:
            opened.append((length, mark[1]))
        elif mark[2] and opened:
            start, target = opened.pop()
            links.append((start, length, target))
        elif mark[3]:
            targets.setdefault(mark[3], length)
    pieces.append(text[position:])
    return "".join(pieces), [
        (start, end, targets[target]) for start, end, target in links if target in targets and start < end
    ]


def _string(text: str) -> dict[str, Any]:
    return {"t": "Str", "c": text}


def _is_raw(inlines: Inlines) -> bool:
    return all(inline["t"] in ("RawInline", "Str", "Space") for inline in inlines) and any(
        inline["t"] == "RawInline" for inline in inlines
    )


def _words(inlines: Inlines) -> str:
    return "".join(
        inline["c"]
        if inline["t"] == "Str"
        else " "
        if inline["t"] in ("Space", "SoftBreak")
        else _words(inline["c"][1])
        if inline["t"] in ("Link", "Span")
        else _words(inline["c"])
        if inline["t"] in ("Emph", "Strong", "Underline")
        else "\0"
        for inline in inlines
    )


def _raised(node: Any) -> Any:
    if isinstance(node, dict) and node.get("t") == "Str":
        return _string(node["c"].translate(_RAISED))
    if isinstance(node, dict) and node.get("t") == "Link":
        attributes, inlines, target = node["c"]
        return {"t": "Link", "c": [attributes, _raised(inlines), target]}
    if isinstance(node, dict) and node.get("t") in ("Space", "SoftBreak"):
        return _string("")
    if isinstance(node, dict) and "c" in node:
        return {**node, "c": _raised(node["c"])}
    return [_raised(child) for child in node] if isinstance(node, list) else node


def _put_first(blocks: list[dict[str, Any]], mark: dict[str, Any]) -> None:
    """Put a mark in front of the first words of some blocks."""
    first = blocks[0] if blocks else None
    if first is not None and first["t"] in ("Para", "Plain"):
        first["c"].insert(0, mark)
    elif first is not None and first["t"] == "Div":
        _put_first(first["c"][1], mark)
    elif first is not None and first["t"] == "BulletList":
        _put_first(first["c"][0], mark)
