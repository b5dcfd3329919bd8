"""From the form in which a data set is published to the form that the scripts read.

Each function takes the folder of the downloads and DATA. CONVERSIONS names them as data_sets.json does.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from jats_conversion import article_of
from peerqa.cli.scripts import ScriptError

SQUAD2_ARTICLES = (
    "Normans Computational_complexity_theory Huguenot Steam_engine 1973_oil_crisis European_Union_law "
    "Packet_switching Harvard_University"
).split()
COVID_QA_DOCUMENTS = (
    630, 650, 1547, 187, 2585, 1551, 1570, 1567, 1564, 1581, 1604, 1625, 2466, 2463, 1671, 1684, 1698, 186, 2519, 2555,
    1740, 2620, 2651, 1559, 776,
)  # fmt: skip


def jats(originals: Path, data: Path) -> None:
    """jats/json from jats/xml: the XML is what is published."""
    for path in sorted(originals.glob("*.nxml")):
        (data / "jats" / "xml").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, data / "jats" / "xml" / path.name)
        article = json.dumps(article_of(path), ensure_ascii=False, indent=1)
        _write(data / "jats" / "json" / f"{path.stem}.json", article)


def squad2(originals: Path, data: Path) -> None:
    """Eight articles of the development part."""
    published = json.loads((originals / "dev-v2.0.json").read_text("utf-8"))
    articles = {article["title"]: article for article in published["data"]}
    chosen = [_get(articles, title, "SQuAD 2.0") for title in SQUAD2_ARTICLES]
    _write(data / "squad2" / "articles-1-8.json", json.dumps({"version": "v2.0", "data": chosen}))


def covid_qa(originals: Path, data: Path) -> None:
    """Twenty-five articles, one a line, each answer with its end."""
    published = json.loads((originals / "covidQA.json").read_text("utf-8"))
    documents: dict[int, dict[str, Any]] = {}
    for paragraph in (paragraph for article in published["data"] for paragraph in article["paragraphs"]):
        row = documents.setdefault(
            paragraph["document_id"],
            {"document_id": paragraph["document_id"], "context": paragraph["context"], "qas": []},
        )
        for question in paragraph["qas"]:
            answers = [
                {"start": a["answer_start"], "end": a["answer_start"] + len(a["text"]), "text": a["text"]}
                for a in question["answers"]
            ]
            row["qas"].append({"id": question["id"], "question": question["question"], "answers": answers})
    _write_lines(data / "covid-qa" / "dev.jsonl", (_get(documents, key, "COVID-QA") for key in COVID_QA_DOCUMENTS))


def selqa(originals: Path, data: Path) -> None:
    """The test part of answer-sentence selection; a candidate without words is left out."""
    published = json.loads((originals / "selqa-ass-test.json").read_text("utf-8"))
    _write_lines(data / "reader-train" / "test" / "selqa.test.jsonl", _selqa_rows(published))


def _selqa_rows(published: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(published):
        kept = [(text, int(place in row["answers"])) for place, text in enumerate(row["candidates"]) if text.strip()]
        title = f"{row['article']} | {row['section']}"
        yield _row("selqa", row["question"], title, kept, f"selqa-test-{number}")


def wikiqa(originals: Path, data: Path) -> None:
    """The test part: the questions with all their candidate sentences."""
    with zipfile.ZipFile(originals / "WikiQACorpus.zip") as archive:
        name = next((name for name in archive.namelist() if name.endswith("WikiQA-test.tsv")), None)
        if name is None:
            raise ScriptError(f"{originals / 'WikiQACorpus.zip'}: holds no WikiQA-test.tsv")
        text = archive.read(name).decode("utf-8")
    questions: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        questions.setdefault(row["QuestionID"], []).append(row)
    rows = (
        _row(
            "wikiqa",
            candidates[0]["Question"],
            candidates[0]["DocumentTitle"],
            [(candidate["Sentence"], int(candidate["Label"])) for candidate in candidates],
            key,
        )
        for key, candidates in questions.items()
    )
    _write_lines(data / "reader-train" / "test" / "wikiqa.test.jsonl", rows)


def _row(source: str, question: str, title: str, kept: list[tuple[str, int]], key: str) -> dict[str, Any]:
    return {
        "source": source,
        "split": "test",
        "question": question,
        "title": title,
        "sentences": [text for text, _ in kept],
        "labels": [label for _, label in kept],
        "answerable": any(label for _, label in kept),
        "qid": key,
    }


def pysbd_golden(originals: Path, data: Path) -> None:
    """The rules as (text, sentences) in Python; those that also clean the text are left out."""
    rows = []
    for name in ("english_golden_rules.py", "test_english_clean.py"):
        for number, (text, sentences) in enumerate(_first_list(originals / name)):
            if "".join(text.split()) == "".join("".join(sentences).split()):
                rows.append({"src": name, "n": number, "text": text, "sentences": sentences})
    _write_lines(data / "pysbd-golden" / "golden.jsonl", rows)


def _first_list(path: Path) -> list[tuple[str, list[str]]]:
    """The first list that a Python file assigns to a name, read without running it."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            rules: list[tuple[str, list[str]]] = ast.literal_eval(node.value)
            return rules
    raise ScriptError(f"{path}: holds no list of rules")


def gum_sentences(originals: Path, data: Path) -> None:
    """The academic texts, with the sentences of each paragraph as [start, end, type]."""
    rows = ({"doc": path.stem, "paragraphs": gum_paragraphs(path)} for path in sorted(originals.glob("*.conllu")))
    _write_lines(data / "gum-sentences" / "academic-dev.jsonl", rows)


def gum_paragraphs(path: Path) -> list[dict[str, Any]]:
    """The paragraphs of a CoNLL-U file: `# newpar` opens one; its sentences are joined by a space."""
    paragraphs: list[dict[str, Any]] = []
    sort = ""
    for line in path.read_text("utf-8").splitlines():
        key, _, value = line.removeprefix("# ").partition(" = ")
        if not line.startswith("# "):
            continue
        if key in ("newpar", "newpar_block"):
            paragraphs.append({"block": value, "text": "", "sentences": []})
        elif key == "s_type":
            sort = value
        elif key == "text" and paragraphs:
            paragraph = paragraphs[-1]
            paragraph["text"] += (" " if paragraph["text"] else "") + value
            end = len(paragraph["text"])
            paragraph["sentences"].append([end - len(value), end, sort])
    return paragraphs


def _get(rows: dict[Any, dict[str, Any]], key: object, name: str) -> dict[str, Any]:
    if key not in rows:
        raise ScriptError(f"{name}: {key} is not among the downloaded articles; the published file has changed")
    return rows[key]


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    _write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _write(path: Path, text: str) -> None:
    """All of it or nothing: a conversion that breaks off leaves no half file behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8", newline="\n")
    part.replace(path)


CONVERSIONS: dict[str, Callable[[Path, Path], None]] = {
    "jats": jats,
    "squad2": squad2,
    "covid-qa": covid_qa,
    "selqa": selqa,
    "wikiqa": wikiqa,
    "pysbd-golden": pysbd_golden,
    "gum-sentences": gum_sentences,
}
