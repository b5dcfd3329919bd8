"""Paragraphs or sentences that are given as strings -> Document.

For texts that come without a file: articles of a question set, rows of a benchmark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peerqa.reading.structure import Block, assemble
from peerqa.text.document import Document, Paragraph, Section, Sentence


def document_of_paragraphs(name: str, title: str, paragraphs: Iterable[tuple[str, str]]) -> Document:
    """Document of (heading, paragraph) pairs, split into sentences like any other.

    A heading is written once, before the first of the neighbouring paragraphs that have it; "" is no heading.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    position = 0

    def add(words: str, block: Block) -> None:
        nonlocal position
        blocks.append(block)
        parts.append(words + "\n\n")
        position += len(words) + 2

    last = ""
    for heading, paragraph in paragraphs:
        if heading and heading != last:
            add(heading, Block("heading", position, position + len(heading), 1))
        last = heading
        if text := " ".join(paragraph.split()):
            add(text, Block("text", position, position + len(text), 1))
    return assemble(f"{name}.txt", "".join(parts), blocks, name, {"title": title})


def document_of_sentences(name: str, heading: str, sentences: Sequence[str]) -> Document:
    """Document of one paragraph under a heading; its sentences are kept as given and not split anew."""
    text = f"{heading}\n\n"
    start = len(text)
    spans = []
    for sentence in sentences:
        spans.append(Sentence(len(text), len(text) + len(sentence)))
        text += sentence + " "
    paragraph = Paragraph(1, start, spans[-1].end, tuple(spans))
    section = Section(heading, 1, 0, spans[-1].end, (paragraph,))
    return Document(name=name, text=text.rstrip(), title=heading, sections=(section,), sha256=name)
