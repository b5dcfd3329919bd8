"""Rows of speed.py about processes: a question in the shell, opening, a server's first page and its memory."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from data_sets import ROOT
from peerqa.cli.scripts import ScriptError
from speed_measuring import (
    QUESTION,
    RESIDENT,
    Row,
    at_least,
    at_most,
    environment,
    measured_in_python,
    median_seconds,
    peerqa_command,
    resident_megabytes,
)

PATIENCE = 300
"""Seconds after which a server that does not answer is given up."""
OPENING = (
    RESIDENT
    + """
import json, sys, time
import peerqa.answering.assistant
from peerqa.models.encoder import load_encoder
encoder = load_encoder()
encoder.encode_tokens(["a first pass"])
begun = time.perf_counter()
assistant = peerqa.Assistant.open(sys.argv[1], sys.argv[2], encoder=encoder)
seconds = time.perf_counter() - begun
print(json.dumps({"s": seconds, "resident MB": resident()}))
"""
)


def rows(index: Path, questions: Sequence[str], peers: Mapping[str, Mapping[str, float]], turns: int) -> Iterator[Row]:
    """The rows over the first review. index: its index. peers: what each of them needed for the same."""
    folders = ("--corpus", str(ROOT / "corpus"), "--index", str(index))
    seconds = median_seconds(peerqa_command("ask", QUESTION, *folders), turns)
    ratios = {"seconds": at_most(seconds, 1.2)}
    if peers:
        fastest = min(peers, key=lambda name: peers[name]["ask s"])
        ratios[f"{fastest} ({peers[fastest]['ask s']:.1f} s) ÷ this"] = at_least(peers[fastest]["ask s"] / seconds, 6)
    yield Row("`peerqa ask` in a new process, warm file cache", {"s": seconds}, ratios)
    found = opened(ROOT / "corpus", index, turns)
    yield Row("opening the review, models loaded", found, {"seconds": at_most(found["s"], 0.15)})
    alone = median_seconds([sys.executable, "-c", "import gradio"], turns)
    served = [first_page(folders) for _ in range(turns)]
    first = statistics.median(served)
    yield Row(
        "first page of `peerqa serve`",
        {"s": first, "`import gradio` s": alone},
        {"÷ `import gradio`": at_most(first / alone, 1.6)},
    )
    with server(folders) as (process, address):
        for question in (list(questions) * 100)[:100]:
            asked(address, question)
        memory = resident_megabytes(process.pid)
    ratios = {}
    if peers:
        leanest = min(peers, key=lambda name: peers[name]["resident MB"])
        held = peers[leanest]["resident MB"]
        ratios[f"÷ {leanest} ({held:.0f} MB)"] = at_most(memory / held, 0.5)
    yield Row("server after 100 questions", {"resident MB": memory}, ratios)


def opened(corpus: Path, index: Path, turns: int) -> dict[str, float]:
    """Seconds and megabytes of opening an index in a new process, beyond imports and models; medians."""
    found = [measured_in_python(OPENING, str(corpus), str(index)) for _ in range(turns)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


@contextmanager
def server(folders: Sequence[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server in a process of its own, started and perhaps not yet ready, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = peerqa_command("serve", "--port", str(port), *folders)
    with subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _first_answer(process, address)
            yield process, address
        finally:
            process.terminate()


def first_page(folders: Sequence[str]) -> float:
    """Seconds from the start of a server until its first page has arrived."""
    begun = time.perf_counter()
    with server(folders):
        return time.perf_counter() - begun


def _first_answer(process: subprocess.Popen[bytes], address: str) -> None:
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as response:
                response.read()
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise ScriptError("`peerqa serve` does not answer; start it by hand to see why")


def asked(address: str, question: str) -> None:
    """Ask the interface of a server, and read its answer."""
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{address}/api/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        response.read()
