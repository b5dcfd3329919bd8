"""Download the open data sets that the scripts use, check them, and put them where the scripts look.

    python benchmarks/fetch.py [DATA] [--only NAME ...] [--list]

Each set is named in data_sets.json with its address, licence, size and SHA-256. A download goes on where it broke off,
and is put in place only after its hash was checked; a file that is in place is not fetched again. Where the published
form is not the one that the scripts read, the download is kept in DATA/originals and converted (conversions.py).

Known hashes: of the files of `anystyle-refs` and the XML of `jats`, computed from copies at hand. Of the other
downloads no copy was at hand; their hash is unknown, and the SHA-256 of what arrives is printed. For converted files
the hash of the file with which our figures were measured is known (but for the JSON of `jats` and `gum-sentences`),
and a difference is reported. No address could be tried when this was written. The conversion of `jats` was compared
with the files that we measure with (all paragraphs and links agree, 901 of 902 entries); those of `squad2`, `covid-
qa`, `selqa`, `wikiqa`, `pysbd-golden` and `gum-sentences` have seen no published file. Some sets cannot be fetched in
the form that the scripts read; --list says why.
"""

from __future__ import annotations

import http.client
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from data_sets import DataSet, Download, add_data, data_sets
from peerqa.cli.scripts import Parser, ScriptError, run
from peerqa.models.packaged import sha256_of

CHUNK = 1 << 16
ATTEMPTS = 4
WAIT = 2.0
"""Seconds before the second attempt; each further wait is twice as long."""
TIMEOUT = 60.0


def download(wanted: Download, target: Path) -> bool:
    """Put a published file at `target`; returns False if it was there already.

    Raises ScriptError if it does not arrive after ATTEMPTS attempts, or is not the file that it should be.
    """
    if target.exists():
        _check(target, wanted, f"delete {target} to fetch it again")
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    wait = WAIT
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _receive(wanted, part)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500 or attempt == ATTEMPTS:
                raise ScriptError(f"{wanted.url}: the server says {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS:
                reason = getattr(error, "reason", None) or error
                raise ScriptError(f"{wanted.url}: {reason}; run the command again to go on") from None
        print(f"\r{target.name}: broken off, trying again in {wait:.0f} s", file=sys.stderr)
        time.sleep(wait)
        wait *= 2
    try:
        _check(part, wanted, "it was changed at its source or damaged on its way, and is not kept")
    except ScriptError:
        part.unlink()
        raise
    part.replace(target)
    return True


def _receive(wanted: Download, part: Path) -> None:
    """Append what is missing to `part`. Raises OSError or HTTPException if the connection breaks."""
    have = part.stat().st_size if part.exists() else 0
    if wanted.size is not None and have >= wanted.size:
        if have == wanted.size:
            return
        part.unlink()
        have = 0
    request = urllib.request.Request(wanted.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        part.unlink()  # longer than the file at the source: start again
        raise ConnectionError("what was received so far does not fit the file") from None
    with answer:
        goes_on = have and answer.status == 206
        expected = answer.headers.get("Content-Length")
        total = int(expected) + (have if goes_on else 0) if expected else wanted.size
        with part.open("ab" if goes_on else "wb") as file:
            _copy(answer, file, part.stem, have if goes_on else 0, total)


def _copy(answer: http.client.HTTPResponse, file: IO[bytes], name: str, have: int, total: int | None) -> None:
    while block := answer.read(CHUNK):
        file.write(block)
        have += len(block)
        of = f" of {total / 1e6:.1f}" if total else ""
        print(f"\r{name}: {have / 1e6:.1f}{of} MB", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if total is not None and have < total:
        raise ConnectionError(f"broke off after {have} of {total} bytes")


def _check(path: Path, wanted: Download, advice: str) -> None:
    if wanted.sha256 is not None and (found := sha256_of(path)) != wanted.sha256:
        raise ScriptError(f"{wanted.url}: SHA-256 is {found}, but {wanted.sha256} was expected; {advice}")


def fetch(one: DataSet, data: Path) -> str:
    """Download and convert a data set; returns what came of it, in a few words."""
    folder = data / "originals" / one.name if one.conversion else data
    if one.conversion and all((data / path).exists() for path, _ in one.made):
        return "is there"
    news = 0
    for wanted in one.downloads:
        target = folder / wanted.path
        if download(wanted, target):
            news += 1
            if wanted.sha256 is None:
                print(f"{target}: SHA-256 {sha256_of(target)}, which could not be compared with anything")
    if not one.conversion:
        return f"{news} of {len(one.downloads)} files fetched" if news else "is there"
    import conversions

    conversions.CONVERSIONS[one.conversion](folder, data)
    other = [path for path, known in one.made if known and sha256_of(data / path) != known]
    note = f"; not the very files with which our figures were measured: {', '.join(other)}" if other else ""
    return f"made {len(one.made)} files{note}"


def describe(one: DataSet) -> str:
    """A data set as it is listed."""
    size = sum(file.size for file in one.downloads if file.size)
    unknown = sum(file.sha256 is None for file in one.downloads)
    lines = [f"{one.name}: {one.about}", f"    licence {one.licence}; {one.origin}"]
    if one.missing:
        return "\n".join([*lines, f"    cannot be fetched: {one.missing}"])
    lines.append(
        f"    {len(one.downloads)} files"
        + (f", {size / 1e6:.1f} MB" if size else ", size unknown")
        + (f", SHA-256 unknown of {unknown}" if unknown else ", SHA-256 known of all")
    )
    return "\n".join(lines)


def main() -> None:
    sets = data_sets()
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=[one.name for one in sets], help="these sets alone"
    )
    parser.add_argument("--list", action="store_true", help="name the sets with licence and origin, and fetch nothing")
    options = parser.parse_args()
    chosen = [one for one in sets if not options.only or one.name in options.only]
    if options.list:
        print("\n".join(describe(one) for one in chosen))
        return
    failed = 0
    for one in chosen:
        try:
            print(f"{one.name}: " + (f"cannot be fetched: {one.missing}" if one.missing else fetch(one, options.data)))
        except ScriptError as error:
            failed += 1
            print(f"{one.name}: {error}", file=sys.stderr)
    if failed:
        raise ScriptError(f"{failed} of {len(chosen)} sets could not be fetched")


if __name__ == "__main__":
    run(main)
