"""The language of the reader, and the messages of peerqa in it: gettext, with the language in a context variable.

A message is its English text; a placeholder is a name in braces, filled in with `str.format` after the look-up:

    gettext("line {number}").format(number=3)
    ngettext("{number} work cited", "{number} works cited", 5).format(number=5)

A message that is looked up elsewhere than it is written is marked with `N_`, so that Babel finds it.
English is used where nothing else was set, and for a message that has no translation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
"""Code of each language, and its name in that language itself."""
DEFAULT = "en"
DOMAIN = "peerqa"
Words = Mapping[Enum, str | Callable[..., str]]
"""Code of a notice -> its message, or a function that makes the whole text of the values of the notice."""
_language = ContextVar("language", default=DEFAULT)
_chosen = ContextVar("chosen", default=False)


def N_(message: str) -> str:
    """Mark a message for translation and give it back as it is."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark a message with a plural for translation and give both forms back as they are."""
    return one, many


def gettext(message: str) -> str:
    """The message in the language in use."""
    return _translations(_language.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of the message for n things, in the language in use."""
    return _translations(_language.get()).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    """The message in the language in use, where the same English has another translation in this context."""
    return _translations(_language.get()).pgettext(context, message)


def language() -> str:
    """Code of the language in use."""
    return _language.get()


def parameter() -> str | None:
    """Language code that links must carry for the next page to keep this language; None if it would anyway."""
    return _language.get() if _chosen.get() else None


@contextmanager
def using(code: str, unasked: str | None = None) -> Iterator[None]:
    """Set the language for the body of the `with` statement; an unknown code means English.

    unasked: language that the reader gets from an address that names none; English by default.
    """
    known = code if code in LANGUAGES else DEFAULT
    token, chosen = _language.set(known), _chosen.set(known != (unasked or DEFAULT))
    try:
        yield
    finally:
        _language.reset(token)
        _chosen.reset(chosen)


@cache
def _translations(code: str) -> NullTranslations:
    if code == DEFAULT:
        return NullTranslations()
    compiled = files("peerqa.wording") / "locales" / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with compiled.open("rb") as stream:
        return GNUTranslations(stream)
