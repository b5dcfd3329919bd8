"""Bring the translations up to date: extract the messages from the code, merge them into each .po, compile each .mo.

    python scripts/update_translations.py

A message that is new or changed arrives in the .po with an empty translation: translate it, then run this again.
Messages that the code no longer holds are dropped. After a merge that conflicts in the .mo, run this too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "peerqa"
LOCALES = SOURCE / "wording" / "locales"
KEYWORDS = ("N_", "NN_:1,2")  # gettext, ngettext and pgettext are Babel's own


def extract(template: Path) -> None:
    """Write the messages of the code to a template (.pot), in alphabetical order and without places.

    So a line that moves changes nothing in the translations, and two branches seldom meet in the same line.
    """
    keywords = [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    options = ["--mapping-file", str(ROOT / "babel.cfg"), "--no-location", "--sort-output"]
    _pybabel("extract", *options, *keywords, "--output-file", str(template), str(SOURCE))


def update() -> None:
    """Extract, merge and compile."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "peerqa.pot"
        extract(template)
        options = ["--ignore-obsolete", "--no-fuzzy-matching", "--ignore-pot-creation-date", "--no-wrap"]
        files = ["--domain", "peerqa", "--input-file", str(template), "--output-dir", str(LOCALES)]
        _pybabel("update", *options, *files)
    _pybabel("compile", "--domain", "peerqa", "--directory", str(LOCALES), "--statistics")


def _pybabel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "--quiet", *arguments])


if __name__ == "__main__":
    sys.exit(update())
