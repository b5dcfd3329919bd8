"""What both training runs keep on disk: a checkpoint to go on from, a log, and the weights that were trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from peerqa.cli.scripts import ScriptError


class Checkpoint:
    """A file from which an interrupted run goes on; it is written whole or not at all."""

    def __init__(self, folder: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        self._path = folder / "checkpoint.pt"
        self._network, self._optimizer = network, optimizer

    def restore(self) -> tuple[int, float]:
        """Load what was saved; returns (steps done, seconds spent), (0, 0.0) without a checkpoint."""
        if not self._path.exists():
            return 0, 0.0
        saved = torch.load(self._path, weights_only=True)
        self._network.load_state_dict(saved["model"])
        self._optimizer.load_state_dict(saved["optimizer"])
        return int(saved["step"]), float(saved["spent"])

    def save(self, step: int, spent: float) -> None:
        """Write the state after `step` steps and `spent` seconds."""
        state = {"model": self._network.state_dict(), "optimizer": self._optimizer.state_dict()}
        part = self._path.with_suffix(".part")
        torch.save({**state, "step": step, "spent": spent}, part)
        part.replace(self._path)

    def delete(self) -> None:
        """Remove the file after the run has ended."""
        self._path.unlink(missing_ok=True)


class Log:
    """A file of JSON lines that is appended to; each entry is printed as well."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log.jsonl"

    def write(self, entry: dict[str, Any]) -> None:
        """Append an entry and print it."""
        with self._path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        print(json.dumps(entry), flush=True)


def save_trained(network: nn.Module, frozen: str, folder: Path) -> None:
    """Write folder/model.safetensors: all weights but the frozen word embeddings."""
    trained = {name: value.contiguous() for name, value in network.state_dict().items() if name != frozen}
    save_file(trained, folder / "model.safetensors")


def load_rows(paths: list[Path]) -> list[dict[str, Any]]:
    """The rows of files of JSON lines. Raises ScriptError for a line that is no JSON object."""
    rows = []
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    rows.append(dict(json.loads(line)))
                except (ValueError, TypeError):
                    raise ScriptError(
                        f"{path}, line {number}: no JSON object; make rows with rows.py or questions.py"
                    ) from None
    return rows
