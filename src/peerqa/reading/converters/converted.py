"""What a converter hands over: the words of a file and their structure, as plain data that can cross to the parent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


class UnreadableFile(Exception):
    """A file that cannot be read; the message says why, in words that fit behind its name."""


@dataclass(frozen=True, slots=True)
class Converted:
    """The text of a foreign file. form: "markdown" (headings are marked in it) or "blocks" (they are listed).

    blocks: (kind, start, end, level, items) as in structure.Block. links: (start, end, start of the entry meant).
    pages: where each page begins. warnings: what was lost, one line each, without the file's name.
    """

    form: Literal["markdown", "blocks"]
    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[str, int, int, int, list[tuple[int, int]]]] = field(default_factory=list)
    links: list[tuple[int, int, int]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, data: str) -> Converted:
        values: dict[str, Any] = json.loads(data)
        return cls(**values)
