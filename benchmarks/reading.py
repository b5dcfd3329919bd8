"""How well reviews are read: citations, entries of the reference list, sentences, and how fast.

    python benchmarks/reading.py [DATA] [--errors]

Reads `jats`, `anystyle-refs`, `openstax-psychology`, `pysbd-golden` and `gum-sentences` below DATA; what needs a set
that is missing is left out with a note. What each line measures:

- articles as text: the publisher's citation links of JATS articles are hidden and found again from the words alone.
  Precision, recall and F1 over (paragraph, entry) pairs; of an ambiguous citation the first entry counts. The links of
  one article, PMC3967502, are off by one entry throughout its list, so there is a second line without it.
- by number: the same articles, made to cite by number ("[3,7-9]") where they cite by author and year.
- articles as JATS: the same pairs, from the JATS files with their links.
- reference fields: author, year, title and DOI of labelled entries; each labelled field counts one. Authors are right
  if all words of names agree, a title if all its words do, in order.
- textbook: of the citations that fit one entry of a chapter's list by author and year, how many resolve to it.
- sentences: the measures of benchmarks/sentences.py.
- speed: megabytes of text a second of processor time, from the source to resolved citations, the best of three runs;
  of JATS, the text in the files, without the start of the child process (some 50 ms a file).
"""

from __future__ import annotations

import json
import re
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_sets import add_data, find
from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_reference, parse_references
from peerqa.citing.resolving import find_citations
from peerqa.cli.scripts import Parser, ScriptError, run
from peerqa.reading.converters.jats import read_jats
from peerqa.reading.converters.subprocess import document_of
from peerqa.reading.files import read_document
from peerqa.reading.structure import Block, assemble
from peerqa.text.dates import YEAR
from peerqa.text.document import Document
from peerqa.text.sentences import split_sentences
from peerqa.text.words import fold
from sentences import cut_citations, golden, gum, paragraphs_of, rows_of

_WRONG_LINKS = "PMC3967502"
EncodedPair = tuple[str, str]


@dataclass
class Tally:
    """Pairs found and wanted."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.right, self.wrong, self.missed = (
            self.right + other.right, self.wrong + other.wrong, self.missed + other.missed,
        )  # fmt: skip
        self.errors.extend(other.errors)

    def row(self) -> str:
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        score = 2 * precision * recall / max(precision + recall, 1e-9)
        return f"P {precision:.4f}  R {recall:.4f}  F1 {score:.4f}  ({self.right + self.missed} pairs)"


# ---- articles -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Article:
    """An article as text, with what its publisher links: entries cited in the paragraph at an offset."""

    document: Document
    links: dict[int, set[str]]
    entries: dict[int, str]


def _sections(sections: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for section in sections:
        yield section.get("title") or "", [part for part in section["paragraphs"] if part["text"].strip()]
        yield from _sections(section.get("sections", []))


Write = Callable[[str], str]
"""The numbers of a citation ("3,7–9") in the form of a style."""

NUMBERED: dict[str, Write] = {
    "brackets": lambda numbers: f"[{numbers}]",
    "raised": lambda numbers: numbers.translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")),
    "parentheses": lambda numbers: f"({numbers})",
}


def _numbers(keys: list[str], numbers: dict[str, int]) -> str:
    """The numbers of entries as a style writes them: "3,7-9"."""
    runs: list[list[int]] = []
    for number in sorted({numbers[key] for key in keys if key in numbers}):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(",".join(map(str, run)) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs)


def _with_numbers(article: dict[str, Any], paragraph: dict[str, Any], write: Write) -> str:
    """A paragraph whose citations are numbers: those that a semicolon or comma parts, together."""
    numbers = {entry["id"]: number for number, entry in enumerate(article["references"], 1)}
    text = paragraph["text"]
    groups: list[tuple[int, int, list[str]]] = []
    for cite in sorted(paragraph["cites"], key=lambda cite: int(cite["start"])):
        if (
            groups
            and cite["start"] - groups[-1][1] < 80
            and re.fullmatch(r"[^.()]*[;,]\s(?:[^.()]|et al\.)*", text[groups[-1][1] : cite["start"]])
        ):
            groups[-1] = (groups[-1][0], cite["end"], groups[-1][2] + cite["refs"])
        else:
            groups.append((cite["start"], cite["end"], list(cite["refs"])))
    for start, end, keys in reversed(groups):
        said = re.compile(r"\([^()]{0,300}$").search(text, max(0, start - 300), start)
        shut = re.compile(r"[^()]{0,300}\)").match(text, end)
        left, right = (said.start(), shut.end()) if said and shut else (start, end)
        written = _numbers(keys, numbers)
        if written:
            before = text[:left].rstrip() if write is NUMBERED["raised"] else text[:left]
            text = before + write(written) + text[right:]
    return str(text)


def as_text(article: dict[str, Any], write: Write | None = None) -> Article:
    """The words of an article, each paragraph and entry on its own, without its links.

    With `write`, a made article that cites by number in place of authors and years.
    """
    text = ""
    blocks: list[Block] = []
    links: dict[int, set[str]] = {}
    entries: dict[int, str] = {}

    def add(words: str, kind: Any, level: int = 0) -> int:
        nonlocal text
        start = len(text)
        blocks.append(Block(kind, start, start + len(words), level))
        text += words + "\n\n"
        return start

    for title, paragraphs in _sections(article["sections"]):
        if title:
            add(title, "heading", 1)
        for paragraph in paragraphs:
            words = _with_numbers(article, paragraph, write) if write else paragraph["text"]
            links[add(words, "text")] = {key for cite in paragraph["cites"] for key in cite["refs"]}
    add("References", "heading", 1)
    for number, entry in enumerate(article["references"], 1):
        if entry["text"].strip():
            entries[add(f"{number}. {entry['text']}" if write else entry["text"], "text")] = entry["id"]
    return Article(assemble(article["id"] + ".txt", text, blocks, ""), links, entries)


def _compare(article: Article) -> Tally:
    document = article.document
    references = parse_references(document)
    ids = {reference.key: article.entries.get(reference.start, "") for reference in references}
    found: dict[int, list[Citation]] = defaultdict(list)
    spans = [(paragraph.start, paragraph.end) for paragraph in document.paragraphs]
    for citation in find_citations(document, references):
        for start, end in spans:
            if start <= citation.start < end:
                found[start].append(citation)
    tally = Tally()
    for start, wanted in article.links.items():
        got = {ids[citation.references[0]]: citation for citation in found[start] if citation.references}
        tally.add(Tally(len(wanted & got.keys()), len(got.keys() - wanted), len(wanted - got.keys())))
        for key in sorted(got.keys() - wanted):
            tally.errors.append(f"wrong  {document.name} {got[key].mention!r} -> {key} ({got[key].status})")
        for key in sorted(wanted - got.keys()):
            entry = next((r.text for r in references if ids[r.key] == key), "not in the list")
            tally.errors.append(f"missed {document.name} in {document.text[start : start + 60]!r}: {entry[:90]}")
    return tally


def articles_as_text(data: Path, errors: list[str]) -> None:
    """Print the lines of the articles as text."""
    tallies = {}
    for path in sorted(find(data, "jats/json").glob("*.json")):
        tallies[path.stem] = _compare(as_text(json.loads(path.read_text("utf-8"))))
    _print_articles("articles as text", tallies, errors)


def articles_by_number(data: Path, errors: list[str]) -> None:
    """Print a line for each form of numbers."""
    for form, write in NUMBERED.items():
        every = Tally()
        for path in sorted(find(data, "jats/json").glob("*.json")):
            every.add(_compare(as_text(json.loads(path.read_text("utf-8")), write)))
        print(f"  by number, {form:15}  {every.row()}")
        errors.extend(f"{form}: {error}" for error in every.errors)


def articles_as_jats(data: Path, errors: list[str]) -> None:
    """Print the lines of the articles from their JATS files."""
    tallies = {}
    for path in sorted(find(data, "jats/json").glob("*.json")):
        article = json.loads(path.read_text("utf-8"))
        document = read_document(find(data, f"jats/xml/{path.stem}.nxml"))
        places = {part.start: _bare(document.text[part.start : part.end]) for part in document.paragraphs}
        links: dict[int, set[str]] = defaultdict(set)
        for _, parts in _sections(article["sections"]):
            for part in parts:
                # A paragraph here may be an item of a list there, and formulas are left out there.
                words = _bare(part["text"])
                holding = [start for start, text in places.items() if text == words] or [
                    start for start, text in places.items() if words[:30] in text
                ]
                place = holding[-1] if holding else -1
                links[place] |= {key for cite in part["cites"] for key in cite["refs"]}
        entries = {
            start: entry["id"]
            for (start, _), entry in zip(
                document.reference_entries, (e for e in article["references"] if e["text"].strip()), strict=False
            )
        }
        tallies[path.stem] = _compare(Article(document, links, entries))
    _print_articles("articles as JATS", tallies, errors)


def _print_articles(title: str, tallies: dict[str, Tally], errors: list[str]) -> None:
    """Print all articles together, and all but the one whose links are wrong."""
    every, without = Tally(), Tally()
    for name, tally in tallies.items():
        every.add(tally)
        if name != _WRONG_LINKS:
            without.add(tally)
    print(f"{title:28}{every.row()}")
    print(f"  without {_WRONG_LINKS}        {without.row()}")
    errors.extend(without.errors)


def _bare(text: str) -> str:
    return "".join(text.split())


# ---- entries --------------------------------------------------------------------------------------------------------

_NO_NAME = frozenset("and et al eds ed editor editors the others hrsg jr sr trans und de van von der la le in".split())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(re.sub(r"</?[a-z]+>", "", text)))


def _name_words(text: str) -> Counter[str]:
    return Counter(word for word in _words(text) if len(word) > 1 and word not in _NO_NAME and not word.isdigit())


def _without_initials(text: str) -> str:
    """Without runs of capitals, which are initials where there are small letters about ("Smith JA")."""
    return re.sub(r"\b[^\W\d_a-zß-ÿ]{1,3}\b\.?", " ", text) if re.search(r"[a-z]{2}", text) else text


def _labelled(entry: ElementTree.Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for child in entry:
        fields.setdefault(child.tag, " ".join((child.text or "").split()))
    return fields


def _fields_right(parsed: Reference, fields: dict[str, str]) -> Iterator[tuple[str, bool, str]]:
    """(field, whether it is right, what was found) for each labelled field of those that are measured."""
    if "author" in fields:
        found = " ".join(f"{author.given} {author.family} {' '.join(author.aliases)}" for author in parsed.authors)
        wanted, got = _without_initials(fields["author"]), _without_initials(found)
        yield "author", _name_words(wanted) == _name_words(got), found
    year = re.search(rf"\b{YEAR}", fields.get("date", ""))
    if year:
        yield "year", (parsed.year or "")[:4] == year[0], str(parsed.year)
    if "title" in fields:
        yield "title", _words(fields["title"]) == _words(parsed.title or ""), str(parsed.title)
    doi = re.search(r"10\.\d{4,9}/\S+", fields.get("doi", ""))
    if doi:
        yield "DOI", (parsed.doi or "").casefold() == doi[0].rstrip(".,;]").casefold(), str(parsed.doi)


def reference_fields(data: Path, errors: list[str]) -> None:
    """Print the lines of the labelled entries."""
    for name in ("core", "good"):
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for entry in ElementTree.parse(find(data, f"anystyle-refs/{name}.xml")).getroot():
            text = " ".join(" ".join((child.text or "").split()) for child in entry)
            fields = _labelled(entry)
            for label, is_right, found in _fields_right(parse_reference(text), fields):
                right[label] += is_right
                total[label] += 1
                if not is_right:
                    wanted = fields.get({"year": "date", "DOI": "doi"}.get(label, label), "")
                    errors.append(f"{name} {label}: wanted {wanted!r}, found {found!r} in {text!r}")
        parts = "  ".join(f"{label} {right[label] / total[label]:.4f}" for label in total)
        print(f"reference fields, {name:8}  {right.total() / total.total():.4f}  ({total.total()} fields: {parts})")


# ---- the textbook ---------------------------------------------------------------------------------------------------


def textbook(data: Path, errors: list[str]) -> None:
    """Print the line of the textbook's chapters."""
    folder = find(data, "openstax-psychology")
    paragraphs = {row["pid"]: row["text"] for row in rows_of(folder / "paragraphs.jsonl")}
    entries = {
        (row["chapter"], row["n"]): " ".join(row["text"].split()) for row in rows_of(folder / "references.jsonl")
    }
    rows = [row for row in rows_of(folder / "citations_silver.jsonl") if row["status"] == "unique"]
    agreed = 0
    for path in sorted((folder / "chapters").glob("*.md")):
        document = read_document(path)
        references = parse_references(document)
        texts = {reference.key: reference.text for reference in references}
        citations = find_citations(document, references)
        for row in (row for row in rows if f"ch{row['chapter']:02}" == path.stem):
            begin = document.text.find(paragraphs[row["pid"]])
            start, end = begin + row["start"], begin + row["end"]
            here = [c for c in citations if c.end > start and c.start < end and c.references]
            wanted = _words(entries[row["chapter"], row["refs"][0]])
            if begin >= 0 and any(_words(texts[c.references[0]]) == wanted for c in here):
                agreed += 1
            else:
                found = [texts[c.references[0]][:80] for c in here]
                errors.append(f"textbook {path.stem} {row['citation']!r}: {' '.join(wanted)[:80]!r}, found {found}")
    print(f"textbook, unique citations  {agreed / len(rows):.4f}  ({len(rows)} citations)")


# ---- speed ----------------------------------------------------------------------------------------------------------


def _speed(read: Callable[[], int]) -> float:
    """MB a second of a call that returns how many characters it has read; the best of three."""
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        size = read()
        best = max(best, size / (time.process_time() - begin) / 1e6)
    return best


def _read_whole(paths: list[Path]) -> int:
    size = 0
    for path in paths:
        document = read_document(path)
        find_citations(document, parse_references(document))
        size += path.stat().st_size
    return size


def _read_articles(articles: list[dict[str, Any]]) -> int:
    size = 0
    for article in articles:
        document = as_text(article).document
        find_citations(document, parse_references(document))
        size += len(document.text.encode())
    return size


def _read_jats(paths: list[Path]) -> int:
    size = 0
    for path in paths:
        converted = read_jats(str(path))
        document = document_of(converted, path.name, "")
        find_citations(document, parse_references(document))
        size += len(converted.text.encode())
    return size


def sentences(data: Path, _errors: list[str]) -> None:
    """Print the line of sentence splitting."""
    exact = golden(split_sentences, rows_of(find(data, "pysbd-golden/golden.jsonl")), False)
    _, _, score = gum(split_sentences, rows_of(find(data, "gum-sentences/academic-dev.jsonl")), False)
    cut = cut_citations(split_sentences, paragraphs_of(find(data, "jats/json")), False)
    print(f"sentences                   golden {exact:.4f}  GUM F1 {score:.4f}  citations cut {cut}")


def speeds(data: Path, _errors: list[str]) -> None:
    """Print how fast sources are read."""
    articles = [json.loads(path.read_text("utf-8")) for path in sorted(find(data, "jats/json").glob("*.json"))]
    files = sorted(find(data, "jats/xml").glob("*.nxml"))
    if (data / "openstax-psychology").exists():
        chapters = sorted((data / "openstax-psychology" / "chapters").glob("*.md"))
        print(f"speed, Markdown chapters    {_speed(lambda: _read_whole(chapters)):.2f} MB/s")
    print(f"speed, articles as text     {_speed(lambda: _read_articles(articles)):.2f} MB/s")
    print(f"speed, articles as JATS     {_speed(lambda: _read_jats(files)):.2f} MB/s")


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--errors", action="store_true", help="print each error after the table")
    options = parser.parse_args()
    errors: list[str] = []
    parts = (articles_as_text, articles_by_number, articles_as_jats, reference_fields, textbook, sentences, speeds)
    for measure in parts:
        try:
            measure(options.data, errors)
        except ScriptError as error:
            print(f"{measure.__name__.replace('_', ' '):28}left out: {error}")
    if options.errors:
        print("\n".join(errors))


if __name__ == "__main__":
    run(main)
