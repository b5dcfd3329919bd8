"""The real articles of DATA/library, in files of JATS."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from data_sets import find
from peerqa.cli.scripts import ScriptError
from peerqa.errors import PeerqaError
from peerqa.library.review import Review, read_review
from peerqa.reading.files import read_document

ARCHIVE = "library/library.tar.xz"
ALL = 2378


def unpack(data: Path, folder: Path, first: int = 0, every: int = 1, most: int | None = None) -> list[Path]:
    """One of so many articles, by name from the `first` (counted from 0) on, as files in a folder; `most` at most.

    Raises ScriptError where the archive holds none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    archive = find(data, ARCHIVE)
    with tarfile.open(archive) as packed:
        members = (one for one in packed if one.isfile() and one.name.endswith((".xml", ".nxml")))
        for member in sorted(members, key=lambda one: one.name)[first::every][:most]:
            target, source = folder / Path(member.name).name, packed.extractfile(member)
            if source is not None and not target.exists():
                target.write_bytes(source.read())
            found.append(target)
    if not found:
        raise ScriptError(f"{archive} holds no articles as .xml or .nxml")
    return found


def library_reviews(data: Path, every: int, first: int = 0) -> Iterator[Review]:
    """One of so many articles, from the `first` (counted from 0) on; those that cannot be read are left out."""
    with TemporaryDirectory() as folder:
        for path in unpack(data, Path(folder), first, every):
            with suppress(PeerqaError):
                yield read_review(read_document(path))
