"""Files and folders -> the corpus. Each file is read first, and copied only if it can be read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from peerqa.errors import CorpusError, Problem
from peerqa.library.review import Review, read_review
from peerqa.notices import Notice
from peerqa.reading.files import companions, corpus_files, read_document, unread_files


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file. name: its path in the corpus. review: what was read; None if it was left out. error: why
    it was left out."""

    name: str
    review: Review | None = None
    error: Notice | None = None


def add_files(paths: Iterable[Path], corpus: Path) -> Iterator[Added]:
    """Read each file, and each file of a folder, and copy it into the corpus; one bad file does not stop the others.

    A file of the same name in the corpus is never replaced: with other content it is an error, with the same it is
    none.
    """
    for path in paths:
        if path.is_dir():
            for file in corpus_files(path):
                yield _add(file, file.relative_to(path).as_posix(), corpus)
            for file in unread_files(path):
                yield Added(file.name, error=Notice(Problem.FORMAT_NOT_READ, path=file))
        else:
            yield _add(path, path.name, corpus)


def _add(path: Path, name: str, corpus: Path) -> Added:
    """Read one file and copy it, with the files that belong to it, to a path in the corpus."""
    target = corpus / name
    try:
        review = read_review(read_document(path))
        if target.exists() and not target.samefile(path):
            if target.read_bytes() != path.read_bytes():
                raise CorpusError(Problem.OTHER_CONTENT, path=path, target=target)
        elif not target.exists():
            for companion in companions(path):
                if not (target.parent / companion.name).exists():
                    _copy(companion, target.parent / companion.name)
            _copy(path, target)
    except CorpusError as error:
        return Added(name, error=error.notice)
    except OSError as error:
        reason = error.strerror or error
        return Added(name, error=Notice(Problem.NOT_COPIED, path=path, target=target, reason=reason))
    return Added(name, review)


def _copy(path: Path, target: Path) -> None:
    """Copy a whole file or nothing: the unfinished copy's name begins with a full stop, so the corpus leaves it out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(path, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
