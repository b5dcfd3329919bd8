"""Formats that pandoc reads -> Markdown, in its sandbox: it opens no file but the one that it is given.

pandoc is a program of its own (GPL), brought by the package pypandoc_binary; it is run, not linked.
"""

from __future__ import annotations

import html
import re
import subprocess
import zipfile
from pathlib import Path

from .converted import Converted, UnreadableFile

FORMATS = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".wiki": "mediawiki", ".mediawiki": "mediawiki",
    ".docx": "docx", ".odt": "odt", ".epub": "epub", ".tex": "latex", ".latex": "latex",
}  # fmt: skip
"""pandoc's name of the format, by the end of a file's name."""

LARGEST_UNPACKED = 256 * 1024 * 1024
"""In bytes: how much an archive (DOCX, ODT, EPUB) may hold."""
_MOST_MEMBERS = 5000
_TARGET = "commonmark+pipe_tables+footnotes+yaml_metadata_block-raw_html"
_ASIDE = re.compile(
    r"<(script|style|nav|footer|aside|template|noscript|svg)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)


def read_with_pandoc(path: str) -> Converted:
    """The file as Markdown. Raises UnreadableFile where pandoc is missing or does not understand it."""
    try:
        import pypandoc

        program = pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        raise UnreadableFile("this format needs pandoc; install it with: pip install '.[formats]'") from None
    source = Path(path)
    form = FORMATS[source.suffix.lower()]
    data = source.read_bytes()
    if form in ("docx", "odt", "epub"):
        _check_archive(source)
    elif form == "html":
        data = _ASIDE.sub("", data.decode("utf-8", "replace")).encode()
    command = [
        program, "+RTS", "-M1g", "-RTS", "--sandbox", "--standalone", "--wrap=none",
        f"--from={form}", f"--to={_TARGET}",
    ]  # fmt: skip
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
        raise UnreadableFile(f"pandoc cannot read it as {form} ({said or f'exit status {done.returncode}'})")
    text = done.stdout.decode("utf-8").replace("\r\n", "\n")
    metadata = _odt_metadata(source) if form == "odt" else {}
    return Converted("markdown", text, metadata, warnings=_lost(text, data if form in ("latex", "html") else b""))


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise UnreadableFile("damaged, or not of the format that its name says") from None
    size = sum(member.file_size for member in members)
    if size > LARGEST_UNPACKED or len(members) > _MOST_MEMBERS:
        raise UnreadableFile(f"unpacks to {size:,} bytes in {len(members):,} parts, which is too much for a review")


def _odt_metadata(path: Path) -> dict[str, str]:
    """Title and author of an ODT file, which pandoc leaves out: from its properties, or the style "Title"."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        meta, content = (
            archive.read(name).decode("utf-8", "replace") if name in names else ""
            for name in ("meta.xml", "content.xml")
        )
    found = {
        "title": re.search(r"<dc:title>(.*?)</dc:title>", meta)
        or re.search(r'<text:(?:p|h) [^>]*style-name="Title"[^>]*>(.*?)</text:(?:p|h)>', content),
        "author": re.search(r"<meta:initial-creator>(.*?)</", meta) or re.search(r"<dc:creator>(.*?)</", meta),
    }
    values = {key: html.unescape(re.sub(r"<[^>]*>", "", match[1])).strip() for key, match in found.items() if match}
    return {key: value for key, value in values.items() if value}


def _lost(text: str, source: bytes) -> list[str]:
    """What the Markdown shows that was left out."""
    lost = []
    tables = len(re.findall(r"^\s*\[TABLE\]\s*$", text, re.MULTILINE))
    if tables:
        lost.append(f"{tables} tables with paragraphs or lists in their cells left out")
    pictures = len(re.findall(r"!\[[^\]]*\]\(", text))
    if pictures:
        lost.append(f"{pictures} pictures left out; their captions are kept")
    cited = len(re.findall(rb"\\(?:no|paren|text|auto|foot)?cite[a-zA-Z]*\s*[\[{]", source))
    if cited:
        lost.append(f"{cited} \\cite commands without their bibliography; paste the formatted list under “References”")
    return lost
