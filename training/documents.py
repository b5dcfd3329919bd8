"""The documents that the project's own questions are about, in the form that questions.py reads.

    python training/documents.py DATA OUT

DATA is the folder of open data (README.md says which, and under what licences). Writes OUT/NAME.json for the articles
(PMC...), textbook chapters (ch...), articles of COVID-QA (covid-...) and academic texts of GUM (gum-...) that
training/questions asks about, and copies the others (mini-..., hand-...) and all questions. Sentences keep the
numbers that they had when the questions were written.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from peerqa.cli.scripts import Parser, run
from peerqa.library.review import read_review
from peerqa.reading.files import read_document
from peerqa.text.sentences import split_sentences

QUESTIONS = Path(__file__).resolve().parent / "questions"
LONG_BLOCK = 8
"""Sentences that make a paragraph of a source which has no paragraphs."""


def write(out: Path, name: str, title: str, paragraphs: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Write OUT/NAME.json; a paragraph is a pair of its heading and its sentences."""
    kept = [(section, [s for s in sentences if s.strip()]) for section, sentences in paragraphs]
    items = [
        {"p": number, "section": section, "sentences": sentences}
        for number, (section, sentences) in enumerate((a, b) for a, b in kept if b)
    ]
    article = {"doc": name, "title": title, "paragraphs": items}
    (out / f"{name}.json").write_text(json.dumps(article, ensure_ascii=False, indent=1) + "\n", "utf-8")


def of_review(path: Path, out: Path) -> None:
    """Write a document of a format that peerqa reads."""
    document = read_review(read_document(path)).document
    paragraphs = [
        (
            " – ".join((*section.path, section.heading)),
            [" ".join(document.plain(s.start, s.end).text.split()) for s in paragraph.sentences],
        )
        for section in document.sections
        for paragraph in section.paragraphs
    ]
    write(out, path.stem, document.title, paragraphs)


def of_covid_qa(path: Path, out: Path, wanted: set[str]) -> None:
    """Write articles of COVID-QA, without their lines of metadata; long blocks are cut into paragraphs."""
    for line in path.read_text("utf-8").splitlines():
        article = json.loads(line)
        name = f"covid-{article['document_id']}"
        parts = [" ".join(part.split()) for part in article["context"].split("\n\n") if part.strip()]
        paragraphs = []
        for part in parts[1:]:
            if re.match(r"(https?:|SHA:|Authors|Date:|DOI:|License)", part) or len(part.split()) < 25:
                continue
            text = re.sub(r"^(Text|Abstract):\s*", "", part)
            sentences = [text[start:end] for start, end in split_sentences(text)]
            paragraphs += [("", sentences[at : at + LONG_BLOCK]) for at in range(0, len(sentences), LONG_BLOCK)]
        if name in wanted:
            write(out, name, parts[0], paragraphs)


def of_gum(path: Path, out: Path, wanted: set[str]) -> None:
    """Write academic texts of GUM, with GUM's own sentences."""
    for line in path.read_text("utf-8").splitlines():
        text = json.loads(line)
        name = "gum-" + text["doc"].split("_")[-1]
        section, paragraphs = "", []
        for part in text["paragraphs"][1:]:
            if part["block"].startswith("head"):
                section = " ".join(part["text"].split())
            elif len(part["text"].split()) >= 20:
                sentences = [" ".join(part["text"][start:end].split()) for start, end, _ in part["sentences"]]
                paragraphs.append((section, sentences))
        if name in wanted:
            write(out, name, " ".join(text["paragraphs"][0]["text"].split()), paragraphs)


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the open data sets")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write into; it is made")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = {path.name.split(".")[0] for path in QUESTIONS.glob("*.questions.jsonl")}
    for path in [
        *(options.data / "jats" / "xml").glob("*.nxml"),
        *(options.data / "openstax-psychology" / "chapters").glob("*.md"),
    ]:
        if path.stem in wanted:
            of_review(path, options.out)
    of_covid_qa(options.data / "covid-qa" / "dev.jsonl", options.out, wanted)
    of_gum(options.data / "gum-sentences" / "academic-dev.jsonl", options.out, wanted)
    for path in QUESTIONS.iterdir():
        shutil.copy(path, options.out / path.name)
    missing = sorted(name for name in wanted if not (options.out / f"{name}.json").exists())
    print(f"{len(wanted) - len(missing)} documents in {options.out}" + (f"; missing: {missing}" if missing else ""))


if __name__ == "__main__":
    run(main)
