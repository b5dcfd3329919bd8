"""Which open data sets the scripts use, and where they lie: data_sets.json as objects.

    python benchmarks/fetch.py --list      prints them

DATA is a folder with one folder a data set. Nothing of it is part of the repository.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from peerqa.cli.scripts import ScriptError

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "benchmarks" / "data"
"""Where the scripts look if they are not given a folder; git ignores it."""
TABLE = ROOT / "benchmarks" / "data_sets.json"


@dataclass(frozen=True)
class Download:
    """One published file. `sha256` and `size` (bytes) are None if no copy of that very file was at hand to measure."""

    url: str
    path: str
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class DataSet:
    """A data set: what is downloaded, and what is made of it.

    `downloads` are put below DATA. `made` maps the files that `conversion` (a function of conversions.py) writes below
    DATA to the SHA-256 of the file with which our figures were measured. `missing` says why a set cannot be fetched in
    the form that the scripts read; it is "" for all others.
    """

    name: str
    licence: str
    about: str
    origin: str
    downloads: tuple[Download, ...] = ()
    conversion: str = ""
    made: tuple[tuple[str, str], ...] = ()
    missing: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that the scripts read, below DATA."""
        return tuple(path for path, _ in self.made) or tuple(download.path for download in self.downloads)


def data_sets() -> list[DataSet]:
    """All data sets, in the order of data_sets.json."""
    found = []
    for row in json.loads(TABLE.read_text("utf-8")):
        downloads = tuple(Download(**{**file, "url": row["base"] + file["url"]}) for file in row.pop("files", ()))
        row.pop("base", None)
        made = tuple(row.pop("made", {}).items())
        found.append(DataSet(downloads=downloads, made=made, **row))
    return found


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the argument DATA."""
    parser.add_argument(
        "data",
        type=Path,
        nargs="?",
        default=DATA,
        metavar="DATA",
        help="folder of the open data sets (default: benchmarks/data, which benchmarks/fetch.py fills)",
    )


def find(data: Path, name: str) -> Path:
    """The file or folder `name` below DATA.

    Raises ScriptError if it is missing, with the command that gets it.
    """
    path = data / name
    if path.exists():
        return path
    folder = "" if data == DATA else f" {data}"
    for one in data_sets():
        if any(own == name or own.startswith(f"{name}/") for own in one.paths):
            if one.missing:
                raise ScriptError(f"{path} is missing and cannot be fetched: {one.missing}; its origin: {one.origin}")
            raise ScriptError(f"{path} is missing; get it with: python benchmarks/fetch.py{folder} --only {one.name}")
    raise ScriptError(f"{path} is missing")
