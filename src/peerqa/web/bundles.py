"""The page's scripts and style sheets: many small files in static/, sent as few, so that a first visit asks for little.

A style sheet is sent with the sheets that it imports in the place of each @import. A script is sent behind the modules
that it imports, each in a function of its own, so that no private name hides another. The files stay standard CSS and
ES modules; only the forms of import and export that they use are known here, and any other is refused.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_SHEET_IMPORT = re.compile(r'^@import url\("(\w+\.css)"\);\n', re.MULTILINE)
_IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "\./(\w+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function|const) (\w+))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export|@import)\b.*", re.MULTILINE)


class BundleError(Exception):
    """A script or style sheet of ours imports or exports in a way that cannot be put together."""


@cache
def bundle(name: str) -> bytes:
    """A style sheet or script of static/ with all that it imports, in UTF-8.

    Raises BundleError, naming the file, where an import or export has another form or leads nowhere, and where modules
    import each other in a circle.
    """
    return (_sheet(name) if name.endswith(".css") else _script(name)).encode()


def _sheet(name: str) -> str:
    """A style sheet with the sheets that it imports in their places."""
    return _without_imports(_SHEET_IMPORT.sub(lambda found: _sheet(found[1]), _read(name)), name)


def _script(name: str) -> str:
    """A script behind the modules that it needs."""
    *needed, entry = _in_order(name)
    return "".join(_as_function(module) for module in needed) + _body(entry)


def _in_order(name: str, importers: tuple[str, ...] = ()) -> list[str]:
    """A module and all that it imports, each once and behind what it imports itself."""
    if name in importers:
        raise BundleError(f"static/{name}: these modules import each other: {', '.join((*importers, name))}")
    order: dict[str, None] = {}
    for _, needed in _imports(name):
        order |= dict.fromkeys(_in_order(needed, (*importers, name)))
    return [*order, name]


def _as_function(name: str) -> str:
    """A module as a function that runs at once; the constant $NAME holds what the module exports."""
    return f"const {_constant(name)} = (() => {{\n{_body(name)}return {{ {', '.join(_exports(name))} }};\n}})();\n"


def _body(name: str) -> str:
    """The text of a module that takes its imports from the constants of the modules before it."""
    for names, needed in _imports(name):
        if missing := names - set(_exports(needed)):
            raise BundleError(f"static/{name}: {needed} exports no {', '.join(sorted(missing))}")
    text = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_constant(found[2])};\n", _read(name))
    return _without_imports(_EXPORT.sub("", text), name)


def _imports(name: str) -> list[tuple[set[str], str]]:
    """For each import of a module: the names, and the module that they come from."""
    return [(set(re.findall(r"\w+", names)), needed) for names, needed in _IMPORT.findall(_read(name))]


def _exports(name: str) -> list[str]:
    return _EXPORT.findall(_read(name))


def _constant(name: str) -> str:
    return "$" + name.removesuffix(".js")


def _without_imports(text: str, name: str) -> str:
    if left := _UNKNOWN.search(text):
        raise BundleError(f"static/{name}: write this import or export as the other files do: {left[0]}")
    return text


def _read(name: str) -> str:
    try:
        return (resources.files("peerqa.web") / "static" / name).read_text("utf-8")
    except FileNotFoundError:
        raise BundleError(f"static/{name}: there is no such file") from None
