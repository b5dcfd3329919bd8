"""A sample of the citations that are called missing or ambiguous, to be read: `python benchmarks/doubtful.py DATA`.

DATA holds `jats/json` and `openstax-psychology`. The sample is drawn with a fixed seed over the JATS articles as text
and the textbook's chapters; a person reads each against the text and the list. What was judged so far stands in
`evaluation/doubtful-citations.tsv`; rows of the sample that are judged there show the verdict, and the shares are
printed at the end. Its sentences are of the articles (CC BY, by their PMC numbers) and of OpenStax Psychology (CC BY
4.0); "after" says what became of the row once the rules were mended by what this very sample showed, so expect less
elsewhere.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.files import read_document
from peerqa.text.document import Document
from reading import as_text

JUDGED = Path(__file__).resolve().parent.parent / "evaluation" / "doubtful-citations.tsv"
Row = tuple[str, Citation, str, tuple[Reference, ...]]


def documents(data: Path) -> Iterator[Document]:
    """The articles as text, and the chapters."""
    for path in sorted((data / "jats" / "json").glob("*.json")):
        yield as_text(json.loads(path.read_text("utf-8"))).document
    for path in sorted((data / "openstax-psychology" / "chapters").glob("*.md")):
        yield read_document(path)


def doubtful(data: Path) -> list[Row]:
    """Each citation that is missing or ambiguous: (document, citation, its sentence, the document's list)."""
    rows = []
    for document in documents(data):
        references = parse_references(document)
        for citation in find_citations(document, references):
            if citation.status in ("missing", "ambiguous"):
                sentence = " ".join(document.plain(*citation.sentence).text.split())
                rows.append((document.name, citation, sentence, references))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--size", type=int, default=50)
    parser.add_argument("--seed", type=int, default=6)
    options = parser.parse_args()
    rows = doubtful(options.data)
    sample = random.Random(options.seed).sample(rows, min(options.size, len(rows)))
    verdicts = {}
    if JUDGED.exists():
        with JUDGED.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file, delimiter="\t"):
                verdicts[line["document"], line["mention"], line["sentence"], line["status"]] = line["verdict"]
    counts: Counter[str] = Counter()
    for number, (name, citation, sentence, references) in enumerate(sample, 1):
        verdict = verdicts.get((name, citation.mention, sentence, citation.status), "not judged")
        counts[verdict] += 1
        print(f"{number}. {name} line {citation.line}: {citation.mention!r} {citation.status}  [{verdict}]")
        print(f"   {sentence}\n   {citation.reason}")
        first = citation.mention.split()[0].strip(",(").casefold()
        for reference in references:
            if reference.key in citation.references or first in reference.text.casefold():
                print(f"     - {reference.text[:140]}")
    statuses = Counter(citation.status for _, citation, _, _ in rows)
    print(f"{len(rows)} doubtful citations {dict(statuses)}; of the {len(sample)} read: {dict(counts)}")


if __name__ == "__main__":
    main()
