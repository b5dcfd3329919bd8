"""A sample of the citations that are called missing or ambiguous, for a person to read and judge.

    python benchmarks/doubtful.py [DATA] [--size 50] [--seed 6]

Reads `jats` and `openstax-psychology` below DATA. The sample is drawn with a fixed seed from the articles as text and
the chapters of the textbook. Verdicts so far are in evaluation/doubtful-citations.tsv: a row that was judged shows its
verdict, and the counts are printed at the end. The sentences in that file are from the articles (CC BY, named by their
PMC numbers) and from OpenStax Psychology (CC BY 4.0). Its column "after" says what became of a row after the rules were
corrected; since they were corrected by this very sample, expect less elsewhere.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from data_sets import ROOT, add_data, find
from peerqa.citing.citation import Citation
from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.cli.scripts import Parser, run
from peerqa.reading.files import read_document
from peerqa.text.document import Document
from reading import as_text

JUDGED = ROOT / "evaluation" / "doubtful-citations.tsv"
Row = tuple[str, Citation, str, tuple[Reference, ...]]


def documents(data: Path) -> Iterator[Document]:
    """The articles as text, and the chapters."""
    for path in sorted(find(data, "jats/json").glob("*.json")):
        yield as_text(json.loads(path.read_text("utf-8"))).document
    for path in sorted(find(data, "openstax-psychology/chapters").glob("*.md")):
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
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--size", type=int, default=50, help="citations in the sample (default: 50)")
    parser.add_argument("--seed", type=int, default=6, help="seed of the sample (default: 6)")
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
    run(main)
