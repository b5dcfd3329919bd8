"""Markdown, with an optional YAML front matter.

markdown-it-py finds the blocks and their lines (CommonMark with tables). The notation inside a line (emphasis marks,
link targets, code ticks) is found here, since that parser does not give its offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from peerqa.errors import CorpusError, Problem
from peerqa.reading.source_links import with_own_links
from peerqa.reading.structure import REFERENCE_HEADING, Block, Metadata, assemble
from peerqa.text.document import Document, Span

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST_FRONT_MATTER = 65_536
"""In characters. What is longer is text."""
_INLINE_MARKUP = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|(?P<code>`+)(?P<code_text>[^`\n]+)(?P=code)(?!`)"
    r"|(?P<image>!\[[^\]\n]*\]\([^()\n]*\))"
    r"|\[(?P<link>[^\[\]\n]+)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"\n]*\")?\)"
    r"|\[(?P<named>(?!\^)[^\[\]\n]+)\](?:\[(?P<label>[^\[\]\n]*)\])?(?![(:])"
    r"|<(?P<auto>https?://[^\s<>]+)>"
    r"|(?P<tag></?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>\n]*)?/?>)"
    r"|(?P<escape>\\[\\`*_{}\[\]()#+\-.!|<>~&\"'$%,/:;=?@^])"
    r"|(?P<note>(?m:^)\[\^[^\]\s]+\]:[ \t]*|\[\^[^\]\s]+\])"
    r"|(?P<stars>\*{1,3}|(?<!\w)_{1,3}(?=\w|[\"“(*])|(?<=[\w.,;:!?)\"”*])_{1,3}(?!\w)|~~)",
    re.DOTALL,
)

_FENCE_OF_DIV = re.compile(r"^[ \t]*:{3,}(?:[ \t].*)?$", re.MULTILINE)
"""The lines ":::" that fence a group of blocks in pandoc's Markdown."""

_HTML = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1>|\Z)|</?[a-zA-Z][^<>]*>", re.DOTALL | re.IGNORECASE)
_PICTURES = re.compile(r"(?:\s*!\[[^\]\n]*\]\([^()\n]*\))+\s*")
_BOLD_HEADING = re.compile(
    rf"(\*\*|__)(?:{REFERENCE_HEADING.pattern}|[^\W_][^*_\n]{{0,100}}[^*_\n.;:,!\s])\1", re.IGNORECASE
)
"""A short paragraph in bold, which is how many people write a heading."""


def read_markdown(name: str, text: str, sha256: str, known: Mapping[str, str] | None = None) -> Document:
    """The Document of a Markdown source. Raises CorpusError if the front matter is not YAML of keys and values.

    known: metadata from elsewhere; the front matter overrides them.
    """
    metadata, body_start = _front_matter(name, text)
    metadata = {**(known or {}), **metadata}
    # The front matter is blanked and not cut, so that the parser counts the lines of the file.
    source = re.sub(r"[^\n]", " ", text[:body_start]) + text[body_start:]
    source = _FENCE_OF_DIV.sub(lambda fence: " " * len(fence[0]), source)
    blocks = [block for block in _blocks(source) if block.start < block.end]
    labels = frozenset(_label(match[1]) for match in _DEFINITION.finditer(text))
    markup = tuple(sorted(span for block in blocks for span in _block_markup(text, block, labels)))
    return with_own_links(assemble(name, text, blocks, sha256, metadata, markup))


def _front_matter(name: str, text: str) -> tuple[Metadata, int]:
    match = _FRONT_MATTER.match(text[:_LONGEST_FRONT_MATTER])
    if not match:
        return {}, 0
    try:
        values = yaml.load(match[1], _Texts)
    except RecursionError:
        raise CorpusError(Problem.FRONT_MATTER_NOT_YAML, path=name, line=1) from None
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 2 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        raise CorpusError(Problem.FRONT_MATTER_NOT_YAML, path=name, line=line) from None
    if values is None or values == "":
        return {}, match.end()
    if not isinstance(values, dict):
        raise CorpusError(Problem.FRONT_MATTER_NOT_KEYS, path=name)
    given = {str(key).strip().lower(): value for key, value in values.items()}
    return {key: _value(value) for key, value in given.items() if value not in _NOTHING}, match.end()


class _Texts(yaml.BaseLoader):
    """Reads all values as text, as they are written: a number of ten thousand digits is none to be counted with, and
    "2020-99-99" no date. Aliases, which can make much of little, are refused."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


_NOTHING = ("", "~", "null", "Null", "NULL")
"""How YAML writes that a key has no value."""


def _value(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return " ".join(str(value).split())


def _blocks(source: str) -> Iterator[Block]:
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    index = level = 0
    while index < len(tokens):
        token = tokens[index]
        closing = _closing(tokens, index)
        if token.type == "heading_open":
            level = int(token.tag[1])
            if _has_words(tokens[index + 1].content):
                yield _trimmed(source, starts, tokens[index + 1], "heading", level)
        elif token.type == "paragraph_open":
            if _BOLD_HEADING.fullmatch(tokens[index + 1].content):
                yield _trimmed(source, starts, tokens[index + 1], "heading", min(level + 1, 6))
            elif not _PICTURES.fullmatch(tokens[index + 1].content):
                yield _trimmed(source, starts, tokens[index + 1], "text")
        elif token.type == "html_block" and token.map and _has_words(token.content):
            yield _span_block(source, starts[token.map[0]], min(starts[token.map[1]], len(source)), "text")
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _list_block(source, starts, tokens[index:closing])
        elif token.type == "table_open" and token.map:
            yield _span_block(source, starts[token.map[0]], starts[token.map[1]], "table")
        elif token.type == "blockquote_open":
            inner = [t for t in tokens[index:closing] if t.type == "inline" and t.map]
            for quoted in inner:
                block = _trimmed(source, starts, quoted, "quote")
                mark = _QUOTE_MARKS.match(source, block.start, block.end)
                yield Block("quote", mark.end() if mark else block.start, block.end)
        index = closing + 1


def _has_words(content: str) -> bool:
    """Whether words are left without tags and comments."""
    return any(character.isalnum() for character in _HTML.sub("", content))


def _closing(tokens: Sequence[Token], index: int) -> int:
    """The index of the token that closes the one at `index`."""
    depth = 0
    for position in range(index, len(tokens)):
        depth += tokens[position].nesting
        if depth <= 0:
            return position
    return len(tokens) - 1


def _trimmed(source: str, starts: Sequence[int], token: Token, kind: Any, level: int = 0) -> Block:
    first, last = token.map or [0, 0]
    start, end = starts[first], min(starts[last], len(source))
    if kind == "heading":
        marks = re.compile(r"\s*#{1,6}[ \t]+").match(source, start, end)
        start = marks.end() if marks else start
        text = source[start:end]
        # A heading underlined with === or --- spans two lines; closing #s are notation too.
        end = start + len(re.sub(r"(?:\n\s*(?:=+|-+)\s*|[ \t]+#+\s*)\Z", "", text.rstrip()))
    return _span_block(source, start, end, kind, level)


def _span_block(source: str, start: int, end: int, kind: Any, level: int = 0) -> Block:
    text = source[start:end]
    return Block(kind, start + len(text) - len(text.lstrip()), start + len(text.rstrip()), level)


_QUOTE_MARKS = re.compile(r"[ \t]*(?:>[ \t]*)+(?:(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+)?")
_MARK = re.compile(r"\s*(?:>\s*)*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")


def _list_block(source: str, starts: Sequence[int], tokens: Sequence[Token]) -> Iterator[Block]:
    items: list[Span] = []
    for token in tokens:
        if token.type == "inline" and token.map:
            start, end = starts[token.map[0]], min(starts[token.map[1]], len(source))
            mark = _MARK.match(source, start, end)
            block = _span_block(source, mark.end() if mark else start, end, "list")
            if block.end > block.start:
                items.append((block.start, block.end))
    if items:
        yield Block("list", items[0][0], items[-1][1], items=tuple(items))


_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:[ \t]*\S", re.MULTILINE)
"""The definition of a link that the text uses by its label: "[label]: https://..."."""
_TABLE_MARKUP = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$|(?<!\\)\|", re.MULTILINE)


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _block_markup(text: str, block: Block, labels: frozenset[str]) -> Iterator[Span]:
    """The spans of a block that are notation. labels: those of the links that the source defines."""
    if block.kind == "list":
        for (_, end), (start, _) in zip(block.items, block.items[1:], strict=False):
            mark = _MARK.search(text, end, start)
            if mark and mark[0].strip():
                yield mark.start() + len(mark[0]) - len(mark[0].lstrip()), mark.end()
    if block.kind == "table":
        yield from (match.span() for match in _TABLE_MARKUP.finditer(text, block.start, block.end))
    if block.kind == "quote":
        for line in re.compile(r"(?<=\n)[ \t]*(?:>[ \t]*)+").finditer(text, block.start, block.end):
            yield line.span()
    opened: dict[str, int] = {}
    for match in _INLINE_MARKUP.finditer(text, block.start, block.end):
        if match["named"] is None or _label(match["label"] or match["named"]) in labels:
            yield from _match_markup(text, match, opened)


def _match_markup(text: str, match: re.Match[str], opened: dict[str, int]) -> Iterator[Span]:
    start, end = match.span()
    if match["code"]:
        yield start, match.start("code_text")
        yield match.end("code_text"), end
    elif match["link"] or match["named"]:
        words = "link" if match["link"] else "named"
        yield start, start + 1
        # The text may be emphasised itself.
        for inner in re.finditer(r"\*{1,3}", match[words]):
            yield match.start(words) + inner.start(), match.start(words) + inner.end()
        yield match.end(words), end
    elif match["escape"]:
        yield start, start + 1
    elif match["auto"]:
        yield start, start + 1
        yield end - 1, end
    elif match["stars"]:
        mark = match["stars"]
        if mark in opened and not text[start - 1].isspace():
            opening = opened.pop(mark)
            yield opening, opening + len(mark)
            yield start, end
        elif end < len(text) and not text[end].isspace():
            opened[mark] = start
    else:
        yield start, end
