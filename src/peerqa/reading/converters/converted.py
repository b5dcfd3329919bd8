"""What a converter hands over: the words of a file and their structure, as plain data for the parent process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from peerqa.errors import Problem
from peerqa.notices import Notice, from_values, to_values


class UnreadableFile(Exception):
    """A file that cannot be read. notice: why, in words that fit behind its name."""

    def __init__(self, code: Problem, /, **values: object) -> None:
        super().__init__(code)
        self.notice = Notice(code, **values)


@dataclass(frozen=True, slots=True)
class Converted:
    """The text of a converted file. form: "markdown" (the text holds the structure) or "blocks" (`blocks` holds it).

    blocks: (kind, start, end, level, items) as in structure.Block. links: (start, end, start of the linked entry).
    pages: the offset at which each page begins. warnings: what was lost, each in words that fit behind its name.
    """

    form: Literal["markdown", "blocks"]
    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[str, int, int, int, list[tuple[int, int]]]] = field(default_factory=list)
    links: list[tuple[int, int, int]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "warnings": [notice_as_json(warning) for warning in self.warnings]})

    @classmethod
    def from_json(cls, data: str) -> Converted:
        values: dict[str, Any] = json.loads(data)
        return cls(**{**values, "warnings": [notice_of_json(warning) for warning in values["warnings"]]})


def notice_as_json(notice: Notice) -> str:
    """One line of JSON for a notice whose codes are Problems."""
    return json.dumps(to_values(notice))


def notice_of_json(data: str) -> Notice:
    """The notice that `notice_as_json` wrote."""
    notice: Notice = from_values(json.loads(data), (Problem,))
    return notice
