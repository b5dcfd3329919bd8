"""A file of the corpus -> Document; nothing else reads the corpus.

The parsers markdown.py and plain_text.py turn a source into blocks (headings, paragraphs, lists, with their offsets).
Files of any other format are converted first, in a process of their own (converters/subprocess.py). structure.py makes
a Document of the blocks: title, metadata, body and reference list.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from peerqa.errors import CorpusError, Problem
from peerqa.reading.converters.latex_and_wiki import databases
from peerqa.reading.converters.subprocess import FORMATS, read_converted
from peerqa.text.document import Document


# Parsers are imported on first use: the child process of a converter needs none, and starts in half the time.
def _read_markdown(name: str, text: str, sha256: str) -> Document:
    from peerqa.reading.markdown import read_markdown

    return read_markdown(name, text, sha256)


def _read_plain_text(name: str, text: str, sha256: str) -> Document:
    from peerqa.reading.plain_text import read_plain_text

    return read_plain_text(name, text, sha256)


PARSERS = {".md": _read_markdown, ".markdown": _read_markdown, ".txt": _read_plain_text, ".text": _read_plain_text}
"""The parser by the suffix of a file's name; files of the other suffixes (FORMATS) are converted first."""

SUFFIXES = (*PARSERS, *FORMATS)

LARGEST_FILE = 64 * 1024 * 1024
"""In bytes. A review is far smaller; a larger file is most likely no text."""


def corpus_files(corpus: Path) -> list[Path]:
    """The reviews in a folder and the folders below it, sorted by name, without hidden files and README files.

    Raises CorpusError where the folder is missing or holds no review.
    """
    if corpus.is_file():
        return [corpus]
    if not corpus.is_dir():
        raise CorpusError(Problem.NO_CORPUS, path=corpus)
    files = [
        path
        for path in sorted(corpus.rglob("*"))
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and path.stem.lower() != "readme"
        and not any(part.startswith(".") for part in path.relative_to(corpus).parts)
    ]
    if not files:
        raise CorpusError(Problem.NO_REVIEW, path=corpus)
    return files


def unread_files(corpus: Path) -> list[Path]:
    """Files in the corpus folder whose format is not read; the caller says so, since silence would lose answers."""
    if not corpus.is_dir():
        return []
    return [
        path
        for path in sorted(corpus.rglob("*"))
        if path.is_file()
        and path.suffix.lower() not in (*SUFFIXES, ".bib")
        and not any(part.startswith(".") for part in path.relative_to(corpus).parts)
    ]


def companions(path: Path) -> list[Path]:
    """Files that a review needs beside it: the BibTeX databases that a LaTeX source names."""
    if path.suffix.lower() not in (".tex", ".latex"):
        return []
    return databases(path.read_text("utf-8", "replace"), path.parent)


def read_document(path: Path, corpus: Path | None = None) -> Document:
    """One review. Its name is the path below `corpus`, or the file's own name without one.

    Raises CorpusError, in one line that names the file, where it is missing, empty, too large or not a text.
    """
    name = path.relative_to(corpus).as_posix() if corpus is not None and corpus.is_dir() else path.name
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        endings = ", ".join(SUFFIXES)
        if not path.suffix:
            raise CorpusError(Problem.ENDING_MISSING, path=path, endings=endings)
        raise CorpusError(Problem.FORMAT_UNKNOWN, path=path, ending=path.suffix, endings=endings)
    data = _bytes_of(path)
    sha256 = hashlib.sha256(data).hexdigest()
    parse = PARSERS.get(suffix)
    document = parse(name, _decode(data, path), sha256) if parse else read_converted(path, name, sha256)
    if not any(True for _ in document.paragraphs):
        raise CorpusError(Problem.NO_PARAGRAPH, path=path)
    return document


def read_folder(corpus: Path) -> tuple[list[Document], list[CorpusError]]:
    """The reviews of a folder that can be read, sorted by name, and why others cannot.

    Raises CorpusError where none can be read.
    """
    documents: list[Document] = []
    errors: list[CorpusError] = []
    for path in corpus_files(corpus):
        try:
            documents.append(read_document(path, corpus))
        except CorpusError as error:
            errors.append(error)
    if not documents:
        raise errors[0]
    return documents, errors


def _bytes_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise CorpusError(Problem.FILE_TOO_LARGE, path=path, size=size, limit=LARGEST_FILE)
        return path.read_bytes()
    except FileNotFoundError:
        raise CorpusError(Problem.NO_SUCH_FILE, path=path) from None
    except OSError as error:
        raise CorpusError(Problem.NOT_READABLE, path=path, reason=error.strerror or error) from None


def _decode(data: bytes, path: Path) -> str:
    """UTF-8 (or UTF-16 with its mark), line ends made "\\n". Raises CorpusError for anything else."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError(Problem.NOT_UTF8_TEXT, path=path, byte=error.start) from None
    if "\x00" in text:
        raise CorpusError(Problem.NUL_CHARACTERS, path=path)
    if not text.strip():
        raise CorpusError(Problem.FILE_EMPTY, path=path)
    return text.replace("\r\n", "\n").replace("\r", "\n")
