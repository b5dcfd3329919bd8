"""Other formats than Markdown and plain text: each file is converted in a child process with limits.

    python -m peerqa.reading.converters.subprocess FILE    a Converted as JSON on stdout, or one line on stderr

A converter is given files that nobody has checked: archives that unpack to gigabytes, nested markup, loops. So it runs
in a process of its own, with limits on memory, time and output; if something goes wrong, only that file is not read.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from peerqa.errors import CorpusError, Problem
from peerqa.notices import Notice
from peerqa.reading.converters.converted import Converted, UnreadableFile, notice_as_json, notice_of_json
from peerqa.text.document import Document

FORMATS = (
    ".html", ".htm", ".xhtml", ".wiki", ".mediawiki", ".docx", ".odt", ".epub", ".tex", ".latex", ".xml", ".nxml",
    ".jats", ".pdf",
)  # fmt: skip
"""Suffixes of the names of files that are converted."""

MEMORY = 2 * 1024**3
"""In bytes of address space. pandoc has its own limit (1 GB), since its runtime reserves more than it uses."""
SECONDS = 90
"""Of processor time; the limit in real time is twice that."""
LARGEST_TEXT = 64 * 1024 * 1024
"""In bytes, of the output of a converter."""


def read_converted(path: Path, name: str, sha256: str) -> Document:
    """The Document of a file that must be converted. Raises CorpusError if it cannot be."""
    converted = _convert(path)
    if not converted.text.strip():
        raise CorpusError(Problem.NO_TEXT, path=path)
    return document_of(converted, name, sha256)


def document_of(converted: Converted, name: str, sha256: str) -> Document:
    """The Document of a converted file."""
    from peerqa.reading.markdown import read_markdown
    from peerqa.reading.structure import Block, BlockKind, assemble

    if converted.form == "markdown":
        document = _with_own_metadata(read_markdown(name, converted.text, sha256, converted.metadata))
    else:
        blocks = [
            Block(cast(BlockKind, kind), start, end, level, tuple((left, right) for left, right in items))
            for kind, start, end, level, items in converted.blocks
        ]
        document = assemble(name, converted.text, blocks, sha256, converted.metadata)
    lost = (Notice(Problem.IN_FILE, path=name, reason=warning) for warning in converted.warnings)
    return replace(
        document,
        links=(*document.links, *_to_entries(document, converted.links)),
        pages=tuple(converted.pages),
        warnings=(
            *document.warnings,
            *lost,
        ),
    )


def _to_entries(document: Document, links: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The links whose target lies in an entry of the reference list, or in the number or mark in front of one."""
    ends = [end for _, end in document.reference_entries]
    for start, end, target in links:
        index = bisect_right(ends, target)
        if index < len(ends):
            entry = document.reference_entries[index][0]
            if entry <= target or not re.search(r"[^\W\d]", document.text[target:entry]):
                yield start, end, entry


_TECHNICAL = re.compile(r"generator|viewport|.*[:.].*|identifier|language")


def _with_own_metadata(document: Document) -> Document:
    """The document without the metadata that a web page has for browsers; its date may be one of Dublin Core."""
    date = document.date or next(
        (str(document.metadata[key]) for key in ("dcterms.date", "dc.date") if key in document.metadata), None
    )
    kept = {key: value for key, value in document.metadata.items() if not _TECHNICAL.fullmatch(key)}
    return replace(document, date=date, metadata=kept)


def _convert(path: Path) -> Converted:
    """Convert a file in a child process. Raises CorpusError if that fails or exceeds a limit."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "peerqa.reading.converters.subprocess", str(path.absolute())],
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=_environment(), start_new_session=True,
        )  # fmt: skip
        try:
            status = child.wait(timeout=2 * SECONDS)
        except subprocess.TimeoutExpired:
            raise CorpusError(Problem.CONVERSION_TOO_SLOW, path=path, seconds=2 * SECONDS) from None
        finally:
            _end(child)
        size = output.seek(0, os.SEEK_END)
        output.seek(0)
        errors.seek(0)
        said = errors.read(4096).decode("utf-8", "replace").strip().split("\n")[-1]
        if status == 3:
            raise CorpusError(Problem.IN_FILE, path=path, reason=notice_of_json(said))
        if status != 0 or size > LARGEST_TEXT:
            raise CorpusError(Problem.CONVERSION_OVER_LIMITS, path=path, reason=_why(status, said))
        return Converted.from_json(output.read().decode("utf-8"))


def _why(status: int, said: str) -> str | Notice:
    """Why the child ended: the signal, or the last line that it wrote, or its exit status."""
    if status < 0:
        with contextlib.suppress(ValueError):
            return Notice(Problem.STOPPED_BY_SIGNAL, signal=signal.Signals(-status).name)
    return said[:160] or Notice(Problem.EXIT_STATUS, status=status)


def _environment() -> Mapping[str, str]:
    """The environment of the child: where modules and programs are found, and no other variable of ours."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "LANG") if key in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child, if it still runs, and what it has started."""
    if child.poll() is None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGKILL)
            else:
                child.kill()
        child.wait()


# ---- in the child ---------------------------------------------------------------------------------------------------


def main(path: str) -> int:
    """Convert a file. Exit status 3: it cannot be read, and the last line of stderr is the notice why, as JSON."""
    suffix = Path(path).suffix.lower()
    by_pandoc = suffix not in (".xml", ".nxml", ".jats", ".pdf")
    _limit(memory=not by_pandoc)
    try:
        converted = _by_format(path, suffix, by_pandoc)
    except UnreadableFile as error:
        print(notice_as_json(error.notice), file=sys.stderr)
        return 3
    except (MemoryError, RecursionError):
        print(notice_as_json(Notice(Problem.NESTED_TOO_DEEP)), file=sys.stderr)
        return 3
    print(converted.to_json())
    return 0


def _by_format(path: str, suffix: str, by_pandoc: bool) -> Converted:
    if by_pandoc:
        from peerqa.reading.converters.pandoc import read_with_pandoc

        return read_with_pandoc(path)
    if suffix == ".pdf":
        from peerqa.reading.converters.pdf import read_pdf

        return read_pdf(path)
    try:
        from peerqa.reading.converters.jats import read_jats
    except ImportError:
        raise UnreadableFile(Problem.DEFUSEDXML_MISSING) from None
    return read_jats(path)


def _limit(memory: bool) -> None:
    """Limit this process and what it starts. On Windows there is only the limit in real time, set by the parent."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * LARGEST_TEXT, 2 * LARGEST_TEXT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        with contextlib.suppress(ValueError, OSError):  # macOS refuses this one
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
