"""What stages have to say to people: a code with values, and no sentence. `peerqa.wording` makes the sentence.

`str()` gives it in English, for programs that use the library and for logs; an interface words it in the language of
its reader (`peerqa.wording.notices.worded`). This module knows no words: the package itself tells it who has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

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
