"""Blocks -> Document: finds the title, the metadata and the reference list.

The rules are those by which people lay out a review in any format: metadata come before the first section; a heading
such as "References" begins the reference list, which ends at the next heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from peerqa.errors import Problem
from peerqa.notices import Notice
from peerqa.reading.entry_splitting import split_entries
from peerqa.text.document import Document, Paragraph, ParagraphKind, Section, Sentence, Span
from peerqa.text.sentences import split_sentences

BlockKind = Literal["heading", "text", "list", "quote", "table", "caption"]
Metadata = dict[str, "str | tuple[str, ...]"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list or table of the source: `text[start:end]`.

    level: of a heading, from 1. items: the spans of the items of a list, without their marks.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    items: tuple[Span, ...] = ()


_NUMBER = r"(?:(?:chapter|section|part)\s+)?(?:\d+(?:\.\d+)*|[IVX]+|[A-Z])?[.):]?\s*"
REFERENCE_HEADING = re.compile(
    _NUMBER + r"(?:(?:list of |selected |key |cited )?(?:references?(?: lists?)?)|references?(?: works?)? cited|"
    r"(?:list of )?works? (?:cited|consulted)|cited works|(?:list of )?(?:cited )?literature(?: cited)?|"
    r"(?:select(?:ed)? |annotated )?bibliograph(?:y|ies)|bibliographic(?:al)? references|"
    r"sources(?: (?:cited|consulted))?|reference section|"
    r"references and (?:notes|further reading|links)|notes and references|"
    r"literatur(?:verzeichnis|liste)?|quellen(?:verzeichnis)?|referenzen|"
    r"(?:liste des )?références(?: bibliographiques| citées)?|(?:liste )?bibliographi(?:e|que)|ouvrages cités|"
    r"referencias(?: bibliográficas)?|bibliografía|obras citadas|referências(?: bibliográficas)?|bibliografia|"
    r"riferimenti bibliografici|literatuur(?:lijst)?|bronnen(?:lijst)?)"
    r"(?:\s+(?:for|of|to|from)\s+(?:the\s+|this\s+)?(?:chapter|section|part|unit|module|week)(?:\s+\w+)?)?\s*:?",
    re.IGNORECASE,
)
"""The usual headings of a reference list, in several languages."""

USUAL_HEADING = re.compile(
    _NUMBER + r"(?:abstract|summary|introduction|background|overview|aims?|objectives?|purpose|rationale|"
    r"(?:materials and )?methods?|methodology|search strategy|results|findings|discussion|analysis|limitations|"
    r"strengths and limitations|implications(?: for (?:practice|research|policy))?|recommendations|conclusions?|"
    r"concluding remarks|literature review|theoretical framework|definitions?|appendi(?:x|ces)(?: [A-Z0-9])?|"
    r"acknowledge?ments?|author notes?|notes|tables|figures|funding|conflicts? of interest|further reading)\s*:?",
    re.IGNORECASE,
)
"""Usual headings of sections; a line of these words is a heading even without markup."""

_LABEL = re.compile(
    r"(title|authors?|by|written by|date|published|course|class|instructor|source|keywords|short summary|summary|doi|"
    r"url|"
    r"licen[cs]e|journal|institution|affiliation)\s*:\s*(?=\S)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SAME_LABEL = {"authors": "author", "by": "author", "written by": "author", "published": "date", "class": "course"}
_BARE_LABEL = re.compile(r"(short summary|summary)\s*:?", re.IGNORECASE)


def assemble(
    name: str,
    text: str,
    blocks: Sequence[Block],
    sha256: str,
    metadata: Mapping[str, str | tuple[str, ...]] | None = None,
    markup: tuple[Span, ...] = (),
) -> Document:
    """The Document of a source whose blocks are known.

    metadata: from a front matter or a converter; what the text itself says does not override them.
    """
    bare = Document(name=name, text=text, title="", sections=(), markup=markup)
    found: Metadata = dict(metadata or {})
    blocks = _take_title(bare, _take_metadata(bare, blocks, found), found)
    # Some programs print the title again below the author and the date.
    blocks = _take_title(bare, _take_byline(bare, blocks, found), found)
    body, entries = _divide(bare, blocks)
    title = _string(found.pop("title", None)) or _string(found.get("course")) or _title_of_name(name)
    author, date = _string(found.pop("author", None)), _iso_date(_string(found.pop("date", None)))
    warnings = () if entries else (Notice(Problem.NO_REFERENCE_LIST, path=name),)
    return Document(
        name=name,
        text=text,
        title=title,
        author=author,
        date=date,
        metadata=found,
        sections=body,
        reference_entries=entries,
        markup=markup,
        sha256=sha256,
        warnings=warnings,
    )


def _string(value: str | tuple[str, ...] | None) -> str | None:
    return ", ".join(value) if isinstance(value, tuple) else value


def _iso_date(date: str | None) -> str | None:
    """The date as year-month-day if it has one of the usual forms; as it stands otherwise."""
    for form in (
        "%Y-%m-%d",
        "%Y-%b-%d",
        "%Y/%m/%d",
        "%d %B %Y",
        "%d %b %Y",
        "%B %d, %Y",
        "%b %d, %Y",
        "%Y %B %d",
        "%d.%m.%Y",
    ):
        try:
            return datetime.strptime(date or "", form).date().isoformat()
        except ValueError:
            continue
    return date


def _title_of_name(name: str) -> str:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[-_]+", " ", stem).strip().capitalize() or name


def _words(document: Document, block: Block) -> str:
    return " ".join(document.plain(block.start, block.end).text.split())


def _take_metadata(document: Document, blocks: Sequence[Block], found: Metadata) -> list[Block]:
    """The blocks without the metadata before the body ("Author: ...", a labelled summary), which go into `found`."""
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        words = _words(document, block)
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if len(kept) > 3 or (block.kind == "text" and len(words) > 400):
            break
        label = _LABEL.fullmatch(words)
        if label and len(words) < 300:
            key = label[1].lower()
            _note(found, _SAME_LABEL.get(key, key), label[2].strip())
        elif _BARE_LABEL.fullmatch(words) and following and _labels_follow(document, blocks[index + 2 : index + 5]):
            _note(found, "summary", _words(document, following))
            index += 1
        else:
            kept.append(block)
        index += 1
    return [*kept, *blocks[index:]]


def _labels_follow(document: Document, blocks: Sequence[Block]) -> bool:
    """Whether metadata follow. A labelled summary is metadata only then; otherwise it is a section of the text."""
    return any(_LABEL.fullmatch(_words(document, block)) for block in blocks[:1])


def _note(found: Metadata, key: str, value: str) -> None:
    if key == "short summary":
        key = "summary"
    if key == "course" and "/" in value and "title" not in found:
        # The name of a wiki page: the course, its year and, behind the last slash, the title of the page.
        value, _, title = value.rpartition("/")
        found["title"] = title.strip()
    found.setdefault(key, value)


def _take_title(document: Document, blocks: list[Block], found: Metadata) -> list[Block]:
    """The blocks without the heading that is the document's title, which goes into `found`."""
    if not blocks or blocks[0].kind not in ("heading", "text"):
        return blocks
    first = _words(document, blocks[0])
    title = _string(found.get("title"))
    if title is not None:
        return blocks[1:] if first.casefold() == title.casefold() else blocks
    if blocks[0].kind == "text":
        return blocks
    if USUAL_HEADING.fullmatch(first) or REFERENCE_HEADING.fullmatch(first):
        return blocks
    same_level = [block for block in blocks if block.kind == "heading" and block.level <= blocks[0].level]
    if len(same_level) == 1 or (len(blocks) > 1 and blocks[1].kind == "heading"):
        found["title"] = first
        return blocks[1:]
    return blocks


def _take_byline(document: Document, blocks: list[Block], found: Metadata) -> list[Block]:
    """The blocks without the lines of author and date that office programs print below a title; these go to `found`."""
    lines: list[str] = []
    for block in blocks[:4]:
        words = _words(document, block)
        if block.kind != "text" or len(words) > 120:
            break
        lines.append(words)
    else:
        return blocks
    date = next((number for number, words in enumerate(lines) if re.fullmatch(_ISO, _iso_date(words) or "")), None)
    author = _string(found.get("author"))
    named = [number for number, words in enumerate(lines) if author and words.casefold() == author.casefold()]
    if not named and date == 1 and not author and len(lines[0].split()) <= 8 and lines[0][-1] not in ".?!:":
        named = [0]
    if "title" not in found or (date is None and not named):
        return blocks
    if date is not None:
        found.setdefault("date", lines[date])
    for number in named[:1]:
        found.setdefault("author", lines[number])
    taken = {date, *named[:1]}
    return [block for number, block in enumerate(blocks) if number not in taken]


_ISO = r"\d{4}-\d\d-\d\d"


def _divide(document: Document, blocks: Sequence[Block]) -> tuple[tuple[Section, ...], tuple[Span, ...]]:
    """The body's sections, and the spans of the reference list's entries."""
    sections: list[Section] = []
    entries: list[Span] = []
    number = 0
    path: list[tuple[int, str]] = []
    for heading, content, end in _groups(document, blocks):
        words = _words(document, heading) if heading else ""
        if heading and REFERENCE_HEADING.fullmatch(words):
            entries.extend(
                split_entries(document, [span for block in content for span in (block.items or [_span(block)])])
            )
            continue
        level = heading.level if heading else 0
        path = [(above, text) for above, text in path if above < level]
        paragraphs = []
        for block in content:
            number += 1
            paragraphs.append(_paragraph(document, block, number))
        start = heading.start if heading else content[0].start
        sections.append(Section(words, level, start, end, tuple(paragraphs), tuple(text for _, text in path)))
        if heading:
            path.append((level, words))
    return tuple(sections), tuple(entries)


def _span(block: Block) -> Span:
    return block.start, block.end


def _groups(document: Document, blocks: Sequence[Block]) -> list[tuple[Block | None, list[Block], int]]:
    """(heading, the blocks under it, end) of each section, also of those without text; None is the heading of the first
    blocks if they have none."""
    groups: list[tuple[Block | None, list[Block]]] = []
    for block in blocks:
        if block.kind == "heading":
            groups.append((block, []))
        elif groups:
            groups[-1][1].append(block)
        else:
            groups.append((None, [block]))
    starts = [(heading or content[0]).start for heading, content in groups]
    ends = [*starts[1:], len(document.text)]
    return [(heading, content, end) for (heading, content), end in zip(groups, ends, strict=False)]


def _paragraph(document: Document, block: Block, number: int) -> Paragraph:
    pieces = block.items or ((block.start, block.end),)
    sentences: list[Sentence] = []
    for start, end in pieces:
        plain = document.plain(start, end)
        for left, right in split_sentences(plain.text):
            first, last = plain.span(left, right)
            sentences.append(Sentence(first, last))
    kind: ParagraphKind = "text" if block.kind == "heading" else block.kind
    return Paragraph(number, block.start, block.end, _cover(tuple(sentences), block), kind)


def _cover(sentences: tuple[Sentence, ...], block: Block) -> tuple[Sentence, ...]:
    """The sentences, the outer ones extended over notation at the ends of the block, so that they cover all of it."""
    if not sentences or block.items:
        return sentences
    first, last = sentences[0], sentences[-1]
    if len(sentences) == 1:
        return (Sentence(block.start, block.end),)
    return (Sentence(block.start, first.end), *sentences[1:-1], Sentence(last.start, block.end))
