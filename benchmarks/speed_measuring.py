"""What the parts of speed.py measure with: rows of the table, processes that are timed, sizes of memory and disk."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_sets import ROOT
from peerqa.cli.scripts import ScriptError

QUESTION = "What challenges do peer support workers face?"
"""Asked where one question is enough."""
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Row:
    """One measure: its figures by name and unit, and each ratio with its goal.

    figures: such as {"median ms": 12.3}. ratios: what was compared -> (value, the goal, whether it is reached); a value
    that has a goal of its own stands there too.
    """

    measure: str
    figures: Mapping[str, float]
    ratios: Mapping[str, tuple[float, str, bool]] = field(default_factory=dict)
    note: str = ""


def at_most(value: float, limit: float) -> tuple[float, str, bool]:
    """A value whose goal is to be no greater."""
    return value, f"≤ {limit:g}", value <= limit


def at_least(value: float, limit: float) -> tuple[float, str, bool]:
    """A value whose goal is to be no less."""
    return value, f"≥ {limit:g}", value >= limit


def as_markdown(rows: Iterable[Row]) -> str:
    """The rows as a table of Markdown; what misses its goal is bold."""
    lines = ["| measure | found | against | goal |", "|---|---|---|---|"]
    for row in rows:
        found = "; ".join(f"{name} {_rounded(value)}" for name, value in row.figures.items())
        against, goals = [], []
        for name, (value, goal, reached) in row.ratios.items():
            shown = f"{name} {_rounded(value)}"
            against.append(shown if reached else f"**{shown}**")
            goals.append(goal)
        note = f" ({row.note})" if row.note else ""
        lines.append(f"| {row.measure}{note} | {found} | {'; '.join(against)} | {'; '.join(goals)} |")
    return "\n".join(lines)


def as_json(rows: Iterable[Row]) -> str:
    """The rows as JSON."""
    plain = [
        {
            "measure": row.measure,
            "figures": dict(row.figures),
            "ratios": {
                name: {"value": value, "goal": goal, "reached": reached}
                for name, (value, goal, reached) in row.ratios.items()
            },
            "note": row.note,
        }
        for row in rows
    ]
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


@dataclass(frozen=True)
class Spread:
    """Median and tails of some milliseconds."""

    median: float
    p95: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Spread:
        ranked = sorted(milliseconds)
        at = [ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in (0.95, 0.99)]
        return cls(statistics.median(ranked), *at)


def milliseconds(work: Callable[[], Any]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


# ---- processes ------------------------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of processes that run this peerqa."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}


def peerqa_command(*arguments: str) -> list[str]:
    """The command line of `peerqa`, with this Python."""
    return [sys.executable, "-m", "peerqa", *arguments]


def finished(command: Sequence[str]) -> tuple[float, str]:
    """Seconds that a process takes, and what it prints. Raises ScriptError where it fails."""
    begun = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(), cwd=ROOT)
    seconds = time.perf_counter() - begun
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise ScriptError(f"{' '.join(command[:4])} … ended with status {ran.returncode}: {last}")
    return seconds, ran.stdout


def median_seconds(command: Sequence[str], turns: int) -> float:
    """The median of the seconds that a process takes, after a first one that fills the file cache."""
    finished(command)
    return statistics.median(finished(command)[0] for _ in range(turns))


def measured_in_python(code: str, *arguments: str) -> dict[str, float]:
    """What a piece of Python prints as JSON on its last line, in a process of its own."""
    found: dict[str, float] = json.loads(finished([sys.executable, "-c", code, *arguments])[1].splitlines()[-1])
    return found


RESIDENT = """
def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
"""
"""Code for such a piece: megabytes of memory that the process holds. Linux."""


def resident_megabytes(process: int) -> float:
    """Megabytes of memory that a process holds. Linux."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def megabytes_of(folder: Path) -> float:
    """What a folder's files take on disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MEGABYTE
