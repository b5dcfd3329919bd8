"""What stages have to say to people: a code with values, and no sentence. `peerqa.wording` makes the sentence.

`str()` gives it in English, for programs that use the library and for logs; an interface words it in the language of
its reader (`peerqa.wording.notices.worded`). This module knows no words: the package itself tells it who has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_in_english: Callable[[object], str] = repr


def word_with(in_english: Callable[[object], str]) -> None:
    """Use this function wherever English words are asked for."""
    global _in_english
    _in_english = in_english


def english(said: object) -> str:
    """The English line for a notice or an error."""
    return _in_english(said)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Notice:
    """A code, and the values that its sentence names; a value may be a notice itself.

    Notice(Problem.NO_SUCH_FILE, path="corpus/mine.md")
    """

    code: Enum
    values: Mapping[str, object] = field(hash=False)

    def __init__(self, code: Enum, /, **values: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return english(self)

    def __repr__(self) -> str:
        return f"Notice({', '.join([str(self.code), *(f'{name}={value!r}' for name, value in self.values.items())])})"


def to_values(said: object) -> Any:
    """A notice, and whatever its values hold, as JSON values. Other objects become their text."""
    if isinstance(said, Notice):
        kind = type(said.code).__name__
        values = {name: to_values(value) for name, value in said.values.items()}
        return {"kind": kind, "code": said.code.value, "values": values}
    if isinstance(said, (tuple, list)):
        return [to_values(item) for item in said]
    return said if isinstance(said, (str, int, float, bool, type(None))) else str(said)


def from_values(values: Any, kinds: Iterable[type[Enum]]) -> Any:
    """What `to_values` was given, with tuples for lists and text for paths. kinds: of the codes that it may hold.

    Raises KeyError, ValueError.
    """
    known = {kind.__name__: kind for kind in kinds}
    if isinstance(values, dict):
        code = known[values["kind"]](values["code"])
        return Notice(code, **{name: from_values(value, known.values()) for name, value in values["values"].items()})
    if isinstance(values, list):
        return tuple(from_values(item, known.values()) for item in values)
    return values
