"""HTML, DOCX, ODT, EPUB, LaTeX and wiki text -> Markdown, by pandoc in its sandbox, where it opens no other file.

pandoc is a program of its own (GPL), which the package pypandoc_binary brings; it is run, not linked.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import zipfile
from pathlib import Path

from peerqa.errors import Problem
from peerqa.notices import Notice
from peerqa.reading.converters.converted import Converted, UnreadableFile
from peerqa.reading.converters.latex_and_wiki import databases, labels_of, with_entries, with_notes
from peerqa.reading.converters.link_markers import Linking, without_marks

FORMATS = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".wiki": "mediawiki", ".mediawiki": "mediawiki",
    ".docx": "docx", ".odt": "odt", ".epub": "epub", ".tex": "latex", ".latex": "latex",
}  # fmt: skip
"""pandoc's name of a format by the suffix of the file's name."""

LARGEST_UNPACKED = 256 * 1024 * 1024
"""In bytes, of an archive (DOCX, ODT, EPUB) when unpacked."""
_MOST_MEMBERS = 5000
_TARGET = "commonmark+pipe_tables+footnotes+yaml_metadata_block-raw_html"
_ASIDE = re.compile(
    r"<(script|style|nav|footer|aside|template|noscript|svg)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)


_BLOCK_WITH_NAME = re.compile(
    r"<(?:p|dd|dt|td|blockquote)\b[^<>]*?\sid\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>", re.IGNORECASE
)
_OF_CITEPROC = ("bibliography", "link-citations", "reference-section-title", "nocite", "references", "csl")


def read_with_pandoc(path: str) -> Converted:
    """The file as Markdown. Raises UnreadableFile if pandoc is missing or cannot read the file."""
    try:
        import pypandoc

        program = pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        raise UnreadableFile(Problem.PANDOC_MISSING) from None
    source = Path(path)
    form = FORMATS[source.suffix.lower()]
    data = source.read_bytes()
    if form in ("docx", "odt", "epub"):
        _check_archive(source)
    elif form == "html":
        page = _ASIDE.sub("", data.decode("utf-8", "replace"))
        data = _BLOCK_WITH_NAME.sub(lambda block: f'{block[0]}<a id="{block[1]}"></a>', page).encode()
    labels: dict[str, str] = {}
    options: list[str] = []
    if form == "latex":
        tex = data.decode("utf-8", "replace")
        labels = labels_of(tex)
        options = [f"--bibliography={found}" for found in databases(tex, source.parent)]
        options += ["--citeproc", "-Mlink-citations", "-Mreference-section-title=References"] if options else []
    linking = Linking(labels)
    if form == "latex":
        data = with_entries(tex, linking, labels).encode()
    elif form == "mediawiki":
        data = with_notes(data.decode("utf-8", "replace"), linking).encode()
    tree = json.loads(_pandoc(program, [f"--from={form}", "--to=json", *options], data, form))
    for field in _OF_CITEPROC:
        tree["meta"].pop(field, None)
    tree["blocks"] = linking.mark(tree["blocks"])
    marked = json.dumps(tree).encode()
    written = _pandoc(program, ["--standalone", "--wrap=none", "--from=json", f"--to={_TARGET}"], marked, form)
    text, links = without_marks(written.decode("utf-8").replace("\r\n", "\n"))
    lost = _lost(text)
    if linking.lost:
        keys = ", ".join(key.removeprefix("ref-") for key in linking.lost[:5]) + (" …" if len(linking.lost) > 5 else "")
        lost.append(Notice(Problem.KEYS_WITHOUT_ENTRY, keys=keys))
    metadata = _odt_metadata(source) if form == "odt" else {}
    return Converted("markdown", text, metadata, links=links, warnings=lost)


def _pandoc(program: str, options: list[str], data: bytes, form: str) -> bytes:
    """The output of pandoc, run in its sandbox with at most 1 GB of memory. Raises UnreadableFile if it fails."""
    command = [program, "+RTS", "-M1g", "-RTS", "--sandbox", *options]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:200]
        raise UnreadableFile(
            Problem.PANDOC_FAILED, form=form, reason=said or Notice(Problem.EXIT_STATUS, status=done.returncode)
        )
    return done.stdout


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise UnreadableFile(Problem.ARCHIVE_DAMAGED) from None
    size = sum(member.file_size for member in members)
    if size > LARGEST_UNPACKED or len(members) > _MOST_MEMBERS:
        raise UnreadableFile(Problem.ARCHIVE_TOO_LARGE, size=size, parts=len(members))


def _odt_metadata(path: Path) -> dict[str, str]:
    """Title and author of an ODT file, from its properties or a paragraph of style "Title"; pandoc leaves them out."""
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


def _lost(text: str) -> list[Notice]:
    """What was left out, as the Markdown shows."""
    lost = []
    tables = len(re.findall(r"^\s*\[TABLE\]\s*$", text, re.MULTILINE))
    if tables:
        lost.append(Notice(Problem.TABLES_LEFT_OUT, number=tables))
    pictures = len(re.findall(r"!\[[^\]]*\]\(", text))
    if pictures:
        lost.append(Notice(Problem.PICTURES_LEFT_OUT, number=pictures))
    return lost
