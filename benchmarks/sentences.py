"""Compare sentence splitters: ours and those of libraries.

    python benchmarks/sentences.py [DATA] [--errors]

Reads `pysbd-golden`, `gum-sentences` and `jats` below DATA. The columns:

- golden: share of the golden rules met exactly; white space is left out of the comparison, as spans keep it.
- GUM P, R, F1: over the boundaries between two sentences of a paragraph (where the second one starts), all documents
  together; the start and the end of a paragraph are given and do not count.
- cut cites: citation links of the articles that a boundary falls into, and brackets of at most 200 characters with a
  year in them that a boundary falls into; no splitter is told of them.
- MB/s: the articles' paragraphs, one call each, the best of three runs.

Libraries that are not installed are left out with a note.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from data_sets import add_data, find
from peerqa.cli.scripts import Parser, run
from peerqa.text.sentences import split_sentences

Spans = list[tuple[int, int]]
Splitter = Callable[[str], Spans]
_YEAR_IN_BRACKETS = re.compile(r"\([^()]{0,200}\b(?:1[89]|20)\d\d[a-z]?\b[^()]{0,100}\)")


def _align(text: str, sentences: Iterable[str]) -> Spans:
    """Spans of sentences given as strings. White space is ignored, since some splitters change it."""
    spans: Spans = []
    position = 0
    for sentence in sentences:
        start = position
        for letter in "".join(sentence.split()):
            found = text.find(letter, position)
            if found >= 0:
                position = found + 1
        stripped_start = start + len(text[start:position]) - len(text[start:position].lstrip())
        if stripped_start < position:
            spans.append((stripped_start, position))
    return spans


def _pysbd() -> Splitter:
    segmenter = import_module("pysbd").Segmenter(language="en", clean=False)
    return lambda text: _align(text, segmenter.segment(text))


def _syntok() -> Splitter:
    segmenter = import_module("syntok.segmenter")

    def split(text: str) -> Spans:
        spans: Spans = []
        for paragraph in segmenter.analyze(text):
            for sentence in paragraph:
                tokens = list(sentence)
                spans.append((tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)))
        return spans

    return split


def _sentencex() -> Splitter:
    segment = import_module("sentencex").segment
    return lambda text: _align(text, segment("en", text))


def _punkt() -> Splitter:
    """Punkt without its trained data, which pip does not bring: the plain rules with the library's defaults."""
    tokenizer = import_module("nltk.tokenize.punkt").PunktSentenceTokenizer()
    return lambda text: list(tokenizer.span_tokenize(text))


def _blingfire() -> Splitter:
    with_offsets = import_module("blingfire").text_to_sentences_and_offsets
    return lambda text: [tuple(span) for span in with_offsets(text)[1]] if text.strip() else []


def _razdel() -> Splitter:
    sentenize = import_module("razdel").sentenize
    return lambda text: [(part.start, part.stop) for part in sentenize(text)]


def _spacy() -> Splitter:
    language: Any = import_module("spacy").blank("en")
    language.add_pipe("sentencizer")
    language.max_length = 10**8
    return lambda text: [(sentence.start_char, sentence.end_char) for sentence in language(text).sents]


_SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "peerqa": lambda: split_sentences,
    "pysbd": _pysbd,
    "syntok": _syntok,
    "sentencex": _sentencex,
    "nltk punkt": _punkt,
    "blingfire": _blingfire,
    "razdel": _razdel,
    "spacy sentencizer": _spacy,
}


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _bare(text: str) -> str:
    return "".join(text.split())


def golden(split: Splitter, rows: list[dict[str, Any]], show: bool) -> float:
    """Share of the golden rules that are met exactly, white space aside. show: print those that are not."""
    met = 0
    for row in rows:
        text = row["text"]
        got = [_bare(text[start:end]) for start, end in split(text)]
        if [sentence for sentence in got if sentence] == [_bare(sentence) for sentence in row["sentences"]]:
            met += 1
        elif show:
            print(f"  golden {row['src']} {row['n']}: {[text[start:end] for start, end in split(text)][:9]}")
    return met / len(rows)


def _starts(text: str, spans: Iterable[Iterable[int]]) -> set[int]:
    starts = {start + len(text[start:end]) - len(text[start:end].lstrip()) for start, end, *_ in map(list, spans)}
    return starts - {len(text) - len(text.lstrip())}


def gum(split: Splitter, documents: list[dict[str, Any]], show: bool) -> tuple[float, float, float]:
    """(precision, recall, F1) of the boundaries between sentences. show: print the boundaries that differ."""
    right = wanted = got = 0
    for paragraph in (paragraph for document in documents for paragraph in document["paragraphs"]):
        text = paragraph["text"]
        gold, ours = _starts(text, paragraph["sentences"]), _starts(text, split(text))
        right, wanted, got = right + len(gold & ours), wanted + len(gold), got + len(ours)
        for start in sorted(gold ^ ours) if show else ():
            kind = "missed" if start in gold else "wrong "
            print(f"  GUM {kind} {text[max(0, start - 50) : start]!r} | {text[start : start + 40]!r}")
    precision, recall = right / max(got, 1), right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def paragraphs_of(folder: Path) -> list[dict[str, Any]]:
    """The paragraphs of all articles of `jats/json`."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [part for document in documents for section in document["sections"] for part in section["paragraphs"]]


def cut_citations(split: Splitter, paragraphs: list[dict[str, Any]], show: bool) -> int:
    """How many citations a boundary falls into. show: print them."""
    cut = 0
    for paragraph in paragraphs:
        text = paragraph["text"]
        whole = [(cite["start"], cite["end"]) for cite in paragraph["cites"]]
        whole += [match.span() for match in _YEAR_IN_BRACKETS.finditer(text)]
        starts = _starts(text, split(text))
        for start, end in whole:
            if any(start < inner < end for inner in starts):
                cut += 1
                if show:
                    print(f"  cut {text[start:end]!r}")
    return cut


def _speed(split: Splitter, paragraphs: list[dict[str, Any]]) -> float:
    texts = [paragraph["text"] for paragraph in paragraphs]
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        for text in texts:
            split(text)
        best = min(best, time.perf_counter() - begin)
        if best > 20:
            break
    return sum(len(text.encode()) for text in texts) / best / 1e6


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--errors", action="store_true", help="print what our splitter gets wrong, and only that")
    options = parser.parse_args()
    golden_rules = rows_of(find(options.data, "pysbd-golden/golden.jsonl"))
    academic = rows_of(find(options.data, "gum-sentences/academic-dev.jsonl"))
    paragraphs = paragraphs_of(find(options.data, "jats/json"))
    print(f"{'splitter':18} {'golden':>7} {'GUM P':>6} {'R':>6} {'F1':>6} {'cut cites':>9} {'MB/s':>7}", flush=True)
    for name, load in list(_SPLITTERS.items())[: 1 if options.errors else None]:
        try:
            split = load()
        except ImportError as error:
            print(f"{name:18} not installed (pip install {error.name})")
            continue
        exact = golden(split, golden_rules, options.errors)
        precision, recall, f1 = gum(split, academic, options.errors)
        cut = cut_citations(split, paragraphs, options.errors)
        speed = _speed(split, paragraphs)
        print(f"{name:18} {exact:7.1%} {precision:6.3f} {recall:6.3f} {f1:6.3f} {cut:9} {speed:7.2f}", flush=True)


if __name__ == "__main__":
    run(main)
