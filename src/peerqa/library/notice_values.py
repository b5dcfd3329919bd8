"""Notices as plain JSON values, and back: how discrepancies and warnings are kept in a library."""

from __future__ import annotations

from enum import Enum
from typing import Any

from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.errors import Problem
from peerqa.notices import Notice

_CODES: dict[str, type[Enum]] = {kind.__name__: kind for kind in (Problem, Discrepancy, Preference)}
"""The kinds of codes that a document can carry."""


def to_values(said: object) -> Any:
    """A notice, and whatever its values hold, as JSON values. Other objects become their text."""
    if isinstance(said, Notice):
        kind = type(said.code).__name__
        values = {name: to_values(value) for name, value in said.values.items()}
        return {"kind": kind, "code": said.code.value, "values": values}
    if isinstance(said, (tuple, list)):
        return [to_values(item) for item in said]
    return said if isinstance(said, (str, int, float, bool, type(None))) else str(said)


def from_values(values: Any) -> Any:
    """What `to_values` was given, with tuples for lists and text for paths. Raises KeyError, ValueError."""
    if isinstance(values, dict):
        code = _CODES[values["kind"]](values["code"])
        return Notice(code, **{name: from_values(value) for name, value in values["values"].items()})
    if isinstance(values, list):
        return tuple(from_values(item) for item in values)
    return values
