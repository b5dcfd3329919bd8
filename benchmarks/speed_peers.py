"""What other systems need for the same texts with the same model, each in processes of one environment of its own.

The environment is a virtual environment that finds the packages of this one too, so that torch and
sentence-transformers are the same; what the systems need besides is installed into it once.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from data_sets import ROOT
from peerqa.cli.scripts import ScriptError
from peerqa.models.packaged import packaged_folder
from speed_measuring import environment, median_seconds

PACKAGES = ("txtai", "langchain-core", "langchain-community", "llama-index-core", "haystack-ai")
NAMES = ("txtai", "LangChain", "LlamaIndex", "Haystack")
FOLDER = Path.home() / ".cache" / "peerqa-benchmarks" / "peers"
"""Where the environment is made if no other folder is given."""


def python_of(folder: Path) -> Path:
    """The Python of the environment, which is made first if it is not there. Raises ScriptError where it cannot be."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    complete = folder / "complete"
    if complete.is_file():
        return python
    print(f"installing {', '.join(PACKAGES)} into {folder}", file=sys.stderr)
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ScriptError(f"no virtual environment can be made in {folder}: {error}") from None
    packages = next(folder.glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"))
    # Behind its own packages; so what a system wants in another version is installed beside.
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    ran = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=False)
    if ran.returncode:
        raise ScriptError(f"the other systems cannot be installed into {folder}; pip says why")
    complete.write_text("", "ascii")
    return python


def measured(folder: Path, texts: Sequence[str], questions: Sequence[str], turns: int) -> dict[str, dict[str, float]]:
    """For each system: "ask s" (a new process that asks what was saved), "query ms" and "resident MB" (of a process
    that has asked a hundred). One that fails is left out, with a line that says so."""
    python, found = python_of(folder), {}
    with tempfile.TemporaryDirectory() as temporary:
        given = Path(temporary) / "texts.json"
        given.write_text(json.dumps({"texts": list(texts), "questions": list(questions)}), "utf-8")
        for name in NAMES:
            script = [str(python), str(ROOT / "benchmarks" / "speed_peer.py"), name]
            where = [str(given), str(Path(temporary) / name), str(packaged_folder())]
            try:
                _output([*script, "build", *where])
                served = [json.loads(_output([*script, "serve", *where]).splitlines()[-1]) for _ in range(turns)]
                found[name] = {key: statistics.median(one[key] for one in served) for key in served[0]}
                found[name]["ask s"] = median_seconds([*script, "ask", *where], turns)
            except (ScriptError, subprocess.CalledProcessError, ValueError, IndexError) as error:
                found.pop(name, None)
                print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def _output(command: Sequence[str]) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if ran.returncode:
        raise ScriptError((ran.stderr.strip().splitlines() or ["it ends without a word"])[-1])
    return ran.stdout
