"""The first review, converted by pandoc into every format and printed as PDF, is read as the same review."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.files import read_document
from peerqa.text.document import Document

pypandoc = pytest.importorskip("pypandoc", reason="needs the extra “formats”")

REVIEW = Path(__file__).parents[2] / "corpus" / "peer-support-in-mental-health.md"
FORMATS = {
    "docx": "docx", "odt": "odt", "epub": "epub", "html": "html", "wiki": "mediawiki", "tex": "latex", "xml": "jats",
}  # fmt: skip


def convert(folder: Path, ending: str) -> Path:
    """The review in a format. Typographic quotes are not made: the words are to stay those of the source."""
    path = folder / f"review.{ending}"
    command = [pypandoc.get_pandoc_path(), "--from=markdown-smart", f"--to={FORMATS[ending]}", "--standalone"]
    subprocess.run([*command, "--wrap=none", "--output", str(path), str(REVIEW)], check=True, timeout=120)
    return path


def words(document: Document) -> list[str]:
    return [" ".join(document.plain(part.start, part.end).text.split()) for part in document.paragraphs]


def cited(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(each.references, each.status) for each in find_citations(document, parse_references(document))]


def headings(document: Document) -> list[str]:
    return [section.heading for section in document.sections]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_review_is_the_same_in_every_format(ending: str, tmp_path: Path) -> None:
    wanted, document = read_document(REVIEW), read_document(convert(tmp_path, ending))
    assert words(document) == words(wanted)
    assert headings(document) == headings(wanted)
    assert len(cited(document)) == 79
    assert cited(document) == cited(wanted)
    assert document.title == wanted.title
    if ending != "wiki":  # MediaWiki text has no place for them
        assert document.date == wanted.date
        assert document.author == wanted.author


def test_the_review_printed_as_pdf(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs Chromium to print")
    page, printed = convert(tmp_path, "html"), tmp_path / "review.pdf"
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={printed}", str(page)], check=True, capture_output=True, timeout=120)
    wanted, document = read_document(REVIEW), read_document(printed)
    assert len(set(words(document)) & set(words(wanted))) >= 23
    assert headings(document) == headings(wanted)
    right = sum(one == other for one, other in zip(cited(document), cited(wanted), strict=False))
    assert right >= 77
    assert document.title == wanted.title
    assert document.pages
