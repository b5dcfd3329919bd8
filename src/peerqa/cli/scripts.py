"""What the scripts in benchmarks/ and training/ share with the shell: help from the docstring, errors on one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from peerqa.errors import PeerqaError

PACKAGES = {
    "sklearn": "scikit-learn",
    "langchain_core": "langchain-core",
    "langchain_text_splitters": "langchain-text-splitters",
    "haystack": "haystack-ai",
    "llama_index": "llama-index-core",
}
"""Names to install, where they differ from the names to import."""


class ScriptError(Exception):
    """A file or value that a script cannot work with; the message says which, and what to do. Scripts speak English."""


class Parser(argparse.ArgumentParser):
    """Command line of a script. The docstring is the description; a wrong argument is one line on stderr, status 2."""

    def __init__(self, docstring: str | None) -> None:
        super().__init__(description=docstring, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def run(main: Callable[[], None]) -> NoReturn:
    """Call `main` and exit: 0 if it returns; 2 with one line on stderr for an error that a user can cause."""
    try:
        main()
        sys.stdout.flush()
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        _fail(f"the package {package} is not installed; run: pip install {PACKAGES.get(package, package)}")
    except (PeerqaError, ScriptError) as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has gone; Python would complain on its way out
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}")
    sys.exit(0)


def _fail(message: str, status: int = 2) -> NoReturn:
    print(f"{sys.argv[0]}: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
