"""The shell: build, ask, check, serve. It translates, calls the assistant and prints; it decides nothing.

Exit status: 0 done; 1 something found (`check`) or left out (`add`); 2 an error, said in one line; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from peerqa.cli.options import parser
from peerqa.cli.terminal import one_line
from peerqa.errors import PeerqaError
from peerqa.wording.notices import worded


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status. arguments: None for those of the process."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()  # here, since Python's own flush at the end complains of a closed pipe
    except BrokenPipeError:
        # Whoever read the output has gone; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except PeerqaError as error:
        print(f"peerqa: {one_line(worded(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        print("\npeerqa: interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"peerqa: {one_line(f'{place}{error.strerror or error}')}", file=sys.stderr)
        return 2
