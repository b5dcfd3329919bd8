"""Reference lists in the source of LaTeX and of wikis, rewritten before conversion, since pandoc drops them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from peerqa.reading.converters.link_markers import CLOSE, Linking

_LIST = re.compile(r"\\begin\{thebibliography\}(?:\{[^{}]*\})?(?P<items>.*?)\\end\{thebibliography\}", re.DOTALL)
_ITEM = re.compile(r"\\bibitem\s*(?:\[(?P<label>(?:\{[^{}]*\}|[^\[\]{}])*)\])?\s*\{(?P<key>[^{}]*)\}")
_LIST_HEADING = re.compile(r"\\(?:sub)*section\*?\{(?:references|bibliography|works cited|literature)\}\s*\Z", re.I)
_DATABASE = re.compile(r"^[^%\n]*\\(?:bibliography|addbibresource)(?:\[[^\]]*\])?\{([^{}]*)\}", re.MULTILINE)


def labels_of(source: str) -> dict[str, str]:
    """Key of each entry of a thebibliography -> how the text cites it: its label ("Jones (2012)"), or its number."""
    items = [item for found in _LIST.finditer(source) for item in _ITEM.finditer(found["items"])]
    labels = [_plain(item["label"] or "") for item in items]
    named = bool(labels) and all(re.search(r"\S\s*\(\D*(?:\d{4}|n\.?d)", label) for label in labels)
    return {
        item["key"].strip(): re.sub(r"\s*\(([^()]*)\).*", r" (\1)", label) if named else str(number)
        for number, (item, label) in enumerate(zip(items, labels, strict=True), 1)
    }


_ACCENTS = dict(zip("\"'`^~=.uvHc", "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327", strict=True))


def _plain(label: str) -> str:
    """A label without the notation of LaTeX."""
    bare = re.sub(r"\\(?:([\"'`^~=.])|([uvHc])(?=[\s{]))\s*\{?\\?(\w)\}?", _accented, label)
    return " ".join(re.sub(r"[{}]|\\[a-zA-Z]+\s?", "", bare.replace("~", " ")).split())


def _accented(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", letter[3] + _ACCENTS[letter[1] or letter[2]])


def with_entries(source: str, linking: Linking, labels: dict[str, str]) -> str:
    """The source with its thebibliography made paragraphs under a heading, each with an anchor for its key."""

    def entry(item: re.Match[str]) -> str:
        key = item["key"].strip()
        number = labels.get(key, "")
        return f"\n\n{linking.anchor(key)}{f'[{number}] ' if number.isdigit() else ''}"

    def entries(found: re.Match[str]) -> str:
        heading = "" if _LIST_HEADING.search(source, 0, found.start()) else "\\section*{References}"
        return f"\n\n{heading}\n\n{_ITEM.sub(entry, found['items'])}\n\n"

    return _LIST.sub(entries, source.replace("\\newblock", " "))


def databases(source: str, folder: Path) -> list[Path]:
    """The BibTeX files that a LaTeX source names, if they lie in its folder."""
    names = [name.strip() for found in _DATABASE.finditer(source) for name in found[1].split(",")]
    paths = [folder / (name if name.endswith(".bib") else f"{name}.bib") for name in names if name]
    return [path for path in dict.fromkeys(paths) if path.parent == folder and path.is_file()]


# ---- wikis ----------------------------------------------------------------------------------------------------------

_NOTE = re.compile(r"<ref\b(?P<attributes>[^<>/]*)(?:/>|>(?P<text>.*?)</ref\s*>)", re.DOTALL | re.IGNORECASE)
_NOTE_NAME = re.compile(r"name\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'/>]+))")
_NOTES_HERE = re.compile(
    r"<references\b[^<>]*/>|<references\b[^<>]*>.*?</references\s*>|\{\{\s*reflist\b[^{}]*\}\}", re.I | re.S
)
_CITE = re.compile(r"\{\{\s*(?:cite|citation)\b[^{}|]*\|(?P<fields>[^{}]*)\}\}", re.IGNORECASE)


def with_notes(source: str, linking: Linking) -> str:
    """The wiki text with its <ref> notes replaced by numbers, and the list of the notes where the wiki shows it."""
    texts: dict[str, str] = {}
    for note in _NOTE.finditer(source):
        if (note["text"] or "").strip() and not texts.get(_name_of(note), ""):
            texts[_name_of(note)] = " ".join(note["text"].split())
    order: dict[str, int] = {}

    def number(note: re.Match[str]) -> str:
        name = _name_of(note)
        if name not in texts:
            return ""
        place = order.setdefault(name, len(order) + 1)
        return f"[{linking.opening(f'note-{place}')}{place}{CLOSE}]"

    here = _NOTES_HERE.search(source)
    body, rest = (source[: here.start()], source[here.end() :]) if here else (source, "")
    body, rest = _NOTE.sub(number, body), _NOTE.sub(number, rest)
    if not order:
        return source
    entries = "\n".join(
        f"# {linking.anchor(f'note-{place}')}{_CITE.sub(_formatted, texts[name])}" for name, place in order.items()
    )
    heading = "" if here else "\n\n== References =="
    return f"{body}{heading}\n\n{entries}\n\n{rest}"


def _name_of(note: re.Match[str]) -> str:
    named = _NOTE_NAME.search(note["attributes"])
    return next((f"name {part}" for part in named.groups() if part), "") if named else f"text {note['text']}"


def _formatted(template: re.Match[str]) -> str:
    """The text of a citation template ("{{cite journal|...}}") in the form of APA."""
    pairs = (field.partition("=") for field in re.split(r"\|(?![^\[]*\]\])", template["fields"]))
    fields = {key.strip().lower(): value.strip() for key, _, value in pairs if value.strip()}
    people = ", ".join(_people(fields))
    year = re.search(r"\d{4}[a-z]?", fields.get("year") or fields.get("date", ""))
    where = fields.get("journal") or fields.get("work") or fields.get("website") or fields.get("publisher") or ""
    where += f", {fields['volume']}" if "volume" in fields else ""
    where += f"({fields['issue']})" if "issue" in fields else ""
    where += f", {fields['pages']}" if "pages" in fields else ""
    link = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
    head = f"{people or where} ({year[0] if year else 'n.d.'}). "
    return head + " ".join(f"{part.rstrip('.')}." for part in (fields.get("title", ""), where) if part) + f" {link}"


def _people(fields: dict[str, str]) -> Iterator[str]:
    for number in ("", *map(str, range(1, 31))):
        family = fields.get(f"last{number}") or fields.get(f"author{number}")
        given = fields.get(f"first{number}", "")
        if family:
            yield f"{family}, {' '.join(f'{name[0]}.' for name in given.split())}" if given else family
