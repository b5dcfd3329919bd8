"""Fit the weights by which entries of a reference list are cut (src/peerqa/citing/entry_segmentation.json).

    python benchmarks/fit_entries.py [DATA] [--folds 4] [--write]

Learns from `anystyle-refs/core.xml` (labelled entries of all styles, BSD-2) alone, by the averaged structured
perceptron: each entry is cut with the weights so far; if the cut is wrong, the features of the right cut gain and those
of the wrong one lose; the mean over all steps is kept. Prints the share of entries whose authors and titles are cut
right: on core in cross-validation (--folds), and on good.xml, from which nothing is learnt. A fit takes 15 seconds.
"""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from data_sets import ROOT, add_data, find
from peerqa.citing.author_lists import leading_authors
from peerqa.citing.entry_segmentation import (
    AUTHORS,
    DATE,
    PARTS,
    REST,
    STEPS,
    TITLE,
    Features,
    Weights,
    best_parts,
    features_of,
    pieces_of,
)
from peerqa.citing.reference_parsing import bare_entry
from peerqa.cli.scripts import Parser, run

EPOCHS, SEED = 25, 1
RARE = 6
"""Features of fewer pieces in the data are left out."""
_LEADS = frozenset("author editor director producer translator".split())
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Entry:
    """An entry ready to be learnt from; `parts` is the right part of each piece, `words` the labelled words."""

    text: str
    spans: list[tuple[int, int]]
    of_pieces: Features
    of_joints: Features
    parts: list[int]
    words: list[tuple[str, int]]


def read_entries(path: Path) -> list[Entry]:
    """The entries of an anystyle file, cut into pieces."""
    found = (_entry(sequence) for sequence in ElementTree.parse(path).getroot())
    return [entry for entry in found if entry.spans]


def _entry(sequence: ElementTree.Element) -> Entry:
    fields = [(child.tag, " ".join((child.text or "").split())) for child in sequence]
    text = bare_entry(" ".join(words for _, words in fields))
    labels = _labels(fields, text)
    names_end = leading_authors(text)[1]
    spans = pieces_of(text, names_end)
    parts: list[int] = []
    for start, end in spans:
        inside = Counter(part for place, _, part in labels if start <= place < end)
        part = inside.most_common(1)[0][0] if inside else (parts[-1] if parts else REST)
        parts.append(max([part, *parts[-1:]]))
    of_pieces, of_joints = features_of(text, spans, names_end)
    return Entry(text, spans, of_pieces, of_joints, parts, [(word, part) for _, word, part in labels])


def _labels(fields: list[tuple[str, str]], text: str) -> list[tuple[int, str, int]]:
    """(place, word, part) for the words of an entry: those of its fields in order, as far as the text has them."""
    seen: set[int] = set()
    labelled: list[tuple[str, int]] = []
    for tag, words in fields:
        part = REST
        if tag == "title" and TITLE not in seen:
            part = TITLE
        elif tag in _LEADS and not seen - {AUTHORS}:
            part = AUTHORS
        elif tag == "date" and not seen - {AUTHORS}:
            part = DATE
        if tag != "citation-number":
            seen.add(part)
        labelled += [(word, part) for word in _WORD.findall(words)]
    found: list[tuple[int, str, int]] = []
    position = 0
    for match in _WORD.finditer(text):
        following = next((i for i in range(position, len(labelled)) if labelled[i][0] == match[0]), None)
        if following is not None:
            found.append((match.start(), match[0], labelled[following][1]))
            position = following + 1
    return found


def fit(entries: list[Entry]) -> Weights:
    """The weights of the averaged perceptron."""
    piece_counts = Counter(feature for entry in entries for features in entry.of_pieces for feature in set(features))
    joint_counts = Counter(feature for entry in entries for features in entry.of_joints for feature in set(features))
    pieces, joints = _Table(len(PARTS), piece_counts), _Table(len(STEPS), joint_counts)
    weights = Weights(pieces.weights, joints.weights)
    entries = [
        replace(entry, of_pieces=pieces.known(entry.of_pieces), of_joints=joints.known(entry.of_joints))
        for entry in entries
    ]
    order = list(range(len(entries)))
    chance = random.Random(SEED)
    step = 1
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for index in order:
            entry = entries[index]
            found = best_parts(entry.of_pieces, entry.of_joints, weights, wrong=entry.parts)
            for here in range(len(found)) if found != entry.parts else ():
                pieces.learn(entry.of_pieces[here], entry.parts[here], found[here], step)
                if here:
                    right = STEPS.index((entry.parts[here - 1], entry.parts[here]))
                    joints.learn(entry.of_joints[here], right, STEPS.index((found[here - 1], found[here])), step)
            step += 1
    return Weights(pieces.mean(step), joints.mean(step))


class _Table:
    """Weights that are learnt, and their sums over the steps."""

    def __init__(self, width: int, counts: Counter[str]) -> None:
        self.weights: dict[str, list[float]] = {
            feature: [0.0] * width for feature, count in counts.items() if count >= RARE
        }
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * width)

    def known(self, features: Features) -> Features:
        """Those features that have weights."""
        return [[feature for feature in row if feature in self.weights] for row in features]

    def learn(self, features: list[str], right: int, wrong: int, step: int) -> None:
        if right == wrong:
            return
        for feature in features:
            for column, change in ((right, 1), (wrong, -1)):
                self.weights[feature][column] += change
                self._sums[feature][column] += change * step

    def mean(self, steps: int) -> dict[str, list[float]]:
        means = {
            feature: [round(weight - total / steps, 1) for weight, total in zip(row, self._sums[feature], strict=True)]
            for feature, row in self.weights.items()
        }
        return {feature: row for feature, row in sorted(means.items()) if any(row)}


def scores(entries: list[Entry], weights: Weights) -> tuple[float, float]:
    """The share of entries whose (authors, title) are cut to the word."""
    right, total = Counter[int](), Counter[int]()
    for entry in entries:
        path = best_parts(entry.of_pieces, entry.of_joints, weights)
        for part in (AUTHORS, TITLE):
            wanted = [word for word, label in entry.words if label == part]
            own = [span for span, chosen in zip(entry.spans, path, strict=True) if chosen == part]
            found = _WORD.findall(entry.text[own[0][0] : own[-1][1]]) if own else []
            total[part] += bool(wanted)
            right[part] += bool(wanted) and wanted == found
    return right[AUTHORS] / total[AUTHORS], right[TITLE] / total[TITLE]


def _json(weights: Weights) -> str:
    """One feature a line, so that a change can be read."""
    tables = [
        f' "{name}": {{\n'
        + ",\n".join(f"  {json.dumps(feature, ensure_ascii=False)}: {row}" for feature, row in table.items())
        + "\n }"
        for name, table in (("pieces", weights.pieces), ("joints", weights.joints))
    ]
    return "{\n" + ",\n".join(tables).replace(".0,", ",").replace(".0]", "]") + "\n}\n"


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument(
        "--write", action="store_true", help="write the weights into src/peerqa/citing/entry_segmentation.json"
    )
    parser.add_argument(
        "--folds", type=int, default=0, help="parts of a cross-validation on core.xml (default: 0, none)"
    )
    options = parser.parse_args()
    core = read_entries(find(options.data, "anystyle-refs/core.xml"))
    folds = [
        scores(core[fold :: options.folds], fit([entry for i, entry in enumerate(core) if i % options.folds != fold]))
        for fold in range(options.folds)
    ]
    weights = fit(core)
    good = read_entries(find(options.data, "anystyle-refs/good.xml"))
    print(f"{len(weights.pieces)} features of pieces, {len(weights.joints)} of joints")
    rows = (
        [("core, cross-validated", tuple(sum(column) / len(folds) for column in zip(*folds, strict=True)))]
        if folds
        else []
    )
    rows += [("core, learnt from", scores(core, weights)), ("good", scores(good, weights))]
    for name, (authors, titles) in rows:
        print(f"{name:22}  authors {authors:.4f}  titles {titles:.4f}")
    if options.write:
        path = ROOT / "src" / "peerqa" / "citing" / "entry_segmentation.json"
        path.write_text(_json(weights), "utf-8")


if __name__ == "__main__":
    run(main)
